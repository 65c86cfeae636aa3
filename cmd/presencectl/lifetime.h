/* lifetime.h - the options that say how long something holds: --for, --until, --forever. */
#ifndef LIFETIME_H
#define LIFETIME_H

#include "cmd/presencectl/command.h"
#include "lib/time/when.h"
#include "lib/time/zone.h"

#define LIFETIME_OPTS                                                                              \
	{ "for", "DURATION", ARG_DURATION, "for so long: 45s, 90m, 1h30m, 3d", 'l' },              \
		{ "until", "TIME", ARG_TIME,                                                       \
			"until then: 17:30, tomorrow 09:00, mon 09:00, 2026-12-24 12:00", 'l' },   \
	{                                                                                          \
		"forever", NULL, ARG_TEXT, "until somebody ends it", 'l'                           \
	}

/* What the options say, on the wall clock of `z`, of something that begins at `start` (>= now); without any of them `fallback`, a lifetime as
 * when_lifetime() reads it, NULL if one must be given. ERR_USAGE for an end that has passed. */
int lifetime_read(const struct input *in, const struct zone *z, int64_t now, int64_t start,
	const char *fallback, struct until *ret, struct err *err) MUST_CHECK;

/* The same as an instant: UNTIL_OPEN for ever. */
int64_t lifetime_end(const struct until *u);

#endif
