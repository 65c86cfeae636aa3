/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recur-days.h - the days that a rule's BYMONTH, BYMONTHDAY, BYYEARDAY and BYDAY let pass. Only recur.c needs it. */
#ifndef RECUR_DAYS_H
#define RECUR_DAYS_H

#include <stdint.h>

#include "lib/calendar/recur.h"

/* Bit n of a mask is month, day or weekday n. */
struct recur_days {
	const struct recur *r;
	bool any_day;    /* every day passes */
	bool one_by_one; /* there are numbered weekdays or BYYEARDAY: single days must be looked at */
	bool nth_of_year; /* weekdays are numbered in the year, else in the month */
	unsigned months, weekdays;
	uint32_t plus;
	uint64_t minus; /* bit 32 - n: day n from the end */

	/* The month last looked at; days since 1970-01-01. */
	int64_t month_first;
	int month_len;
	uint32_t month_days;
	int64_t loads; /* how many months were worked out */
};

/* Where the rule leaves the day open, DTSTART gives it. */
void recur_days_init(struct recur_days *d, const struct recur *r, int64_t dtstart);
bool recur_days_pass(struct recur_days *d, int64_t day);
/* The next day from `day` on that passes in the same month. If there is no such day: the first day of the next month, which may
 * not pass either. */
int64_t recur_days_next(struct recur_days *d, int64_t day);
/* The days of a month that pass, bit n for day n. This month becomes the month last looked at. */
uint32_t recur_days_of_month(struct recur_days *d, int year, int month);

#endif
