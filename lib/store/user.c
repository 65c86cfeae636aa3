/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/user.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calendar/pattern.h"
#include "lib/store/calendar.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"
#include "lib/store/mode.h"
#include "lib/store/schedule.h"

/* Finding users. */

#define FOUND_COLUMNS(C, AND)                                                                      \
	C(FOUND_ID, "id")                                                                          \
	AND(FOUND_NAME, "name")                                                                    \
	AND(FOUND_EXTENSION, "extension")                                                          \
	AND(FOUND_PBX, "pbx")                                                                      \
	AND(FOUND_MAILBOX, "mailbox")
enum { DB_ENUM(FOUND_COLUMNS) };
#define SELECT_FOUND                                                                               \
	"SELECT " DB_COLUMNS(                                                                      \
		FOUND_COLUMNS) " FROM users"                                                       \
			       " WHERE name_key = lower(?1) OR extension_key = lower(?1) "

static void read_found(struct db_rows *rows, struct user *ret)
{
	ret->id = db_int(rows, FOUND_ID);
	db_copy(rows, FOUND_NAME, ret->name, sizeof(ret->name));
	db_copy(rows, FOUND_EXTENSION, ret->extension, sizeof(ret->extension));
	db_copy(rows, FOUND_PBX, ret->pbx, sizeof(ret->pbx));
	db_copy(rows, FOUND_MAILBOX, ret->mailbox, sizeof(ret->mailbox));
}

int store_user_find_id(struct store *s, const char *word, int64_t *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(
		s->db, err, SELECT_FOUND "ORDER BY name_key = lower(?1) DESC LIMIT 2", T(word));
	struct user first = { 0 };
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return store_not_found(err, "user", word,
			db_query(s->db, err,
				"SELECT name FROM users UNION ALL SELECT extension FROM users"));
	read_found(rows, &first);
	*ret = first.id;
	if (!strcasecmp(first.name, word) || (r = db_next(rows, err)) == 0)
		return 0;
	if (r < 0)
		return -1;
	return err_set(err, ERR_USAGE,
		"extension %s is on two PBXs: %s on '%s' and %s on '%s'; say the name", word,
		first.name, first.pbx, db_text(rows, FOUND_NAME), db_text(rows, FOUND_PBX));
}

int store_user_find(struct store *s, const char *word, struct user *ret, struct err *err)
{
	int64_t id;

	return store_user_find_id(s, word, &id, err) < 0 ? -1 : store_user_get(s, id, ret, err);
}

int store_user_named(struct store *s, const char *word, struct user *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(
		s->db, err, SELECT_FOUND "ORDER BY name_key = lower(?1) DESC LIMIT 1", T(word));
	int r = db_next(rows, err);

	*ret = (struct user){ 0 };
	if (r > 0)
		read_found(rows, ret);
	return r < 0 ? -1 : 0;
}

int store_user_near(
	struct store *s, const char *word, const char *pbx, struct user *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		SELECT_FOUND "ORDER BY name_key = lower(?1) DESC, pbx_key = lower(?2) DESC LIMIT 1",
		T(word), T(pbx));
	int r = db_next(rows, err);

	*ret = (struct user){ 0 };
	if (r > 0)
		read_found(rows, ret);
	return r < 0 ? -1 : 0;
}

int store_user_ids(struct store *s, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT id FROM users ORDER BY name_key"), ret, err);
}

int store_user_mode(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	return db_number(
		s->db, err, 0, ret, "SELECT mode_id FROM presence WHERE user_id = ?1", I(id));
}

int store_user_count(struct store *s, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret, "SELECT count(*) FROM users");
}

int store_extension_longest(struct store *s, size_t *ret, struct err *err)
{
	int64_t n;

	if (db_number(s->db, err, 0, &n, "SELECT max(length(extension)) FROM users") < 0)
		return -1;
	*ret = (size_t)n;
	return 0;
}

int store_user_pbxs(
	struct store *s, int (*fn)(void *data, const char *pbx), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, "SELECT DISTINCT pbx_key FROM users");

	return store_each_text(rows, fn, data, err);
}

/* All of a user. */

#define MODE_NAME(column) "(SELECT name FROM mode WHERE id = u." column ")"
#define USER_COLUMNS(C, AND)                                                                       \
	C(USER_ID, "u.id")                                                                         \
	AND(USER_NAME, "u.name")                                                                   \
	AND(USER_EXTENSION, "u.extension")                                                         \
	AND(USER_PBX, "u.pbx")                                                                     \
	AND(USER_MODE, MODE_NAME("mode_id"))                                                       \
	AND(USER_ZONE, "u.zone")                                                                   \
	AND(USER_MAILBOX, "u.mailbox")                                                             \
	AND(USER_MOBILE, "u.mobile")                                                               \
	AND(USER_SCHEDULE, "(SELECT name FROM schedule WHERE id = u.schedule_id)")                 \
	AND(USER_BUSINESS, MODE_NAME("business_id"))                                               \
	AND(USER_BREAK, MODE_NAME("break_id"))                                                     \
	AND(USER_OUTSIDE, MODE_NAME("outside_id"))                                                 \
	AND(USER_HOLIDAY, MODE_NAME("holiday_id"))                                                 \
	AND(USER_BUSY, "u.busy")                                                                   \
	AND(USER_OOF, "u.oof")                                                                     \
	AND(USER_LEAD, "u.lead")                                                                   \
	AND(USER_LAG, "u.lag")                                                                     \
	AND(USER_PATTERNS, "u.patterns")
enum { DB_ENUM(USER_COLUMNS) };
_Static_assert(USER_BUSINESS + PERIOD_HOLIDAY == USER_HOLIDAY, "in the order of enum period");
#define SELECT_USER "SELECT " DB_COLUMNS(USER_COLUMNS) " FROM users u "

static void read_user(struct db_rows *rows, struct user *u)
{
	*u = (struct user){ .id = db_int(rows, USER_ID) };
	db_copy(rows, USER_NAME, u->name, sizeof(u->name));
	db_copy(rows, USER_EXTENSION, u->extension, sizeof(u->extension));
	db_copy(rows, USER_PBX, u->pbx, sizeof(u->pbx));
	db_copy(rows, USER_MODE, u->mode, sizeof(u->mode));
	db_copy(rows, USER_ZONE, u->zone, sizeof(u->zone));
	db_copy(rows, USER_MAILBOX, u->mailbox, sizeof(u->mailbox));
	db_copy(rows, USER_MOBILE, u->mobile, sizeof(u->mobile));
	db_copy(rows, USER_SCHEDULE, u->schedule, sizeof(u->schedule));
	for (int i = 0; i < PERIOD_COUNT; i++)
		db_copy(rows, USER_BUSINESS + i, u->period_mode[i], sizeof(u->period_mode[i]));
	db_copy(rows, USER_BUSY, u->busy, sizeof(u->busy));
	db_copy(rows, USER_OOF, u->oof, sizeof(u->oof));
	u->lead_min = db_within(rows, USER_LEAD, 0, LEAD_MAX_MIN);
	u->lag_min = db_within(rows, USER_LAG, 0, LEAD_MAX_MIN);
	db_copy(rows, USER_PATTERNS, u->patterns, sizeof(u->patterns));
}

#define DEVICE_COLUMNS(C, AND)                                                                     \
	C(DEVICE_NAME, "name")                                                                     \
	AND(DEVICE_DIAL, "dial")
enum { DB_ENUM(DEVICE_COLUMNS) };

static int read_devices(struct store *s, struct user *u, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			DEVICE_COLUMNS) " FROM device WHERE user_id = ?1 ORDER BY position",
		I(u->id));
	int r = rows ? 0 : -1;

	while (u->devices_n < DEVICES_MAX && (r = db_next(rows, err)) > 0) {
		struct device *d = &u->devices[u->devices_n++];

		db_copy(rows, DEVICE_NAME, d->name, sizeof(d->name));
		db_copy(rows, DEVICE_DIAL, d->dial, sizeof(d->dial));
	}
	return r < 0 ? -1 : 0;
}

/* Read the names of the user's calendars: "a, b". A list that does not fit is cut: another program wrote it. */
static int read_calendars(struct store *s, struct user *u, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT c.name FROM user_calendar x JOIN calendar c ON c.id = x.calendar_id"
		" WHERE x.user_id = ?1 ORDER BY x.position",
		I(u->id));
	size_t n = 0;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		if (n < sizeof(u->calendars))
			n += (size_t)snprintf(u->calendars + n, sizeof(u->calendars) - n, "%s%s",
				n ? ", " : "", db_text(rows, 0));
	}
	return r;
}

static int read_lists(struct store *s, struct user *u, struct err *err)
{
	return read_devices(s, u, err) < 0 ? -1 : read_calendars(s, u, err);
}

int store_user_get(struct store *s, int64_t id, struct user *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_USER "WHERE u.id = ?1", I(id));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no user with number %lld", (long long)id);
	read_user(rows, ret);
	return read_lists(s, ret, err);
}

int store_user_name(struct store *s, int64_t id, char ret[NAME_MAX_LEN + 1], struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, "SELECT name FROM users WHERE id = ?1", I(id));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no user with number %lld", (long long)id);
	db_copy(rows, 0, ret, NAME_MAX_LEN + 1);
	return 0;
}

int store_user_each(
	struct store *s, int (*fn)(void *data, const struct user *u), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_USER "ORDER BY u.name_key");
	struct user u;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		read_user(rows, &u);
		if (read_lists(s, &u, err) < 0)
			return -1;
		if ((r = fn(data, &u)) != 0)
			return r;
	}
	return r;
}

/* Writing. */

/* A PBX has each extension once. No user has the name or the extension of another as their name. */
static int check_free(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			FOUND_COLUMNS) " FROM users WHERE id <> ?1 AND"
				       " (name_key IN (lower(?2), lower(?3)) OR extension_key = lower(?2)"
				       " OR (extension_key = lower(?3) AND pbx_key = lower(?4))) LIMIT 1",
		I(u->id), T(u->name), T(u->extension), T(u->pbx));
	struct user other = { 0 };
	int r = db_next(rows, err);

	if (r <= 0)
		return r;
	read_found(rows, &other);
	if (!strcasecmp(other.name, u->name))
		return err_set(err, ERR_USAGE, "there is a user '%s' already", u->name);
	if (!strcasecmp(other.name, u->extension))
		return err_set(
			err, ERR_USAGE, "extension %s is the name of another user", u->extension);
	if (!strcasecmp(other.extension, u->name))
		return err_set(err, ERR_USAGE, "the name '%s' is the extension of user '%s'",
			u->name, other.name);
	return err_set(err, ERR_USAGE, "extension %s on PBX '%s' belongs to user '%s' already",
		u->extension, u->pbx, other.name);
}

static int write_devices(struct store *s, const struct user *u, struct err *err)
{
	if (db_run(s->db, err, "DELETE FROM device WHERE user_id = ?1", I(u->id)) < 0)
		return -1;
	for (size_t i = 0; i < u->devices_n; i++) {
		if (db_run(s->db, err,
			    "INSERT INTO device (user_id, name, dial, position) VALUES (?1, ?2, ?3, ?4)",
			    I(u->id), T(u->devices[i].name), T(u->devices[i].dial),
			    I((int64_t)i)) < 0)
			return -1;
	}
	return 0;
}

static int write_calendars(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(u->calendars);
	char *rest = copy, *name;
	int64_t position = 1;

	if (db_run(s->db, err, "DELETE FROM user_calendar WHERE user_id = ?1", I(u->id)) < 0)
		return -1;
	while ((name = strsep(&rest, ", "))) {
		struct calendar_info c;

		if (!*name)
			continue;
		if (store_calendar_find(s, name, &c, NULL, err) < 0 ||
			db_run(s->db, err,
				"INSERT INTO user_calendar (user_id, calendar_id, position) VALUES (?1, ?2, ?3)",
				I(u->id), I(c.id), I(position++)) < 0)
			return -1;
	}
	return 0;
}

/* Write the mode's name instead of its alias, so that store_mode_uses() and store_mode_replace() find it. */
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

static int write_time(struct store *s, struct user *u, struct err *err)
{
	int64_t modes[PERIOD_COUNT];
	struct schedule sched = { 0 };

	if ((*u->schedule && store_schedule_find(s, u->schedule, &sched, err) < 0) ||
		store_period_modes(s, u->period_mode, modes, err) < 0 || name_modes(s, u, err) < 0)
		return -1;
	if (db_run(s->db, err,
		    "UPDATE users SET schedule_id = ?2, business_id = ?3, break_id = ?4, outside_id = ?5,"
		    " holiday_id = ?6, busy = ?7, oof = ?8, lead = ?9, lag = ?10, patterns = ?11"
		    " WHERE id = ?1",
		    I(u->id), N(sched.id), N(modes[PERIOD_BUSINESS]), N(modes[PERIOD_BREAK]),
		    N(modes[PERIOD_OUTSIDE]), N(modes[PERIOD_HOLIDAY]), T(u->busy), T(u->oof),
		    I(u->lead_min), I(u->lag_min), T(u->patterns)) < 0)
		return -1;
	return write_calendars(s, u, err);
}

static int write_row(struct store *s, struct user *u, struct err *err)
{
	struct mode m = { 0 };

	if (*u->mode && store_mode_find(s, u->mode, &m, err) < 0)
		return -1;
	if (!u->id)
		return db_number(s->db, err, 0, &u->id,
			"INSERT INTO users (name, extension, pbx, mode_id, zone, mailbox, mobile)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
			T(u->name), T(u->extension), T(u->pbx), N(m.id), T(u->zone), T(u->mailbox),
			T(u->mobile));
	return written(db_run(s->db, err,
		"UPDATE users SET name = ?2, extension = ?3, pbx = ?4, mode_id = ?5, zone = ?6,"
		" mailbox = ?7, mobile = ?8 WHERE id = ?1",
		I(u->id), T(u->name), T(u->extension), T(u->pbx), N(m.id), T(u->zone),
		T(u->mailbox), T(u->mobile)));
}

int store_user_write(struct store *s, struct user *u, struct err *err)
{
	if (check_free(s, u, err) < 0 || write_row(s, u, err) < 0 || write_devices(s, u, err) < 0)
		return -1;
	return write_time(s, u, err);
}

int store_user_delete(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM users WHERE id = ?1", I(id)));
}
