/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prune.h - what is too old in the log is deleted, a slice at a time, so that nobody waits for it.
 *
 * Whole seals go, with their records, and never the newest one. First the records are looked at, up to the first that is not too old.
 * Then a record "log prune" says up to which ID they go, in the transaction of the first slice. A process that ends between two slices
 * leaves a log that can be verified, and the next one goes on. */
#ifndef FOLLOW_PRUNE_H
#define FOLLOW_PRUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/store/store.h"

struct prune {
	bool is_on;     /* there is a step to do */
	size_t seals;   /* how many a slice may have; its caller may change it */
	int64_t before; /* what was written before this instant is too old, UTC seconds */
	int64_t too_old,
		said; /* what the clock called too old when this began, and when that was */
	int64_t deleted, upto; /* up to this ID records are deleted, and up to this one too old */
	bool is_looked, is_told;
};

/* Begin to delete what is older in the log than keep_s. Nobody can tell whether the clock is ahead, so only what a clock called too old a
 * day ago is deleted, if it still is too old. Call it as often as you like, outside a transaction. ret->is_on: whether it is time. */
int follow_prune_begin(struct store *s, int64_t now, int64_t keep_s, struct prune *ret,
	struct err *err) MUST_CHECK;
/* Look at some records, or delete a slice of them in a transaction of its own. After the last one p->is_on is false. If it fails it can be
 * tried again. */
int follow_prune_step(struct store *s, int64_t now, struct prune *p, struct err *err) MUST_CHECK;

#endif
