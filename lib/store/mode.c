/* Modes. */
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/store/sql.h"

#define COLUMNS "id, name, alias, label, type, lamp, note, lifetime, builtin"

static void read_mode(sqlite3_stmt *st, struct mode *m)
{
	int type = ptype_parse(sql_text(st, 4));

	*m = (struct mode){ .id = sqlite3_column_int64(st, 0) };
	sql_copy(m->name, sizeof(m->name), st, 1);
	sql_copy(m->alias, sizeof(m->alias), st, 2);
	sql_copy(m->label, sizeof(m->label), st, 3);
	m->type = type < 0 ? PTYPE_AVAILABLE : (enum ptype)type;
	m->lamp = sqlite3_column_int(st, 5);
	sql_copy(m->note, sizeof(m->note), st, 6);
	sql_copy(m->lifetime, sizeof(m->lifetime), st, 7);
	m->builtin = sqlite3_column_int(st, 8);
}

int store_mode_find(struct store *s, const char *word, struct mode *ret, struct err *err)
{
	SQL_STMT st = sql(
		s, err, "SELECT " COLUMNS " FROM mode WHERE name = ?1 OR alias = ?1", "t", word);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return sql_not_found(s, err, "mode", word,
			"SELECT name FROM mode UNION ALL SELECT alias FROM mode WHERE alias IS NOT NULL");
	read_mode(st, ret);
	return 0;
}

int store_mode_get(struct store *s, int64_t id, struct mode *ret, struct err *err)
{
	struct mode *known = &s->modes[(uint64_t)id % MODES_SIZE];
	SQL_STMT st = NULL;
	int r;

	if (known->id == id) {
		*ret = *known;
		return 0;
	}
	st = sql(s, err, "SELECT " COLUMNS " FROM mode WHERE id = ?", "i", id);
	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_STORE, "database '%s' names a mode that is not there",
			store_path(s));
	read_mode(st, ret);
	*known = *ret;
	return 0;
}

int store_mode_each(
	struct store *s, int (*fn)(void *data, const struct mode *m), void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, "SELECT " COLUMNS " FROM mode ORDER BY id", "");
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		struct mode m;

		read_mode(st, &m);
		if ((r = fn(data, &m)) != 0)
			return r;
	}
	return r;
}

/* A word names at most one mode, be it by name or by alias. */
static int check_free(struct store *s, const struct mode *m, const char *word, struct err *err)
{
	int64_t other;

	if (!*word)
		return 0;
	if (sql_number(s, err, 0, &other,
		    "SELECT id FROM mode WHERE (name = ?1 OR alias = ?1) AND id <> ?2", "ti", word,
		    m->id) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a mode '%s' already", word);
	return 0;
}

void store_mode_forget(struct store *s)
{
	for (size_t i = 0; i < MODES_SIZE; i++)
		s->modes[i].id = 0;
}

int store_mode_write(struct store *s, struct mode *m, struct err *err)
{
	const char *alias = *m->alias ? m->alias : NULL;

	if (check_free(s, m, m->name, err) < 0 || check_free(s, m, m->alias, err) < 0)
		return -1;
	if (alias && !strcasecmp(m->name, alias))
		return err_set(err, ERR_USAGE, "the alias of mode '%s' is its name", m->name);
	store_mode_forget(s);
	if (!m->id)
		return db_number(s->db, err, 0, &m->id,
			"INSERT INTO mode (name, alias, label, type, lamp, note, lifetime, builtin)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
			T(m->name), T(alias), T(m->label), T(ptype_name(m->type)), I(m->lamp),
			T(m->note), T(m->lifetime), I(m->builtin));
	return db_run(s->db, err,
		       "UPDATE mode SET name = ?1, alias = ?2, label = ?3, type = ?4, lamp = ?5, note = ?6,"
		       " lifetime = ?7 WHERE id = ?8",
		       T(m->name), T(alias), T(m->label), T(ptype_name(m->type)), I(m->lamp),
		       T(m->note), T(m->lifetime), I(m->id)) < 0
		? -1
		: 0;
}

int follow_mode_save(struct store *s, struct mode *m, int64_t now, struct err *err)
{
	bool is_new = m->id == 0;

	if (store_mode_write(s, m, err) < 0)
		return -1;
	follow_forget(s);
	if (follow_mode_entry(s, m, err) < 0 ||
		store_log(s, now, is_new ? "mode add" : "mode set", m->name, NULL, NULL, UNTIL_OPEN,
			NULL, err) < 0)
		return -1;
	if (is_new)
		return 0;
	return follow_users(s, now, "mode set", "SELECT user_id FROM presence WHERE mode_id = ?",
		m->id, NULL, err);
}

#define PERIODS "?1 IN (business_id, break_id, outside_id, holiday_id)"
#define BY_NAME                                                                                    \
	"EXISTS (SELECT 1 FROM mode WHERE mode.id = ?1 AND (mode.name IN (busy, oof)"              \
	" OR patterns || ';' LIKE '%:' || mode.name || ';%'))"

int store_mode_uses(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	int64_t others;

	if (sql_number(s, err, 0, ret,
		    "SELECT count(*) FROM (SELECT user_id FROM presence WHERE mode_id = ?1 UNION"
		    " SELECT user_id FROM switch WHERE mode_id = ?1 UNION"
		    " SELECT id FROM users WHERE mode_id = ?1 OR " PERIODS " OR " BY_NAME ")",
		    "i", id) < 0 ||
		sql_number(s, err, 0, &others,
			"SELECT (SELECT count(*) FROM schedule WHERE " PERIODS ") +"
			" (SELECT count(*) FROM override WHERE mode_id = ?1)",
			"i", id) < 0)
		return -1;
	*ret += others;
	return 0;
}

/* What names the mode names its heir. */
static int inherit(struct store *s, const struct mode *m, const struct mode *heir, struct err *err)
{
	static const char *const by_id[] = {
		"UPDATE switch SET mode_id = ?2 WHERE mode_id = ?1",
		"UPDATE override SET mode_id = ?2 WHERE mode_id = ?1",
		"UPDATE users SET mode_id = ?2 WHERE mode_id = ?1",
		"UPDATE users SET business_id = ?2 WHERE business_id = ?1",
		"UPDATE users SET break_id = ?2 WHERE break_id = ?1",
		"UPDATE users SET outside_id = ?2 WHERE outside_id = ?1",
		"UPDATE users SET holiday_id = ?2 WHERE holiday_id = ?1",
		"UPDATE schedule SET business_id = ?2 WHERE business_id = ?1",
		"UPDATE schedule SET break_id = ?2 WHERE break_id = ?1",
		"UPDATE schedule SET outside_id = ?2 WHERE outside_id = ?1",
		"UPDATE schedule SET holiday_id = ?2 WHERE holiday_id = ?1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(by_id); i++) {
		if (sql_run(s, err, by_id[i], "ii", m->id, heir->id) < 0)
			return -1;
	}
	return sql_run(s, err,
		"UPDATE users SET busy = iif(busy = ?1 COLLATE NOCASE, ?2, busy),"
		" oof = iif(oof = ?1 COLLATE NOCASE, ?2, oof), patterns ="
		" rtrim(replace(patterns || ';', ':' || ?1 || ';', ':' || ?2 || ';'), ';')",
		"tt", m->name, heir->name);
}

int follow_mode_delete(struct store *s, const struct mode *m, const struct mode *heir, int64_t now,
	struct err *err)
{
	follow_forget(s);
	if (heir) {
		if (inherit(s, m, heir, err) < 0)
			return -1;
		follow_forget(s);
		if (follow_users(s, now, "mode delete",
			    "SELECT user_id FROM presence WHERE mode_id = ?", m->id, NULL, err) < 0)
			return -1;
	}
	if (follow_mode_entry_release(s, m, err) < 0 ||
		sql_run(s, err, "DELETE FROM mode WHERE id = ?", "i", m->id) < 0)
		return -1;
	follow_forget(s);
	return store_log(s, now, "mode delete", m->name, NULL, heir ? heir->name : NULL, UNTIL_OPEN,
		NULL, err);
}
