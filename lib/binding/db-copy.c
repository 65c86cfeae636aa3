/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of a database: one into a file, and a file into the database, while others use it.
 *
 * To a file: the copy is made under another name in the same folder, from one snapshot, so it ends however much is written
 * meanwhile. It is checked, brought to the disk, and only then gets its name.
 *
 * From a file: SQLite's backup writes all pages into the open database in one transaction. The file, its log and all locks stay
 * what they are. So every other program sees the old database until the commit and the new one after it, and what is
 * killed before the commit has changed nothing. To exchange the file by a rename could not promise that: who has
 * opened the old file, but not yet its log, would read the new file's log. Only where nothing can be written into, since
 * there is no database or SQLite cannot read it, the file is exchanged. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strbuf.h"
#include "lib/binding/db-sqlite.h"

enum { STEP_PAGES = 256 };

/* The name of a copy until it is complete. mkstemp() fills it in. */
static void name_for_now(const char *path, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%.*s.XXXXXX", PATH_MAX - 8, path);
}

void db_remove(const char *path)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char name[PATH_MAX + 10];

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

static int fail(const char *path, sqlite3 *at, struct err *err)
{
	if (sqlite3_errcode(at) == SQLITE_FULL)
		return err_set(err, ERR_FAILED, "no room on the disk for '%s'", path);
	return err_set(err, ERR_FAILED, "cannot write '%s': %s", path, sqlite3_errmsg(at));
}

/* Copy all pages from the snapshot that `from` reads. */
static int copy_pages(struct db *from, struct db *to, const struct db_progress *progress)
{
	sqlite3_backup *b = sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
	int rc = b ? SQLITE_OK : SQLITE_ERROR;

	while (rc == SQLITE_OK) {
		rc = sqlite3_backup_step(b, STEP_PAGES);
		if (progress && progress->fn && rc == SQLITE_OK)
			progress->fn(progress->data,
				sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
				sqlite3_backup_pagecount(b));
	}
	if (b)
		sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Copy one state of `from` into an empty database. */
static int copy_state(
	struct db *from, struct db *to, const struct db_progress *progress, struct err *err)
{
	int64_t tables;
	int rc;

	/* A transaction that has read something is a snapshot. */
	if (db_run(from, err, "BEGIN") < 0 ||
		db_number(from, err, 0, &tables, "SELECT count(*) FROM sqlite_schema") < 0) {
		db_rollback(from);
		return -1;
	}
	rc = copy_pages(from, to, progress);
	db_rollback(from);
	return rc == SQLITE_OK ? 0 : fail(to->path, to->sqlite, err);
}

/* Fill the empty file `path`. It gets no log: a copy is one file. */
static int fill(
	struct db *from, const char *path, const struct db_progress *progress, struct err *err)
{
	_cleanup_(db_closep) struct db *to = db_new(path);

	if (db_connect(to, err) < 0 || db_run(to, err, "PRAGMA synchronous = OFF") < 0 ||
		copy_state(from, to, progress, err) < 0)
		return -1;
	if (sqlite3_exec(to->sqlite, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		return fail(path, to->sqlite, err);
	return 0;
}

int db_copy_to_memory(struct db *db, struct db **ret, struct err *err)
{
	_cleanup_(db_closep) struct db *to = db_new(DB_IN_MEMORY);

	if (db_connect(to, err) < 0 || copy_state(db, to, NULL, err) < 0)
		return -1;
	*ret = TAKE_PTR(to);
	return 0;
}

static int sync_path(const char *path, int flags, struct err *err)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | flags);

	if (fd < 0 || fsync(fd) < 0)
		return err_sys(err, "cannot bring '%s' to the disk", path);
	return 0;
}

static int sync_folder(const char *path, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(path);

	return sync_path(dirname(copy), O_DIRECTORY, err);
}

static int keep_finding(void *data, const char *finding)
{
	*(char **)data = xstrdup(finding);
	return 1;
}

static int check_copy(const char *path, struct err *err)
{
	_cleanup_(db_closep) struct db *db = db_new(path);
	_cleanup_(freep) char *finding = NULL;
	int r = db_connect(db, err) < 0 ? -1 : db_check(db, false, keep_finding, &finding, err);

	if (r == 0)
		r = db_check_references(db, keep_finding, &finding, err);
	if (r <= 0)
		return r;
	return err_set(err, ERR_STORE,
		"the database is damaged (%s), so there is no copy of it; see presencectl check and backup --salvage",
		finding);
}

/* Who may read the database may read its copy. */
static void copy_mode(const struct db *db, int fd)
{
	struct stat st;

	if (stat(db->path, &st) < 0)
		return;
	(void)!fchown(fd, (uid_t)-1, st.st_gid);
	(void)fchmod(fd, st.st_mode & 0640);
}

static bool is_same_file(const char *a, const struct stat *b)
{
	struct stat st;

	return stat(a, &st) == 0 && st.st_dev == b->st_dev && st.st_ino == b->st_ino;
}

/* Whether `path` may become a copy. */
static int check_target(const char *database, const char *path, bool replace, struct err *err)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[PATH_MAX + 10];
	struct stat st;

	if (strlen(path) > PATH_MAX - 20)
		return err_set(err, ERR_USAGE, "the path of the file is too long");
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "'%s'", path);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_FAILED, "'%s' is a folder; name a file in it", path);
	if (S_ISLNK(st.st_mode))
		return err_set(
			err, ERR_FAILED, "'%s' is a symbolic link; name the file itself", path);
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", database, suffixes[i]);
		if (is_same_file(name, &st))
			return err_set(err, ERR_FAILED,
				"'%s' belongs to the database itself; name another file", path);
	}
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_FAILED, "'%s' is no regular file", path);
	if (!replace)
		return err_set(err, ERR_FAILED, "'%s' exists already; --force replaces it", path);
	return 0;
}

/* Give a file its name. Without `replace` one that has come meanwhile stays. */
static int give_name(const char *from, const char *path, bool replace, struct err *err)
{
	if (replace ? rename(from, path) == 0 : link(from, path) == 0 && unlink(from) == 0)
		return sync_folder(path, err);
	if (errno == EEXIST)
		return err_set(err, ERR_FAILED, "'%s' exists already; --force replaces it", path);
	return err_sys(err, "cannot create '%s'", path);
}

int db_backup(struct db *db, const char *path, int flags, const struct db_progress *progress,
	struct err *err)
{
	_cleanup_(closep) int fd = -1;
	char now[PATH_MAX];

	if (check_target(db->path, path, flags & DB_BACKUP_REPLACE, err) < 0)
		return -1;
	name_for_now(path, now);
	fd = mkstemp(now);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", path);
	copy_mode(db, fd);
	if (fill(db, now, progress, err) == 0 &&
		(flags & DB_BACKUP_AS_IS || check_copy(now, err) == 0) &&
		sync_path(now, 0, err) == 0 &&
		give_name(now, path, flags & DB_BACKUP_REPLACE, err) == 0)
		return 0;
	db_remove(now);
	return -1;
}

/* From a file. */

/* A path as a URI of SQLite has it. */
static char *uri_of(const char *path)
{
	struct strbuf uri = STRBUF_INIT;

	strbuf_adds(&uri, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			strbuf_addf(&uri, "%%%02X", (unsigned char)*path);
		else
			strbuf_addc(&uri, *path);
	}
	strbuf_adds(&uri, "?mode=ro&immutable=1");
	return strbuf_take(&uri);
}

/* A file that still has a log of its own needs to be opened like any other database. One without it may stand in a folder where
 * nothing can be written: it is read as it is. */
int db_open_to_read(struct db *db, struct err *err)
{
	_cleanup_(freep) char *log = xcalloc(1, strlen(db->path) + 5);
	_cleanup_(freep) char *uri = uri_of(db->path);
	int rc;

	sprintf(log, "%s-wal", db->path);
	rc = access(log, F_OK) == 0
		? sqlite3_open_v2(db->path, &db->sqlite, SQLITE_OPEN_READWRITE, NULL)
		: sqlite3_open_v2(uri, &db->sqlite, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
	if (rc != SQLITE_OK)
		return err_set(err, ERR_FAILED, "cannot read '%s': %s", db->path,
			sqlite3_errmsg(db->sqlite));
	db_set_wait(db, db->wait_ms);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

int db_open_file(const char *path, const char *database, struct db **ret, struct err *err)
{
	_cleanup_(db_closep) struct db *db = NULL;
	struct stat st;

	if (stat(path, &st) < 0 || access(path, R_OK) < 0)
		return err_sys(err, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_FAILED, "'%s' is %s, not a copy of the database", path,
			S_ISDIR(st.st_mode) ? "a folder" : "no regular file");
	if (is_same_file(database, &st))
		return err_set(
			err, ERR_FAILED, "'%s' is the database itself; name a copy of it", path);
	db = db_new(path);
	if (db_open_to_read(db, err) < 0)
		return -1;
	*ret = TAKE_PTR(db);
	return 0;
}

/* A copy has no copy of its own, and --salvage has to be told where it is. */
static int say_damaged(struct db *db, const char *finding, struct err *err)
{
	return err_set(err, ERR_FAILED,
		"'%s' is damaged (%s); take another copy, or save what can be read with"
		" 'presencectl --db %s backup --salvage'",
		db->path, finding, db->path);
}

int db_check_file(struct db *db, const struct db_schema *schema, struct err *err)
{
	_cleanup_(freep) char *finding = NULL;
	int64_t version;
	int r = db_schema_version(db, schema, &version, err), code;

	if (r == 0)
		r = db_check(db, false, keep_finding, &finding, err);
	if (r == 0)
		r = db_check_references(db, keep_finding, &finding, err);
	if (r > 0)
		return say_damaged(db, finding, err);
	code = r < 0 ? sqlite3_errcode(db->sqlite) : SQLITE_OK;
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return say_damaged(db, sqlite3_errmsg(db->sqlite), err);
	if (r < 0 && err)
		err->code = ERR_FAILED;
	return r;
}

/* What failed, failed because of the content: 1. Else -1. */
static int is_unreadable(struct db *db)
{
	int rc = sqlite3_errcode(db->sqlite);

	return rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? 1 : -1;
}

static int same_application(struct db *from, struct db *to, struct err *err)
{
	int64_t is, wanted;

	if (db_number(to, err, 0, &is, "PRAGMA application_id") < 0 ||
		db_number(from, err, 0, &wanted, "PRAGMA application_id") < 0)
		return -1;
	if (is == wanted)
		return 0;
	return err_set(err, ERR_STORE,
		"'%s' is not a database of presence, so nothing is written over it", to->path);
}

/* SQLite copies into a database with a log only pages of the same size. */
static int same_page_size(struct db *from, struct db *to, struct err *err)
{
	int64_t is, wanted;
	char text[128];

	if (db_number(from, err, 0, &is, "PRAGMA page_size") < 0 ||
		db_number(to, err, 0, &wanted, "PRAGMA page_size") < 0)
		return -1;
	if (is == wanted)
		return 0;
	snprintf(text, sizeof(text), "PRAGMA journal_mode = DELETE; PRAGMA page_size = %d; VACUUM",
		(int)wanted);
	return sqlite3_exec(from->sqlite, text, NULL, NULL, NULL) == SQLITE_OK ? 0
									       : db_fail(from, err);
}

/* With the lock of the only writer: keep what is there, then write all pages. */
static int write_over(sqlite3_backup *b, struct db *to, const char *kept, struct err *err)
{
	_cleanup_(db_closep) struct db *reader = NULL;
	int rc = sqlite3_backup_step(b, 0);

	if (rc != SQLITE_OK)
		return db_fail(to, err);
	/* A second handle reads what nobody can change now. */
	if (db_open(to->path, &reader, err) < 0 ||
		db_backup(reader, kept, DB_BACKUP_AS_IS, NULL, err) < 0)
		return -1;
	rc = sqlite3_backup_step(b, -1);
	if (rc == SQLITE_DONE)
		return 0;
	unlink(kept);
	return db_fail(to, err);
}

int db_overwrite(const char *database, const char *from_path, const char *kept, struct err *err)
{
	_cleanup_(db_closep) struct db *from = db_new(from_path);
	_cleanup_(db_closep) struct db *to = db_new(database);
	sqlite3_backup *b;
	int r;

	if (db_connect(from, err) < 0 || db_files_await(database, err) < 0)
		return -1;
	if (db_connect(to, err) < 0 || same_application(from, to, err) < 0 ||
		same_page_size(from, to, err) < 0)
		return is_unreadable(to);
	b = sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
	if (!b)
		return db_fail(to, err);
	r = write_over(b, to, kept, err);
	if (sqlite3_backup_finish(b) != SQLITE_OK && r == 0)
		r = db_fail(to, err);
	if (r == 0)
		utimensat(AT_FDCWD, database, NULL, 0);
	return r == 0 ? 0 : is_unreadable(to);
}

/* Move a file of the database, if there is one. */
static int move(const char *from, const char *to, const char *suffix, struct err *err)
{
	char a[PATH_MAX + 10], b[PATH_MAX + 10];

	snprintf(a, sizeof(a), "%s%s", from, suffix);
	snprintf(b, sizeof(b), "%s%s", to, suffix);
	if (rename(a, b) < 0 && errno != ENOENT)
		return err_sys(err, "cannot move '%s'", a);
	return 0;
}

int db_exchange(const char *database, const char *from, const char *kept, struct err *err)
{
	db_own(from);
	if (sync_path(from, 0, err) < 0)
		return -1;
	/* The file first: as long as it is gone, nobody opens what stands beside it. */
	if (move(database, kept, "", err) == 0 && move(database, kept, "-wal", err) == 0 &&
		move(database, kept, "-shm", err) == 0 &&
		give_name(from, database, false, err) == 0)
		return 0;
	/* The old one comes back, and the file last. */
	(void)(move(kept, database, "-shm", NULL) < 0 || move(kept, database, "-wal", NULL) < 0 ||
		move(kept, database, "", NULL) < 0);
	return -1;
}
