/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holidays-rule.h - one rule of holidays.h: read it, print it, find its days in a year. */
#ifndef HOLIDAYS_RULE_H
#define HOLIDAYS_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum holiday_kind {
	HOLIDAY_DATE,   /* from, observed */
	HOLIDAY_DATES,  /* from, to */
	HOLIDAY_EASTER, /* days */
	HOLIDAY_NTH,    /* nth, weekday, from.month */
	HOLIDAY_NEAR,   /* side, weekday, from */
};

enum holiday_side { SIDE_BEFORE, SIDE_AFTER, SIDE_ON_OR_BEFORE, SIDE_ON_OR_AFTER, SIDE_COUNT };

struct holiday_date {
	int year; /* 0: each year */
	int month, day;
};

struct holiday_rule {
	enum holiday_kind kind;
	struct holiday_date from, to;
	bool observed;
	int days;    /* after Easter Sunday */
	int nth;     /* 0 the first to 4 the fifth, 5 the last */
	int weekday; /* 0 Monday */
	enum holiday_side side;
	int32_t start, end; /* seconds after midnight, 0 to 86400 */
};

/* Reads `text`, and cuts it to pieces as it does. */
int holiday_rule_parse(char *text, struct holiday_rule *ret, struct err *err) MUST_CHECK;
void holiday_rule_print(const struct holiday_rule *r, struct strbuf *to);

/* The days, first to last, that the rule gives for a year: at most 366. They may reach into the year before or after. False
 * if the rule gives no day for that year. */
bool holiday_rule_in_year(
	const struct holiday_rule *r, int year, int64_t *ret_first, int64_t *ret_last);

#endif
