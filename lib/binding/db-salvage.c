/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what can still be read of a damaged database, row by row, into a good one.
 *
 * Each table is read from its first row up to the first that cannot be read, then from its last row down. In between, where the
 * key is a number, we look for rows again in steps, at most STEPS_MAX of them. A row that comes twice is one, by its key. Indexes
 * are not read: the new database makes its own. A row that the new database refuses is left out, and so is, at the end, a
 * row that names one that is gone.
 *
 * SQLite finds the tables by page 1. If only the header of the file is damaged, a copy of the file gets the header of our
 * databases. If the rest of page 1 is gone too, nothing can be saved: what is where stood on that page and those that it names. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/binding/db-sqlite.h"
#include "lib/binding/file.h"

#define KEY_USUAL_MAX (INT64_C(1) << 53)

enum {
	STEP = 16,
	STEPS_MAX = 20000,
	ROUNDS_MAX = 20,
	TABLES_MAX = 200,
	ROWS_A_PAGE = 1500, /* more than fit into one, and each may be read three times */
};

/* One table on its way. */
struct salvage {
	struct db *from, *to;
	const char *table;
	struct strbuf columns, marks; /* of both databases: "a, b", "?, ?" */
	int columns_n;
	char key[64];       /* the first column of the key: rowid, if the table has one */
	bool key_is_number; /* so rows can be looked for in the middle */
	sqlite3_stmt *into;
	int64_t rows_left; /* a damaged table may lead in circles */
	struct db_salvaged done;
};

static bool has_column(sqlite3 *sqlite, const char *table, const char *column)
{
	sqlite3_stmt *st = NULL;
	bool found = sqlite3_prepare_v2(sqlite,
			     "SELECT 1 FROM pragma_table_xinfo(?1) WHERE name = ?2 AND hidden = 0",
			     -1, &st, NULL) == SQLITE_OK &&
		sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC) == SQLITE_OK &&
		sqlite3_bind_text(st, 2, column, -1, SQLITE_STATIC) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW;

	sqlite3_finalize(st);
	return found;
}

/* Find the columns that both have, and the key. */
static void find_columns(struct salvage *s)
{
	enum { NAME, TYPE, PK, WITHOUT_ROWID };
	sqlite3_stmt *st = NULL;
	bool has_rowid = true;

	if (sqlite3_prepare_v2(s->to->sqlite,
		    "SELECT c.name, c.type, c.pk, t.wr FROM pragma_table_xinfo(?1) c JOIN pragma_table_list t"
		    " ON t.name = ?1 AND t.schema = 'main' WHERE c.hidden = 0",
		    -1, &st, NULL) == SQLITE_OK)
		sqlite3_bind_text(st, 1, s->table, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, NAME);

		has_rowid = !sqlite3_column_int(st, WITHOUT_ROWID);
		if (sqlite3_column_int(st, PK) == 1) {
			text_copy(s->key, sizeof(s->key), name);
			s->key_is_number =
				!strcmp((const char *)sqlite3_column_text(st, TYPE), "INTEGER");
		}
		if (!has_column(s->from->sqlite, s->table, name))
			continue;
		strbuf_addf(&s->columns, "%s\"%s\"", s->columns_n ? ", " : "", name);
		strbuf_adds(&s->marks, s->columns_n ? ", ?" : "?");
		s->columns_n++;
	}
	sqlite3_finalize(st);
	if (!has_rowid)
		return;
	text_copy(s->key, sizeof(s->key), "rowid");
	s->key_is_number = true;
}

static void insert(struct salvage *s, sqlite3_stmt *row)
{
	for (int i = 0; i < s->columns_n; i++)
		sqlite3_bind_value(s->into, i + 1, sqlite3_column_value(row, i + 1));
	if (sqlite3_step(s->into) != SQLITE_DONE)
		s->done.refused++;
	sqlite3_reset(s->into);
}

/* A part of a table, by its key. */
struct key_span {
	int64_t low, high;
	bool up;       /* from low to high; else down */
	bool any;      /* a row was read */
	int64_t last;  /* its key, if that is a number */
	bool is_whole; /* all was read */
};

static void read_span(struct salvage *s, struct key_span *x)
{
	char *where =
		s->key_is_number ? sqlite3_mprintf("WHERE \"%w\" BETWEEN ?1 AND ?2", s->key) : NULL;
	char *text = sqlite3_mprintf("SELECT \"%w\", %s FROM \"%w\" %s ORDER BY \"%w\" %s", s->key,
		s->columns.s, s->table, where ? where : "", s->key, x->up ? "ASC" : "DESC");
	sqlite3_stmt *st = NULL;
	int rc;

	rc = sqlite3_prepare_v2(s->from->sqlite, text, -1, &st, NULL);
	sqlite3_free(text);
	sqlite3_free(where);
	if (rc == SQLITE_OK && s->key_is_number) {
		sqlite3_bind_int64(st, 1, x->low);
		sqlite3_bind_int64(st, 2, x->high);
	}
	while (rc == SQLITE_OK && s->rows_left-- > 0 && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		x->any = true;
		x->last = sqlite3_column_int64(st, 0);
		insert(s, st);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(st);
	x->is_whole = rc == SQLITE_DONE;
}

/* The rows between the two that could be read last from below and from above. */
static void read_between(struct salvage *s, int64_t low, int64_t high)
{
	int64_t step = (high - low) / STEPS_MAX > STEP ? (high - low) / STEPS_MAX : STEP;
	int64_t failed = low; /* from here on nothing was read yet */

	for (int i = 0; low <= high && i < STEPS_MAX; i++) {
		struct key_span up = { low, high, .up = true };
		struct key_span down = { failed, low - 1, .up = false };

		read_span(s, &up);
		/* What the step went over. */
		if ((up.any || up.is_whole) && failed < low)
			read_span(s, &down);
		if (up.is_whole)
			return;
		if (up.any && up.last >= low) /* a damaged key may be any number */
			low = failed = up.last < high ? up.last + 1 : high + 1;
		low = high - low < step ? high + 1 : low + step;
	}
}

/* What damage has made of a key can be any number; ours begin at 1. */
static int64_t usual(int64_t key)
{
	return key < 0 ? 0 : key > KEY_USUAL_MAX ? KEY_USUAL_MAX : key;
}

static void read_table(struct salvage *s)
{
	struct key_span up = { INT64_MIN, INT64_MAX, .up = true };
	struct key_span down = { INT64_MIN, INT64_MAX, .up = false };
	int64_t low, high;

	read_span(s, &up);
	s->done.is_whole = up.is_whole;
	if (up.is_whole)
		return;
	read_span(s, &down);
	if (!s->key_is_number)
		return;
	low = up.any ? usual(up.last) + 1 : 0;
	high = down.any ? usual(down.last) - 1 : low + (int64_t)STEP * STEPS_MAX;
	if (high >= low)
		read_between(s, low, high);
}

/* Rows that a new database has of itself make room for those that it had, if these are all there. Else they stay, where none of the
 * old ones comes in their place. */
static void save_table(struct salvage *s)
{
	char *clear = sqlite3_mprintf("SAVEPOINT one; DELETE FROM \"%w\"", s->table);
	char *text = sqlite3_mprintf("INSERT OR REPLACE INTO \"%w\" (%s) VALUES (%s)", s->table,
		s->columns.s, s->marks.s);

	sqlite3_exec(s->to->sqlite, clear, NULL, NULL, NULL);
	if (sqlite3_prepare_v2(s->to->sqlite, text, -1, &s->into, NULL) == SQLITE_OK) {
		read_table(s);
		if (!s->done.is_whole) {
			s->done = (struct db_salvaged){ .table = s->table };
			sqlite3_exec(s->to->sqlite, "ROLLBACK TO one", NULL, NULL, NULL);
			read_table(s);
		}
	}
	sqlite3_finalize(s->into);
	sqlite3_exec(s->to->sqlite, "RELEASE one", NULL, NULL, NULL);
	sqlite3_free(text);
	sqlite3_free(clear);
}

/* References. */

/* A row that names a missing one is deleted. If its table can do without the reference, the reference is. */
static int64_t mend_reference(struct db *to, const char *table, const char *column,
	const char *parent, const char *key, bool can_do_without)
{
	char *text = can_do_without
		? sqlite3_mprintf(
			  "UPDATE \"%w\" SET \"%w\" = NULL WHERE \"%w\" IS NOT NULL AND"
			  " NOT EXISTS (SELECT 1 FROM \"%w\" p WHERE p.\"%w\" = \"%w\".\"%w\")",
			  table, column, column, parent, key, table, column)
		: sqlite3_mprintf(
			  "DELETE FROM \"%w\" WHERE \"%w\" IS NOT NULL AND"
			  " NOT EXISTS (SELECT 1 FROM \"%w\" p WHERE p.\"%w\" = \"%w\".\"%w\")",
			  table, column, parent, key, table, column);
	int rc = sqlite3_exec(to->sqlite, text, NULL, NULL, NULL);

	sqlite3_free(text);
	return rc == SQLITE_OK ? sqlite3_changes64(to->sqlite) : 0;
}

/* Returns how many rows were changed. An override that names no user would be one for all, so it is deleted: what goes with its parent
 * (CASCADE) cannot do without it. */
static int64_t mend_table(struct db *to, const char *table)
{
	enum { COLUMN, PARENT, KEY, ON_DELETE, NOT_NULL };
	sqlite3_stmt *st = NULL;
	int64_t n = 0;

	if (sqlite3_prepare_v2(to->sqlite,
		    "SELECT f.\"from\", f.\"table\", coalesce(f.\"to\", 'id'), f.on_delete, c.\"notnull\""
		    " FROM pragma_foreign_key_list(?1) f JOIN pragma_table_xinfo(?1) c ON c.name = f.\"from\"",
		    -1, &st, NULL) == SQLITE_OK)
		sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *on_delete = (const char *)sqlite3_column_text(st, ON_DELETE);

		n += mend_reference(to, table, (const char *)sqlite3_column_text(st, COLUMN),
			(const char *)sqlite3_column_text(st, PARENT),
			(const char *)sqlite3_column_text(st, KEY),
			!sqlite3_column_int(st, NOT_NULL) && strcmp(on_delete, "CASCADE") != 0);
	}
	sqlite3_finalize(st);
	return n;
}

/* What is deleted may be named by others. */
static void mend_all(struct db *to, struct db_salvaged *tables, size_t n)
{
	int64_t changed = 1;

	for (int round = 0; changed && round < ROUNDS_MAX; round++) {
		changed = 0;
		for (size_t i = 0; i < n; i++) {
			int64_t one = mend_table(to, tables[i].table);

			tables[i].mended += one;
			changed += one;
		}
	}
}

/* The source. */

static bool is_readable(struct db *db)
{
	/* SQLite then reads on where the schema has a mistake. */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	sqlite3_exec(db->sqlite, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
	return sqlite3_exec(db->sqlite, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) ==
		SQLITE_OK &&
		sqlite3_exec(db->sqlite, "SELECT 1 FROM mode LIMIT 0", NULL, NULL, NULL) ==
		SQLITE_OK;
}

/* Write the header of our databases over that of a file: sqlite.org/fileformat.html. */
static int write_header(int fd, int64_t size)
{
	static const char magic[] = "SQLite format 3\0\x10\0\1\1\0\x40\x20\x20";
	unsigned char h[100];
	uint32_t pages = (uint32_t)(size / 4096);

	if (pread(fd, h, sizeof(h), 0) != sizeof(h))
		return -1;
	memcpy(h, magic, sizeof(magic) - 1);
	for (int i = 0; i < 4; i++) {
		h[28 + i] = (unsigned char)(pages >> (24 - 8 * i));
		h[44 + i] = i == 3 ? 4 : 0; /* format of the schema */
		h[56 + i] = i == 3 ? 1 : 0; /* UTF-8 */
		h[92 + i] = h[24 + i];      /* so `pages` holds */
	}
	memset(h + 32, 0, 8); /* no free pages */
	memset(h + 52, 0, 4); /* no auto-vacuum */
	memset(h + 64, 0, 4);
	memset(h + 72, 0, 20); /* reserved */
	return pwrite(fd, h, sizeof(h), 0) == sizeof(h) ? 0 : -1;
}

/* A copy of the bytes of a file, with a good header. */
static int copy_with_header(const char *path, const char *to, struct err *err)
{
	_cleanup_(closep) int in = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(closep) int out = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char bytes[65536];
	int64_t size = 0;
	ssize_t n;

	if (in < 0 || out < 0)
		return err_sys(err, "cannot copy '%s'", path);
	while ((n = read(in, bytes, sizeof(bytes))) > 0) {
		if (write(out, bytes, (size_t)n) != n)
			return err_sys(err, "cannot write '%s'", to);
		size += n;
	}
	if (n < 0 || write_header(out, size) < 0)
		return err_set(err, ERR_STORE, "'%s' cannot be read", path);
	return 0;
}

static int open_source(const char *path, const char *aside, struct db **ret, struct err *err)
{
	_cleanup_(db_closep) struct db *db = db_new(path);

	/* SQLite would wait for ever for who writes to a FIFO. */
	if (file_check(path, "cannot read", err) < 0)
		return -1;
	if (db_open_to_read(db, err) == 0 && is_readable(db)) {
		*ret = TAKE_PTR(db);
		return 0;
	}
	db_close(db);
	db = db_new(aside);
	if (copy_with_header(path, aside, err) < 0 || db_open_to_read(db, err) < 0)
		return -1;
	if (!is_readable(db))
		return err_set(err, ERR_STORE,
			"nothing can be saved of '%s': a page that says where its tables are is damaged or missing, or it is no database of presence",
			path);
	*ret = TAKE_PTR(db);
	return 0;
}

/* All tables of the new database. Their names are of its schema. */
static size_t list_tables(struct db *to, struct db_salvaged *tables)
{
	sqlite3_stmt *st = NULL;
	size_t n = 0;

	sqlite3_prepare_v2(to->sqlite,
		"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
		" ORDER BY name",
		-1, &st, NULL);
	while (n < TABLES_MAX && sqlite3_step(st) == SQLITE_ROW)
		tables[n++].table = xstrdup((const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return n;
}

static int64_t count_rows(struct db *to, const char *table)
{
	char *text = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", table);
	sqlite3_stmt *st = NULL;
	int64_t n = 0;

	if (sqlite3_prepare_v2(to->sqlite, text, -1, &st, NULL) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_free(text);
	return n;
}

static void salvage_table(
	struct db *from, struct db *to, struct db_salvaged *table, int64_t rows_max)
{
	struct salvage s = { .from = from,
		.to = to,
		.table = table->table,
		.columns = STRBUF_INIT,
		.marks = STRBUF_INIT,
		.rows_left = rows_max,
		.done = { .table = table->table } };

	find_columns(&s);
	if (s.columns_n)
		save_table(&s);
	*table = s.done;
	strbuf_done(&s.columns);
	strbuf_done(&s.marks);
}

static int salvage_all(
	struct db *from, struct db *to, struct db_salvaged *tables, size_t n, struct err *err)
{
	int64_t pages;

	if (db_number(from, err, 0, &pages, "PRAGMA page_count") < 0 ||
		db_run(to, err, "PRAGMA foreign_keys = OFF") < 0 || db_begin(to, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		salvage_table(from, to, &tables[i], pages * ROWS_A_PAGE);
	mend_all(to, tables, n);
	for (size_t i = 0; i < n; i++)
		tables[i].saved = count_rows(to, tables[i].table);
	if (db_commit(to, err) < 0) {
		db_rollback(to);
		return -1;
	}
	return db_run(to, err, "PRAGMA foreign_keys = ON") < 0 ? -1 : 0;
}

int db_salvage(const char *path, struct db *to,
	void (*fn)(void *data, const struct db_salvaged *table), void *data, struct err *err)
{
	_cleanup_(freep) struct db_salvaged *tables = xcalloc(TABLES_MAX, sizeof(*tables));
	_cleanup_(freep) char *aside = xcalloc(1, strlen(db_path(to)) + 6);
	struct db *from = NULL;
	size_t n;
	int r;

	sprintf(aside, "%s.raw", db_path(to));
	r = open_source(path, aside, &from, err);
	n = r < 0 ? 0 : list_tables(to, tables);
	if (r == 0)
		r = salvage_all(from, to, tables, n, err);
	db_close(from);
	db_remove(aside);
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			fn(data, &tables[i]);
		free((char *)tables[i].table);
	}
	return r;
}
