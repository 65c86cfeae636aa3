/* schedule.h - what a schedule says of each instant. Precedence, strongest first: forced by hand, special day, holiday, break
 * (only inside hours), business, outside. */
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
	struct hours *hours;                   /* NULL when they come from a calendar */
	char hours_calendar[NAME_MAX_LEN + 1]; /* hours=calendar:NAME; "" if not */
	struct hours *breaks;                  /* NULL if none */
	struct specials special;
	struct holidays *holidays; /* NULL if none */
};

/* ERR_USAGE naming the key. *ret is owned by the caller. */
int schedule_parse(
	const struct schedule *s, struct schedule_rules **ret, struct err *err) MUST_CHECK;
void schedule_rules_free(struct schedule_rules *r);
DEFINE_CLEANUP(struct schedule_rules, schedule_rules_free)

/* The calendar that hours=calendar:NAME names, NULL for hours text. Lent from `hours`. */
const char *schedule_hours_calendar(const char *hours);

enum cause { CAUSE_HOURS, CAUSE_HOLIDAY, CAUSE_SPECIAL, CAUSE_FORCED };

struct segment {
	int64_t start, end; /* UTC seconds, half-open */
	enum period period;
	enum cause cause;
	const char
		*name; /* of the holiday or special day, "" if none; lent from rules and days_off */
};

/* Segments of a window: sorted, without gap and overlap; neighbours differ. Start with { 0 }. */
struct segments {
	struct segment *list;
	size_t n, cap;
};
void segments_done(struct segments *s);

/* What comes from outside the texts. All is lent and outlives the segments. */
struct schedule_view {
	const struct zone *zone; /* the wall clock of hours and of dates */
	const struct spans
		*open; /* merged: instead of rules->hours when these come from a calendar */
	const struct occurrence *days_off; /* of holiday calendars, expanded on `zone` */
	size_t days_off_n;
	int forced; /* a period, or -1 */
	int64_t forced_since, forced_until;
};

/* The segments of [from, to), which should not be longer than a few years. A wall time in a spring gap is the first real
 * instant after it; in the autumn fold a start is the first, an end the second of the two. Ranges that cross midnight belong to
 * the date on which they begin, but a holiday covers its own date only. */
void schedule_segments(const struct schedule_rules *r, const struct schedule_view *view,
	int64_t from, int64_t to, struct segments *ret);

/* The segment that holds `at`, NULL if it is outside the window. */
const struct segment *segments_find(const struct segments *s, int64_t at);

/* What ends a switch until `next`: the first start after `at` of business hours, outside hours or holiday. Breaks are part of
 * business hours. UNTIL_OPEN if there is none in the window. */
int64_t segments_next_start(const struct segments *s, int64_t at);

#endif
