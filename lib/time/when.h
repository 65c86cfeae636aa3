/* SPDX-License-Identifier: GPL-3.0-or-later */
/* when.h - times, durations and lifetimes as people write them: read and print. */
#ifndef WHEN_H
#define WHEN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/time/zone.h"

enum {
	WHEN_DURATION_MAX_S = 3660 * 86400, /* about ten years: longer is a mistake */
	WHEN_TEXT_SIZE = 40,                /* room for every text that is written here */
};

/* "45s", "90m", "2h", "1h30m", "3d", "2w". Units fall, and each stands once. A day is exactly 86400 seconds. At least 1 s, at
 * most WHEN_DURATION_MAX_S. ERR_USAGE quotes what is no duration. */
int when_duration(const char *text, int64_t *ret_s, struct err *err) MUST_CHECK;

/* A point in time on the wall clock of `z`, as seen at `now`:
 *   17:30                 today           09:00:30 seconds are allowed everywhere
 *   tomorrow 09:00, today 17:30           "tomorrow" alone is 00:00; so is "yesterday"
 *   -2h, -7d, 2 hours ago so long ago
 *   in 2 hours, in 1h30m  after so long
 *   noon, tomorrow noon   12:00; midnight is the coming one
 *   mon 09:00, monday     the next Monday on which that time is still to come (today, if it is)
 *   next monday 09:00     the first Monday after today
 *   2026-12-24 12:00      2026-12-24 alone is 00:00
 *   2026-12-24T12:00:00Z, ...+01:00, ...T12:00    ISO 8601; without an offset the wall clock of z
 *   now
 * 24:00 is allowed. zone_to_utc() says what times in a gap or fold mean. Past times are allowed: the log looks back.
 * ERR_USAGE for 25:00, 2026-02-30 and all else; the message quotes the text and shows the forms. */
int when_time(const char *text, const struct zone *z, int64_t now, int64_t *ret_at,
	struct err *err) MUST_CHECK;

/* The same for the end of something that begins at `start`. A time of day or a weekday without a date counts from the
 * start. */
int when_end(const char *text, const struct zone *z, int64_t now, int64_t start, int64_t *ret_at,
	struct err *err) MUST_CHECK;

enum until_kind {
	UNTIL_NEXT,    /* until the schedule's next start of business, outside hours or holiday */
	UNTIL_TIME,    /* until .at */
	UNTIL_FOREVER, /* until somebody ends it */
};

struct until {
	enum until_kind kind;
	int64_t at; /* UTC seconds, for UNTIL_TIME */
};

/* A lifetime: "next", "forever", a duration, or a time of day. A time that has passed today means tomorrow. A mode's default
 * lifetime is one of these. */
int when_lifetime(const char *text, const struct zone *z, int64_t now, struct until *ret,
	struct err *err) MUST_CHECK;

/* RFC 3339 with the zone's offset, 2026-12-24T12:00:00+01:00. Zone UTC has "Z" for the offset. */
void when_rfc3339(int64_t at, const struct zone *z, char ret[WHEN_TEXT_SIZE]);

/* For people, as short as is clear at `now`: "17:30" (today), "tomorrow 09:00", "Mon 09:00" (two to six days ahead),
 * "yesterday 09:00", else "2026-12-24 12:00". Seconds appear only if they are not 0. */
void when_short(int64_t at, const struct zone *z, int64_t now, char ret[WHEN_TEXT_SIZE]);

/* The same on the wall clock of `z`. If that is another clock than `home`, where people expect times to be, its word follows:
 * "10:53 EDT". `home` NULL: it is not. */
enum { WHEN_ZONED_SIZE = WHEN_TEXT_SIZE + ZONE_WORD_SIZE };
void when_zoned(int64_t at, const struct zone *z, const struct zone *home, int64_t now,
	char ret[WHEN_ZONED_SIZE]);

/* A duration for people: "45s", "1h30m", "3d". It has at most the two largest units. */
void when_span(int64_t seconds, char ret[WHEN_TEXT_SIZE]);

#endif
