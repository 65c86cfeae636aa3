/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mode.h - the rows of modes. */
#ifndef STORE_MODE_H
#define STORE_MODE_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* Find a mode by name or alias. ERR_NOT_FOUND with did-you-mean. */
int store_mode_find(
	struct store *s, const char *word, struct mode *ret, struct err *err) MUST_CHECK;
int store_mode_get(struct store *s, int64_t id, struct mode *ret, struct err *err) MUST_CHECK;
/* Give all modes, the oldest first. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_mode_each(
	struct store *s, int (*fn)(void *data, const struct mode *m), void *data, struct err *err);
/* id 0 adds a mode. ERR_USAGE if another mode has the name or alias. */
int store_mode_write(struct store *s, struct mode *m, struct err *err) MUST_CHECK;
/* No row may refer to the mode any more. */
int store_mode_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* Forget the modes that the store keeps in memory. */
void store_mode_forget(struct store *s);

/* Add the users who are in a mode. */
int store_mode_users(struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Count the users, schedules and overrides that use a mode. A user uses it who is in it, who has it by default, for a period or for
 * appointments, or who has a switch to it, also one that does not hold now. */
int store_mode_uses(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
/* All that refers to mode `m` refers to `instead` from now on, except presence: the caller resolves the users. */
int store_mode_replace(struct store *s, const struct mode *m, const struct mode *instead,
	struct err *err) MUST_CHECK;

#endif
