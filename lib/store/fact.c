/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/fact.h"

#include "lib/store/inside.h"

int store_fact_get(struct store *s, const char *name, char *ret, size_t size, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, "SELECT value FROM fact WHERE name = ?1", T(name));
	int r = db_next(rows, err);

	*ret = '\0';
	if (r > 0)
		db_copy(rows, 0, ret, size);
	return r < 0 ? -1 : 0;
}

int store_fact_set(struct store *s, const char *name, const char *value, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO fact (name, value) VALUES (?1, ?2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		T(name), T(value)));
}
