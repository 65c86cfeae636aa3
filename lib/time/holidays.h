/* holidays.h - holidays as rules, so that nobody enters them again each year. */
#ifndef HOLIDAYS_H
#define HOLIDAYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum {
	HOLIDAYS_TEXT_MAX = 8000, /* bytes */
	HOLIDAYS_MAX = 200,       /* rules */
	HOLIDAY_NAME_MAX = 80,    /* bytes */
};

struct holidays; /* parsed rules, never changed */

/* Rules joined by ';':
 *   12-25                      each year               2026-12-24            once
 *   easter-2, easter+39        days from Western Easter Sunday ("easter" alone is the day itself)
 *   nov first thu, may last mon   first to fifth, last; a fifth that a year lacks is no holiday then
 *   fri before 12-25, mon after 05-24   never that date itself; sat on or after 10-31, mon on or before 05-24
 *   01-01 observed             moved: on a Saturday to the Friday before, on a Sunday to the Monday after
 *   12-27..12-30, 2026-07-13..2026-07-31   several days, at most 366; without years they may cross the year's end
 * each may end in hours of the day, 12:00-24:00, and in a name: = Christmas Eve. 02-29 is only in leap years.
 * Empty text is no holidays. ERR_USAGE, quoting the rule and showing the way out. *ret is owned by the caller. */
int holidays_parse(const char *text, struct holidays **ret, struct err *err) MUST_CHECK;
void holidays_free(struct holidays *h);
DEFINE_CLEANUP(struct holidays, holidays_free)

/* Canonical text; parse -> print -> parse is stable. */
void holidays_print(const struct holidays *h, struct strbuf *to);

/* One holiday of one date. */
struct holiday {
	int64_t day;        /* days since 1970-01-01 */
	int32_t start, end; /* seconds after its midnight, 0 to 86400 */
	const char *name;   /* lent from the rules: its name, else the rule as printed */
};

/* All holidays of the days from `first` to `last` (inclusive), sorted by day and start. *ret is a list of *ret_n, to be
 * freed by the caller. At most 10 years at a time: what is beyond is left out. */
void holidays_between(
	const struct holidays *h, int64_t first, int64_t last, struct holiday **ret, size_t *ret_n);

/* Easter Sunday of the Gregorian calendar, days since 1970-01-01. */
int64_t holidays_easter(int year);

#endif
