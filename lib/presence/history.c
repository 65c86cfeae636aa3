/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/history.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

const char *known_word(enum known k)
{
	return k == KNOWN_LOG         ? "log"
		: k == KNOWN_NOW      ? "now"
		: k == KNOWN_FORETOLD ? "foretold"
				      : "no";
}

const char *known_why(enum known k)
{
	switch (k) {
	case UNKNOWN_BEFORE: return "the log does not go back so far";
	case UNKNOWN_NOT_YET: return "there was no such user yet";
	case UNKNOWN_GONE: return "the user was deleted";
	default: return "";
	}
}

void history_done(struct history *h)
{
	free(h->list);
	*h = (struct history){ 0 };
}

void history_begin(struct history *h, int64_t from, int64_t to)
{
	h->from = from;
	h->to = h->end = to;
	h->n = 0;
	h->added = INT64_MIN;
	h->is_over = h->has_mode = h->was_deleted = false;
	*h->before = '\0';
}

static const char *text_or_empty(const char *s)
{
	return s ? s : "";
}

/* Tell of [at, end), as far as it is in the window. Nothing is told twice: what is told already was written later. */
static struct spell *tell(struct history *h, int64_t at, enum known known)
{
	int64_t from = at > h->from ? at : h->from;
	struct spell *s;

	if (from >= h->end)
		return NULL;
	h->list = mem_grow(h->list, &h->cap, h->n + 1, sizeof(*h->list));
	s = &h->list[h->n++];
	*s = (struct spell){ .from = from, .until = h->end, .known = known };
	h->end = from;
	return s;
}

static void tell_mode(struct history *h, int64_t at, const char *mode)
{
	struct spell *s = *mode ? tell(h, at, KNOWN_LOG) : NULL;

	if (s)
		text_copy(s->mode, sizeof(s->mode), mode);
}

static void tell_record(struct history *h, int64_t at, const struct recorded *r)
{
	struct spell *s = tell(h, at, r->id ? KNOWN_LOG : KNOWN_NOW);

	if (!s)
		return;
	text_copy(s->mode, sizeof(s->mode), text_or_empty(r->mode));
	text_copy(s->source, sizeof(s->source), text_or_empty(r->source));
	text_copy(s->reason, sizeof(s->reason), text_or_empty(r->reason));
	text_copy(s->note, sizeof(s->note), text_or_empty(r->note));
	text_copy(s->what, sizeof(s->what), text_or_empty(r->what));
	text_copy(s->actor, sizeof(s->actor), text_or_empty(r->actor));
	text_copy(s->via, sizeof(s->via), text_or_empty(r->via));
	s->id = r->id;
	s->at = r->at;
	s->since = r->since;
	s->due = r->due;
	s->meant_until = r->until;
}

static bool is_complete(const struct spell *x)
{
	return x->known != KNOWN_LOG || !*x->source || *x->reason;
}

static bool is_of(const struct spell *x, const struct recorded *r)
{
	return r->mode && r->source && !strcmp(x->mode, r->mode) && !strcmp(x->source, r->source);
}

/* A switch under an override is recorded with its note. Why the override holds says a record before. */
static void complete(struct history *h, const struct recorded *r)
{
	for (size_t i = h->n; r->reason && i > 0; i--) {
		struct spell *x = &h->list[i - 1];

		if (is_complete(x) || !is_of(x, r))
			return;
		text_copy(x->reason, sizeof(x->reason), r->reason);
	}
}

/* Whether older records are wanted: for the window, or for the reason of its first spell. */
static bool wants_more(const struct history *h, const struct recorded *r)
{
	const struct spell *first = h->n ? &h->list[h->n - 1] : NULL;

	return !h->is_over &&
		(h->end > h->from || (first && !is_complete(first) && is_of(first, r)));
}

bool history_add(struct history *h, const struct recorded *r)
{
	if (h->is_over)
		return false;
	switch (r->kind) {
	case RECORDED_MODE:
		complete(h, r);
		tell_record(h, r->at, r);
		text_copy(h->before, sizeof(h->before), text_or_empty(r->before));
		h->has_mode = true;
		h->is_over = r->is_first;
		break;
	case RECORDED_ADD:
		h->added = r->at;
		h->is_over = true;
		break;
	case RECORDED_DELETE:
		(void)!tell(h, r->at, UNKNOWN_GONE);
		h->was_deleted = true;
		h->has_mode = false;
		*h->before = '\0';
		break;
	}
	return wants_more(h, r);
}

static void reverse(struct history *h)
{
	for (size_t i = 0; i < h->n / 2; i++) {
		struct spell s = h->list[i];

		h->list[i] = h->list[h->n - 1 - i];
		h->list[h->n - 1 - i] = s;
	}
}

void history_end(struct history *h, int64_t log_begin, const struct recorded *now)
{
	bool is_added = h->added != INT64_MIN;

	/* Without a record of a mode, what holds now has held all the time. */
	if (h->has_mode)
		tell_mode(h, is_added ? h->added : log_begin, h->before);
	else if (now && !h->was_deleted)
		tell_record(h, is_added ? h->added : now->since, now);
	if (is_added)
		(void)!tell(h, h->added, UNKNOWN_BEFORE);
	(void)!tell(h, INT64_MIN, h->is_over ? UNKNOWN_NOT_YET : UNKNOWN_BEFORE);
	reverse(h);
}

bool spell_goes_on(const struct spell *a, const struct spell *b)
{
	return a->until == b->from && !strcmp(a->mode, b->mode) && !strcmp(a->source, b->source) &&
		!strcmp(a->reason, b->reason) && a->known == b->known;
}
