/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - the rows of schedules: their texts, their calendars and their users. */
#ifndef STORE_SCHEDULE_H
#define STORE_SCHEDULE_H

#include "lib/presence/closures.h"
#include "lib/store/store.h"

/* Find a schedule by name. ERR_NOT_FOUND with did-you-mean. */
int store_schedule_find(
	struct store *s, const char *name, struct schedule *ret, struct err *err) MUST_CHECK;
int store_schedule_get(
	struct store *s, int64_t id, struct schedule *ret, struct err *err) MUST_CHECK;
/* Give all schedules, by name. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_schedule_each(struct store *s, int (*fn)(void *data, const struct schedule *sched),
	void *data, struct err *err);
/* Count the users of a schedule: it is their own, or a group of theirs has it and it counts for them. */
int store_schedule_users(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
/* Add these users. */
/* A user for whom a schedule counts. */
struct schedule_user {
	char name[NAME_MAX_LEN + 1], extension[EXTENSION_MAX_LEN + 1];
	char group[NAME_MAX_LEN + 1]; /* whose schedule it is; "": the user's own */
	char zone[ZONE_MAX_LEN + 1];
};
/* Give them all, by name. */
int store_schedule_each_user(struct store *s, int64_t id,
	int (*fn)(void *data, const struct schedule_user *u), void *data,
	struct err *err) MUST_CHECK;
int store_schedule_user_ids(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Count the users and the groups to whom a schedule is assigned. */
int store_schedule_assigned(struct store *s, int64_t id, int64_t *ret_users, int64_t *ret_groups,
	struct err *err) MUST_CHECK;
/* Calendars with holidays, and which of their events are: see closures.h. */
struct schedule_holidays {
	size_t n;
	int64_t calendar_id[CALENDARS_MAX];
	char pattern[CALENDARS_MAX][PATTERN_GLOB_MAX + 1];
};
/* *ret_hours is the calendar in hours=calendar:NAME, or 0. */
int store_schedule_calendars(struct store *s, int64_t id, int64_t *ret_hours,
	struct schedule_holidays *ret, struct err *err) MUST_CHECK;
/* Find the modes of the periods by name or alias. "" gives 0. */
int store_period_modes(struct store *s, char names[PERIOD_COUNT][NAME_MAX_LEN + 1],
	int64_t ret[PERIOD_COUNT], struct err *err) MUST_CHECK;

/* id 0 adds a schedule. ERR_USAGE if another one has the name. ERR_NOT_FOUND if there is no mode or calendar that it names. */
int store_schedule_write(struct store *s, struct schedule *sched, struct err *err) MUST_CHECK;
/* Write the period that is set by hand: forced, forced_since and forced_until. */
int store_schedule_write_forced(
	struct store *s, const struct schedule *sched, struct err *err) MUST_CHECK;
int store_schedule_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;

/* Assign a schedule to a user or a group. id 0 takes their schedule away. *ret_changed: whether anything has changed. */
int store_schedule_assign_user(struct store *s, int64_t id, int64_t user_id, bool *ret_changed,
	struct err *err) MUST_CHECK;
int store_schedule_assign_group(struct store *s, int64_t id, int64_t group_id, bool *ret_changed,
	struct err *err) MUST_CHECK;
/* The schedule that is assigned to a user, "" if none is. */
int store_schedule_of_user(
	struct store *s, int64_t user_id, char ret[NAME_MAX_LEN + 1], struct err *err) MUST_CHECK;
/* Add the users to whom a schedule is assigned, and give the groups, by name. */
int store_schedule_own_users(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
int store_schedule_own_groups(struct store *s, int64_t id, int (*fn)(void *data, const char *group),
	void *data, struct err *err);
/* Take a schedule away from all users and groups. *ret_n: from how many. */
int store_schedule_unassign(struct store *s, int64_t id, size_t *ret_n, struct err *err) MUST_CHECK;

/* Set the instant from which a schedule may say something else. */
int store_schedule_set_next_change(
	struct store *s, int64_t id, int64_t at, struct err *err) MUST_CHECK;
/* Add the schedules whose instant has come. */
int store_schedule_due(struct store *s, int64_t now, struct ids *ret, struct err *err) MUST_CHECK;
/* Make the schedules due that use a calendar. calendar_id 0: all schedules. */
int store_schedule_make_due(struct store *s, int64_t calendar_id, struct err *err) MUST_CHECK;

#endif
