/* schedule.h - schedules as rows: their texts, their calendars, and who is on them. */
#ifndef STORE_SCHEDULE_H
#define STORE_SCHEDULE_H

#include "lib/store/store.h"

int store_schedule_find(
	struct store *s, const char *name, struct schedule *ret, struct err *err) MUST_CHECK;
int store_schedule_get(
	struct store *s, int64_t id, struct schedule *ret, struct err *err) MUST_CHECK;
int store_schedule_each(struct store *s, int (*fn)(void *data, const struct schedule *sched),
	void *data, struct err *err);
/* How many users it counts for, of their own or by a group; who they are. */
int store_schedule_users(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
int store_schedule_user_ids(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Users and groups that it is assigned to. */
int store_schedule_assigned(struct store *s, int64_t id, int64_t *ret_users, int64_t *ret_groups,
	struct err *err) MUST_CHECK;
/* The calendar that hours=calendar:NAME names, 0 if none; and those of holidays. */
int store_schedule_calendars(struct store *s, int64_t id, int64_t *ret_hours,
	struct ids *ret_holidays, struct err *err) MUST_CHECK;
/* The IDs of period modes, 0 for "". */
int store_period_modes(struct store *s, char names[PERIOD_COUNT][NAME_MAX_LEN + 1],
	int64_t ret[PERIOD_COUNT], struct err *err) MUST_CHECK;

/* id 0 adds. ERR_USAGE if the name is taken, ERR_NOT_FOUND if it names a mode or a calendar that is not there. */
int store_schedule_write(struct store *s, struct schedule *sched, struct err *err) MUST_CHECK;
/* What is set by hand of it: forced, forced_since and forced_until. */
int store_schedule_write_forced(
	struct store *s, const struct schedule *sched, struct err *err) MUST_CHECK;
int store_schedule_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;

/* To a user or a group; schedule 0: none. *ret_changed: whether it was not so before. */
int store_schedule_assign_user(struct store *s, int64_t id, int64_t user_id, bool *ret_changed,
	struct err *err) MUST_CHECK;
int store_schedule_assign_group(struct store *s, int64_t id, int64_t group_id, bool *ret_changed,
	struct err *err) MUST_CHECK;
/* From all users and groups; *ret_n: of how many of them. */
int store_schedule_unassign(struct store *s, int64_t id, size_t *ret_n, struct err *err) MUST_CHECK;

/* When it says something else. Those whose time has come; those with a calendar (0: all) at once. */
int store_schedule_set_next_change(
	struct store *s, int64_t id, int64_t at, struct err *err) MUST_CHECK;
int store_schedule_due(struct store *s, int64_t now, struct ids *ret, struct err *err) MUST_CHECK;
int store_schedule_make_due(struct store *s, int64_t calendar_id, struct err *err) MUST_CHECK;

#endif
