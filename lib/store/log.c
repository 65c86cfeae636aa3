/* The log, and how presenced gets on with each PBX. */
#include <string.h>

#include "lib/store/sql.h"

int store_log(struct store *s, int64_t at, const char *what, const char *subject,
	const char *from_mode, const char *to_mode, int64_t until, const char *why, struct err *err)
{
	return sql_later(s, err,
		"INSERT INTO log (at, via, uid, actor, what, subject, from_mode, to_mode, until, why)"
		" SELECT a, b, nullif(c, -1), d, e, f, g, h, i, j FROM rows",
		"ititttttot", at, s->actor.via, s->actor.uid, s->actor.name, what, subject,
		from_mode, to_mode, until, why && *why ? why : NULL);
}

int store_log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err)
{
	SQL_STMT st = subject
		? sql(s, err,
			  "SELECT at, via, uid, actor, what, subject, from_mode, to_mode, until, why FROM"
			  " (SELECT * FROM log WHERE subject = ?3 COLLATE NOCASE AND at >= ?1 ORDER BY id DESC LIMIT ?2)"
			  " ORDER BY id",
			  "iit", since, (int64_t)limit, subject)
		: sql(s, err,
			  "SELECT at, via, uid, actor, what, subject, from_mode, to_mode, until, why FROM"
			  " (SELECT * FROM log WHERE at >= ?1 ORDER BY id DESC LIMIT ?2) ORDER BY id",
			  "ii", since, (int64_t)limit);
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		const char *text[10];
		struct log_record row;

		for (int i = 0; i < 10; i++)
			text[i] = (const char *)sqlite3_column_text(st, i);
		row = (struct log_record){
			.at = sqlite3_column_int64(st, 0),
			.via = sql_text(st, 1),
			.uid = text[2] ? sqlite3_column_int64(st, 2) : -1,
			.actor = text[3],
			.what = text[4],
			.subject = text[5],
			.from_mode = text[6],
			.to_mode = text[7],
			.until = sql_until(st, 8),
			.why = text[9],
		};
		if ((r = fn(data, &row)) != 0)
			return r;
	}
	return r;
}

int store_log_prune(struct store *s, int64_t before, struct err *err)
{
	return sql_run(s, err, "DELETE FROM log WHERE at < ?", "i", before);
}

int store_pbx_get(struct store *s, const char *pbx, struct pbx_state *ret, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT state, error, version, since FROM pbx_state WHERE pbx = ?", "t", pbx);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	*ret = (struct pbx_state){ 0 };
	if (r) {
		sql_copy(ret->state, sizeof(ret->state), st, 0);
		sql_copy(ret->error, sizeof(ret->error), st, 1);
		sql_copy(ret->version, sizeof(ret->version), st, 2);
		ret->since = sqlite3_column_int64(st, 3);
	}
	return 0;
}

int store_pbx_set(struct store *s, const char *pbx, const struct pbx_state *state, struct err *err)
{
	return sql_run(s, err,
		"INSERT INTO pbx_state (pbx, state, error, version, since) VALUES (?, ?, nullif(?, ''), nullif(?, ''), ?)"
		" ON CONFLICT (pbx) DO UPDATE SET state = excluded.state, error = excluded.error,"
		" version = excluded.version, since = excluded.since",
		"tttti", pbx, state->state, state->error, state->version, state->since);
}
