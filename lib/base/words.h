/* words.h - split a line into words, as the interactive shell and the completion engine see it. */
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

/* Split at blanks (space, tab, CR, LF). 'x y', "x y" (with \" and \\ inside) and \x keep blanks; # at the
 * start of a word begins a comment. ERR_USAGE for an open quote or a trailing backslash, or above
 * WORDS_MAX. On success the caller owns *ret (words_done). */
int words_split(const char *line, struct words *ret, struct err *err) MUST_CHECK;

/* The same for a line that is still being typed: nothing is an error or a comment, and the last word is the
 * one being completed: "" if the line ends with a blank. Always at least one word. Above WORDS_MAX the last
 * one is still the last. */
void words_partial(const char *line, struct words *ret);

void words_done(struct words *w);

/* Write `s` so that words_split gives it back as one word. */
struct strbuf;
void words_quote(struct strbuf *to, const char *s);

#endif
