/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db-sqlite.h - what the db*.c files share. Only they may include it. */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H

#include <limits.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "lib/binding/db.h"

/* A prepared statement. While its rows are read, it also stands for the rows. */
struct db_rows {
	struct db *db;
	const char *text; /* a literal */
	sqlite3_stmt *st;
	bool is_open;          /* between db_query() and db_done() */
	bool is_over;          /* the last row was read: writes are allowed again */
	struct db_many *given; /* the content of the table `rows` for it, or NULL */
	struct db_rows *next;  /* with the same hash */
};

struct db_many; /* of db-many.c */

/* Which file it is. All 0: it is not known. */
struct db_file_id {
	uint64_t dev, ino, birth;
};
/* The files of a database: FILE, FILE-wal, FILE-shm. */
enum { DB_IDS = 3 };
struct db_ids {
	struct db_file_id file, log, index;
};
/* What the database file held when db_look() looked last, and what the index of the log said then about checkpoints. */
struct db_content {
	uint64_t hash; /* 0: it was not looked at */
	uint32_t checkpoint[4];
	struct stat file; /* when it was read */
	int same;         /* how often it was read with the same times and size */
	bool overwritten;
};
enum db_files { DB_FILES_SAME, DB_FILES_REPLACED, DB_FILES_GONE, DB_FILES_LOG_GONE };

struct db {
	sqlite3 *sqlite; /* NULL: after db_reopen() has failed */
	char *path;
	char *kept; /* where the last state of a deleted database is, or NULL */
	struct db_ids ids;
	int lock, fd, index_fd; /* of presenced, after db_tell_files(); else -1 */
	struct db_content content;
	int wait_ms;                 /* see db_set_wait() */
	struct db_rows **statements; /* the hash of the text's address is the index */
	size_t statements_n, buckets_n;
	size_t open_n;               /* statements whose rows are being read */
	struct db_many *later;       /* rows that wait to be written */
	const struct db_many *given; /* the content of `rows` for the statement that begins now */
	bool holds;
	char odd[200]; /* the first value that another program must have written, or "" */
};

/* The path of a database that is no file. */
#define DB_IN_MEMORY ":memory:"

/* What to do with a damaged database. */
#define DB_DAMAGED_HINT                                                                            \
	"; 'presencectl restore' takes a copy, 'presencectl backup --salvage' saves what can be read"

/* A handle that is not connected yet. */
struct db *db_new(const char *path);
/* Let the group write a file, as they may write the database. */
void db_own(const char *path);
/* Read the version. Refuse a database that is not ours, or that a newer program wrote. */
int db_schema_version(
	struct db *db, const struct db_schema *schema, int64_t *ret, struct err *err) MUST_CHECK;
/* Connect to the file at db->path, or to nothing but memory. */
int db_connect(struct db *db, struct err *err) MUST_CHECK;
/* Forget all statements and let go of the file. */
void db_disconnect(struct db *db);
/* Report what SQLite says about the last failure. Returns -1. */
int db_fail(struct db *db, struct err *err);

/* Connect to a copy of a database, to read it. */
int db_open_to_read(struct db *db, struct err *err) MUST_CHECK;

/* Remember which files the handle has open. */
int db_files_note(struct db *db, struct err *err) MUST_CHECK;
/* Whether they still stand at their paths. */
int db_files_check(const struct db *db, struct err *err) MUST_CHECK;
/* Before a database is opened: wait until presenced has the files open that stand there now. */
int db_files_await(const char *path, struct err *err) MUST_CHECK;
/* Let go of files that do not stand at their paths any more. What their log holds is saved into the database that they belong to. */
int db_files_leave(struct db *db, struct err *err) MUST_CHECK;

int db_lock_path(const char *database, char ret[PATH_MAX], struct err *err) MUST_CHECK;

int db_many_init(struct db *db); /* SQLITE_OK or not */
void db_many_forget(struct db *db);
void db_many_free(struct db_many *m); /* takes NULL */
void db_many_free_all(struct db *db);

#endif
