/* Switches, and what is true for each user: every write that can change it ends in store_resolve_user(). */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/store-sql.h"
#include "lib/pure/resolve.h"

enum {
	SWITCHES_MAX = 64
}; /* of one user that have not ended; each ends later than the one above it */

struct subject {
	char name[NAME_MAX_LEN + 1], extension[EXTENSION_MAX_LEN + 1], pbx[NAME_MAX_LEN + 1];
	int64_t default_mode_id;
	bool has_default;
	bool has_presence; /* then `was` is what holds until now */
	struct presence was;
	char reason[128];
};

static int read_subject(struct store *s, int64_t user_id, struct subject *ret, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT u.name, u.extension, u.pbx, u.mode_id, p.mode_id, p.note, p.source, p.since,"
		" p.next_change_at, p.reason, (SELECT id FROM mode WHERE name = 'available')"
		" FROM user u LEFT JOIN presence p ON p.user_id = u.id WHERE u.id = ?",
		"i", user_id);
	int r, source;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no user with number %lld", (long long)user_id);
	*ret = (struct subject){ 0 };
	sql_copy(ret->name, sizeof(ret->name), st, 0);
	sql_copy(ret->extension, sizeof(ret->extension), st, 1);
	sql_copy(ret->pbx, sizeof(ret->pbx), st, 2);
	ret->has_default = sqlite3_column_type(st, 3) != SQLITE_NULL;
	ret->default_mode_id = sqlite3_column_int64(st, ret->has_default ? 3 : 10);
	ret->has_presence = sqlite3_column_type(st, 4) != SQLITE_NULL;
	ret->was.mode_id = sqlite3_column_int64(st, 4);
	sql_copy(ret->was.note, sizeof(ret->was.note), st, 5);
	source = source_parse(sql_text(st, 6));
	ret->was.source = source < 0 ? SOURCE_DEFAULT : (enum source)source;
	ret->was.since = sqlite3_column_int64(st, 7);
	ret->was.next_change_at = sql_until(st, 8);
	sql_copy(ret->reason, sizeof(ret->reason), st, 9);
	return 0;
}

struct switches {
	size_t n;
	struct manual list[SWITCHES_MAX];
	char giver[SWITCHES_MAX][64];
};

static int read_switches(struct store *s, int64_t user_id, struct switches *ret, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT id, mode_id, since, until, note, giver FROM switch WHERE user_id = ? ORDER BY id DESC",
		"i", user_id);
	int r = 0;

	ret->n = 0;
	if (!st)
		return -1;
	while (ret->n < SWITCHES_MAX && (r = sql_row(s, st, err)) > 0) {
		struct manual *m = &ret->list[ret->n];

		*m = (struct manual){
			.id = sqlite3_column_int64(st, 0),
			.mode_id = sqlite3_column_int64(st, 1),
			.since = sqlite3_column_int64(st, 2),
			.until = sql_until(st, 3),
		};
		sql_copy(m->note, sizeof(m->note), st, 4);
		sql_copy(ret->giver[ret->n], sizeof(ret->giver[0]), st, 5);
		ret->n++;
	}
	return r < 0 ? -1 : 0;
}

static int save_presence(struct store *s, int64_t user_id, const struct presence *p,
	const char *reason, struct err *err)
{
	return sql_run(s, err,
		"INSERT INTO presence (user_id, mode_id, note, source, reason, since, next_change_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (user_id) DO UPDATE SET"
		" mode_id = ?2, note = ?3, source = ?4, reason = ?5, since = ?6, next_change_at = ?7",
		"iitttio", user_id, p->mode_id, p->note, source_name(p->source), reason, p->since,
		p->next_change_at);
}

/* The log tells switches always, and everything else when the mode changes by it. */
static int log_change(struct store *s, const struct subject *u, const struct presence *now,
	int64_t at, const char *what, struct err *err)
{
	bool changed = u->has_presence && u->was.mode_id != now->mode_id;
	struct mode from = { 0 }, to;

	if (!what || (!changed && strcmp(what, "set") != 0 && strcmp(what, "clear") != 0))
		return 0;
	if ((u->has_presence && store_mode_get(s, u->was.mode_id, &from, err) < 0) ||
		store_mode_get(s, now->mode_id, &to, err) < 0)
		return -1;
	return store_log(s, at, what, u->name, *from.name ? from.name : NULL, to.name,
		now->next_change_at, now->note, err);
}

int store_resolve_user(
	struct store *s, int64_t user_id, int64_t now, const char *what, struct err *err)
{
	struct switches switches;
	struct subject u;
	struct verdict v;
	struct presence p;
	struct mode mode;
	char reason[128];

	if (read_subject(s, user_id, &u, err) < 0 || read_switches(s, user_id, &switches, err) < 0)
		return -1;
	resolve(
		&(struct resolve_input){
			.manuals = switches.list,
			.manuals_n = switches.n,
			.default_mode_id = u.default_mode_id,
		},
		now, &v);
	if (store_mode_get(s, v.mode_id, &mode, err) < 0)
		return -1;
	p = (struct presence){
		.mode_id = v.mode_id,
		.source = v.source,
		.since = u.has_presence && u.was.mode_id == v.mode_id && u.was.source == v.source
			? u.was.since
			: now,
		.next_change_at = v.next_change_at,
	};
	text_copy(p.note, sizeof(p.note), v.manual && *v.manual->note ? v.manual->note : mode.note);
	if (v.manual) {
		const char *giver = switches.giver[v.manual - switches.list];

		snprintf(reason, sizeof(reason), "switched%s%s", *giver ? " by " : "", giver);
		p.since = v.manual->since;
	} else {
		snprintf(reason, sizeof(reason), "%s",
			u.has_default ? "the user's default mode" : "nothing set");
	}
	if (sql_run(s, err, "DELETE FROM switch WHERE user_id = ? AND until <= ?", "ii", user_id,
		    now) < 0)
		return -1;
	if ((!u.has_presence || p.mode_id != u.was.mode_id || p.source != u.was.source ||
		    p.since != u.was.since || p.next_change_at != u.was.next_change_at ||
		    strcmp(p.note, u.was.note) != 0 || strcmp(reason, u.reason) != 0) &&
		save_presence(s, user_id, &p, reason, err) < 0)
		return -1;
	if (log_change(s, &u, &p, now, what, err) < 0)
		return -1;
	return store_item_refresh(s, user_id, u.pbx, u.extension, &mode, p.note, err);
}

int store_resolve_users(struct store *s, int64_t now, const char *what, const char *text,
	int64_t arg, size_t *ret_n, struct err *err)
{
	_cleanup_(who_done) struct who who = { 0 };
	sqlite3_stmt *st = sql(s, err, text, "i", arg);

	if (!st || who_collect(s, st, &who, err) < 0)
		return -1;
	sqlite3_reset(st);
	for (size_t i = 0; i < who.n; i++) {
		if (store_resolve_user(s, who.ids[i], now, what, err) < 0)
			return -1;
	}
	if (ret_n)
		*ret_n = who.n;
	return 0;
}

int store_switch(struct store *s, int64_t user_id, const struct mode *mode, const char *note,
	int64_t until, int64_t now, struct err *err)
{
	if (sql_run(s, err, "DELETE FROM switch WHERE user_id = ?1 AND coalesce(until, ?3) <= ?2",
		    "iii", user_id, until, UNTIL_OPEN) < 0 ||
		sql_run(s, err,
			"INSERT INTO switch (user_id, mode_id, note, since, until, giver) VALUES (?, ?, ?, ?, ?, ?)",
			"iitiot", user_id, mode->id, note, now, until, s->actor.name) < 0)
		return -1;
	return store_resolve_user(s, user_id, now, "set", err);
}

int store_clear(struct store *s, int64_t user_id, int64_t now, size_t *ret_n, struct err *err)
{
	if (sql_run(s, err, "DELETE FROM switch WHERE user_id = ?", "i", user_id) < 0)
		return -1;
	*ret_n = (size_t)sqlite3_changes(s->db);
	if (!*ret_n)
		return 0;
	return store_resolve_user(s, user_id, now, "clear", err);
}

int store_next_change(struct store *s, int64_t *ret, struct err *err)
{
	return sql_number(s, err, UNTIL_OPEN, ret,
		"SELECT min(next_change_at) FROM presence WHERE next_change_at IS NOT NULL", "");
}

int store_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	int64_t due;

	*ret_n = 0;
	if (store_next_change(s, &due, err) < 0)
		return -1;
	if (due > now)
		return 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_resolve_users(s, now, "expire",
		    "SELECT user_id FROM presence WHERE next_change_at <= ?", now, ret_n, err) < 0)
		return -1;
	return store_commit(s, err);
}

/* Whether all is confirmed and what was refused: for one user by its own items, for all users by the few rows
 * that differ. */
#define SELECT_STATUS(confirmed, refused)                                                          \
	"SELECT u.id, u.name, u.extension, u.pbx, m.name, m.label, m.type, p.note, p.source,"      \
	" p.reason, p.since, p.next_change_at, " confirmed ", " refused                            \
	" FROM user u JOIN presence p ON p.user_id = u.id JOIN mode m ON m.id = p.mode_id "
#define DIFFERS "wanted IS NOT confirmed AND error IS NULL"
#define ERROR   "(SELECT error FROM item WHERE user_id = u.id AND error IS NOT NULL LIMIT 1)"
#define STATUS_ALL                                                                                 \
	SELECT_STATUS("u.id NOT IN (SELECT user_id FROM item WHERE " DIFFERS                       \
		      " AND user_id IS NOT NULL)",                                                 \
		"CASE WHEN u.id IN (SELECT user_id FROM item WHERE error IS NOT NULL) THEN " ERROR \
		" END")                                                                            \
	"ORDER BY u.name"
#define STATUS_ONE                                                                                 \
	SELECT_STATUS(                                                                             \
		"NOT EXISTS (SELECT 1 FROM item WHERE user_id = u.id AND " DIFFERS ")", ERROR)     \
	"WHERE u.id = ?"

static int give_status(struct store *s, sqlite3_stmt *st,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err)
{
	int r;

	while ((r = sql_row(s, st, err)) > 0) {
		struct status row = {
			.user_id = sqlite3_column_int64(st, 0),
			.user = sql_text(st, 1),
			.extension = sql_text(st, 2),
			.pbx = sql_text(st, 3),
			.mode = sql_text(st, 4),
			.label = sql_text(st, 5),
			.type = sql_text(st, 6),
			.note = sql_text(st, 7),
			.source = sql_text(st, 8),
			.reason = sql_text(st, 9),
			.since = sqlite3_column_int64(st, 10),
			.until = sql_until(st, 11),
			.confirmed = sqlite3_column_int(st, 12),
			.error = (const char *)sqlite3_column_text(st, 13),
		};

		if ((r = fn(data, &row)) != 0)
			return r;
	}
	return r;
}

int store_status_each(struct store *s, const struct who *who,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err)
{
	SQL_STMT all = NULL;

	if (!who) {
		all = sql(s, err, STATUS_ALL, "");
		return all ? give_status(s, all, fn, data, err) : -1;
	}
	for (size_t i = 0; i < who->n; i++) {
		SQL_STMT st = sql(s, err, STATUS_ONE, "i", who->ids[i]);
		int r;

		if (!st)
			return -1;
		if ((r = give_status(s, st, fn, data, err)) != 0)
			return r;
	}
	return 0;
}
