/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any events, with any numbers in them: what is found lies in the window, in order, and busy times are merged. */
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct input {
	const uint8_t *at;
	size_t n;
};

static uint64_t take(struct input *in, size_t n)
{
	uint64_t x = 0;

	for (; n; n--) {
		x = x << 8 | (in->n ? *in->at : 0);
		in->at += in->n > 0;
		in->n -= in->n > 0;
	}
	return x;
}

/* Any number, or one of a time that is near the others. */
static int64_t number(struct input *in)
{
	uint64_t kind = take(in, 1);

	return kind < 8 ? (int64_t)take(in, 8)
			: 1774656000 + ((int64_t)take(in, 2) - 32768) * (kind & 64 ? 60 : 3600);
}

static struct event_date date(struct input *in)
{
	return (struct event_date){
		.form = (enum time_form)(take(in, 1) % 4),
		.at = number(in),
		.length = take(in, 1) & 1 ? -1 : number(in),
	};
}

static void dates(struct input *in, struct event_date **list, size_t *n)
{
	*n = take(in, 1) % 4;
	*list = xcalloc(*n, sizeof(**list));
	for (size_t i = 0; i < *n; i++)
		(*list)[i] = date(in);
}

static void add_event(struct input *in, struct calendar *c)
{
	static const char *const rules[] = { "", "FREQ=DAILY", "FREQ=WEEKLY;COUNT=9", "FREQ=HOURLY",
		"FREQ=MONTHLY;BYDAY=2TU\nFREQ=YEARLY", "FREQ=DAILY;UNTIL=20260401T000000Z",
		"FREQ=DAILY;BYHOUR=1,2;UNTIL=20260401", "FREQ=SECONDLY;BYMINUTE=5", "X" };
	static const char *const words[] = { "", "a", "b", "Europe/X", "a@x\nb@x" };
	struct event *e = calendar_add(c);

	event_set(&e->uid, words[take(in, 1) % 3]);
	event_set(&e->parent, words[take(in, 1) % 3]);
	event_set(&e->zone, words[2 + take(in, 1) % 2]);
	event_set(&e->declined, words[take(in, 1) % 5]);
	event_set(&e->rule, rules[take(in, 1) % ARRAY_SIZE(rules)]);
	e->kind = (enum event_kind)(take(in, 1) % EVENT_KIND_COUNT);
	e->cancelled = take(in, 1) > 240;
	e->priority = (int)take(in, 1) - 100;
	e->sequence = number(in);
	e->form = (enum time_form)(take(in, 1) % 4);
	e->start = number(in);
	e->days = take(in, 1) < 4 ? (int32_t)take(in, 4) : (int32_t)take(in, 1) % 8;
	e->seconds = take(in, 1) < 4 ? number(in) : (int64_t)take(in, 2);
	dates(in, &e->rdates, &e->rdates_n);
	dates(in, &e->exdates, &e->exdates_n);
	e->is_override = take(in, 1) & 1;
	e->future = take(in, 1) & 1;
	e->instance = date(in);
}

static const struct zone *no_zone(struct zones *self, const char *name, struct err *err)
{
	(void)self;
	err_set(err, ERR_NOT_FOUND, "no time zone '%s'", name);
	return NULL;
}

static void check(const struct occurrences *o, const struct spans *s, int64_t from, int64_t to)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *e = &o->list[i];

		if (e->start > e->end || e->start >= to || (e->end <= from && e->start < from) ||
			(i && e->start < e[-1].start))
			__builtin_trap();
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct span *x = &s->list[i];

		if (x->start >= x->end || x->start < from || x->end > to ||
			(i && x->start <= x[-1].end))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct zone_change changes[] = { { 1774746000, 7200 }, { 1792890000, 3600 },
		{ 1792890100, -86400 } };
	struct input in = { bytes, n };
	struct calendar *c = calendar_new(CALENDAR_EVENTS);
	struct zones zones = { .get = no_zone };
	struct calendar_view view = { .zones = &zones, .owner = take(&in, 1) & 1 ? "a" : "" };
	struct zone *floating = NULL;
	int64_t from = number(&in), to = number(&in);
	struct occurrences o = { 0 };
	struct spans s = { 0 };
	struct err err;

	c->zones = xcalloc(1, sizeof(*c->zones));
	if (zone_from_changes("b", 3600, changes, 2, &c->zones[0], &err) < 0 ||
		zone_from_changes("", -7200, changes, 3, &floating, &err) < 0)
		__builtin_trap();
	c->zones_n = c->zones_cap = 1;
	view.floating = floating;
	while (in.n)
		add_event(&in, c);
	calendar_settle(c);
	if (calendar_expand(c, &view, from, to, &o, &err) == 0) {
		calendar_busy(&o, from, to, &s);
		check(&o, &s, from, to);
		spans_done(&s);
		calendar_open(&o, from, to, &s);
		spans_merge(&s);
		spans_clip(&s, from, to);
		check(&o, &s, from, to);
	}
	spans_done(&s);
	occurrences_done(&o);
	calendar_free(c);
	zone_free(floating);
	return 0;
}
