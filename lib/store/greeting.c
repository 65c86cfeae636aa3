/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/greeting.h"

#include <string.h>

#include "lib/store/inside.h"

static int is_same(struct store *s, const char *pbx, const char (*keys)[GREETING_KEY_MAX_LEN + 1],
	size_t n, bool *ret, struct err *err)
{
	enum { KEY };
	_cleanup_(db_donep) struct db_rows *rows = db_query(
		s->db, err, "SELECT key FROM greeting WHERE pbx = lower(?1) ORDER BY key", T(pbx));
	size_t i = 0;
	int r;

	*ret = true;
	while ((r = db_next(rows, err)) > 0) {
		*ret = *ret && i < n && !strcmp(db_text(rows, KEY), keys[i]);
		i++;
	}
	*ret = *ret && i == n;
	return r;
}

int store_greetings_write(struct store *s, const char *pbx,
	const char (*keys)[GREETING_KEY_MAX_LEN + 1], size_t n, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	bool same;

	if (is_same(s, pbx, keys, n, &same, err) < 0)
		return -1;
	if (same)
		return 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (db_run(s->db, err, "DELETE FROM greeting WHERE pbx = lower(?1)", T(pbx)) < 0)
		return -1;
	store_hold(s);
	for (size_t i = 0; i < n; i++) {
		if (db_later(s->db, err,
			    "INSERT INTO greeting (pbx, key) SELECT lower(a), b FROM rows WHERE true"
			    " ON CONFLICT DO NOTHING",
			    T(pbx), T(keys[i])) < 0)
			return -1;
	}
	return store_flush(s, err) < 0 ? -1 : store_commit(tx, err);
}

/* An extension has no dot, so these keys are nobody else's. '/' comes after '.'. */
int store_greetings_of(struct store *s, const char *pbx, const char *extension,
	int (*fn)(void *data, const char *mode), void *data, struct err *err)
{
	enum { MODE };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT substr(key, length(?2) + 2) FROM greeting"
		" WHERE pbx = lower(?1) AND key > ?2 || '.' AND key < ?2 || '/' ORDER BY key",
		T(pbx), T(extension));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		if ((r = fn(data, db_text(rows, MODE))) != 0)
			return r;
	}
	return r;
}
