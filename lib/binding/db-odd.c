/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that another program wrote: they are brought into a form that is safe, and the first one is named. */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/db-sqlite.h"

/* SQLite has it if it was built with SQLITE_ENABLE_COLUMN_METADATA, as distributions do. */
#pragma weak sqlite3_column_table_name

#define INSTANT_MIN INT64_C(-62135596800) /* year 1 */
#define INSTANT_MAX INT64_C(253402300799) /* year 9999 */

static const char *name_of(const char *name)
{
	return name ? name : "?";
}

/* The first column of most statements is the ID of the row. */
static void note(struct db_rows *rows, int column, const char *what)
{
	const char *id = name_of(sqlite3_column_name(rows->st, 0)), *table = NULL;
	size_t len = strlen(id);
	char row[48] = "";

	if (*rows->db->odd)
		return;
	if (sqlite3_column_table_name)
		table = sqlite3_column_table_name(rows->st, column);
	if (column > 0 && len >= 2 && !strcmp(id + len - 2, "id"))
		snprintf(row, sizeof(row), " where %s is %lld", id,
			(long long)sqlite3_column_int64(rows->st, 0));
	snprintf(rows->db->odd, sizeof(rows->db->odd), "%s%s%.40s%s %s", table ? table : "",
		table ? "." : "column ", name_of(sqlite3_column_name(rows->st, column)), row, what);
}

void db_note_odd(struct db *db, const char *what)
{
	if (!*db->odd)
		snprintf(db->odd, sizeof(db->odd), "%s", what);
}

bool db_take_odd(struct db *db, char *to, size_t size)
{
	snprintf(to, size, "%s", db->odd);
	*db->odd = '\0';
	return *to;
}

int64_t db_within(struct db_rows *rows, int column, int64_t low, int64_t high)
{
	int64_t n = sqlite3_column_int64(rows->st, column);

	if (n >= low && n <= high)
		return n;
	note(rows, column, "is out of range");
	return n < low ? low : high;
}

int64_t db_instant(struct db_rows *rows, int column)
{
	return db_within(rows, column, INSTANT_MIN, INSTANT_MAX);
}

int64_t db_until(struct db_rows *rows, int column)
{
	return db_is_null(rows, column) ? INT64_MAX : db_instant(rows, column);
}

/* Most texts are plain and short: one look is enough for them. Eight bytes at a time: a byte is not plain if a bit of it is the eighth, or
 * if it is less than a space, or more than '~'. */
static bool is_plain(const char *text, size_t size, size_t *ret_len)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	size_t len = strnlen(text, size), n = 0;

	for (uint64_t w; n + sizeof(w) <= len; n += sizeof(w)) {
		memcpy(&w, text + n, sizeof(w));
		if ((w | (w - 0x20 * each) | (w + each)) & 0x80 * each)
			break;
	}
	while (n < len && text[n] >= 0x20 && text[n] < 0x7f)
		n++;
	*ret_len = n;
	return n < size && !text[n];
}

void db_copy(struct db_rows *rows, int column, char *to, size_t size)
{
	const char *text = db_text(rows, column);
	size_t n;

	if (is_plain(text, size, &n)) {
		memcpy(to, text, n + 1);
		return;
	}
	n = strnlen(text, size);
	memcpy(to, text, n < size ? n + 1 : size);
	if (n == size) {
		text_cut(to, size - 1);
		note(rows, column, "is too long");
	}
	if (text_has_control(to) || !text_is_utf8(to)) {
		text_tame(to);
		note(rows, column, "has control characters, or is not UTF-8");
	}
}
