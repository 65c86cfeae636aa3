/* Overrides: an administrator's orders. */
#include <stdio.h>
#include <string.h>

#include "lib/store/sql.h"

#define SELECT_OVERRIDE                                                                            \
	"SELECT o.id, o.mode_id, o.given, o.start, o.until, o.reason, o.giver,"                    \
	" coalesce((SELECT name FROM users WHERE id = o.user_id),"                                 \
	" (SELECT '@' || name FROM user_group WHERE id = o.group_id), 'all') FROM override o "

static void read_override(sqlite3_stmt *st, struct override *o)
{
	*o = (struct override){
		.id = sqlite3_column_int64(st, 0),
		.mode_id = sqlite3_column_int64(st, 1),
		.given = sqlite3_column_int64(st, 2),
		.start = sqlite3_column_int64(st, 3),
		.until = sql_until(st, 4),
	};
	sql_copy(o->reason, sizeof(o->reason), st, 5);
	sql_copy(o->giver, sizeof(o->giver), st, 6);
	sql_copy(o->scope, sizeof(o->scope), st, 7);
}

int store_override_each(struct store *s, int (*fn)(void *data, const struct override *o),
	void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_OVERRIDE "ORDER BY o.id", "");
	struct override o;
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		read_override(st, &o);
		if ((r = fn(data, &o)) != 0)
			return r;
	}
	return r;
}

int store_override_of_user(struct store *s, int64_t user_id, struct override *ret, size_t max,
	size_t *ret_n, struct err *err)
{
	SQL_STMT st = sql(s, err,
		SELECT_OVERRIDE
		"WHERE o.id IN (SELECT id FROM override WHERE user_id = ?1 UNION ALL"
		" SELECT id FROM override WHERE user_id IS NULL AND group_id IS NULL UNION ALL"
		" SELECT x.id FROM group_member m JOIN override x ON x.group_id = m.group_id"
		" WHERE m.user_id = ?1) ORDER BY o.id DESC",
		"i", user_id);
	int r = 0;

	*ret_n = 0;
	if (!st)
		return -1;
	while (*ret_n < max && (r = sql_row(s, st, err)) > 0)
		read_override(st, &ret[(*ret_n)++]);
	return r < 0 ? -1 : 0;
}

#define COVERED                                                                                    \
	"SELECT u.id FROM users u JOIN override o ON o.id = ?1 WHERE o.user_id = u.id OR"          \
	" (o.user_id IS NULL AND o.group_id IS NULL) OR EXISTS (SELECT 1 FROM group_member"        \
	" WHERE group_id = o.group_id AND user_id = u.id) ORDER BY u.name"

static int covers(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	SQL_STMT st = sql(s, err, COVERED, "i", id);

	return st ? ids_collect(s, st, ret, err) : -1;
}

int follow_override_add(
	struct store *s, struct override *o, int64_t user_id, int64_t group_id, struct err *err)
{
	snprintf(o->giver, sizeof(o->giver), "%s", s->actor.name);
	if (sql_run(s, err,
		    "INSERT INTO override (user_id, group_id, mode_id, reason, given, start, until, giver)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		    "nnitiiot", user_id, group_id, o->mode_id, o->reason, o->given, o->start,
		    o->until, o->giver) < 0)
		return -1;
	o->id = sqlite3_last_insert_rowid(s->db->sqlite);
	follow_forget(s);
	if (store_log(s, o->given, "override set", o->scope, NULL, NULL, o->until, o->reason, err) <
		0)
		return -1;
	return follow_users(s, o->given, "override", COVERED, o->id, NULL, err);
}

int follow_override_delete(struct store *s, const struct override *o, int64_t now,
	struct ids *ret_covered, struct err *err)
{
	if (covers(s, o->id, ret_covered, err) < 0 ||
		sql_run(s, err, "DELETE FROM override WHERE id = ?", "i", o->id) < 0)
		return -1;
	follow_forget(s);
	if (store_log(s, now, "override clear", o->scope, NULL, NULL, UNTIL_OPEN, o->reason, err) <
		0)
		return -1;
	for (size_t i = 0; i < ret_covered->n; i++) {
		if (follow_user(s, ret_covered->ids[i], now, "override clear", err) < 0)
			return -1;
	}
	return 0;
}

int store_override_expire(struct store *s, int64_t now, struct err *err)
{
	return sql_run(s, err, "DELETE FROM override WHERE until <= ?", "i", now);
}
