/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/words.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/strbuf.h"

#define BLANKS " \t\r\n"

/* How a line ended. words_split() refuses all but END_WHOLE, words_partial() takes any. */
enum ending { END_WHOLE, END_QUOTE, END_BACKSLASH, END_TOO_MANY };

struct splitter {
	struct words words;
	size_t cap;
	bool partial;
};

/* Append the word that begins at `p` to `to`, without its quotes. Returns where it ends. */
static const char *scan_word(
	const char *p, struct strbuf *to, char *ret_quote, enum ending *ret_end)
{
	char quote = 0;

	for (; *p && (quote || !strchr(BLANKS, *p)); p++) {
		if (*p == '\\' && quote != '\'') {
			if (!p[1]) {
				*ret_end = END_BACKSLASH;
				continue;
			}
			/* Between double quotes a backslash escapes only '"' and '\', and is itself before all else. */
			if (quote && p[1] != '"' && p[1] != '\\')
				strbuf_addc(to, '\\');
			strbuf_addc(to, *++p);
		} else if (quote && *p == quote) {
			quote = 0;
		} else if (!quote && (*p == '"' || *p == '\'')) {
			quote = *p;
		} else {
			strbuf_addc(to, *p);
		}
	}
	*ret_quote = quote;
	if (quote)
		*ret_end = END_QUOTE;
	return p;
}

static void push(struct splitter *s, char *word)
{
	s->words.w = mem_grow(s->words.w, &s->cap, s->words.n + 2, sizeof(*s->words.w));
	s->words.w[s->words.n++] = word;
	s->words.w[s->words.n] = NULL;
}

/* Split a line word by word. Each round takes one word and the blanks behind it, so the end of the line is reached. For completion
 * (`partial`) the last word is the one at the cursor: it is "" behind a blank, and where the list is full it replaces the last. */
static enum ending scan(struct splitter *s, const char *line)
{
	enum ending end = END_WHOLE;
	const char *p = line + strspn(line, BLANKS);
	bool at_blank = true;

	while (*p && (s->partial || *p != '#')) {
		struct strbuf word = STRBUF_INIT;

		if (s->words.n == WORDS_MAX) {
			if (!s->partial)
				return END_TOO_MANY;
			free(s->words.w[--s->words.n]);
		}
		s->words.tail = (size_t)(p - line);
		p = scan_word(p, &word, &s->words.quote, &end);
		push(s, strbuf_take(&word));
		at_blank = *p;
		p += strspn(p, BLANKS);
	}
	if (s->partial && at_blank) {
		if (s->words.n == WORDS_MAX)
			free(s->words.w[--s->words.n]);
		s->words.tail = strlen(line);
		push(s, xstrdup(""));
	}
	return end;
}

int words_split(const char *line, struct words *ret, struct err *err)
{
	struct splitter s = { .partial = false };
	enum ending end = scan(&s, line);

	if (end == END_WHOLE) {
		if (!s.words.w)
			s.words.w = xcalloc(1, sizeof(*s.words.w));
		*ret = s.words;
		return 0;
	}
	words_done(&s.words);
	if (end == END_TOO_MANY)
		return err_set(err, ERR_USAGE, "more than %d words in one line", WORDS_MAX);
	if (end == END_BACKSLASH)
		return err_set(
			err, ERR_USAGE, "nothing follows the backslash at the end of the line");
	return err_set(err, ERR_USAGE, "a quote is not closed");
}

void words_partial(const char *line, struct words *ret)
{
	struct splitter s = { .partial = true };

	(void)scan(&s, line);
	*ret = s.words;
}

void words_done(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->w[i]);
	free(w->w);
	*w = (struct words){ 0 };
}

void words_quote(struct strbuf *to, const char *s)
{
	if (*s && *s != '#' && !strpbrk(s, BLANKS "\"'\\")) {
		strbuf_adds(to, s);
		return;
	}
	if (!strchr(s, '\'')) {
		strbuf_addc(to, '\'');
		strbuf_adds(to, s);
		strbuf_addc(to, '\'');
		return;
	}
	strbuf_addc(to, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			strbuf_addc(to, '\\');
		strbuf_addc(to, *s);
	}
	strbuf_addc(to, '"');
}
