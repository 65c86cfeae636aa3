/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - what follows when schedules change. */
#ifndef FOLLOW_SCHEDULE_H
#define FOLLOW_SCHEDULE_H

#include "lib/store/group.h"

/* id 0 adds a schedule. Its users are resolved. ERR_USAGE if another schedule has the name. */
int follow_schedule_save(
	struct store *s, struct schedule *sched, int64_t now, struct err *err) MUST_CHECK;
/* Set the period by hand until `until`. period -1 ends that. */
int follow_schedule_force(struct store *s, struct schedule *sched, int period, int64_t until,
	int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is assigned to users or groups. */
int follow_schedule_delete(
	struct store *s, const struct schedule *sched, int64_t now, struct err *err) MUST_CHECK;
/* Assign a schedule to a user or a group. sched NULL takes their schedule away. *ret_changed: whether anything has changed. */
int follow_schedule_assign_user(struct store *s, const struct schedule *sched, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int follow_schedule_assign_group(struct store *s, const struct schedule *sched,
	const struct group *g, int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
/* Take a schedule away from all users and groups. *ret_n: from how many. */
int follow_schedule_unassign_all(struct store *s, const struct schedule *sched, int64_t now,
	size_t *ret_n, struct err *err) MUST_CHECK;

#endif
