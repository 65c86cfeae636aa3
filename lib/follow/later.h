/* SPDX-License-Identifier: GPL-3.0-or-later */
/* later.h - an edit that concerns very many users is followed slice by slice, so that others can write in between.
 *
 * The transaction of the edit makes these users due. So whatever becomes of the process, the next tick decides about them. */
#ifndef FOLLOW_LATER_H
#define FOLLOW_LATER_H

#include <stddef.h>

#include "lib/store/store.h"

/* From now on edits that concern more users than this leave them to follow_later_step(). 0, as at first: none does. */
void follow_later_above(struct store *s, size_t users);
/* Resolve several users as follow_users_of() does, or leave them. `what` is a literal. */
int follow_users_later(struct store *s, const struct ids *users, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* The same for the users who are in a mode. */
int follow_users_in_mode_later(struct store *s, int64_t mode_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;

/* How many users are left. */
size_t follow_later_left(const struct store *s);
/* Resolve some of them at `now`, in a transaction of its own: since the edit time may have changed their modes, and others may have given
 * orders. If it fails it can be tried again. */
int follow_later_step(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* The edit was rolled back, or somebody else does the rest. */
void follow_later_drop(struct store *s);

#endif
