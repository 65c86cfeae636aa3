/* The old door to the database, until all use db.h. */
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/closest.h"
#include "lib/base/text.h"
#include "lib/store/sql.h"

enum { STATEMENTS_SIZE = 1024 };
static struct statement {
	struct store *s;
	const char *text;
	sqlite3_stmt *st;
} statements[STATEMENTS_SIZE];

void sql_free(struct store *s)
{
	for (size_t i = 0; i < STATEMENTS_SIZE; i++) {
		if (statements[i].s != s)
			continue;
		sqlite3_finalize(statements[i].st);
		statements[i] = (struct statement){ 0 };
	}
}

static sqlite3_stmt *prepare(struct store *s, const char *text, struct err *err)
{
	size_t i = 0, at = STATEMENTS_SIZE;

	for (i = 0; i < STATEMENTS_SIZE; i++) {
		if (statements[i].s == s && statements[i].text == text)
			return statements[i].st;
		if (!statements[i].s)
			at = i;
	}
	assert(at < STATEMENTS_SIZE);
	if (sqlite3_prepare_v3(s->db->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &statements[at].st, NULL) !=
		SQLITE_OK) {
		db_fail(s->db, err);
		return NULL;
	}
	statements[at].s = s;
	statements[at].text = text;
	return statements[at].st;
}

int sql_fail(struct store *s, struct err *err)
{
	return db_fail(s->db, err);
}

static int bind(sqlite3_stmt *st, const char *types, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		int64_t n;

		if (*types == 't') {
			rc = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
			continue;
		}
		n = va_arg(ap, int64_t);
		if ((*types == 'o' && n == UNTIL_OPEN) || (*types == 'n' && n <= 0))
			rc = sqlite3_bind_null(st, i);
		else
			rc = sqlite3_bind_int64(st, i, n);
	}
	return rc;
}

static sqlite3_stmt *vsql(
	struct store *s, struct err *err, const char *text, const char *types, va_list ap)
{
	sqlite3_stmt *st = prepare(s, text, err);

	if (!st)
		return NULL;
	assert(!sqlite3_stmt_busy(st));
	if (bind(st, types, ap) != SQLITE_OK) {
		sql_fail(s, err);
		return NULL;
	}
	return st;
}

sqlite3_stmt *sql(struct store *s, struct err *err, const char *text, const char *types, ...)
{
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, types);
	st = vsql(s, err, text, types, ap);
	va_end(ap);
	return st;
}

int sql_row(struct store *s, sqlite3_stmt *st, struct err *err)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW: return 1;
	case SQLITE_DONE: return 0;
	default: return sql_fail(s, err);
	}
}

int sql_each_text(struct store *s, sqlite3_stmt *st, int (*fn)(void *data, const char *text),
	void *data, struct err *err)
{
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		if ((r = fn(data, sql_text(st, 0))) != 0)
			return r;
	}
	return r;
}

int sql_run(struct store *s, struct err *err, const char *text, const char *types, ...)
{
	SQL_STMT st = NULL;
	va_list ap;
	int r;

	va_start(ap, types);
	st = vsql(s, err, text, types, ap);
	va_end(ap);
	if (!st)
		return -1;
	do {
		r = sql_row(s, st, err);
	} while (r > 0);
	return r;
}

int sql_number(struct store *s, struct err *err, int64_t fallback, int64_t *ret, const char *text,
	const char *types, ...)
{
	SQL_STMT st = NULL;
	va_list ap;
	int r;

	va_start(ap, types);
	st = vsql(s, err, text, types, ap);
	va_end(ap);
	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	*ret = r && sqlite3_column_type(st, 0) != SQLITE_NULL ? sqlite3_column_int64(st, 0)
							      : fallback;
	return 0;
}

void sql_resetp(sqlite3_stmt **st)
{
	if (*st)
		sqlite3_reset(*st);
}

const char *sql_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text ? text : "";
}

int64_t sql_until(sqlite3_stmt *st, int column)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? UNTIL_OPEN
							      : sqlite3_column_int64(st, column);
}

/* What does not fit was written by somebody else: cut, not trusted. */
void sql_copy(char *to, size_t size, sqlite3_stmt *st, int column)
{
	const char *text = sql_text(st, column);
	size_t n = strnlen(text, size);

	memcpy(to, text, n < size ? n + 1 : size);
	if (n == size)
		text_cut(to, size - 1);
}

int sql_not_found(
	struct store *s, struct err *err, const char *noun, const char *word, const char *names)
{
	SQL_STMT st = sql(s, err, names, "");
	_cleanup_(freep) char **list = NULL;
	size_t n = 0, cap = 0;
	const char *guess;

	while (st && n < 20000 && sqlite3_step(st) == SQLITE_ROW) {
		list = mem_grow(list, &cap, n + 1, sizeof(*list));
		list[n++] = xstrdup(sql_text(st, 0));
	}
	guess = closest(word, (const char *const *)list, n);
	err_set(err, ERR_NOT_FOUND, "no %s '%s'", noun, word);
	if (guess)
		err_hint(err, "; did you mean '%s'?", guess);
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	return -1;
}


int sql_later(struct store *s, struct err *err, const char *text, const char *types, ...)
{
	struct db_value v[10];
	size_t n = 0;
	va_list ap;

	va_start(ap, types);
	for (; *types; types++, n++) {
		if (*types == 't') {
			v[n] = T(va_arg(ap, const char *));
			continue;
		}
		v[n] = I(va_arg(ap, int64_t));
		if ((*types == 'o' && v[n].n == UNTIL_OPEN) || (*types == 'n' && v[n].n <= 0))
			v[n].type = DB_NULL;
	}
	va_end(ap);
	return db_later_values(s->db, err, text, v, n);
}

void sql_put_off(struct store *s)
{
	db_hold(s->db);
}

int sql_catch_up(struct store *s, struct err *err)
{
	return db_flush(s->db, err);
}

int follow_users(struct store *s, int64_t now, const char *what, const char *text, int64_t arg,
	size_t *ret_n, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	sqlite3_stmt *st = sql(s, err, text, "i", arg);

	if (!st || ids_collect(s, st, &who, err) < 0)
		return -1;
	sqlite3_reset(st);
	if (follow_users_of(s, &who, now, what, err) < 0)
		return -1;
	if (ret_n)
		*ret_n = who.n;
	return 0;
}

int store_calendar_link(struct store *s, const char *remove, const char *insert, int64_t id,
	const char *names, struct err *err)
{
	_cleanup_(ids_done) struct ids calendars = { 0 };

	if (store_calendar_ids(s, names, &calendars, err) < 0 || sql_run(s, err, remove, "i", id) < 0)
		return -1;
	for (size_t i = 0; i < calendars.n; i++) {
		if (sql_run(s, err, insert, "iii", id, calendars.ids[i], (int64_t)i + 1) < 0)
			return -1;
	}
	return 0;
}
