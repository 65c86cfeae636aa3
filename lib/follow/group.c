/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/group.h"

#include "lib/follow/inside.h"
#include "lib/follow/later.h"
#include "lib/follow/record.h"
#include "lib/follow/resolve.h"
#include "lib/store/switch.h"

int follow_group_add(struct store *s, const char *name, int64_t now, struct err *err)
{
	char subject[GROUP_SUBJECT_SIZE];

	if (store_group_add(s, name, err) < 0)
		return -1;
	follow_group_subject(name, subject);
	return follow_record(s, now, "group add", subject, NULL, NULL, NULL, err);
}

/* The groups of these users have changed, or the schedules of their groups. */
static int moved(
	struct store *s, const struct ids *users, int64_t now, const char *what, struct err *err)
{
	if (store_switch_forget_next_of(s, now, users, err) < 0)
		return -1;
	return follow_users_later(s, users, now, what, err);
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
	char subject[GROUP_SUBJECT_SIZE];
	int64_t override_id;

	if (store_group_override(s, g->id, &override_id, err) < 0)
		return -1;
	if (override_id)
		return err_set(err, ERR_FAILED,
			"override %lld is for group '%s'; 'override clear @%s' ends it first",
			(long long)override_id, g->name, g->name);
	follow_group_subject(g->name, subject);
	if (store_group_users(s, g->id, &users, err) < 0 ||
		follow_record_members(s, &users, now, "group delete", "group", g->name, err) < 0 ||
		follow_record(s, now, "group delete", subject, *g->schedule ? "schedule" : NULL,
			*g->schedule ? g->schedule : NULL, NULL, err) < 0 ||
		store_group_delete(s, g->id, err) < 0)
		return -1;
	follow_forget(s);
	return moved(s, &users, now, "group delete", err);
}

int follow_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err)
{
	const char *what = member ? "group assign" : "group unassign";

	if (store_group_assign(s, g->id, u->id, member, ret_changed, err) < 0)
		return -1;
	if (!*ret_changed)
		return 0;
	if (follow_record(s, now, what, u->name, "group", member ? NULL : g->name,
		    member ? g->name : NULL, err) < 0 ||
		store_switch_forget_next(s, now, u->id, err) < 0)
		return -1;
	return follow_user(s, u->id, now, what, err);
}
