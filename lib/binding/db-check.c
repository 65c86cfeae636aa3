/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a database is whole: its pages, and the references between its rows. */
#include <stdio.h>
#include <string.h>

#include "lib/binding/db-sqlite.h"

enum { FINDINGS_MAX = 100 };

/* How many rows of a table have no value in this column, asked of the rows themselves. -1: SQLite cannot read them. */
static int64_t count_nulls(struct db *db, const char *table, const char *column)
{
	char *text =
		sqlite3_mprintf("SELECT count(*) FROM \"%w\" WHERE \"%w\" IS NULL", table, column);
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db->sqlite, text, -1, &st, NULL) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_free(text);
	return n;
}

/* SQLite up to 3.40 says "NULL value in user_calendar.calendar_id" where there is none: in a table that is STRICT and WITHOUT ROWID
 * it takes a column between two columns of the key from the wrong place. So who says NULL is asked again. */
static bool is_false(struct db *db, const char *finding)
{
	static const char start[] = "NULL value in ";
	char table[64], column[64];

	if (strncmp(finding, start, sizeof(start) - 1) != 0 ||
		sscanf(finding + sizeof(start) - 1, "%63[^.].%63s", table, column) != 2)
		return false;
	return count_nulls(db, table, column) == 0;
}

/* SQLite gives several findings in one text, below "*** in database main ***". */
static int give_lines(
	struct db *db, const char *text, int (*fn)(void *data, const char *finding), void *data)
{
	_cleanup_(freep) char *copy = xstrdup(text);
	char *rest = copy, *line;
	int r;

	while ((line = strsep(&rest, "\n"))) {
		if (!*line || !strcmp(line, "ok") || !strncmp(line, "*** ", 4) ||
			is_false(db, line))
			continue;
		if ((r = fn(data, line)) != 0)
			return r;
	}
	return 0;
}

int db_check(struct db *db, bool quick, int (*fn)(void *data, const char *finding), void *data,
	struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = quick
		? db_query(db, err, "SELECT quick_check FROM pragma_quick_check(?1)",
			  I(FINDINGS_MAX))
		: db_query(db, err, "SELECT integrity_check FROM pragma_integrity_check(?1)",
			  I(FINDINGS_MAX));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		if ((r = give_lines(db, db_text(rows, 0), fn, data)) != 0)
			return r;
	}
	return r;
}

int db_check_references(
	struct db *db, int (*fn)(void *data, const char *finding), void *data, struct err *err)
{
	enum { TABLE, PARENT, COUNT };
	_cleanup_(db_donep) struct db_rows *rows = db_query(db, err,
		"SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent");
	char text[256];
	int r;

	while ((r = db_next(rows, err)) > 0) {
		snprintf(text, sizeof(text), "%lld rows of %s name a row of %s that is not there",
			(long long)db_int(rows, COUNT), db_text(rows, TABLE),
			db_text(rows, PARENT));
		if ((r = fn(data, text)) != 0)
			return r;
	}
	return r;
}

/* What `db` lacks of what `wanted` has. */
static int compare_schema(struct db *db, struct db *wanted,
	int (*fn)(void *data, const char *finding), void *data, struct err *err)
{
	enum { TYPE, NAME, SQL };
	_cleanup_(db_donep) struct db_rows *rows = db_query(wanted, err,
		"SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name");
	char text[256];
	int r;

	while ((r = db_next(rows, err)) > 0) {
		_cleanup_(db_donep) struct db_rows *is = db_query(db, err,
			"SELECT sql FROM sqlite_schema WHERE type = ?1 AND name = ?2",
			T(db_text(rows, TYPE)), T(db_text(rows, NAME)));
		int there = db_next(is, err);

		if (there < 0)
			return -1;
		if (there && !strcmp(db_text(is, 0), db_text(rows, SQL)))
			continue;
		snprintf(text, sizeof(text), "%s %s is %s", db_text(rows, TYPE),
			db_text(rows, NAME),
			there ? "another one than this version has" : "missing");
		if ((r = fn(data, text)) != 0)
			return r;
	}
	return r;
}

int db_check_schema(struct db *db, const struct db_schema *schema,
	int (*fn)(void *data, const char *finding), void *data, struct err *err)
{
	_cleanup_(db_closep) struct db *wanted = db_new(DB_IN_MEMORY);

	if (db_connect(wanted, err) < 0)
		return -1;
	for (size_t i = 0; i < schema->steps_n; i++) {
		if (sqlite3_exec(wanted->sqlite, schema->steps[i], NULL, NULL, NULL) != SQLITE_OK)
			return db_fail(wanted, err);
	}
	return compare_schema(db, wanted, fn, data, err);
}
