/* wall.h - a wall clock: its seconds to UTC and back, quick for a run of times near each other. */
#ifndef WALL_H
#define WALL_H

#include <stdint.h>

#include "lib/time/zone.h"

/* Start with { .zone = z }. The rest is what was learned of the zone by the last call. */
struct wall {
	const struct zone *zone; /* lent; NULL: UTC */
	int64_t low, high;       /* UTC: with `offset` in force well before and after it */
	int32_t offset;
};

/* Which instant a wall time means that is skipped in spring or comes twice in autumn. */
enum wall_reading {
	WALL_RFC5545, /* RFC 5545 3.3.5: by the offset before the gap; the first of two */
	WALL_BEGIN,   /* as a beginning: the end of the gap; the first of two */
	WALL_END,     /* as an end: the end of the gap; the second of two */
};

int64_t wall_to_utc(struct wall *w, int64_t seconds, enum wall_reading how);
int64_t wall_from_utc(const struct wall *w, int64_t at);

/* Wall times from *ret_low to *ret_high (exclusive) are at least those of the instants in [from, to). */
void wall_range(
	const struct wall *w, int64_t from, int64_t to, int64_t *ret_low, int64_t *ret_high);

/* The day of wall seconds, since 1970-01-01. */
int64_t wall_day(int64_t seconds);

#endif
