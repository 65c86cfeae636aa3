/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/verify.h"

#include <stdio.h>

#include "lib/store/inside.h"

/* Whom time decides about at this moment: presenced has not come to it yet. */
#define NOT_DUE "(w.next_change_at IS NULL OR w.next_change_at > ?1)"

int store_verify_begin(struct store *s, struct err *err)
{
	if (db_run(s->db, err,
		    "CREATE TEMP TABLE was_presence (user_id INTEGER PRIMARY KEY, mode_id INTEGER, source TEXT,"
		    " next_change_at INTEGER)") < 0 ||
		db_run(s->db, err,
			"CREATE TEMP TABLE was_item (pbx TEXT, name TEXT, wanted TEXT, PRIMARY KEY (name, pbx))") <
			0 ||
		db_run(s->db, err,
			"INSERT INTO was_presence (user_id, mode_id, source, next_change_at)"
			" SELECT user_id, mode_id, source, next_change_at FROM presence") < 0)
		return -1;
	return written(db_run(s->db, err,
		"INSERT INTO was_item (pbx, name, wanted) SELECT pbx, name, wanted FROM item"));
}

static int each_user(struct db_rows *rows, int (*fn)(void *data, const char *finding), void *data,
	struct err *err)
{
	enum { USER, WAS, IS };
	char text[256];
	int r;

	while ((r = db_next(rows, err)) > 0) {
		snprintf(text, sizeof(text), "%s is %s, and should be %s", db_text(rows, USER),
			db_is_null(rows, WAS) ? "in no mode" : db_text(rows, WAS),
			db_text(rows, IS));
		if ((r = fn(data, text)) != 0)
			return r;
	}
	return r;
}

int store_verify_presence(struct store *s, int64_t now, int (*fn)(void *data, const char *finding),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT u.name, was.name, m.name FROM presence p JOIN users u ON u.id = p.user_id"
		" JOIN mode m ON m.id = p.mode_id LEFT JOIN was_presence w ON w.user_id = p.user_id"
		" LEFT JOIN mode was ON was.id = w.mode_id"
		" WHERE (w.mode_id IS DISTINCT FROM p.mode_id OR w.source <> p.source) AND " NOT_DUE
		" ORDER BY u.name",
		I(now));

	return each_user(rows, fn, data, err);
}

int store_verify_items(struct store *s, int64_t now, int (*fn)(void *data, const char *finding),
	void *data, struct err *err)
{
	enum { PBX, NAME, IS_THERE };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT i.pbx, i.name, x.name IS NOT NULL FROM item i"
		" LEFT JOIN was_item x ON x.name = i.name AND x.pbx = i.pbx"
		" LEFT JOIN was_presence w ON w.user_id = i.user_id"
		" WHERE x.wanted IS DISTINCT FROM i.wanted AND " NOT_DUE " ORDER BY i.pbx, i.name",
		I(now));
	char text[ITEM_TEXT_SIZE];
	int r;

	while ((r = db_next(rows, err)) > 0) {
		snprintf(text, sizeof(text), "%.300s on PBX %.40s %s", db_text(rows, NAME),
			db_text(rows, PBX),
			db_bool(rows, IS_THERE) ? "is wanted with another value than follows"
						: "is not wanted, and should be");
		if ((r = fn(data, text)) != 0)
			return r;
	}
	return r;
}

int store_verify_overdue(struct store *s, int64_t before, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret,
		"SELECT count(*) FROM was_presence WHERE next_change_at < ?1", I(before));
}
