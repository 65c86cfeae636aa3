#include "lib/store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/base/closest.h"

enum {
	APPLICATION_ID = 0x50727363, /* "Prsc" */
	BUSY_MS = 5000,
	CANDIDATES_MAX = 20000,
};

/* From version i to i + 1. Never edited once released: a change is a new entry. */
static const char *const migrations[] = {
#include "schema.h"
};
enum { SCHEMA_VERSION = ARRAY_SIZE(migrations) };

int sql_fail(struct store *s, struct err *err)
{
	switch (sqlite3_errcode(s->db)) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_STORE,
			"database '%s' is locked by another writer; gave up after %d s", s->path,
			BUSY_MS / 1000);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err, ERR_STORE,
			"database '%s' cannot be written by this user (uid %d)", s->path,
			(int)geteuid());
	case SQLITE_FULL:
		return err_set(err, ERR_STORE,
			"no room on the disk of database '%s'; nothing was changed", s->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, ERR_STORE,
			"database '%s' is damaged (%s); restore a copy of it", s->path,
			sqlite3_errmsg(s->db));
	default:
		return err_set(err, ERR_STORE, "database '%s': %s", s->path, sqlite3_errmsg(s->db));
	}
}

/* Where the statement of a text is, or is to be. */
static struct statement *place(struct store *s, const char *text)
{
	size_t i = (size_t)(((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	while (i %= STATEMENTS_SIZE, s->statements[i].text && s->statements[i].text != text)
		i++;
	return &s->statements[i];
}

static sqlite3_stmt *prepare(struct store *s, const char *text, struct err *err)
{
	struct statement *at = place(s, text);

	if (at->text)
		return at->st;
	assert(s->statements_n < STATEMENTS_MAX);
	if (sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &at->st, NULL) !=
		SQLITE_OK) {
		sql_fail(s, err);
		return NULL;
	}
	at->text = text;
	s->statements_n++;
	return at->st;
}

static int bind(sqlite3_stmt *st, const char *types, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		int64_t n;

		if (*types == 't') {
			rc = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
			continue;
		}
		n = va_arg(ap, int64_t);
		if ((*types == 'o' && n == UNTIL_OPEN) || (*types == 'n' && n <= 0))
			rc = sqlite3_bind_null(st, i);
		else
			rc = sqlite3_bind_int64(st, i, n);
	}
	return rc;
}

static sqlite3_stmt *vsql(
	struct store *s, struct err *err, const char *text, const char *types, va_list ap)
{
	sqlite3_stmt *st = prepare(s, text, err);

	if (!st)
		return NULL;
	assert(!sqlite3_stmt_busy(st));
	if (bind(st, types, ap) != SQLITE_OK) {
		sql_fail(s, err);
		return NULL;
	}
	return st;
}

sqlite3_stmt *sql(struct store *s, struct err *err, const char *text, const char *types, ...)
{
	sqlite3_stmt *st;
	va_list ap;

	va_start(ap, types);
	st = vsql(s, err, text, types, ap);
	va_end(ap);
	return st;
}

int sql_row(struct store *s, sqlite3_stmt *st, struct err *err)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW: return 1;
	case SQLITE_DONE: return 0;
	default: return sql_fail(s, err);
	}
}

int sql_each_text(struct store *s, sqlite3_stmt *st, int (*fn)(void *data, const char *text),
	void *data, struct err *err)
{
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		if ((r = fn(data, sql_text(st, 0))) != 0)
			return r;
	}
	return r;
}

int sql_run(struct store *s, struct err *err, const char *text, const char *types, ...)
{
	SQL_STMT st = NULL;
	va_list ap;
	int r;

	va_start(ap, types);
	st = vsql(s, err, text, types, ap);
	va_end(ap);
	if (!st)
		return -1;
	do {
		r = sql_row(s, st, err);
	} while (r > 0);
	return r;
}

int sql_number(struct store *s, struct err *err, int64_t fallback, int64_t *ret, const char *text,
	const char *types, ...)
{
	SQL_STMT st = NULL;
	va_list ap;
	int r;

	va_start(ap, types);
	st = vsql(s, err, text, types, ap);
	va_end(ap);
	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	*ret = r && sqlite3_column_type(st, 0) != SQLITE_NULL ? sqlite3_column_int64(st, 0)
							      : fallback;
	return 0;
}

void sql_resetp(sqlite3_stmt **st)
{
	if (*st)
		sqlite3_reset(*st);
}

const char *sql_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text ? text : "";
}

int64_t sql_until(sqlite3_stmt *st, int column)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? UNTIL_OPEN
							      : sqlite3_column_int64(st, column);
}

/* What does not fit was written by somebody else: cut, not trusted. */
void sql_copy(char *to, size_t size, sqlite3_stmt *st, int column)
{
	const char *text = sql_text(st, column);
	size_t n = strnlen(text, size);

	memcpy(to, text, n < size ? n + 1 : size);
	if (n == size)
		text_cut(to, size - 1);
}

int sql_not_found(
	struct store *s, struct err *err, const char *noun, const char *word, const char *names)
{
	SQL_STMT st = sql(s, err, names, "");
	_cleanup_(freep) char **list = NULL;
	size_t n = 0, cap = 0;

	while (st && n < CANDIDATES_MAX && sqlite3_step(st) == SQLITE_ROW) {
		list = mem_grow(list, &cap, n + 1, sizeof(*list));
		list[n++] = xstrdup(sql_text(st, 0));
	}
	err_set(err, ERR_NOT_FOUND, "no %s '%s'", noun, word);
	closest_guess(err, word, (const char *const *)list, n);
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	return -1;
}

static int exec(struct store *s, const char *text, struct err *err)
{
	if (sqlite3_exec(s->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return sql_fail(s, err);
	return 0;
}

static int pragma_number(struct store *s, const char *text, int64_t *ret, struct err *err)
{
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(s->db, text, -1, &st, NULL) != SQLITE_OK)
		return sql_fail(s, err);
	rc = sqlite3_step(st);
	*ret = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_finalize(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : sql_fail(s, err);
}

static int migrate(struct store *s, int64_t version, struct err *err)
{
	char text[64];

	for (; version < SCHEMA_VERSION; version++) {
		if (exec(s, migrations[version], err) < 0)
			return -1;
	}
	snprintf(text, sizeof(text), "PRAGMA user_version = %d", SCHEMA_VERSION);
	return exec(s, text, err);
}

static int open_db(const char *path, int flags, struct store **ret, struct err *err)
{
	_cleanup_(store_freep) struct store *s = xcalloc(1, sizeof(*s));

	s->path = xstrdup(path);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* only the first time */
	if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return err_set(err, ERR_STORE, "cannot open database '%s': %s", path,
			s->db ? sqlite3_errmsg(s->db) : "out of memory");
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (later_init(s) != SQLITE_OK)
		return sql_fail(s, err);
	if (exec(s,
		    "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
		    " PRAGMA cache_size = -4000",
		    err) < 0)
		return -1;
	*ret = TAKE_PTR(s);
	return 0;
}

static int add_builtins(struct store *s, int64_t now, struct err *err)
{
	for (const struct mode *m = model_builtin_modes; *m->name; m++) {
		struct mode copy = *m;

		if (store_mode_save(s, &copy, now, err) < 0)
			return -1;
	}
	return 0;
}

/* A database that root makes belongs to whom its folder belongs, so that presenced can use it. */
static void adopt_owner(const char *path)
{
	_cleanup_(freep) char *copy = xstrdup(path);
	struct stat st;

	if (geteuid() == 0 && stat(dirname(copy), &st) == 0)
		(void)!chown(path, st.st_uid, st.st_gid);
}

static int fill(const char *path, int64_t now, struct err *err)
{
	_cleanup_(store_freep) struct store *s = NULL;
	char text[64];

	if (open_db(path, SQLITE_OPEN_READWRITE, &s, err) < 0)
		return -1;
	s->actor = (struct actor){ .via = "init", .name = "", .uid = (int64_t)getuid() };
	snprintf(text, sizeof(text), "PRAGMA application_id = %d", APPLICATION_ID);
	if (exec(s, "PRAGMA journal_mode = WAL", err) < 0 || store_begin(s, err) < 0 ||
		exec(s, text, err) < 0 || migrate(s, 0, err) < 0 || add_builtins(s, now, err) < 0)
		return -1;
	return store_commit(s, err);
}

int store_create(const char *path, int64_t now, struct err *err)
{
	_cleanup_(closep) int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0660);

	if (fd < 0 && errno == EEXIST)
		return err_set(err, ERR_FAILED, "database '%s' exists already", path);
	if (fd < 0) {
		err_sys(err, "cannot create database '%s'", path);
		if (err)
			err->code = ERR_STORE;
		return -1;
	}
	(void)fchmod(fd, 0660);
	adopt_owner(path);
	if (fill(path, now, err) < 0) {
		unlink(path);
		return -1;
	}
	return 0;
}

int store_open(const char *path, const struct actor *actor, struct zones *zones, struct store **ret,
	struct err *err)
{
	_cleanup_(store_freep) struct store *s = NULL;
	int64_t id, version;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return err_set(
			err, ERR_STORE, "no database '%s'; 'presencectl init' makes one", path);
	if (open_db(path, SQLITE_OPEN_READWRITE, &s, err) < 0)
		return -1;
	s->actor = *actor;
	s->zones = zones;
	if (pragma_number(s, "PRAGMA application_id", &id, err) < 0 ||
		pragma_number(s, "PRAGMA user_version", &version, err) < 0)
		return -1;
	if (id != APPLICATION_ID)
		return err_set(err, ERR_STORE, "'%s' is not a database of presence", path);
	if (version > SCHEMA_VERSION)
		return err_set(err, ERR_STORE,
			"database '%s' is from a newer version (schema %d, this program knows %d); upgrade presence",
			path, (int)version, SCHEMA_VERSION);
	if (version < SCHEMA_VERSION) {
		if (store_begin(s, err) < 0 ||
			pragma_number(s, "PRAGMA user_version", &version, err) < 0 ||
			migrate(s, version, err) < 0 || store_entries(s, err) < 0 ||
			store_commit(s, err) < 0)
			return -1;
	}
	*ret = TAKE_PTR(s);
	return 0;
}

void store_set_prefixes(struct store *s, const struct store_prefix *list, size_t n)
{
	s->prefixes = list;
	s->prefixes_n = n;
}

void store_set_zones(struct store *s, struct zones *zones)
{
	store_forget(s);
	s->zones = zones;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	store_forget(s);
	for (size_t i = 0; i < STATEMENTS_SIZE; i++)
		sqlite3_finalize(s->statements[i].st);
	sqlite3_close(s->db);
	later_free(s);
	free(s->path);
	free(s);
}

const char *store_path(const struct store *s)
{
	return s->path;
}

int store_begin(struct store *s, struct err *err)
{
	store_forget(s);
	later_forget(s);
	return sql_run(s, err, "BEGIN IMMEDIATE", "");
}

int store_commit(struct store *s, struct err *err)
{
	if (sql_run(s, err, "COMMIT", "") < 0)
		return -1;
	utimensat(AT_FDCWD, s->path, NULL, 0);
	return 0;
}

void store_rollback(struct store *s)
{
	if (!s || sqlite3_get_autocommit(s->db))
		return;
	store_forget(s);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

int store_data_version(struct store *s, int64_t *ret, struct err *err)
{
	return sql_number(s, err, 0, ret, "PRAGMA data_version", "");
}

int store_set_durable(struct store *s, bool durable, struct err *err)
{
	return exec(s, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
}
