/* SPDX-License-Identifier: GPL-3.0-or-later */
/* member.h - users as members of queues. Their items follow the assignments, the modes and the rules. */
#ifndef FOLLOW_MEMBER_H
#define FOLLOW_MEMBER_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* Bring a user's items of queues in line with their mode `m`. */
int follow_members(
	struct store *s, int64_t user_id, const struct mode *m, struct err *err) MUST_CHECK;
/* The same with the mode in the database: for one user, for several, and for all users in a mode. */
int follow_member_refresh(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
int follow_members_refresh(struct store *s, const struct ids *users, struct err *err) MUST_CHECK;
int follow_members_in_mode(struct store *s, int64_t mode_id, struct err *err) MUST_CHECK;

#endif
