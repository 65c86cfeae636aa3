/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vtimezone.h - make a zone from the observances of a VTIMEZONE (RFC 5545 3.6.5), and write zones as text for the store. */
#ifndef VTIMEZONE_H
#define VTIMEZONE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/time/zone.h"

enum {
	OBSERVANCES_MAX = 500, /* of a VTIMEZONE */
	VTIMEZONE_FIRST = 1970,
	VTIMEZONE_LAST =
		2400, /* the zone has changes in these years; outside them its offset stays */
};

/* One STANDARD or DAYLIGHT. All is lent. */
struct observance {
	int64_t start;                  /* DTSTART, wall seconds of offset_from */
	int32_t offset_from, offset_to; /* seconds east of UTC */
	const char *rule;               /* RRULE, "" without one; UNTIL in UTC form is UTC */
	const int64_t *dates;           /* RDATEs, wall seconds */
	size_t dates_n;
};

/* Make a zone. Before the first change the offset is that change's offset_from. Of two changes at the same instant the one of the
 * later DTSTART counts, then the later in the list. The caller owns *ret. ERR_FAILED names the TZID: if there are no
 * observances, an offset is beyond 24 hours, a time is outside the years 1 to 9999, or a rule is bad or hostile (too many
 * changes, or several a day). */
int vtimezone_build(const char *tzid, const struct observance *list, size_t n, struct zone **ret,
	struct err *err) MUST_CHECK;

/* A zone as one line of text, and back. The text is the offset before the first change, then "at:offset" for each change (UTC
 * seconds, seconds east) from VTIMEZONE_FIRST to VTIMEZONE_LAST. Parsing takes text from outside. */
void vtimezone_print(const struct zone *z, struct strbuf *to);
int vtimezone_parse(
	const char *tzid, const char *text, struct zone **ret, struct err *err) MUST_CHECK;

#endif
