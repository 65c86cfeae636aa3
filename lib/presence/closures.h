/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closures.h - the calendars whose events are holidays of a schedule, and which of their events are. */
#ifndef CLOSURES_H
#define CLOSURES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/limits.h"
#include "lib/base/strbuf.h"
#include "lib/calendar/pattern.h"

struct closure {
	char calendar[NAME_MAX_LEN + 1];
	/* Only events count that have such a summary or category: '*' is any text, '?' any character. "": all events */
	char pattern[PATTERN_GLOB_MAX + 1];
};

struct closures {
	size_t n;
	struct closure list[CALENDARS_MAX];
};

/* Names separated by commas, a pattern behind a colon: other, feed:"Public holiday". The quotation marks may be left out, since
 * shells take them. */
int closures_parse(const char *text, struct closures *ret, struct err *err) MUST_CHECK;
/* Append the canonical text: parse -> print -> parse is stable. */
void closures_print(const struct closures *c, struct strbuf *to);

/* Whether an event is a holiday. `categories` has one a line. */
bool closure_has(const char *pattern, const char *summary, const char *categories);

#endif
