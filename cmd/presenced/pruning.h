/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pruning.h - the log is pruned once a day, in slices of a few milliseconds. */
#ifndef PRUNING_H
#define PRUNING_H

#include "lib/follow/prune.h"

struct pruning {
	int64_t last; /* UTC seconds: when it began last, or 0 */
	struct prune prune;
};

/* Begin, once a day and at the start. On all other minutes nothing is read or written for it. */
int pruning_begin(struct pruning *p, struct store *s, int64_t now, int64_t keep_days,
	struct err *err) MUST_CHECK;
/* One slice. *ret_after_ms: when the next one may come; others write until then. It is as large as can be done in some milliseconds. */
int pruning_step(struct pruning *p, struct store *s, int64_t now, int64_t *ret_after_ms,
	struct err *err) MUST_CHECK;

#endif
