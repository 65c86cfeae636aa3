/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/entry.h"

#include "lib/store/inside.h"

int store_entry_want(struct store *s, int64_t user_id, const char *pbx, const char *name,
	const char *value, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO item (pbx, name, kind, wanted, rank, user_id)"
		" VALUES (lower(?1), ?2, 'entry', ?3, 0, ?4)"
		" ON CONFLICT (name, pbx) DO UPDATE SET wanted = excluded.wanted, rank = 0,"
		" user_id = excluded.user_id, error = NULL"
		" WHERE item.wanted <> excluded.wanted OR item.user_id IS DISTINCT FROM excluded.user_id",
		T(pbx), T(name), T(value), N(user_id)));
}

int store_entry_release(struct store *s, const char *name, struct err *err)
{
	return written(db_run(
		s->db, err, "UPDATE item SET wanted = '', error = NULL WHERE name = ?1", T(name)));
}

int store_entry_release_of(struct store *s, int64_t user_id, const char *family, const char *pbx,
	const char *name, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET wanted = '', error = NULL WHERE user_id = ?1"
		" AND substr(name, 1, length(?2) + 1) = ?2 || '/'"
		" AND (?3 IS NULL OR name <> ?3 OR pbx <> lower(?4))",
		I(user_id), T(family), T(name), T(pbx)));
}

int store_entry_is_wanted(
	struct store *s, const char *pbx, const char *name, bool *ret, struct err *err)
{
	int64_t n;

	if (db_number(s->db, err, 0, &n,
		    "SELECT 1 FROM item WHERE pbx = lower(?1) AND name = ?2 AND wanted <> ''",
		    T(pbx), T(name)) < 0)
		return -1;
	*ret = n;
	return 0;
}
