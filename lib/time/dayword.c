/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/dayword.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

enum { DAY = 86400 };

const char *const dayword_weekdays[DAYWORD_WEEKDAYS] = {
	"Mon",
	"Tue",
	"Wed",
	"Thu",
	"Fri",
	"Sat",
	"Sun",
	"Monday",
	"Tuesday",
	"Wednesday",
	"Thursday",
	"Friday",
	"Saturday",
	"Sunday",
};

const char *const dayword_small_weekdays[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

const char *const dayword_months[DAYWORD_MONTHS] = {
	"jan",
	"feb",
	"mar",
	"apr",
	"may",
	"jun",
	"jul",
	"aug",
	"sep",
	"oct",
	"nov",
	"dec",
	"january",
	"february",
	"march",
	"april",
	"may",
	"june",
	"july",
	"august",
	"september",
	"october",
	"november",
	"december",
};

static int find(const char *word, const char *const *names, int n)
{
	for (int i = 0; i < n; i++) {
		if (!strcasecmp(word, names[i]))
			return i;
	}
	return -1;
}

int dayword_weekday(const char *word)
{
	int i = find(word, dayword_weekdays, DAYWORD_WEEKDAYS);

	return i < 0 ? -1 : i % 7;
}

int dayword_month(const char *word)
{
	int i = find(word, dayword_months, DAYWORD_MONTHS);

	return i < 0 ? -1 : i % 12 + 1;
}

/* Read "9", "9:00" or "09:00" and move *p behind it. The caller checks the hour. */
static int time_of_day(const char **p, int32_t *ret)
{
	const char *s = *p;
	int32_t hour = 0, minute = 0;
	int n = 0;

	for (; n < 2 && isdigit((unsigned char)*s); n++)
		hour = hour * 10 + (*s++ - '0');
	if (!n)
		return -1;
	if (*s == ':') {
		if (!isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
			return -1;
		minute = (s[1] - '0') * 10 + (s[2] - '0');
		s += 3;
	}
	if (minute > 59)
		return -1;
	*ret = hour * 3600 + minute * 60;
	*p = s;
	return 0;
}

static int range(
	const char *text, bool takes_day, int32_t *ret_start, int32_t *ret_end, struct err *err)
{
	const char *p = text;
	int32_t start, end;
	bool whole = time_of_day(&p, &start) == 0;

	p += strspn(p, BLANKS);
	whole = whole && *p == '-';
	if (whole) {
		p++;
		p += strspn(p, BLANKS);
		whole = time_of_day(&p, &end) == 0 && !*p;
	}
	if (!whole)
		return err_set(err, ERR_USAGE,
			"'%.80s' is not a range of hours such as 09:00-17:00", text);
	if (start > DAY || end > DAY)
		return err_set(err, ERR_USAGE, "the range '%s' goes beyond 24:00", text);
	if (start == end && !takes_day)
		return err_set(err, ERR_USAGE,
			"the range '%s' is empty (a whole day is 00:00-24:00)", text);
	if (start == DAY)
		return err_set(err, ERR_USAGE,
			"the range '%s' begins where the day ends (write 00:00 of the next day)",
			text);
	*ret_start = start;
	*ret_end = end > start ? end : end + DAY;
	return 0;
}

int dayword_range(const char *text, int32_t *ret_start, int32_t *ret_end, struct err *err)
{
	return range(text, false, ret_start, ret_end, err);
}

int dayword_hours(const char *text, int32_t *ret_start, int32_t *ret_end, struct err *err)
{
	return range(text, true, ret_start, ret_end, err);
}

void dayword_print_range(struct strbuf *to, int32_t start, int32_t end)
{
	if (end > DAY)
		end -= DAY;
	strbuf_addf(to, "%02d:%02d-%02d:%02d", start / 3600, start / 60 % 60, end / 3600,
		end / 60 % 60);
}

char *dayword_trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	for (n = strlen(s); n && strchr(BLANKS, s[n - 1]); n--)
		;
	s[n] = '\0';
	return s;
}
