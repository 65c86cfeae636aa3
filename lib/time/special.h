/* SPDX-License-Identifier: GPL-3.0-or-later */
/* special.h - special days of a schedule. A special day replaces the hours that its weekday would give, and beats a
 * holiday. */
#ifndef SPECIAL_H
#define SPECIAL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/base/limits.h"
#include "lib/time/dates.h"
#include "lib/time/hours.h"

enum {
	SPECIALS_MAX = 200,
	SPECIAL_NAME_MAX = 80, /* bytes */
};

enum special_kind {
	SPECIAL_HOURS,  /* these hours, without breaks */
	SPECIAL_CLOSED, /* outside all day */
	SPECIAL_AS,     /* hours and breaks of a weekday */
};

struct special {
	struct dates when;
	enum special_kind kind;
	struct hours_range ranges[HOURS_OF_DAY_MAX]; /* SPECIAL_HOURS */
	int ranges_n;
	int weekday;                     /* SPECIAL_AS: 0 Monday to 6 Sunday */
	char name[SPECIAL_NAME_MAX + 1]; /* "": it has no name */
};

/* Sorted by dates_compare(). Start with { 0 }. */
struct specials {
	struct special *list;
	size_t n, cap;
};
void specials_done(struct specials *s);

/* Days joined by ';':  2026-12-23 09:00-12:00; 2026-12-24 closed = Christmas Eve; 2027-01-02 as mon; 12-31 closed;
 * 2027-02-08..2027-03-09 10:00-15:00 = Ramadan
 * The dates are those of dates_parse(). "" gives no day. ERR_USAGE quotes the piece and shows the form: for impossible dates, for
 * dates that stand twice, and for hours that hours_parse() refuses. On success the days replace those of `ret`. */
int specials_parse(const char *text, struct specials *ret, struct err *err) MUST_CHECK;
/* Append the canonical text: parse -> print -> parse is stable. */
void specials_print(const struct specials *s, struct strbuf *to);

/* Set the dates (2026-12-24) from their text, or remove them (NULL). ERR_USAGE for a text that is wrong, ERR_NOT_FOUND if the date
 * to remove is not there. */
int specials_set(
	struct specials *s, const char *date, const char *text, struct err *err) MUST_CHECK;

/* The text of a day without its dates, "09:00-12:00 = Inventory", and back. The dates of *ret stay, the rest must be 0. */
int special_parse(const char *text, struct special *ret, struct err *err) MUST_CHECK;
void special_print(const struct special *s, struct strbuf *to);

/* NULL if the day is not special. Where several hold, one day counts before several, then dates of one year before those of every
 * year, then those that begin first. */
const struct special *specials_find(const struct specials *s, int64_t day);

#endif
