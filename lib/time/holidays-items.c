/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/holidays-items.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/closest.h"
#include "lib/base/text.h"
#include "lib/time/civil.h"
#include "lib/time/dayword.h"

enum {
	WINDOW_DAYS = 3653,
	DAY = 86400,
	REACH = 400,     /* days that a rule may reach beyond its year, with a move */
	FREE_MAX = 14,   /* days to look for one that is free */
	LOCAL_MAX = 240, /* bytes: other writings take up to three for a letter */
	SATURDAY = 5,
};

void holiday_items_done(struct holiday_items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		free(items->list[i].name);
		free(items->list[i].local);
	}
	free(items->list);
	*items = (struct holiday_items){ 0 };
}

void holiday_items_copy(struct holiday_items *items, const struct holiday_item *from)
{
	struct holiday_item *to;

	items->list = mem_grow(items->list, &items->cap, items->n + 1, sizeof(*items->list));
	to = &items->list[items->n++];
	*to = *from;
	to->name = xstrdup(from->name);
	to->local = from->local ? xstrdup(from->local) : NULL;
}

static int check_name(const char *text, size_t max, struct err *err)
{
	if (!*text)
		return err_set(err, ERR_USAGE, "a name is missing behind '='");
	if (strlen(text) > max)
		return err_set(
			err, ERR_USAGE, "the name '%.80s' is longer than %zu bytes", text, max);
	if (!text_is_utf8(text) || text_has_control(text))
		return err_set(err, ERR_USAGE,
			"the name '%.80s' has a control character or is not UTF-8", text);
	return 0;
}

/* The rule in `text`, under these names. */
static int add(struct holiday_items *items, char *text, char *name, char *local, size_t max,
	struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf printed = STRBUF_INIT;
	struct holiday_item item = { .name = name, .local = local, .is_given = name };

	if (holiday_rule_parse(text, &item.rule, err) < 0)
		return -1;
	if (items->n >= max)
		return err_set(err, ERR_USAGE, "more than %zu holidays", max);
	if (!name) {
		holiday_rule_print(&item.rule, &printed);
		item.name = printed.s;
	}
	holiday_items_copy(items, &item);
	return 0;
}

/* "2026-03-20,2027-03-10 12:00-24:00": the first word is a list. What is behind it goes with each date. */
static int add_list(struct holiday_items *items, char *text, char *name, char *local, size_t max,
	struct err *err)
{
	char *rest = text + strcspn(text, " \t"), *date;

	if (*rest)
		*rest++ = '\0';
	while ((date = strsep(&text, ","))) {
		_cleanup_(strbuf_done) struct strbuf one = STRBUF_INIT;

		strbuf_addf(&one, "%s %s", date, rest);
		if (add(items, one.s, name, local, max, err) < 0)
			return -1;
	}
	return 0;
}

int holiday_items_read(
	struct holiday_items *items, char *text, bool bar, size_t max, struct err *err)
{
	char *rule = strsep(&text, "="), *local = text && bar ? strchr(text, '|') : NULL, *name;

	if (local)
		*local++ = '\0';
	name = text ? dayword_trim(text) : NULL;
	local = local ? dayword_trim(local) : NULL;
	rule = dayword_trim(rule);
	if ((name && check_name(name, HOLIDAY_NAME_MAX, err) < 0) ||
		(local && check_name(local, LOCAL_MAX, err) < 0))
		return -1;
	if (isdigit((unsigned char)*rule) && memchr(rule, ',', strcspn(rule, " \t")))
		return add_list(items, rule, name, local, max, err);
	return add(items, rule, name, local, max, err);
}

void holiday_items_print(const struct holiday_item *item, struct strbuf *to)
{
	holiday_rule_print(&item->rule, to);
	if (item->is_given)
		strbuf_addf(to, " = %s", item->name);
}

void holiday_item_word(const char *name, struct strbuf *to)
{
	bool between = false;

	for (; *name; name++) {
		if (isalnum((unsigned char)*name)) {
			if (between && to->len)
				strbuf_addc(to, '-');
			between = false;
			strbuf_addc(to, (char)tolower((unsigned char)*name));
		} else if (*name != '\'') {
			between = true;
		}
	}
}

/* Of an item stay the years before `first` and those after `last`: none, one or two items. */
static void cut_one(struct holiday_items *to, const struct holiday_item *item, int first, int last)
{
	struct holiday_item part = *item;
	int end = item->rule.last_year;

	if (first && item->rule.first_year < first) {
		part.rule.last_year = end && end < first ? end : first - 1;
		holiday_items_copy(to, &part);
	}
	if (last && (!end || end > last)) {
		part.rule.first_year =
			item->rule.first_year > last ? item->rule.first_year : last + 1;
		part.rule.last_year = end;
		holiday_items_copy(to, &part);
	}
}

static int no_word(const struct holiday_items *items, const char *word, struct err *err)
{
	_cleanup_(freep) const char **words = xcalloc(items->n + 1, sizeof(*words));
	const char *guess;
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++) {
		struct strbuf own = STRBUF_INIT;

		holiday_item_word(items->list[i].name, &own);
		words[n++] = strbuf_take(&own);
	}
	err_set(err, ERR_NOT_FOUND, "there is no holiday '%.80s' to leave out", word);
	guess = closest(word, words, n);
	if (guess)
		err_guess(err, "!%s", guess);
	while (n)
		free((char *)words[--n]);
	return -1;
}

int holiday_items_cut(
	struct holiday_items *items, const char *word, int first, int last, struct err *err)
{
	struct holiday_items stay = { 0 };
	bool found = !strcmp(word, "*");

	for (size_t i = 0; i < items->n; i++) {
		struct strbuf own = STRBUF_INIT;

		holiday_item_word(items->list[i].name, &own);
		if (!strcmp(word, "*") || (own.len && !strcasecmp(own.s, word))) {
			found = true;
			cut_one(&stay, &items->list[i], first, last);
		} else {
			holiday_items_copy(&stay, &items->list[i]);
		}
		strbuf_done(&own);
	}
	if (!found) {
		holiday_items_done(&stay);
		return no_word(items, word, err);
	}
	holiday_items_done(items);
	*items = stay;
	return 0;
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

/* The holidays that were found, and a window for them. For those that are moved on to a free day: a byte for each day that is taken. */
struct found {
	int64_t first, last;
	struct holiday *list;
	size_t n, cap;
	int64_t origin;
	size_t days_n;
	unsigned char *taken; /* NULL: nobody asks */
};

static void take(struct found *f, int64_t day)
{
	if (f->taken && day >= f->origin && day < f->origin + (int64_t)f->days_n)
		f->taken[day - f->origin] = 1;
}

static bool is_taken(const struct found *f, int64_t day)
{
	return civil_weekday(day) >= SATURDAY ||
		(day >= f->origin && day < f->origin + (int64_t)f->days_n &&
			f->taken[day - f->origin]);
}

static void keep(struct found *f, const struct holiday_item *item, int64_t day)
{
	if (day < f->first || day > f->last)
		return;
	f->list = mem_grow(f->list, &f->cap, f->n + 1, sizeof(*f->list));
	f->list[f->n++] = (struct holiday){
		.day = day,
		.start = item->rule.start,
		.end = item->rule.end,
		.name = item->name,
		.local = item->local,
		.rule = &item->rule,
	};
}

/* How far a day is moved, 0 if it stays. */
static int step_of(const struct holiday_item *item, int64_t day)
{
	return item->rule.move.is_set ? item->rule.move.days[civil_weekday(day)] : 0;
}

static void add_range(struct found *f, const struct holiday_item *item, struct holiday_range range)
{
	int64_t day = range.first, to = day + step_of(item, day);

	if (to == day) {
		day = day < f->first ? f->first : day;
		for (; day <= range.last && day <= f->last; day++)
			keep(f, item, day);
		return;
	}
	for (int i = 0; i < FREE_MAX && item->rule.move.free && is_taken(f, to); i++)
		to++;
	if (item->rule.move.adds)
		keep(f, item, day);
	keep(f, item, to);
	take(f, to);
}

/* All days that holidays have of themselves are taken, and those to which one is moved that need not be free. */
static void take_range(struct found *f, const struct holiday_item *item, struct holiday_range range)
{
	int step = step_of(item, range.first);

	if (item->rule.start != 0 || item->rule.end != DAY)
		return;
	if (step && !item->rule.move.free)
		take(f, range.first + step);
	for (int64_t day = range.first; day <= range.last; day++)
		take(f, day);
}

static void each_range(struct found *f, const struct holiday_items *items, int first_year,
	int last_year,
	void (*fn)(struct found *f, const struct holiday_item *item, struct holiday_range range))
{
	for (size_t i = 0; i < items->n; i++) {
		for (int year = first_year; year <= last_year; year++) {
			struct holiday_range ranges[HOLIDAY_RANGES_MAX];
			size_t n = holiday_rule_in_year(&items->list[i].rule, year, ranges);

			for (size_t k = 0; k < n; k++)
				fn(f, &items->list[i], ranges[k]);
		}
	}
}

static bool has_free(const struct holiday_items *items)
{
	size_t i = 0;

	while (i < items->n && !items->list[i].rule.move.free)
		i++;
	return i < items->n;
}

void holiday_items_between(const struct holiday_items *items, int64_t first, int64_t last,
	struct holiday **ret, size_t *ret_n)
{
	int64_t oldest = civil_days(1, 1, 1), newest = civil_days(9999, 12, 31);
	struct found f = { 0 };
	struct civil from, to;

	f.first = first < oldest ? oldest : first;
	f.last = last > newest ? newest : last;
	if (f.first <= f.last && f.last - f.first >= WINDOW_DAYS)
		f.last = f.first + WINDOW_DAYS - 1;
	*ret = NULL;
	*ret_n = 0;
	if (f.first > f.last)
		return;
	civil_from_days(f.first, &from);
	civil_from_days(f.last, &to);
	/* The days that a rule gives for a year may lie in the year before or after. */
	if (has_free(items)) {
		f.origin = civil_days(from.year - 1, 1, 1) - REACH;
		f.days_n = (size_t)(civil_days(to.year + 1, 12, 31) + REACH - f.origin);
		f.taken = xcalloc(f.days_n, 1);
		each_range(&f, items, from.year - 1, to.year + 1, take_range);
	}
	each_range(&f, items, from.year - 1, to.year + 1, add_range);
	free(f.taken);
	if (f.n)
		qsort(f.list, f.n, sizeof(*f.list), compare);
	*ret = f.list;
	*ret_n = f.n;
}
