/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pattern.h - patterns that give a mode to events of a personal calendar. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/key.h"
#include "lib/base/limits.h"

enum { PATTERNS_MAX = 32, PATTERN_GLOB_MAX = 120 };

struct pattern {
	bool category; /* it looks at the categories, else at the summary */
	/* '*' is any text, '?' any character. Letters may have any case (Latin, Greek, Cyrillic). */
	char glob[PATTERN_GLOB_MAX + 1];
	char mode[NAME_MAX_LEN + 1]; /* "none": the event does not make busy */
};

struct patterns {
	size_t n;
	struct pattern list[PATTERNS_MAX];
};

/* Patterns joined by ';', each KEY=GLOB:MODE. The first that fits counts:
 *   summary=Focus*:do-not-disturb; category=Travel:business-trip; summary=*hold*:none
 * "" gives no pattern. ERR_USAGE quotes the piece and shows the form. */
int patterns_parse(const char *text, struct patterns *ret, struct err *err) MUST_CHECK;
/* Append the canonical text: parse -> print -> parse is stable. */
void patterns_print(const struct patterns *p, struct strbuf *to);
extern const struct key_type key_patterns; /* that text */

/* The mode that the patterns give an event. NULL if no pattern fits. `categories` has one a line. */
const char *patterns_match(const struct patterns *p, const char *summary, const char *categories);

#endif
