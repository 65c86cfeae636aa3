/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/group.h"

#include "lib/follow/inside.h"
#include "lib/follow/resolve.h"
#include "lib/store/log.h"
#include "lib/store/switch.h"

int follow_group_add(struct store *s, const char *name, int64_t now, struct err *err)
{
	if (store_group_add(s, name, err) < 0)
		return -1;
	return store_log(s, now, "group add", name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

/* The groups of these users have changed, or the schedules of their groups. */
static int moved(
	struct store *s, const struct ids *users, int64_t now, const char *what, struct err *err)
{
	if (store_switch_forget_next_of(s, now, users, err) < 0)
		return -1;
	return follow_users_of(s, users, now, what, err);
}

int follow_group_changed(
	struct store *s, int64_t group_id, int64_t now, const char *what, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_group_users(s, group_id, &users, err) < 0)
		return -1;
	return moved(s, &users, now, what, err);
}

int follow_group_delete(struct store *s, const struct group *g, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	int64_t override_id;

	if (store_group_override(s, g->id, &override_id, err) < 0)
		return -1;
	if (override_id)
		return err_set(err, ERR_FAILED,
			"override %lld is for group '%s'; 'override clear @%s' ends it first",
			(long long)override_id, g->name, g->name);
	if (store_group_users(s, g->id, &users, err) < 0 || store_group_delete(s, g->id, err) < 0)
		return -1;
	follow_forget(s);
	if (moved(s, &users, now, "group delete", err) < 0)
		return -1;
	return store_log(s, now, "group delete", g->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err)
{
	const char *what = member ? "group assign" : "group unassign";

	if (store_group_assign(s, g->id, u->id, member, ret_changed, err) < 0)
		return -1;
	if (!*ret_changed)
		return 0;
	if (store_switch_forget_next(s, now, u->id, err) < 0 ||
		follow_user(s, u->id, now, what, err) < 0)
		return -1;
	return store_log(s, now, what, u->name, NULL, NULL, UNTIL_OPEN, g->name, err);
}
