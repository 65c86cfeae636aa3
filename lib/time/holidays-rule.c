/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays-rule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/base/closest.h"
#include "lib/time/dayword.h"
#include "lib/time/holidays-feast.h"

#define FORMS                                                                                      \
	"12-25, 2026-12-24 12:00-24:00, easter+1, nov first thu, fri before 12-25, 12-27..12-30, " \
	"01-01 observed"

enum {
	DAY = 86400,
	WORDS = 14,
	YEAR_DAYS = 366, /* at most */
	MOVE_MAX = 14,   /* days */
};

static const char *const nths[] = { "first", "second", "third", "fourth", "fifth", "last" };
_Static_assert(ARRAY_SIZE(nths) == HOLIDAY_NTH_LAST + 1, "a word for each");

static const char *const sides[] = { "before", "after", "on or before", "on or after" };
_Static_assert(ARRAY_SIZE(sides) == SIDE_COUNT, "a name for each side");

static const char *const kinds[] = { "easter", "orthodox", "and", "observed", "free", "on", "or",
	"before", "after" };

/* To the nearest day of work; and as the British do it, on from the weekend. */
static const int8_t nearest[7] = { [5] = -1, [6] = 1 };
static const int8_t onward[7] = { [5] = 2, [6] = 1 };

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

static bool read_year(const char **p, int *ret)
{
	return digits(p, 4, ret) == 4 && *ret;
}

bool holiday_years_parse(const char *text, int *ret_first, int *ret_last)
{
	const char *p = text;
	int first = 0, last = 0;

	if (*p != '.' && !read_year(&p, &first))
		return false;
	if (!*p) {
		last = first;
	} else if (p[0] == '.' && p[1] == '.') {
		p += 2;
		if (*p ? !read_year(&p, &last) || *p || first > last : !first)
			return false;
	} else {
		return false;
	}
	*ret_first = first;
	*ret_last = last;
	return true;
}

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

/* "+39" or "-2" behind a feast, or nothing. *p moves behind it. */
static bool read_offset(const char **p, int *ret)
{
	const char *sign = *p;

	*ret = 0;
	if ((*sign != '+' && *sign != '-') || !is_digit(sign[1]))
		return true;
	(*p)++;
	digits(p, 3, ret);
	if (*ret > YEAR_DAYS)
		return false;
	if (*sign == '-')
		*ret = -*ret;
	return true;
}

/* "easter", "easter-2", "orthodox+39" */
static int read_feast(const struct holiday_reader *c, const char *text, struct holiday_point *ret,
	struct err *err)
{
	const char *p = text;

	ret->form = FORM_FEAST;
	ret->feast = feast_parse(text, &p);
	if (ret->feast < 0)
		return unknown(c, err);
	if (!read_offset(&p, &ret->days))
		return err_set(err, ERR_USAGE, "'%s' is more than a year from the feast", text);
	return *p ? unknown(c, err) : 0;
}

static bool is_feast(const char *text)
{
	const char *end;

	return feast_parse(text, &end) >= 0;
}

static int read_one(const struct holiday_reader *c, const char *text, struct holiday_point *ret,
	struct err *err)
{
	if (is_feast(text))
		return read_feast(c, text, ret, err);
	ret->form = FORM_DATE;
	return read_date(text, &ret->date, err);
}

static int check_range(
	const struct holiday_rule *r, const char *from, const char *to, struct err *err)
{
	const struct holiday_date *a = &r->from.date, *b = &r->to.date;
	int64_t length;

	if (r->from.form != r->to.form ||
		(r->from.form == FORM_FEAST && r->from.feast != r->to.feast))
		return err_set(err, ERR_USAGE, "both ends are dates, or days from the same feast");
	if (r->from.form == FORM_FEAST)
		length = r->to.days - r->from.days + 1;
	else if (!a->year != !b->year)
		return err_set(err, ERR_USAGE, "both dates need a year, or none");
	else if (!a->year)
		return 0;
	else
		length = civil_days(b->year, b->month, b->day) -
			civil_days(a->year, a->month, a->day) + 1;
	if (length < 1)
		return err_set(err, ERR_USAGE, "it ends on %s, before it begins on %s", to, from);
	if (length > YEAR_DAYS)
		return err_set(err, ERR_USAGE, "it is longer than a year");
	return 0;
}

/* "12-25", "easter+1", or two of them: "12-27..12-30" */
static int read_days_word(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	char *text = c->words[c->at], *end = strstr(text, "..");

	r->kind = HOLIDAY_DAY;
	if (end) {
		*end = '\0';
		end += 2;
	}
	if (read_one(c, text, &r->from, err) < 0)
		return -1;
	if (end) {
		r->kind = HOLIDAY_DAYS;
		if (read_one(c, end, &r->to, err) < 0 || check_range(r, text, end, err) < 0)
			return -1;
	}
	c->at++;
	return 0;
}

/* "first thu" behind a month */
static int read_nth(struct holiday_reader *c, struct holiday_point *p, struct err *err)
{
	p->form = FORM_NTH;
	p->date.month = dayword_month(word(c));
	c->at++;
	for (p->nth = 0; p->nth < (int)ARRAY_SIZE(nths) && !take(c, nths[p->nth]);)
		p->nth++;
	if (p->nth == (int)ARRAY_SIZE(nths))
		return unknown(c, err);
	p->weekday = dayword_weekday(word(c));
	if (p->weekday < 0)
		return unknown(c, err);
	c->at++;
	return 0;
}

/* "before 12-25", "on or after 10-31", "after nov fourth thu" behind a weekday */
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
	if (dayword_month(word(c)) > 0)
		return read_nth(c, &r->from, err);
	if (!is_digit(*word(c)) && !is_feast(word(c)))
		return unknown(c, err);
	if (read_one(c, word(c), &r->from, err) < 0)
		return -1;
	if (r->from.date.year)
		return err_set(err, ERR_USAGE,
			"the date '%s' has a year, but the rule is for each one", word(c));
	c->at++;
	return 0;
}

static int read_days(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	if (is_digit(*word(c)) || is_feast(word(c)))
		return read_days_word(c, r, err);
	if (dayword_month(word(c)) > 0) {
		r->kind = HOLIDAY_DAY;
		return read_nth(c, &r->from, err);
	}
	r->weekday = dayword_weekday(word(c));
	if (r->weekday >= 0) {
		c->at++;
		return read_near(c, r, err);
	}
	return unknown(c, err);
}

/* "sat-1": moves *p behind it. */
static bool read_step(const char **p, struct holiday_move *m)
{
	char name[16];
	size_t n = 0;
	int weekday, days;

	while (n < sizeof(name) - 1 && isalpha((unsigned char)(*p)[n])) {
		name[n] = (*p)[n];
		n++;
	}
	name[n] = '\0';
	weekday = dayword_weekday(name);
	*p += n;
	if (weekday < 0 || !read_offset(p, &days) || !days || days < -MOVE_MAX || days > MOVE_MAX ||
		m->days[weekday])
		return false;
	m->days[weekday] = (int8_t)days;
	return true;
}

/* Behind "observed": "sat-1,sun+1", "free", both, or nothing */
static int read_move(struct holiday_reader *c, struct holiday_move *m, struct err *err)
{
	const char *p = word(c);
	bool steps = isalpha((unsigned char)*p) && strcasecmp(p, "free") != 0;

	m->is_set = true;
	while (steps && *p) {
		if (!read_step(&p, m) || (*p && *p++ != ',') || (p[-1] == ',' && !*p))
			return err_set(err, ERR_USAGE,
				"'%.40s' is not of the form sat-1,sun+1: weekdays, and by how many days (at most "
				"%d) each is moved",
				word(c), MOVE_MAX);
	}
	if (steps)
		c->at++;
	m->free = take(c, "free");
	if (!steps)
		memcpy(m->days, m->free ? onward : nearest, sizeof(m->days));
	return 0;
}

static int read_observed(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	bool adds = take(c, "and");

	if (!take(c, "observed"))
		return adds ? unknown(c, err) : 0;
	if (r->kind != HOLIDAY_DAY || r->from.form == FORM_NTH)
		return err_set(err, ERR_USAGE,
			"'observed' goes with one date or feast, as in 01-01 observed");
	r->move.adds = adds;
	return read_move(c, &r->move, err);
}

static int read_years(struct holiday_reader *c, struct holiday_rule *r, struct err *err)
{
	if (!holiday_years_parse(word(c), &r->first_year, &r->last_year))
		return 0;
	if (r->from.date.year)
		return err_set(err, ERR_USAGE,
			"the date has a year already, and then come years: %s", word(c));
	c->at++;
	return 0;
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
	if (read_days(&c, &r, err) < 0 || read_observed(&c, &r, err) < 0 ||
		read_years(&c, &r, err) < 0)
		return -1;
	if (*word(&c) && read_hours(&c, &r, err) < 0)
		return -1;
	*ret = r;
	return 0;
}

static void print_point(const struct holiday_point *p, struct strbuf *to)
{
	switch (p->form) {
	case FORM_DATE:
		if (p->date.year)
			strbuf_addf(to, "%04d-", p->date.year);
		strbuf_addf(to, "%02d-%02d", p->date.month, p->date.day);
		break;
	case FORM_FEAST:
		strbuf_adds(to, feast_name(p->feast));
		if (p->days)
			strbuf_addf(to, "%+d", p->days);
		break;
	case FORM_NTH:
		strbuf_addf(to, "%s %s %s", dayword_months[p->date.month - 1], nths[p->nth],
			dayword_small_weekdays[p->weekday]);
		break;
	}
}

static void print_move(const struct holiday_move *m, struct strbuf *to)
{
	const int8_t *plain = m->free ? onward : nearest;
	const char *between = " ";

	if (!m->is_set)
		return;
	strbuf_adds(to, m->adds ? " and observed" : " observed");
	for (int i = 0; i < 7 && memcmp(m->days, plain, sizeof(m->days)) != 0; i++) {
		if (!m->days[i])
			continue;
		strbuf_addf(to, "%s%s%+d", between, dayword_small_weekdays[i], m->days[i]);
		between = ",";
	}
	if (m->free)
		strbuf_adds(to, " free");
}

static void print_years(const struct holiday_rule *r, struct strbuf *to)
{
	if (!r->first_year && !r->last_year)
		return;
	strbuf_addc(to, ' ');
	if (r->first_year)
		strbuf_addf(to, "%04d", r->first_year);
	if (r->first_year == r->last_year)
		return;
	strbuf_adds(to, "..");
	if (r->last_year)
		strbuf_addf(to, "%04d", r->last_year);
}

void holiday_rule_print(const struct holiday_rule *r, struct strbuf *to)
{
	if (r->kind == HOLIDAY_NEAR)
		strbuf_addf(to, "%s %s ", dayword_small_weekdays[r->weekday], sides[r->side]);
	print_point(&r->from, to);
	if (r->kind == HOLIDAY_DAYS) {
		strbuf_adds(to, "..");
		print_point(&r->to, to);
	}
	print_move(&r->move, to);
	print_years(r, to);
	if (r->start != 0 || r->end != DAY) {
		strbuf_addc(to, ' ');
		dayword_print_range(to, r->start, r->end);
	}
}
