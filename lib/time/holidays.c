/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/time/civil.h"
#include "lib/time/dayword.h"
#include "lib/time/holidays-rule.h"

enum { WINDOW_DAYS = 3653 };

struct named {
	struct holiday_rule rule;
	char *name; /* the name given, else the rule as printed */
	bool is_given;
};

struct holidays {
	size_t n, cap;
	struct named *list;
};

static int read_name(char *text, struct err *err)
{
	if (!*text)
		return err_set(err, ERR_USAGE, "a name is missing behind '='");
	if (strlen(text) > HOLIDAY_NAME_MAX)
		return err_set(err, ERR_USAGE, "the name '%.80s' is longer than %d bytes", text,
			HOLIDAY_NAME_MAX);
	if (!text_is_utf8(text) || text_has_control(text))
		return err_set(err, ERR_USAGE,
			"the name '%.80s' has a control character or is not UTF-8", text);
	return 0;
}

static int read_named(struct holidays *h, char *text, struct err *err)
{
	char *rule = strsep(&text, "="), *name = text ? dayword_trim(text) : NULL;
	struct named *to;
	struct holiday_rule r;

	if (holiday_rule_parse(dayword_trim(rule), &r, err) < 0)
		return -1;
	if (name && read_name(name, err) < 0)
		return -1;
	if (h->n == HOLIDAYS_MAX)
		return err_set(err, ERR_USAGE, "more than %d holidays", HOLIDAYS_MAX);
	h->list = mem_grow(h->list, &h->cap, h->n + 1, sizeof(*h->list));
	to = &h->list[h->n++];
	*to = (struct named){ .rule = r, .is_given = name };
	if (name) {
		to->name = xstrdup(name);
	} else {
		struct strbuf printed = STRBUF_INIT;

		holiday_rule_print(&r, &printed);
		to->name = strbuf_take(&printed);
	}
	return 0;
}

int holidays_parse(const char *text, struct holidays **ret, struct err *err)
{
	_cleanup_(holidays_freep) struct holidays *h = NULL;
	_cleanup_(freep) char *copy = NULL;
	struct strbuf printed = STRBUF_INIT;
	char *rest, *part;
	size_t length;

	if (strlen(text) > HOLIDAYS_TEXT_MAX)
		return err_set(
			err, ERR_USAGE, "the holidays are longer than %d bytes", HOLIDAYS_TEXT_MAX);
	h = xcalloc(1, sizeof(*h));
	rest = copy = xstrdup(text);
	while ((part = strsep(&rest, ";"))) {
		_cleanup_(freep) char *piece = NULL;

		part = dayword_trim(part);
		if (!*part)
			continue;
		piece = xstrdup(part);
		if (read_named(h, piece, err) < 0)
			return err_wrap(err, "holiday '%.80s'", part);
	}
	holidays_print(h, &printed);
	length = printed.len;
	strbuf_done(&printed);
	if (length > HOLIDAYS_TEXT_MAX)
		return err_set(err, ERR_USAGE,
			"the holidays are longer than %d bytes when written in full",
			HOLIDAYS_TEXT_MAX);
	*ret = TAKE_PTR(h);
	return 0;
}

void holidays_free(struct holidays *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++)
		free(h->list[i].name);
	free(h->list);
	free(h);
}

void holidays_print(const struct holidays *h, struct strbuf *to)
{
	for (size_t i = 0; i < h->n; i++) {
		if (i)
			strbuf_adds(to, "; ");
		holiday_rule_print(&h->list[i].rule, to);
		if (h->list[i].is_given)
			strbuf_addf(to, " = %s", h->list[i].name);
	}
}

static int compare(const void *a, const void *b)
{
	const struct holiday *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->start != y->start)
		return x->start - y->start;
	if (x->end != y->end)
		return x->end - y->end;
	return strcmp(x->name, y->name);
}

void holidays_between(
	const struct holidays *h, int64_t first, int64_t last, struct holiday **ret, size_t *ret_n)
{
	int64_t oldest = civil_days(1, 1, 1), newest = civil_days(9999, 12, 31);
	struct holiday *list = NULL;
	size_t n = 0, cap = 0;
	struct civil from, to;

	first = first < oldest ? oldest : first;
	last = last > newest ? newest : last;
	if (first <= last && last - first >= WINDOW_DAYS)
		last = first + WINDOW_DAYS - 1;
	*ret = NULL;
	*ret_n = 0;
	if (first > last)
		return;
	civil_from_days(first, &from);
	civil_from_days(last, &to);
	for (size_t i = 0; i < h->n; i++) {
		const struct named *rule = &h->list[i];

		/* The days that a rule gives for a year may lie in the year before or after. */
		for (int year = from.year - 1; year <= to.year + 1; year++) {
			int64_t day, end;

			if (!holiday_rule_in_year(&rule->rule, year, &day, &end))
				continue;
			day = day < first ? first : day;
			end = end > last ? last : end;
			for (; day <= end; day++) {
				list = mem_grow(list, &cap, n + 1, sizeof(*list));
				list[n++] = (struct holiday){
					.day = day,
					.start = rule->rule.start,
					.end = rule->rule.end,
					.name = rule->name,
				};
			}
		}
	}
	if (n)
		qsort(list, n, sizeof(*list), compare);
	*ret = list;
	*ret_n = n;
}
