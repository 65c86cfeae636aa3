/* Switches, and what is true for each user: every write that can change it ends in store_resolve_user(). */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/ladder.h"
#include "lib/presence/note.h"

enum { CHECKPOINT_PAGES = 1000 }; /* SQLite's own */

static int save_presence(struct store *s, const struct subject *u, const struct presence *p,
	const char *reason, int64_t now, struct err *err)
{
	return sql_later(s, err,
		"INSERT INTO presence (user_id, mode_id, note, source, reason, since, next_change_at,"
		" until, looked_at) SELECT a, b, c, d, e, f, g, h, i FROM rows WHERE true"
		" ON CONFLICT (user_id) DO UPDATE SET mode_id = excluded.mode_id, note = excluded.note,"
		" source = excluded.source, reason = excluded.reason, since = excluded.since,"
		" next_change_at = excluded.next_change_at, until = excluded.until,"
		" looked_at = excluded.looked_at",
		"iitttiooi", u->id, p->mode_id, p->note, source_name(p->source), reason, p->since,
		p->next_change_at, p->until, now);
}

/* The log tells switches always, and everything else when the mode changes by it. */
static int log_change(struct store *s, const struct subject *u, const struct presence *now,
	const char *reason, int64_t at, const char *what, struct err *err)
{
	bool by_hand = what && (!strcmp(what, "set") || !strcmp(what, "clear"));
	bool changed = u->has_presence && u->was.mode_id != now->mode_id;
	struct mode from = { 0 }, to;

	if (!what || (!changed && !by_hand))
		return 0;
	if ((u->has_presence && store_mode_get(s, u->was.mode_id, &from, err) < 0) ||
		store_mode_get(s, now->mode_id, &to, err) < 0)
		return -1;
	return store_log(s, at, what, u->name, *from.name ? from.name : NULL, to.name, now->until,
		by_hand ? now->note : reason, err);
}

static int decide(
	struct store *s, const struct subject *u, int64_t now, struct ruling *ret, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	struct verdict v;

	if (ladder_decide(s, u, now, now, &l, &v, err) < 0 ||
		store_mode_get(s, v.winner.mode_id, &ret->mode, err) < 0)
		return -1;
	ret->now = (struct presence){
		.mode_id = v.winner.mode_id,
		.source = v.winner.source,
		.since = v.since,
		.until = v.until,
		.next_change_at = v.next_change_at,
	};
	ret->began = v.began;
	text_copy(ret->ask, sizeof(ret->ask),
		v.winner.mode_switch ? v.winner.mode_switch->forward_to : "");
	note_fill(v.winner.mode_switch && *v.winner.mode_switch->note ? v.winner.mode_switch->note
								      : ret->mode.note,
		v.until, l.zone, now, ret->now.note);
	rung_reason(&v.winner, l.schedule, l.has_default, ret->reason);
	return 0;
}

static bool is_same(const struct subject *u, const struct presence *p, const char *reason)
{
	const struct presence *was = &u->was;

	return u->has_presence && p->mode_id == was->mode_id && p->source == was->source &&
		p->since == was->since && p->next_change_at == was->next_change_at &&
		p->until == was->until && !strcmp(p->note, was->note) && !strcmp(reason, u->reason);
}

static int resolve_subject(
	struct store *s, const struct subject *u, int64_t now, const char *what, struct err *err)
{
	const struct ruling *r = memory_ruling(s, u, now);
	struct ruling own;
	struct presence p;

	if (!r) {
		if (decide(s, u, now, &own, err) < 0)
			return -1;
		memory_rule(s, u, now, &own);
		r = &own;
	}
	p = r->now;
	if (u->has_presence && u->was.mode_id == p.mode_id && !r->began && u->was.since <= now)
		p.since = u->was.since; /* it goes on */
	if (u->has_switches &&
		sql_run(s, err, "DELETE FROM switch WHERE user_id = ? AND until <= ?", "ii", u->id,
			now) < 0)
		return -1;
	if (!is_same(u, &p, r->reason) && save_presence(s, u, &p, r->reason, now, err) < 0)
		return -1;
	if (log_change(s, u, &p, r->reason, now, what, err) < 0)
		return -1;
	return store_item_refresh(s, u->id, u->pbx, u->extension, &r->mode, p.note, r->ask, err);
}

int store_resolve_user(
	struct store *s, int64_t user_id, int64_t now, const char *what, struct err *err)
{
	struct subject u;

	if (subject_read(s, user_id, &u, err) < 0)
		return -1;
	return resolve_subject(s, &u, now, what, err);
}

static int resolve_many(struct store *s, const int64_t *ids, size_t n, int64_t now,
	const char *what, struct err *err)
{
	SQL_STMT st = subjects(s, ids, n, err);
	int r = 0;

	while (st && r == 0 && (r = sql_row(s, st, err)) > 0) {
		struct subject u;

		subject_get(st, &u);
		r = resolve_subject(s, &u, now, what, err);
	}
	return st ? r : -1;
}

int store_resolve_users(struct store *s, int64_t now, const char *what, const char *text,
	int64_t arg, size_t *ret_n, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	sqlite3_stmt *st = sql(s, err, text, "i", arg);

	if (!st || ids_collect(s, st, &who, err) < 0)
		return -1;
	sqlite3_reset(st);
	sql_put_off(s);
	for (size_t i = 0, n; i < who.n; i += n) {
		n = who.n - i < ROWS_MAX ? who.n - i : ROWS_MAX;
		if (resolve_many(s, who.ids + i, n, now, what, err) < 0)
			return -1;
	}
	if (sql_catch_up(s, err) < 0)
		return -1;
	if (ret_n)
		*ret_n = who.n;
	return 0;
}

/* Where `next` ends for a user, UNTIL_OPEN if it never comes or is not in sight. */
static int next_start(struct store *s, int64_t user_id, int64_t now, int64_t *ret, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };

	if (store_ladder_window(s, user_id, now, now, now + LADDER_BACK_S, &l, err) < 0)
		return -1;
	*ret = l.in.segments ? segments_next_start(l.in.segments, now) : UNTIL_OPEN;
	return 0;
}

int store_switch(struct store *s, int64_t user_id, const struct switch_request *request,
	int64_t now, bool *ret_ends, struct err *err)
{
	int64_t at = request->until.kind == UNTIL_TIME ? request->until.at : UNTIL_OPEN;

	if (request->until.kind == UNTIL_NEXT && next_start(s, user_id, now, &at, err) < 0)
		return -1;
	if (sql_run(s, err, "DELETE FROM switch WHERE user_id = ?1 AND coalesce(until, ?3) <= ?2",
		    "iii", user_id, at, UNTIL_OPEN) < 0 ||
		sql_run(s, err,
			"INSERT INTO switch (user_id, mode_id, note, since, until, giver, until_next, forward_to)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			"iitiotit", user_id, request->mode->id, request->note, now, at,
			s->actor.name, (int64_t)(request->until.kind == UNTIL_NEXT),
			request->forward_to) < 0)
		return -1;
	*ret_ends = at != UNTIL_OPEN;
	if (store_resolve_user(s, user_id, now, "set", err) < 0)
		return -1;
	return store_item_say_again(s, user_id, err);
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
		"SELECT min(at) FROM (SELECT min(next_change_at) AS at FROM presence WHERE next_change_at IS NOT"
		" NULL UNION ALL SELECT min(next_change_at) FROM schedule)",
		"");
}

int store_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	int64_t due;
	int r;

	*ret_n = 0;
	if (store_next_change(s, &due, err) < 0)
		return -1;
	if (due > now)
		return 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_resolve_users(s, now, "follow",
		    "SELECT user_id FROM presence WHERE next_change_at <= ?", now, ret_n,
		    err) < 0 ||
		store_override_expire(s, now, err) < 0 || store_hours_tick(s, now, err) < 0)
		return -1;
	/* The next commit moves the log into the database: now the PBX is waiting. */
	sqlite3_wal_autocheckpoint(s->db, 0);
	r = store_commit(s, err);
	sqlite3_wal_autocheckpoint(s->db, CHECKPOINT_PAGES);
	return r;
}

int store_look_again(struct store *s, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_hours_soon(s, 0, err) < 0 || store_hours_tick(s, now, err) < 0)
		return -1;
	if (sql_run(s, err, NEXT_ANEW "since <= ?1", "i", now) < 0 ||
		store_resolve_users(s, now, "follow",
			"SELECT user_id FROM presence WHERE next_change_at IS NOT NULL OR looked_at > ?",
			now, ret_n, err) < 0)
		return -1;
	return store_commit(s, err);
}

int store_is_ahead(struct store *s, int64_t now, bool *ret, struct err *err)
{
	int64_t n;

	if (sql_number(s, err, 0, &n, "SELECT EXISTS (SELECT 1 FROM presence WHERE looked_at > ?)",
		    "i", now) < 0)
		return -1;
	*ret = n;
	return 0;
}

/* Whether all is confirmed and what was refused: for one user by its own items, for all users by the few rows
 * that differ. */
#define SELECT_STATUS(confirmed, refused)                                                          \
	"SELECT u.id, u.name, u.extension, u.pbx, m.name, m.label, m.type, p.note, p.source,"      \
	" p.reason, p.since, p.until, " confirmed ", " refused                                     \
	" FROM user u JOIN presence p ON p.user_id = u.id JOIN mode m ON m.id = p.mode_id "
#define DIFFERS "wanted IS NOT confirmed AND error IS NULL AND put_off IS NOT wanted"
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

int store_status_each(struct store *s, const struct ids *who,
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
