/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db-sqlite.h - what the db*.c files share. Only they may include it. */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H

#include <sqlite3.h>

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

struct db {
	sqlite3 *sqlite;
	char *path;
	struct db_rows **statements; /* the hash of the text's address is the index */
	size_t statements_n, buckets_n;
	size_t open_n;               /* statements whose rows are being read */
	struct db_many *later;       /* rows that wait to be written */
	const struct db_many *given; /* the content of `rows` for the statement that begins now */
	bool holds;
};

int db_many_init(struct db *db); /* SQLITE_OK or not */
void db_many_forget(struct db *db);
void db_many_free(struct db_many *m); /* takes NULL */
void db_many_free_all(struct db *db);

#endif
