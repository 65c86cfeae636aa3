/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/special.h"

#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/time/civil.h"
#include "lib/time/dayword.h"

#define FORMS "2026-12-24 09:00-12:00, 12-24 closed, 2026-12-24..2026-12-30 as sat"

void specials_done(struct specials *s)
{
	free(s->list);
	*s = (struct specials){ 0 };
}

/* The index of the dates, or where they would have to be inserted. */
static size_t place(const struct specials *s, const struct dates *when)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (dates_compare(&s->list[mid].when, when) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool has(const struct specials *s, size_t i, const struct dates *when)
{
	return i < s->n && !dates_compare(&s->list[i].when, when);
}

/* Single days of one year stand first: they are found by halving, all others one by one. */
const struct special *specials_find(const struct specials *s, int64_t day)
{
	const struct dates when = { .first = day, .last = day };
	size_t i = place(s, &when);

	if (has(s, i, &when))
		return &s->list[i];
	while (i < s->n && (dates_is_day(&s->list[i].when) || !dates_hold(&s->list[i].when, day)))
		i++;
	return i < s->n ? &s->list[i] : NULL;
}

/* Read hours for one date. They are parsed as hours of its weekday alone, so overlaps count on that date only. */
static int parse_ranges(const char *text, struct special *ret, struct err *err)
{
	_cleanup_(hours_freep) struct hours *h = NULL;
	_cleanup_(strbuf_done) struct strbuf week = STRBUF_INIT;

	strbuf_addf(&week, "%s %s", dayword_weekdays[civil_weekday(ret->when.first)], text);
	if (hours_parse(week.s, &h, err) < 0)
		return -1;
	ret->ranges_n = hours_on(h, ret->when.first, ret->ranges);
	return 0;
}

/* Read "09:00-12:00 = Inventory". The hours may not name weekdays: the date says the day. */
int special_parse(const char *text, struct special *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	char *name = strchr(copy, '='), *value;

	if (name) {
		*name++ = '\0';
		name = dayword_trim(name);
		if (!text_is_utf8(name) || text_has_control(name) || strchr(name, ';'))
			return err_set(err, ERR_USAGE,
				"the name of a special day may not hold ';' or control characters");
		if (strlen(name) > SPECIAL_NAME_MAX)
			return err_set(err, ERR_USAGE,
				"the name '%.20s...' is longer than %d bytes", name,
				SPECIAL_NAME_MAX);
		text_copy(ret->name, sizeof(ret->name), name);
	}
	value = dayword_trim(copy);
	if (!strcasecmp(value, "closed")) {
		ret->kind = SPECIAL_CLOSED;
		return 0;
	}
	if (!strncasecmp(value, "as ", 3)) {
		ret->kind = SPECIAL_AS;
		ret->weekday = dayword_weekday(dayword_trim(value + 3));
		if (ret->weekday < 0)
			return err_set(
				err, ERR_USAGE, "'%s' names no weekday such as 'as mon'", value);
		return 0;
	}
	ret->kind = SPECIAL_HOURS;
	if (!*value || strspn(value, "0123456789:-, ") != strlen(value))
		return err_set(err, ERR_USAGE,
			"a special day is hours (09:00-12:00), 'closed' or 'as mon', not '%s'",
			value);
	return parse_ranges(value, ret, err);
}

static int insert(struct specials *s, const struct special *day, struct err *err)
{
	size_t i = place(s, &day->when);

	if (has(s, i, &day->when)) {
		s->list[i] = *day;
		return 0;
	}
	if (s->n == SPECIALS_MAX)
		return err_set(err, ERR_USAGE,
			"a schedule may have at most %d special days; 12-24 is one of every year, 12-24..12-31 are several",
			SPECIALS_MAX);
	s->list = mem_grow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	memmove(&s->list[i + 1], &s->list[i], (s->n - i) * sizeof(*s->list));
	s->list[i] = *day;
	s->n++;
	return 0;
}

static int remove_day(
	struct specials *s, const char *date, const struct dates *when, struct err *err)
{
	size_t i = place(s, when);

	if (!has(s, i, when))
		return err_set(err, ERR_NOT_FOUND, "no special day '%s'", date);
	s->n--;
	memmove(&s->list[i], &s->list[i + 1], (s->n - i) * sizeof(*s->list));
	return 0;
}

int specials_set(struct specials *s, const char *date, const char *text, struct err *err)
{
	struct special day = { 0 };

	if (dates_parse(date, &day.when, err) < 0)
		return -1;
	if (!text)
		return remove_day(s, date, &day.when, err);
	if (special_parse(text, &day, err) < 0)
		return err_wrap(err, "special day %s", date);
	return insert(s, &day, err);
}

static int parse_piece(char *piece, struct specials *s, struct err *err)
{
	char *date = dayword_trim(piece), *value = date + strcspn(date, " \t");
	struct dates when;

	if (!*value)
		return err_set(err, ERR_USAGE, "'%s' is not a special day; forms: " FORMS, date);
	*value++ = '\0';
	if (dates_parse(date, &when, err) < 0)
		return -1;
	if (has(s, place(s, &when), &when))
		return err_set(err, ERR_USAGE, "special day %s is there twice", date);
	return specials_set(s, date, value, err);
}

int specials_parse(const char *text, struct specials *ret, struct err *err)
{
	_cleanup_(freep) char *copy = NULL;
	_cleanup_(specials_done) struct specials s = { 0 };
	char *rest, *piece;

	if (strlen(text) > SPECIAL_MAX_LEN)
		return err_set(
			err, ERR_USAGE, "special days are longer than %d bytes", SPECIAL_MAX_LEN);
	rest = copy = xstrdup(text);
	while ((piece = strsep(&rest, ";"))) {
		if (!*dayword_trim(piece))
			continue;
		if (parse_piece(piece, &s, err) < 0)
			return -1;
	}
	specials_done(ret);
	*ret = s;
	s = (struct specials){ 0 };
	return 0;
}

void special_print(const struct special *s, struct strbuf *to)
{
	switch (s->kind) {
	case SPECIAL_CLOSED: strbuf_adds(to, "closed"); break;
	case SPECIAL_AS: strbuf_addf(to, "as %s", dayword_small_weekdays[s->weekday]); break;
	case SPECIAL_HOURS:
		for (int i = 0; i < s->ranges_n; i++) {
			if (i)
				strbuf_addc(to, ',');
			dayword_print_range(to, s->ranges[i].start, s->ranges[i].end);
		}
		break;
	}
	if (*s->name)
		strbuf_addf(to, " = %s", s->name);
}

void specials_print(const struct specials *s, struct strbuf *to)
{
	for (size_t i = 0; i < s->n; i++) {
		strbuf_adds(to, i ? "; " : "");
		dates_print(&s->list[i].when, to);
		strbuf_addc(to, ' ');
		special_print(&s->list[i], to);
	}
}
