/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/closest.h"
#include "lib/time/dayword.h"

#define FORMS                                                                                      \
	"17:30, noon, tomorrow 09:00, yesterday 14:00, mon 09:00, in 2 hours, 2 hours ago, 2026-12-24 12:00"

enum { DAY = 86400 };

static const struct unit {
	char letter;
	int64_t seconds;
} units[] = { { 'w', 7 * DAY }, { 'd', DAY }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

int when_duration(const char *text, int64_t *ret_s, struct err *err)
{
	const char *p = text;
	int64_t sum = 0;
	size_t next = 0;

	while (*p) {
		int64_t n = 0;
		size_t u = next;

		if (!isdigit((unsigned char)*p))
			break;
		for (; isdigit((unsigned char)*p) && n <= WHEN_DURATION_MAX_S; p++)
			n = n * 10 + (*p - '0');
		while (u < ARRAY_SIZE(units) && units[u].letter != *p)
			u++;
		if (u == ARRAY_SIZE(units)) {
			p = text; /* no unit, or not in falling order */
			break;
		}
		sum += n * units[u].seconds;
		if (sum > WHEN_DURATION_MAX_S)
			return err_set(
				err, ERR_USAGE, "the duration '%s' is longer than ten years", text);
		next = u + 1;
		p++;
	}
	if (*p || p == text)
		return err_set(err, ERR_USAGE,
			"'%s' is not a duration such as 45s, 90m, 2h, 1h30m, 3d", text);
	if (!sum)
		return err_set(err, ERR_USAGE, "the duration '%s' is nothing", text);
	*ret_s = sum;
	return 0;
}

/* Read at most `max` digits and move *p behind them. */
static int digits(const char **p, int max, int *ret)
{
	int n = 0, i = 0;

	for (; i < max && isdigit((unsigned char)**p); i++, (*p)++)
		n = n * 10 + (**p - '0');
	*ret = n;
	return i ? 0 : -1;
}

/* Read "9:00", "09:00", "09:00:30" or "24:00" and move *p behind it. */
static int time_of_day(const char **p, struct civil *c)
{
	c->second = 0;
	if (digits(p, 2, &c->hour) < 0 || *(*p)++ != ':' || !isdigit((unsigned char)(*p)[0]) ||
		!isdigit((unsigned char)(*p)[1]) || digits(p, 2, &c->minute) < 0)
		return -1;
	if (**p == ':' &&
		((*p)++,
			!isdigit((unsigned char)(*p)[0]) || !isdigit((unsigned char)(*p)[1]) ||
				digits(p, 2, &c->second) < 0))
		return -1;
	if (c->minute > 59 || c->second > 59 || c->hour > 24 ||
		(c->hour == 24 && (c->minute || c->second)))
		return -1;
	return 0;
}

/* The same, or "noon". */
static int time_word(const char **p, struct civil *c)
{
	if (strncasecmp(*p, "noon", 4) != 0)
		return time_of_day(p, c);
	*p += 4;
	c->hour = 12;
	c->minute = c->second = 0;
	return 0;
}

/* "2 hours", "90 minutes", "1h30m": how many seconds, -1 if it is none of these. */
static int64_t span_of(const char *text)
{
	static const struct {
		const char *one, *many;
		char letter;
	} words[] = { { "second", "seconds", 's' }, { "minute", "minutes", 'm' },
		{ "hour", "hours", 'h' }, { "day", "days", 'd' }, { "week", "weeks", 'w' } };
	char span[16];
	int64_t s;
	size_t n;

	if (when_duration(text, &s, NULL) == 0)
		return s;
	n = strspn(text, "0123456789");
	for (size_t i = 0; n && n < 10 && i < ARRAY_SIZE(words); i++) {
		const char *word = text + n + strspn(text + n, " ");

		if (strcasecmp(word, words[i].one) != 0 && strcasecmp(word, words[i].many) != 0)
			continue;
		snprintf(span, sizeof(span), "%.*s%c", (int)n, text, words[i].letter);
		return when_duration(span, &s, NULL) == 0 ? s : -1;
	}
	return -1;
}

/* "in 2 hours", "2 hours ago", "-2h": *ret is how many seconds ahead of now. */
static bool by_span(const char *text, int64_t *ret)
{
	size_t n = strlen(text);
	char span[40];
	bool ahead = !strncasecmp(text, "in ", 3);
	int64_t s;

	if (*text == '-') {
		s = when_duration(text + 1, &s, NULL) == 0 ? s : -1;
	} else if (ahead) {
		s = span_of(text + 3 + strspn(text + 3, " "));
	} else {
		if (n < 4 || n >= sizeof(span) || strcasecmp(text + n - 4, " ago") != 0)
			return false;
		snprintf(span, sizeof(span), "%.*s", (int)n - 4, text);
		s = span_of(dayword_trim(span));
	}
	*ret = ahead ? s : -s;
	return s >= 0;
}

static int date(const char **p, struct civil *c)
{
	const char *s = *p;

	for (int i = 0; i < 10; i++) {
		if (i == 4 || i == 7 ? s[i] != '-' : !isdigit((unsigned char)s[i]))
			return -1;
	}
	*c = (struct civil){ 0 };
	if (digits(p, 4, &c->year) < 0 || !(*p)++ || digits(p, 2, &c->month) < 0 || !(*p)++ ||
		digits(p, 2, &c->day) < 0)
		return -1;
	return civil_is_valid(c) ? 0 : -1;
}

/* Read "Z", "+01:00" or "-0530", in seconds east of UTC. */
static int offset(const char **p, int64_t *ret)
{
	int sign, h, m = 0;

	if (**p == 'Z' || **p == 'z') {
		(*p)++;
		*ret = 0;
		return 0;
	}
	sign = **p == '-' ? -1 : 1;
	if ((**p != '+' && **p != '-') || ((*p)++, digits(p, 2, &h) < 0) ||
		(**p == ':' && !(*p)++) || (isdigit((unsigned char)**p) && digits(p, 2, &m) < 0) ||
		h > 23 || m > 59)
		return -1;
	*ret = sign * (h * 3600LL + m * 60LL);
	return 0;
}

static int bad(const char *text, struct err *err)
{
	static const char *const words[] = { "now", "today", "tomorrow", "yesterday", "monday",
		"tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "noon",
		"midnight" };
	char word[24];

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, " "), text);
	err_set(err, ERR_USAGE, "'%s' is not a time; write it as %s", text, FORMS);
	return isalpha((unsigned char)*word) ? closest_guess(err, word, words, ARRAY_SIZE(words))
					     : -1;
}

/* The days that words name. Weekday n is DAY_MONDAY + n. */
enum { DAY_NONE = -2, DAY_YESTERDAY = -1, DAY_TODAY, DAY_TOMORROW, DAY_MONDAY };

/* The day that a word names. *p moves behind it and its blanks. */
static int day_word(const char **p)
{
	size_t n = 0;
	int day = DAY_NONE;

	while (isalpha((unsigned char)(*p)[n]))
		n++;
	if (n == 5 && !strncasecmp(*p, "today", n))
		day = DAY_TODAY;
	else if (n == 8 && !strncasecmp(*p, "tomorrow", n))
		day = DAY_TOMORROW;
	else if (n == 9 && !strncasecmp(*p, "yesterday", n))
		day = DAY_YESTERDAY;
	for (int i = 0; day == DAY_NONE && i < 7; i++) {
		const char *full = dayword_weekdays[7 + i];

		if ((n == 3 || n == strlen(full)) && !strncasecmp(*p, full, n))
			day = DAY_MONDAY + i;
	}
	if (day != DAY_NONE) {
		*p += n;
		while (**p == ' ')
			(*p)++;
	}
	return day;
}

static int64_t instant(const struct zone *z, const struct civil *c)
{
	int64_t at;

	zone_to_utc(z, c, &at, NULL);
	return at;
}

/* The time on the day that day_word() found. A weekday means today or a later one, whichever is the first whose time is
 * still to come: the second try, a week later, always is. */
static int by_word(const char *p, int day, bool after_today, const struct zone *z, int64_t now,
	int64_t *ret_at)
{
	struct civil today, c = { 0 };
	int64_t days;
	int ahead;

	zone_to_local(z, now, &today);
	days = civil_days(today.year, today.month, today.day);
	if (*p && (time_word(&p, &c) < 0 || *p))
		return -1;
	ahead = day < DAY_MONDAY ? day : (day - DAY_MONDAY - civil_weekday(days) + 7) % 7;
	if (after_today && !ahead)
		ahead = 7;
	for (int i = 0; i < 2; i++, ahead += 7) {
		struct civil at;

		civil_from_days(days + ahead, &at);
		at.hour = c.hour;
		at.minute = c.minute;
		at.second = c.second;
		*ret_at = instant(z, &at);
		if (day < DAY_MONDAY || *ret_at > now)
			break;
	}
	return 0;
}

static int by_date(const char *p, struct civil *c, const struct zone *z, int64_t *ret_at)
{
	int64_t east;

	if (*p) {
		if (*p != ' ' && *p != 'T' && *p != 't')
			return -1;
		p++;
		if (time_of_day(&p, c) < 0)
			return -1;
	}
	if (*p) {
		if (offset(&p, &east) < 0 || *p)
			return -1;
		*ret_at = civil_seconds(c) - east;
		return 0;
	}
	*ret_at = instant(z, c);
	return 0;
}

int when_time(const char *text, const struct zone *z, int64_t now, int64_t *ret_at, struct err *err)
{
	const char *p = text;
	struct civil c;
	int64_t at;
	bool after_today;
	int day;

	if (!strcasecmp(text, "midnight"))
		text = "24:00";
	if (!strcasecmp(text, "now")) {
		*ret_at = now;
		return 0;
	}
	if (by_span(text, &at)) {
		*ret_at = now + at;
		return 0;
	}
	if (date(&p, &c) == 0) {
		if (by_date(p, &c, z, &at) < 0)
			return bad(text, err);
	} else {
		after_today = !strncasecmp(text, "next ", 5);
		p = text + (after_today ? 5 + strspn(text + 5, " ") : 0);
		day = day_word(&p);
		if ((day == DAY_NONE && !*p) || (after_today && day < DAY_MONDAY) ||
			by_word(p, day == DAY_NONE ? DAY_TODAY : day, after_today, z, now, &at) < 0)
			return bad(text, err);
	}
	*ret_at = at;
	return 0;
}

int when_end(const char *text, const struct zone *z, int64_t now, int64_t start, int64_t *ret_at,
	struct err *err)
{
	/* "now", "today", "tomorrow", "yesterday", "in 2 hours", "2 hours ago" and "-2h" count from the instant at which they are
	 * written, all else from the start. A full date means the same either way. */
	int64_t ignored;
	bool of_now = !strncasecmp(text, "now", 3) || !strncasecmp(text, "to", 2) || *text == '-' ||
		!strncasecmp(text, "yes", 3) || by_span(text, &ignored);

	return when_time(text, z, of_now ? now : start, ret_at, err);
}

int when_lifetime(
	const char *text, const struct zone *z, int64_t now, struct until *ret, struct err *err)
{
	struct civil c, today;
	const char *p = text;
	int64_t s;

	if (!strcmp(text, "next") || !strcmp(text, "forever")) {
		*ret = (struct until){ .kind = *text == 'n' ? UNTIL_NEXT : UNTIL_FOREVER };
		return 0;
	}
	if (time_of_day(&p, &c) == 0 && !*p) {
		zone_to_local(z, now, &today);
		c.year = today.year;
		c.month = today.month;
		c.day = today.day;
		s = instant(z, &c);
		if (s <= now) {
			c.day++;
			s = instant(z, &c);
		}
		*ret = (struct until){ .kind = UNTIL_TIME, .at = s };
		return 0;
	}
	if (when_duration(text, &s, NULL) < 0)
		return err_set(err, ERR_USAGE,
			"'%s' is not a lifetime: next, forever, a duration such as 90m, or 17:30",
			text);
	*ret = (struct until){ .kind = UNTIL_TIME, .at = now + s };
	return 0;
}

void when_rfc3339(int64_t at, const struct zone *z, char ret[WHEN_TEXT_SIZE])
{
	int east = zone_offset(z, at), minutes = (east < 0 ? -east : east) / 60;
	struct civil c;
	int n;

	zone_to_local(z, at, &c);
	n = snprintf(ret, WHEN_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", c.year % 10000, c.month,
		c.day, c.hour, c.minute, c.second);
	if (!east && !strcmp(zone_name(z), "UTC"))
		snprintf(ret + n, WHEN_TEXT_SIZE - (size_t)n, "Z");
	else
		snprintf(ret + n, WHEN_TEXT_SIZE - (size_t)n, "%c%02d:%02d", east < 0 ? '-' : '+',
			minutes / 60 % 100, minutes % 60);
}

void when_short(int64_t at, const struct zone *z, int64_t now, char ret[WHEN_TEXT_SIZE])
{
	struct civil c, today;
	int64_t day, ahead;
	char clock[24];

	zone_to_local(z, at, &c);
	zone_to_local(z, now, &today);
	day = civil_days(c.year, c.month, c.day);
	ahead = day - civil_days(today.year, today.month, today.day);
	if (c.second)
		snprintf(clock, sizeof(clock), "%02d:%02d:%02d", c.hour, c.minute, c.second);
	else
		snprintf(clock, sizeof(clock), "%02d:%02d", c.hour, c.minute);
	if (ahead == 0)
		snprintf(ret, WHEN_TEXT_SIZE, "%s", clock);
	else if (ahead == 1 || ahead == -1)
		snprintf(
			ret, WHEN_TEXT_SIZE, "%s %s", ahead == 1 ? "tomorrow" : "yesterday", clock);
	else if (ahead > 1 && ahead < 7)
		snprintf(ret, WHEN_TEXT_SIZE, "%s %s", dayword_weekdays[civil_weekday(day)], clock);
	else
		snprintf(ret, WHEN_TEXT_SIZE, "%04d-%02d-%02d %s", c.year % 10000, c.month, c.day,
			clock);
}

void when_zoned(int64_t at, const struct zone *z, const struct zone *home, int64_t now,
	char ret[WHEN_ZONED_SIZE])
{
	char text[WHEN_TEXT_SIZE], word[ZONE_WORD_SIZE];

	when_short(at, z, now, text);
	*word = '\0';
	if (home && home != z && zone_offset(home, at) != zone_offset(z, at))
		zone_word(z, at, word);
	snprintf(ret, WHEN_ZONED_SIZE, "%s%s%s", text, *word ? " " : "", word);
}

void when_span(int64_t seconds, char ret[WHEN_TEXT_SIZE])
{
	size_t n = 0;
	int shown = 0;

	if (seconds < 0)
		seconds = 0;
	snprintf(ret, WHEN_TEXT_SIZE, "0s");
	for (size_t i = 1; i < ARRAY_SIZE(units) && shown < 2; i++) {
		int64_t count = seconds / units[i].seconds;

		if (!count) {
			if (shown)
				break;
			continue;
		}
		n += (size_t)snprintf(
			ret + n, WHEN_TEXT_SIZE - n, "%lld%c", (long long)count, units[i].letter);
		seconds -= count * units[i].seconds;
		shown++;
	}
}
