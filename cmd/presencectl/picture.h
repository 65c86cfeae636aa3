/* picture.h - a day as a row of blocks, for people at a terminal. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/time/zone.h"

enum { PICTURE_CELLS = 48 }; /* half an hour each */

struct picture {
	FILE *to;
	bool utf8;   /* blocks, else letters */
	bool colour; /* a terminal that is not told NO_COLOR */
	const struct zone *zone;
};

/* For standard output as it is now. */
void picture_init(struct picture *p, const struct zone *zone, bool terminal);

/* What a cell shows. */
enum shade {
	SHADE_OFF,
	SHADE_OPEN,
	SHADE_BREAK,
	SHADE_BUSY,
	SHADE_SPECIAL,
	SHADE_HOLIDAY,
	SHADE_COUNT
};

/* The hours above the rows, `indent` columns in. */
void picture_hours(const struct picture *p, int indent);
/* One day (days since 1970-01-01) as cells: `shade` tells of an instant in the middle of each. On a day of 23 or 25 hours a cell
 * is a wall time: one that was skipped is blank. */
void picture_day(const struct picture *p, int64_t day, enum shade (*shade)(void *data, int64_t at),
	void *data);
/* What the blocks mean: a set of 1 << shade, and what SHADE_SPECIAL is. */
void picture_legend(const struct picture *p, unsigned shades, const char *special);

#endif
