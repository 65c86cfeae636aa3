/* pattern.h - which events of a personal calendar give which mode. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/key.h"
#include "lib/base/limits.h"

enum { PATTERNS_MAX = 32, PATTERN_GLOB_MAX = 120 };

struct pattern {
	bool category; /* else the summary */
	char glob[PATTERN_GLOB_MAX +
		1]; /* '*' any text, '?' any character; without case (Latin, Greek, Cyrillic) */
	char mode[NAME_MAX_LEN + 1]; /* "none": such an event is not busy */
};

struct patterns {
	size_t n;
	struct pattern list[PATTERNS_MAX];
};

/* Patterns joined by ';', each KEY=GLOB:MODE, the first that fits counts:
 *   summary=Focus*:do-not-disturb; category=Travel:business-trip; summary=*hold*:none
 * ERR_USAGE, quoting the piece and showing the form. "" is no pattern at all. */
int patterns_parse(const char *text, struct patterns *ret, struct err *err) MUST_CHECK;
/* Canonical text; parse -> print -> parse is stable. */
void patterns_print(const struct patterns *p, struct strbuf *to);
extern const struct key_type key_patterns; /* that text */

/* The mode for an event, NULL if no pattern fits. `categories` are one a line. */
const char *patterns_match(const struct patterns *p, const char *summary, const char *categories);

#endif
