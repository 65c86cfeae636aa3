/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendars as short text for tests: an event a line, its properties separated by blanks. Times as in iCalendar:
 * 20260330, 20260330T090000 (floating), 20260330T090000Z, and 20260330T090000@ on the wall clock of z=.
 *   u= UID, s= DTSTART, d= days and m= minutes of length, z= zone, r= RRULE ('|' between several), rd= RDATEs
 *   (with /minutes for periods), ex= EXDATEs, id= RECURRENCE-ID, idf= with RANGE=THISANDFUTURE, k= kind, p= parent,
 *   pri= PRIORITY, seq= SEQUENCE, no= who declined (',' between), t= SUMMARY, cancelled, secret */
#ifndef CALENDAR_TEXT_H
#define CALENDAR_TEXT_H

#include <stdio.h>
#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/binding/zonefile.h"
#include "lib/calendar/calendar.h"

struct test_zones {
	struct zones zones;
	struct zone *list[32];
	size_t n;
};

static inline const struct zone *test_zones_get(
	struct zones *self, const char *name, struct err *err)
{
	struct test_zones *z = (struct test_zones *)self;

	for (size_t i = 0; i < z->n; i++) {
		if (strcmp(zone_name(z->list[i]), name) == 0)
			return z->list[i];
	}
	assert_true(z->n < ARRAY_SIZE(z->list));
	return zonefile_load(name, &z->list[z->n], err) < 0 ? NULL : z->list[z->n++];
}

static inline void test_zones_done(struct test_zones *z)
{
	for (size_t i = 0; i < z->n; i++)
		zone_free(z->list[i]);
}

static inline void read_date(const char *text, struct event_date *d)
{
	struct civil c = { 0 };
	int n = 0;

	*d = (struct event_date){ .form = TIME_DATE, .length = -1 };
	assert_int_equal(sscanf(text, "%4d%2d%2d%n", &c.year, &c.month, &c.day, &n), 3);
	text += n;
	if (*text == 'T') {
		assert_int_equal(
			sscanf(text, "T%2d%2d%2d%n", &c.hour, &c.minute, &c.second, &n), 3);
		text += n;
		d->form = *text == 'Z' ? TIME_IN_UTC : *text == '@' ? TIME_ZONED : TIME_FLOATING;
		text += d->form != TIME_FLOATING;
	}
	d->at = civil_seconds(&c);
	if (*text == '/')
		d->length = strtoll(text + 1, NULL, 10) * 60;
	else
		assert_int_equal(*text, 0);
}

static inline void read_dates(char *text, struct event_date **list, size_t *n)
{
	char *one;

	while ((one = strsep(&text, ","))) {
		*list = xreallocarray(*list, *n + 1, sizeof(**list));
		read_date(one, &(*list)[(*n)++]);
	}
}

static inline void swap(char *text, char from, char to)
{
	for (; *text; text++) {
		if (*text == from)
			*text = to;
	}
}

static inline void read_property(struct event *e, const char *name, char *value)
{
	struct event_date d;

	if (!strcmp(name, "s")) {
		read_date(value, &d);
		e->form = d.form;
		e->start = d.at;
	} else if (!strcmp(name, "id") || !strcmp(name, "idf")) {
		read_date(value, &e->instance);
		e->is_override = true;
		e->future = !strcmp(name, "idf");
	} else if (!strcmp(name, "u")) {
		event_set(&e->uid, value);
	} else if (!strcmp(name, "z")) {
		event_set(&e->zone, value);
	} else if (!strcmp(name, "p")) {
		event_set(&e->parent, value);
	} else if (!strcmp(name, "t")) {
		event_set(&e->summary, value);
	} else if (!strcmp(name, "no")) {
		swap(value, ',', '\n');
		event_set(&e->declined, value);
	} else if (!strcmp(name, "r")) {
		swap(value, '|', '\n');
		event_set(&e->rule, value);
	} else if (!strcmp(name, "rd")) {
		read_dates(value, &e->rdates, &e->rdates_n);
	} else if (!strcmp(name, "ex")) {
		read_dates(value, &e->exdates, &e->exdates_n);
	} else if (!strcmp(name, "d")) {
		e->days = atoi(value);
	} else if (!strcmp(name, "m")) {
		e->seconds = atoll(value) * 60;
	} else if (!strcmp(name, "pri")) {
		e->priority = atoi(value);
	} else if (!strcmp(name, "seq")) {
		e->sequence = atoi(value);
	} else if (!strcmp(name, "k")) {
		assert_int_not_equal(event_kind_parse(value), -1);
		e->kind = (enum event_kind)event_kind_parse(value);
	} else if (!strcmp(name, "cancelled")) {
		e->cancelled = true;
	} else if (!strcmp(name, "secret")) {
		e->secret = true;
	} else {
		fail_msg("no property '%s'", name);
	}
}

static inline struct calendar *read_calendar(const char *text)
{
	struct calendar *c = calendar_new(CALENDAR_EVENTS);
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = copy, *line, *word;

	while ((line = strsep(&rest, "\n"))) {
		struct event *e = calendar_add(c);

		event_set(&e->uid, "a");
		while ((word = strsep(&line, " "))) {
			char *name = strsep(&word, "=");

			read_property(e, name, word);
		}
	}
	calendar_settle(c);
	return c;
}

static inline int64_t read_time(const char *text)
{
	struct event_date d;

	read_date(text, &d);
	return d.at;
}

/* "20260330T0900+60": UTC and minutes, of a whole day with a '*'. */
static inline void print_moment(struct strbuf *to, int64_t start, int64_t end)
{
	struct civil c;

	civil_from_seconds(start, &c);
	strbuf_addf(to, "%s%04d%02d%02dT%02d%02d+%lld", to->len ? " " : "", c.year, c.month, c.day,
		c.hour, c.minute, (long long)(end - start) / 60);
}

static struct test_zones zones = { .zones.get = test_zones_get };

static inline struct calendar_view view_of(const char *zone, const char *owner)
{
	return (struct calendar_view){
		.zones = &zones.zones,
		.floating = test_zones_get(&zones.zones, zone, NULL),
		.owner = owner,
	};
}

static inline void print_list(struct strbuf *to, const struct occurrences *o)
{
	for (size_t i = 0; i < o->n; i++) {
		print_moment(to, o->list[i].start, o->list[i].end);
		if (o->list[i].all_day)
			strbuf_addc(to, '*');
	}
}

static inline int test_calendar_done(void **state)
{
	(void)state;
	test_zones_done(&zones);
	return 0;
}

#endif
