/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weeks.h - for which weeks or dates a part of business hours is. */
#ifndef WEEKS_H
#define WEEKS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/time/dates.h"

enum { WEEKS_EVERY_MAX = 52 };

enum weeks_kind {
	WEEKS_ODD,   /* odd weeks of ISO 8601 */
	WEEKS_EVEN,  /* even ones */
	WEEKS_EVERY, /* every n weeks, from a week on */
	WEEKS_DATES,
};

struct weeks {
	enum weeks_kind kind;
	int n;        /* WEEKS_EVERY */
	int64_t from; /* WEEKS_EVERY: the Monday of the first week, in days since 1970-01-01 */
	struct dates dates; /* WEEKS_DATES */
};

/* "week odd", "week even", "every 2 weeks from 2026-11-23", "06-15..08-15". ERR_USAGE. */
int weeks_parse(const char *text, struct weeks *ret, struct err *err) MUST_CHECK;
/* Append the text: parse -> print -> parse is stable. */
void weeks_print(const struct weeks *w, struct strbuf *to);

bool weeks_hold(const struct weeks *w, int64_t day);
bool weeks_equal(const struct weeks *a, const struct weeks *b);

#endif
