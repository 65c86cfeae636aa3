/* dayword.h - weekdays, months and ranges of hours as words: the vocabulary of hours and holidays. */
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

/* 0 Monday to 6 Sunday, 1 January to 12 December; letters in any case; -1 if the word is none. */
int dayword_weekday(const char *word);
int dayword_month(const char *word);

/* "09:00-17:00", "9-17", "22:00-06:00", "09:00-24:00" in seconds after midnight: 0 <= start < 86400, and end is after start,
 * at most a day, above 86400 if the range crosses midnight. ERR_USAGE, quoting the range. */
int dayword_range(
	const char *text, int32_t *ret_start, int32_t *ret_end, struct err *err) MUST_CHECK;
void dayword_print_range(struct strbuf *to, int32_t start, int32_t end);

/* The text without blanks around it, cut in place. */
char *dayword_trim(char *s);

#endif
