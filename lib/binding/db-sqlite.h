/* db-sqlite.h - what the files of db share. For them only. */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H

#include <sqlite3.h>

#include "lib/binding/db.h"

/* A prepared statement, which is also its rows while they are read. */
struct db_rows {
	struct db *db;
	const char *text; /* a literal */
	sqlite3_stmt *st;
	bool is_open;          /* between db_query() and db_done() */
	bool is_over;          /* the last row was read: it hinders no write any more */
	struct db_many *given; /* what it finds in the table `rows`, or NULL */
	struct db_rows *next;  /* with the same hash */
};

struct db_many; /* of db-many.c */

struct db {
	sqlite3 *sqlite;
	char *path;
	struct db_rows **statements; /* by the hash of the address of their text */
	size_t statements_n, buckets_n;
	size_t open_n;               /* rows that are being read */
	struct db_many *later;       /* writes that are held back */
	const struct db_many *given; /* what a statement finds in the table `rows` as it begins */
	bool holds;
};

/* Report what SQLite says of the last failure. Returns -1. */
int db_fail(struct db *db, struct err *err);

int db_many_init(struct db *db); /* SQLITE_OK or not */
void db_many_forget(struct db *db);
void db_many_free(struct db_many *m); /* takes NULL */
void db_many_free_all(struct db *db);

#endif
