/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/calendar/recur-rule.h"

static const char *const freq_names[FREQ_COUNT] = {
	"SECONDLY",
	"MINUTELY",
	"HOURLY",
	"DAILY",
	"WEEKLY",
	"MONTHLY",
	"YEARLY",
};

static const char *const day_names[7] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

/* In the order of recur_by, which is the order of the canonical text. */
static const struct by_part {
	const char *name;
	int min, max;
	bool from_end; /* it takes -max to -min too */
} by_parts[BY_COUNT] = {
	[BY_MONTH] = { "BYMONTH", 1, 12, false },
	[BY_WEEKNO] = { "BYWEEKNO", 1, 53, true },
	[BY_YEARDAY] = { "BYYEARDAY", 1, 366, true },
	[BY_MONTHDAY] = { "BYMONTHDAY", 1, 31, true },
	[BY_HOUR] = { "BYHOUR", 0, 23, false },
	[BY_MINUTE] = { "BYMINUTE", 0, 59, false },
	[BY_SECOND] = { "BYSECOND", 0, 60, false },
	[BY_SETPOS] = { "BYSETPOS", 1, 366, true },
};

/* The other parts. `seen` in the functions below has a bit for each that the rule has. */
enum part {
	PART_FREQ,
	PART_UNTIL,
	PART_COUNT,
	PART_INTERVAL,
	PART_WKST,
	PART_BYDAY,
	PART_RSCALE,
	PART_SKIP,
	PARTS
};

static const char *const part_names[PARTS] = {
	"FREQ",
	"UNTIL",
	"COUNT",
	"INTERVAL",
	"WKST",
	"BYDAY",
	"RSCALE",
	"SKIP",
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cut blanks off both ends. */
static char *trim(char *s)
{
	char *end;

	while (is_blank(*s))
		s++;
	end = s + strlen(s);
	while (end > s && is_blank(end[-1]))
		*--end = '\0';
	return s;
}

/* The next piece of *p up to one of `sep`, trimmed. NULL at the end. */
static char *piece(char **p, const char *sep)
{
	char *s = strsep(p, sep);

	return s ? trim(s) : NULL;
}

static int find(const char *word, const char *const *names, int n)
{
	int i = 0;

	while (i < n && strcmp(word, names[i]) != 0)
		i++;
	return i < n ? i : -1;
}

/* Read a number of at most ten digits and move *p behind it. */
static int digits(const char **p, int64_t *ret)
{
	int64_t n = 0;
	int i = 0;

	for (; i < 10 && isdigit((unsigned char)**p); i++, (*p)++)
		n = n * 10 + (**p - '0');
	if (!i || isdigit((unsigned char)**p))
		return -1;
	*ret = n;
	return 0;
}

static bool sign(const char **p)
{
	bool minus = **p == '-';

	if (**p == '-' || **p == '+')
		(*p)++;
	return minus;
}

static int read_by(struct recur *r, enum recur_by by, char *value, struct err *err)
{
	const struct by_part *part = &by_parts[by];
	struct numbers *numbers = &r->by[by];

	for (char *item; (item = piece(&value, ","));) {
		const char *p = item;
		bool minus = part->from_end && sign(&p);
		int64_t n;

		if (digits(&p, &n) < 0 || *p || n < part->min || n > part->max)
			return err_set(err, ERR_FAILED,
				"%s takes numbers from %d to %d%s, not '%s'", part->name, part->min,
				part->max,
				part->from_end ? ", or the same from the end with a minus" : "",
				item);
		(minus ? numbers->minus : numbers->plus)[n / 64] |= UINT64_C(1) << (n % 64);
	}
	r->given |= 1U << by;
	return 0;
}

static int read_byday(struct recur *r, char *value, struct err *err)
{
	for (char *item; (item = piece(&value, ","));) {
		const char *p = item;
		bool minus = sign(&p), bare = p == item;
		int64_t n = 0;
		int day;

		if ((isdigit((unsigned char)*p) ? digits(&p, &n) < 0 || n < 1 || n > 53 : !bare) ||
			(day = find(p, day_names, 7)) < 0)
			return err_set(err, ERR_FAILED,
				"BYDAY takes weekdays such as MO, 2MO or -1FR, not '%s'", item);
		if (!n)
			r->weekdays |= 1U << day;
		else
			(minus ? r->nth_from_end : r->nth)[day] |= UINT64_C(1) << n;
	}
	return 0;
}

/* The number in `n` digits of a date or time. */
static int field(const char *s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

static int read_until(struct recur *r, const char *s, struct err *err)
{
	static const char form[] = "00000000T000000";
	struct civil c = { 0 };
	size_t n = 0;

	while (n < sizeof(form) - 1 &&
		(form[n] == '0' ? isdigit((unsigned char)s[n]) : s[n] == form[n]))
		n++;
	if (n >= 8)
		c = (struct civil){
			.year = field(s, 4), .month = field(s + 4, 2), .day = field(s + 6, 2)
		};
	r->until_kind = RECUR_UNTIL_DATE;
	if (n == 15) {
		c.hour = field(s + 9, 2);
		c.minute = field(s + 11, 2);
		c.second = field(s + 13, 2);
		c.second -= c.second == 60; /* a leap second */
		r->until_kind = s[n] == 'Z' ? RECUR_UNTIL_UTC : RECUR_UNTIL_WALL;
		n += s[n] == 'Z';
	} else if (n != 8) {
		c.month = 0;
	}
	if (s[n] || !civil_is_valid(&c))
		return err_set(err, ERR_FAILED,
			"UNTIL takes a date such as 20261231, 20261231T235959 or 20261231T235959Z, not '%s'",
			s);
	r->until = civil_seconds(&c);
	return 0;
}

static int read_number(const char *name, const char *s, int64_t max, int64_t *ret, struct err *err)
{
	const char *p = s;

	if (digits(&p, ret) < 0 || *p || *ret < 1 || *ret > max)
		return err_set(err, ERR_FAILED, "%s takes a number from 1 to %lld, not '%s'", name,
			(long long)max, s);
	return 0;
}

static int read_name(const char *part, const char *s, const char *const *names, int n,
	const char *such_as, int *ret, struct err *err)
{
	*ret = find(s, names, n);
	if (*ret < 0)
		return err_set(err, ERR_FAILED, "%s takes %s, not '%s'", part, such_as, s);
	return 0;
}

static int read_part(struct recur *r, enum part part, char *value, struct err *err)
{
	static const char *const rscale[] = { "GREGORIAN" }, *const skip[] = { "OMIT" };
	int n;

	switch (part) {
	case PART_FREQ:
		if (read_name("FREQ", value, freq_names, FREQ_COUNT,
			    "YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY or SECONDLY", &n,
			    err) < 0)
			return -1;
		r->freq = (enum recur_freq)n;
		return 0;
	case PART_UNTIL: return read_until(r, value, err);
	case PART_COUNT: return read_number("COUNT", value, RECUR_COUNT_MAX, &r->count, err);
	case PART_INTERVAL:
		return read_number("INTERVAL", value, RECUR_INTERVAL_MAX, &r->interval, err);
	case PART_WKST:
		return read_name(
			"WKST", value, day_names, 7, "a weekday such as MO", &r->wkst, err);
	case PART_BYDAY: return read_byday(r, value, err);
	case PART_RSCALE: return read_name("RSCALE", value, rscale, 1, "only GREGORIAN", &n, err);
	case PART_SKIP: return read_name("SKIP", value, skip, 1, "only OMIT", &n, err);
	case PARTS: break;
	}
	return 0;
}

static int check(const struct recur *r, unsigned seen, struct err *err)
{
	bool nth = recur_has_nth(r);

	if (!(seen & 1U << PART_FREQ))
		return err_set(err, ERR_FAILED, "FREQ is missing");
	if (seen & 1U << PART_COUNT && seen & 1U << PART_UNTIL)
		return err_set(err, ERR_FAILED, "COUNT and UNTIL exclude each other");
	if (recur_has(r, BY_WEEKNO) && r->freq != FREQ_YEARLY)
		return err_set(err, ERR_FAILED, "BYWEEKNO needs FREQ=YEARLY");
	if (recur_has(r, BY_YEARDAY) && r->freq >= FREQ_DAILY && r->freq <= FREQ_MONTHLY)
		return err_set(
			err, ERR_FAILED, "BYYEARDAY does not go with FREQ=%s", freq_names[r->freq]);
	if (recur_has(r, BY_MONTHDAY) && r->freq == FREQ_WEEKLY)
		return err_set(err, ERR_FAILED, "BYMONTHDAY does not go with FREQ=WEEKLY");
	if (nth && r->freq < FREQ_MONTHLY)
		return err_set(err, ERR_FAILED,
			"BYDAY takes numbered weekdays only with FREQ=MONTHLY or FREQ=YEARLY");
	if (nth && recur_has(r, BY_WEEKNO))
		return err_set(
			err, ERR_FAILED, "BYDAY takes no numbered weekdays next to BYWEEKNO");
	if (r->given == 1U << BY_SETPOS && !(seen & 1U << PART_BYDAY))
		return err_set(err, ERR_FAILED, "BYSETPOS needs another BY part to choose from");
	return 0;
}

/* Read one NAME=VALUE. */
static int read_assignment(struct recur *r, char *text, unsigned *seen, struct err *err)
{
	char *value = strchr(text, '='), *name;
	int part, by = 0;

	if (!value)
		return err_set(err, ERR_FAILED, "'%s' is not of the form NAME=VALUE", text);
	*value++ = '\0';
	name = trim(text);
	value = trim(value);
	if (!strncmp(name, "X-", 2))
		return 0;
	part = find(name, part_names, PARTS);
	if (part >= 0) {
		if (*seen >> part & 1)
			return err_set(err, ERR_FAILED, "%s is there twice", name);
		*seen |= 1U << part;
		return read_part(r, (enum part)part, value, err);
	}
	while (by < BY_COUNT && strcmp(name, by_parts[by].name) != 0)
		by++;
	if (by == BY_COUNT)
		return err_set(err, ERR_FAILED, "'%s' is no part of a rule", name);
	if (recur_has(r, (enum recur_by)by))
		return err_set(err, ERR_FAILED, "%s is there twice", name);
	return read_by(r, (enum recur_by)by, value, err);
}

int recur_parse(const char *text, struct recur **ret, struct err *err)
{
	_cleanup_(recur_freep) struct recur *r = NULL;
	_cleanup_(freep) char *copy = NULL;
	unsigned seen = 0;
	char *rest;

	if (strnlen(text, RECUR_TEXT_MAX + 1) > RECUR_TEXT_MAX)
		return err_set(err, ERR_FAILED, "the rule is longer than %d bytes", RECUR_TEXT_MAX);
	rest = copy = xstrdup(text);
	for (char *c = copy; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	r = xcalloc(1, sizeof(*r));
	r->interval = 1;
	for (char *item; (item = piece(&rest, ";"));) {
		if (*item && read_assignment(r, item, &seen, err) < 0)
			return -1;
	}
	if (check(r, seen, err) < 0)
		return -1;
	*ret = TAKE_PTR(r);
	return 0;
}

void recur_free(struct recur *r)
{
	free(r);
}

static void print_by(const struct recur *r, enum recur_by by, struct strbuf *to)
{
	const struct by_part *part = &by_parts[by];
	char sep = '=';

	strbuf_addf(to, ";%s", part->name);
	for (int n = part->min; n <= part->max; n++) {
		if (numbers_has(r->by[by].plus, n)) {
			strbuf_addf(to, "%c%d", sep, n);
			sep = ',';
		}
	}
	for (int n = part->max; n >= part->min; n--) {
		if (numbers_has(r->by[by].minus, n)) {
			strbuf_addf(to, "%c-%d", sep, n);
			sep = ',';
		}
	}
}

static void print_byday(const struct recur *r, struct strbuf *to)
{
	char sep = '=';

	strbuf_adds(to, ";BYDAY");
	/* First plain weekdays, then 1 to 53 from the start, then -53 to -1 from the end: i - 107 is -53 at i = 54. */
	for (int i = 0; i <= 106; i++) {
		int n = i <= 53 ? i : i - 107;

		for (int day = 0; day < 7; day++) {
			if (!n && r->weekdays >> day & 1)
				strbuf_addf(to, "%c%s", sep, day_names[day]);
			else if (n && (n > 0 ? r->nth[day] >> n : r->nth_from_end[day] >> -n) & 1)
				strbuf_addf(to, "%c%d%s", sep, n, day_names[day]);
			else
				continue;
			sep = ',';
		}
	}
}

void recur_print(const struct recur *r, struct strbuf *to)
{
	struct civil c;

	strbuf_addf(to, "FREQ=%s", freq_names[r->freq]);
	if (r->until_kind != RECUR_UNTIL_NONE) {
		civil_from_seconds(r->until, &c);
		strbuf_addf(to, ";UNTIL=%04d%02d%02d", c.year, c.month, c.day);
		if (r->until_kind != RECUR_UNTIL_DATE)
			strbuf_addf(to, "T%02d%02d%02d%s", c.hour, c.minute, c.second,
				r->until_kind == RECUR_UNTIL_UTC ? "Z" : "");
	}
	if (r->count)
		strbuf_addf(to, ";COUNT=%lld", (long long)r->count);
	if (r->interval != 1)
		strbuf_addf(to, ";INTERVAL=%lld", (long long)r->interval);
	for (int by = 0; by < BY_COUNT; by++) {
		if (by == BY_HOUR && (r->weekdays || recur_has_nth(r)))
			print_byday(r, to);
		if (recur_has(r, (enum recur_by)by))
			print_by(r, (enum recur_by)by, to);
	}
	if (r->wkst)
		strbuf_addf(to, ";WKST=%s", day_names[r->wkst]);
}
