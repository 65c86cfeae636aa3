/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/pin.h"

#include "lib/store/inside.h"

int store_pins_read(
	struct store *s, const char *pbx, struct wrong_pins **ret, size_t *ret_n, struct err *err)
{
	enum { KEY, COUNT, AT };
	_cleanup_(freep) struct wrong_pins *list = xcalloc(PINS_MAX, sizeof(*list));
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT key, n, at FROM wrong_pin WHERE pbx = lower(?1) ORDER BY key LIMIT ?2",
		T(pbx), I(PINS_MAX));
	size_t n = 0;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		db_copy(rows, KEY, list[n].key, sizeof(list[n].key));
		list[n].n = db_int(rows, COUNT);
		list[n++].at = db_int(rows, AT);
	}
	if (r < 0)
		return -1;
	*ret = list;
	*ret_n = n;
	list = NULL;
	return 0;
}

int store_pins_set(struct store *s, const char *pbx, const struct wrong_pins *pins, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO wrong_pin (pbx, key, n, at) VALUES (lower(?1), ?2, ?3, ?4)"
		" ON CONFLICT (pbx, key) DO UPDATE SET n = excluded.n, at = excluded.at",
		T(pbx), T(pins->key), I(pins->n), I(pins->at)));
}

int store_pins_delete(struct store *s, const char *pbx, const char *key, struct err *err)
{
	return written(db_run(s->db, err,
		"DELETE FROM wrong_pin WHERE pbx = lower(?1) AND key = ?2", T(pbx), T(key)));
}
