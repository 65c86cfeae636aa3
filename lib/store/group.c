/* Groups, and the users that words name. */
#include <string.h>

#include "lib/store/sql.h"

static void read_group(sqlite3_stmt *st, struct group *g)
{
	g->id = sqlite3_column_int64(st, 0);
	sql_copy(g->name, sizeof(g->name), st, 1);
	g->members = sqlite3_column_int64(st, 2);
	sql_copy(g->schedule, sizeof(g->schedule), st, 3);
}

#define SELECT_GROUP                                                                               \
	"SELECT g.id, g.name, (SELECT count(*) FROM group_member WHERE group_id = g.id)"           \
	", (SELECT name FROM schedule WHERE id = g.schedule_id) FROM user_group g "

int store_group_find(struct store *s, const char *name, struct group *ret, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_GROUP "WHERE g.name = ?", "t", name);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return sql_not_found(s, err, "group", name, "SELECT name FROM user_group");
	read_group(st, ret);
	return 0;
}

int store_group_each(
	struct store *s, int (*fn)(void *data, const struct group *g), void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_GROUP "ORDER BY g.name", "");
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		struct group g;

		read_group(st, &g);
		if ((r = fn(data, &g)) != 0)
			return r;
	}
	return r;
}

int store_group_add(struct store *s, const char *name, int64_t now, struct err *err)
{
	int64_t other;

	if (sql_number(s, err, 0, &other, "SELECT id FROM user_group WHERE name = ?", "t", name) <
		0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a group '%s' already", name);
	if (sql_run(s, err, "INSERT INTO user_group (name) VALUES (?)", "t", name) < 0)
		return -1;
	return store_log(s, now, "group add", name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

/* A user whose groups, or whose groups' schedules, are others now. */
static int moved(struct store *s, int64_t user_id, int64_t now, const char *what, struct err *err)
{
	if (sql_run(s, err, NEXT_ANEW "user_id = ?2", "ii", now, user_id) < 0)
		return -1;
	return follow_user(s, user_id, now, what, err);
}

int follow_group_changed(
	struct store *s, int64_t group_id, int64_t now, const char *what, struct err *err)
{
	if (sql_run(s, err,
		    NEXT_ANEW "user_id IN (SELECT user_id FROM group_member WHERE group_id = ?2)",
		    "ii", now, group_id) < 0)
		return -1;
	return follow_users(s, now, what, "SELECT user_id FROM group_member WHERE group_id = ?",
		group_id, NULL, err);
}

int follow_group_delete(struct store *s, const struct group *g, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	int64_t override;
	sqlite3_stmt *st;

	if (sql_number(s, err, 0, &override, "SELECT min(id) FROM override WHERE group_id = ?", "i",
		    g->id) < 0)
		return -1;
	if (override)
		return err_set(err, ERR_FAILED,
			"override %lld is for group '%s'; 'override clear @%s' ends it first",
			(long long) override, g->name, g->name);
	st = sql(s, err, "SELECT user_id FROM group_member WHERE group_id = ?", "i", g->id);

	if (!st || ids_collect(s, st, &who, err) < 0)
		return -1;
	sqlite3_reset(st);
	if (sql_run(s, err, "DELETE FROM user_group WHERE id = ?", "i", g->id) < 0)
		return -1;
	follow_forget(s);
	for (size_t i = 0; i < who.n; i++) {
		if (moved(s, who.ids[i], now, "group delete", err) < 0)
			return -1;
	}
	return store_log(s, now, "group delete", g->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err)
{
	int r;

	if (member)
		r = sql_run(s, err,
			"INSERT OR IGNORE INTO group_member (group_id, user_id) VALUES (?, ?)",
			"ii", g->id, u->id);
	else
		r = sql_run(s, err, "DELETE FROM group_member WHERE group_id = ? AND user_id = ?",
			"ii", g->id, u->id);
	if (r < 0)
		return -1;
	*ret_changed = sqlite3_changes(s->db->sqlite) > 0;
	if (!*ret_changed)
		return 0;
	if (moved(s, u->id, now, member ? "group assign" : "group unassign", err) < 0)
		return -1;
	return store_log(s, now, member ? "group assign" : "group unassign", u->name, NULL, NULL,
		UNTIL_OPEN, g->name, err);
}

int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT g.name FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE m.user_id = ?"
		" ORDER BY g.name",
		"i", user_id);

	return sql_each_text(s, st, fn, data, err);
}

int ids_add(struct ids *w, int64_t id)
{
	w->ids = mem_grow(w->ids, &w->cap, w->n + 1, sizeof(*w->ids));
	w->ids[w->n++] = id;
	return 0;
}

int ids_collect(struct store *s, sqlite3_stmt *st, struct ids *w, struct err *err)
{
	int r;

	while ((r = sql_row(s, st, err)) > 0)
		ids_add(w, sqlite3_column_int64(st, 0));
	return r;
}

void ids_done(struct ids *w)
{
	free(w->ids);
	*w = (struct ids){ 0 };
}

struct who_place {
	int64_t id;
	size_t at;
};

static int by_id(const void *a, const void *b)
{
	const struct who_place *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int by_place(const void *a, const void *b)
{
	const struct who_place *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

void ids_unique(struct ids *w)
{
	_cleanup_(freep) struct who_place *p = xcalloc(w->n, sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		p[i] = (struct who_place){ w->ids[i], i };
	qsort(p, w->n, sizeof(*p), by_id);
	for (size_t i = 0; i < w->n; i++) {
		if (!n || p[n - 1].id != p[i].id)
			p[n++] = p[i];
	}
	qsort(p, n, sizeof(*p), by_place);
	for (size_t i = 0; i < n; i++)
		w->ids[i] = p[i].id;
	w->n = n;
}

static int add_word(struct store *s, const char *word, struct ids *w, struct err *err)
{
	SQL_STMT st = NULL;
	struct group g;
	struct user u;

	if (!strcasecmp(word, "all")) {
		st = sql(s, err, "SELECT id FROM users ORDER BY name", "");
		return st ? ids_collect(s, st, w, err) : -1;
	}
	if (*word == '@') {
		if (store_group_find(s, word + 1, &g, err) < 0)
			return -1;
		st = sql(s, err,
			"SELECT u.id FROM group_member m JOIN users u ON u.id = m.user_id WHERE m.group_id = ?"
			" ORDER BY u.name",
			"i", g.id);
		return st ? ids_collect(s, st, w, err) : -1;
	}
	if (store_user_find(s, word, &u, err) < 0)
		return -1;
	return ids_add(w, u.id);
}

int store_who(struct store *s, const char *const *words, size_t n, struct ids *ret, struct err *err)
{
	_cleanup_(ids_done) struct ids w = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (add_word(s, words[i], &w, err) < 0)
			return -1;
	}
	if (n > 1 && w.n > 1)
		ids_unique(&w);
	*ret = w;
	w = (struct ids){ 0 };
	return 0;
}
