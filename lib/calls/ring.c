/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calls/ring.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/checks.h"

#define DIGITS "0123456789"

enum { SECONDS_DIGITS = 4, WORDS_MAX = RING_WINDOWS_MAX + 2 };

int ring_add(struct ring *r, const char *device, int from_s, int to_s, struct err *err)
{
	struct window *w = &r->windows[r->n];

	if (check_name("device", device, err) < 0)
		return -1;
	if (to_s <= from_s)
		return err_set(err, ERR_USAGE, "window '%s %d-%d' ends before it begins", device,
			from_s, to_s);
	if (to_s > RING_END_MAX_S)
		return err_set(err, ERR_USAGE, "window '%s %d-%d' ends after second %d", device,
			from_s, to_s, RING_END_MAX_S);
	if (r->n == RING_WINDOWS_MAX)
		return err_set(err, ERR_USAGE, "there are more than %d windows", RING_WINDOWS_MAX);
	for (size_t i = 0; i < r->n; i++) {
		const struct window *o = &r->windows[i];

		if (!strcmp(o->device, device) && o->from_s < to_s && from_s < o->to_s)
			return err_set(err, ERR_USAGE, "windows '%s %d-%d' and '%d-%d' overlap",
				device, o->from_s, o->to_s, from_s, to_s);
	}
	text_copy(w->device, sizeof(w->device), device);
	w->from_s = from_s;
	w->to_s = to_s;
	r->kind = RING_WINDOWS;
	r->n++;
	return 0;
}

/* Read "0-20". */
static bool read_window(const char *word, int *ret_from, int *ret_to)
{
	size_t from = strspn(word, DIGITS), to;

	if (!from || from > SECONDS_DIGITS || word[from] != '-')
		return false;
	to = strspn(word + from + 1, DIGITS);
	if (!to || to > SECONDS_DIGITS || word[from + 1 + to])
		return false;
	*ret_from = atoi(word);
	*ret_to = atoi(word + from + 1);
	return true;
}

static int split(char *piece, const char *words[WORDS_MAX], size_t *ret_n, struct err *err)
{
	char *word;

	*ret_n = 0;
	while ((word = strsep(&piece, " \t"))) {
		if (!*word)
			continue;
		if (*ret_n == WORDS_MAX)
			return err_set(
				err, ERR_USAGE, "there are more than %d devices", RING_WINDOWS_MAX);
		words[(*ret_n)++] = word;
	}
	return 0;
}

static int add_all(
	struct ring *r, const char *const *devices, size_t n, int from_s, int to_s, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (ring_add(r, devices[i], from_s, to_s, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_windows(char *text, struct ring *ret, struct err *err)
{
	const char *words[WORDS_MAX];
	char *piece;
	size_t n;

	while ((piece = strsep(&text, ","))) {
		_cleanup_(freep) char *shown = xstrdup(piece + strspn(piece, " \t"));
		int from, to;

		if (split(piece, words, &n, err) < 0)
			return -1;
		if (n < 2 || !read_window(words[n - 1], &from, &to))
			return err_set(err, ERR_USAGE,
				"'%s' is not a window such as desk 0-20; ring is all, none, windows, or "
				"'first desk app, then mobile'",
				shown);
		if (add_all(ret, words, n - 1, from, to, err) < 0)
			return -1;
	}
	return 0;
}

/* Read "first A B [SECONDS], then C [SECONDS], ...". Each step is a window that begins where the one before ends. */
static int parse_steps(char *text, int step_s, struct ring *ret, struct err *err)
{
	const char *words[WORDS_MAX], *lead = "first";
	int at_s = 0;
	char *piece;
	size_t n;

	while ((piece = strsep(&text, ","))) {
		int length_s = step_s;

		if (split(piece, words, &n, err) < 0)
			return -1;
		if (n < 2 || strcasecmp(words[0], lead) != 0)
			return err_set(err, ERR_USAGE,
				"steps are written 'first desk app, then mobile': '%s' and a device "
				"are missing",
				lead);
		if (n > 2 && text_is_of(words[n - 1], DIGITS, SECONDS_DIGITS))
			length_s = atoi(words[--n]);
		if (add_all(ret, words + 1, n - 1, at_s, at_s + length_s, err) < 0)
			return -1;
		at_s += length_s;
		lead = "then";
	}
	return 0;
}

int ring_parse(const char *text, int step_s, struct ring *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(text + strspn(text, " \t"));
	struct ring r = { .kind = RING_WINDOWS };

	if (!strcasecmp(copy, "all") || !strcasecmp(copy, "none"))
		r.kind = !strcasecmp(copy, "all") ? RING_ALL : RING_NONE;
	else if (!strncasecmp(copy, "first", 5) && strchr(" \t", copy[5])) {
		if (parse_steps(copy, step_s, &r, err) < 0)
			return -1;
	} else if (parse_windows(copy, &r, err) < 0) {
		return -1;
	}
	*ret = r;
	return 0;
}

void ring_print(const struct ring *r, struct strbuf *to)
{
	if (r->kind != RING_WINDOWS)
		strbuf_adds(to, r->kind == RING_ALL ? "all" : "none");
	for (size_t i = 0; i < r->n; i++)
		strbuf_addf(to, "%s%s %d-%d", i ? ", " : "", r->windows[i].device,
			r->windows[i].from_s, r->windows[i].to_s);
}
