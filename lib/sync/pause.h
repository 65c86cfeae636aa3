/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pause.h - the time for which the database is left alone after it could not be used: another program has locked it, the disk is full.
 * Nobody on the loop waits for it; they come again. */
#ifndef PAUSE_H
#define PAUSE_H

#include <stdbool.h>
#include <stdint.h>

struct pause {
	int64_t until_ms; /* 0: there is none */
	unsigned n;       /* failures in a row */
};

enum { PAUSE_MAX_MS = 250 };

/* It could not be used: the first time for some milliseconds, then for twice that, up to PAUSE_MAX_MS. */
void pause_begin(struct pause *p, int64_t now_ms);
/* It could be used, or somebody else has finished with it. */
void pause_end(struct pause *p);
bool pause_is_over(const struct pause *p, int64_t now_ms);

#endif
