/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/dates.h"

#include <string.h>

#include "lib/time/civil.h"

enum { LEAP_YEAR = 2000 };

/* The number in `n` digits, or -1. */
static int digits(const char *s, size_t n)
{
	int value = 0;

	if (strspn(s, "0123456789") < n)
		return -1;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (s[i] - '0');
	return value;
}

/* Read "2026-12-24" or "12-24", of `n` bytes. */
static int parse_day(const char *s, size_t n, bool *ret_every_year, int64_t *ret, struct err *err)
{
	bool every_year = n == 5;
	const char *p = every_year ? s : s + 5;
	struct civil c = { .year = LEAP_YEAR };

	if (n != 5 && n != 10)
		return err_set(err, ERR_USAGE, "'%.*s' is not a date such as 2026-12-24 or 12-24",
			(int)(n < 40 ? n : 40), s);
	if (!every_year)
		c.year = s[4] == '-' ? digits(s, 4) : -1;
	c.month = p[2] == '-' ? digits(p, 2) : -1;
	c.day = digits(p + 3, 2);
	if (c.year < 0 || c.month < 0 || c.day < 0)
		return err_set(err, ERR_USAGE, "'%.*s' is not a date such as 2026-12-24 or 12-24",
			(int)n, s);
	if (!civil_is_valid(&c))
		return err_set(err, ERR_USAGE, "there is no day '%.*s'", (int)n, s);
	*ret_every_year = every_year;
	*ret = civil_days(c.year, c.month, c.day);
	return 0;
}

int dates_parse(const char *text, struct dates *ret, struct err *err)
{
	const char *dots = strstr(text, "..");
	size_t n = dots ? (size_t)(dots - text) : strlen(text);
	struct dates d;
	bool every_year;

	if (parse_day(text, n, &d.every_year, &d.first, err) < 0)
		return -1;
	d.last = d.first;
	every_year = d.every_year;
	if (dots && parse_day(dots + 2, strlen(dots + 2), &every_year, &d.last, err) < 0)
		return -1;
	if (every_year != d.every_year)
		return err_set(err, ERR_USAGE, "'%.40s' has a year at one end only", text);
	if (!d.every_year && d.last < d.first)
		return err_set(err, ERR_USAGE, "'%.40s' ends before it begins", text);
	if (!d.every_year && d.last - d.first > 366)
		return err_set(err, ERR_USAGE, "'%.40s' is longer than a year", text);
	*ret = d;
	return 0;
}

static void print_day(const struct dates *d, int64_t day, struct strbuf *to)
{
	struct civil c;

	civil_from_days(day, &c);
	if (!d->every_year)
		strbuf_addf(to, "%04d-", c.year);
	strbuf_addf(to, "%02d-%02d", c.month, c.day);
}

void dates_print(const struct dates *d, struct strbuf *to)
{
	print_day(d, d->first, to);
	if (d->last != d->first) {
		strbuf_adds(to, "..");
		print_day(d, d->last, to);
	}
}

bool dates_hold(const struct dates *d, int64_t day)
{
	struct civil c;

	if (d->every_year) {
		civil_from_days(day, &c);
		day = civil_days(LEAP_YEAR, c.month, c.day);
	}
	if (d->last < d->first)
		return day >= d->first || day <= d->last;
	return day >= d->first && day <= d->last;
}

static int rank(const struct dates *d)
{
	return (d->first == d->last ? 0 : 2) + d->every_year;
}

int dates_compare(const struct dates *a, const struct dates *b)
{
	int r = rank(a) - rank(b);

	if (!r)
		r = (a->first > b->first) - (a->first < b->first);
	return r ? r : (a->last > b->last) - (a->last < b->last);
}

bool dates_is_day(const struct dates *d)
{
	return !d->every_year && d->first == d->last;
}
