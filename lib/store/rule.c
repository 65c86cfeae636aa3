/* Rules of call handling, and the rows of the PBX that they are compiled to. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/calls/entry.h"

static int read_rules(struct store *s, sqlite3_stmt *st, struct rules *ret, struct err *err)
{
	struct err why;
	int r;

	*ret = (struct rules){ 0 };
	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		/* What cannot be read was written by somebody else: it does not count. */
		(void)!rules_set(ret, sql_text(st, 0), sql_text(st, 1), &why);
	}
	return r;
}

/* Rule r forwards to one of these, as destinations are kept. */
#define IS_TO(names) "r.key LIKE 'forward.%.%' AND r.value COLLATE NOCASE IN (" names ")"

int store_mode_rules(struct store *s, int64_t mode_id, struct rules *ret, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT key, value FROM mode_rule WHERE mode_id = ?", "i", mode_id);

	return read_rules(s, st, ret, err);
}

int store_user_rules(
	struct store *s, int64_t user_id, int64_t mode_id, struct rules *ret, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT key, value FROM user_rule WHERE user_id = ? AND mode_id = ?",
			"ii", user_id, mode_id);

	return read_rules(s, st, ret, err);
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

static int destination_on(struct store *s, const char *pbx, struct destination *d, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT name, extension, pbx = ?2 FROM user WHERE name = ?1 OR extension = ?1"
		" ORDER BY name = ?1 DESC, pbx = ?2 DESC LIMIT 1",
		"tt", d->value, pbx);
	int r = st ? sql_row(s, st, err) : -1;

	if (r <= 0)
		return r;
	if (sqlite3_column_int(st, 2)) {
		sql_copy(d->value, sizeof(d->value), st, 0);
	} else {
		d->kind = DESTINATION_GROUP;
		sql_copy(d->value, sizeof(d->value), st, 1);
	}
	return 0;
}

int store_rules_on(struct store *s, const char *pbx, struct rules *rules, struct err *err)
{
	for (int i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++) {
		struct destination *d = &rules->forward[i / FORWARD_COUNT][i % FORWARD_COUNT];

		if (d->kind == DESTINATION_USER && destination_on(s, pbx, d, err) < 0)
			return -1;
	}
	return 0;
}

/* For destination_compile(): the extension of a user. The text is lent until the next call. */
struct lookup {
	struct store *store;
	char extension[EXTENSION_MAX_LEN + 1];
};

static const char *find_extension(void *ctx, const char *who)
{
	struct lookup *l = ctx;
	struct user u;
	struct err ignored;

	if (store_user_named(l->store, who, &u, &ignored) < 0 || !u.id)
		return NULL;
	text_copy(l->extension, sizeof(l->extension), u.extension);
	return l->extension;
}

static int want_row(struct store *s, int64_t user_id, const char *pbx, const char *name,
	const char *value, struct err *err)
{
	return sql_run(s, err,
		"INSERT INTO item (pbx, name, wanted, rank, user_id) VALUES (?1, ?2, ?3, 0, ?4)"
		" ON CONFLICT (name, pbx) DO UPDATE SET wanted = ?3, rank = 0, user_id = ?4, error = NULL"
		" WHERE wanted IS NOT ?3 OR user_id IS NOT ?4",
		"tttn", pbx, name, value, user_id);
}

/* The modes of which a user has a version. */
static int modes_of(struct store *s, int64_t user_id, struct ids *ret, struct err *err)
{
	SQL_STMT st = sql(
		s, err, "SELECT DISTINCT mode_id FROM user_rule WHERE user_id = ?", "i", user_id);

	return st ? ids_collect(s, st, ret, err) : -1;
}

/* The rows of a user's own versions: wanted where one differs, released where none does any more. */
static int rule_rows(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };
	struct lookup lookup = { .store = s };

	if (modes_of(s, u->id, &modes, err) < 0 ||
		sql_run(s, err,
			"UPDATE item SET wanted = '', error = NULL WHERE user_id = ? AND name LIKE '" ENTRY_RULE
			"/%'",
			"i", u->id) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		_cleanup_(strbuf_done) struct strbuf row = STRBUF_INIT;
		char key[ENTRY_KEY_MAX_LEN + 1], name[ITEM_NAME_SIZE];
		struct effective e;
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			store_effective(s, u->id, &m, &e, err) < 0 ||
			store_rules_on(s, u->pbx, &e.rules, err) < 0)
			return -1;
		if (entry_mode(&m, &e.rules, find_extension, &lookup, &row, err) < 0)
			return err_wrap(err, "user '%s'", u->name);
		entry_rule_key(u->extension, m.name, key);
		snprintf(name, sizeof(name), ENTRY_RULE "/%.*s",
			(int)(sizeof(name) - sizeof(ENTRY_RULE "/")), key);
		if (want_row(s, u->id, u->pbx, name, row.s, err) < 0)
			return -1;
	}
	return 0;
}

static int rule_rows_of(struct store *s, const struct ids *users, struct err *err)
{
	for (size_t i = 0; i < users->n; i++) {
		struct user u;

		if (store_user_get(s, users->ids[i], &u, err) < 0 || rule_rows(s, &u, err) < 0)
			return -1;
	}
	return 0;
}

/* Who has a version of their own of a mode. */
static int version_owners(struct store *s, int64_t mode_id, struct ids *ret, struct err *err)
{
	SQL_STMT st = sql(
		s, err, "SELECT DISTINCT user_id FROM user_rule WHERE mode_id = ?", "i", mode_id);

	return st ? ids_collect(s, st, ret, err) : -1;
}

static int mode_row_on(
	struct store *s, const char *pbx, const struct mode *m, struct rules rules, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf row = STRBUF_INIT;
	struct lookup lookup = { .store = s };
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), ENTRY_MODE "/%s", m->name);
	if (store_rules_on(s, pbx, &rules, err) < 0 ||
		entry_mode(m, &rules, find_extension, &lookup, &row, err) < 0)
		return -1;
	return want_row(s, 0, pbx, name, row.s, err);
}

/* On every PBX; and the versions of users, which hold what they do not differ in too. */
int store_mode_entry(struct store *s, const struct mode *m, struct err *err)
{
	SQL_STMT st = sql(s, err, "SELECT DISTINCT pbx FROM user", "");
	_cleanup_(ids_done) struct ids owners = { 0 };
	struct effective e;
	int r;

	if (!st || store_effective(s, 0, m, &e, err) < 0)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		if (mode_row_on(s, sql_text(st, 0), m, e.rules, err) < 0)
			return -1;
	}
	if (r < 0 || version_owners(s, m->id, &owners, err) < 0)
		return -1;
	return rule_rows_of(s, &owners, err);
}

static int each_mode_row(void *data, const struct mode *m)
{
	struct {
		struct store *store;
		struct err *err;
	} *to = data;

	return store_mode_entry(to->store, m, to->err);
}

int store_mode_entries(struct store *s, struct err *err)
{
	struct {
		struct store *store;
		struct err *err;
	} to = { s, err };

	return store_mode_each(s, each_mode_row, &to, err) < 0 ? -1 : 0;
}

int store_mode_entry_release(struct store *s, const struct mode *m, struct err *err)
{
	_cleanup_(ids_done) struct ids owners = { 0 };
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), ENTRY_MODE "/%s", m->name);
	if (version_owners(s, m->id, &owners, err) < 0 ||
		sql_run(s, err, "UPDATE item SET wanted = '', error = NULL WHERE name = ?", "t",
			name) < 0 ||
		sql_run(s, err, "DELETE FROM user_rule WHERE mode_id = ?", "i", m->id) < 0)
		return -1;
	return rule_rows_of(s, &owners, err);
}

static const char *prefix_of(const struct store *s, const char *pbx)
{
	for (size_t i = 0; i < s->prefixes_n; i++) {
		if (!strcasecmp(s->prefixes[i].pbx, pbx))
			return s->prefixes[i].prefix;
	}
	return "";
}

int store_user_entries(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf row = STRBUF_INIT;
	char name[ITEM_NAME_SIZE];
	int64_t modes;

	if (entry_user(u, prefix_of(s, u->pbx), &row, err) < 0)
		return -1;
	snprintf(name, sizeof(name), ENTRY_USER "/%s", u->extension);
	if (sql_run(s, err,
		    "UPDATE item SET wanted = '', error = NULL WHERE user_id = ?1 AND name LIKE '" ENTRY_USER
		    "/%' AND (name <> ?2 OR pbx <> ?3 COLLATE NOCASE)",
		    "itt", u->id, name, u->pbx) < 0 ||
		want_row(s, u->id, u->pbx, name, row.s, err) < 0 || rule_rows(s, u, err) < 0 ||
		sql_number(s, err, 0, &modes,
			"SELECT EXISTS (SELECT 1 FROM item WHERE pbx = ? AND name = '" ENTRY_MODE
			"/available' AND wanted <> '')",
			"t", u->pbx) < 0)
		return -1;
	/* The first user of a PBX brings the modes and schedules along. */
	if (modes)
		return 0;
	return store_mode_entries(s, err) < 0 ? -1 : store_hours_soon(s, 0, err);
}

/* All rows, as after an upgrade or when a prefix is another one. */
int store_entries(struct store *s, struct err *err)
{
	_cleanup_(ids_done) struct ids ids = { 0 };
	sqlite3_stmt *st = sql(s, err, "SELECT id FROM user", "");

	if (!st || ids_collect(s, st, &ids, err) < 0)
		return -1;
	sqlite3_reset(st);
	for (size_t i = 0; i < ids.n; i++) {
		struct user u;

		if (store_user_get(s, ids.ids[i], &u, err) < 0 ||
			store_user_entries(s, &u, err) < 0)
			return -1;
	}
	return store_mode_entries(s, err);
}

/* "alice", or "user:busy". */
static char *destination_to(const char *who)
{
	struct destination d = { .kind = DESTINATION_USER };
	struct strbuf text = STRBUF_INIT;

	text_copy(d.value, sizeof(d.value), who);
	destination_print(&d, &text);
	return strbuf_take(&text);
}

/* Rules that name a user, or an extension that was or is theirs now, are compiled again. */
int store_entries_naming(
	struct store *s, const struct user *u, const char *was_extension, struct err *err)
{
	_cleanup_(ids_done) struct ids ids = { 0 };
	_cleanup_(freep) char *name = destination_to(u->name), *now = destination_to(u->extension),
			      *was = destination_to(was_extension);
	int64_t any;
	sqlite3_stmt *st =
		sql(s, err, "SELECT DISTINCT r.user_id FROM user_rule r WHERE " IS_TO("?1, ?2, ?3"),
			"ttt", name, now, was);

	if (!st || ids_collect(s, st, &ids, err) < 0)
		return -1;
	sqlite3_reset(st);
	if (rule_rows_of(s, &ids, err) < 0 ||
		sql_number(s, err, 0, &any,
			"SELECT EXISTS (SELECT 1 FROM mode_rule r WHERE " IS_TO("?1, ?2, ?3") ")",
			"ttt", name, now, was) < 0)
		return -1;
	return any ? store_mode_entries(s, err) : 0;
}

static int save_mode_rule(
	struct store *s, int64_t mode_id, const struct key_pair *p, struct err *err)
{
	return sql_run(s, err, "INSERT INTO mode_rule (mode_id, key, value) VALUES (?, ?, ?)",
		"itt", mode_id, p->word.s, p->value.s);
}

int store_mode_rules_save(struct store *s, const struct mode *m, const struct rules *rules,
	int64_t now, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf changes = STRBUF_INIT;
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;
	struct rules before;
	struct effective e;
	int r = 0;

	if (store_mode_rules(s, m->id, &before, err) < 0)
		return -1;
	rules_changes(&before, rules, &changes);
	if (sql_run(s, err, "DELETE FROM mode_rule WHERE mode_id = ?", "i", m->id) < 0)
		return -1;
	while (r == 0 && keys_next(&rule_keys, rules, &p))
		r = save_mode_rule(s, m->id, &p, err);
	store_forget(s);
	if (r < 0 || store_effective(s, 0, m, &e, err) < 0 ||
		store_mode_loops(s, m, &e.rules, err) < 0 || store_mode_entry(s, m, err) < 0 ||
		store_members_in_mode(s, m->id, 0, err) < 0)
		return -1;
	return store_log(s, now, "mode rule", m->name, NULL, NULL, UNTIL_OPEN, changes.s, err);
}

int store_user_rules_save(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, int64_t now, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf changes = STRBUF_INIT;
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;
	struct rules before;
	int r = 0;

	if (store_user_rules(s, u->id, m->id, &before, err) < 0)
		return -1;
	rules_changes(&before, rules, &changes);
	if (sql_run(s, err, "DELETE FROM user_rule WHERE user_id = ? AND mode_id = ?", "ii", u->id,
		    m->id) < 0)
		return -1;
	while (r == 0 && keys_next(&rule_keys, rules, &p))
		r = sql_run(s, err,
			"INSERT INTO user_rule (user_id, mode_id, key, value) VALUES (?, ?, ?, ?)",
			"iitt", u->id, m->id, p.word.s, p.value.s);
	if (r < 0 || store_user_loops(s, u, err) < 0 || rule_rows(s, u, err) < 0 ||
		store_members_in_mode(s, m->id, u->id, err) < 0)
		return -1;
	return store_log(s, now, "rule", u->name, NULL, m->name, UNTIL_OPEN, changes.s, err);
}

int store_user_rules_check(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	if (modes_of(s, u->id, &modes, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct rules rules;
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			store_user_rules(s, u->id, m.id, &rules, err) < 0)
			return -1;
		if (rules_check_user(&rules, u, err) < 0)
			return err_wrap(err, "call rules of %s in mode %s", u->name, m.name);
	}
	return store_user_loops(s, u, err);
}

int store_user_rules_unused(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(freep) char *name = destination_to(u->name), *ext = destination_to(u->extension);
	SQL_STMT st = sql(s, err,
		"SELECT 'rule unset ' || u.name || ' ' || m.name, r.key FROM user_rule r JOIN user u ON u.id = r.user_id"
		" JOIN mode m ON m.id = r.mode_id WHERE r.user_id <> ?1 AND " IS_TO(
			"?2, ?3") " UNION ALL SELECT 'mode unset ' || m.name, r.key FROM mode_rule r JOIN mode m ON m.id = r.mode_id"
				  " WHERE " IS_TO("?2, ?3") " LIMIT 1",
		"itt", u->id, name, ext);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return 0;
	return err_set(err, ERR_FAILED, "calls are forwarded to %s; first: presencectl %s %s",
		u->name, sql_text(st, 0), sql_text(st, 1));
}
