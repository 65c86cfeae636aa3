/* special.h - special days of a schedule: a date that differs from its week and beats a holiday. */
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
	char name[SPECIAL_NAME_MAX + 1]; /* "" if none */
};

/* Sorted by day. Start with { 0 }. */
struct specials {
	struct special *list;
	size_t n, cap;
};
void specials_done(struct specials *s);

/* Days joined by ';':  2026-12-23 09:00-12:00; 2026-12-24 closed = Christmas Eve; 2027-01-02 as mon
 * ERR_USAGE, quoting the piece and showing the form, for impossible dates, a date twice, and hours that hours_parse()
 * refuses. "" is no day at all. `ret` is emptied first. */
int specials_parse(const char *text, struct specials *ret, struct err *err) MUST_CHECK;
/* Canonical text; parse -> print -> parse is stable. */
void specials_print(const struct specials *s, struct strbuf *to);

/* Set one date (2026-12-24) from its text, or remove it (NULL). ERR_USAGE; ERR_NOT_FOUND for a date to remove that is
 * not there. */
int specials_set(
	struct specials *s, const char *date, const char *text, struct err *err) MUST_CHECK;

const struct special *specials_find(const struct specials *s, int64_t day); /* NULL if none */

#endif
