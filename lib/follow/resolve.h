/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.h - what is true for users: decide and write it. Every write that can change it ends here. */
#ifndef FOLLOW_RESOLVE_H
#define FOLLOW_RESOLVE_H

#include "lib/store/presence.h"
#include "lib/store/switch.h"

/* What users are resolved for. `what` names it in the log. If it is a switch, `before` is the one that was the newest, and `after` the
 * one that is it now, or NULL. */
struct occasion {
	const char *what;
	const struct mode_switch *before, *after;
};

/* Resolve a user: decide, and bring presence and items in line. `what` names it in the log. */
int follow_user(struct store *s, int64_t user_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* Resolve several users. Decisions that they share are made once, and one statement writes many rows. */
int follow_users_of(struct store *s, const struct ids *users, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* Resolve the users who are in a mode. */
int follow_users_in_mode(struct store *s, int64_t mode_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* Resolve a user who was read, with these switches. Rows may wait for store_flush(). *ret_source is the source that wins. It may be
 * NULL. */
int follow_resolve(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t now, const struct occasion *occasion, enum source *ret_source,
	struct err *err) MUST_CHECK;

/* Resolve the users whose next_change_at has come, in one transaction, until it is enough for one (follow_set_enough()). *ret_n: how
 * many. Without such users and due schedules nothing is written. */
int follow_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Make all users due whom time can decide about, and tick. Call it when the clock was set back, and after new zone data. */
int follow_look_again(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;

#endif
