/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many rows, one statement. db_later() copies the values of a row into the list of its statement. write_rows() runs the statement
 * and puts the list into db->given. There the virtual table `rows` finds it: its columns a, b, c ... are the values in their order.
 * SQLite then keeps its place in tables and indexes from row to row. That is far less work than one statement for each row.
 *
 * Each list has a fixed size. When one is full, all lists are written, so that no row overtakes a row of an earlier statement. */
#include <assert.h>
#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/binding/db-sqlite.h"

enum { COLUMNS = 16 };

struct many_value {
	enum db_type type;
	union {
		int64_t n;
		size_t at; /* where the text begins in `texts` */
	};
};

/* The rows for one statement. */
struct db_many {
	struct db_many *next;
	const char *text; /* a literal */
	size_t rows_n, columns_n;
	struct strbuf texts; /* each with its NUL */
	struct many_value values[];
};

static struct db_many *new_many(const char *text, size_t columns_n, size_t rows_max)
{
	struct db_many *m = xcalloc(1, sizeof(*m) + rows_max * columns_n * sizeof(m->values[0]));

	m->text = text;
	m->columns_n = columns_n;
	m->texts = (struct strbuf)STRBUF_INIT;
	return m;
}

void db_many_free(struct db_many *m)
{
	if (!m)
		return;
	strbuf_done(&m->texts);
	free(m);
}

static void forget_rows(struct db_many *m)
{
	m->rows_n = 0;
	strbuf_cut(&m->texts, 0);
}

void db_many_free_all(struct db *db)
{
	while (db->later) {
		struct db_many *m = db->later;

		db->later = m->next;
		db_many_free(m);
	}
}

void db_many_forget(struct db *db)
{
	for (struct db_many *m = db->later; m; m = m->next)
		forget_rows(m);
	db->holds = false;
}

/* Find the list of a statement, else append one. The list of lists is in the order of the first calls. */
static struct db_many *find(struct db *db, const char *text, size_t columns_n)
{
	struct db_many **m = &db->later;

	while (*m && (*m)->text != text)
		m = &(*m)->next;
	if (!*m)
		*m = new_many(text, columns_n, DB_ROWS_MAX);
	return *m;
}

static int write_rows(struct db *db, struct db_many *m, struct err *err)
{
	int64_t r;

	if (!m->rows_n)
		return 0;
	db->given = m;
	r = db_run_values(db, err, m->text, NULL, 0);
	db->given = NULL;
	forget_rows(m);
	return r < 0 ? -1 : 0;
}

static int write_all(struct db *db, struct err *err)
{
	for (struct db_many *m = db->later; m; m = m->next) {
		if (write_rows(db, m, err) < 0)
			return -1;
	}
	return 0;
}

int db_later_values(
	struct db *db, struct err *err, const char *text, const struct db_value *values, size_t n)
{
	struct db_many *m = find(db, text, n);
	struct many_value *v = &m->values[m->rows_n * n];

	assert(n <= COLUMNS && n == m->columns_n);
	for (size_t i = 0; i < n; i++, v++) {
		*v = (struct many_value){ .type = values[i].type, .n = values[i].n };
		if (v->type != DB_TEXT)
			continue;
		v->at = m->texts.len;
		strbuf_add(&m->texts, values[i].text, strlen(values[i].text) + 1);
	}
	m->rows_n++;
	return db->holds && m->rows_n < DB_ROWS_MAX ? 0 : write_all(db, err);
}

void db_hold(struct db *db)
{
	db->holds = true;
}

int db_flush(struct db *db, struct err *err)
{
	db->holds = false;
	return write_all(db, err);
}

struct db_rows *db_query_ids(
	struct db *db, struct err *err, const char *text, const int64_t *ids, size_t n)
{
	struct db_rows *rows = db_query_values(db, err, text, NULL, 0);

	if (!rows)
		return NULL;
	rows->given = new_many(text, 1, n);
	rows->given->rows_n = n;
	for (size_t i = 0; i < n; i++)
		rows->given->values[i] = (struct many_value){ DB_INT, { .n = ids[i] } };
	return rows;
}

/* The virtual table. It has no xCreate, so SQLite knows it without CREATE VIRTUAL TABLE. A cursor takes db->given when it is
 * opened, and goes from the first row to the last: best_index() offers no other way. */

struct table {
	sqlite3_vtab base;
	struct db *db;
};

struct cursor {
	sqlite3_vtab_cursor base;
	const struct db_many *rows;
	size_t at;
};

static int connect(sqlite3 *sqlite, void *data, int argc, const char *const *argv,
	sqlite3_vtab **ret, char **error)
{
	struct table *t;

	(void)argc, (void)argv, (void)error;
	if (sqlite3_declare_vtab(
		    sqlite, "CREATE TABLE rows (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)") !=
		SQLITE_OK)
		return SQLITE_ERROR;
	t = xcalloc(1, sizeof(*t));
	t->db = data;
	*ret = &t->base;
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

static int best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
	(void)t;
	info->estimatedCost = info->estimatedRows = DB_ROWS_MAX;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *t, sqlite3_vtab_cursor **ret)
{
	struct cursor *c = xcalloc(1, sizeof(*c));

	c->rows = ((struct table *)t)->db->given;
	*ret = &c->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *c)
{
	free(c);
	return SQLITE_OK;
}

static int rewind_cursor(
	sqlite3_vtab_cursor *c, int n, const char *s, int argc, sqlite3_value **argv)
{
	(void)n, (void)s, (void)argc, (void)argv;
	((struct cursor *)c)->at = 0;
	return SQLITE_OK;
}

static int next_row(sqlite3_vtab_cursor *c)
{
	((struct cursor *)c)->at++;
	return SQLITE_OK;
}

static int is_over(sqlite3_vtab_cursor *cursor)
{
	const struct cursor *c = (const struct cursor *)cursor;

	return !c->rows || c->at >= c->rows->rows_n;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *ctx, int i)
{
	const struct cursor *c = (const struct cursor *)cursor;
	size_t n = c->rows->columns_n;
	const struct many_value *v = (size_t)i < n ? &c->rows->values[c->at * n + (size_t)i] : NULL;

	if (!v || v->type == DB_NULL)
		sqlite3_result_null(ctx);
	else if (v->type == DB_TEXT)
		sqlite3_result_text(ctx, c->rows->texts.s + v->at, -1, SQLITE_STATIC);
	else
		sqlite3_result_int64(ctx, v->n);
	return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *c, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((const struct cursor *)c)->at;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = connect,
	.xDisconnect = disconnect,
	.xBestIndex = best_index,
	.xOpen = open_cursor,
	.xClose = close_cursor,
	.xFilter = rewind_cursor,
	.xNext = next_row,
	.xEof = is_over,
	.xColumn = column,
	.xRowid = row_id,
};

int db_many_init(struct db *db)
{
	return sqlite3_create_module_v2(db->sqlite, "rows", &module, db, NULL);
}
