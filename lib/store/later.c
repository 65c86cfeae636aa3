/* Many rows, one statement: writes are put off and come to their statement as the virtual table `rows`, whose columns a, b, c ...
 * are the values in order. A statement for many rows in ascending order keeps its place in table and indexes, which is far less
 * work than to begin anew with each. */
#include <assert.h>
#include <string.h>

#include "lib/store/sql.h"

enum { COLUMNS = 10 };

struct later_value {
	char type; /* i, t, or 0 for NULL */
	union {
		int64_t n;
		size_t at; /* in texts */
	};
};

/* The rows for one statement. */
struct later {
	struct later *next;
	const char *text; /* a literal */
	size_t rows_n, columns_n;
	struct later_value values[ROWS_MAX * COLUMNS];
	struct strbuf texts; /* each with its NUL */
};

static void forget_rows(struct later *l)
{
	l->rows_n = 0;
	strbuf_cut(&l->texts, 0);
}

void later_free(struct store *s)
{
	while (s->later) {
		struct later *l = s->later;

		s->later = l->next;
		strbuf_done(&l->texts);
		free(l);
	}
	free(s->ids);
}

void later_forget(struct store *s)
{
	for (struct later *l = s->later; l; l = l->next)
		forget_rows(l);
	s->puts_off = false;
}

/* In the order in which they were asked for first. */
static struct later *find(struct store *s, const char *text)
{
	struct later **l = &s->later;

	while (*l && (*l)->text != text)
		l = &(*l)->next;
	if (!*l) {
		*l = xcalloc(1, sizeof(**l));
		(*l)->text = text;
		(*l)->texts = (struct strbuf)STRBUF_INIT;
	}
	return *l;
}

static int write_rows(struct store *s, struct later *l, struct err *err)
{
	int r = 0;

	if (!l->rows_n)
		return 0;
	s->rows = l;
	r = sql_run(s, err, l->text, "");
	s->rows = NULL;
	forget_rows(l);
	return r;
}

static int write_all(struct store *s, struct err *err)
{
	for (struct later *l = s->later; l; l = l->next) {
		if (write_rows(s, l, err) < 0)
			return -1;
	}
	return 0;
}

int sql_later(struct store *s, struct err *err, const char *text, const char *types, ...)
{
	struct later *l = find(s, text);
	struct later_value *v = &l->values[l->rows_n * COLUMNS];
	va_list ap;

	l->columns_n = strlen(types);
	assert(l->columns_n <= COLUMNS);
	va_start(ap, types);
	for (; *types; types++, v++) {
		*v = (struct later_value){ .type = 'i' };
		if (*types == 't') {
			const char *t = va_arg(ap, const char *);

			v->type = t ? 't' : 0;
			v->at = l->texts.len;
			strbuf_add(&l->texts, t ? t : "", t ? strlen(t) + 1 : 0);
			continue;
		}
		v->n = va_arg(ap, int64_t);
		if ((*types == 'o' && v->n == UNTIL_OPEN) || (*types == 'n' && v->n <= 0))
			v->type = 0;
	}
	va_end(ap);
	l->rows_n++;
	return s->puts_off && l->rows_n < ROWS_MAX ? 0 : write_all(s, err);
}

void sql_put_off(struct store *s)
{
	s->puts_off = true;
}

int sql_catch_up(struct store *s, struct err *err)
{
	s->puts_off = false;
	return write_all(s, err);
}

sqlite3_stmt *sql_ids(
	struct store *s, struct err *err, const char *text, const int64_t *ids, size_t n)
{
	if (!s->ids)
		s->ids = xcalloc(1, sizeof(*s->ids));
	s->ids->columns_n = 1;
	s->ids->rows_n = n;
	for (size_t i = 0; i < n; i++)
		s->ids->values[i * COLUMNS] = (struct later_value){ .type = 'i', .n = ids[i] };
	s->rows = s->ids;
	return sql(s, err, text, "");
}

/* The virtual table. */

struct table {
	sqlite3_vtab base;
	struct store *s;
};

struct later_cursor {
	sqlite3_vtab_cursor base;
	const struct later *rows;
	size_t at;
};

static int connect(
	sqlite3 *db, void *s, int argc, const char *const *argv, sqlite3_vtab **ret, char **error)
{
	struct table *t;

	(void)argc, (void)argv, (void)error;
	if (sqlite3_declare_vtab(db, "CREATE TABLE rows (a, b, c, d, e, f, g, h, i, j)") !=
		SQLITE_OK)
		return SQLITE_ERROR;
	t = xcalloc(1, sizeof(*t));
	t->s = s;
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
	info->estimatedCost = info->estimatedRows = ROWS_MAX;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *t, sqlite3_vtab_cursor **ret)
{
	struct later_cursor *c = xcalloc(1, sizeof(*c));

	c->rows = ((struct table *)t)->s->rows;
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
	((struct later_cursor *)c)->at = 0;
	return SQLITE_OK;
}

static int next_row(sqlite3_vtab_cursor *c)
{
	((struct later_cursor *)c)->at++;
	return SQLITE_OK;
}

static int is_over(sqlite3_vtab_cursor *cursor)
{
	const struct later_cursor *c = (const struct later_cursor *)cursor;

	return !c->rows || c->at >= c->rows->rows_n;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *ctx, int i)
{
	const struct later_cursor *c = (const struct later_cursor *)cursor;
	const struct later_value *v = &c->rows->values[c->at * COLUMNS + (size_t)i];

	if ((size_t)i >= c->rows->columns_n || !v->type)
		sqlite3_result_null(ctx);
	else if (v->type == 't')
		sqlite3_result_text(ctx, c->rows->texts.s + v->at, -1, SQLITE_STATIC);
	else
		sqlite3_result_int64(ctx, v->n);
	return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *c, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((const struct later_cursor *)c)->at;
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

int later_init(struct store *s)
{
	return sqlite3_create_module_v2(s->db, "rows", &module, s, NULL);
}
