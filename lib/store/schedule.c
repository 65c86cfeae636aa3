/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/schedule.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/presence/schedule.h"
#include "lib/store/calendar.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"
#include "lib/store/mode.h"

#define MODE_NAME(column) "(SELECT name FROM mode WHERE id = sched." column ")"
#define SCHEDULE_COLUMNS(C, AND)                                                                   \
	C(SCHEDULE_ID, "sched.id")                                                                 \
	AND(SCHEDULE_NAME, "sched.name")                                                           \
	AND(SCHEDULE_ZONE, "sched.zone")                                                           \
	AND(SCHEDULE_HOURS, "sched.hours")                                                         \
	AND(SCHEDULE_BREAKS, "sched.breaks")                                                       \
	AND(SCHEDULE_SPECIAL, "sched.special")                                                     \
	AND(SCHEDULE_HOLIDAYS, "sched.holidays")                                                   \
	AND(SCHEDULE_BUSINESS, MODE_NAME("business_id"))                                           \
	AND(SCHEDULE_BREAK, MODE_NAME("break_id"))                                                 \
	AND(SCHEDULE_OUTSIDE, MODE_NAME("outside_id"))                                             \
	AND(SCHEDULE_HOLIDAY, MODE_NAME("holiday_id"))                                             \
	AND(SCHEDULE_FORCED, "sched.forced")                                                       \
	AND(SCHEDULE_FORCED_SINCE, "sched.forced_since")                                           \
	AND(SCHEDULE_FORCED_UNTIL, "sched.forced_until")                                           \
	AND(SCHEDULE_BEFORE_HOLIDAY, "sched.before_holiday")
enum { DB_ENUM(SCHEDULE_COLUMNS) };
_Static_assert(
	SCHEDULE_BUSINESS + PERIOD_HOLIDAY == SCHEDULE_HOLIDAY, "in the order of enum period");
#define SELECT_SCHEDULE "SELECT " DB_COLUMNS(SCHEDULE_COLUMNS) " FROM schedule sched "

/* Read the calendars with holidays: "a, b:\"Public*\"". What is too much was written by another program, and is left out. */
static int read_calendars(struct store *s, struct schedule *sched, struct err *err)
{
	enum { NAME, PATTERN };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT c.name, x.pattern FROM schedule_calendar x JOIN calendar c ON c.id = x.calendar_id"
		" WHERE x.schedule_id = ?1 AND x.position > 0 ORDER BY x.position",
		I(sched->id));
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct closures c = { 0 };
	int r;

	while ((r = db_next(rows, err)) > 0 && c.n < CALENDARS_MAX) {
		struct closure *x = &c.list[c.n++];

		db_copy(rows, NAME, x->calendar, sizeof(x->calendar));
		db_copy(rows, PATTERN, x->pattern, sizeof(x->pattern));
	}
	closures_print(&c, &text);
	text_copy(sched->calendars, sizeof(sched->calendars), text.s);
	return r < 0 ? -1 : 0;
}

static int read_schedule(
	struct store *s, struct db_rows *rows, struct schedule *sched, struct err *err)
{
	*sched = (struct schedule){ .id = db_int(rows, SCHEDULE_ID) };
	db_copy(rows, SCHEDULE_NAME, sched->name, sizeof(sched->name));
	db_copy(rows, SCHEDULE_ZONE, sched->zone, sizeof(sched->zone));
	db_copy(rows, SCHEDULE_HOURS, sched->hours, sizeof(sched->hours));
	db_copy(rows, SCHEDULE_BREAKS, sched->breaks, sizeof(sched->breaks));
	db_copy(rows, SCHEDULE_SPECIAL, sched->special, sizeof(sched->special));
	db_copy(rows, SCHEDULE_HOLIDAYS, sched->holidays, sizeof(sched->holidays));
	db_copy(rows, SCHEDULE_BEFORE_HOLIDAY, sched->before_holiday,
		sizeof(sched->before_holiday));
	for (int i = 0; i < PERIOD_COUNT; i++)
		db_copy(rows, SCHEDULE_BUSINESS + i, sched->period_mode[i],
			sizeof(sched->period_mode[i]));
	sched->forced = period_parse(db_text(rows, SCHEDULE_FORCED));
	sched->forced_since = db_instant(rows, SCHEDULE_FORCED_SINCE);
	sched->forced_until = db_until(rows, SCHEDULE_FORCED_UNTIL);
	return read_calendars(s, sched, err);
}

int store_schedule_find(struct store *s, const char *name, struct schedule *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_SCHEDULE "WHERE sched.name_key = lower(?1)", T(name));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return store_not_found(
			err, "schedule", name, db_query(s->db, NULL, "SELECT name FROM schedule"));
	return read_schedule(s, rows, ret, err);
}

int store_schedule_get(struct store *s, int64_t id, struct schedule *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_SCHEDULE "WHERE sched.id = ?1", I(id));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no schedule with number %lld", (long long)id);
	return read_schedule(s, rows, ret, err);
}

int store_schedule_each(struct store *s, int (*fn)(void *data, const struct schedule *sched),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_SCHEDULE "ORDER BY sched.name_key");
	struct schedule sched;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		if (read_schedule(s, rows, &sched, err) < 0)
			return -1;
		if ((r = fn(data, &sched)) != 0)
			return r;
	}
	return r;
}

int store_schedule_users(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret,
		"SELECT (SELECT count(*) FROM users WHERE schedule_id = ?1) +"
		" (SELECT count(*) FROM on_schedule WHERE schedule_id = ?1 AND user_id IN"
		" (SELECT m.user_id FROM group_member m JOIN user_group g ON g.id = m.group_id"
		" WHERE g.schedule_id = ?1) AND user_id NOT IN"
		" (SELECT id FROM users WHERE schedule_id = ?1))",
		I(id));
}

int store_schedule_each_user(struct store *s, int64_t id,
	int (*fn)(void *data, const struct schedule_user *u), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT u.name, u.extension, CASE WHEN u.schedule_id IS NULL THEN (SELECT g.name"
		" FROM user_group g JOIN group_member m ON m.group_id = g.id"
		" WHERE m.user_id = u.id AND g.schedule_id = ?1 ORDER BY g.name_key LIMIT 1) END,"
		" u.zone FROM on_schedule o JOIN users u ON u.id = o.user_id"
		" WHERE o.schedule_id = ?1 ORDER BY u.name_key",
		I(id));
	struct schedule_user u;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		db_copy(rows, 0, u.name, sizeof(u.name));
		db_copy(rows, 1, u.extension, sizeof(u.extension));
		db_copy(rows, 2, u.group, sizeof(u.group));
		db_copy(rows, 3, u.zone, sizeof(u.zone));
		if ((r = fn(data, &u)) != 0)
			return r;
	}
	return r;
}

int store_schedule_user_ids(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT user_id FROM on_schedule WHERE schedule_id = ?1",
			I(id)),
		ret, err);
}

int store_schedule_assigned(
	struct store *s, int64_t id, int64_t *ret_users, int64_t *ret_groups, struct err *err)
{
	if (db_number(s->db, err, 0, ret_users, "SELECT count(*) FROM users WHERE schedule_id = ?1",
		    I(id)) < 0)
		return -1;
	return db_number(s->db, err, 0, ret_groups,
		"SELECT count(*) FROM user_group WHERE schedule_id = ?1", I(id));
}

int store_schedule_calendars(struct store *s, int64_t id, int64_t *ret_hours,
	struct schedule_holidays *ret, struct err *err)
{
	enum { CALENDAR, PATTERN };
	_cleanup_(db_donep) struct db_rows *rows = NULL;
	int r;

	ret->n = 0;
	if (db_number(s->db, err, 0, ret_hours,
		    "SELECT calendar_id FROM schedule_calendar WHERE schedule_id = ?1 AND position = 0",
		    I(id)) < 0)
		return -1;
	rows = db_query(s->db, err,
		"SELECT calendar_id, pattern FROM schedule_calendar WHERE schedule_id = ?1"
		" AND position > 0 ORDER BY position",
		I(id));
	while ((r = db_next(rows, err)) > 0 && ret->n < CALENDARS_MAX) {
		ret->calendar_id[ret->n] = db_int(rows, CALENDAR);
		db_copy(rows, PATTERN, ret->pattern[ret->n], sizeof(ret->pattern[ret->n]));
		ret->n++;
	}
	return r < 0 ? -1 : 0;
}

int store_period_modes(struct store *s, char names[PERIOD_COUNT][NAME_MAX_LEN + 1],
	int64_t ret[PERIOD_COUNT], struct err *err)
{
	for (int i = 0; i < PERIOD_COUNT; i++) {
		struct mode m = { 0 };

		if (*names[i] && store_mode_find(s, names[i], &m, err) < 0)
			return -1;
		ret[i] = m.id;
	}
	return 0;
}

static int write_calendar(
	struct store *s, int64_t id, const struct closure *c, int64_t position, struct err *err)
{
	struct calendar_info info;

	if (store_calendar_find(s, c->calendar, &info, NULL, err) < 0)
		return -1;
	return written(db_run(s->db, err,
		"INSERT INTO schedule_calendar (schedule_id, calendar_id, position, pattern)"
		" VALUES (?1, ?2, ?3, ?4)",
		I(id), I(info.id), I(position), T(c->pattern)));
}

/* The calendar with the hours has position 0. The calendars with holidays have positions from 1 on. */
static int write_calendars(struct store *s, const struct schedule *sched, struct err *err)
{
	const char *hours = schedule_hours_calendar(sched->hours);
	struct closure open = { .pattern = "" };
	struct closures holidays;

	if (closures_parse(sched->calendars, &holidays, err) < 0 ||
		db_run(s->db, err, "DELETE FROM schedule_calendar WHERE schedule_id = ?1",
			I(sched->id)) < 0)
		return -1;
	for (size_t i = 0; i < holidays.n; i++) {
		if (write_calendar(s, sched->id, &holidays.list[i], (int64_t)i + 1, err) < 0)
			return -1;
	}
	if (!hours)
		return 0;
	text_copy(open.calendar, sizeof(open.calendar), hours);
	return write_calendar(s, sched->id, &open, 0, err);
}

int store_schedule_write(struct store *s, struct schedule *sched, struct err *err)
{
	int64_t modes[PERIOD_COUNT], other;

	if (db_number(s->db, err, 0, &other,
		    "SELECT id FROM schedule WHERE name_key = lower(?1) AND id <> ?2",
		    T(sched->name), I(sched->id)) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a schedule '%s' already", sched->name);
	if (store_period_modes(s, sched->period_mode, modes, err) < 0)
		return -1;
	if (!sched->id &&
		db_number(s->db, err, 0, &sched->id,
			"INSERT INTO schedule (name, zone, hours, breaks, special, holidays)"
			" VALUES (?1, '', '', '', '', '') RETURNING id",
			T(sched->name)) < 0)
		return -1;
	if (db_run(s->db, err,
		    "UPDATE schedule SET zone = ?1, hours = ?2, breaks = ?3, special = ?4, holidays = ?5,"
		    " business_id = ?6, break_id = ?7, outside_id = ?8, holiday_id = ?9, before_holiday = ?11"
		    " WHERE id = ?10",
		    T(sched->zone), T(sched->hours), T(sched->breaks), T(sched->special),
		    T(sched->holidays), N(modes[PERIOD_BUSINESS]), N(modes[PERIOD_BREAK]),
		    N(modes[PERIOD_OUTSIDE]), N(modes[PERIOD_HOLIDAY]), I(sched->id),
		    T(sched->before_holiday)) < 0)
		return -1;
	return write_calendars(s, sched, err);
}

int store_schedule_write_forced(struct store *s, const struct schedule *sched, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE schedule SET forced = ?2, forced_since = ?3, forced_until = ?4 WHERE id = ?1",
		I(sched->id), T(sched->forced < 0 ? NULL : period_name((enum period)sched->forced)),
		I(sched->forced_since), O(sched->forced_until)));
}

int store_schedule_delete(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM schedule WHERE id = ?1", I(id)));
}

int store_schedule_assign_user(
	struct store *s, int64_t id, int64_t user_id, bool *ret_changed, struct err *err)
{
	int64_t n = db_run(s->db, err,
		"UPDATE users SET schedule_id = ?2 WHERE id = ?1 AND schedule_id IS DISTINCT FROM ?2",
		I(user_id), N(id));

	*ret_changed = n > 0;
	return written(n);
}

int store_schedule_assign_group(
	struct store *s, int64_t id, int64_t group_id, bool *ret_changed, struct err *err)
{
	int64_t n = db_run(s->db, err,
		"UPDATE user_group SET schedule_id = ?2 WHERE id = ?1 AND schedule_id IS DISTINCT FROM ?2",
		I(group_id), N(id));

	*ret_changed = n > 0;
	return written(n);
}

int store_schedule_of_user(
	struct store *s, int64_t user_id, char ret[NAME_MAX_LEN + 1], struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT s.name FROM users u JOIN schedule s ON s.id = u.schedule_id WHERE u.id = ?1",
		I(user_id));
	int r = db_next(rows, err);

	*ret = '\0';
	if (r > 0)
		db_copy(rows, 0, ret, NAME_MAX_LEN + 1);
	return r < 0 ? -1 : 0;
}

int store_schedule_own_users(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT id FROM users WHERE schedule_id = ?1 ORDER BY name_key", I(id)),
		ret, err);
}

int store_schedule_own_groups(struct store *s, int64_t id, int (*fn)(void *data, const char *group),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT name FROM user_group WHERE schedule_id = ?1 ORDER BY name_key", I(id));

	return store_each_text(rows, fn, data, err);
}

int store_schedule_unassign(struct store *s, int64_t id, size_t *ret_n, struct err *err)
{
	int64_t users, groups;

	users = db_run(
		s->db, err, "UPDATE users SET schedule_id = NULL WHERE schedule_id = ?1", I(id));
	if (users < 0)
		return -1;
	groups = db_run(s->db, err,
		"UPDATE user_group SET schedule_id = NULL WHERE schedule_id = ?1", I(id));
	if (groups < 0)
		return -1;
	*ret_n = (size_t)(users + groups);
	return 0;
}

int store_schedule_set_next_change(struct store *s, int64_t id, int64_t at, struct err *err)
{
	return written(db_run(
		s->db, err, "UPDATE schedule SET next_change_at = ?2 WHERE id = ?1", I(id), I(at)));
}

int store_schedule_due(struct store *s, int64_t now, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT id FROM schedule WHERE next_change_at <= ?1", I(now)),
		ret, err);
}

int store_schedule_make_due(struct store *s, int64_t calendar_id, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE schedule SET next_change_at = 0 WHERE ?1 = 0 OR id IN"
		" (SELECT schedule_id FROM schedule_calendar WHERE calendar_id = ?1)",
		I(calendar_id)));
}
