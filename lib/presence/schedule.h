/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - what a schedule says of each instant. The strongest is a period forced by hand, then come a special day, a
 * holiday, a break (only inside hours), business hours, and last outside. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/calendar/calendar.h"
#include "lib/time/holidays.h"
#include "lib/time/hours.h"
#include "lib/presence/model.h"
#include "lib/time/span.h"
#include "lib/time/special.h"
#include "lib/time/zone.h"

/* The texts of a schedule, parsed. */
struct schedule_rules {
	struct hours *hours;                   /* NULL if the hours come from a calendar ... */
	char hours_calendar[NAME_MAX_LEN + 1]; /* ... whose name is this; else "" */
	struct hours *breaks;                  /* may be NULL */
	struct specials special;
	bool has_before_holiday;
	struct special before_holiday;
	struct holidays *holidays; /* may be NULL */
};

/* Parse the texts of a schedule. The caller owns *ret. ERR_USAGE names the key. */
int schedule_parse(
	const struct schedule *s, struct schedule_rules **ret, struct err *err) MUST_CHECK;
void schedule_rules_free(struct schedule_rules *r);
DEFINE_CLEANUP(struct schedule_rules, schedule_rules_free)

/* The calendar that hours=calendar:NAME names, lent from `hours`. NULL if `hours` is the text of hours. */
const char *schedule_hours_calendar(const char *hours);

enum cause { CAUSE_HOURS, CAUSE_HOLIDAY, CAUSE_SPECIAL, CAUSE_FORCED };

struct segment {
	int64_t start, end; /* UTC seconds, half-open */
	enum period period;
	enum cause cause;
	const char *name; /* of the holiday or special day, else ""; lent from rules or days_off */
};

/* Segments of a window: sorted, without gap and overlap. Neighbours differ. Start with { 0 }. */
struct segments {
	struct segment *list;
	size_t n, cap;
};
void segments_done(struct segments *s);

/* What the texts do not say. All is lent and must outlive the segments. */
struct schedule_view {
	const struct zone *zone; /* the wall clock of hours and of dates */
	const struct spans
		*open; /* the hours, if they come from a calendar: see schedule_open_reach() */
	const struct occurrence *days_off; /* of holiday calendars, expanded on `zone` */
	size_t days_off_n;
	int forced; /* the period that was forced by hand, or -1 */
	int64_t forced_since, forced_until;
};

/* Hours from a calendar mean what the same hours mean as text. An event of a day or less belongs to the date on which it begins, and
 * goes on across midnight. A longer one is cut at each midnight. Special days replace what belongs to them; 'as' a weekday takes what
 * belongs to that weekday of the same week. So schedule_view.open needs more than the window: *from and *to are moved to what it
 * needs. */
void schedule_open_reach(const struct schedule_rules *r, int64_t *from, int64_t *to);
/* The same for schedule_view.days_off: a day knows whether the next one is a holiday. */
void schedule_days_off_reach(const struct schedule_rules *r, int64_t *to);

/* The segments of [from, to), which should not be longer than a few years. A wall time in a spring gap is the first real
 * instant after it. In an autumn fold a start is the first of the two instants, an end the second. A range that crosses
 * midnight belongs to the date on which it begins. A holiday covers its own date only. */
void schedule_segments(const struct schedule_rules *r, const struct schedule_view *view,
	int64_t from, int64_t to, struct segments *ret);

/* The segment that holds `at`. NULL if `at` is outside the window. */
const struct segment *segments_find(const struct segments *s, int64_t at);

/* When a switch until `next` ends: the first start after `at` of business hours, outside hours or a holiday. Breaks count as
 * business hours. UNTIL_OPEN if the window has no such start. */
int64_t segments_next_start(const struct segments *s, int64_t at);
/* The period at `at`, a break being business. PERIOD_COUNT if `at` is outside the window. */
enum period segments_period(const struct segments *s, int64_t at);

#endif
