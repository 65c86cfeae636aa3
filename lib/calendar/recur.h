/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recur.h - recurrence rules of RFC 5545 3.3.10 on the wall clock: text to value, value to instances.
 * Wall seconds are those of civil_seconds(): seconds since 1970-01-01 00:00:00 on a clock without a zone. The caller, who knows
 * the zone, sees to gaps, folds and UNTIL in UTC form. */
#ifndef RECUR_H
#define RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum recur_until {
	RECUR_UNTIL_NONE,
	RECUR_UNTIL_DATE, /* the rule goes on to the end of that day */
	RECUR_UNTIL_WALL,
	RECUR_UNTIL_UTC, /* UTC seconds: the iterator ignores it, the caller compares */
};

enum {
	RECUR_TEXT_MAX = 4096,     /* bytes of a rule */
	RECUR_STEPS_MAX = 2000000, /* steps of one search, see recur_iter_next() */
	RECUR_COUNT_MAX = 1000000, /* a higher COUNT is refused */
	RECUR_INTERVAL_MAX = 1000000000,
};

struct recur; /* a parsed rule, never changed */

/* Read the value of an RRULE ("FREQ=WEEKLY;BYDAY=MO,TU"). Parts may have any order, letters any case, words blanks around them.
 * BY lists are sorted and doubles dropped. Unknown X- parts are skipped. The caller owns *ret. ERR_FAILED names the part. It comes
 * for what is beyond a limit above, and for what RFC 5545 forbids: no FREQ, a doubled part, COUNT with UNTIL, numbers out of
 * range, INTERVAL=0, BYWEEKNO outside YEARLY, BYMONTHDAY with WEEKLY, BYYEARDAY with DAILY, WEEKLY and MONTHLY, numbered BYDAY
 * outside MONTHLY and YEARLY and with BYWEEKNO, BYSETPOS without another BY part, RSCALE other than GREGORIAN, SKIP other than
 * OMIT. */
int recur_parse(const char *text, struct recur **ret, struct err *err) MUST_CHECK;
void recur_free(struct recur *r);
DEFINE_CLEANUP(struct recur, recur_free)

/* Append the canonical text: parse -> print -> parse is stable. */
void recur_print(const struct recur *r, struct strbuf *to);

/* *ret is in wall or UTC seconds, of a date its 00:00:00. */
enum recur_until recur_until(const struct recur *r, int64_t *ret);
bool recur_has_count(const struct recur *r);
/* Whether FREQ is finer than DAILY. Such a rule makes several instances a day: a DTSTART of type DATE may not have it. */
bool recur_is_subdaily(const struct recur *r);

struct recur_iter;

/* Instances from `dtstart` (wall seconds) on, ascending, each once. DTSTART is the first instance and counts for COUNT, also if
 * it does not match the rule (RFC 5545 3.8.5.3), and also if UNTIL is before it. What the rule leaves open (hour, weekday, day
 * ...) comes from DTSTART, and so does the month of YEARLY;BYMONTHDAY=24. With BYWEEKNO a year is its whole weeks, so week 1
 * may begin in December. Dates that do not exist (30 February) are skipped. BYSECOND=60 is 59. There is nothing beyond the year
 * 9999. The caller owns the iterator, and keeps `r` as long as it lives. */
struct recur_iter *recur_iter_new(const struct recur *r, int64_t dtstart);
/* The same for a DTSTART of type DATE, at 00:00:00. BYHOUR, BYMINUTE and BYSECOND are ignored (RFC 5545 3.3.10). */
struct recur_iter *recur_iter_new_date(const struct recur *r, int64_t dtstart);
/* DTSTART is an instance only if the rule gives it, as in an EXRULE (RFC 2445 4.8.5.2). Call it before anything is taken. */
void recur_iter_drop_first(struct recur_iter *it);
void recur_iter_free(struct recur_iter *it);
DEFINE_CLEANUP(struct recur_iter, recur_iter_free)

/* Go on with the first instance at or after `from`. It never goes back. Without COUNT the cost does not depend on the distance;
 * with COUNT the instances between are walked. */
void recur_iter_seek(struct recur_iter *it, int64_t from);

/* Returns 1 with the next instance in *ret. Returns 0 if there is no instance before `limit` (wall seconds); a call with a later
 * limit goes on. Returns -1 if the iterator has taken RECUR_STEPS_MAX steps since it was made: the rule is hostile. A step
 * costs about as much as a look at one day, so a call never takes longer than those steps. */
int recur_iter_next(struct recur_iter *it, int64_t limit, int64_t *ret);

/* A caller with many rules may give up after `max` steps instead of RECUR_STEPS_MAX, and ask how many were taken. */
void recur_iter_bound(struct recur_iter *it, int64_t max);
int64_t recur_iter_steps(const struct recur_iter *it);

#endif
