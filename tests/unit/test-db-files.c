/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database as files: copies of it, damage, what can be saved, and files that change behind us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/binding/db.h"

enum { APPLICATION = 0x74657374, OTHER = 0x6f746865, THINGS = 600, PAGE = 4096 };

#define OK(call) assert_int_equal(call, 0)

static const char *const steps[] = {
	"CREATE TABLE mode (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
	"CREATE TABLE thing (id INTEGER PRIMARY KEY, mode_id INTEGER NOT NULL REFERENCES mode (id), text TEXT) STRICT;"
	"CREATE INDEX thing_text ON thing (text);",
};
static const struct db_schema schema = { APPLICATION, steps, ARRAY_SIZE(steps) };

struct site {
	char dir[64], path[96], copy[96], kept[96];
	struct db *db;
};

static int nothing(void *data, struct err *err)
{
	(void)data, (void)err;
	return 0;
}

static void make(const char *path, int32_t application, struct db **ret)
{
	struct db_schema own = { application, steps, ARRAY_SIZE(steps) };

	OK(db_create(path, application, NULL));
	OK(db_open(path, ret, NULL));
	OK(db_migrate(*ret, &own, nothing, NULL, NULL));
}

static int setup(void **state)
{
	struct site *site = xcalloc(1, sizeof(*site));

	snprintf(site->dir, sizeof(site->dir), "/tmp/db.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	snprintf(site->path, sizeof(site->path), "%s/p.db", site->dir);
	snprintf(site->copy, sizeof(site->copy), "%s/copy.db", site->dir);
	snprintf(site->kept, sizeof(site->kept), "%s/kept.db", site->dir);
	make(site->path, APPLICATION, &site->db);
	OK(db_begin(site->db, NULL));
	for (int i = 1; i <= 6; i++)
		assert_int_equal(
			db_run(site->db, NULL, "INSERT INTO mode (id, name) VALUES (?1, 'm' || ?1)",
				I(i)),
			1);
	for (int i = 1; i <= THINGS; i++)
		assert_int_equal(
			db_run(site->db, NULL,
				"INSERT INTO thing (id, mode_id, text) VALUES (?1, ?1 % 6 + 1, printf('%0100d', ?1))",
				I(i)),
			1);
	OK(db_commit(site->db, NULL));
	*state = site;
	return 0;
}

static int teardown(void **state)
{
	struct site *site = *state;
	char command[128];

	db_close(site->db);
	snprintf(command, sizeof(command), "rm -rf '%s'", site->dir);
	free(site);
	return system(command);
}

static int64_t things_in(const char *path)
{
	sqlite3 *sqlite;
	sqlite3_stmt *st;
	int64_t n = -1;

	OK(sqlite3_open(path, &sqlite));
	if (sqlite3_prepare_v2(sqlite, "SELECT count(*) FROM thing", -1, &st, NULL) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(sqlite);
	return n;
}

static void execute(const char *path, const char *sql)
{
	sqlite3 *sqlite;

	OK(sqlite3_open(path, &sqlite));
	OK(sqlite3_exec(sqlite, sql, NULL, NULL, NULL));
	OK(sqlite3_close(sqlite));
}

/* The bytes of a file over those of another, as cp does it. */
static void write_over(const char *from, const char *to)
{
	char bytes[PAGE];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t n;

	assert_true(in && out);
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	OK(fclose(out));
}

/* The n-th leaf of a table or index. */
static int64_t leaf(const char *path, const char *name, int n)
{
	sqlite3 *sqlite;
	sqlite3_stmt *st;
	int64_t page;

	OK(sqlite3_open(path, &sqlite));
	OK(sqlite3_prepare_v2(sqlite,
		"SELECT pageno FROM dbstat WHERE name = ?1 AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET ?2",
		-1, &st, NULL));
	sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, n);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	page = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(sqlite);
	return page;
}

static void zero(const char *path, int64_t at, size_t n)
{
	static const char zeros[PAGE];
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, zeros, n, at), n);
	OK(close(fd));
}

static int keep_finding(void *data, const char *finding)
{
	snprintf(data, 200, "%s", finding);
	return 1;
}

static void keep_things(void *data, const struct db_salvaged *table)
{
	if (!strcmp(table->table, "thing"))
		*(struct db_salvaged *)data = *table;
}

enum damage {
	NONE,
	TABLE_LEAF,
	INDEX_LEAF,
	TWO_LEAVES,
	HEADER,
	PAGE_1,
	HALF,
	EMPTY,
	TEXT,
	REFERENCE
};

static void harm(const char *path, enum damage damage)
{
	FILE *f;

	switch (damage) {
	case NONE: break;
	case TABLE_LEAF: zero(path, (leaf(path, "thing", 5) - 1) * PAGE, PAGE); break;
	case INDEX_LEAF: zero(path, (leaf(path, "thing_text", 3) - 1) * PAGE, PAGE); break;
	case TWO_LEAVES: {
		int64_t first = leaf(path, "thing", 0), other = leaf(path, "thing", 9);

		zero(path, (first - 1) * PAGE, PAGE);
		zero(path, (other - 1) * PAGE, PAGE);
		break;
	}
	case HEADER: zero(path, 0, 100); break;
	case PAGE_1: zero(path, 0, PAGE); break;
	case HALF: {
		struct stat st;

		OK(stat(path, &st));
		OK(truncate(path, st.st_size / 2));
		break;
	}
	case EMPTY: OK(truncate(path, 0)); break;
	case TEXT:
		f = fopen(path, "we");
		assert_non_null(f);
		for (int i = 0; i < 1000; i++)
			fprintf(f, "This is no database.\n");
		OK(fclose(f));
		break;
	case REFERENCE: execute(path, "DELETE FROM mode WHERE id = 3"); break;
	}
}

/* What is said of a damaged copy, and how much of it is saved. */
static void test_damage(void **state)
{
	static const struct {
		const char *what;
		enum damage damage;
		const char *said; /* of the copy; NULL: it is fine */
		int least, most;  /* rows that are saved; -1: it is said that nothing can be */
	} table[] = {
		{ "nothing", NONE, NULL, THINGS, THINGS },
		{ "a page of a table", TABLE_LEAF, "is damaged", THINGS - 60, THINGS - 10 },
		{ "a page of an index", INDEX_LEAF, "is damaged", THINGS, THINGS },
		{ "the first page of a table and another", TWO_LEAVES, "is damaged", THINGS - 120,
			THINGS - 20 },
		{ "the header", HEADER, "is damaged", THINGS, THINGS },
		{ "page 1", PAGE_1, "is damaged", -1, -1 },
		{ "the second half", HALF, "is damaged", 50, THINGS - 50 },
		{ "an empty file", EMPTY, "is not a database of", -1, -1 },
		{ "a text", TEXT, "is damaged", -1, -1 },
		{ "rows that name what is gone", REFERENCE, "is damaged", THINGS - 100,
			THINGS - 100 },
	};
	struct site *site = *state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(db_closep) struct db *copy = NULL, *good = NULL;
		struct db_salvaged things = { 0 };
		struct err err = { 0 };
		int r;

		db_remove(site->copy);
		OK(db_backup(site->db, site->copy, 0, NULL, NULL));
		harm(site->copy, table[i].damage);
		r = db_open_file(site->copy, site->path, &copy, &err);
		if (r == 0)
			r = db_check_file(copy, &schema, &err);
		if ((r < 0) != (table[i].said != NULL) ||
			(r < 0 && !strstr(err.msg, table[i].said)))
			fail_msg("%s: %d, %s", table[i].what, r, err.msg);
		db_remove(site->kept);
		make(site->kept, APPLICATION, &good);
		r = db_salvage(site->copy, good, keep_things, &things, &err);
		if ((r < 0) != (table[i].least < 0))
			fail_msg("%s: salvage %d, %s", table[i].what, r, err.msg);
		if (r == 0 && (things.saved < table[i].least || things.saved > table[i].most))
			fail_msg("%s: %d rows saved", table[i].what, (int)things.saved);
		if (r == 0) {
			char finding[200] = "";

			OK(db_check(good, false, keep_finding, finding, NULL));
			OK(db_check_references(good, keep_finding, finding, NULL));
		}
	}
}

/* What a walk over damage says, and that its callback ends it. */
static void test_check(void **state)
{
	struct site *site = *state;
	_cleanup_(db_closep) struct db *copy = NULL;
	static const char *const more[] = {
		"CREATE TABLE mode (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
		"CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE other (id INTEGER);",
	};
	const struct db_schema newer = { APPLICATION, more, 1 };
	char finding[200] = "";

	OK(db_check(site->db, true, keep_finding, finding, NULL));
	OK(db_check(site->db, false, keep_finding, finding, NULL));
	OK(db_check_references(site->db, keep_finding, finding, NULL));
	OK(db_check_schema(site->db, &schema, keep_finding, finding, NULL));
	assert_int_equal(db_check_schema(site->db, &newer, keep_finding, finding, NULL), 1);
	assert_string_equal(finding, "table other is missing");

	OK(db_backup(site->db, site->copy, 0, NULL, NULL));
	harm(site->copy, REFERENCE);
	OK(db_open_file(site->copy, site->path, &copy, NULL));
	assert_int_equal(db_check_references(copy, keep_finding, finding, NULL), 1);
	assert_string_equal(finding, "100 rows of thing name a row of mode that is not there");
	OK(db_check(copy, true, keep_finding, finding, NULL));
	db_close(TAKE_PTR(copy));
	harm(site->copy, TABLE_LEAF);
	OK(db_open_file(site->copy, site->path, &copy, NULL));
	assert_int_equal(db_check(copy, true, keep_finding, finding, NULL), 1);
}

static size_t files_in(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* What cannot be the file of a copy, and that nothing is left of the attempt. */
static void test_targets(void **state)
{
	struct site *site = *state;
	char name[120], longest[5000];
	struct stat st;
	struct err err;
	size_t n;
	const struct {
		const char *name, *said;
		int flags;
	} table[] = {
		{ "exists", "exists already", 0 },
		{ "folder", "is a folder", DB_BACKUP_REPLACE },
		{ "link", "is a symbolic link", DB_BACKUP_REPLACE },
		{ "fifo", "is no regular file", DB_BACKUP_REPLACE },
		{ "p.db", "belongs to the database itself", DB_BACKUP_REPLACE },
		{ "p.db-wal", "belongs to the database itself", DB_BACKUP_REPLACE },
		{ "none/copy.db", "cannot create", 0 },
	};

	snprintf(name, sizeof(name), "%s/exists", site->dir);
	write_over("/dev/null", name);
	snprintf(name, sizeof(name), "%s/folder", site->dir);
	OK(mkdir(name, 0700));
	snprintf(name, sizeof(name), "%s/link", site->dir);
	OK(symlink(site->path, name));
	snprintf(name, sizeof(name), "%s/fifo", site->dir);
	OK(mkfifo(name, 0600));
	n = files_in(site->dir);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		snprintf(name, sizeof(name), "%s/%s", site->dir, table[i].name);
		if (db_backup(site->db, name, table[i].flags, NULL, &err) == 0 ||
			!strstr(err.msg, table[i].said))
			fail_msg("%s: %s", table[i].name, err.msg);
		assert_int_equal(files_in(site->dir), n);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(db_backup(site->db, longest, 0, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "too long"));

	snprintf(name, sizeof(name), "%s/exists", site->dir);
	OK(db_backup(site->db, name, DB_BACKUP_REPLACE, NULL, NULL));
	assert_int_equal(files_in(site->dir), n);
	assert_int_equal(things_in(name), THINGS);
	OK(stat(name, &st));
	assert_int_equal(st.st_mode & 07137, 0);
	/* A damaged database has no copy, unless it is wanted as it is. */
	execute(site->path, "DELETE FROM mode WHERE id = 3");
	assert_int_equal(db_backup(site->db, site->copy, 0, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "backup --salvage"));
	assert_int_equal(access(site->copy, F_OK), -1);
	OK(db_backup(site->db, site->copy, DB_BACKUP_AS_IS, NULL, NULL));
}

/* A copy goes over the database that others have open, and what was there is kept. */
static void test_overwrite(void **state)
{
	struct site *site = *state;
	_cleanup_(db_closep) struct db *other = NULL;
	struct err err;
	char path[120];

	OK(db_backup(site->db, site->copy, 0, NULL, NULL));
	execute(site->copy, "DELETE FROM thing WHERE id > 10");
	OK(db_overwrite(site->path, site->copy, site->kept, NULL));
	assert_int_equal(things_in(site->path), 10);
	assert_int_equal(things_in(site->kept), THINGS);
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing WHERE id > ?1", I(3)), 7);

	/* Another page size. */
	execute(site->copy, "PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM");
	db_remove(site->kept);
	OK(db_overwrite(site->path, site->copy, site->kept, NULL));
	assert_int_equal(things_in(site->path), 10);

	snprintf(path, sizeof(path), "%s/other.db", site->dir);
	make(path, OTHER, &other);
	db_remove(site->kept);
	assert_int_equal(db_overwrite(path, site->copy, site->kept, &err), -1);
	assert_non_null(strstr(err.msg, "not a database of presence"));
	assert_int_equal(things_in(path), 0);
	assert_int_equal(access(site->kept, F_OK), -1);

	/* What cannot be read is for db_exchange(). */
	db_close(TAKE_PTR(site->db));
	harm(site->path, TEXT);
	assert_int_equal(db_overwrite(site->path, site->copy, site->kept, &err), 1);
	OK(db_exchange(site->path, site->copy, site->kept, NULL));
	assert_int_equal(things_in(site->path), 10);
	assert_int_equal(things_in(site->kept), -1);
	/* If there is no file to put there, the old one comes back. */
	assert_int_equal(db_exchange(site->path, site->copy, path, &err), -1);
	assert_int_equal(things_in(site->path), 10);
}

/* As presenced does with what stands there now. */
static void take_up(struct site *site)
{
	OK(db_reopen(site->db, NULL));
	OK(db_migrate(site->db, &schema, nothing, NULL, NULL));
	OK(db_tell_files(site->db, -1, NULL));
	OK(db_look(site->db, NULL));
}

/* What presenced notices of its files. */
static void test_look(void **state)
{
	struct site *site = *state;
	char log[120];
	struct err err;
	int lock;

	OK(db_lock(site->path, &lock, NULL));
	OK(db_tell_files(site->db, lock, NULL));
	OK(db_backup(site->db, site->copy, 0, NULL, NULL));
	/* Our own writes and checkpoints, and those of others. */
	for (int i = 0; i < 5; i++) {
		OK(db_look(site->db, &err));
		OK(db_begin(site->db, NULL));
		assert_int_equal(
			db_run(site->db, NULL, "DELETE FROM thing WHERE id = ?1", I(480 + i)), 1);
		OK(db_commit(site->db, NULL));
		execute(site->path, "DELETE FROM thing WHERE id % 7 = 0 AND id > 500");
		if (i % 2)
			execute(site->path, "PRAGMA wal_checkpoint(TRUNCATE)");
		OK(db_look(site->db, &err));
	}
	/* An older copy of itself is copied over it, with the time of the one that was there. */
	{
		struct stat st;

		OK(stat(site->path, &st));
		write_over(site->copy, site->path);
		OK(utimensat(AT_FDCWD, site->path,
			(const struct timespec[]){ st.st_atim, st.st_mtim }, 0));
	}
	assert_int_equal(db_look(site->db, &err), -1);
	assert_non_null(strstr(err.msg, "wrote over"));
	take_up(site);
	assert_int_equal(things_in(site->path), THINGS);
	/* Its log is deleted; then another file takes its place; then there is none. */
	snprintf(log, sizeof(log), "%s-wal", site->path);
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing WHERE id = ?1", I(1)), 1);
	take_up(site);
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing WHERE id = ?1", I(2)), 1);
	OK(unlink(log));
	assert_int_equal(db_look(site->db, &err), -1);
	assert_non_null(strstr(err.msg, "-wal"));
	take_up(site);
	OK(db_backup(site->db, site->kept, 0, NULL, NULL));
	OK(rename(site->kept, site->path));
	assert_int_equal(db_look(site->db, &err), -1);
	assert_non_null(strstr(err.msg, "replaced"));
	take_up(site);
	OK(unlink(site->path));
	assert_int_equal(db_look(site->db, &err), -1);
	assert_non_null(strstr(err.msg, "deleted"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_damage),
		TEST(test_check),
		TEST(test_targets),
		TEST(test_overwrite),
		TEST(test_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
