/* sql.h - what the files of the store share: the handle, and SQL in one line. For them only. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/binding/db-sqlite.h"
#include "lib/follow/cache.h"
#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/items.h"
#include "lib/follow/resolve.h"
#include "lib/store/calendar.h"
#include "lib/store/inside.h"
#include "lib/store/item.h"
#include "lib/store/log.h"
#include "lib/store/override.h"
#include "lib/store/presence.h"
#include "lib/store/schedule.h"
#include "lib/store/store.h"
#include "lib/store/switch.h"

enum { ROWS_MAX = DB_ROWS_MAX };

/* Prepare (once) and bind: i int64_t, t text or NULL, o int64_t with UNTIL_OPEN as NULL, n int64_t with 0 or less
 * as NULL. Texts must live until the statement is reset. NULL and *err on failure. */
sqlite3_stmt *sql(struct store *s, struct err *err, const char *text, const char *types, ...);
/* 1 a row, 0 done, -1 failed. */
int sql_row(struct store *s, sqlite3_stmt *st, struct err *err) MUST_CHECK;
/* sql() and all its rows: for statements that give none. */
int sql_run(struct store *s, struct err *err, const char *text, const char *types, ...) MUST_CHECK;
/* For statements that are given many rows at once: "INSERT ... SELECT a, b FROM rows" finds the values in its columns. Written at
 * once, or between sql_put_off() and sql_catch_up() whenever there are enough, statement by statement in the order in which
 * they came first: what reads in between may not depend on it. */
int sql_later(
	struct store *s, struct err *err, const char *text, const char *types, ...) MUST_CHECK;
void sql_put_off(struct store *s);
int sql_catch_up(struct store *s, struct err *err) MUST_CHECK;
/* One number: its value, or `fallback` if there is no row or it is NULL. */
int sql_number(struct store *s, struct err *err, int64_t fallback, int64_t *ret, const char *text,
	const char *types, ...) MUST_CHECK;

void sql_free(struct store *s);
void sql_resetp(sqlite3_stmt **st);
#define SQL_STMT _cleanup_(sql_resetp) sqlite3_stmt *

const char *sql_text(sqlite3_stmt *st, int column); /* "" for NULL */
int64_t sql_until(sqlite3_stmt *st, int column);    /* UNTIL_OPEN for NULL */
void sql_copy(char *to, size_t size, sqlite3_stmt *st, int column);

/* Report what SQLite says of the last failure. Returns -1. */
int sql_fail(struct store *s, struct err *err);

/* Every row's first column, lent, until `fn` returns anything but 0, which is then returned. `st` may be NULL: -1. */
int sql_each_text(struct store *s, sqlite3_stmt *st, int (*fn)(void *data, const char *text),
	void *data, struct err *err) MUST_CHECK;

/* "no user 'alise'; did you mean 'alice'?": candidates are the first column of `names`. Returns -1. */
int sql_not_found(
	struct store *s, struct err *err, const char *noun, const char *word, const char *names);

/* The same for every user whom a statement names in its first column. */
int follow_users(struct store *s, int64_t now, const char *what, const char *text, int64_t arg,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* A row of ITEM_COLUMNS that is there: what it should say. */
#define item_want store_item_want
#define ITEM_COLUMNS "id, name, pbx, wanted, error"
static inline int item_change(
	struct store *s, sqlite3_stmt *row, const char *wanted, int rank, struct err *err)
{
	if (!strcmp(sql_text(row, 3), wanted))
		return 0;
	return store_item_set_wanted(s, sqlite3_column_int64(row, 0), wanted, rank,
		sqlite3_column_type(row, 4) != SQLITE_NULL, err);
}
#define memory_mode_rules cache_mode_rules
/* Bring a user's items of queues in line with the assignments and with `m`, the mode that holds, or with the one that the database
 * says; those of everybody who is in a mode (of user_id only, if that is not 0). */
int follow_members(
	struct store *s, int64_t user_id, const struct mode *m, struct err *err) MUST_CHECK;
int follow_member_refresh(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
int follow_members_in_mode(
	struct store *s, int64_t mode_id, int64_t user_id, struct err *err) MUST_CHECK;
/* The user's assignments still fit after they were edited: ERR_USAGE. */
int follow_member_check(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
/* Write a list of calendars, "a, b", as rows: `remove` takes the owner's ID, `insert` that, the calendar's and a position. */
int store_calendar_link(struct store *s, const char *remove, const char *insert, int64_t id,
	const char *names, struct err *err) MUST_CHECK;
/* Members of a group resolved again, because its schedule or who is in it changed. */
int follow_group_changed(struct store *s, int64_t group_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* Rows of the PBX: of a mode on every PBX, of all modes, of a user, of rules that forward to users. */
int follow_mode_entry(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
int follow_mode_entries(struct store *s, struct err *err) MUST_CHECK;
int follow_mode_entry_release(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
int follow_user_entries(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
int follow_entries_naming(struct store *s, const struct user *u, const char *was_extension,
	struct err *err) MUST_CHECK;
/* The rules of a user still fit after they were edited: rules_check_user() and no loop. */
int follow_user_rules_check(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Calls for a user do not come back to them: ERR_USAGE with the circle. Of a mode, with its effective rules: nobody's do. */
int follow_user_loops(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
int follow_mode_loops(struct store *s, const struct mode *m, const struct rules *rules,
	struct err *err) MUST_CHECK;
/* Nobody's calls are forwarded to them: ERR_FAILED, naming a rule that does. */
int follow_user_rules_unused(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* IDs that a statement gives in its first column, collected before anything is written. */
int ids_collect(struct store *s, sqlite3_stmt *st, struct ids *w, struct err *err) MUST_CHECK;

/* Begins a statement: where switches until `next` end is to be worked out again, but for those that have ended. ?1 is now. */
#define NEXT_ANEW "UPDATE switch SET until = NULL WHERE until_next = 1 AND until > ?1 AND "

#endif
