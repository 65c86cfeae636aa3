/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/civil.h"

enum { DAY = 86400 };

/* civil_from_days() holds days within plus and minus this: their years fit an int. */
#define DAYS_MAX 700000000000

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years are counted from March: the leap day is then the last day of its year, and the months before it have the same
 * lengths in every year, (153 * m + 2) / 5 days up to month m. An era is 400 years and has 146097 days. Day 0 of era 0 is
 * 0000-03-01, 719468 days before 1970-01-01. */
int64_t civil_days(int year, int month, int day)
{
	int64_t months = (int64_t)month - 1, y = year + floor_div(months, 12),
		m = months - 12 * floor_div(months, 12) + 1;
	int64_t era, of_era, of_year;

	y -= m <= 2;
	era = floor_div(y, 400);
	of_era = y - era * 400;
	of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468 + day - 1;
}

void civil_from_days(int64_t days, struct civil *ret)
{
	int64_t z, era, of_era, year, of_year, m;
	int month;

	if (days > DAYS_MAX)
		days = DAYS_MAX;
	if (days < -DAYS_MAX)
		days = -DAYS_MAX;
	z = days + 719468;
	era = floor_div(z, 146097);
	of_era = z - era * 146097;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	m = (5 * of_year + 2) / 153;
	month = (int)(m < 10 ? m + 3 : m - 9);

	*ret = (struct civil){
		.year = (int)(year + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(of_year - (153 * m + 2) / 5 + 1),
	};
}

int civil_weekday(int64_t days)
{
	return (int)((days % 7 + 7 + 3) % 7); /* 1970-01-01 was a Thursday */
}

int64_t civil_seconds(const struct civil *c)
{
	return civil_days(c->year, c->month, c->day) * DAY + c->hour * 3600LL + c->minute * 60LL +
		c->second;
}

void civil_from_seconds(int64_t seconds, struct civil *ret)
{
	int64_t days = floor_div(seconds, DAY);
	int rest = (int)((seconds % DAY + DAY) % DAY);

	civil_from_days(days, ret);
	ret->hour = rest / 3600;
	ret->minute = rest / 60 % 60;
	ret->second = rest % 60;
}

bool civil_is_valid(const struct civil *c)
{
	struct civil back;

	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
		c->day > 31 || c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
		c->second < 0 || c->second > 59)
		return false;
	civil_from_days(civil_days(c->year, c->month, c->day), &back);
	return back.day == c->day;
}
