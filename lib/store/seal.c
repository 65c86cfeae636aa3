/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/seal.h"

#include <inttypes.h>

#include "lib/store/inside.h"
#include "lib/store/log.h"

#define SEAL_COLUMNS(C, AND)                                                                       \
	C(SEAL_ID, "id")                                                                           \
	AND(SEAL_FIRST, "first_id")                                                                \
	AND(SEAL_LAST, "last_id")                                                                  \
	AND(SEAL_AT, "at")                                                                         \
	AND(SEAL_HASH, "hash")
enum { DB_ENUM(SEAL_COLUMNS) };
#define SELECT_SEAL "SELECT " DB_COLUMNS(SEAL_COLUMNS) " FROM log_seal "

static int read_seal(struct db_rows *query, struct seal *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = query;
	int r = db_next(rows, err);

	*ret = (struct seal){ 0 };
	if (r <= 0)
		return r;
	ret->id = db_within(rows, SEAL_ID, -SEAL_ID_MAX, SEAL_ID_MAX);
	ret->first = db_within(rows, SEAL_FIRST, -SEAL_ID_MAX, SEAL_ID_MAX);
	ret->last = db_within(rows, SEAL_LAST, -SEAL_ID_MAX, SEAL_ID_MAX);
	ret->at = db_int(rows, SEAL_AT);
	db_copy(rows, SEAL_HASH, ret->hash, sizeof(ret->hash));
	return 0;
}

int store_seal_newest(struct store *s, struct seal *ret, struct err *err)
{
	return read_seal(db_query(s->db, err, SELECT_SEAL "ORDER BY id DESC LIMIT 1"), ret, err);
}

int store_seal_after(struct store *s, int64_t id, struct seal *ret, struct err *err)
{
	return read_seal(
		db_query(s->db, err, SELECT_SEAL "WHERE id > ?1 ORDER BY id LIMIT 1", I(id)), ret,
		err);
}

int store_seal_find(struct store *s, int64_t first, int64_t last, struct seal *ret, struct err *err)
{
	return read_seal(db_query(s->db, err, SELECT_SEAL "WHERE last_id = ?1 AND first_id = ?2",
				 I(last), I(first)),
		ret, err);
}

int store_seal_end(struct store *s, int64_t after, size_t n, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret,
		"SELECT max(last_id) FROM (SELECT last_id FROM log_seal WHERE last_id > ?1"
		" AND last_id < (SELECT max(last_id) FROM log_seal) ORDER BY last_id LIMIT ?2) AS some",
		I(after), I((int64_t)n));
}

int store_seal_before(struct store *s, int64_t record, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret, "SELECT max(last_id) FROM log_seal WHERE last_id < ?1",
		I(record));
}

int store_seal_add(struct store *s, const struct seal *seal, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO log_seal (id, first_id, last_id, at, hash) SELECT a, b, c, d, e FROM rows",
		I(seal->id), I(seal->first), I(seal->last), I(seal->at), T(seal->hash));
}

void sealed_done(struct sealed *b)
{
	strbuf_done(&b->bytes);
}

/* The columns of a record, in the order in which they are hashed. A column that is added to the table later is not among them: seals
 * that are set already would not fit. */
#define SEALED_COLUMNS(C, AND)                                                                     \
	C(SEALED_ID, "id")                                                                         \
	AND(SEALED_AT, "at")                                                                       \
	AND(SEALED_VIA, "via")                                                                     \
	AND(SEALED_UID, "uid")                                                                     \
	AND(SEALED_ACTOR, "actor")                                                                 \
	AND(SEALED_WHAT, "what")                                                                   \
	AND(SEALED_SUBJECT, "subject")                                                             \
	AND(SEALED_FROM, "from_mode")                                                              \
	AND(SEALED_TO, "to_mode")                                                                  \
	AND(SEALED_UNTIL, "until")                                                                 \
	AND(SEALED_WHY, "why")                                                                     \
	AND(SEALED_KEY, "key")                                                                     \
	AND(SEALED_OLD, "old")                                                                     \
	AND(SEALED_NEW, "new")                                                                     \
	AND(SEALED_SOURCE, "source")                                                               \
	AND(SEALED_SINCE, "since")                                                                 \
	AND(SEALED_USER_ID, "user_id")
enum { DB_ENUM(SEALED_COLUMNS), SEALED_N };

static void add_row(struct db_rows *rows, struct strbuf *to)
{
	for (int i = 0; i < SEALED_N; i++) {
		const char *text = db_text_or_null(rows, i);
		size_t n = text ? db_bytes(rows, i) : 0;

		if (!text) {
			strbuf_adds(to, "-,");
			continue;
		}
		strbuf_addf(to, "%zu:", n);
		strbuf_add(to, text, n);
		strbuf_addc(to, ',');
	}
	strbuf_addc(to, '\n');
}

int store_sealed_read(struct store *s, int64_t first, int64_t last, size_t max, struct sealed *to,
	struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			SEALED_COLUMNS) " FROM log WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3",
		I(first), I(last), I((int64_t)max));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		int64_t id = db_int(rows, SEALED_ID);

		if (!to->n++)
			to->first = id;
		if (!to->missing && id != (to->last ? to->last + 1 : first))
			to->missing = to->last ? to->last + 1 : first;
		to->last = id;
		add_row(rows, &to->bytes);
	}
	return r;
}

int store_log_pruned(struct store *s, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret,
		"SELECT max(CAST(new AS INTEGER)) FROM log WHERE what = ?1", T(LOG_PRUNE));
}

int store_log_count_after(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret, "SELECT count(*) FROM log WHERE id > ?1", I(id));
}
