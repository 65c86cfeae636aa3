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
		" source, since, user_id) SELECT a, b, nullif(c, -1), d, e, f, g, h, i, j, k, l, m, n, o, p FROM rows",
		I(r->at), T(s->actor.via), I(s->actor.uid), T(s->actor.name), T(r->what),
		T(r->subject), T(r->from_mode), T(r->to_mode), said(r->until), E(r->why), T(r->key),
		T(r->before), T(r->after), T(r->source), said(r->since), N(r->user_id));
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
	AND(LOG_WHY, "why")                                                                        \
	AND(LOG_USER_ID, "user_id")
enum { DB_ENUM(LOG_COLUMNS) };
#define SELECT_LOG                                                                                 \
	"SELECT " DB_COLUMNS(                                                                      \
		LOG_COLUMNS) " FROM log WHERE id > ?1 AND id < ?2 AND at >= ?3 AND at < ?4"
#define ABOUT " AND subject_key = lower(?6)"

/* The texts are lent until the next row. */
static struct log_record read_record(struct db_rows *rows)
{
	return (struct log_record){
		.id = db_int(rows, LOG_ID),
		.at = db_instant(rows, LOG_AT),
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
		.user_id = db_int(rows, LOG_USER_ID),
	};
}

static struct db_rows *select_page(struct store *s, const struct log_page *p, struct err *err)
{
	struct db_value after = I(p->after_id), before = I(p->before_id ? p->before_id : INT64_MAX);
	struct db_value since = I(p->since ? p->since : INT64_MIN);
	struct db_value end = I(p->before ? p->before : INT64_MAX), about = T(p->subject);
	struct db_value max = I(p->max ? (int64_t)p->max : INT64_MAX);

	if (p->subject && p->newest_first)
		return db_query(s->db, err, SELECT_LOG ABOUT " ORDER BY id DESC LIMIT ?5", after,
			before, since, end, max, about);
	if (p->subject)
		return db_query(s->db, err, SELECT_LOG ABOUT " ORDER BY id LIMIT ?5", after, before,
			since, end, max, about);
	if (p->newest_first)
		return db_query(s->db, err, SELECT_LOG " ORDER BY id DESC LIMIT ?5", after, before,
			since, end, max);
	return db_query(
		s->db, err, SELECT_LOG " ORDER BY id LIMIT ?5", after, before, since, end, max);
}

static int give_records(struct db_rows *rows, int (*fn)(void *data, const struct log_record *row),
	void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct log_record row = read_record(rows);

		if ((r = fn(data, &row)) != 0)
			break;
	}
	db_done(rows);
	return r;
}

int store_log_page(struct store *s, const struct log_page *page,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err)
{
	return give_records(select_page(s, page, err), fn, data, err);
}

int store_log_unknown(struct store *s, const char *word, struct err *err)
{
	return store_not_found(err, "records about", word,
		db_query(s->db, err,
			"SELECT name FROM users UNION SELECT subject FROM log WHERE subject IS NOT NULL"));
}

int store_log_of_user(struct store *s, int64_t user_id, const char *name, int64_t newest,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err)
{
	return give_records(
		db_query(s->db, err,
			"SELECT " DB_COLUMNS(
				LOG_COLUMNS) " FROM log"
					     " WHERE subject_key = lower(?1) AND user_id = ?2 AND id <= ?3"
					     " ORDER BY id DESC",
			T(name), I(user_id), I(newest)),
		fn, data, err);
}

int store_log_find_user(struct store *s, const char *name, int64_t *ret_user_id,
	int64_t *ret_record, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT user_id, id FROM log WHERE subject_key = lower(?1) AND user_id IS NOT NULL"
		" ORDER BY id DESC LIMIT 1",
		T(name));
	int r = db_next(rows, err);

	*ret_user_id = r > 0 ? db_int(rows, 0) : 0;
	*ret_record = r > 0 ? db_int(rows, 1) : 0;
	return r < 0 ? -1 : 0;
}

int store_log_begin(struct store *s, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, INT64_MAX, ret, "SELECT at FROM log ORDER BY id LIMIT 1");
}

/* `who` has the IDs. For each, `held` is the last record before the instant, and `next` the one after it. Both are found by the index
 * log_subject, which has the instants and the IDs of users too. Whoever was deleted has a record of that. Another user may have had
 * the name before, or the ID. */
#define ALL_USERS                                                                                  \
	"WITH who (id, name_key) AS (SELECT id, name_key FROM users"                               \
	" UNION SELECT user_id, subject_key FROM log"                                              \
	" WHERE what = 'user delete' AND user_id IS NOT NULL),"
#define ONE_USER "WITH who (id, name_key) AS (SELECT id, name_key FROM users WHERE id = ?2),"
#define LATER                                                                                      \
	"FROM log x WHERE x.subject_key = f.name_key AND x.user_id = f.id"                         \
	" AND x.id > coalesce(f.held_id, 0)"
#define MOMENT_COLUMNS(C, AND)                                                                     \
	C(MOMENT_USER_ID, "f.id")                                                                  \
	AND(MOMENT_USER, "coalesce(u.name, r.subject, n.subject)")                                 \
	AND(MOMENT_EXTENSION, "u.extension")                                                       \
	AND(MOMENT_PBX, "u.pbx")                                                                   \
	AND(MOMENT_HELD_ID, "r.id")                                                                \
	AND(MOMENT_AT, "r.at")                                                                     \
	AND(MOMENT_VIA, "r.via")                                                                   \
	AND(MOMENT_ACTOR, "r.actor")                                                               \
	AND(MOMENT_WHAT, "r.what")                                                                 \
	AND(MOMENT_KEY, "r.key")                                                                   \
	AND(MOMENT_FROM_MODE, "r.from_mode")                                                       \
	AND(MOMENT_TO_MODE, "r.to_mode")                                                           \
	AND(MOMENT_HELD_SOURCE, "r.source")                                                        \
	AND(MOMENT_HELD_SINCE, "r.since")                                                          \
	AND(MOMENT_MEANT, "r.until")                                                               \
	AND(MOMENT_WHY, "r.why")                                                                   \
	AND(MOMENT_NEXT_ID, "n.id")                                                                \
	AND(MOMENT_NEXT_AT, "n.at")                                                                \
	AND(MOMENT_NEXT_WHAT, "n.what")                                                            \
	AND(MOMENT_NEXT_FROM, "n.from_mode")                                                       \
	AND(MOMENT_NEXT_TO, "n.to_mode")                                                           \
	AND(MOMENT_NEXT_SOURCE, "n.source")                                                        \
	AND(MOMENT_UNTIL, "(SELECT min(x.at) " LATER ")")                                          \
	AND(MOMENT_MODE, "m.name")                                                                 \
	AND(MOMENT_SOURCE, "p.source")                                                             \
	AND(MOMENT_REASON, "p.reason")                                                             \
	AND(MOMENT_NOTE, "p.note")                                                                 \
	AND(MOMENT_SINCE, "p.since")
enum { DB_ENUM(MOMENT_COLUMNS) };
#define MOMENTS                                                                                                  \
	" found (id, name_key, held_id) AS (SELECT who.id, who.name_key, (SELECT x.id FROM log x"                \
	" WHERE x.subject_key = who.name_key AND x.user_id = who.id AND x.at <= ?1"                              \
	" ORDER BY x.id DESC LIMIT 1) FROM who)"                                                                 \
	" SELECT " DB_COLUMNS(                                                                                   \
		MOMENT_COLUMNS) " FROM found f LEFT JOIN log r ON r.id = f.held_id"                              \
				" LEFT JOIN log n ON n.id = (SELECT x.id " LATER                                 \
				" ORDER BY x.id LIMIT 1)"                                                        \
				" LEFT JOIN users u ON u.id = f.id AND u.name_key = f.name_key"                  \
				" AND (r.id IS NULL OR NOT EXISTS (SELECT 1 " LATER                              \
				" AND x.what = 'user delete'))"                                                  \
				" LEFT JOIN presence p ON p.user_id = u.id LEFT JOIN mode m ON m.id = p.mode_id" \
				" ORDER BY f.name_key, f.id"

static struct log_moment read_moment(struct db_rows *rows)
{
	return (struct log_moment){
		.user_id = db_int(rows, MOMENT_USER_ID),
		.user = db_text(rows, MOMENT_USER),
		.extension = db_text_or_null(rows, MOMENT_EXTENSION),
		.pbx = db_text_or_null(rows, MOMENT_PBX),
		.held = { .id = db_int(rows, MOMENT_HELD_ID),
			.at = db_int(rows, MOMENT_AT),
			.via = db_text_or_null(rows, MOMENT_VIA),
			.actor = db_text_or_null(rows, MOMENT_ACTOR),
			.what = db_text_or_null(rows, MOMENT_WHAT),
			.key = db_text_or_null(rows, MOMENT_KEY),
			.from_mode = db_text_or_null(rows, MOMENT_FROM_MODE),
			.to_mode = db_text_or_null(rows, MOMENT_TO_MODE),
			.source = db_text_or_null(rows, MOMENT_HELD_SOURCE),
			.since = db_int(rows, MOMENT_HELD_SINCE),
			.until = db_until(rows, MOMENT_MEANT),
			.why = db_text_or_null(rows, MOMENT_WHY) },
		.next = { .id = db_int(rows, MOMENT_NEXT_ID),
			.at = db_int(rows, MOMENT_NEXT_AT),
			.what = db_text_or_null(rows, MOMENT_NEXT_WHAT),
			.from_mode = db_text_or_null(rows, MOMENT_NEXT_FROM),
			.to_mode = db_text_or_null(rows, MOMENT_NEXT_TO),
			.source = db_text_or_null(rows, MOMENT_NEXT_SOURCE) },
		.until = db_until(rows, MOMENT_UNTIL),
		.mode = db_text_or_null(rows, MOMENT_MODE),
		.source = db_text_or_null(rows, MOMENT_SOURCE),
		.reason = db_text_or_null(rows, MOMENT_REASON),
		.note = db_text_or_null(rows, MOMENT_NOTE),
		.since = db_int(rows, MOMENT_SINCE),
	};
}

static int give_moments(struct db_rows *rows, int (*fn)(void *data, const struct log_moment *row),
	void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct log_moment row = read_moment(rows);

		if ((r = fn(data, &row)) != 0)
			break;
	}
	db_done(rows);
	return r;
}

int store_log_at(struct store *s, const struct ids *who, int64_t at,
	int (*fn)(void *data, const struct log_moment *row), void *data, struct err *err)
{
	int r = 0;

	if (!who)
		return give_moments(db_query(s->db, err, ALL_USERS MOMENTS, I(at)), fn, data, err);
	for (size_t i = 0; r == 0 && i < who->n; i++)
		r = give_moments(db_query(s->db, err, ONE_USER MOMENTS, I(at), I(who->ids[i])), fn,
			data, err);
	return r;
}

int store_log_first(struct store *s, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 1, ret, "SELECT min(id) FROM log");
}

int store_log_young(
	struct store *s, int64_t after, int64_t upto, int64_t before, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret,
		"SELECT min(id) FROM log WHERE id > ?1 AND id <= ?2 AND at >= ?3", I(after),
		I(upto), I(before));
}

int store_log_delete(struct store *s, int64_t upto, struct err *err)
{
	if (db_run(s->db, err, "DELETE FROM log WHERE id <= ?1", I(upto)) < 0)
		return -1;
	return written(db_run(s->db, err, "DELETE FROM log_seal WHERE last_id < ?1", I(upto)));
}
