/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/vtimezone.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/recur.h"

enum {
	OFFSET_MAX = 24 * 3600,
	CHANGES_MAX = 5000,
	DAY = 86400,
	BEFORE =
		10, /* years: a rule that is in force changes the offset at least once in so many */
};

/* A change of the offset. Of two at the same instant the one of the later DTSTART counts, then the later in the list:
 * `start` and `order` tell. */
struct onset {
	int64_t at;
	int64_t start;
	size_t order;
	int32_t offset;
};

struct onsets {
	struct onset *list;
	size_t n, cap;
	struct onset
		last_before; /* the last before `from`; .at is INT64_MIN: there is no such change */
	int64_t earliest;    /* the first of all changes, and the offset before it */
	int32_t offset_before;
	int64_t from, to; /* changes outside are not kept */
};

static int64_t start_of(int year)
{
	return civil_days(year, 1, 1) * DAY;
}

static bool is_before(const struct onset *a, const struct onset *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	return a->start != b->start ? a->start < b->start : a->order < b->order;
}

static int by_time(const void *a, const void *b)
{
	return is_before(a, b) ? -1 : is_before(b, a);
}

static int add(struct onsets *s, const struct observance *o, size_t order, int64_t wall)
{
	struct onset one = { wall - o->offset_from, o->start, order, o->offset_to };

	if (one.at < s->earliest) {
		s->earliest = one.at;
		s->offset_before = o->offset_from;
	}
	if (one.at < s->from) {
		if (s->last_before.at == INT64_MIN || is_before(&s->last_before, &one))
			s->last_before = one;
		return 0;
	}
	if (one.at >= s->to)
		return 0;
	if (s->n == CHANGES_MAX)
		return -1;
	s->list = mem_grow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = one;
	return 0;
}

/* A rule is followed from BEFORE years before the first year on, to learn which offset holds there. A rule that ended earlier is
 * followed from BEFORE years before its end, a rule with COUNT from its start. */
static int add_rule(struct onsets *s, const struct observance *o, size_t order, struct err *err)
{
	_cleanup_(recur_freep) struct recur *rule = NULL;
	_cleanup_(recur_iter_freep) struct recur_iter *it = NULL;
	int64_t until = INT64_MAX, from = start_of(VTIMEZONE_FIRST - BEFORE), wall;
	enum recur_until form;
	int r;

	if (recur_parse(o->rule, &rule, err) < 0)
		return -1;
	if (recur_is_subdaily(rule))
		return err_set(err, ERR_FAILED,
			"the rule '%.100s' changes the clock several times a day", o->rule);
	form = recur_until(rule, &until);
	if (form != RECUR_UNTIL_NONE && until < start_of(VTIMEZONE_FIRST))
		from = until - (int64_t)BEFORE * 366 * DAY;
	it = recur_iter_new(rule, o->start);
	if (!recur_has_count(rule))
		recur_iter_seek(it, from);
	while ((r = recur_iter_next(it, s->to + OFFSET_MAX, &wall)) > 0) {
		if (form == RECUR_UNTIL_UTC && wall - o->offset_from > until)
			break;
		if (add(s, o, order, wall) < 0)
			return err_set(err, ERR_FAILED, "more than %d changes", CHANGES_MAX);
	}
	return r < 0 ? err_set(err, ERR_FAILED, "the rule '%.100s' takes too long", o->rule) : 0;
}

static bool is_bad_time(int64_t wall)
{
	return wall < start_of(1) || wall >= start_of(10000);
}

static bool is_bad_offset(int32_t offset)
{
	return offset < -OFFSET_MAX || offset > OFFSET_MAX;
}

static int add_observance(
	struct onsets *s, const struct observance *o, size_t order, struct err *err)
{
	if (is_bad_offset(o->offset_from) || is_bad_offset(o->offset_to))
		return err_set(err, ERR_FAILED, "an offset is beyond 24 hours");
	if (is_bad_time(o->start))
		return err_set(err, ERR_FAILED, "a DTSTART is outside the years 1 to 9999");
	if (add(s, o, order, o->start) < 0)
		return err_set(err, ERR_FAILED, "more than %d changes", CHANGES_MAX);
	for (size_t i = 0; i < o->dates_n; i++) {
		if (is_bad_time(o->dates[i]))
			return err_set(err, ERR_FAILED, "an RDATE is outside the years 1 to 9999");
		if (add(s, o, order, o->dates[i]) < 0)
			return err_set(err, ERR_FAILED, "more than %d changes", CHANGES_MAX);
	}
	return *o->rule ? add_rule(s, o, order, err) : 0;
}

static int build(const char *tzid, struct onsets *s, struct zone **ret, struct err *err)
{
	_cleanup_(freep) struct zone_change *list = NULL;
	int32_t first = s->last_before.at == INT64_MIN ? s->offset_before : s->last_before.offset;
	int32_t offset = first;
	size_t n = 0;

	list = xcalloc(s->n, sizeof(*list));
	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), by_time);
	for (size_t i = 0; i < s->n; i++) {
		const struct onset *one = &s->list[i];

		if (i + 1 < s->n && s->list[i + 1].at == one->at)
			continue;
		if (one->offset != offset)
			list[n++] = (struct zone_change){ one->at, one->offset };
		offset = one->offset;
	}
	return zone_from_changes(tzid, first, list, n, ret, err);
}

int vtimezone_build(const char *tzid, const struct observance *list, size_t n, struct zone **ret,
	struct err *err)
{
	struct onsets s = {
		.last_before = { .at = INT64_MIN },
		.earliest = INT64_MAX,
		.from = start_of(VTIMEZONE_FIRST),
		.to = start_of(VTIMEZONE_LAST + 1),
	};
	int r = 0;

	if (!n)
		r = err_set(err, ERR_FAILED, "it has neither STANDARD nor DAYLIGHT");
	else if (n > OBSERVANCES_MAX)
		r = err_set(err, ERR_FAILED, "more than %d observances", OBSERVANCES_MAX);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_observance(&s, &list[i], i, err);
	if (r == 0)
		r = build(tzid, &s, ret, err);
	free(s.list);
	return r < 0 ? err_wrap(err, "VTIMEZONE '%.100s'", tzid) : 0;
}

void vtimezone_print(const struct zone *z, struct strbuf *to)
{
	int64_t at = start_of(VTIMEZONE_FIRST) - 1, end = start_of(VTIMEZONE_LAST + 1);

	strbuf_addf(to, "%" PRId32, zone_offset(z, at));
	for (size_t n = 0; n < CHANGES_MAX && (at = zone_next_transition(z, at)) < end; n++)
		strbuf_addf(to, " %" PRId64 ":%" PRId32, at, zone_offset(z, at));
}

/* Read a number of at most 12 digits and move *p behind it. */
static int number(const char **p, int64_t *ret)
{
	int sign = **p == '-' ? -1 : 1, digits = 0;
	int64_t n = 0;

	*p += **p == '-';
	for (; digits < 12 && isdigit((unsigned char)**p); digits++, (*p)++)
		n = n * 10 + (**p - '0');
	*ret = sign * n;
	return digits ? 0 : -1;
}

static int parse(const char *tzid, const char *text, struct zone **ret, struct err *err)
{
	_cleanup_(freep) struct zone_change *list = NULL;
	size_t n = 0, cap = 0;
	int64_t first, offset;

	if (number(&text, &first) < 0 || first < -OFFSET_MAX || first > OFFSET_MAX)
		return err_set(err, ERR_FAILED, "no offset before the first change");
	while (*text == ' ') {
		int64_t at;

		text++;
		if (n == CHANGES_MAX)
			return err_set(err, ERR_FAILED, "more than %d changes", CHANGES_MAX);
		if (number(&text, &at) < 0 || *text != ':' ||
			(text++, number(&text, &offset) < 0) || offset < -OFFSET_MAX ||
			offset > OFFSET_MAX)
			return err_set(err, ERR_FAILED, "change %zu is damaged", n + 1);
		list = mem_grow(list, &cap, n + 1, sizeof(*list));
		list[n++] = (struct zone_change){ at, (int32_t)offset };
	}
	if (*text)
		return err_set(err, ERR_FAILED, "change %zu is damaged", n + 1);
	return zone_from_changes(tzid, (int32_t)first, list, n, ret, err);
}

int vtimezone_parse(const char *tzid, const char *text, struct zone **ret, struct err *err)
{
	return parse(tzid, text, ret, err) < 0 ? err_wrap(err, "stored time zone '%.100s'", tzid)
					       : 0;
}
