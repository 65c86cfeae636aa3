/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wall.h - a wall clock: wall seconds to UTC and back. A run of times near each other is quick. */
#ifndef WALL_H
#define WALL_H

#include <stdint.h>

#include "lib/time/zone.h"

/* Start with { .zone = z }. The other members keep what the last call learned of the zone. */
struct wall {
	const struct zone *zone; /* lent; NULL: UTC */
	int64_t low, high;       /* UTC: `offset` holds in [low, high) and well around it */
	int32_t offset;
};

/* In spring a zone skips wall times (the gap), in autumn it has them twice (the fold). What such a wall time means: */
enum wall_reading {
	WALL_RFC5545, /* RFC 5545 3.3.5: by the offset before the gap; the first of two */
	WALL_BEGIN,   /* as a beginning: the end of the gap; the first of two */
	WALL_END,     /* as an end: the end of the gap; the second of two */
};

int64_t wall_to_utc(struct wall *w, int64_t seconds, enum wall_reading how);
int64_t wall_from_utc(const struct wall *w, int64_t at);

/* The wall times of all instants in [from, to) lie in [*ret_low, *ret_high), which may be wider. */
void wall_range(
	const struct wall *w, int64_t from, int64_t to, int64_t *ret_low, int64_t *ret_high);

/* The day of wall seconds, counted from 1970-01-01. */
int64_t wall_day(int64_t seconds);

#endif
