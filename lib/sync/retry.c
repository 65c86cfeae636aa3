/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/retry.h"

#include "lib/base/mem.h"

static const int64_t away_ms[] = { 250, 500, 1000 };
static const int64_t refused_ms[] = { 2000, 30000, 60000, 120000, 300000 };

/* From three quarters of the time to all of it. */
int64_t retry_wait_ms(struct retry *r, enum retry_why why, uint32_t random)
{
	const int64_t *steps = why == RETRY_AWAY ? away_ms : refused_ms;
	unsigned last = why == RETRY_AWAY ? ARRAY_SIZE(away_ms) - 1 : ARRAY_SIZE(refused_ms) - 1;
	int64_t ms;

	if (r->why != why)
		r->n = 0;
	r->why = why;
	ms = steps[r->n < last ? r->n : last];
	if (r->n < last)
		r->n++;
	return ms - (int64_t)random % (ms / 4 + 1);
}

void retry_forget(struct retry *r)
{
	r->n = 0;
}
