/* db.h - the database: statements, values, rows, transactions, and who is told of a commit. This is the one door to it;
 * SQLite stands behind it.
 *
 * A handle belongs to one thread. A function that can fail returns -1 (or NULL) with *err filled: ERR_STORE with a
 * message that names the database and the way out.
 *
 * A statement is a literal: it is prepared once and known by its address. It keeps to what SQLite and PostgreSQL share:
 * values are ?1, ?2 ...; IS [NOT] DISTINCT FROM compares with NULL; CASE chooses; ON CONFLICT DO NOTHING or DO UPDATE;
 * RETURNING gives the ID of an insert; a column NAME_key holds lower(NAME) where case does not count. A statement that
 * writes is refused while the rows of another are still being read: SQLite alone would let them mix. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct db;

/* Create the file of an empty database, which belongs to the owner of its folder; `application` marks it as ours. ERR_FAILED
 * if it exists. */
int db_create(const char *path, int32_t application, struct err *err) MUST_CHECK;

/* Open an existing database. *ret is owned by the caller. */
int db_open(const char *path, struct db **ret, struct err *err) MUST_CHECK;
void db_close(struct db *db); /* rolls back what is not committed; takes NULL */
DEFINE_CLEANUP(struct db, db_close)
const char *db_path(const struct db *db);

/* The steps that bring a schema from version i to version i + 1: SQL scripts. */
struct db_schema {
	int32_t application;
	const char *const *steps;
	size_t steps_n;
};
/* Bring the schema up to date in one transaction of its own, in which `then` is called, if anything was to be done. An
 * empty database has version 0. ERR_STORE for a database of another application or of a newer version. */
int db_migrate(struct db *db, const struct db_schema *schema,
	int (*then)(void *data, struct err *err), void *data, struct err *err) MUST_CHECK;

/* One transaction at a time. begin takes the write lock at once and waits up to 5 s for another writer. A commit is on the
 * disk when it returns, and whoever watches the database is woken. */
int db_begin(struct db *db, struct err *err) MUST_CHECK;
int db_commit(struct db *db, struct err *err) MUST_CHECK;
void db_rollback(struct db *db); /* nothing happens if there is no transaction */
bool db_in_transaction(const struct db *db);
/* Leave it to a later commit to move what was written from SQLite's log into the database. */
void db_checkpoint_later(struct db *db, bool later);
/* Commit without waiting for the disk until told otherwise, for what can be had again. Not inside a transaction. */
int db_set_durable(struct db *db, bool durable, struct err *err) MUST_CHECK;
/* A number that changes when another handle has committed. */
int db_data_version(struct db *db, int64_t *ret, struct err *err) MUST_CHECK;

/* A value for a statement. Texts are lent until the statement has run, or its rows are done. */
struct db_value {
	enum db_type { DB_NULL, DB_INT, DB_TEXT } type;
	int64_t n;
	const char *text;
};
static inline struct db_value I(int64_t n) {
	return (struct db_value){ DB_INT, n, NULL };
}
/* NULL is NULL. */
static inline struct db_value
T(const char *s) {
	return (struct db_value){ s ? DB_TEXT : DB_NULL, 0, s };
}
/* A text that is NULL if it is empty. */
static inline struct db_value
E(const char *s) {
	return T(s && *s ? s : NULL);
}
/* An instant that is NULL if it is UNTIL_OPEN. */
static inline struct db_value
O(int64_t until) {
	return (struct db_value){ until == INT64_MAX ? DB_NULL : DB_INT, until, NULL };
}
/* An ID that is NULL if there is none: 0 or less. */
static inline struct db_value
N(int64_t id) {
	return (struct db_value){ id <= 0 ? DB_NULL : DB_INT, id, NULL };
}

/* The values of a call, and how many there are. The first one only makes a list of none possible. */
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
/* db_query(db, err, TEXT, values...): its rows, to be read with db_next(). NULL on failure. */
#define db_query(db, err, text, ...) db_query_values(db, err, "" text, DB_VALUES(__VA_ARGS__))
/* db_later(db, err, TEXT, values...): for statements that are given many rows at once: "INSERT ... SELECT a, b FROM rows"
 * finds the values in its columns a, b, c ... They are written at once, or between db_hold() and db_flush() whenever there
 * are enough: statement by statement, in the order in which the statements came first, and each row in its order. What is
 * read in between may not depend on them. Returns 0 or -1. */
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

enum { DB_ROWS_MAX = 1000 }; /* of one statement with `rows` */
void db_hold(struct db *db);
int db_flush(struct db *db, struct err *err) MUST_CHECK;
/* The rows of a statement that finds these numbers, at most DB_ROWS_MAX, in column a of `rows`. */
struct db_rows *db_query_ids(
	struct db *db, struct err *err, const char *text, const int64_t *ids, size_t n) MUST_CHECK;

/* Rows that are being read:
 *
 *     _cleanup_(db_donep) struct db_rows *rows = db_query(db, err, "SELECT ...", I(id));
 *
 *     while ((r = db_next(rows, err)) > 0)
 *             ... db_int(rows, MODE_ID) ...
 *
 * db_next() gives 1 with a row, 0 after the last, -1 on failure, which includes `rows` being NULL. */
int db_next(struct db_rows *rows, struct err *err) MUST_CHECK;
void db_done(struct db_rows *rows); /* no more is read; takes NULL */
DEFINE_CLEANUP(struct db_rows, db_done)

/* A column of the row that db_next() gave. Texts are lent until the next db_next() or db_done(). */
bool db_is_null(struct db_rows *rows, int column);
int64_t db_int(struct db_rows *rows, int column); /* 0 for NULL */
bool db_bool(struct db_rows *rows, int column);
int64_t db_until(struct db_rows *rows, int column);    /* UNTIL_OPEN for NULL */
const char *db_text(struct db_rows *rows, int column); /* "" for NULL */
const char *db_text_or_null(struct db_rows *rows, int column);
/* What does not fit was written by another program: it is cut, not trusted. */
void db_copy(struct db_rows *rows, int column, char *to, size_t size);

/* Columns by name. One list makes the text of a SELECT and the enum that numbers its columns:
 *
 *     #define GROUP_COLUMNS(C, S) C(GROUP_ID, "g.id") S C(GROUP_NAME, "g.name")
 *     enum { DB_ENUM(GROUP_COLUMNS) };
 *     db_query(db, err, "SELECT " DB_COLUMNS(GROUP_COLUMNS) " FROM user_group g") */
#define DB_ENUM(list)    list(DB_ENUM_NAME, DB_ENUM_COMMA)
#define DB_COLUMNS(list) list(DB_COLUMN_TEXT, ", ")

#define DB_ENUM_NAME(name, text)   name
#define DB_ENUM_COMMA              ,
#define DB_COLUMN_TEXT(name, text) text

/* A descriptor that polls readable after a commit of any process, to be closed by the caller. It does not block. */
int db_watch(const char *path, int *ret, struct err *err) MUST_CHECK;
/* Take what has come. Returns whether anything had. */
bool db_watch_drain(int fd);

/* The daemon's lock, held for the life of the process: *ret is the descriptor, to be closed by the caller. The kernel
 * drops it with the process. ERR_FAILED if another presenced holds it; the message has its pid. */
int db_lock(const char *path, int *ret, struct err *err) MUST_CHECK;
/* Whether a presenced runs on this database. False if that cannot be told. */
bool db_is_locked(const char *path);

#endif
