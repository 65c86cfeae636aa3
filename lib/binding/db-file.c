/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of an open database: which they were when we opened them, and whether the same ones still stand at their paths.
 *
 * SQLite finds its log (FILE-wal) and the index of that log (FILE-shm) by their paths, and nothing in them names the database that
 * they belong to. If somebody moves another file over the database, who comes next reads the new file through the log of the old
 * one. If somebody deletes the log, we write where nobody reads. SQLite notices neither. So we do:
 *
 * - A handle notes its three files, and looks at their paths before and after each commit.
 * - presenced also writes them into its lock file. Who opens the database while presenced has other files open waits until
 *   presenced has taken up the new ones, and is refused after HOLDER_MS.
 * - presenced also notices that the same file has other content (cp): between two checkpoints the database file does not change.
 *   The index of the log says whether there was a checkpoint. The format of both is documented: sqlite.org/walformat.html.
 *
 * A process must not close a descriptor of a database that it has open in SQLite: that would drop SQLite's locks. So our own
 * descriptors are closed after SQLite's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/binding/db-sqlite.h"
#include "lib/binding/file.h"

enum {
	HOLDER_MS = 3000,
	HOLDER_STEP_MS = 20,
	LEAVE_MS = 500, /* for others who read the old files */
	PAGE = 4096,
	PAGES_MAX = 256, /* of the database, in one look */
};

/* Whether there is a file. The birth tells it from an older file with the same number. */
static bool identify(const char *path, struct db_file_id *ret)
{
	struct statx x;

	*ret = (struct db_file_id){ 0 };
	if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &x) < 0)
		return false;
	ret->dev = ((uint64_t)x.stx_dev_major << 32) | x.stx_dev_minor;
	ret->ino = x.stx_ino;
	if (x.stx_mask & STATX_BTIME)
		ret->birth = (uint64_t)x.stx_btime.tv_sec * 1000000000 + x.stx_btime.tv_nsec;
	return true;
}

static bool same_id(const struct db_file_id *a, const struct db_file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->birth == b->birth;
}

static bool is_known(const struct db_file_id *id)
{
	return id->ino != 0;
}

/* FILE-wal, FILE-shm. A path that is too long is no file. */
static void beside(const char *path, const char *suffix, char ret[PATH_MAX])
{
	if (snprintf(ret, PATH_MAX, "%s%s", path, suffix) >= PATH_MAX)
		*ret = '\0';
}

static void identify_all(const char *path, struct db_ids *ret)
{
	char name[PATH_MAX];

	identify(path, &ret->file);
	beside(path, "-wal", name);
	identify(name, &ret->log);
	beside(path, "-shm", name);
	identify(name, &ret->index);
}

static int say(const char *path, enum db_files files, struct err *err)
{
	switch (files) {
	case DB_FILES_GONE:
		return err_set(err, ERR_STORE,
			"database '%s' was deleted or moved away while it was in use; put it back, or "
			"'presencectl restore' a copy",
			path);
	case DB_FILES_REPLACED:
		return err_set(err, ERR_STORE,
			"database '%s' was replaced by another file while it was in use; nothing was "
			"changed in the new one, try again",
			path);
	case DB_FILES_LOG_GONE:
		return err_set(err, ERR_STORE,
			"'%s-wal' or '%s-shm' was deleted or exchanged while the database was in use; "
			"presenced saves what it held and takes the database up again, so try again, "
			"and never delete these files",
			path, path);
	case DB_FILES_SAME: break;
	}
	return 0;
}

/* Whether one of our descriptors is this file. True if we cannot find out. */
static bool is_open(const struct db_file_id *id)
{
	char path[64];
	DIR *dir;
	bool found = false;

	dir = is_known(id) ? opendir("/proc/self/fd") : NULL;
	if (!dir)
		return true;
	for (struct dirent *e; !found && (e = readdir(dir));) {
		struct db_file_id one;

		snprintf(path, sizeof(path), "/proc/self/fd/%.20s", e->d_name);
		found = identify(path, &one) && same_id(&one, id);
	}
	closedir(dir);
	return found;
}

/* What stands at the paths now may not be what SQLite has opened a moment ago. */
int db_files_note(struct db *db, struct err *err)
{
	identify_all(db->path, &db->ids);
	if (is_open(&db->ids.file) && is_open(&db->ids.log) && is_open(&db->ids.index) &&
		is_known(&db->ids.log) == is_known(&db->ids.index))
		return 0;
	return say(db->path, DB_FILES_LOG_GONE, err);
}

/* The content. */

/* What the index of the log says about checkpoints. */
struct checkpoint {
	uint32_t salt[2], done, tried;
};

static bool read_checkpoint(int fd, struct checkpoint *ret)
{
	enum { SALT = 8, DONE = 24, TRIED = 32, WORDS = 34 };
	uint32_t words[WORDS];

	if (pread(fd, words, sizeof(words), 0) != sizeof(words))
		return false;
	*ret = (struct checkpoint){ { words[SALT], words[SALT + 1] }, words[DONE], words[TRIED] };
	return true;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static uint64_t hash_bytes(uint64_t hash, const unsigned char *bytes, size_t n)
{
	uint64_t word;

	for (; n >= sizeof(word); n -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

/* The pages of a small file, and some of a large one: the first one always. */
static uint64_t hash_content(int fd)
{
	unsigned char page[PAGE] = { 0 };
	struct stat st = { 0 };
	uint64_t hash;
	off_t pages, n;

	(void)!fstat(fd, &st);
	pages = st.st_size / PAGE;
	n = pages < PAGES_MAX ? pages : PAGES_MAX;
	hash = (uint64_t)st.st_size;
	for (off_t i = 0; i < n; i++) {
		if (pread(fd, page, PAGE, i * pages / n * PAGE) == PAGE)
			hash = hash_bytes(hash, page, PAGE);
	}
	return hash;
}

/* The file begins as one that SQLite has open with a log. */
static bool has_header(int fd)
{
	unsigned char h[20];

	return pread(fd, h, sizeof(h), 0) == sizeof(h) && !memcmp(h, "SQLite format 3", 16) &&
		h[18] == 2 && h[19] == 2;
}

/* Whether nobody has written the file, nor SQLite's log, since the content was read. A file may be written twice within one tick of
 * the kernel's clock, so the content is read twice before its times are believed. */
static bool is_untouched(struct db_content *c, int fd, const struct checkpoint *now)
{
	enum { READ_TWICE = 2 };
	struct stat st = { 0 };

	(void)!fstat(fd, &st);
	if (st.st_size != c->file.st_size || !same_time(&st.st_ctim, &c->file.st_ctim) ||
		!same_time(&st.st_mtim, &c->file.st_mtim) ||
		memcmp(c->checkpoint, now, sizeof(*now)) != 0)
		c->same = 0;
	c->file = st;
	return c->same >= READ_TWICE;
}

/* Whether somebody has written the database file besides SQLite. While a checkpoint is under way, or one was broken off, we cannot
 * tell. */
static bool is_overwritten(struct db *db)
{
	struct db_content *c = &db->content;
	struct checkpoint before, after;
	uint64_t hash;
	bool known;

	if (db->fd < 0)
		return false;
	if (!has_header(db->fd))
		return true;
	if (!read_checkpoint(db->index_fd, &before) || is_untouched(c, db->fd, &before))
		return false;
	hash = hash_content(db->fd);
	if (!read_checkpoint(db->index_fd, &after) || memcmp(&before, &after, sizeof(after)) != 0 ||
		after.done != after.tried)
		return false;
	known = c->hash && !memcmp(c->checkpoint, &after, sizeof(after));
	if (known && c->hash != hash)
		return true;
	c->hash = hash;
	c->same++;
	memcpy(c->checkpoint, &after, sizeof(after));
	return false;
}
_Static_assert(
	sizeof(struct checkpoint) == sizeof(((struct db_content *)0)->checkpoint), "it is kept");

/* The paths. */

static enum db_files look_at_paths(const struct db *db)
{
	struct db_ids now;

	if (!is_known(&db->ids.file))
		return DB_FILES_SAME; /* the handle has noted none yet */
	if (!identify(db->path, &now.file))
		return errno == ENOENT || errno == ENOTDIR ? DB_FILES_GONE : DB_FILES_SAME;
	if (!same_id(&now.file, &db->ids.file))
		return DB_FILES_REPLACED;
	identify_all(db->path, &now);
	if ((is_known(&db->ids.log) && !same_id(&now.log, &db->ids.log)) ||
		(is_known(&db->ids.index) && !same_id(&now.index, &db->ids.index)))
		return DB_FILES_LOG_GONE;
	return DB_FILES_SAME;
}

int db_files_check(const struct db *db, struct err *err)
{
	return say(db->path, look_at_paths(db), err);
}

int db_look(struct db *db, struct err *err)
{
	enum db_files files = look_at_paths(db);

	if (files == DB_FILES_SAME && is_overwritten(db)) {
		db->content.overwritten = true;
		return err_set(err, ERR_STORE,
			"somebody wrote over database '%s' while it was in use", db->path);
	}
	return say(db->path, files, err);
}

/* What presenced has open, for all who open the database. Other databases may stand in the same folder. */

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int db_tell_files(struct db *db, int lock, struct err *err)
{
	const struct db_file_id *id = &db->ids.file;
	char text[600];
	int n = snprintf(text, sizeof(text), "%d\n%.255s ", (int)getpid(), name_of(db->path));

	for (int i = 0; i < DB_IDS; i++, id++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%llx:%llx:%llx%c",
			(unsigned long long)id->dev, (unsigned long long)id->ino,
			(unsigned long long)id->birth, i + 1 < DB_IDS ? ' ' : '\n');
	if (lock < 0 && db->lock < 0)
		return 0;
	if (lock >= 0)
		db->lock = lock;
	if (db->fd < 0) {
		char path[PATH_MAX];

		beside(db->path, "-shm", path);
		db->fd = file_open(db->path, O_RDONLY, 0, "cannot open", NULL);
		db->index_fd = file_open(path, O_RDONLY, 0, "cannot open", NULL);
		db->content = (struct db_content){ 0 };
	}
	if (pwrite(db->lock, text, (size_t)n, 0) != n || ftruncate(db->lock, n) < 0)
		return err_sys(err, "cannot write the lock of database '%s'", db->path);
	return 0;
}

/* We have no files open, so whatever stands there may be opened. */
static void tell_nothing(const struct db *db)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	if (db->lock >= 0)
		(void)!(ftruncate(db->lock, 0) + (int)pwrite(db->lock, text, (size_t)n, 0));
}

/* What presenced has told. False if it has told nothing. */
static bool read_told(const char *database, struct db_ids *ret)
{
	_cleanup_(closep) int fd = -1;
	char path[PATH_MAX], text[600] = "", *at;
	struct db_file_id *id = &ret->file;
	size_t name_n = strlen(name_of(database));

	if (db_lock_path(database, path, NULL) < 0)
		return false;
	fd = file_open(path, O_RDONLY | O_NOFOLLOW, 0, "cannot open", NULL);
	if (fd < 0 || pread(fd, text, sizeof(text) - 1, 0) < 0 || !(at = strchr(text, '\n')) ||
		strncmp(at + 1, name_of(database), name_n) != 0 || at[1 + name_n] != ' ')
		return false;
	at += 1 + name_n;
	for (int i = 0; i < DB_IDS; i++, id++) {
		unsigned long long dev, ino, birth;
		int used;

		if (sscanf(at, " %llx:%llx:%llx%n", &dev, &ino, &birth, &used) != 3)
			return false;
		*id = (struct db_file_id){ dev, ino, birth };
		at += used;
	}
	return true;
}

static enum db_files compare_told(const struct db_ids *told, const struct db_ids *now)
{
	if (!same_id(&told->file, &now->file))
		return DB_FILES_REPLACED;
	if ((is_known(&told->log) && !same_id(&told->log, &now->log)) ||
		(is_known(&told->index) && !same_id(&told->index, &now->index)))
		return DB_FILES_LOG_GONE;
	return DB_FILES_SAME;
}

/* A log without its index: SQLite makes the log first and deletes it last, so somebody has deleted the log. */
static int check_log(const char *path, struct err *err)
{
	struct db_file_id before, log, after;
	char wal[PATH_MAX], shm[PATH_MAX];

	beside(path, "-wal", wal);
	beside(path, "-shm", shm);
	if (!identify(shm, &before) || identify(wal, &log) || !identify(shm, &after) ||
		!same_id(&before, &after))
		return 0;
	return err_set(err, ERR_STORE,
		"'%s' was deleted, and with it the last changes of the database; put it back, or delete '%s' "
		"too to do without them",
		wal, shm);
}

int db_files_await(const char *path, struct err *err)
{
	enum db_files files = DB_FILES_SAME;

	for (int i = 0; i <= HOLDER_MS / HOLDER_STEP_MS; i++) {
		struct db_ids told, now;
		bool runs;

		if (!read_told(path, &told))
			return check_log(path, err);
		runs = db_is_locked(path);
		identify_all(path, &now);
		files = compare_told(&told, &now);
		if (files == DB_FILES_SAME)
			return 0;
		/* A presenced that was killed tells nothing more. But a log that it has left belongs to its file. */
		if (!runs && (!is_known(&told.log) || !same_id(&told.log, &now.log)))
			return check_log(path, err);
		if (!runs && files == DB_FILES_LOG_GONE)
			return 0; /* SQLite makes the index again */
		if (!runs)
			return err_set(err, ERR_STORE,
				"'%s-wal' belongs to a database that stood at '%s' before; move it away",
				path, path);
		if (!is_known(&now.file))
			return err_set(err, ERR_STORE,
				"no database '%s': it was deleted or moved away while presenced runs; put it back, "
				"or 'presencectl restore' a copy",
				path);
		poll(NULL, 0, HOLDER_STEP_MS);
	}
	return err_set(err, ERR_STORE,
		"%s at '%s' than presenced has open, and presenced does not take it up; see what presenced says, or "
		"stop it",
		files == DB_FILES_REPLACED ? "there is another database"
					   : "there is another log (-wal or -shm)",
		path);
}

/* Leaving. */

/* Bring all that the log holds into the database file that we have open, wherever that is now. */
static int save_log(struct db *db, struct err *err)
{
	int frames, saved;

	sqlite3_busy_timeout(db->sqlite, LEAVE_MS);
	if (sqlite3_wal_checkpoint_v2(
		    db->sqlite, "main", SQLITE_CHECKPOINT_FULL, &frames, &saved) != SQLITE_OK ||
		frames != saved)
		return err_set(err, ERR_STORE,
			"cannot save what the deleted log of database '%s' holds: %s", db->path,
			sqlite3_errmsg(db->sqlite));
	return 0;
}

/* Remove a file that was ours and that holds nothing any more. Another name gets one that somebody put in its place while the
 * database itself stayed, since it does not belong to it, and the log of a database that somebody wrote over. */
static void clear_path(
	const struct db *db, const char *suffix, const struct db_file_id *ours, enum db_files files)
{
	char path[PATH_MAX], aside[PATH_MAX + 24], date[16];
	struct db_file_id now;
	time_t birth;
	struct tm tm;

	beside(db->path, suffix, path);
	if (!identify(path, &now))
		return;
	if (same_id(&now, ours) && files != DB_FILES_SAME) {
		unlink(path);
	} else if (files == DB_FILES_LOG_GONE || files == DB_FILES_SAME) {
		birth = (time_t)(now.birth / 1000000000);
		strftime(date, sizeof(date), "%Y%m%d%H%M%S", gmtime_r(&birth, &tm));
		snprintf(aside, sizeof(aside), "%s.aside-%s", path, date);
		rename(path, aside);
	}
}

/* If nobody has the database any more, because it was deleted, keep its last state under another name. */
static void keep_deleted(struct db *db)
{
	char path[PATH_MAX], date[20];
	struct stat st;
	struct tm tm;

	if (db->fd < 0 || fstat(db->fd, &st) < 0 || st.st_nlink)
		return;
	strftime(date, sizeof(date), "%Y%m%d-%H%M%S", gmtime_r(&st.st_ctime, &tm));
	snprintf(path, sizeof(path), "%.*s.deleted-%s", PATH_MAX - 40, db->path, date);
	free(db->kept);
	db->kept = db_backup(db, path, DB_BACKUP_AS_IS, NULL, NULL) == 0 ? xstrdup(path) : NULL;
}

/* Let go of the files without touching those that stand there now: SQLite would delete by their paths what it takes for its own. */
int db_files_leave(struct db *db, struct err *err)
{
	enum db_files files = look_at_paths(db);
	struct db_ids ours = db->ids;

	if (!db->content.overwritten && save_log(db, err) < 0 && files == DB_FILES_LOG_GONE)
		return -1;
	if (files == DB_FILES_GONE && !db->content.overwritten)
		keep_deleted(db);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	db_disconnect(db);
	clear_path(db, "-wal", &ours.log, files);
	clear_path(db, "-shm", &ours.index, files);
	tell_nothing(db);
	return 0;
}
