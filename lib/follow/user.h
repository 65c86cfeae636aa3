/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user.h - what follows when users change. */
#ifndef FOLLOW_USER_H
#define FOLLOW_USER_H

#include "lib/store/store.h"

/* id 0 adds a user. ERR_USAGE if another user has the name or extension, or if the user does not fit their rules or queues. */
int follow_user_save(struct store *s, struct user *u, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED if a rule forwards calls to the user. */
int follow_user_delete(
	struct store *s, const struct user *u, int64_t now, struct err *err) MUST_CHECK;

#endif
