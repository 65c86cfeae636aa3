/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/carry.h"

#include "lib/pbx/item.h"
#include "lib/store/inside.h"

/* What a PBX may hold for the database that was, and the copy does not know: go back to neutral. */
static int carry_items(struct store *s, struct db *was, struct err *err)
{
	enum { PBX, NAME, HELD };
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(was, NULL, "SELECT pbx, name, coalesce(confirmed, wanted) FROM item");
	int r;

	while ((r = db_next(rows, NULL)) > 0) {
		const char *name = db_text(rows, NAME);

		if (db_run(s->db, err,
			    "INSERT INTO item (pbx, name, wanted, previous, rank, kind) VALUES (?1, ?2, ?3, ?4, 1, ?5)"
			    " ON CONFLICT DO NOTHING",
			    T(db_text(rows, PBX)), T(name), T(item_neutral(name)),
			    T(db_text(rows, HELD)), T(item_kind(name))) < 0)
			return -1;
	}
	return 0;
}

/* Only with its newest tag can a publication be changed. One that the copy does not know is taken back. */
static int carry_publications(struct store *s, struct db *was, struct err *err)
{
	enum { SERVER, URI, TAG, MODE, AT, EXPIRES };
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(was, NULL, "SELECT server, uri, tag, mode, at, expires FROM publication");
	int r;

	while ((r = db_next(rows, NULL)) > 0) {
		if (db_run(s->db, err,
			    "INSERT INTO publication (server, uri, tag, mode, at, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
			    " ON CONFLICT (server, uri) DO UPDATE SET tag = excluded.tag, mode = excluded.mode,"
			    " at = excluded.at, expires = excluded.expires",
			    T(db_text(rows, SERVER)), T(db_text(rows, URI)), T(db_text(rows, TAG)),
			    T(db_text(rows, MODE)), I(db_int(rows, AT)),
			    I(db_int(rows, EXPIRES))) < 0)
			return -1;
	}
	return 0;
}

int store_carry(struct store *s, const char *database, struct err *err)
{
	_cleanup_(db_closep) struct db *was = NULL;

	if (db_open(database, &was, NULL) < 0)
		return 0;
	return carry_items(s, was, err) < 0 ? -1 : carry_publications(s, was, err);
}
