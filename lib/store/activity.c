/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/activity.h"

#include "lib/base/text.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"

/* A dial string may go on behind the device: PJSIP/1001/sip:... '0' comes after '/', so all of them are in this range of the index. */
int store_activity_users(
	struct store *s, const char *pbx, const char *device, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT d.user_id FROM device d JOIN users u ON u.id = d.user_id"
			" WHERE d.dial_key >= lower(?1) AND d.dial_key < lower(?1) || '0'"
			" AND substr(d.dial_key, length(?1) + 1, 1) IN ('', '/') AND u.pbx_key = lower(?2)",
			T(device), T(pbx)),
		ret, err);
}

int store_activity_edited(struct store *s, const char *pbx, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT user_id FROM activity WHERE edits > 0 AND pbx = lower(?1)", T(pbx)),
		ret, err);
}

int store_activity_next(struct store *s, const char *pbx, int64_t after, size_t max,
	struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT id FROM users u WHERE pbx_key = lower(?1) AND id > ?2"
			" AND EXISTS (SELECT 1 FROM device WHERE user_id = u.id) ORDER BY id LIMIT ?3",
			T(pbx), I(after), I((int64_t)max)),
		ret, err);
}

#define FOUND_COLUMNS(C, AND)                                                                      \
	C(FOUND_USER, "u.id")                                                                      \
	AND(FOUND_DIAL, "d.dial")                                                                  \
	AND(FOUND_ACTIVITY, "x.activity")                                                          \
	AND(FOUND_EDITS, "x.edits")
enum { DB_ENUM(FOUND_COLUMNS) };

static int give_devices(struct store *s, const int64_t *ids, size_t n,
	int (*fn)(void *data, const struct activity_known *d), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query_ids(s->db, err,
		"SELECT " DB_COLUMNS(FOUND_COLUMNS) " FROM rows CROSS JOIN users u"
						    " LEFT JOIN device d ON d.user_id = u.id"
						    " LEFT JOIN activity x ON x.user_id = u.id"
						    " WHERE u.id = a",
		ids, n);
	int r;

	while ((r = db_next(rows, err)) > 0) {
		const struct activity_known d = {
			.user_id = db_int(rows, FOUND_USER),
			.dial = db_text_or_null(rows, FOUND_DIAL),
			.was = activity_parse(db_text_or_null(rows, FOUND_ACTIVITY)),
			.edits = db_int(rows, FOUND_EDITS),
		};

		if ((r = fn(data, &d)) != 0)
			return r;
	}
	return r;
}

int store_activity_devices(struct store *s, const struct ids *who,
	int (*fn)(void *data, const struct activity_known *d), void *data, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < who->n; i += DB_ROWS_MAX) {
		size_t left = who->n - i;

		r = give_devices(
			s, who->ids + i, left < DB_ROWS_MAX ? left : DB_ROWS_MAX, fn, data, err);
	}
	return r;
}

int store_activity_write(
	struct store *s, const char *pbx, const struct activity_found *found, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO activity (user_id, pbx, activity, since, edits)"
		" SELECT u.id, u.pbx_key, c, d, e FROM rows CROSS JOIN users u"
		" WHERE u.id = a AND u.pbx_key = lower(b)"
		" ON CONFLICT (user_id) DO UPDATE SET activity = excluded.activity,"
		" since = CASE WHEN activity.activity IS DISTINCT FROM excluded.activity"
		" THEN excluded.since ELSE activity.since END,"
		" edits = CASE WHEN activity.edits = excluded.edits THEN 0 ELSE activity.edits END",
		I(found->user_id), T(pbx), T(activity_name(found->activity)), I(found->since),
		I(found->edits));
}

int store_activity_edit(struct store *s, int64_t user_id, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO activity (user_id, pbx, since, edits)"
		" SELECT id, pbx_key, 0, 1 FROM users WHERE id = ?1"
		" ON CONFLICT (user_id) DO UPDATE SET edits = activity.edits + 1, pbx = excluded.pbx,"
		" activity = CASE WHEN activity.pbx = excluded.pbx THEN activity.activity END",
		I(user_id)));
}

int store_activity_forget(struct store *s, const char *pbx, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	int64_t any;

	if (db_number(s->db, err, 0, &any,
		    "SELECT 1 FROM activity WHERE pbx = coalesce(lower(?1), pbx) LIMIT 1",
		    T(pbx)) < 0)
		return -1;
	if (!any)
		return 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (db_run(s->db, err, "DELETE FROM activity WHERE pbx = coalesce(lower(?1), pbx)",
		    T(pbx)) < 0)
		return -1;
	return store_commit(s, err);
}
