/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.h - the options --from and --to. */
#ifndef WINDOW_H
#define WINDOW_H

#include "cmd/presencectl/command.h"
#include "lib/time/zone.h"

/* The type is ARG_TEXT: elsewhere a year or month is not a time, because "--until 2031" could be meant as 20:31. */
#define WINDOW_OPTS                                                                                \
	{ "from", "TIME", ARG_TEXT,                                                                \
		"begin of the window; 2031 is a year, 2031-07 a month, -7d the last 7 days", 0 },  \
	{                                                                                          \
		"to", "TIME", ARG_TEXT, "its end", 0                                               \
	}

/* Read the window, on the wall clock of `z`; years and months are those of `dates`. It begins at --from, else `now`. It ends at --to, else at the end of the year or month
 * that --from names, or `now` if --from says how long ago, else after `length` seconds. ERR_USAGE if it is empty or longer than ten years. */
int window_read(const struct input *in, const struct zone *z, const struct zone *dates, int64_t now,
	int64_t length, int64_t *ret_from, int64_t *ret_to, struct err *err) MUST_CHECK;

#endif
