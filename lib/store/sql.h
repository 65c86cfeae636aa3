/* sql.h - what the files of the store share: the handle, and SQL in one line. For them only. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>

#include "lib/base/strbuf.h"
#include "lib/store/store.h"

enum {
	STATEMENTS_MAX = 192,
	STATEMENTS_SIZE = 512, /* a power of two, well above the maximum */
	MODES_SIZE = 32,
	ROWS_MAX = 1000, /* at once, of sql_later() and sql_ids() */
};

struct memory; /* of memory.c */
struct later;  /* of later.c */

struct store {
	sqlite3 *db;
	char *path;
	struct actor actor;
	/* Prepared statements, hashed by the address of their text, a literal. */
	struct statement {
		const char *text;
		sqlite3_stmt *st;
	} statements[STATEMENTS_SIZE];
	size_t statements_n;
	/* Modes read, at their ID modulo the size, until one is written or a transaction begins. id 0: none. */
	struct mode modes[MODES_SIZE];
	struct zones *zones; /* lent */
	struct memory *
		memory; /* what schedules say, until something of it is written or a transaction begins */
	struct later *later;      /* writes that are put off */
	struct later *ids;        /* of sql_ids() */
	const struct later *rows; /* what a statement that begins finds in the table `rows` */
	bool puts_off;
	const struct store_prefix *prefixes; /* lent */
	size_t prefixes_n;
	char warning[512]; /* what could not be used; "" if nothing */
};

void store_forget(struct store *s);

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
/* sql() of a statement that finds these numbers, at most ROWS_MAX, in column a of `rows`. One at a time, and its first row is to
 * be taken before anything else is done. */
sqlite3_stmt *sql_ids(
	struct store *s, struct err *err, const char *text, const int64_t *ids, size_t n);
int later_init(struct store *s); /* SQLITE_OK or not */
void later_forget(struct store *s);
void later_free(struct store *s);
/* One number: its value, or `fallback` if there is no row or it is NULL. */
int sql_number(struct store *s, struct err *err, int64_t fallback, int64_t *ret, const char *text,
	const char *types, ...) MUST_CHECK;

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

/* Resolve a user and bring presence and items in line; logs a change as `what` (NULL: only if the mode
 * changes, as "follow"). */
int store_resolve_user(struct store *s, int64_t user_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* The same for every user whom a statement names in its first column. */
int store_resolve_users(struct store *s, int64_t now, const char *what, const char *text,
	int64_t arg, size_t *ret_n, struct err *err) MUST_CHECK;
/* Bring a user's items in line; presence is the mode and note that hold. */
int store_item_refresh(struct store *s, int64_t user_id, const char *pbx, const char *extension,
	const struct mode *m, const char *note, const char *ask, struct err *err) MUST_CHECK;
/* A user was switched: where the PBX holds that already, it is told again. What somebody else may have put there meanwhile is older. */
int store_item_say_again(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
/* An item that the user does not have yet; a row of its name may be there, without a user or of another. */
int item_want(struct store *s, int64_t user_id, const char *pbx, const struct item *item,
	struct err *err) MUST_CHECK;
/* A row of ITEM_COLUMNS that is there: what it should say. */
#define ITEM_COLUMNS "id, name, pbx, wanted, error"
int item_change(struct store *s, sqlite3_stmt *row, const char *wanted, int rank,
	struct err *err) MUST_CHECK;
/* Bring a user's items of queues in line with the assignments and with `m`, the mode that holds, or with the one that the database
 * says; those of everybody who is in a mode (of user_id only, if that is not 0). */
int store_members_follow(
	struct store *s, int64_t user_id, const struct mode *m, struct err *err) MUST_CHECK;
int store_member_refresh(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
int store_members_in_mode(
	struct store *s, int64_t mode_id, int64_t user_id, struct err *err) MUST_CHECK;
/* The user's assignments still fit after they were edited: ERR_USAGE. */
int store_member_check(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
/* Write a list of calendars, "a, b", as rows: `remove` takes the owner's ID, `insert` that, the calendar's and a position. */
int store_calendar_link(struct store *s, const char *remove, const char *insert, int64_t id,
	const char *names, struct err *err) MUST_CHECK;
/* The IDs of period modes, 0 for "". */
int store_period_modes(struct store *s, char names[PERIOD_COUNT][NAME_MAX_LEN + 1],
	int64_t ret[PERIOD_COUNT], struct err *err) MUST_CHECK;
/* Members of a group resolved again, because its schedule or who is in it changed. */
int store_group_changed(struct store *s, int64_t group_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* What a schedule says now, on the PBXs: of one, of all that are due; those with a calendar (0: all) due at once; gone. */
int store_hours_refresh(struct store *s, int64_t id, int64_t now, struct err *err) MUST_CHECK;
int store_hours_tick(struct store *s, int64_t now, struct err *err) MUST_CHECK;
int store_hours_soon(struct store *s, int64_t calendar_id, struct err *err) MUST_CHECK;
int store_hours_release(struct store *s, const char *schedule, struct err *err) MUST_CHECK;
/* Rows of the PBX: of a mode on every PBX, of all modes, of a user, of rules that forward to users. */
int store_mode_entry(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
int store_mode_entries(struct store *s, struct err *err) MUST_CHECK;
int store_mode_entry_release(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
int store_user_entries(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
int store_entries_naming(struct store *s, const struct user *u, const char *was_extension,
	struct err *err) MUST_CHECK;
/* The rules of a user still fit after they were edited: rules_check_user() and no loop. */
int store_user_rules_check(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Calls for a user do not come back to them: ERR_USAGE with the circle. Of a mode, with its effective rules: nobody's do. */
int store_user_loops(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
int store_mode_loops(struct store *s, const struct mode *m, const struct rules *rules,
	struct err *err) MUST_CHECK;
/* Nobody's calls are forwarded to them: ERR_FAILED, naming a rule that does. */
int store_user_rules_unused(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Overrides that cover a user, the one given last first. */
int store_override_of_user(struct store *s, int64_t user_id, struct override *ret, size_t max,
	size_t *ret_n, struct err *err) MUST_CHECK;
int store_override_expire(struct store *s, int64_t now, struct err *err) MUST_CHECK;
int store_item_release(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

int store_log(struct store *s, int64_t at, const char *what, const char *subject,
	const char *from_mode, const char *to_mode, int64_t until, const char *why,
	struct err *err) MUST_CHECK;

/* IDs that a statement gives in its first column, collected before anything is written. */
int ids_add(struct ids *w, int64_t id);
int ids_collect(struct store *s, sqlite3_stmt *st, struct ids *w, struct err *err) MUST_CHECK;

/* Begins a statement: where switches until `next` end is to be worked out again, but for those that have ended. ?1 is now. */
#define NEXT_ANEW "UPDATE switch SET until = NULL WHERE until_next = 1 AND until > ?1 AND "

#endif
