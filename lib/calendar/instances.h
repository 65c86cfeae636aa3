/* SPDX-License-Identifier: GPL-3.0-or-later */
/* instances.h - the recurrence set of one event (RFC 5545 3.8.5), and the clocks that tell its times. Only
 * calendar_expand() needs it. */
#ifndef INSTANCES_H
#define INSTANCES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/calendar/calendar.h"
#include "lib/time/wall.h"

enum {
	CLOCKS_MAX = 500, /* zones in use */
	CLOCKS_MISSING_MAX =
		64 /* zones that do not exist; after so many no new name is looked for */
};

/* The wall clocks of a calendar. */
struct clocks {
	const struct calendar *calendar;
	struct zones *zones;
	struct wall utc, floating;
	struct {
		const char *name;
		struct wall wall;
	} named[CLOCKS_MAX];
	size_t named_n, last; /* last: the index that was asked for last */
	const char *missing[CLOCKS_MISSING_MAX];
	size_t missing_n;
};

void clocks_init(
	struct clocks *c, const struct calendar *calendar, const struct calendar_view *view);
/* The clock that tells a time of `e` written as `form`, lent. NULL with *err filled if its zone does not exist. */
struct wall *clocks_of(
	struct clocks *c, const struct event *e, enum time_form form, struct err *err);

struct instance {
	int64_t at;     /* UTC */
	int64_t wall;   /* on the clock of the event */
	int64_t length; /* seconds; -1: the event's length */
};

struct moments {
	int64_t *list;
	size_t n, cap;
};

/* The result of a search. The next search uses its memory again. Start with { 0 }, end with instances_done(). */
struct instances {
	struct instance *list; /* ascending, each instant once */
	size_t n, cap;
	struct moments gone, gone_days; /* instants and days that are taken out */
	int64_t steps;                  /* what the rules of all searches have taken */
};

/* Find the instances of `e` that begin in [from, to): DTSTART, RRULEs and RDATEs, without EXRULEs and EXDATEs and without the
 * RECURRENCE-IDs of `overrides`. */
int instances_find(struct instances *s, struct clocks *clocks, const struct event *e,
	const struct event *overrides, size_t overrides_n, int64_t from, int64_t to,
	struct err *err) MUST_CHECK;
void instances_done(struct instances *s);

/* `at`, moved into CALENDAR_FIRST to CALENDAR_LAST. */
int64_t calendar_clamp(int64_t at);
/* DTSTART on the event's clock, moved into CALENDAR_FIRST to CALENDAR_LAST; a TIME_DATE at midnight. */
int64_t event_start(const struct event *e);

#endif
