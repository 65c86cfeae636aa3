/* group.h - what follows when groups, and who is in them, change. */
#ifndef FOLLOW_GROUP_H
#define FOLLOW_GROUP_H

#include "lib/store/group.h"

/* ERR_USAGE if the name is taken. */
int follow_group_add(struct store *s, const char *name, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while an override is for it. */
int follow_group_delete(
	struct store *s, const struct group *g, int64_t now, struct err *err) MUST_CHECK;
/* *ret_changed: whether it was not so before. */
int follow_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
/* The users of a group are resolved again, because its schedule is another one. */
int follow_group_changed(struct store *s, int64_t group_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;

#endif
