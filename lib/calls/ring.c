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
		for (size_t i = 0; i < n - 1; i++) {
			if (ring_add(ret, words[i], from, to, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* Add a device to step number `step`, which lasts `seconds`, or if that is 0 as long as ring.timeout says. */
static int add_to_step(struct ring *r, const char *device, int step, int seconds, struct err *err)
{
	struct window *w = &r->windows[r->n];

	if (check_name("device", device, err) < 0)
		return -1;
	if (r->n == RING_WINDOWS_MAX)
		return err_set(err, ERR_USAGE, "there are more than %d windows", RING_WINDOWS_MAX);
	for (size_t i = 0; i < r->n; i++) {
		if (r->windows[i].step == step && !strcmp(r->windows[i].device, device))
			return err_set(err, ERR_USAGE, "'%s' is twice in one step of ring", device);
	}
	text_copy(w->device, sizeof(w->device), device);
	w->step = step;
	w->seconds = seconds;
	r->n++;
	return 0;
}

/* The seconds with which a step ends, as "30". Returns false if they are none of 1 to RING_END_MAX_S. */
static bool read_seconds(const char *word, int *ret)
{
	*ret = strlen(word) <= SECONDS_DIGITS ? atoi(word) : 0;
	return *ret >= 1 && *ret <= RING_END_MAX_S;
}

/* Read "first A B [SECONDS], then C [SECONDS], ...". */
static int parse_steps(char *text, struct ring *ret, struct err *err)
{
	const char *words[WORDS_MAX], *lead = "first";
	char *piece;
	size_t n;

	ret->kind = RING_STEPS;
	for (int step = 0; (piece = strsep(&text, ",")); step++) {
		int seconds = 0;

		if (split(piece, words, &n, err) < 0)
			return -1;
		if (n < 2 || strcasecmp(words[0], lead) != 0)
			return err_set(err, ERR_USAGE,
				"steps are written 'first desk app, then mobile': '%s' and a device "
				"are missing",
				lead);
		if (n > 2 && !words[n - 1][strspn(words[n - 1], DIGITS)] &&
			!read_seconds(words[--n], &seconds))
			return err_set(err, ERR_USAGE,
				"a step of ring lasts 1 to %d seconds, not '%s'", RING_END_MAX_S,
				words[n]);
		for (size_t i = 1; i < n; i++) {
			if (add_to_step(ret, words[i], step, seconds, err) < 0)
				return -1;
		}
		lead = "then";
	}
	return 0;
}

int ring_parse(const char *text, struct ring *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(text + strspn(text, " \t"));
	struct ring r = { .kind = RING_WINDOWS };

	if (!strcasecmp(copy, "all") || !strcasecmp(copy, "none"))
		r.kind = !strcasecmp(copy, "all") ? RING_ALL : RING_NONE;
	else if (!strncasecmp(copy, "first", 5) && strchr(" \t", copy[5])) {
		if (parse_steps(copy, &r, err) < 0)
			return -1;
	} else if (parse_windows(copy, &r, err) < 0) {
		return -1;
	}
	*ret = r;
	return 0;
}

static int at_most(int s)
{
	return s < RING_END_MAX_S ? s : RING_END_MAX_S;
}

int ring_place(struct ring *r, int step_s)
{
	int from_s = 0, to_s = 0;

	if (r->kind != RING_STEPS)
		return 0;
	for (size_t i = 0; i < r->n; i++) {
		struct window *w = &r->windows[i];

		if (!i || w->step != w[-1].step) {
			from_s = to_s;
			to_s += w->seconds ? w->seconds : step_s;
		}
		w->from_s = at_most(from_s);
		w->to_s = at_most(to_s);
	}
	return to_s;
}

static void print_steps(const struct ring *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct window *w = &r->windows[i];

		if (!i || w->step != w[-1].step)
			strbuf_adds(to, i ? ", then" : "first");
		strbuf_addf(to, " %s", w->device);
		if (w->seconds && (i + 1 == r->n || w[1].step != w->step))
			strbuf_addf(to, " %d", w->seconds);
	}
}

void ring_print(const struct ring *r, struct strbuf *to)
{
	switch (r->kind) {
	case RING_ALL: strbuf_adds(to, "all"); break;
	case RING_NONE: strbuf_adds(to, "none"); break;
	case RING_STEPS: print_steps(r, to); break;
	case RING_WINDOWS:
		for (size_t i = 0; i < r->n; i++)
			strbuf_addf(to, "%s%s %d-%d", i ? ", " : "", r->windows[i].device,
				r->windows[i].from_s, r->windows[i].to_s);
	}
}
