/* Users. */
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/calendar/pattern.h"

#define MODE_NAME(column) "(SELECT name FROM mode WHERE id = u." column ")"
#define SELECT_USER                                                                                                                                                            \
	"SELECT u.id, u.name, u.extension, u.pbx, m.name, u.zone, u.mailbox, u.mobile,"                                                                                        \
	" (SELECT name FROM schedule WHERE id = u.schedule_id), " MODE_NAME("business_id") ", " MODE_NAME(                                                                     \
		"break_id") ", " MODE_NAME("outside_id") ", " MODE_NAME("holiday_id") ", (SELECT group_concat(name, ', ') FROM (SELECT c.name FROM user_calendar x"            \
										      " JOIN calendar c ON c.id = x.calendar_id WHERE x.user_id = u.id ORDER BY x.position))," \
										      " u.busy, u.oof, u.lead, u.lag, u.patterns FROM users u"                                 \
										      " LEFT JOIN mode m ON m.id = u.mode_id "

static void read_user(sqlite3_stmt *st, struct user *u)
{
	u->id = sqlite3_column_int64(st, 0);
	sql_copy(u->name, sizeof(u->name), st, 1);
	sql_copy(u->extension, sizeof(u->extension), st, 2);
	sql_copy(u->pbx, sizeof(u->pbx), st, 3);
	sql_copy(u->mode, sizeof(u->mode), st, 4);
	sql_copy(u->zone, sizeof(u->zone), st, 5);
	sql_copy(u->mailbox, sizeof(u->mailbox), st, 6);
	sql_copy(u->mobile, sizeof(u->mobile), st, 7);
	sql_copy(u->schedule, sizeof(u->schedule), st, 8);
	for (int i = 0; i < PERIOD_COUNT; i++)
		sql_copy(u->period_mode[i], sizeof(u->period_mode[i]), st, 9 + i);
	sql_copy(u->calendars, sizeof(u->calendars), st, 13);
	sql_copy(u->busy, sizeof(u->busy), st, 14);
	sql_copy(u->oof, sizeof(u->oof), st, 15);
	u->lead_min = sqlite3_column_int64(st, 16);
	u->lag_min = sqlite3_column_int64(st, 17);
	sql_copy(u->patterns, sizeof(u->patterns), st, 18);
	u->devices_n = 0;
}

static int read_devices(struct store *s, struct user *u, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT name, dial FROM device WHERE user_id = ? ORDER BY position", "i", u->id);
	int r = 0;

	if (!st)
		return -1;
	while (u->devices_n < DEVICES_MAX && (r = sql_row(s, st, err)) > 0) {
		struct device *d = &u->devices[u->devices_n++];

		sql_copy(d->name, sizeof(d->name), st, 0);
		sql_copy(d->dial, sizeof(d->dial), st, 1);
	}
	return r < 0 ? -1 : 0;
}

int store_user_find(struct store *s, const char *word, struct user *ret, struct err *err)
{
	SQL_STMT st = sql(s, err,
		SELECT_USER
		"WHERE u.name = ?1 OR u.extension = ?1 ORDER BY u.name = ?1 DESC LIMIT 2",
		"t", word);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return sql_not_found(s, err, "user", word,
			"SELECT name FROM users UNION ALL SELECT extension FROM users");
	read_user(st, ret);
	if (strcasecmp(ret->name, word) != 0 && (r = sql_row(s, st, err)) != 0) {
		if (r < 0)
			return -1;
		return err_set(err, ERR_USAGE,
			"extension %s is on two PBXs: %s on '%s' and %s on '%s'; say the name",
			word, ret->name, ret->pbx, sql_text(st, 1), sql_text(st, 3));
	}
	return read_devices(s, ret, err);
}

int store_user_named(struct store *s, const char *word, struct user *ret, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT id, name, extension, mailbox FROM users WHERE name = ?1 OR extension = ?1"
		" ORDER BY name = ?1 DESC LIMIT 1",
		"t", word);
	int r;

	*ret = (struct user){ 0 };
	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return 0;
	ret->id = sqlite3_column_int64(st, 0);
	sql_copy(ret->name, sizeof(ret->name), st, 1);
	sql_copy(ret->extension, sizeof(ret->extension), st, 2);
	sql_copy(ret->mailbox, sizeof(ret->mailbox), st, 3);
	return 0;
}

int store_extension_longest(struct store *s, size_t *ret, struct err *err)
{
	int64_t n;

	if (sql_number(s, err, 0, &n, "SELECT max(length(extension)) FROM users", "") < 0)
		return -1;
	*ret = (size_t)n;
	return 0;
}

int store_user_get(struct store *s, int64_t id, struct user *ret, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_USER "WHERE u.id = ?", "i", id);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no user with number %lld", (long long)id);
	read_user(st, ret);
	return read_devices(s, ret, err);
}

int store_user_each(
	struct store *s, int (*fn)(void *data, const struct user *u), void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_USER "ORDER BY u.name", "");
	struct user u = { 0 };
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		read_user(st, &u);
		if (read_devices(s, &u, err) < 0)
			return -1;
		if ((r = fn(data, &u)) != 0)
			return r;
	}
	return r;
}

int store_user_count(struct store *s, int64_t *ret, struct err *err)
{
	return sql_number(s, err, 0, ret, "SELECT count(*) FROM users", "");
}

/* A word names at most one user: an extension is unique on its PBX, and a name is no extension of another. */
static int check_free(struct store *s, const struct user *u, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT name, extension, pbx FROM users WHERE id <> ?1 AND"
		" (name IN (?2, ?3) OR extension = ?2 OR (extension = ?3 AND pbx = ?4)) LIMIT 1",
		"ittt", u->id, u->name, u->extension, u->pbx);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return 0;
	if (!strcasecmp(sql_text(st, 0), u->name))
		return err_set(err, ERR_USAGE, "there is a user '%s' already", u->name);
	if (!strcasecmp(sql_text(st, 0), u->extension))
		return err_set(
			err, ERR_USAGE, "extension %s is the name of another user", u->extension);
	if (!strcasecmp(sql_text(st, 1), u->name))
		return err_set(err, ERR_USAGE, "the name '%s' is the extension of user '%s'",
			u->name, sql_text(st, 0));
	return err_set(err, ERR_USAGE, "extension %s on PBX '%s' belongs to user '%s' already",
		u->extension, u->pbx, sql_text(st, 0));
}

static int save_devices(struct store *s, const struct user *u, struct err *err)
{
	if (sql_run(s, err, "DELETE FROM device WHERE user_id = ?", "i", u->id) < 0)
		return -1;
	for (size_t i = 0; i < u->devices_n; i++) {
		if (sql_run(s, err,
			    "INSERT INTO device (user_id, name, dial, position) VALUES (?, ?, ?, ?)",
			    "itti", u->id, u->devices[i].name, u->devices[i].dial, (int64_t)i) < 0)
			return -1;
	}
	return 0;
}

/* A mode by its proper name, so that deleting a mode finds it. */
static int name_mode(struct store *s, char name[NAME_MAX_LEN + 1], struct err *err)
{
	struct mode m;

	if (!*name || !strcasecmp(name, "none"))
		return 0;
	if (store_mode_find(s, name, &m, err) < 0)
		return -1;
	text_copy(name, NAME_MAX_LEN + 1, m.name);
	return 0;
}

static int name_modes(struct store *s, struct user *u, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct patterns p;

	if (name_mode(s, u->busy, err) < 0 || name_mode(s, u->oof, err) < 0 ||
		patterns_parse(u->patterns, &p, err) < 0)
		return -1;
	for (size_t i = 0; i < p.n; i++) {
		if (name_mode(s, p.list[i].mode, err) < 0)
			return -1;
	}
	patterns_print(&p, &text);
	if (text.len > PATTERNS_MAX_LEN)
		return err_set(
			err, ERR_USAGE, "patterns are longer than %d bytes", PATTERNS_MAX_LEN);
	text_copy(u->patterns, sizeof(u->patterns), text.s);
	return 0;
}

static int save_time(struct store *s, struct user *u, int64_t now, struct err *err)
{
	int64_t modes[PERIOD_COUNT];
	struct schedule h = { 0 };

	if ((*u->schedule && store_schedule_find(s, u->schedule, &h, err) < 0) ||
		store_period_modes(s, u->period_mode, modes, err) < 0 || name_modes(s, u, err) < 0)
		return -1;
	if (sql_run(s, err,
		    "UPDATE users SET schedule_id = ?, business_id = ?, break_id = ?, outside_id = ?,"
		    " holiday_id = ?, busy = ?, oof = ?, lead = ?, lag = ?, patterns = ? WHERE id = ?",
		    "nnnnnttiiti", h.id, modes[PERIOD_BUSINESS], modes[PERIOD_BREAK],
		    modes[PERIOD_OUTSIDE], modes[PERIOD_HOLIDAY], u->busy, u->oof, u->lead_min,
		    u->lag_min, u->patterns, u->id) < 0 ||
		sql_run(s, err, NEXT_ANEW "user_id = ?2", "ii", now, u->id) < 0)
		return -1;
	return store_calendar_link(s, "DELETE FROM user_calendar WHERE user_id = ?",
		"INSERT INTO user_calendar (user_id, calendar_id, position) VALUES (?, ?, ?)",
		u->id, u->calendars, err);
}

int follow_user_save(struct store *s, struct user *u, int64_t now, struct err *err)
{
	struct mode m = { 0 };
	bool is_new = u->id == 0;
	struct user was = *u;

	if (check_free(s, u, err) < 0 || (*u->mode && store_mode_find(s, u->mode, &m, err) < 0) ||
		(!is_new && store_user_get(s, u->id, &was, err) < 0))
		return -1;
	if (is_new) {
		if (sql_run(s, err,
			    "INSERT INTO users (name, extension, pbx, mode_id, zone, mailbox, mobile)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?)",
			    "tttnttt", u->name, u->extension, u->pbx, m.id, u->zone, u->mailbox,
			    u->mobile) < 0)
			return -1;
		u->id = sqlite3_last_insert_rowid(s->db->sqlite);
	} else if (
		sql_run(s, err,
			"UPDATE users SET name = ?, extension = ?, pbx = ?, mode_id = ?, zone = ?, mailbox = ?,"
			" mobile = ? WHERE id = ?",
			"tttnttti", u->name, u->extension, u->pbx, m.id, u->zone, u->mailbox,
			u->mobile, u->id) < 0) {
		return -1;
	}
	if (save_devices(s, u, err) < 0 || save_time(s, u, now, err) < 0 ||
		store_log(s, now, is_new ? "user add" : "user set", u->name, NULL, NULL, UNTIL_OPEN,
			NULL, err) < 0)
		return -1;
	if (follow_user_rules_check(s, u, err) < 0 || follow_member_check(s, u->id, err) < 0 ||
		follow_user_entries(s, u, err) < 0 ||
		((is_new || strcmp(was.extension, u->extension) != 0 ||
			 strcmp(was.pbx, u->pbx) != 0) &&
			follow_entries_naming(s, u, was.extension, err) < 0))
		return -1;
	return follow_user(s, u->id, now, is_new ? NULL : "user set", err);
}

int follow_user_delete(struct store *s, const struct user *u, int64_t now, struct err *err)
{
	if (follow_user_rules_unused(s, u, err) < 0 || follow_items_release(s, u->id, err) < 0 ||
		sql_run(s, err, "DELETE FROM users WHERE id = ?", "i", u->id) < 0)
		return -1;
	return store_log(s, now, "user delete", u->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}
