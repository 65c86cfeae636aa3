/* instances.h - the recurrence set of one event (RFC 5545 3.8.5), and the clocks it is told by: the inner side of
 * calendar_expand(). */
#ifndef INSTANCES_H
#define INSTANCES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/calendar/calendar.h"
#include "lib/time/wall.h"

enum {
	CLOCKS_MAX = 500,       /* zones in use */
	CLOCKS_MISSING_MAX = 64 /* names of zones that are gone: further ones are not looked for */
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
	size_t named_n, last; /* last: index of the one asked for last */
	const char *missing[CLOCKS_MISSING_MAX];
	size_t missing_n;
};

void clocks_init(
	struct clocks *c, const struct calendar *calendar, const struct calendar_view *view);
/* The clock of a time of `e` written as `form`, lent; NULL with *err filled if its zone is gone. */
struct wall *clocks_of(
	struct clocks *c, const struct event *e, enum time_form form, struct err *err);

struct instance {
	int64_t at;     /* UTC */
	int64_t wall;   /* on the clock of the event */
	int64_t length; /* seconds; -1: that of the event */
};

struct moments {
	int64_t *list;
	size_t n, cap;
};

/* Kept from event to event for its memory. Start with { 0 }, end with instances_done(). */
struct instances {
	struct instance *list; /* ascending, each instant once */
	size_t n, cap;
	struct moments gone, gone_days; /* instants and days that are taken out */
	int64_t steps;                  /* taken by rules so far */
};

/* DTSTART, RRULEs and RDATEs without EXDATEs, and without the RECURRENCE-IDs of the `overrides`: what begins in
 * [from, to). */
int instances_find(struct instances *s, struct clocks *clocks, const struct event *e,
	const struct event *overrides, size_t overrides_n, int64_t from, int64_t to,
	struct err *err) MUST_CHECK;
void instances_done(struct instances *s);

/* Inside CALENDAR_FIRST and CALENDAR_LAST. */
int64_t calendar_clamp(int64_t at);
/* DTSTART on the event's clock: inside CALENDAR_FIRST and CALENDAR_LAST, a TIME_DATE at midnight. */
int64_t event_start(const struct event *e);

#endif
