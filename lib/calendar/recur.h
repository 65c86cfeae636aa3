/* recur.h - recurrence rules of RFC 5545 3.3.10 on the wall clock: text to value, value to instances.
 * Wall seconds are civil_seconds(): seconds since 1970-01-01 00:00:00 of a clock that knows no zone. Gaps, folds
 * and UNTIL in UTC form are for the caller, who knows the zone. */
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
	RECUR_UNTIL_DATE, /* the whole of that day is still inside */
	RECUR_UNTIL_WALL,
	RECUR_UNTIL_UTC, /* .until is UTC seconds: the caller compares, the iterator does not */
};

enum {
	RECUR_TEXT_MAX = 4096,     /* bytes of a rule */
	RECUR_STEPS_MAX = 2000000, /* steps of one search, see recur_iter_next() */
	RECUR_COUNT_MAX = 1000000, /* COUNT above it is refused */
	RECUR_INTERVAL_MAX = 1000000000,
};

struct recur; /* a parsed rule, never changed */

/* Read the value of an RRULE ("FREQ=WEEKLY;BYDAY=MO,TU"). Parts in any order, letters in any case, blanks around
 * words; BY lists are sorted and freed of doubles; unknown X- parts are skipped. ERR_FAILED, naming the part, for what
 * RFC 5545 forbids: no FREQ, a doubled part, COUNT with UNTIL, numbers out of range, INTERVAL=0, BYWEEKNO outside
 * YEARLY, BYMONTHDAY with WEEKLY, BYYEARDAY with DAILY, WEEKLY and MONTHLY, ordinal BYDAY outside MONTHLY and YEARLY
 * and with BYWEEKNO, BYSETPOS without another BY part, RSCALE other than GREGORIAN, SKIP other than OMIT; and for
 * what has a limit here. *ret is owned by the caller. */
int recur_parse(const char *text, struct recur **ret, struct err *err) MUST_CHECK;
void recur_free(struct recur *r);
DEFINE_CLEANUP(struct recur, recur_free)

/* The rule as canonical text: recur_parse() of it gives the same rule and the same text. */
void recur_print(const struct recur *r, struct strbuf *to);

/* *ret: wall or UTC seconds; of a date its 00:00:00 */
enum recur_until recur_until(const struct recur *r, int64_t *ret);
bool recur_has_count(const struct recur *r);
/* FREQ is above DAILY: it makes several instances a day, which a DTSTART of type DATE may not have. */
bool recur_is_subdaily(const struct recur *r);

struct recur_iter;

/* Instances from `dtstart` (wall seconds) on, ascending, each once. DTSTART is the first instance, and counts for
 * COUNT, whether it matches the rule or not (RFC 5545 3.8.5.3), and also if UNTIL is before it. Parts that the rule
 * leaves open (hour, weekday, day ...) come from dtstart; so does the month of YEARLY;BYMONTHDAY=24. With BYWEEKNO a
 * year is its whole weeks, so that week 1 may begin in December. Dates that do not exist (30 February) are skipped,
 * BYSECOND=60 is 59, and nothing is beyond the year 9999. `r` is lent for the life of the iterator, which the caller
 * owns. */
struct recur_iter *recur_iter_new(const struct recur *r, int64_t dtstart);
/* The same for a DTSTART of type DATE, at 00:00:00: BYHOUR, BYMINUTE and BYSECOND are ignored (RFC 5545 3.3.10). */
struct recur_iter *recur_iter_new_date(const struct recur *r, int64_t dtstart);
void recur_iter_free(struct recur_iter *it);
DEFINE_CLEANUP(struct recur_iter, recur_iter_free)

/* Go on with the first instance at or after `from`. Without COUNT this costs the same however far it is; with
 * COUNT the instances between are walked. Never goes back. */
void recur_iter_seek(struct recur_iter *it, int64_t from);

/* The next instance: 1; 0 if there is none up to `limit` (exclusive; wall seconds), and a later call with a later limit
 * goes on; -1 once the search has taken RECUR_STEPS_MAX steps since the iterator was made: the rule is hostile.
 * A step is about as dear as a day looked at. Never blocks for longer than those steps. */
int recur_iter_next(struct recur_iter *it, int64_t limit, int64_t *ret);

/* For a caller with many rules: give up after `max` steps instead of RECUR_STEPS_MAX; how many were taken. */
void recur_iter_bound(struct recur_iter *it, int64_t max);
int64_t recur_iter_steps(const struct recur_iter *it);

#endif
