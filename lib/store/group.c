/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/group.h"

#include "lib/base/mem.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"

#define GROUP_COLUMNS(C, AND)                                                                      \
	C(GROUP_ID, "g.id")                                                                        \
	AND(GROUP_NAME, "g.name")                                                                  \
	AND(GROUP_MEMBERS, "(SELECT count(*) FROM group_member WHERE group_id = g.id)")            \
	AND(GROUP_SCHEDULE, "(SELECT name FROM schedule WHERE id = g.schedule_id)")
enum { DB_ENUM(GROUP_COLUMNS) };
#define SELECT_GROUP "SELECT " DB_COLUMNS(GROUP_COLUMNS) " FROM user_group g "

static void read_group(struct db_rows *rows, struct group *g)
{
	g->id = db_int(rows, GROUP_ID);
	db_copy(rows, GROUP_NAME, g->name, sizeof(g->name));
	g->members = db_int(rows, GROUP_MEMBERS);
	db_copy(rows, GROUP_SCHEDULE, g->schedule, sizeof(g->schedule));
}

int store_group_find(struct store *s, const char *name, struct group *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_GROUP "WHERE g.name_key = lower(?1)", T(name));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return store_not_found(
			err, "group", name, db_query(s->db, err, "SELECT name FROM user_group"));
	read_group(rows, ret);
	return 0;
}

int store_group_each(
	struct store *s, int (*fn)(void *data, const struct group *g), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_GROUP "ORDER BY g.name_key");
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct group g;

		read_group(rows, &g);
		if ((r = fn(data, &g)) != 0)
			return r;
	}
	return r;
}

int store_group_users(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT u.id FROM group_member m JOIN users u ON u.id = m.user_id WHERE m.group_id = ?1"
			" ORDER BY u.name_key",
			I(id)),
		ret, err);
}

int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT g.name FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE m.user_id = ?1"
		" ORDER BY g.name_key",
		I(user_id));

	return store_each_text(rows, fn, data, err);
}

int store_group_override(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret,
		"SELECT min(id) FROM override WHERE group_id = ?1 AND ended IS NULL", I(id));
}

int store_group_add(struct store *s, const char *name, struct err *err)
{
	int64_t other;

	if (db_number(s->db, err, 0, &other, "SELECT id FROM user_group WHERE name_key = lower(?1)",
		    T(name)) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a group '%s' already", name);
	return written(db_run(s->db, err, "INSERT INTO user_group (name) VALUES (?1)", T(name)));
}

int store_group_delete(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM user_group WHERE id = ?1", I(id)));
}

int store_group_assign(struct store *s, int64_t id, int64_t user_id, bool member, bool *ret_changed,
	struct err *err)
{
	int64_t n = member
		? db_run(s->db, err,
			  "INSERT INTO group_member (group_id, user_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
			  I(id), I(user_id))
		: db_run(s->db, err,
			  "DELETE FROM group_member WHERE group_id = ?1 AND user_id = ?2", I(id),
			  I(user_id));

	*ret_changed = n > 0;
	return n < 0 ? -1 : 0;
}
