/* SPDX-License-Identifier: GPL-3.0-or-later */
/* override.h - the rows of overrides: an administrator's orders for a user, a group or all. */
#ifndef STORE_OVERRIDE_H
#define STORE_OVERRIDE_H

#include "lib/store/store.h"

/* Give all overrides, the oldest first. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_override_each(struct store *s, int (*fn)(void *data, const struct override *o),
	void *data, struct err *err);
/* Read the overrides that cover a user, the newest first, at most `max`. */
int store_override_of_user(struct store *s, int64_t user_id, struct override *ret, size_t max,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* Whether there is an override. */
int store_override_any(struct store *s, bool *ret, struct err *err) MUST_CHECK;
/* Add the users whom an override covers, by name. */
int store_override_covered(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Add an override for a user or a group. If both IDs are 0, it is for all. */
int store_override_add(struct store *s, struct override *o, int64_t user_id, int64_t group_id,
	struct err *err) MUST_CHECK;
int store_override_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* Overrides that have ended by `now` count no more, but their rows stay. */
int store_override_expire(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* The clock was set back: what has not ended by `now` counts again. */
int store_override_revive(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* Delete what has ended, as clocks said until `before`. */
int store_override_purge(struct store *s, int64_t before, struct err *err) MUST_CHECK;

#endif
