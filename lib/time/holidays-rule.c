/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays-rule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/base/closest.h"
#include "lib/time/dayword.h"
#include "lib/time/holidays.h"

#define FORMS                                                                                      \
	"12-25, 2026-12-24 12:00-24:00, easter+1, nov first thu, fri before 12-25, 12-27..12-30, " \
	"01-01 observed"

enum {
	DAY = 86400,
	WORDS = 8,
	YEAR_DAYS = 366, /* at most */
};

static const char *const nths[] = { "first", "second", "third", "fourth", "fifth", "last" };
enum { NTH_LAST = 5 };

static const char *const sides[] = { "before", "after", "on or before", "on or after" };
_Static_assert(ARRAY_SIZE(sides) == SIDE_COUNT, "a name for each side");

static const char *const kinds[] = { "easter", "observed", "on", "or", "before", "after" };

/* The words of a rule, and which is next. Behind the last word there are empty ones. */
struct holiday_reader {
	char *words[WORDS + 1];
	int at;
};

static const char *word(const struct holiday_reader *c)
{
	return c->words[c->at];
}

/* Whether the next word is this one. If so, move behind it. */
static bool take(struct holiday_reader *c, const char *expect)
{
	if (strcasecmp(word(c), expect) != 0)
		return false;
	c->at++;
	return true;
}

static int unknown(const struct holiday_reader *c, struct err *err)
{
	const char *candidates[DAYWORD_WEEKDAYS + DAYWORD_MONTHS + ARRAY_SIZE(nths) +
		ARRAY_SIZE(kinds)];
	const char *text = word(c), *guess;
	char letters[24];
	size_t n = 0;

	if (!*text)
		err_set(err, ERR_USAGE, "something is missing at the end");
	else
		err_set(err, ERR_USAGE, "'%.40s' is not understood", text);
	while (n < sizeof(letters) - 1 && isalpha((unsigned char)text[n])) {
		letters[n] = text[n];
		n++;
	}
	letters[n] = '\0';
	n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		candidates[n++] = kinds[i];
	for (size_t i = 0; i < ARRAY_SIZE(nths); i++)
		candidates[n++] = nths[i];
	for (size_t i = 0; i < DAYWORD_WEEKDAYS; i++)
		candidates[n++] = dayword_weekdays[i];
	for (size_t i = 0; i < DAYWORD_MONTHS; i++)
		candidates[n++] = dayword_months[i];
	guess = closest(letters, candidates, n);
	err_hint(err, "; write it as one of " FORMS);
	return guess && strcasecmp(guess, letters) != 0 ? err_guess(err, "%s", guess) : -1;
}

/* Read at most `max` digits and move *p behind them. Returns how many there were. */
static int digits(const char **p, int max, int *ret)
{
	int n = 0;

	*ret = 0;
	for (; n < max && isdigit((unsigned char)**p); n++, (*p)++)
		*ret = *ret * 10 + (**p - '0');
	return n;
}

static bool is_date(int year, int month, int day)
{
	struct civil c = { .year = year ? year : 2000, .month = month, .day = day };

	return civil_is_valid(&c);
}

/* "12-25", "2026-12-24" */
static int read_date(const char *text, struct holiday_date *ret, struct err *err)
{
	const char *p = text;
	int year = 0, month, day, n = digits(&p, 4, &month);
	bool has_year = n == 4 && *p == '-';

	if (has_year) {
		year = month;
		p++;
		n = digits(&p, 2, &month);
	}
	if (n < 1 || n > 2 || *p != '-' || (p++, !digits(&p, 2, &day)) || *p)
		return err_set(
			err, ERR_USAGE, "'%.40s' is not a date such as 12-25 or 2026-12-24", text);
	if (!is_date(year, month, day) || (has_year && !year)) {
		err_set(err, ERR_USAGE, "there is no date %s", text);
		if (is_date(year, day, month))
			err_hint(err, " (the month comes first: %02d-%02d)", day, month);
		return -1;
	}
	*ret = (struct holiday_date){ year, month, day };
	return 0;
}

static int read_dates(char *text, struct holiday_rule *r, struct err *err)
{
	char *end = strstr(text, "..");
	int64_t length;

	r->kind = HOLIDAY_DATE;
	if (!end)
		return read_date(text, &r->from, err);
	*end = '\0';
	if (read_date(text, &r->from, err) < 0 || read_date(end + 2, &r->to, err) < 0)
		return -1;
	if (!r->from.year != !r->to.year)
		return err_set(err, ERR_USAGE, "both dates need a year, or none");
	r->kind = HOLIDAY_DATES;
	if (!r->from.year)
		return 0;
	length = civil_days(r->to.year, r->to.month, r->to.day) -
		civil_days(r->from.year, r->from.month, r->from.day) + 1;
	if (length < 1)
		return err_set(
			err, ERR_USAGE, "it ends on %s, before it begins on %s", end + 2, text);
	if (length > YEAR_DAYS)
		return err_set(err, ERR_USAGE, "it is longer than a year");
	return 0;
}

/* "easter", "easter-2", "easter+39" */
static int read_easter(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	const char *p = word(c) + strlen("easter"), *sign = p;

	r->kind = HOLIDAY_EASTER;
	if (*p && ((*p != '+' && *p != '-') || (p++, !digits(&p, 3, &r->days)) || *p))
		return unknown(c, err);
	if (r->days > YEAR_DAYS)
		return err_set(err, ERR_USAGE, "'%s' is more than a year from Easter", word(c));
	if (*sign == '-')
		r->days = -r->days;
	c->at++;
	return 0;
}

/* "first thu" behind a month */
static int read_nth(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	r->kind = HOLIDAY_NTH;
	for (r->nth = 0; r->nth < (int)ARRAY_SIZE(nths) && !take(c, nths[r->nth]);)
		r->nth++;
	if (r->nth == (int)ARRAY_SIZE(nths))
		return unknown(c, err);
	r->weekday = dayword_weekday(word(c));
	if (r->weekday < 0)
		return unknown(c, err);
	c->at++;
	return 0;
}

/* "before 12-25", "on or after 10-31" behind a weekday */
static int read_near(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	bool on = take(c, "on");

	r->kind = HOLIDAY_NEAR;
	if (on && !take(c, "or"))
		return unknown(c, err);
	if (take(c, "before"))
		r->side = on ? SIDE_ON_OR_BEFORE : SIDE_BEFORE;
	else if (take(c, "after"))
		r->side = on ? SIDE_ON_OR_AFTER : SIDE_AFTER;
	else
		return unknown(c, err);
	if (!isdigit((unsigned char)*word(c)))
		return unknown(c, err);
	if (read_date(word(c), &r->from, err) < 0)
		return -1;
	if (r->from.year)
		return err_set(err, ERR_USAGE,
			"the date '%s' has a year, but the rule is for each one", word(c));
	c->at++;
	return 0;
}

static int read_days(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	if (isdigit((unsigned char)*word(c)))
		return read_dates(c->words[c->at++], r, err);
	if (!strncasecmp(word(c), "easter", strlen("easter")))
		return read_easter(c, r, err);
	r->from.month = dayword_month(word(c));
	if (r->from.month > 0) {
		c->at++;
		return read_nth(c, r, err);
	}
	r->weekday = dayword_weekday(word(c));
	if (r->weekday >= 0) {
		c->at++;
		return read_near(c, r, err);
	}
	return unknown(c, err);
}

static int read_hours(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	const char *text = word(c);

	if (!strchr(text, ':'))
		return unknown(c, err);
	if (dayword_range(text, &r->start, &r->end, err) < 0)
		return -1;
	if (r->end > DAY)
		return err_set(err, ERR_USAGE,
			"the range '%s' goes beyond the end of the day, 24:00", text);
	c->at++;
	return *word(c) ? unknown(c, err) : 0;
}

int holiday_rule_parse(char *text, struct holiday_rule *ret, struct err *err)
{
	struct holiday_rule r = { .start = 0, .end = DAY };
	struct holiday_reader c = { .at = 0 };
	char *part, *end = text + strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(c.words); i++)
		c.words[i] = end;
	for (int n = 0; (part = strsep(&text, " \t"));) {
		if (!*part)
			continue;
		if (n == WORDS)
			return err_set(err, ERR_USAGE, "too many words; write it as one of " FORMS);
		c.words[n++] = part;
	}
	if (read_days(&c, &r, err) < 0)
		return -1;
	if (!strcasecmp(word(&c), "observed")) {
		if (r.kind != HOLIDAY_DATE)
			return err_set(err, ERR_USAGE,
				"'observed' goes with one date, as in 01-01 observed");
		r.observed = true;
		c.at++;
	}
	if (*word(&c) && read_hours(&c, &r, err) < 0)
		return -1;
	*ret = r;
	return 0;
}

static void print_date(const struct holiday_date *d, struct strbuf *to)
{
	if (d->year)
		strbuf_addf(to, "%04d-", d->year);
	strbuf_addf(to, "%02d-%02d", d->month, d->day);
}

void holiday_rule_print(const struct holiday_rule *r, struct strbuf *to)
{
	switch (r->kind) {
	case HOLIDAY_DATE: print_date(&r->from, to); break;
	case HOLIDAY_DATES:
		print_date(&r->from, to);
		strbuf_adds(to, "..");
		print_date(&r->to, to);
		break;
	case HOLIDAY_EASTER:
		strbuf_adds(to, "easter");
		if (r->days)
			strbuf_addf(to, "%+d", r->days);
		break;
	case HOLIDAY_NTH:
		strbuf_addf(to, "%s %s %s", dayword_months[r->from.month - 1], nths[r->nth],
			dayword_small_weekdays[r->weekday]);
		break;
	case HOLIDAY_NEAR:
		strbuf_addf(to, "%s %s ", dayword_small_weekdays[r->weekday], sides[r->side]);
		print_date(&r->from, to);
		break;
	}
	if (r->observed)
		strbuf_adds(to, " observed");
	if (r->start != 0 || r->end != DAY) {
		strbuf_addc(to, ' ');
		dayword_print_range(to, r->start, r->end);
	}
}

/* The Gregorian computus. The place of the year in the Metonic cycle of 19 years, corrected by century, gives the full moon
 * on or after 21 March; `moon` is its days after 21 March. A moon at 29, and late in the cycle a moon at 28, counts a day
 * earlier. Easter is the Sunday after that moon. */
int64_t holidays_easter(int year)
{
	int golden = year % 19, century = year / 100;
	int moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 +
			   15) %
		30;
	int64_t full;

	if (moon == 29 || (moon == 28 && golden > 10))
		moon--;
	full = civil_days(year, 3, 21) + moon;
	return full + 7 - (civil_weekday(full) + 1) % 7;
}

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

static int64_t observed(int64_t day)
{
	int weekday = civil_weekday(day);

	return weekday == 5 ? day - 1 : weekday == 6 ? day + 1 : day;
}

static bool nth_in_year(const struct holiday_rule *r, int year, int64_t *ret)
{
	int64_t next = civil_days(year, r->from.month + 1, 1);

	if (r->nth == NTH_LAST)
		*ret = on_or_after(next - 7, r->weekday);
	else
		*ret = on_or_after(civil_days(year, r->from.month, 1), r->weekday) + 7 * r->nth;
	return *ret < next;
}

static int64_t near_in_year(const struct holiday_rule *r, int64_t day)
{
	switch (r->side) {
	case SIDE_BEFORE: return on_or_after(day - 7, r->weekday);
	case SIDE_ON_OR_BEFORE: return on_or_after(day - 6, r->weekday);
	case SIDE_AFTER: return on_or_after(day + 1, r->weekday);
	default: return on_or_after(day, r->weekday);
	}
}

static int64_t dates_end(const struct holiday_rule *r, int year)
{
	const struct holiday_date *to = &r->to;

	if (to->year)
		return civil_days(to->year, to->month, to->day);
	if (to->month < r->from.month || (to->month == r->from.month && to->day < r->from.day))
		year++;
	return civil_days(year, to->month, to->day) - (is_leap_day(to) && !is_leap(year));
}

bool holiday_rule_in_year(
	const struct holiday_rule *r, int year, int64_t *ret_first, int64_t *ret_last)
{
	/* civil_days() makes 03-01 of 02-29 in a year that is not a leap year. */
	bool is_real = is_leap(year) || !is_leap_day(&r->from);
	int64_t day = civil_days(year, r->from.month, r->from.day);

	if (r->from.year && r->from.year != year)
		return false;
	switch (r->kind) {
	case HOLIDAY_DATE:
		if (!is_real)
			return false;
		*ret_first = *ret_last = r->observed ? observed(day) : day;
		return true;
	case HOLIDAY_DATES:
		*ret_first = day;
		*ret_last = dates_end(r, year);
		return *ret_first <= *ret_last;
	case HOLIDAY_EASTER: *ret_first = *ret_last = holidays_easter(year) + r->days; return true;
	case HOLIDAY_NTH:
		if (!nth_in_year(r, year, ret_first))
			return false;
		*ret_last = *ret_first;
		return true;
	case HOLIDAY_NEAR: *ret_first = *ret_last = near_in_year(r, day); return is_real;
	}
	return false;
}
