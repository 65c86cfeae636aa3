/* Schedules: their texts, and who is on them. */
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/presence/schedule.h"

#define MODE_NAME(column) "(SELECT name FROM mode WHERE id = h." column ")"
#define SELECT_SCHEDULE                                                                                                                                                        \
	"SELECT h.id, h.name, h.zone, h.hours, h.breaks, h.special, h.holidays, " MODE_NAME("business_id") ", " MODE_NAME(                                                     \
		"break_id") ", " MODE_NAME("outside_id") ", " MODE_NAME("holiday_id") ", h.forced, h.forced_since, h.forced_until,"                                            \
										      " (SELECT group_concat(name, ', ') FROM (SELECT c.name FROM schedule_calendar x"         \
										      " JOIN calendar c ON c.id = x.calendar_id WHERE x.schedule_id = h.id AND x.position > 0" \
										      " ORDER BY x.position)) FROM schedule h "

static void read_schedule(sqlite3_stmt *st, struct schedule *h)
{
	*h = (struct schedule){ .id = sqlite3_column_int64(st, 0) };
	sql_copy(h->name, sizeof(h->name), st, 1);
	sql_copy(h->zone, sizeof(h->zone), st, 2);
	sql_copy(h->hours, sizeof(h->hours), st, 3);
	sql_copy(h->breaks, sizeof(h->breaks), st, 4);
	sql_copy(h->special, sizeof(h->special), st, 5);
	sql_copy(h->holidays, sizeof(h->holidays), st, 6);
	for (int i = 0; i < PERIOD_COUNT; i++)
		sql_copy(h->period_mode[i], sizeof(h->period_mode[i]), st, 7 + i);
	h->forced = period_parse(sql_text(st, 11));
	h->forced_since = sqlite3_column_int64(st, 12);
	h->forced_until = sql_until(st, 13);
	sql_copy(h->calendars, sizeof(h->calendars), st, 14);
}

int store_schedule_find(struct store *s, const char *name, struct schedule *ret, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_SCHEDULE "WHERE h.name = ?", "t", name);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return sql_not_found(s, err, "schedule", name, "SELECT name FROM schedule");
	read_schedule(st, ret);
	return 0;
}

int store_schedule_get(struct store *s, int64_t id, struct schedule *ret, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_SCHEDULE "WHERE h.id = ?", "i", id);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no schedule with number %lld", (long long)id);
	read_schedule(st, ret);
	return 0;
}

int store_schedule_each(struct store *s, int (*fn)(void *data, const struct schedule *h),
	void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_SCHEDULE "ORDER BY h.name", "");
	struct schedule h;
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		read_schedule(st, &h);
		if ((r = fn(data, &h)) != 0)
			return r;
	}
	return r;
}

int store_schedule_users(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	return sql_number(s, err, 0, ret,
		"SELECT (SELECT count(*) FROM users WHERE schedule_id = ?1) + (SELECT count(*) FROM on_schedule WHERE"
		" schedule_id = ?1 AND user_id IN (SELECT m.user_id FROM group_member m JOIN user_group g ON g.id = m.group_id"
		" WHERE g.schedule_id = ?1) AND user_id NOT IN (SELECT id FROM users WHERE schedule_id = ?1))",
		"i", id);
}

static int changed(struct store *s, int64_t id, int64_t now, const char *what, struct err *err)
{
	follow_forget(s);
	if (sql_run(s, err,
		    NEXT_ANEW "user_id IN (SELECT user_id FROM on_schedule WHERE schedule_id = ?2)",
		    "ii", now, id) < 0)
		return -1;
	if (follow_hours_refresh(s, id, now, err) < 0)
		return -1;
	return follow_users(s, now, what, "SELECT user_id FROM on_schedule WHERE schedule_id = ?",
		id, NULL, err);
}

int store_calendar_link(struct store *s, const char *remove, const char *insert, int64_t id,
	const char *names, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(names);
	char *rest = copy, *name;
	int64_t position = 1;

	if (sql_run(s, err, remove, "i", id) < 0)
		return -1;
	while ((name = strsep(&rest, ", "))) {
		struct calendar_info c;

		if (!*name)
			continue;
		if (store_calendar_find(s, name, &c, NULL, err) < 0 ||
			sql_run(s, err, insert, "iii", id, c.id, position++) < 0)
			return -1;
	}
	return 0;
}

static int link_calendars(struct store *s, const struct schedule *h, struct err *err)
{
	const char *hours = schedule_hours_calendar(h->hours);
	struct calendar_info c;

	if (store_calendar_link(s, "DELETE FROM schedule_calendar WHERE schedule_id = ?",
		    "INSERT INTO schedule_calendar (schedule_id, calendar_id, position) VALUES (?, ?, ?)",
		    h->id, h->calendars, err) < 0)
		return -1;
	if (!hours)
		return 0;
	if (store_calendar_find(s, hours, &c, NULL, err) < 0)
		return -1;
	return sql_run(s, err,
		"INSERT INTO schedule_calendar (schedule_id, calendar_id, position) VALUES (?, ?, 0)",
		"ii", h->id, c.id);
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

int follow_schedule_save(struct store *s, struct schedule *h, int64_t now, struct err *err)
{
	int64_t modes[PERIOD_COUNT], other;
	bool is_new = h->id == 0;

	if (sql_number(s, err, 0, &other, "SELECT id FROM schedule WHERE name = ? AND id <> ?",
		    "ti", h->name, h->id) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a schedule '%s' already", h->name);
	if (store_period_modes(s, h->period_mode, modes, err) < 0)
		return -1;
	if (is_new) {
		if (sql_run(s, err,
			    "INSERT INTO schedule (name, zone, hours, breaks, special, holidays)"
			    " VALUES (?, '', '', '', '', '')",
			    "t", h->name) < 0)
			return -1;
		h->id = sqlite3_last_insert_rowid(s->db->sqlite);
	}
	if (sql_run(s, err,
		    "UPDATE schedule SET zone = ?, hours = ?, breaks = ?, special = ?, holidays = ?,"
		    " business_id = ?, break_id = ?, outside_id = ?, holiday_id = ? WHERE id = ?",
		    "tttttnnnni", h->zone, h->hours, h->breaks, h->special, h->holidays,
		    modes[PERIOD_BUSINESS], modes[PERIOD_BREAK], modes[PERIOD_OUTSIDE],
		    modes[PERIOD_HOLIDAY], h->id) < 0 ||
		link_calendars(s, h, err) < 0 ||
		store_log(s, now, is_new ? "schedule add" : "schedule set", h->name, NULL, NULL,
			UNTIL_OPEN, NULL, err) < 0)
		return -1;
	return is_new ? follow_hours_refresh(s, h->id, now, err)
		      : changed(s, h->id, now, "schedule", err);
}

int follow_schedule_force(struct store *s, struct schedule *h, int period, int64_t until,
	int64_t now, struct err *err)
{
	h->forced = period;
	h->forced_since = now;
	h->forced_until = until;
	if (sql_run(s, err,
		    "UPDATE schedule SET forced = ?2, forced_since = ?3, forced_until = ?4 WHERE id = ?1",
		    "itio", h->id, period < 0 ? NULL : period_name((enum period)period), now,
		    until) < 0 ||
		store_log(s, now, "schedule force", h->name, NULL, NULL, until,
			period < 0 ? "no period" : period_name((enum period)period), err) < 0)
		return -1;
	return changed(s, h->id, now, "schedule", err);
}

int follow_schedule_delete(struct store *s, const struct schedule *h, int64_t now, struct err *err)
{
	int64_t users, groups;

	if (sql_number(s, err, 0, &users, "SELECT count(*) FROM users WHERE schedule_id = ?", "i",
		    h->id) < 0 ||
		sql_number(s, err, 0, &groups,
			"SELECT count(*) FROM user_group WHERE schedule_id = ?", "i", h->id) < 0)
		return -1;
	if (users || groups)
		return err_set(err, ERR_FAILED,
			"schedule '%s' is assigned to %lld user%s and %lld group%s; 'schedule unassign %s' first",
			h->name, (long long)users, users == 1 ? "" : "s", (long long)groups,
			groups == 1 ? "" : "s", h->name);
	if (follow_hours_release(s, h->name, err) < 0 ||
		sql_run(s, err, "DELETE FROM schedule WHERE id = ?", "i", h->id) < 0)
		return -1;
	follow_forget(s);
	return store_log(s, now, "schedule delete", h->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_schedule_assign_user(struct store *s, const struct schedule *h, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err)
{
	if (sql_run(s, err,
		    "UPDATE users SET schedule_id = ?2 WHERE id = ?1 AND schedule_id IS NOT ?2",
		    "in", user_id, h ? h->id : 0) < 0)
		return -1;
	*ret_changed = sqlite3_changes(s->db->sqlite) > 0;
	if (!*ret_changed)
		return 0;
	if (sql_run(s, err, NEXT_ANEW "user_id = ?2", "ii", now, user_id) < 0)
		return -1;
	return follow_user(s, user_id, now, "schedule", err);
}

int follow_schedule_assign_group(struct store *s, const struct schedule *h, const struct group *g,
	int64_t now, bool *ret_changed, struct err *err)
{
	if (sql_run(s, err,
		    "UPDATE user_group SET schedule_id = ?2 WHERE id = ?1 AND schedule_id IS NOT ?2",
		    "in", g->id, h ? h->id : 0) < 0)
		return -1;
	*ret_changed = sqlite3_changes(s->db->sqlite) > 0;
	if (!*ret_changed)
		return 0;
	return follow_group_changed(s, g->id, now, "schedule", err);
}

int follow_schedule_unassign_all(
	struct store *s, const struct schedule *h, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	sqlite3_stmt *st =
		sql(s, err, "SELECT user_id FROM on_schedule WHERE schedule_id = ?", "i", h->id);

	if (!st || ids_collect(s, st, &who, err) < 0)
		return -1;
	sqlite3_reset(st);
	if (sql_run(s, err, "UPDATE users SET schedule_id = NULL WHERE schedule_id = ?", "i",
		    h->id) < 0)
		return -1;
	*ret_n = (size_t)sqlite3_changes(s->db->sqlite);
	if (sql_run(s, err, "UPDATE user_group SET schedule_id = NULL WHERE schedule_id = ?", "i",
		    h->id) < 0)
		return -1;
	*ret_n += (size_t)sqlite3_changes(s->db->sqlite);
	for (size_t i = 0; i < who.n; i++) {
		if (sql_run(s, err, NEXT_ANEW "user_id = ?2", "ii", now, who.ids[i]) < 0 ||
			follow_user(s, who.ids[i], now, "schedule", err) < 0)
			return -1;
	}
	return 0;
}
