/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/weeks.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/time/civil.h"

#define FORMS "'week odd', 'week even', 'every 2 weeks from 2026-11-23' or '06-15..08-15'"

static int64_t monday_of(int64_t day)
{
	return day - civil_weekday(day);
}

/* A week has the number that its Thursday gives: the first Thursday of a year is in week 1 (ISO 8601). */
static int week_number(int64_t day)
{
	int64_t thursday = monday_of(day) + 3;
	struct civil c;

	civil_from_days(thursday, &c);
	return (int)(thursday - civil_days(c.year, 1, 1)) / 7 + 1;
}

/* Read "every 2 weeks from 2026-11-23". */
static int parse_every(const char *text, struct weeks *ret, struct err *err)
{
	struct dates from;
	int n = 0, used = 0;

	if (sscanf(text, "%*5[a-zA-Z] %2d %*5[a-zA-Z] %*4[a-zA-Z] %n", &n, &used) != 1 || !used ||
		!strcasestr(text, " week") || !strcasestr(text, " from "))
		return err_set(err, ERR_USAGE, "'%.80s' is none of " FORMS, text);
	if (n < 1 || n > WEEKS_EVERY_MAX)
		return err_set(
			err, ERR_USAGE, "it is every 1 to %d weeks, not %d", WEEKS_EVERY_MAX, n);
	if (dates_parse(text + used, &from, err) < 0)
		return -1;
	if (!dates_is_day(&from))
		return err_set(err, ERR_USAGE, "'%.80s' is no date with a year", text + used);
	*ret = (struct weeks){ .kind = WEEKS_EVERY, .n = n, .from = monday_of(from.first) };
	return 0;
}

int weeks_parse(const char *text, struct weeks *ret, struct err *err)
{
	struct weeks w = { .kind = WEEKS_DATES };

	if (!strncasecmp(text, "every ", 6))
		return parse_every(text, ret, err);
	if (!strncasecmp(text, "week", 4)) {
		const char *word = text + 4 + strspn(text + 4, " \t");

		w.kind = strcasecmp(word, "odd") ? WEEKS_EVEN : WEEKS_ODD;
		if (w.kind == WEEKS_EVEN && strcasecmp(word, "even") != 0)
			return err_set(err, ERR_USAGE, "'%.80s' is none of " FORMS, text);
	} else if (isalpha((unsigned char)*text)) {
		return err_set(err, ERR_USAGE, "'%.80s' is none of " FORMS, text);
	} else if (dates_parse(text, &w.dates, err) < 0) {
		return -1;
	}
	*ret = w;
	return 0;
}

void weeks_print(const struct weeks *w, struct strbuf *to)
{
	struct dates from = { .first = w->from, .last = w->from };

	switch (w->kind) {
	case WEEKS_ODD: strbuf_adds(to, "week odd"); break;
	case WEEKS_EVEN: strbuf_adds(to, "week even"); break;
	case WEEKS_EVERY:
		strbuf_addf(to, "every %d weeks from ", w->n);
		dates_print(&from, to);
		break;
	case WEEKS_DATES:
		dates_print(&w->dates, to);
		if (w->dates.first ==
			w->dates.last) { /* "12-24: ..." begins as the hours 12-24:00 do */
			strbuf_adds(to, "..");
			dates_print(&w->dates, to);
		}
		break;
	}
}

bool weeks_hold(const struct weeks *w, int64_t day)
{
	switch (w->kind) {
	case WEEKS_ODD: return week_number(day) % 2 == 1;
	case WEEKS_EVEN: return week_number(day) % 2 == 0;
	case WEEKS_EVERY: return day >= w->from && (day - w->from) / 7 % w->n == 0;
	case WEEKS_DATES: return dates_hold(&w->dates, day);
	}
	return false;
}

bool weeks_equal(const struct weeks *a, const struct weeks *b)
{
	return a->kind == b->kind && a->n == b->n && a->from == b->from &&
		(a->kind != WEEKS_DATES || !dates_compare(&a->dates, &b->dates));
}
