/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/calendar.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
	[EVENT_BUSY] = "busy",
	[EVENT_OOF] = "oof",
	[EVENT_FREE] = "free",
	[EVENT_UNAVAILABLE] = "unavailable",
	[EVENT_AVAILABLE] = "available",
};
_Static_assert(ARRAY_SIZE(kinds) == EVENT_KIND_COUNT, "a name for each kind");

const char *event_kind_name(enum event_kind k)
{
	return kinds[k];
}

int event_kind_parse(const char *s)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		if (strcmp(kinds[i], s) == 0)
			return i;
	}
	return -1;
}

struct calendar *calendar_new(enum calendar_kind kind)
{
	struct calendar *c = xcalloc(1, sizeof(*c));

	c->kind = kind;
	return c;
}

static void event_done(struct event *e)
{
	free(e->uid);
	free(e->parent);
	free(e->summary);
	free(e->categories);
	free(e->declined);
	free(e->zone);
	free(e->rule);
	free(e->rdates);
	free(e->exdates);
}

void calendar_free(struct calendar *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->events_n; i++)
		event_done(&c->events[i]);
	free(c->events);
	for (size_t i = 0; i < c->zones_n; i++)
		zone_free(c->zones[i]);
	free(c->zones);
	hours_free(c->hours);
	holidays_free(c->holidays);
	free(c);
}

struct event *calendar_add(struct calendar *c)
{
	struct event *e;

	c->events = mem_grow(c->events, &c->events_cap, c->events_n + 1, sizeof(*c->events));
	e = &c->events[c->events_n++];
	*e = (struct event){
		.uid = xstrdup(""),
		.parent = xstrdup(""),
		.summary = xstrdup(""),
		.categories = xstrdup(""),
		.declined = xstrdup(""),
		.zone = xstrdup(""),
		.rule = xstrdup(""),
	};
	return e;
}

void event_set(char **member, const char *text)
{
	char *copy = xstrdup(text);

	free(*member);
	*member = copy;
}

/* Sort by UID, then by RECURRENCE-ID; the event without one is first. */
static int by_identity(const struct event *a, const struct event *b)
{
	int r = strcmp(a->uid, b->uid);

	if (r || a->is_override != b->is_override || !a->is_override)
		return r ? r : a->is_override - b->is_override;
	if (a->instance.at != b->instance.at)
		return a->instance.at < b->instance.at ? -1 : 1;
	return (int)a->instance.form - (int)b->instance.form;
}

struct kept_event {
	struct event *event;
};

static int by_identity_and_age(const void *a, const void *b)
{
	const struct event *x = ((const struct kept_event *)a)->event,
			   *y = ((const struct kept_event *)b)->event;
	int r = by_identity(x, y);

	if (r)
		return r;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return (x > y) - (x < y); /* the one added last is last */
}

void calendar_settle(struct calendar *c)
{
	_cleanup_(freep) struct kept_event *order = xcalloc(c->events_n, sizeof(*order));
	struct event *list = xcalloc(c->events_n, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < c->events_n; i++)
		order[i].event = &c->events[i];
	if (c->events_n)
		qsort(order, c->events_n, sizeof(*order), by_identity_and_age);
	for (size_t i = 0; i < c->events_n; i++) {
		if (i + 1 < c->events_n && by_identity(order[i].event, order[i + 1].event) == 0)
			event_done(order[i].event);
		else
			list[n++] = *order[i].event;
	}
	free(c->events);
	c->events = list;
	c->events_cap = c->events_n;
	c->events_n = n;
}

void occurrences_done(struct occurrences *o)
{
	free(o->list);
	*o = (struct occurrences){ 0 };
}

static int64_t day_of(int64_t at)
{
	return at / 86400 - (at % 86400 < 0);
}

void occurrences_calm(struct occurrences *o)
{
	size_t kept = 0, of_day = 0;
	int64_t day = INT64_MIN;
	const char *first = NULL;

	for (size_t i = 0; i < o->n; i++) {
		int64_t its_day = day_of(o->list[i].start);

		if (o->list[i].kind == EVENT_FREE) {
			o->list[kept++] = o->list[i];
			continue;
		}
		of_day = its_day == day ? of_day + 1 : 1;
		day = its_day;
		if (of_day <= OCCURRENCES_DAY_MAX)
			o->list[kept++] = o->list[i];
		else if (!first)
			first = o->list[i].uid;
	}
	o->n = kept;
	if (!first)
		return;
	o->refused_n++;
	if (!*o->error)
		snprintf(o->error, sizeof(o->error),
			"event '%.80s': %d others take place before it on the same day; the rest of such"
			" a day is left out",
			first, OCCURRENCES_DAY_MAX);
}

static bool is_availability(const struct occurrence *e)
{
	return e->kind == EVENT_UNAVAILABLE || e->kind == EVENT_AVAILABLE;
}

/* Take `other` out of `s`, inside [from, to): invert `s`, add `other`, invert the sum. */
static void subtract(struct spans *s, const struct spans *other, int64_t from, int64_t to)
{
	spans_merge(s);
	spans_invert(s, from, to);
	for (size_t i = 0; i < other->n; i++)
		spans_add(s, other->list[i].start, other->list[i].end);
	spans_merge(s);
	spans_invert(s, from, to);
}

/* The time that VAVAILABILITYs close (RFC 7953 4). They are laid over each other from the lowest priority, 0, to the highest,
 * 1: each closes its whole length and opens its AVAILABLEs, whatever those below it said there. */
static void closed(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret)
{
	static const int ascending[] = { 0, 9, 8, 7, 6, 5, 4, 3, 2, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++) {
		struct spans available = { 0 };
		bool found = false;

		for (size_t j = 0; j < o->n; j++) {
			const struct occurrence *e = &o->list[j];

			if (!is_availability(e) || e->priority != ascending[i])
				continue;
			found = true;
			spans_add(e->kind == EVENT_AVAILABLE ? &available : ret, e->start, e->end);
		}
		if (found)
			subtract(ret, &available, from, to);
		spans_done(&available);
	}
}

void calendar_busy(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret)
{
	closed(o, from, to, ret);
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *e = &o->list[i];

		if (e->kind == EVENT_BUSY || e->kind == EVENT_OOF)
			spans_add(ret, e->start, e->end);
	}
	spans_merge(ret);
	spans_clip(ret, from, to);
}

/* Add the parts of each span of `list` that lie in `open`. Both ascend, so the walk goes back for no span. */
static void add_parts(const struct spans *list, const struct spans *open, struct spans *ret)
{
	size_t first = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct span *x = &list->list[i];

		while (first < open->n && open->list[first].end <= x->start)
			first++;
		for (size_t k = first; k < open->n && open->list[k].start < x->end; k++) {
			const struct span *y = &open->list[k];

			spans_add(ret, x->start > y->start ? x->start : y->start,
				x->end < y->end ? x->end : y->end);
		}
	}
}

/* AVAILABLEs of more than a day are merged first: each of many long ones would meet all that is open. */
static void open_by_availability(
	const struct occurrences *o, int64_t from, int64_t to, struct spans *ret)
{
	struct spans open = { 0 }, days = { 0 }, longer = { 0 };

	closed(o, from, to, &open);
	spans_invert(&open, from, to);
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *e = &o->list[i];

		if (e->kind == EVENT_AVAILABLE)
			spans_add(e->end - e->start > 86400 ? &longer : &days, e->start, e->end);
	}
	spans_merge(&longer);
	add_parts(&days, &open, ret);
	add_parts(&longer, &open, ret);
	spans_done(&open);
	spans_done(&days);
	spans_done(&longer);
}

void calendar_open(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret)
{
	bool found = false;

	for (size_t i = 0; i < o->n; i++)
		found = found || is_availability(&o->list[i]);
	if (found) {
		open_by_availability(o, from, to, ret);
		return;
	}
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *e = &o->list[i];

		if (e->kind == EVENT_BUSY || e->kind == EVENT_OOF)
			spans_add(ret, e->start, e->end);
	}
}
