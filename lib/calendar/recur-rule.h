/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recur-rule.h - what is inside a recurrence rule. Only recur-text.c, recur-days.c and recur.c need it. */
#ifndef RECUR_RULE_H
#define RECUR_RULE_H

#include <stdint.h>

#include "lib/calendar/recur.h"

enum recur_freq {
	FREQ_SECONDLY,
	FREQ_MINUTELY,
	FREQ_HOURLY,
	FREQ_DAILY,
	FREQ_WEEKLY,
	FREQ_MONTHLY,
	FREQ_YEARLY,
	FREQ_COUNT
};

/* The BY parts that hold numbers. BYDAY holds weekdays and is kept apart. */
enum recur_by {
	BY_MONTH,
	BY_WEEKNO,
	BY_YEARDAY,
	BY_MONTHDAY,
	BY_HOUR,
	BY_MINUTE,
	BY_SECOND,
	BY_SETPOS,
	BY_COUNT
};

/* A set of numbers from -366 to 366. Number n is bit n % 64 of word n / 64 of `plus`, number -n the same bit of `minus`. */
struct numbers {
	uint64_t plus[6], minus[6];
};

struct recur {
	enum recur_freq freq;
	enum recur_until until_kind;
	int64_t until;
	int64_t interval;
	int64_t count;  /* 0: the rule has no COUNT */
	unsigned given; /* bit n: the rule has part n of recur_by */
	int wkst;       /* 0 Monday to 6 Sunday */
	struct numbers by[BY_COUNT];
	unsigned weekdays;        /* BYDAY=MO: bit 0 */
	uint64_t nth[7];          /* BYDAY=2MO: bit 2 of nth[0] */
	uint64_t nth_from_end[7]; /* BYDAY=-2MO */
};

static inline bool numbers_has(const uint64_t *words, int n)
{
	return words[n / 64] >> (n % 64) & 1;
}

static inline bool recur_has(const struct recur *r, enum recur_by by)
{
	return r->given >> by & 1;
}

static inline bool recur_has_nth(const struct recur *r)
{
	uint64_t any = 0;

	for (int i = 0; i < 7; i++)
		any |= r->nth[i] | r->nth_from_end[i];
	return any;
}

#endif
