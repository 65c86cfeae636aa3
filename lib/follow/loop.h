/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h - rules in the database that always forward calls in a circle. A circle through a user whose phones ring first is none of
 * these: the call ends by itself after one round. */
#ifndef FOLLOW_LOOP_H
#define FOLLOW_LOOP_H

#include "lib/calls/rule.h"
#include "lib/store/store.h"

/* Check that calls for a user do not come back to them. ERR_USAGE with the circle. */
int follow_user_loops(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Check the same for all users in a mode. `rules` are its effective rules. */
int follow_mode_loops(struct store *s, const struct mode *m, const struct rules *rules,
	struct err *err) MUST_CHECK;

#endif
