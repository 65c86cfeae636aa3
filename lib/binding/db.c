/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/binding/db-sqlite.h"
#include "lib/binding/file.h"

/* IS DISTINCT FROM, and RETURNING. */
_Static_assert(SQLITE_VERSION_NUMBER >= 3039000, "SQLite 3.39 or newer");

enum {
	BUCKETS_FIRST = 256,     /* a power of two */
	CHECKPOINT_PAGES = 1000, /* the number that SQLite uses by default */
};

int db_fail(struct db *db, struct err *err)
{
	switch (sqlite3_errcode(db->sqlite)) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		err_set(err, ERR_LOCKED, "database '%s' is locked by another program", db->path);
		return db->wait_ms < 1000
			? -1
			: err_hint(err, "; gave up after %d s", db->wait_ms / 1000);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err, ERR_STORE,
			"database '%s' cannot be written by this user (uid %d)", db->path,
			(int)geteuid());
	case SQLITE_FULL:
		return err_set(err, ERR_STORE,
			"no room on the disk of database '%s'; nothing was changed", db->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, ERR_STORE, "database '%s' is damaged (%s)" DB_DAMAGED_HINT,
			db->path, sqlite3_errmsg(db->sqlite));
	default:
		return err_set(
			err, ERR_STORE, "database '%s': %s", db->path, sqlite3_errmsg(db->sqlite));
	}
}

/* Statements. A hash table holds the prepared ones. The key is the address of the text. The table doubles when it is half full. */

static size_t bucket_of(const struct db *db, const char *text)
{
	return (size_t)(((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15)) >> 32) &
		(db->buckets_n - 1);
}

static void insert(struct db *db, struct db_rows *rows)
{
	struct db_rows **bucket = &db->statements[bucket_of(db, rows->text)];

	rows->next = *bucket;
	*bucket = rows;
}

static void grow(struct db *db)
{
	struct db_rows **old = db->statements;
	size_t old_n = db->buckets_n;

	db->buckets_n = old_n ? 2 * old_n : BUCKETS_FIRST;
	db->statements = xcalloc(db->buckets_n, sizeof(struct db_rows *));
	for (size_t i = 0; i < old_n; i++) {
		while (old[i]) {
			struct db_rows *rows = old[i];

			old[i] = rows->next;
			insert(db, rows);
		}
	}
	free(old);
}

/* After a db_reopen() that failed there is no database. */
static bool is_away(const struct db *db, struct err *err)
{
	if (!db->sqlite)
		err_set(err, ERR_STORE, "database '%s' is not there", db->path);
	return !db->sqlite;
}

static struct db_rows *prepare(struct db *db, const char *text, struct err *err)
{
	struct db_rows *rows;

	if (is_away(db, err))
		return NULL;
	rows = xcalloc(1, sizeof(*rows));
	rows->db = db;
	rows->text = text;
	if (sqlite3_prepare_v3(db->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &rows->st, NULL) !=
		SQLITE_OK) {
		db_fail(db, err);
		free(rows);
		return NULL;
	}
	return rows;
}

/* Find a statement with this text that nobody reads at the moment, else prepare one. So one text has two statements if it is used
 * again while its rows are being read. */
static struct db_rows *statement(struct db *db, const char *text, struct err *err)
{
	struct db_rows *rows = db->buckets_n ? db->statements[bucket_of(db, text)] : NULL;

	while (rows && (rows->text != text || rows->is_open))
		rows = rows->next;
	if (rows)
		return rows;
	rows = prepare(db, text, err);
	if (!rows)
		return NULL;
	if (2 * ++db->statements_n > db->buckets_n)
		grow(db);
	insert(db, rows);
	return rows;
}

static int bind(sqlite3_stmt *st, const struct db_value *v, size_t n)
{
	int rc = SQLITE_OK;

	for (int i = 0; (size_t)i < n && rc == SQLITE_OK; i++) {
		switch (v[i].type) {
		case DB_NULL: rc = sqlite3_bind_null(st, i + 1); break;
		case DB_INT: rc = sqlite3_bind_int64(st, i + 1, v[i].n); break;
		case DB_TEXT:
			rc = sqlite3_bind_text(st, i + 1, v[i].text, -1, SQLITE_STATIC);
			break;
		}
	}
	return rc;
}

struct db_rows *db_query_values(
	struct db *db, struct err *err, const char *text, const struct db_value *values, size_t n)
{
	struct db_rows *rows = statement(db, text, err);

	if (!rows)
		return NULL;
	if (db->open_n && !sqlite3_stmt_readonly(rows->st)) {
		err_set(err, ERR_STORE,
			"database '%s': '%.60s...' writes while rows are being read", db->path,
			text);
		return NULL;
	}
	rows->is_open = true;
	rows->is_over = false;
	db->open_n++;
	if (bind(rows->st, values, n) != SQLITE_OK) {
		db_fail(db, err);
		db_done(rows);
		return NULL;
	}
	return rows;
}

static void end(struct db_rows *rows)
{
	if (rows->is_over)
		return;
	rows->is_over = true;
	rows->db->open_n--;
	sqlite3_reset(rows->st);
}

void db_done(struct db_rows *rows)
{
	if (!rows || !rows->is_open)
		return;
	end(rows);
	if (rows->given)
		rows->db->given = NULL;
	db_many_free(rows->given);
	rows->given = NULL;
	rows->is_open = false;
}

/* After the last row the statement belongs to its reader until db_done(). It is reset already, so it holds no lock and writes are
 * allowed. */
int db_next(struct db_rows *rows, struct err *err)
{
	int r;

	if (!rows)
		return -1;
	if (rows->is_over)
		return 0;
	if (rows->given)
		rows->db->given = rows->given;
	switch (sqlite3_step(rows->st)) {
	case SQLITE_ROW: return 1;
	case SQLITE_DONE: r = 0; break;
	default: r = db_fail(rows->db, err);
	}
	end(rows);
	return r;
}

int64_t db_run_values(
	struct db *db, struct err *err, const char *text, const struct db_value *values, size_t n)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query_values(db, err, text, values, n);
	int r;

	while ((r = db_next(rows, err)) > 0)
		;
	return r < 0 ? -1 : sqlite3_changes64(db->sqlite);
}

int db_number_values(struct db *db, struct err *err, int64_t fallback, int64_t *ret,
	const char *text, const struct db_value *values, size_t n)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query_values(db, err, text, values, n);
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	*ret = r && !db_is_null(rows, 0) ? db_int(rows, 0) : fallback;
	while (r > 0)
		r = db_next(rows, err);
	return r;
}

/* Columns. */

bool db_is_null(struct db_rows *rows, int column)
{
	return sqlite3_column_type(rows->st, column) == SQLITE_NULL;
}

int64_t db_int(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->st, column);
}

bool db_bool(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->st, column) != 0;
}

const char *db_text_or_null(struct db_rows *rows, int column)
{
	return (const char *)sqlite3_column_text(rows->st, column);
}

size_t db_bytes(struct db_rows *rows, int column)
{
	return (size_t)sqlite3_column_bytes(rows->st, column);
}

const char *db_text(struct db_rows *rows, int column)
{
	const char *text = db_text_or_null(rows, column);

	return text ? text : "";
}

/* Scripts and settings. */

static int exec(struct db *db, const char *script, struct err *err)
{
	if (is_away(db, err))
		return -1;
	if (sqlite3_exec(db->sqlite, script, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(db, err);
	return 0;
}

static int pragma(struct db *db, const char *name, int64_t *ret, struct err *err)
{
	char text[64];
	sqlite3_stmt *st;
	int rc;

	if (is_away(db, err))
		return -1;
	snprintf(text, sizeof(text), "PRAGMA %s", name);
	if (sqlite3_prepare_v2(db->sqlite, text, -1, &st, NULL) != SQLITE_OK)
		return db_fail(db, err);
	rc = sqlite3_step(st);
	*ret = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_finalize(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : db_fail(db, err);
}

static int set_pragma(struct db *db, const char *name, int64_t value, struct err *err)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA %s = %lld", name, (long long)value);
	return exec(db, text, err);
}

/* The file. */

struct db *db_new(const char *path)
{
	struct db *db = xcalloc(1, sizeof(*db));

	db->path = xstrdup(path);
	db->wait_ms = DB_WAIT_MS;
	db->lock = db->fd = db->index_fd = -1;
	return db;
}

void db_own(const char *path)
{
	(void)!chmod(path, 0660);
}

static int as_store(struct err *err)
{
	if (err)
		err->code = ERR_STORE;
	return -1;
}

int db_create(const char *path, int32_t application, struct err *err)
{
	_cleanup_(closep) int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0660);
	_cleanup_(db_closep) struct db *db = NULL;

	if (fd < 0 && errno == EEXIST)
		return err_set(err, ERR_FAILED, "database '%s' exists already", path);
	if (fd < 0) {
		err_sys(err, "cannot create database '%s'", path);
		return as_store(err);
	}
	db_own(path);
	db = db_new(path);
	if (db_connect(db, err) < 0 || exec(db, "PRAGMA journal_mode = WAL", err) < 0 ||
		set_pragma(db, "application_id", application, err) < 0) {
		unlink(path);
		return -1;
	}
	return 0;
}

/* SQLite opens these without asking what they are, and would wait for ever for who writes to a FIFO. */
static int check_files(const char *path, struct err *err)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char real[PATH_MAX];

	if (!realpath(path, real)) {
		err_sys(err, "cannot open database '%s'", path);
		return as_store(err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		_cleanup_(strbuf_done) struct strbuf name = STRBUF_INIT;

		strbuf_addf(&name, "%s%s", real, suffixes[i]);
		if (file_check(name.s, "cannot open database", err) < 0)
			return as_store(err);
	}
	return 0;
}

int db_connect(struct db *db, struct err *err)
{
	if (strcmp(db->path, DB_IN_MEMORY) != 0 && check_files(db->path, err) < 0)
		return -1;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS,
		0); /* works before the first open, later it does nothing */
	if (sqlite3_open_v2(db->path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		return err_set(err, ERR_STORE, "cannot open database '%s': %s", db->path,
			db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory");
	db_set_wait(db, db->wait_ms);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (db_many_init(db) != SQLITE_OK)
		return db_fail(db, err);
	return exec(db,
		"PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -4000; "
		"PRAGMA journal_size_limit = 8388608",
		err);
}

int db_open(const char *path, struct db **ret, struct err *err)
{
	return db_open_within(path, DB_WAIT_MS, ret, err);
}

int db_open_within(const char *path, int wait_ms, struct db **ret, struct err *err)
{
	_cleanup_(db_closep) struct db *db = NULL;

	if (db_files_await(path, err) < 0)
		return -1;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(err, ERR_STORE,
			"no database '%s'; 'presencectl init' makes one, 'presencectl restore' takes a copy",
			path);
	db = db_new(path);
	db->wait_ms = wait_ms;
	if (db_connect(db, err) < 0)
		return -1;
	*ret = TAKE_PTR(db);
	return 0;
}

void db_disconnect(struct db *db)
{
	for (size_t i = 0; i < db->buckets_n; i++) {
		while (db->statements[i]) {
			struct db_rows *rows = db->statements[i];

			db->statements[i] = rows->next;
			sqlite3_finalize(rows->st);
			free(rows);
		}
	}
	db->statements_n = 0;
	sqlite3_close(db->sqlite);
	db->sqlite = NULL;
	/* After SQLite: to close one of these ends all locks that this process has on the file. */
	closep(&db->fd);
	closep(&db->index_fd);
	db->fd = db->index_fd = -1;
	db->content = (struct db_content){ 0 };
	db->ids = (struct db_ids){ 0 };
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_disconnect(db);
	free(db->statements);
	db_many_free_all(db);
	free(db->path);
	free(db->kept);
	free(db);
}

static int keep_first(void *data, const char *finding)
{
	*(char **)data = xstrdup(finding);
	return 1;
}

/* Damage that a query would meet later is found now: what stands here may be half a copy. */
static int check_content(struct db *db, struct err *err)
{
	_cleanup_(freep) char *finding = NULL;
	int r = db_check(db, true, keep_first, &finding, err);

	if (r <= 0)
		return r;
	return err_set(
		err, ERR_STORE, "database '%s' is damaged (%s)" DB_DAMAGED_HINT, db->path, finding);
}

void db_let_go(struct db *db)
{
	db_rollback(db);
	db_disconnect(db);
}

int db_reopen(struct db *db, struct err *err)
{
	db_rollback(db);
	db_many_forget(db);
	if (db->sqlite && db_files_leave(db, err) < 0)
		return -1;
	if (access(db->path, F_OK) < 0) {
		err_sys(err, "database '%s'", db->path);
		if (db->kept)
			err_hint(err, "; what it held is in '%s'", db->kept);
	} else if (db_connect(db, err) == 0 && check_content(db, err) == 0) {
		return 0;
	}
	if (err)
		err->code = ERR_STORE;
	db_disconnect(db);
	return -1;
}

const char *db_path(const struct db *db)
{
	return db->path;
}

/* The schema. */

int db_schema_version(struct db *db, const struct db_schema *schema, int64_t *ret, struct err *err)
{
	int64_t application;

	if (pragma(db, "application_id", &application, err) < 0 ||
		pragma(db, "user_version", ret, err) < 0)
		return -1;
	if (application != schema->application)
		return err_set(err, ERR_STORE, "'%s' is not a database of presence", db->path);
	if (*ret > (int64_t)schema->steps_n)
		return err_set(err, ERR_STORE,
			"database '%s' is from a newer version (schema %d, this program knows %d); upgrade presence",
			db->path, (int)*ret, (int)schema->steps_n);
	return 0;
}

/* Refuse rows that refer to a missing row. A step that replaces a table can leave them behind. */
static int check_references(struct db *db, struct err *err)
{
	int64_t broken;

	if (db_number(db, err, 0, &broken, "SELECT count(*) FROM pragma_foreign_key_check") < 0)
		return -1;
	if (broken)
		return err_set(err, ERR_STORE,
			"database '%s' is damaged (%lld rows name what is not there)" DB_DAMAGED_HINT,
			db->path, (long long)broken);
	return 0;
}

/* A copy of the database has no log of its own. To have one is what lets others read while we write. */
static int use_log(struct db *db, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(db, err, "PRAGMA journal_mode");
	int r = db_next(rows, err);
	bool has_log = r > 0 && !strcmp(db_text(rows, 0), "wal");

	db_done(TAKE_PTR(rows));
	if (r < 0 || has_log)
		return r < 0 ? -1 : 0;
	return exec(db, "PRAGMA journal_mode = WAL", err);
}

static int run_steps(struct db *db, const struct db_schema *schema,
	int (*then)(void *data, struct err *err), void *data, struct err *err)
{
	int64_t version;

	if (db_schema_version(db, schema, &version, err) < 0)
		return -1;
	if (version == (int64_t)schema->steps_n)
		return 0; /* another process ran the steps while we waited for the lock */
	for (size_t i = (size_t)version; i < schema->steps_n; i++) {
		if (exec(db, schema->steps[i], err) < 0)
			return -1;
	}
	if (set_pragma(db, "user_version", (int64_t)schema->steps_n, err) < 0)
		return -1;
	return then(data, err) < 0 ? -1 : check_references(db, err);
}

/* A step may replace a table by a new one. SQLite would then delete the rows that refer to the old table. So we switch the check
 * of references off, and run_steps() checks all of them at the end. */
int db_migrate(struct db *db, const struct db_schema *schema,
	int (*then)(void *data, struct err *err), void *data, struct err *err)
{
	int64_t version;
	int r;

	if (db_schema_version(db, schema, &version, err) < 0 || use_log(db, err) < 0 ||
		db_files_note(db, err) < 0)
		return -1;
	if (version == (int64_t)schema->steps_n)
		return 0;
	if (set_pragma(db, "foreign_keys", 0, err) < 0 || db_begin(db, err) < 0)
		return -1;
	r = run_steps(db, schema, then, data, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r < 0 ? -1 : set_pragma(db, "foreign_keys", 1, err);
}

/* Transactions. */

int db_begin(struct db *db, struct err *err)
{
	db_many_forget(db);
	if (db_files_check(db, err) < 0)
		return -1;
	return db_run(db, err, "BEGIN IMMEDIATE") < 0 ? -1 : 0;
}

int db_begin_read(struct db *db, struct err *err)
{
	db_many_forget(db);
	if (db_files_check(db, err) < 0)
		return -1;
	return db_run(db, err, "BEGIN") < 0 ? -1 : 0;
}

/* Commit, then touch the file, so that inotify wakes all who watch it. SQLite writes to its log before readers can see the commit,
 * so a watch on the log would wake them too early. What was committed into a file that is gone by then is not done. */
int db_commit(struct db *db, struct err *err)
{
	if (db_files_check(db, err) < 0 || db_run(db, err, "COMMIT") < 0)
		return -1;
	utimensat(AT_FDCWD, db->path, NULL, 0);
	return db_files_check(db, err);
}

bool db_in_transaction(const struct db *db)
{
	return db->sqlite && !sqlite3_get_autocommit(db->sqlite);
}

void db_rollback(struct db *db)
{
	if (db_in_transaction(db))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

void db_set_wait(struct db *db, int ms)
{
	db->wait_ms = ms;
	sqlite3_busy_timeout(db->sqlite, ms);
}

int64_t db_wal_size(const struct db *db)
{
	const char *file = db->sqlite ? sqlite3_db_filename(db->sqlite, "main") : NULL;
	struct stat st;

	if (!file || stat(sqlite3_filename_wal(file), &st) < 0)
		return 0;
	return st.st_size;
}

/* PASSIVE keeps nobody from writing while it copies. What then is left to TRUNCATE, which does, takes no time. */
int db_empty_wal(struct db *db, struct err *err)
{
	int wait_ms = db->wait_ms, all = 0, copied = 0, rc;

	if (is_away(db, err))
		return -1;
	db_set_wait(db, 0);
	rc = sqlite3_wal_checkpoint_v2(
		db->sqlite, "main", SQLITE_CHECKPOINT_PASSIVE, &all, &copied);
	if (rc == SQLITE_OK)
		rc = all == copied ? sqlite3_wal_checkpoint_v2(db->sqlite, "main",
					     SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL)
				   : SQLITE_BUSY;
	db_set_wait(db, wait_ms);
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return err_set(err, ERR_LOCKED, "a program has been reading for long; end it");
	return rc == SQLITE_OK ? 0 : db_fail(db, err);
}

void db_checkpoint_later(struct db *db, bool later)
{
	if (db->sqlite)
		sqlite3_wal_autocheckpoint(db->sqlite, later ? 0 : CHECKPOINT_PAGES);
}

int db_set_durable(struct db *db, bool durable, struct err *err)
{
	return exec(db, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
}

int db_data_version(struct db *db, int64_t *ret, struct err *err)
{
	return db_number(db, err, 0, ret, "PRAGMA data_version");
}
