/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/pruning.h"

#include "lib/binding/clock.h"

enum {
	DAY = 86400,
	SHORT_MS =
		12, /* a slice that took less may be larger, one that took more than LONG_MS is too large */
	LONG_MS = 35,
	SEALS_MAX = 64,
	LOOK_MS = 1,
	REST_MS =
		40, /* at least: a writer that waits looks again after some milliseconds, more and more of them */
};

int pruning_begin(
	struct pruning *p, struct store *s, int64_t now, int64_t keep_days, struct err *err)
{
	if (now - p->last < DAY && now >= p->last)
		return 0;
	if (follow_prune_begin(s, now, keep_days * DAY, &p->prune, err) < 0)
		return -1;
	p->last = now;
	return 0;
}

int pruning_step(
	struct pruning *p, struct store *s, int64_t now, int64_t *ret_after_ms, struct err *err)
{
	int64_t began = clock_monotonic_ms(), took;
	bool looks = !p->prune.is_looked;

	if (follow_prune_step(s, now, &p->prune, err) < 0)
		return -1;
	took = clock_monotonic_ms() - began;
	*ret_after_ms = LOOK_MS;
	if (looks)
		return 0;
	/* Where the disk or others make it slow, they have most of the time. */
	*ret_after_ms = 2 * took > REST_MS ? 2 * took : REST_MS;
	if (took > LONG_MS && p->prune.seals > 1)
		p->prune.seals /= 2;
	else if (took < SHORT_MS && p->prune.seals < SEALS_MAX)
		p->prune.seals *= 2;
	return 0;
}
