/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db.h - the database: statements, values, rows and transactions. All access goes through these functions. SQLite does the work.
 *
 * A handle belongs to one thread. A function that fails returns -1 or NULL and fills *err: ERR_STORE or ERR_LOCKED, with a message that
 * names the database and says what helps.
 *
 * A statement is a literal. It is prepared once, and its address identifies it. A statement uses only what SQLite and PostgreSQL
 * share: ?1, ?2 ... for values, IS [NOT] DISTINCT FROM to compare with NULL, CASE to choose, ON CONFLICT DO NOTHING or DO UPDATE,
 * RETURNING for the ID of an insert. Where case does not count, a column NAME_key holds lower(NAME). A statement that writes is
 * refused while the rows of another statement are being read: SQLite would let the reader see some of the writes. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct db;

/* Create the file of an empty database. `application` marks it as ours.
 * ERR_FAILED if it exists. */
int db_create(const char *path, int32_t application, struct err *err) MUST_CHECK;

/* Open an existing database. *ret is owned by the caller. */
int db_open(const char *path, struct db **ret, struct err *err) MUST_CHECK;
/* Open what stands at the path now, after db_look() has said that it is something else. All IDs that were read are worth nothing any
 * more; db_migrate() has to follow. If it fails there is no database until another db_reopen(): all other calls fail. */
int db_reopen(struct db *db, struct err *err) MUST_CHECK;
void db_let_go(struct db *db); /* there is no database until db_reopen() */
/* The same with db_set_wait() before the first look into the file. */
int db_open_within(const char *path, int wait_ms, struct db **ret, struct err *err) MUST_CHECK;
void db_close(struct db *db); /* rolls back an open transaction; takes NULL */
DEFINE_CLEANUP(struct db, db_close)
const char *db_path(const struct db *db);

/* The steps that bring a schema from version i to version i + 1: SQL scripts. */
struct db_schema {
	int32_t application;
	const char *const *steps;
	size_t steps_n;
};
/* Run the steps that the database lacks, and then `then`, in one transaction. If it lacks no step, nothing happens. An empty
 * database has version 0. ERR_STORE if another application or a newer version wrote the database. */
int db_migrate(struct db *db, const struct db_schema *schema,
	int (*then)(void *data, struct err *err), void *data, struct err *err) MUST_CHECK;

/* Give what is wrong with the pages of the database, one sentence each. `quick` leaves out the comparison of indexes with their
 * tables. If `fn` returns other than 0, the walk ends and returns that. */
int db_check(struct db *db, bool quick, int (*fn)(void *data, const char *finding), void *data,
	struct err *err) MUST_CHECK;
/* Give what the schema of the database lacks of `schema`. */
int db_check_schema(struct db *db, const struct db_schema *schema,
	int (*fn)(void *data, const char *finding), void *data, struct err *err) MUST_CHECK;
/* Give the tables with rows that name what is not there. */
int db_check_references(struct db *db, int (*fn)(void *data, const char *finding), void *data,
	struct err *err) MUST_CHECK;

/* Who wants to know how a copy gets on. */
struct db_progress {
	void (*fn)(void *data, int64_t done, int64_t total);
	void *data;
};
enum {
	DB_BACKUP_REPLACE = 1, /* a file of this name is replaced */
	DB_BACKUP_AS_IS = 2
}; /* the copy is not checked */
/* Write a copy of the database to the file `path`, also while others write. It is one state of the database. When the function
 * returns, the disk holds the file; if it fails there is no such file. progress may be NULL. */
int db_backup(struct db *db, const char *path, int flags, const struct db_progress *progress,
	struct err *err) MUST_CHECK;
/* Open a copy of the database to read it. ERR_FAILED if it is the database itself. */
int db_open_file(
	const char *path, const char *database, struct db **ret, struct err *err) MUST_CHECK;
/* Whether a copy is whole, and ours, and not from a newer version: else ERR_FAILED. */
int db_check_file(struct db *db, const struct db_schema *schema, struct err *err) MUST_CHECK;
/* Write the content of a file over that of the database, in one transaction. What the database held until then goes to the file
 * `kept`. Returns 1 if nothing can be written into the database since SQLite cannot read it. */
int db_overwrite(
	const char *database, const char *from, const char *kept, struct err *err) MUST_CHECK;
/* Put a file in the place of a database that cannot be read, or is not there. What stood there goes to `kept`. */
int db_exchange(
	const char *database, const char *from, const char *kept, struct err *err) MUST_CHECK;
/* What became of a table whose database is damaged. */
struct db_salvaged {
	const char *table;
	bool is_whole;   /* all its rows could be read */
	int64_t saved;   /* rows that it has now */
	int64_t refused; /* rows that the new database does not take */
	int64_t mended;  /* rows that named what is gone: they were left out, or do without */
};
/* Read what can be read of the damaged database `path` into a new one, and make the references whole. `path` is only read. Gives each
 * table. ERR_STORE if nothing can be read. */
int db_salvage(const char *path, struct db *to,
	void (*fn)(void *data, const struct db_salvaged *table), void *data,
	struct err *err) MUST_CHECK;
/* *ret is a copy in memory. */
int db_copy_to_memory(struct db *db, struct db **ret, struct err *err) MUST_CHECK;
/* Delete a file that was made by db_backup(), and what SQLite left beside it. */
void db_remove(const char *path);

/* A handle has one transaction at a time. db_begin() takes the write lock at once. It waits for another writer, see
 * db_set_wait(). When db_commit() returns, the disk holds the data. A commit wakes all who watch the database. */
int db_begin(struct db *db, struct err *err) MUST_CHECK;
int db_commit(struct db *db, struct err *err) MUST_CHECK;
/* What is read from now until db_rollback() is of one instant. Others go on writing, and SQLite's log grows meanwhile. */
int db_begin_read(struct db *db, struct err *err) MUST_CHECK;
void db_rollback(struct db *db); /* does nothing without a transaction */
bool db_in_transaction(const struct db *db);
/* How long a statement waits for a lock of another program before it fails with ERR_LOCKED. 0: not at all. */
enum { DB_WAIT_MS = 5000 }; /* if nothing else is said */
void db_set_wait(struct db *db, int ms);
/* The size in bytes of SQLite's log beside the database, FILE-wal; 0 if there is none. It grows as long as a program reads an old
 * state. */
int64_t db_wal_size(const struct db *db);
/* Move all of it into the database, and make it empty. Nobody is waited for: ERR_LOCKED if a program reads or writes. */
int db_empty_wal(struct db *db, struct err *err) MUST_CHECK;
/* true: commits leave the data in SQLite's log. false: the next commit may move the log into the database. */
void db_checkpoint_later(struct db *db, bool later);
/* false: commits do not wait for the disk. Only data that we can get again may be written so. Not inside a transaction. */
int db_set_durable(struct db *db, bool durable, struct err *err) MUST_CHECK;
/* The number changes when another handle commits. */
int db_data_version(struct db *db, int64_t *ret, struct err *err) MUST_CHECK;

/* A value for a statement. A text is lent until the statement has run, or until db_done() of its rows. */
struct db_value {
	enum db_type { DB_NULL, DB_INT, DB_TEXT } type;
	int64_t n;
	const char *text;
};
static inline struct db_value I(int64_t n) {
	return (struct db_value){ DB_INT, n, NULL };
}
/* A text. NULL stays NULL. */
static inline struct db_value
T(const char *s) {
	return (struct db_value){ s ? DB_TEXT : DB_NULL, 0, s };
}
/* A text. "" becomes NULL. */
static inline struct db_value
E(const char *s) {
	return T(s && *s ? s : NULL);
}
/* An instant. UNTIL_OPEN becomes NULL. */
static inline struct db_value
O(int64_t until) {
	return (struct db_value){ until == INT64_MAX ? DB_NULL : DB_INT, until, NULL };
}
/* An ID. 0 and less become NULL. */
static inline struct db_value
N(int64_t id) {
	return (struct db_value){ id <= 0 ? DB_NULL : DB_INT, id, NULL };
}

/* The values of a call and their number. The first element is no value: C has no array without elements. */
#define DB_VALUES(...)                                                                             \
	(const struct db_value[]){ { DB_NULL, 0, NULL }, ##__VA_ARGS__ } + 1,                      \
		sizeof((const struct db_value[]){ { DB_NULL, 0, NULL }, ##__VA_ARGS__ }) /         \
			sizeof(struct db_value) -                                                  \
		1

/* db_run(db, err, TEXT, values...): run a statement to its end. Returns how many rows it changed, or -1. */
#define db_run(db, err, text, ...) db_run_values(db, err, "" text, DB_VALUES(__VA_ARGS__))
/* db_number(db, err, fallback, &ret, TEXT, values...): the number in its first row, or `fallback` if there is no row or
 * it is NULL. Returns 0 or -1. */
#define db_number(db, err, fallback, ret, text, ...)                                               \
	db_number_values(db, err, fallback, ret, "" text, DB_VALUES(__VA_ARGS__))
/* db_query(db, err, TEXT, values...): the rows of a statement. db_next() reads them. NULL on failure. */
#define db_query(db, err, text, ...) db_query_values(db, err, "" text, DB_VALUES(__VA_ARGS__))
/* db_later(db, err, TEXT, values...): collect a row for a statement, which takes many rows at once from a table called `rows`:
 * "INSERT ... SELECT a, b FROM rows". The values of the call are the columns a, b, c ... of that table. Without db_hold() the row
 * is written at once. After db_hold() the rows wait until one statement has DB_ROWS_MAX of them, or until db_flush(). Then all
 * statements run in the order of their first call, each with its rows in the order of the calls. Do not read what a waiting row
 * changes. Returns 0 or -1. */
#define db_later(db, err, text, ...) db_later_values(db, err, "" text, DB_VALUES(__VA_ARGS__))

int64_t
db_run_values(struct db *db, struct err *err, const char *text, const struct db_value *values,
	size_t n) MUST_CHECK;
int db_number_values(struct db *db, struct err *err, int64_t fallback, int64_t *ret,
	const char *text, const struct db_value *values, size_t n) MUST_CHECK;
struct db_rows *db_query_values(struct db *db, struct err *err, const char *text,
	const struct db_value *values, size_t n) MUST_CHECK;
int db_later_values(struct db *db, struct err *err, const char *text, const struct db_value *values,
	size_t n) MUST_CHECK;

enum { DB_ROWS_MAX = 1000 }; /* in the table `rows` of one statement */
/* Let rows of db_later() wait. A new transaction drops what still waits. */
void db_hold(struct db *db);
/* Write the waiting rows. From now on db_later() writes at once. */
int db_flush(struct db *db, struct err *err) MUST_CHECK;
/* The rows of a statement that reads these numbers from column a of the table `rows`. There may be DB_ROWS_MAX numbers. */
struct db_rows *db_query_ids(
	struct db *db, struct err *err, const char *text, const int64_t *ids, size_t n) MUST_CHECK;

/* Rows that are being read:
 *
 *     _cleanup_(db_donep) struct db_rows *rows = db_query(db, err, "SELECT ...", I(id));
 *
 *     while ((r = db_next(rows, err)) > 0)
 *             ... db_int(rows, MODE_ID) ...
 *
 * db_next() returns 1 with a row, 0 after the last row, -1 on failure. If `rows` is NULL, db_query() has failed: -1. */
int db_next(struct db_rows *rows, struct err *err) MUST_CHECK;
void db_done(struct db_rows *rows); /* ends the reading; takes NULL */
DEFINE_CLEANUP(struct db_rows, db_done)

/* A column of the row that db_next() has read. A text is lent until the next db_next() or db_done(). */
bool db_is_null(struct db_rows *rows, int column);
int64_t db_int(struct db_rows *rows, int column); /* 0 for NULL */
bool db_bool(struct db_rows *rows, int column);
const char *db_text(struct db_rows *rows, int column); /* "" for NULL */
const char *db_text_or_null(struct db_rows *rows, int column);
/* The length of the text that was read last from this column: it may hold NULs, which none of our own texts do. */
size_t db_bytes(struct db_rows *rows, int column);

/* Any member of the group can write into the database. These bring a value that we would not write into a form that is safe: a number
 * into its range, an instant into the years 1 to 9999, a text to what fits, without control characters and in UTF-8. db_take_odd()
 * then names the first such value: "users.lead where id is 7 is out of range". */
int64_t db_within(struct db_rows *rows, int column, int64_t low, int64_t high);
int64_t db_instant(struct db_rows *rows, int column);
int64_t db_until(struct db_rows *rows, int column); /* UNTIL_OPEN for NULL */
void db_copy(struct db_rows *rows, int column, char *to, size_t size);
/* Name a value that only the store can tell to be such a one: "users.mode_id where id is 7 names no mode". */
void db_note_odd(struct db *db, const char *what);
/* Take the name of that value, if there is one. */
bool db_take_odd(struct db *db, char *to, size_t size);

/* Columns have names. One list makes the text of a SELECT and the enum that numbers its columns:
 *
 *     #define GROUP_COLUMNS(C, AND) C(GROUP_ID, "g.id") AND(GROUP_NAME, "g.name")
 *     enum { DB_ENUM(GROUP_COLUMNS) };
 *     db_query(db, err, "SELECT " DB_COLUMNS(GROUP_COLUMNS) " FROM user_group g") */
#define DB_ENUM(list)    list(DB_ENUM_FIRST, DB_ENUM_NEXT)
#define DB_COLUMNS(list) list(DB_TEXT_FIRST, DB_TEXT_NEXT)

#define DB_ENUM_FIRST(name, text) name
#define DB_ENUM_NEXT(name, text)  , name
#define DB_TEXT_FIRST(name, text) text
#define DB_TEXT_NEXT(name, text)  ", " text

/* Whether the database that is open still stands at its path, with its log and the content that SQLite gave it. -1: *err says what
 * happened to it. Only after db_tell_files() another content of the same file is found. */
int db_look(struct db *db, struct err *err) MUST_CHECK;
/* presenced: tell all who open the database which files we have open. `lock` is the descriptor of db_lock(); -1: the one
 * of last time, if there was one. */
int db_tell_files(struct db *db, int lock, struct err *err) MUST_CHECK;

/* *ret is a descriptor that becomes readable when any process commits, and when files beside the database come or go. Reading it does
 * not block. The caller closes it. */
int db_watch(const char *path, int *ret, struct err *err) MUST_CHECK;
/* Also watch the file that stands there now. */
void db_watch_again(int fd, const char *path);
/* Read all that has come. Returns whether there was anything. */
bool db_watch_drain(int fd);

/* Take the lock of presenced. *ret is its descriptor, which the caller closes to release the lock. The kernel releases it when the
 * process ends. ERR_FAILED if another presenced holds the lock: the message has its pid. */
int db_lock(const char *path, int *ret, struct err *err) MUST_CHECK;
/* Whether a presenced runs on this database. False if we cannot find out. */
bool db_is_locked(const char *path);

#endif
