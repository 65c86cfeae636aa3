/* group.h - groups as rows, and who is in them. */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

struct group {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	int64_t members;
	char schedule[NAME_MAX_LEN + 1]; /* of its members who have none of their own; "" if none */
};

/* ERR_NOT_FOUND with did-you-mean. */
int store_group_find(
	struct store *s, const char *name, struct group *ret, struct err *err) MUST_CHECK;
/* By name. A callback that returns other than 0 ends the walk, and that is what the walk returns. */
int store_group_each(
	struct store *s, int (*fn)(void *data, const struct group *g), void *data, struct err *err);
/* Users of a group, by name. */
int store_group_users(struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);
/* The first override that is for a group; 0 if there is none. */
int store_group_override(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;

/* ERR_USAGE if the name is taken. */
int store_group_add(struct store *s, const char *name, struct err *err) MUST_CHECK;
int store_group_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* *ret_changed: whether it was not so before. */
int store_group_assign(struct store *s, int64_t id, int64_t user_id, bool member, bool *ret_changed,
	struct err *err) MUST_CHECK;

#endif
