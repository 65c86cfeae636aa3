/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/log.h"

#include "lib/store/inside.h"

/* A time that was not said is NULL, as one that does not come is. */
static struct db_value said(int64_t at)
{
	return at ? O(at) : T(NULL);
}

int store_log(struct store *s, const struct log_record *r, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO log (at, via, uid, actor, what, subject, from_mode, to_mode, until, why, key, old, new,"
		" source, since) SELECT a, b, nullif(c, -1), d, e, f, g, h, i, j, k, l, m, n, o FROM rows",
		I(r->at), T(s->actor.via), I(s->actor.uid), T(s->actor.name), T(r->what),
		T(r->subject), T(r->from_mode), T(r->to_mode), said(r->until), E(r->why), T(r->key),
		T(r->before), T(r->after), T(r->source), said(r->since));
}

#define LOG_COLUMNS(C, AND)                                                                        \
	C(LOG_ID, "id")                                                                            \
	AND(LOG_AT, "at")                                                                          \
	AND(LOG_VIA, "via")                                                                        \
	AND(LOG_UID, "uid")                                                                        \
	AND(LOG_ACTOR, "actor")                                                                    \
	AND(LOG_WHAT, "what")                                                                      \
	AND(LOG_SUBJECT, "subject")                                                                \
	AND(LOG_KEY, "key")                                                                        \
	AND(LOG_OLD, "old")                                                                        \
	AND(LOG_NEW, "new")                                                                        \
	AND(LOG_FROM, "from_mode")                                                                 \
	AND(LOG_TO, "to_mode")                                                                     \
	AND(LOG_SOURCE, "source")                                                                  \
	AND(LOG_SINCE, "since")                                                                    \
	AND(LOG_UNTIL, "until")                                                                    \
	AND(LOG_WHY, "why")
enum { DB_ENUM(LOG_COLUMNS) };
#define NEWEST(where)                                                                              \
	"SELECT " DB_COLUMNS(LOG_COLUMNS) " FROM (SELECT * FROM log WHERE " where                  \
					  " ORDER BY id DESC LIMIT ?2) newest ORDER BY id"

/* The texts are lent until the next row. */
static struct log_record read_record(struct db_rows *rows)
{
	return (struct log_record){
		.id = db_int(rows, LOG_ID),
		.at = db_int(rows, LOG_AT),
		.via = db_text(rows, LOG_VIA),
		.uid = db_is_null(rows, LOG_UID) ? -1 : db_int(rows, LOG_UID),
		.actor = db_text_or_null(rows, LOG_ACTOR),
		.what = db_text_or_null(rows, LOG_WHAT),
		.subject = db_text_or_null(rows, LOG_SUBJECT),
		.key = db_text_or_null(rows, LOG_KEY),
		.before = db_text_or_null(rows, LOG_OLD),
		.after = db_text_or_null(rows, LOG_NEW),
		.from_mode = db_text_or_null(rows, LOG_FROM),
		.to_mode = db_text_or_null(rows, LOG_TO),
		.source = db_text_or_null(rows, LOG_SOURCE),
		.since = db_int(rows, LOG_SINCE),
		.until = db_until(rows, LOG_UNTIL),
		.why = db_text_or_null(rows, LOG_WHY),
	};
}

int store_log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = subject
		? db_query(s->db, err, NEWEST("subject_key = lower(?3) AND at >= ?1"), I(since),
			  I((int64_t)limit), T(subject))
		: db_query(s->db, err, NEWEST("at >= ?1"), I(since), I((int64_t)limit));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct log_record row = read_record(rows);

		if ((r = fn(data, &row)) != 0)
			return r;
	}
	return r;
}

int store_log_prune(struct store *s, int64_t before, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM log WHERE at < ?1", I(before)));
}
