/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/rule.h"

#include "lib/store/ids.h"
#include "lib/store/inside.h"

#define RULE_COLUMNS(C, AND)                                                                       \
	C(RULE_KEY, "key")                                                                         \
	AND(RULE_VALUE, "value")
enum { DB_ENUM(RULE_COLUMNS) };

/* Leave out a rule that we cannot read: another program wrote it. */
static int read_rules(struct db_rows *rows, struct rules *ret, struct err *err)
{
	struct err ignored;
	int r;

	*ret = (struct rules){ 0 };
	while ((r = db_next(rows, err)) > 0)
		(void)!rules_set(ret, db_text(rows, RULE_KEY), db_text(rows, RULE_VALUE), &ignored);
	db_done(rows);
	return r;
}

int store_mode_rules(struct store *s, int64_t mode_id, struct rules *ret, struct err *err)
{
	return read_rules(
		db_query(s->db, err,
			"SELECT " DB_COLUMNS(RULE_COLUMNS) " FROM mode_rule WHERE mode_id = ?1",
			I(mode_id)),
		ret, err);
}

int store_user_rules(
	struct store *s, int64_t user_id, int64_t mode_id, struct rules *ret, struct err *err)
{
	return read_rules(
		db_query(s->db, err,
			"SELECT " DB_COLUMNS(
				RULE_COLUMNS) " FROM user_rule WHERE user_id = ?1 AND mode_id = ?2",
			I(user_id), I(mode_id)),
		ret, err);
}

static int insert_mode_rule(
	struct store *s, int64_t mode_id, const struct key_pair *p, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO mode_rule (mode_id, key, value) VALUES (?1, ?2, ?3)", I(mode_id),
		T(p->word.s), T(p->value.s)));
}

int store_mode_rules_write(
	struct store *s, int64_t mode_id, const struct rules *rules, struct err *err)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;
	int r = 0;

	if (db_run(s->db, err, "DELETE FROM mode_rule WHERE mode_id = ?1", I(mode_id)) < 0)
		return -1;
	while (r == 0 && keys_next(&rule_keys, rules, &p))
		r = insert_mode_rule(s, mode_id, &p, err);
	return r;
}

static int insert_user_rule(struct store *s, int64_t user_id, int64_t mode_id,
	const struct key_pair *p, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO user_rule (user_id, mode_id, key, value) VALUES (?1, ?2, ?3, ?4)",
		I(user_id), I(mode_id), T(p->word.s), T(p->value.s)));
}

int store_user_rules_write(struct store *s, int64_t user_id, int64_t mode_id,
	const struct rules *rules, struct err *err)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;
	int r = 0;

	if (db_run(s->db, err, "DELETE FROM user_rule WHERE user_id = ?1 AND mode_id = ?2",
		    I(user_id), I(mode_id)) < 0)
		return -1;
	while (r == 0 && keys_next(&rule_keys, rules, &p))
		r = insert_user_rule(s, user_id, mode_id, &p, err);
	return r;
}

int store_effective(struct store *s, int64_t user_id, const struct mode *m, struct effective *ret,
	struct err *err)
{
	struct rules base, mode, user = { 0 };

	rules_base(m->name, &base);
	if (store_mode_rules(s, m->id, &mode, err) < 0 ||
		(user_id && store_user_rules(s, user_id, m->id, &user, err) < 0))
		return -1;
	rules_effective(&base, &mode, user_id ? &user : NULL, ret);
	return 0;
}

int store_rule_modes(struct store *s, int64_t user_id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT DISTINCT mode_id FROM user_rule WHERE user_id = ?1",
			I(user_id)),
		ret, err);
}

int store_rule_owners(struct store *s, int64_t mode_id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT DISTINCT user_id FROM user_rule WHERE mode_id = ?1",
			I(mode_id)),
		ret, err);
}

int store_rule_say_end(struct store *s, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT mode_id FROM mode_rule WHERE key = 'announce' AND value = 'until' UNION"
			" SELECT mode_id FROM user_rule WHERE key = 'announce' AND value = 'until'"),
		ret, err);
}

int store_rule_forget(struct store *s, int64_t mode_id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM user_rule WHERE mode_id = ?1", I(mode_id)));
}
