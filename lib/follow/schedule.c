/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/schedule.h"

#include "lib/follow/group.h"
#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/resolve.h"
#include "lib/store/log.h"
#include "lib/store/schedule.h"
#include "lib/store/switch.h"

/* Resolve the users of the schedule. */
static int changed(struct store *s, int64_t id, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	follow_forget(s);
	if (store_schedule_user_ids(s, id, &users, err) < 0 ||
		store_switch_forget_next_by_schedule(s, now, id, err) < 0 ||
		follow_hours_refresh(s, id, now, err) < 0)
		return -1;
	return follow_users_of(s, &users, now, "schedule", err);
}

int follow_schedule_save(struct store *s, struct schedule *sched, int64_t now, struct err *err)
{
	bool is_new = sched->id == 0;

	if (store_schedule_write(s, sched, err) < 0 ||
		store_log(s, now, is_new ? "schedule add" : "schedule set", sched->name, NULL, NULL,
			UNTIL_OPEN, NULL, err) < 0)
		return -1;
	return is_new ? follow_hours_refresh(s, sched->id, now, err)
		      : changed(s, sched->id, now, err);
}

int follow_schedule_force(struct store *s, struct schedule *sched, int period, int64_t until,
	int64_t now, struct err *err)
{
	sched->forced = period;
	sched->forced_since = now;
	sched->forced_until = until;
	if (store_schedule_write_forced(s, sched, err) < 0 ||
		store_log(s, now, "schedule force", sched->name, NULL, NULL, until,
			period < 0 ? "no period" : period_name((enum period)period), err) < 0)
		return -1;
	return changed(s, sched->id, now, err);
}

int follow_schedule_delete(
	struct store *s, const struct schedule *sched, int64_t now, struct err *err)
{
	int64_t users, groups;

	if (store_schedule_assigned(s, sched->id, &users, &groups, err) < 0)
		return -1;
	if (users || groups)
		return err_set(err, ERR_FAILED,
			"schedule '%s' is assigned to %lld user%s and %lld group%s; 'schedule unassign %s' first",
			sched->name, (long long)users, users == 1 ? "" : "s", (long long)groups,
			groups == 1 ? "" : "s", sched->name);
	if (follow_hours_release(s, sched->name, err) < 0 ||
		store_schedule_delete(s, sched->id, err) < 0)
		return -1;
	follow_forget(s);
	return store_log(s, now, "schedule delete", sched->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_schedule_assign_user(struct store *s, const struct schedule *sched, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err)
{
	if (store_schedule_assign_user(s, sched ? sched->id : 0, user_id, ret_changed, err) < 0)
		return -1;
	if (!*ret_changed)
		return 0;
	if (store_switch_forget_next(s, now, user_id, err) < 0)
		return -1;
	return follow_user(s, user_id, now, "schedule", err);
}

int follow_schedule_assign_group(struct store *s, const struct schedule *sched,
	const struct group *g, int64_t now, bool *ret_changed, struct err *err)
{
	if (store_schedule_assign_group(s, sched ? sched->id : 0, g->id, ret_changed, err) < 0)
		return -1;
	return *ret_changed ? follow_group_changed(s, g->id, now, "schedule", err) : 0;
}

int follow_schedule_unassign_all(
	struct store *s, const struct schedule *sched, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_schedule_user_ids(s, sched->id, &users, err) < 0 ||
		store_schedule_unassign(s, sched->id, ret_n, err) < 0 ||
		store_switch_forget_next_of(s, now, &users, err) < 0)
		return -1;
	return follow_users_of(s, &users, now, "schedule", err);
}
