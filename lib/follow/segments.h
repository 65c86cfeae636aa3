/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segments.h - what a schedule says in a window of time. */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "lib/presence/schedule.h"
#include "lib/store/store.h"
#include "lib/time/zone.h"

/* Find the segments of a schedule on the wall clock of `zone`. "": on the schedule's own. *ret and *ret_zone are lent until the
 * next call. */
int follow_segments(struct store *s, int64_t id, const char *zone, int64_t now, int64_t from,
	int64_t to, const struct segments **ret, const struct zone **ret_zone,
	struct err *err) MUST_CHECK;
/* The same from `now` on, on the schedule's own wall clock, as if no period was forced by hand. */
int follow_own_segments(struct store *s, int64_t id, int64_t now, int64_t to,
	const struct segments **ret, struct err *err) MUST_CHECK;

#endif
