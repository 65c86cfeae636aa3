/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/mode.h"

#include <stdio.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"

#define MODE_COLUMNS(C, AND)                                                                       \
	C(MODE_ID, "id")                                                                           \
	AND(MODE_NAME, "name")                                                                     \
	AND(MODE_ALIAS, "alias")                                                                   \
	AND(MODE_LABEL, "label")                                                                   \
	AND(MODE_TYPE, "type")                                                                     \
	AND(MODE_LAMP, "lamp")                                                                     \
	AND(MODE_NOTE, "note")                                                                     \
	AND(MODE_LIFETIME, "lifetime")                                                             \
	AND(MODE_BUILTIN, "builtin")
enum { DB_ENUM(MODE_COLUMNS) };
#define SELECT_MODE "SELECT " DB_COLUMNS(MODE_COLUMNS) " FROM mode "

static void read_mode(struct db_rows *rows, struct mode *m)
{
	int type = ptype_parse(db_text(rows, MODE_TYPE));
	int lamp = lamp_parse(db_text(rows, MODE_LAMP));

	*m = (struct mode){ .id = db_int(rows, MODE_ID) };
	db_copy(rows, MODE_NAME, m->name, sizeof(m->name));
	db_copy(rows, MODE_ALIAS, m->alias, sizeof(m->alias));
	db_copy(rows, MODE_LABEL, m->label, sizeof(m->label));
	m->type = type < 0 ? PTYPE_AVAILABLE : (enum ptype)type;
	m->lamp = lamp < 0 ? LAMP_OFF : (enum lamp)lamp;
	db_copy(rows, MODE_NOTE, m->note, sizeof(m->note));
	db_copy(rows, MODE_LIFETIME, m->lifetime, sizeof(m->lifetime));
	m->builtin = db_bool(rows, MODE_BUILTIN);
}

int store_mode_find(struct store *s, const char *word, struct mode *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		SELECT_MODE "WHERE name_key = lower(?1) OR alias_key = lower(?1)", T(word));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return store_not_found(err, "mode", word,
			db_query(s->db, err,
				"SELECT name FROM mode UNION ALL SELECT alias FROM mode WHERE alias IS NOT NULL"));
	read_mode(rows, ret);
	return 0;
}

/* Have the mode among those that are kept. Returns 1, or 0 if there is none. */
static int keep_mode(struct store *s, int64_t id, struct mode **ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = NULL;
	int r;

	*ret = &s->modes[(uint64_t)id % MODES_SIZE];
	if ((*ret)->id == id && id)
		return 1;
	rows = db_query(s->db, err, SELECT_MODE "WHERE id = ?1", I(id));
	if ((r = db_next(rows, err)) > 0)
		read_mode(rows, *ret);
	return r;
}

int store_mode_get(struct store *s, int64_t id, struct mode *ret, struct err *err)
{
	struct mode *known;
	int r = keep_mode(s, id, &known, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_STORE, "database '%s' names a mode that is not there",
			db_path(s->db));
	*ret = *known;
	return 0;
}

int store_mode_known(struct store *s, int64_t *id, const char *where, int64_t row, struct err *err)
{
	struct mode *known;
	char text[120];
	int r = *id ? keep_mode(s, *id, &known, err) : 1;

	if (r != 0)
		return r < 0 ? -1 : 0;
	snprintf(text, sizeof(text), "%s is %lld names no mode", where, (long long)row);
	db_note_odd(s->db, text);
	*id = 0;
	return 0;
}

int store_mode_each(
	struct store *s, int (*fn)(void *data, const struct mode *m), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err, SELECT_MODE "ORDER BY id");
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct mode m;

		read_mode(rows, &m);
		if ((r = fn(data, &m)) != 0)
			return r;
	}
	return r;
}

void store_mode_forget(struct store *s)
{
	for (size_t i = 0; i < MODES_SIZE; i++)
		s->modes[i].id = 0;
}

/* A word may name only one mode, by its name or by its alias. */
static int check_free(struct store *s, const struct mode *m, const char *word, struct err *err)
{
	int64_t other;

	if (!*word)
		return 0;
	if (db_number(s->db, err, 0, &other,
		    "SELECT id FROM mode WHERE (name_key = lower(?1) OR alias_key = lower(?1)) AND id <> ?2",
		    T(word), I(m->id)) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a mode '%s' already", word);
	return 0;
}

int store_mode_write(struct store *s, struct mode *m, struct err *err)
{
	if (check_free(s, m, m->name, err) < 0 || check_free(s, m, m->alias, err) < 0)
		return -1;
	if (!strcasecmp(m->name, m->alias))
		return err_set(err, ERR_USAGE, "the alias of mode '%s' is its name", m->name);
	store_mode_forget(s);
	if (!m->id)
		return db_number(s->db, err, 0, &m->id,
			"INSERT INTO mode (name, alias, label, type, lamp, note, lifetime, builtin)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
			T(m->name), E(m->alias), T(m->label), T(ptype_name(m->type)),
			T(lamp_name(m->lamp)), T(m->note), T(m->lifetime), I(m->builtin));
	return written(db_run(s->db, err,
		"UPDATE mode SET name = ?1, alias = ?2, label = ?3, type = ?4, lamp = ?5, note = ?6,"
		" lifetime = ?7 WHERE id = ?8",
		T(m->name), E(m->alias), T(m->label), T(ptype_name(m->type)), T(lamp_name(m->lamp)),
		T(m->note), T(m->lifetime), I(m->id)));
}

int store_mode_delete(struct store *s, int64_t id, struct err *err)
{
	store_mode_forget(s);
	/* What has ended is kept for a while, but a mode is not in use by it. */
	if (db_run(s->db, err, "DELETE FROM switch WHERE mode_id = ?1 AND ended IS NOT NULL",
		    I(id)) < 0 ||
		db_run(s->db, err, "DELETE FROM override WHERE mode_id = ?1 AND ended IS NOT NULL",
			I(id)) < 0)
		return -1;
	return written(db_run(s->db, err, "DELETE FROM mode WHERE id = ?1", I(id)));
}

int store_mode_users(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT user_id FROM presence WHERE mode_id = ?1", I(id)), ret,
		err);
}

#define FOR_PERIOD "?1 IN (business_id, break_id, outside_id, holiday_id)"
/* True if a user's texts name the mode. Patterns are "text:mode; text:mode" with the modes' names, no aliases. With a ';' at the
 * end each mode stands between ':' and ';'. If removing ":NAME;" changes the text, the text names the mode. */
#define BY_NAME                                                                                    \
	"EXISTS (SELECT 1 FROM mode WHERE mode.id = ?1 AND (name_key IN (lower(busy), lower(oof))" \
	" OR replace(lower(patterns) || ';', ':' || name_key || ';', '') <> lower(patterns) || ';'))"

int store_mode_uses(struct store *s, int64_t id, int64_t *ret, struct err *err)
{
	int64_t others;

	if (db_number(s->db, err, 0, ret,
		    "SELECT count(*) FROM (SELECT user_id FROM presence WHERE mode_id = ?1 UNION"
		    " SELECT user_id FROM switch WHERE mode_id = ?1 AND ended IS NULL UNION"
		    " SELECT id FROM users WHERE mode_id = ?1 OR " FOR_PERIOD " OR " BY_NAME ") x",
		    I(id)) < 0 ||
		db_number(s->db, err, 0, &others,
			"SELECT (SELECT count(*) FROM schedule WHERE " FOR_PERIOD ") +"
			" (SELECT count(*) FROM override WHERE mode_id = ?1 AND ended IS NULL)",
			I(id)) < 0)
		return -1;
	*ret += others;
	return 0;
}

int store_mode_replace(
	struct store *s, const struct mode *m, const struct mode *instead, struct err *err)
{
	struct db_value was = I(m->id), now = I(instead->id);

	if (db_run(s->db, err, "UPDATE switch SET mode_id = ?2 WHERE mode_id = ?1", was, now) < 0 ||
		db_run(s->db, err, "UPDATE override SET mode_id = ?2 WHERE mode_id = ?1", was,
			now) < 0 ||
		db_run(s->db, err,
			"UPDATE schedule SET business_id = CASE business_id WHEN ?1 THEN ?2 ELSE business_id END,"
			" break_id = CASE break_id WHEN ?1 THEN ?2 ELSE break_id END,"
			" outside_id = CASE outside_id WHEN ?1 THEN ?2 ELSE outside_id END,"
			" holiday_id = CASE holiday_id WHEN ?1 THEN ?2 ELSE holiday_id END WHERE " FOR_PERIOD,
			was, now) < 0 ||
		db_run(s->db, err,
			"UPDATE users SET mode_id = CASE mode_id WHEN ?1 THEN ?2 ELSE mode_id END,"
			" business_id = CASE business_id WHEN ?1 THEN ?2 ELSE business_id END,"
			" break_id = CASE break_id WHEN ?1 THEN ?2 ELSE break_id END,"
			" outside_id = CASE outside_id WHEN ?1 THEN ?2 ELSE outside_id END,"
			" holiday_id = CASE holiday_id WHEN ?1 THEN ?2 ELSE holiday_id END"
			" WHERE mode_id = ?1 OR " FOR_PERIOD,
			was, now) < 0)
		return -1;
	return written(db_run(s->db, err,
		"UPDATE users SET busy = CASE WHEN lower(busy) = lower(?1) THEN ?2 ELSE busy END,"
		" oof = CASE WHEN lower(oof) = lower(?1) THEN ?2 ELSE oof END, patterns ="
		" rtrim(replace(patterns || ';', ':' || ?1 || ';', ':' || ?2 || ';'), ';')",
		T(m->name), T(instead->name)));
}
