/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lifetime.h - the options --for, --until and --forever: how long a switch, an override or a forced period holds. */
#ifndef LIFETIME_H
#define LIFETIME_H

#include "cmd/presencectl/ctl.h"
#include "lib/time/when.h"

#define LIFETIME_OPTS                                                                              \
	{ "for", "DURATION", ARG_DURATION, "for so long: 45s, 90m, 1h30m, 3d", 'l' },              \
		{ "until", "TIME", ARG_TIME,                                                       \
			"until then: 17:30, tomorrow 09:00, mon 09:00, 2026-12-24 12:00", 'l' },   \
	{                                                                                          \
		"forever", NULL, ARG_TEXT, "until somebody ends it", 'l'                           \
	}

/* Read the options for something that begins at `start` (>= now). If none is given, `fallback` counts, a lifetime as when_lifetime()
 * reads it, on the wall clock of the configuration; if that is NULL, an option must be given. ERR_USAGE for an end that has
 * passed. */
int lifetime_read(const struct ctl *ctl, const struct input *in, int64_t start,
	const char *fallback, struct until *ret, struct err *err) MUST_CHECK;

/* The end as an instant. UNTIL_OPEN for any but UNTIL_TIME. */
int64_t lifetime_end(const struct until *u);

#endif
