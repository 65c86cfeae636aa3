/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/pause.h"

enum { FIRST_MS = 4, SHIFT_MAX = 6 }; /* a commit of another takes a few milliseconds */

void pause_begin(struct pause *p, int64_t now_ms)
{
	int64_t ms = (int64_t)FIRST_MS << (p->n < SHIFT_MAX ? p->n : SHIFT_MAX);

	p->n++;
	p->until_ms = now_ms + (ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS);
}

void pause_end(struct pause *p)
{
	*p = (struct pause){ 0 };
}

bool pause_is_over(const struct pause *p, int64_t now_ms)
{
	return now_ms >= p->until_ms;
}
