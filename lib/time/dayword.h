/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dayword.h - weekdays, months and ranges of hours as words. hours.h, special.h and holidays.h read them. */
#ifndef DAYWORD_H
#define DAYWORD_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

/* Three letters, then in full: "Mon" ... "Sun", "Monday" ... "Sunday"; "jan" ... "dec", "january" ... "december". */
enum { DAYWORD_WEEKDAYS = 14, DAYWORD_MONTHS = 24 };
extern const char *const dayword_weekdays[DAYWORD_WEEKDAYS];
extern const char *const dayword_small_weekdays[7]; /* "mon" ... "sun" */
extern const char *const dayword_months[DAYWORD_MONTHS];

/* 0 Monday to 6 Sunday, 1 January to 12 December. Letters may have any case. -1 for any other word. */
int dayword_weekday(const char *word);
int dayword_month(const char *word);

/* Read "09:00-17:00", "9-17", "22:00-06:00" or "09:00-24:00", in seconds after midnight. 0 <= start < 86400. The end is
 * after the start by at most a day, and above 86400 if the range crosses midnight. ERR_USAGE quotes the range. */
int dayword_range(
	const char *text, int32_t *ret_start, int32_t *ret_end, struct err *err) MUST_CHECK;
/* The same for hours, where "08:00-08:00" is 24 hours. */
int dayword_hours(
	const char *text, int32_t *ret_start, int32_t *ret_end, struct err *err) MUST_CHECK;
void dayword_print_range(struct strbuf *to, int32_t start, int32_t end);

/* Cut blanks at the end in place; returns the first character that is not blank. */
char *dayword_trim(char *s);

#endif
