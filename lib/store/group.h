/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group.h - the rows of groups, and their users. */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

struct group {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	int64_t members;
	char schedule[NAME_MAX_LEN +
		1]; /* for its users without a schedule of their own; "": no schedule */
};

/* Find a group by name. ERR_NOT_FOUND with did-you-mean. */
int store_group_find(
	struct store *s, const char *name, struct group *ret, struct err *err) MUST_CHECK;
/* Give all groups, by name. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_group_each(
	struct store *s, int (*fn)(void *data, const struct group *g), void *data, struct err *err);
/* Add the users of a group, by name. */
int store_group_users(struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Give the names of a user's groups, by name. */
int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);
/* *ret is the oldest override for a group, or 0. */
int store_group_override(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;

/* ERR_USAGE if another group has the name. */
int store_group_add(struct store *s, const char *name, struct err *err) MUST_CHECK;
int store_group_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* member true: put the user into the group. member false: take them out. *ret_changed: whether anything has changed. */
int store_group_assign(struct store *s, int64_t id, int64_t user_id, bool member, bool *ret_changed,
	struct err *err) MUST_CHECK;

#endif
