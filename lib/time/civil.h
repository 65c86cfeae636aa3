/* SPDX-License-Identifier: GPL-3.0-or-later */
/* civil.h - dates and times of day in the proleptic Gregorian calendar, without a zone. */
#ifndef CIVIL_H
#define CIVIL_H

#include <stdbool.h>
#include <stdint.h>

struct civil {
	int year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour;  /* 0 to 23; civil_seconds() takes 24 too */
	int minute;
	int second;
};

/* Days from 1970-01-01 to a date. Months and days outside their range carry over. Takes any values. */
int64_t civil_days(int year, int month, int day);
/* The date of a day, at 00:00:00. A day whose year does not fit an int counts as the outermost day that does. */
void civil_from_days(int64_t days, struct civil *ret);
/* 0 Monday to 6 Sunday. */
int civil_weekday(int64_t days);
/* Seconds from 1970-01-01 00:00:00 on the same wall clock. Fields outside their range carry over. */
int64_t civil_seconds(const struct civil *c);
void civil_from_seconds(int64_t seconds, struct civil *ret);
/* Whether it is a real date and time of day. */
bool civil_is_valid(const struct civil *c);

#endif
