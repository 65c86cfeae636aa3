/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h - print a day as a line of blocks, for people at a terminal. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/time/zone.h"

enum { PICTURE_CELLS = 48 }; /* half an hour each */

struct picture {
	FILE *to;
	bool utf8;   /* print blocks, else letters */
	bool colour; /* it is a terminal, and NO_COLOR is not set */
	const struct zone *zone;
};

/* Begin a picture on standard output. */
void picture_init(struct picture *p, const struct zone *zone, bool terminal);

/* What a cell shows. */
enum shade {
	SHADE_OFF,
	SHADE_OPEN,
	SHADE_BREAK,
	SHADE_BUSY,
	SHADE_SPECIAL,
	SHADE_HOLIDAY,
	SHADE_UNKNOWN,
	SHADE_COUNT
};

/* Print the hours that stand above the lines, `indent` columns in. */
void picture_hours(const struct picture *p, int indent);
/* Print one day (days since 1970-01-01) as cells. `shade` says what to show for the instant in the middle of a cell. A cell is a
 * wall time: on a day of 23 hours the skipped cells are blank. */
void picture_day(const struct picture *p, int64_t day, enum shade (*shade)(void *data, int64_t at),
	void *data);
/* Print what the blocks mean. `shades` is a set of 1 << shade, `special` says what SHADE_SPECIAL is. */
void picture_legend(const struct picture *p, unsigned shades, const char *special);

#endif
