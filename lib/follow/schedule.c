/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/schedule.h"

#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/follow/group.h"
#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/later.h"
#include "lib/follow/record.h"
#include "lib/follow/resolve.h"
#include "lib/presence/noun-keys.h"
#include "lib/store/log.h"
#include "lib/store/schedule.h"
#include "lib/store/switch.h"
#include "lib/store/user.h"

/* Resolve the users of the schedule. */
static int changed(struct store *s, int64_t id, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	follow_forget(s);
	if (store_schedule_user_ids(s, id, &users, err) < 0 ||
		store_switch_forget_next_by_schedule(s, now, id, err) < 0 ||
		follow_hours_refresh(s, id, now, err) < 0)
		return -1;
	return follow_users_later(s, &users, now, "schedule", err);
}

int follow_schedule_save(struct store *s, struct schedule *sched, int64_t now, struct err *err)
{
	_cleanup_(freep) struct schedule *was = xcalloc(1, sizeof(*was));
	_cleanup_(freep) struct schedule *is = xcalloc(1, sizeof(*is)); /* without aliases */
	bool is_new = sched->id == 0;
	struct edit edit = { is_new ? "schedule add" : "schedule set", sched->name, &schedule_keys,
		is_new ? NULL : was, is, sizeof(*is), NULL };

	if ((!is_new && store_schedule_get(s, sched->id, was, err) < 0) ||
		store_schedule_write(s, sched, err) < 0 ||
		store_schedule_get(s, sched->id, is, err) < 0 ||
		follow_record_edit(s, &edit, now, err) < 0)
		return -1;
	return is_new ? follow_hours_refresh(s, sched->id, now, err)
		      : changed(s, sched->id, now, err);
}

/* The period that is forced at an instant, or NULL. */
static const char *forced_name(const struct schedule *sched, int64_t at)
{
	return sched->forced < 0 || sched->forced_until <= at
		? NULL
		: period_name((enum period)sched->forced);
}

int follow_schedule_force(struct store *s, struct schedule *sched, int period, int64_t until,
	int64_t now, struct err *err)
{
	struct log_record record = { .at = now,
		.what = "schedule force",
		.subject = sched->name,
		.key = "forced",
		.before = forced_name(sched, now),
		.after = period < 0 ? NULL : period_name((enum period)period),
		.until = period < 0 ? 0 : until };
	bool same = record.before && record.after && !strcmp(record.before, record.after) &&
		until == sched->forced_until;

	sched->forced = period;
	sched->forced_since = now;
	sched->forced_until = until;
	if (store_schedule_write_forced(s, sched, err) < 0 ||
		(!same && (record.before || record.after) && store_log(s, &record, err) < 0))
		return -1;
	return changed(s, sched->id, now, err);
}

int follow_schedule_delete(
	struct store *s, const struct schedule *sched, int64_t now, struct err *err)
{
	struct edit edit = { "schedule delete", sched->name, &schedule_keys, sched, NULL,
		sizeof(*sched), NULL };
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
	return follow_record_edit(s, &edit, now, err);
}

/* Record that the schedule of a user or @group is another one. */
static int record_assign(struct store *s, const char *subject, const char *was,
	const struct schedule *sched, int64_t now, struct err *err)
{
	return follow_record(s, now, sched ? "schedule assign" : "schedule unassign", subject,
		"schedule", *was ? was : NULL, sched ? sched->name : NULL, err);
}

int follow_schedule_assign_user(struct store *s, const struct schedule *sched, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err)
{
	char name[NAME_MAX_LEN + 1], was[NAME_MAX_LEN + 1];

	if (store_schedule_of_user(s, user_id, was, err) < 0 ||
		store_schedule_assign_user(s, sched ? sched->id : 0, user_id, ret_changed, err) < 0)
		return -1;
	if (!*ret_changed)
		return 0;
	if (store_user_name(s, user_id, name, err) < 0 ||
		record_assign(s, name, was, sched, now, err) < 0 ||
		store_switch_forget_next(s, now, user_id, err) < 0)
		return -1;
	return follow_user(s, user_id, now, "schedule", err);
}

int follow_schedule_assign_group(struct store *s, const struct schedule *sched,
	const struct group *g, int64_t now, bool *ret_changed, struct err *err)
{
	char subject[GROUP_SUBJECT_SIZE];

	if (store_schedule_assign_group(s, sched ? sched->id : 0, g->id, ret_changed, err) < 0)
		return -1;
	if (!*ret_changed)
		return 0;
	follow_group_subject(g->name, subject);
	if (record_assign(s, subject, g->schedule, sched, now, err) < 0)
		return -1;
	return follow_group_changed(s, g->id, now, "schedule", err);
}

static int add_line(void *data, const char *name)
{
	strbuf_addf(data, "%s\n", name);
	return 0;
}

/* Record of all groups of the schedule that it is theirs no more. */
static int record_groups(
	struct store *s, const struct schedule *sched, int64_t now, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT;

	if (store_schedule_own_groups(s, sched->id, add_line, &names, err) < 0)
		return -1;
	for (char *rest = names.s, *name; (name = strsep(&rest, "\n")) && *name;) {
		char subject[GROUP_SUBJECT_SIZE];

		follow_group_subject(name, subject);
		if (record_assign(s, subject, sched->name, NULL, now, err) < 0)
			return -1;
	}
	return 0;
}

int follow_schedule_unassign_all(
	struct store *s, const struct schedule *sched, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 }, own = { 0 };

	if (store_schedule_user_ids(s, sched->id, &users, err) < 0 ||
		store_schedule_own_users(s, sched->id, &own, err) < 0 ||
		follow_record_members(
			s, &own, now, "schedule unassign", "schedule", sched->name, err) < 0 ||
		record_groups(s, sched, now, err) < 0 ||
		store_schedule_unassign(s, sched->id, ret_n, err) < 0 ||
		store_switch_forget_next_of(s, now, &users, err) < 0)
		return -1;
	return follow_users_later(s, &users, now, "schedule", err);
}
