/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holidays-rule.h - one rule of holidays.h: read it, print it, find its days in a year. */
#ifndef HOLIDAYS_RULE_H
#define HOLIDAYS_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

struct holiday_date {
	int year; /* 0: each year */
	int month, day;
};

enum holiday_form {
	FORM_DATE,  /* date */
	FORM_FEAST, /* feast, days */
	FORM_NTH,   /* nth, weekday, date.month */
};

/* What names one day of a year. */
struct holiday_point {
	enum holiday_form form;
	struct holiday_date date;
	int feast;   /* of holidays-feast.h */
	int days;    /* after the feast */
	int nth;     /* 0 the first to 4 the fifth, HOLIDAY_NTH_LAST */
	int weekday; /* 0 Monday */
};

enum { HOLIDAY_NTH_LAST = 5 };

enum holiday_kind {
	HOLIDAY_DAY,  /* from */
	HOLIDAY_DAYS, /* from, to */
	HOLIDAY_NEAR, /* side, weekday, from */
};

enum holiday_side { SIDE_BEFORE, SIDE_AFTER, SIDE_ON_OR_BEFORE, SIDE_ON_OR_AFTER, SIDE_COUNT };

/* Where a holiday goes that falls on some weekday. */
struct holiday_move {
	bool is_set;
	bool adds;      /* the day itself is a holiday too */
	bool free;      /* and from there on to the first day of work that is no other holiday */
	int8_t days[7]; /* by weekday, 0 Monday; 0: it stays */
};

struct holiday_rule {
	enum holiday_kind kind;
	struct holiday_point from, to;
	enum holiday_side side;
	int weekday; /* 0 Monday */
	struct holiday_move move;
	int first_year, last_year; /* 0: there is no bound */
	int32_t start, end;        /* seconds after midnight, 0 to 86400 */
};

/* Reads `text`, and cuts it to pieces as it does. */
int holiday_rule_parse(char *text, struct holiday_rule *ret, struct err *err) MUST_CHECK;
void holiday_rule_print(const struct holiday_rule *r, struct strbuf *to);

/* Years as a rule has them: "2024..2027", "2024..", "..2023", "2027". False if `text` is none of them. */
bool holiday_years_parse(const char *text, int *ret_first, int *ret_last);

/* Days, first to last. */
struct holiday_range {
	int64_t first, last;
};
enum { HOLIDAY_RANGES_MAX = 2 };

/* The days that the rule gives for a year before any is moved: at most 366. They may reach into the year before or after. Returns how
 * many ranges there are. */
size_t holiday_rule_in_year(
	const struct holiday_rule *r, int year, struct holiday_range ret[HOLIDAY_RANGES_MAX]);

#endif
