/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The days of a rule in a year. */
#include "lib/time/holidays-rule.h"

#include "lib/time/civil.h"
#include "lib/time/holidays-feast.h"

_Static_assert((int)HOLIDAY_RANGES_MAX == FEAST_OF_YEAR_MAX, "a range for each feast");

static bool is_leap(int year)
{
	return civil_days(year, 3, 1) - civil_days(year, 2, 28) == 2;
}

static bool is_leap_day(const struct holiday_date *d)
{
	return d->month == 2 && d->day == 29;
}

/* The first `weekday` on or after `day`. */
static int64_t on_or_after(int64_t day, int weekday)
{
	return day + (weekday - civil_weekday(day) + 7) % 7;
}

static bool nth_in_year(const struct holiday_point *p, int year, int64_t *ret)
{
	int64_t next = civil_days(year, p->date.month + 1, 1);

	if (p->nth == HOLIDAY_NTH_LAST)
		*ret = on_or_after(next - 7, p->weekday);
	else
		*ret = on_or_after(civil_days(year, p->date.month, 1), p->weekday) + 7 * p->nth;
	return *ret < next;
}

static size_t point_in_year(const struct holiday_point *p, int year, int64_t ret[FEAST_OF_YEAR_MAX])
{
	size_t n;

	switch (p->form) {
	case FORM_DATE:
		if ((p->date.year && p->date.year != year) ||
			(is_leap_day(&p->date) && !is_leap(year)))
			return 0;
		*ret = civil_days(year, p->date.month, p->date.day);
		return 1;
	case FORM_FEAST:
		n = feast_in_year(p->feast, year, ret);
		for (size_t i = 0; i < n; i++)
			ret[i] += p->days;
		return n;
	case FORM_NTH: return nth_in_year(p, year, ret);
	}
	return 0;
}

static int64_t near(const struct holiday_rule *r, int64_t day)
{
	switch (r->side) {
	case SIDE_BEFORE: return on_or_after(day - 7, r->weekday);
	case SIDE_ON_OR_BEFORE: return on_or_after(day - 6, r->weekday);
	case SIDE_AFTER: return on_or_after(day + 1, r->weekday);
	default: return on_or_after(day, r->weekday);
	}
}

/* From one date to another. 02-29 is the day before 03-01, and the day after 02-28 as a start. */
static size_t dates_in_year(const struct holiday_rule *r, int year, struct holiday_range *ret)
{
	const struct holiday_date *from = &r->from.date, *to = &r->to.date;
	int end_year = to->year ? to->year : year;

	if (from->year && from->year != year)
		return 0;
	if (!to->year &&
		(to->month < from->month || (to->month == from->month && to->day < from->day)))
		end_year++;
	ret->first = civil_days(year, from->month, from->day);
	ret->last =
		civil_days(end_year, to->month, to->day) - (is_leap_day(to) && !is_leap(end_year));
	return ret->first <= ret->last;
}

size_t holiday_rule_in_year(
	const struct holiday_rule *r, int year, struct holiday_range ret[HOLIDAY_RANGES_MAX])
{
	int64_t from[FEAST_OF_YEAR_MAX];
	size_t n;

	if (year < r->first_year || (r->last_year && year > r->last_year))
		return 0;
	if (r->kind == HOLIDAY_DAYS && r->from.form == FORM_DATE)
		return dates_in_year(r, year, ret);
	n = point_in_year(&r->from, year, from);
	for (size_t i = 0; i < n; i++) {
		int64_t day = r->kind == HOLIDAY_NEAR ? near(r, from[i]) : from[i];

		ret[i] = (struct holiday_range){ day, day };
		if (r->kind == HOLIDAY_DAYS)
			ret[i].last += r->to.days - r->from.days;
	}
	return n;
}
