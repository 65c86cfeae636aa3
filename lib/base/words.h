/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - split a line into words, for the interactive shell and for completion. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

enum { WORDS_MAX = 4096 }; /* in one line */

struct words {
	size_t n;
	char **w; /* n words and a NULL */
	char quote; /* words_partial: the quote that is open at the end of the line ('"' or '\''), or 0 */
	size_t tail; /* words_partial: byte offset in the line at which the last, unfinished word begins */
};

/* Split at blanks (space, tab, CR, LF). 'x y', "x y" (with \" and \\ inside) and \x keep blanks. # at the start of a word
 * begins a comment. ERR_USAGE for an open quote, for a trailing backslash, and above WORDS_MAX. On success the caller owns
 * *ret (words_done). */
int words_split(const char *line, struct words *ret, struct err *err) MUST_CHECK;

/* Split a line that is still being typed. There are no errors and no comments. The last word is the one to complete: "" if
 * the line ends with a blank. There is always at least one word. Above WORDS_MAX words in the middle are dropped, never the
 * last. */
void words_partial(const char *line, struct words *ret);

void words_done(struct words *w);

/* Write `s` with quotes where it needs them, so that words_split() reads it back as one word. */
struct strbuf;
void words_quote(struct strbuf *to, const char *s);

#endif
