/* SPDX-License-Identifier: GPL-3.0-or-later */
/* special.h - special days of a schedule. A special day replaces the hours that its weekday would give, and beats a
 * holiday. */
#ifndef SPECIAL_H
#define SPECIAL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/time/hours.h"
#include "lib/base/limits.h"

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
	int64_t day; /* days since 1970-01-01 */
	enum special_kind kind;
	struct hours_range ranges[HOURS_OF_DAY_MAX]; /* SPECIAL_HOURS */
	int ranges_n;
	int weekday;                     /* SPECIAL_AS: 0 Monday to 6 Sunday */
	char name[SPECIAL_NAME_MAX + 1]; /* "": it has no name */
};

/* Sorted by day. Start with { 0 }. */
struct specials {
	struct special *list;
	size_t n, cap;
};
void specials_done(struct specials *s);

/* Days joined by ';':  2026-12-23 09:00-12:00; 2026-12-24 closed = Christmas Eve; 2027-01-02 as mon
 * "" gives no day. ERR_USAGE quotes the piece and shows the form: for impossible dates, for a date that stands twice, and for
 * hours that hours_parse() refuses. On success the days replace those of `ret`. */
int specials_parse(const char *text, struct specials *ret, struct err *err) MUST_CHECK;
/* Append the canonical text: parse -> print -> parse is stable. */
void specials_print(const struct specials *s, struct strbuf *to);

/* Set one date (2026-12-24) from its text, or remove it (NULL). ERR_USAGE for a text that is wrong, ERR_NOT_FOUND if the date
 * to remove is not there. */
int specials_set(
	struct specials *s, const char *date, const char *text, struct err *err) MUST_CHECK;

/* NULL if the day is not special. */
const struct special *specials_find(const struct specials *s, int64_t day);

#endif
