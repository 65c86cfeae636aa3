/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holidays.h - holidays as rules: entered once, they hold each year. */
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
	HOLIDAYS_COUNTRIES = 16,  /* codes of countries and regions */
};

struct holidays;     /* parsed rules */
struct countries;    /* of holidays-country.h */
struct holiday_rule; /* of holidays-rule.h */

/* Rules joined by ';':
 *   12-25                      each year               2026-12-24            once
 *   easter-2, easter+39        days from Western Easter Sunday ("easter" alone is the day itself)
 *   nov first thu, may last mon   first to fifth, last; a year without that fifth day has no such holiday
 *   orthodox-2                 days from the Easter Sunday of the Orthodox churches
 *   eid-al-fitr+1, qingming     days from another feast of holidays-feast.c, which knows the years 2024 to 2040 at least
 *   fri before 12-25, mon after 05-24   never that date itself; sat on or after 10-31, mon on or before 05-24
 *   fri after easter+60, fri after nov fourth thu   the same beside a day that is found first
 *   01-01 observed             moved: on a Saturday to the Friday before, on a Sunday to the Monday after
 *   01-01 observed sun+1       moved from these weekdays by so many days
 *   12-26 observed free        moved from Saturday and Sunday to the next day of work that is no other holiday
 *   12-26 and observed ...     the day itself is a holiday too
 *   12-27..12-30, 2026-07-13..2026-07-31   several days, at most 366; without years they may cross the year's end
 *   easter-2..easter+1         the same from a feast
 *   05-08 2025.., 05-08 ..2023, easter+1 2027   in these years only
 *   2026-03-20,2027-03-10      a rule for each date
 *   se, de-by                  what the file of a country says, of the region too
 *   us !columbus-day           the same without a holiday, or several
 * Hours of the day may follow a rule, 12:00-24:00, and then a name, = Christmas Eve. 02-29 comes in leap years only. Empty
 * text gives no holidays. ERR_USAGE quotes the rule and shows the forms. The caller owns *ret. */
int holidays_parse(const char *text, struct holidays **ret, struct err *err) MUST_CHECK;
void holidays_free(struct holidays *h);
DEFINE_CLEANUP(struct holidays, holidays_free)

/* Look up the countries that the text names, once: without this they have no holidays. What can be looked up counts even if this fails:
 * ERR_NOT_FOUND with a guess if there is no such country, region or holiday to leave out, ERR_FAILED if a file cannot be read or has a
 * wrong line. `from` is NULL if there are none. */
int holidays_bind(struct holidays *h, struct countries *from, struct err *err) MUST_CHECK;

/* Append the canonical text, countries first: parse -> print -> parse is stable. */
void holidays_print(const struct holidays *h, struct strbuf *to);

/* One holiday of one date. */
struct holiday {
	int64_t day;        /* days since 1970-01-01 */
	int32_t start, end; /* seconds after its midnight, 0 to 86400 */
	/* Lent from the rules: */
	const char *name;                /* the rule's name, else the rule as printed */
	const char *local;               /* its name in the language of the country, or NULL */
	const struct holiday_rule *rule; /* that gives it */
};

/* All holidays of the days from `first` to `last` (inclusive), sorted by day and start. *ret is a list of *ret_n, which the
 * caller frees. A call looks at most at the 10 years from `first` on and leaves out what is later. */
void holidays_between(
	const struct holidays *h, int64_t first, int64_t last, struct holiday **ret, size_t *ret_n);

/* Easter Sunday of the Gregorian and of the Julian calendar, days since 1970-01-01. */
int64_t holidays_easter(int year);
int64_t holidays_orthodox(int year);

#endif
