/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holidays-items.h - a list of rules with their names, and the days that they give together. */
#ifndef HOLIDAYS_ITEMS_H
#define HOLIDAYS_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/time/holidays-rule.h"
#include "lib/time/holidays.h"

struct holiday_item {
	struct holiday_rule rule;
	char *name;  /* the name given, else the rule as printed */
	char *local; /* in the language of the country; NULL: there is none */
	bool is_given;
};

/* Starts as { 0 }. */
struct holiday_items {
	size_t n, cap;
	struct holiday_item *list;
};
void holiday_items_done(struct holiday_items *items);

/* Append what `text` says, "RULE = NAME", and cut it to pieces: a rule, or one for each date of a list. If `bar` is set, a name in another
 * language may stand behind a '|'. At most `max` items. */
int holiday_items_read(
	struct holiday_items *items, char *text, bool bar, size_t max, struct err *err) MUST_CHECK;
void holiday_items_copy(struct holiday_items *items, const struct holiday_item *from);
void holiday_items_print(const struct holiday_item *item, struct strbuf *to);

/* A name as one word: "New Year's Day" is new-years-day. */
void holiday_item_word(const char *name, struct strbuf *to);
/* Take away the days that items of this word have in the years from `first` to `last`; 0: without bound. The word * is for all items.
 * ERR_NOT_FOUND with a guess if no item has the word. */
int holiday_items_cut(struct holiday_items *items, const char *word, int first, int last,
	struct err *err) MUST_CHECK;

/* As holidays_between(). */
void holiday_items_between(const struct holiday_items *items, int64_t first, int64_t last,
	struct holiday **ret, size_t *ret_n);

#endif
