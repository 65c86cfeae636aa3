/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/override.h"

#include "lib/store/ids.h"
#include "lib/store/inside.h"

#define OVERRIDE_COLUMNS(C, AND)                                                                   \
	C(OVERRIDE_ID, "o.id")                                                                     \
	AND(OVERRIDE_MODE, "o.mode_id")                                                            \
	AND(OVERRIDE_GIVEN, "o.given")                                                             \
	AND(OVERRIDE_START, "o.start")                                                             \
	AND(OVERRIDE_UNTIL, "o.until")                                                             \
	AND(OVERRIDE_REASON, "o.reason")                                                           \
	AND(OVERRIDE_GIVER, "o.giver")                                                             \
	AND(OVERRIDE_SCOPE,                                                                        \
		"coalesce((SELECT name FROM users WHERE id = o.user_id),"                          \
		" (SELECT '@' || name FROM user_group WHERE id = o.group_id), 'all')")
enum { DB_ENUM(OVERRIDE_COLUMNS) };
#define SELECT_OVERRIDE "SELECT " DB_COLUMNS(OVERRIDE_COLUMNS) " FROM override o "

#define OVERRIDE_MODE_ROW "override.mode_id where id"

static void read_override(struct db_rows *rows, struct override *o)
{
	*o = (struct override){
		.id = db_int(rows, OVERRIDE_ID),
		.mode_id = db_int(rows, OVERRIDE_MODE),
		.given = db_instant(rows, OVERRIDE_GIVEN),
		.start = db_instant(rows, OVERRIDE_START),
		.until = db_until(rows, OVERRIDE_UNTIL),
	};
	db_copy(rows, OVERRIDE_REASON, o->reason, sizeof(o->reason));
	db_copy(rows, OVERRIDE_GIVER, o->giver, sizeof(o->giver));
	db_copy(rows, OVERRIDE_SCOPE, o->scope, sizeof(o->scope));
}

int store_override_each(struct store *s, int (*fn)(void *data, const struct override *o),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_OVERRIDE "WHERE o.ended IS NULL ORDER BY o.id");
	struct override o;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		read_override(rows, &o);
		if (store_mode_known(s, &o.mode_id, OVERRIDE_MODE_ROW, o.id, err) < 0)
			return -1;
		if ((r = fn(data, &o)) != 0)
			return r;
	}
	return r;
}

/* An override with a mode that is not there is none. */
static int drop_unknown(struct store *s, struct override *list, size_t *n, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (store_mode_known(s, &list[i].mode_id, OVERRIDE_MODE_ROW, list[i].id, err) < 0)
			return -1;
		if (list[i].mode_id)
			list[kept++] = list[i];
	}
	*n = kept;
	return 0;
}

int store_override_of_user(struct store *s, int64_t user_id, struct override *ret, size_t max,
	size_t *ret_n, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		SELECT_OVERRIDE
		"WHERE o.id IN (SELECT id FROM override WHERE user_id = ?1 UNION ALL"
		" SELECT id FROM override WHERE user_id IS NULL AND group_id IS NULL UNION ALL"
		" SELECT x.id FROM group_member m JOIN override x ON x.group_id = m.group_id"
		" WHERE m.user_id = ?1) AND o.ended IS NULL ORDER BY o.id DESC",
		I(user_id));
	int r = rows ? 0 : -1;

	*ret_n = 0;
	while (*ret_n < max && (r = db_next(rows, err)) > 0)
		read_override(rows, &ret[(*ret_n)++]);
	return r < 0 ? -1 : drop_unknown(s, ret, ret_n, err);
}

int store_override_any(struct store *s, bool *ret, struct err *err)
{
	int64_t n;

	if (db_number(s->db, err, 0, &n, "SELECT 1 FROM override WHERE ended IS NULL LIMIT 1") < 0)
		return -1;
	*ret = n;
	return 0;
}

int store_override_covered(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT u.id FROM users u JOIN override o ON o.id = ?1"
			" WHERE o.user_id = u.id OR (o.user_id IS NULL AND o.group_id IS NULL)"
			" OR EXISTS (SELECT 1 FROM group_member WHERE group_id = o.group_id"
			" AND user_id = u.id) ORDER BY u.name_key",
			I(id)),
		ret, err);
}

int store_override_add(
	struct store *s, struct override *o, int64_t user_id, int64_t group_id, struct err *err)
{
	return db_number(s->db, err, 0, &o->id,
		"INSERT INTO override (user_id, group_id, mode_id, reason, given, start, until, giver)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
		N(user_id), N(group_id), I(o->mode_id), T(o->reason), I(o->given), I(o->start),
		O(o->until), T(o->giver));
}

int store_override_delete(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM override WHERE id = ?1", I(id)));
}

int store_override_expire(struct store *s, int64_t now, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE override SET ended = ?1 WHERE until <= ?1 AND ended IS NULL", I(now)));
}

int store_override_revive(struct store *s, int64_t now, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE override SET ended = NULL WHERE ended IS NOT NULL AND until > ?1", I(now)));
}

int store_override_purge(struct store *s, int64_t before, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM override WHERE ended <= ?1", I(before)));
}
