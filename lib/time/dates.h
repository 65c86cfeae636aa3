/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dates.h - a day or several days in a row, of one year or of every year. */
#ifndef DATES_H
#define DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum { DATES_SIZE = 32 }; /* room for the text of any */

struct dates {
	bool every_year;
	/* Days since 1970-01-01. Of every year: days of the leap year 2000, and `last` is before `first` if they cross its end. */
	int64_t first, last;
};

/* "2026-12-24", "2027-02-08..2027-03-09", "12-24", "06-15..08-15", "12-27..01-05". 02-29 is a day of leap years. ERR_USAGE quotes what
 * is no day, what ends before it begins and what is longer than a year. */
int dates_parse(const char *text, struct dates *ret, struct err *err) MUST_CHECK;
/* Append the text: parse -> print -> parse is stable. */
void dates_print(const struct dates *d, struct strbuf *to);

bool dates_hold(const struct dates *d, int64_t day);
/* One day is before several, and a year's own is before those of every year. 0: they are the same. */
int dates_compare(const struct dates *a, const struct dates *b);
/* Whether they are one day of one year. */
bool dates_is_day(const struct dates *d);

#endif
