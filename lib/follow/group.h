/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group.h - what follows when groups and their users change. */
#ifndef FOLLOW_GROUP_H
#define FOLLOW_GROUP_H

#include "lib/store/group.h"

/* ERR_USAGE if another group has the name. */
int follow_group_add(struct store *s, const char *name, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while there is an override for the group. */
int follow_group_delete(
	struct store *s, const struct group *g, int64_t now, struct err *err) MUST_CHECK;
/* member true: put the user into the group. member false: take them out. *ret_changed: whether anything has changed. */
int follow_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
/* Resolve the users of a group that has another schedule now. */
int follow_group_changed(struct store *s, int64_t group_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;

#endif
