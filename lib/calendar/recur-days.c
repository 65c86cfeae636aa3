/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/recur-days.h"

#include "lib/time/civil.h"
#include "lib/calendar/recur-rule.h"

enum { DAY = 86400 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void recur_days_init(struct recur_days *d, const struct recur *r, int64_t dtstart)
{
	unsigned weekday = 1U << civil_weekday(floor_div(dtstart, DAY));
	bool yearly = r->freq == FREQ_YEARLY, nth = recur_has_nth(r), byday = r->weekdays || nth;
	bool bare = !byday && !recur_has(r, BY_YEARDAY) && !recur_has(r, BY_MONTHDAY);
	struct civil start;

	civil_from_seconds(dtstart, &start);
	*d = (struct recur_days){ .r = r, .plus = UINT32_MAX };
	d->months = recur_has(r, BY_MONTH) ? (unsigned)r->by[BY_MONTH].plus[0] : 0x1ffe;
	d->weekdays = nth || !byday ? 127 : r->weekdays;
	if (recur_has(r, BY_MONTHDAY)) {
		d->plus = (uint32_t)r->by[BY_MONTHDAY].plus[0];
		for (int n = 1; n <= 31; n++) {
			if (numbers_has(r->by[BY_MONTHDAY].minus, n))
				d->minus |= UINT64_C(1) << (32 - n);
		}
	}
	if (bare && (r->freq == FREQ_WEEKLY || (yearly && recur_has(r, BY_WEEKNO))))
		d->weekdays = weekday;
	else if (bare && r->freq >= FREQ_MONTHLY)
		d->plus = UINT32_C(1) << start.day;
	/* YEARLY;BYMONTHDAY=24 is once a year, in the month of DTSTART: calendars that write it mean that. */
	if (yearly && (bare || recur_has(r, BY_MONTHDAY)) && !recur_has(r, BY_MONTH) &&
		!recur_has(r, BY_WEEKNO) && !recur_has(r, BY_YEARDAY))
		d->months = 1U << start.month;
	d->nth_of_year = yearly && !recur_has(r, BY_MONTH);
	d->one_by_one = nth || recur_has(r, BY_YEARDAY);
	d->any_day = d->months == 0x1ffe && d->weekdays == 127 && d->plus == UINT32_MAX &&
		!d->one_by_one;
}

static int year_length(int year)
{
	return year % 4 || (!(year % 100) && year % 400) ? 365 : 366;
}

/* Whether day `n` of `len` days, counted from 1, is a weekday with a number that the rule names. The number counts this
 * weekday from the first or from the last day. */
static bool is_nth(const struct recur *r, int weekday, int n, int len)
{
	return r->nth[weekday] >> ((n - 1) / 7 + 1) & 1 ||
		r->nth_from_end[weekday] >> ((len - n) / 7 + 1) & 1;
}

/* Whether a day passes BYYEARDAY and numbered weekdays: they need to know which day of the year or month it is. */
static bool day_passes_alone(const struct recur_days *d, int year, int64_t first, int day)
{
	const struct recur *r = d->r;
	int weekday = civil_weekday(first + day - 1), len = year_length(year);
	int of_year = (int)(first + day - civil_days(year, 1, 1));

	if (recur_has(r, BY_YEARDAY) && !numbers_has(r->by[BY_YEARDAY].plus, of_year) &&
		!numbers_has(r->by[BY_YEARDAY].minus, len + 1 - of_year))
		return false;
	if (r->weekdays >> weekday & 1 || (!r->weekdays && !recur_has_nth(r)))
		return true;
	return d->nth_of_year ? is_nth(r, weekday, of_year, len)
			      : is_nth(r, weekday, day, d->month_len);
}

/* A month is worked out as a mask, bit n for day n, instead of day by day. BYMONTHDAY from the end: bit 32 - n, shifted by
 * 31 - len, is day len + 1 - n. BYDAY: the week of weekdays is turned until bit 0 is the weekday of the first, and repeated
 * five times. Only what needs the number of a day looks at single days. */
uint32_t recur_days_of_month(struct recur_days *d, int year, int month)
{
	int64_t first = civil_days(year, month, 1);
	int len = (int)(civil_days(year, month + 1, 1) - first);
	uint64_t days = 0, week;
	int weekday;

	d->loads++;
	d->month_first = first;
	d->month_len = len;
	if (d->months >> month & 1) {
		days = (d->plus | d->minus >> (31 - len)) & ((UINT64_C(2) << len) - 2);
		weekday = civil_weekday(first);
		week = (d->weekdays >> weekday | d->weekdays << (7 - weekday)) & 127;
		days &= (week | week << 7 | week << 14 | week << 21 | week << 28) << 1;
	}
	for (int day = 1; d->one_by_one && day <= len; day++) {
		if (days >> day & 1 && !day_passes_alone(d, year, first, day))
			days &= ~(UINT64_C(1) << day);
	}
	return d->month_days = (uint32_t)days;
}

static void load_month_of(struct recur_days *d, int64_t day)
{
	struct civil c;

	if (day >= d->month_first && day < d->month_first + d->month_len)
		return;
	civil_from_days(day, &c);
	(void)recur_days_of_month(d, c.year, c.month);
}

bool recur_days_pass(struct recur_days *d, int64_t day)
{
	if (d->any_day)
		return true;
	load_month_of(d, day);
	return d->month_days >> (day - d->month_first + 1) & 1;
}

int64_t recur_days_next(struct recur_days *d, int64_t day)
{
	uint32_t rest;

	if (d->any_day)
		return day;
	load_month_of(d, day);
	rest = d->month_days >> (day - d->month_first + 1);
	return rest ? day + __builtin_ctz(rest) : d->month_first + d->month_len;
}
