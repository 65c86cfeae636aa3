/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one door to the database: statements, values, rows, transactions, the schema, who is told of a commit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/binding/db.h"

enum { APPLICATION = 0x74657374 };

#define OK(call) assert_int_equal(call, 0)

static const char *const steps[] = {
	"CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, n INTEGER) STRICT;",
	"ALTER TABLE thing ADD COLUMN size INTEGER;",
};
static const struct db_schema schema = { APPLICATION, steps, ARRAY_SIZE(steps) };

struct site {
	char dir[64], path[96];
	struct db *db;
};

static int nothing(void *data, struct err *err)
{
	(void)data, (void)err;
	return 0;
}

static int setup(void **state)
{
	struct site *site = xcalloc(1, sizeof(*site));

	snprintf(site->dir, sizeof(site->dir), "/tmp/db.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	snprintf(site->path, sizeof(site->path), "%s/p.db", site->dir);
	OK(db_create(site->path, APPLICATION, NULL));
	OK(db_open(site->path, &site->db, NULL));
	OK(db_migrate(site->db, &schema, nothing, NULL, NULL));
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

static int64_t number(struct db *db, const char *text)
{
	int64_t n;

	OK(db_number_values(db, NULL, -1, &n, text, NULL, 0));
	return n;
}

static void add(struct db *db, int64_t id, const char *name)
{
	assert_int_equal(db_run(db, NULL, "INSERT INTO thing (id, name, n) VALUES (?1, ?2, ?1)",
				 I(id), T(name)),
		1);
}

/* More than any table of a fixed size has room for, each still right the second time. */
static void test_many_statements(void **state)
{
	enum { MANY = 5000 };
	struct site *site = *state;
	char(*texts)[32] = xcalloc(MANY, sizeof(*texts));

	for (int i = 0; i < MANY; i++)
		snprintf(texts[i], sizeof(texts[i]), "SELECT %d", i);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++)
			assert_int_equal(number(site->db, texts[i]), i);
	}
	db_close(site->db);
	site->db = NULL;
	free(texts);
}

#define THING_COLUMNS(C, AND)                                                                      \
	C(THING_NAME, "name")                                                                      \
	AND(THING_N, "n")                                                                          \
	AND(THING_SIZE, "size")
enum { DB_ENUM(THING_COLUMNS) };

static struct db_rows *things(struct db *db, int64_t from)
{
	return db_query(db, NULL,
		"SELECT " DB_COLUMNS(THING_COLUMNS) " FROM thing WHERE id >= ?1 ORDER BY id",
		I(from));
}

/* A text that is asked for while its rows are read gives rows of its own. */
static void test_nested(void **state)
{
	struct site *site = *state;
	struct db_rows *outer, *inner;
	size_t n = 0;

	for (int i = 1; i <= 4; i++)
		add(site->db, i, "x");
	outer = things(site->db, 1);
	while (db_next(outer, NULL) > 0) {
		int64_t at = db_int(outer, THING_N);

		inner = things(site->db, at);
		for (int64_t i = at; i <= 4; i++, n++) {
			assert_int_equal(db_next(inner, NULL), 1);
			assert_int_equal(db_int(inner, THING_N), i);
		}
		assert_int_equal(db_next(inner, NULL), 0);
		db_done(inner);
		assert_int_equal(db_int(outer, THING_N), at);
	}
	db_done(outer);
	assert_int_equal(n, 4 + 3 + 2 + 1);
}

static void test_values(void **state)
{
	struct site *site = *state;
	struct db_rows *rows;
	char text[5];

	rows = db_query(site->db, NULL, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10",
		I(INT64_MIN), T("a'b"), T(NULL), E(""), E("e"), O(INT64_MAX), O(7), N(0), N(-1),
		N(8));
	assert_int_equal(db_next(rows, NULL), 1);
	assert_true(db_int(rows, 0) == INT64_MIN);
	assert_string_equal(db_text(rows, 1), "a'b");
	assert_true(db_is_null(rows, 2));
	assert_null(db_text_or_null(rows, 2));
	assert_string_equal(db_text(rows, 2), "");
	assert_int_equal(db_int(rows, 2), 0);
	assert_false(db_bool(rows, 2));
	assert_true(db_is_null(rows, 3));
	assert_string_equal(db_text(rows, 4), "e");
	assert_true(db_until(rows, 5) == INT64_MAX);
	assert_int_equal(db_until(rows, 6), 7);
	assert_true(db_is_null(rows, 7));
	assert_true(db_is_null(rows, 8));
	assert_true(db_bool(rows, 9));
	assert_int_equal(db_int(rows, 9), 8);
	assert_int_equal(db_next(rows, NULL), 0);
	db_done(rows);

	/* What does not fit is cut, and never within a character. */
	rows = db_query(site->db, NULL, "SELECT ?1, ?2, ?3", T("1234"), T("12345"), T("123\u00e9"));
	assert_int_equal(db_next(rows, NULL), 1);
	db_copy(rows, 0, text, sizeof(text));
	assert_string_equal(text, "1234");
	db_copy(rows, 1, text, sizeof(text));
	assert_string_equal(text, "1234");
	db_copy(rows, 2, text, sizeof(text));
	assert_string_equal(text, "123");
	db_done(rows);
}

/* A value of one call is not there for the next. */
static void test_null_again(void **state)
{
	struct site *site = *state;

	for (int i = 0; i < 2; i++) {
		struct db_rows *rows = db_query(site->db, NULL, "SELECT ?1", T(i ? NULL : "first"));

		assert_int_equal(db_next(rows, NULL), 1);
		assert_int_equal(db_is_null(rows, 0), i);
		db_done(rows);
	}
}

static void test_changes(void **state)
{
	struct site *site = *state;
	int64_t id, n;

	OK(db_number(site->db, NULL, 0, &id, "INSERT INTO thing (name) VALUES (?1) RETURNING id",
		T("a")));
	assert_int_equal(id, 1);
	OK(db_number(site->db, NULL, 0, &id, "INSERT INTO thing (name) VALUES (?1) RETURNING id",
		T("b")));
	assert_int_equal(id, 2);
	assert_int_equal(db_run(site->db, NULL, "UPDATE thing SET n = 5"), 2);
	assert_int_equal(db_run(site->db, NULL, "UPDATE thing SET n = 6 WHERE id = ?1", I(9)), 0);
	assert_int_equal(
		db_run(site->db, NULL, "INSERT INTO thing (id) VALUES (1) ON CONFLICT DO NOTHING"),
		0);
	OK(db_number(site->db, NULL, -1, &n, "SELECT n FROM thing WHERE id = ?1", I(9)));
	assert_int_equal(n, -1); /* no row */
	OK(db_number(site->db, NULL, -1, &n, "SELECT size FROM thing WHERE id = ?1", I(1)));
	assert_int_equal(n, -1); /* NULL */
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing"), 2);
}

#define ADD_LATER "INSERT INTO thing (id, name, n) SELECT a, b, c FROM rows"

/* More than are written at once, in their order; and not one of them before it has to be. */
static void test_later(void **state)
{
	enum { MANY = 2 * DB_ROWS_MAX + 7 };
	struct site *site = *state;
	char name[16];

	OK(db_later(site->db, NULL, ADD_LATER, I(MANY + 1), T("at once"), T(NULL)));
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 1);
	OK(db_begin(site->db, NULL));
	db_hold(site->db);
	for (int i = 1; i <= MANY; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		OK(db_later(site->db, NULL, ADD_LATER, I(i), i == 3 ? T(NULL) : T(name), I(-i)));
		if (i == DB_ROWS_MAX - 1)
			assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 1);
	}
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 2 * DB_ROWS_MAX + 1);
	OK(db_flush(site->db, NULL));
	OK(db_commit(site->db, NULL));
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), MANY + 1);
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing WHERE n = -id"), MANY);
	assert_int_equal(
		number(site->db, "SELECT count(*) FROM thing WHERE name = 'name' || id"), MANY - 1);
	assert_int_equal(number(site->db, "SELECT id FROM thing WHERE name IS NULL"), 3);
}

/* The statement that was given rows first is run first, and each of its rows in its turn. */
static void test_later_order(void **state)
{
	struct site *site = *state;

	db_hold(site->db);
	OK(db_later(site->db, NULL, ADD_LATER, I(1), T("a"), I(0)));
	OK(db_later(site->db, NULL, "UPDATE thing SET n = 10 * thing.n + b FROM rows WHERE id = a",
		I(1), I(1)));
	OK(db_later(site->db, NULL, ADD_LATER, I(2), T("b"), I(0)));
	OK(db_later(site->db, NULL,
		"INSERT INTO thing (id, n) SELECT a, b FROM rows WHERE true"
		" ON CONFLICT (id) DO UPDATE SET n = 10 * thing.n + excluded.n",
		I(2), I(2)));
	OK(db_later(site->db, NULL, "DELETE FROM thing WHERE id IN (SELECT a FROM rows)", I(3)));
	OK(db_flush(site->db, NULL));
	assert_int_equal(number(site->db, "SELECT n FROM thing WHERE id = 1"), 1);
	assert_int_equal(number(site->db, "SELECT n FROM thing WHERE id = 2"), 2);
}

/* What a transaction held back and did not write is not written by the next. */
static void test_later_forgotten(void **state)
{
	struct site *site = *state;

	OK(db_begin(site->db, NULL));
	db_hold(site->db);
	OK(db_later(site->db, NULL, ADD_LATER, I(1), T("a"), I(0)));
	db_rollback(site->db);
	OK(db_begin(site->db, NULL));
	OK(db_flush(site->db, NULL));
	OK(db_commit(site->db, NULL));
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 0);
}

static void test_query_ids(void **state)
{
	static const int64_t ids[] = { 3, 1, 9, 3 };
	struct site *site = *state;
	struct db_rows *rows, *other;
	size_t n = 0;

	for (int i = 1; i <= 3; i++)
		add(site->db, i, "x");
	rows = db_query_ids(site->db, NULL,
		"SELECT t.id FROM rows CROSS JOIN thing t WHERE t.id = a", ids, ARRAY_SIZE(ids));
	for (; db_next(rows, NULL) > 0; n++) {
		/* Another such query in between finds its own. */
		other = db_query_ids(site->db, NULL, "SELECT a FROM rows", &(int64_t){ 77 }, 1);
		assert_int_equal(db_next(other, NULL), 1);
		assert_int_equal(db_int(other, 0), 77);
		assert_int_equal(db_next(other, NULL), 0);
		db_done(other);
		assert_int_equal(db_int(rows, 0), n == 1 ? 1 : 3);
	}
	db_done(rows);
	assert_int_equal(n, 3);
}

static void test_write_while_reading(void **state)
{
	struct site *site = *state;
	struct db_rows *rows;
	struct err err;

	add(site->db, 1, "a");
	add(site->db, 2, "b");
	rows = things(site->db, 1);
	assert_int_equal(db_next(rows, NULL), 1);
	assert_int_equal(db_run(site->db, &err, "DELETE FROM thing"), -1);
	assert_int_equal(err.code, ERR_STORE);
	assert_non_null(strstr(err.msg, "'DELETE FROM thing...' writes while rows are being read"));
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 2);
	/* After the last row, or when no more is to be read, it may. */
	assert_int_equal(db_next(rows, NULL), 1);
	assert_int_equal(db_next(rows, NULL), 0);
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing WHERE id = 2"), 1);
	assert_int_equal(db_next(rows, NULL), 0);
	db_done(rows);
	rows = things(site->db, 1);
	assert_int_equal(db_next(rows, NULL), 1);
	db_done(rows);
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing"), 1);
}

static void test_bad_statement(void **state)
{
	struct site *site = *state;
	struct err err;
	int64_t n = 5;

	assert_null(db_query(site->db, &err, "SELECT nonsense FROM thing"));
	assert_int_equal(err.code, ERR_STORE);
	assert_non_null(strstr(err.msg, site->path));
	assert_non_null(strstr(err.msg, "nonsense"));
	assert_int_equal(db_next(NULL, &err), -1);
	assert_int_equal(db_number(site->db, &err, 0, &n, "SELECT nonsense"), -1);
	assert_int_equal(n, 5);
	/* A failure leaves nothing open. */
	add(site->db, 1, "a");
	assert_int_equal(db_run(site->db, &err, "INSERT INTO thing (id) VALUES (1)"), -1);
	assert_int_equal(db_run(site->db, NULL, "DELETE FROM thing"), 1);
}

static void test_rollback(void **state)
{
	struct site *site = *state;

	assert_false(db_in_transaction(site->db));
	OK(db_begin(site->db, NULL));
	assert_true(db_in_transaction(site->db));
	add(site->db, 1, "a");
	db_rollback(site->db);
	assert_false(db_in_transaction(site->db));
	db_rollback(site->db);
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 0);
	/* Closing rolls back. */
	OK(db_begin(site->db, NULL));
	add(site->db, 1, "a");
	db_close(site->db);
	OK(db_open(site->path, &site->db, NULL));
	assert_int_equal(number(site->db, "SELECT count(*) FROM thing"), 0);
}

static void test_told(void **state)
{
	struct site *site = *state;
	_cleanup_(db_closep) struct db *other = NULL;
	_cleanup_(closep) int fd = -1;
	int64_t before, after;

	OK(db_open(site->path, &other, NULL));
	OK(db_data_version(other, &before, NULL));
	OK(db_watch(site->path, &fd, NULL));
	assert_false(db_watch_drain(fd));
	for (int durable = 0; durable < 2; durable++) {
		OK(db_set_durable(site->db, durable, NULL));
		OK(db_begin(site->db, NULL));
		add(site->db, durable + 1, "a");
		OK(db_commit(site->db, NULL));
		assert_true(db_watch_drain(fd));
		assert_false(db_watch_drain(fd));
		OK(db_data_version(other, &after, NULL));
		assert_int_not_equal(after, before);
		before = after;
	}
	assert_int_equal(number(other, "SELECT count(*) FROM thing"), 2);
	/* One's own commits do not count. */
	OK(db_data_version(site->db, &before, NULL));
	OK(db_begin(site->db, NULL));
	add(site->db, 3, "a");
	OK(db_commit(site->db, NULL));
	OK(db_data_version(site->db, &after, NULL));
	assert_int_equal(after, before);
}

static void script(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int count_calls(void *data, struct err *err)
{
	(void)err;
	++*(int *)data;
	return 0;
}

static int refuse(void *data, struct err *err)
{
	(void)data;
	return err_set(err, ERR_FAILED, "not today");
}

static void test_files(void **state)
{
	struct site *site = *state;
	struct db *db = NULL;
	char path[120];
	struct err err;
	struct stat st;

	assert_int_equal(db_create(site->path, APPLICATION, &err), -1);
	assert_int_equal(err.code, ERR_FAILED);
	OK(stat(site->path, &st));
	assert_int_equal(st.st_mode & 07, 0);
	snprintf(path, sizeof(path), "%s/none.db", site->dir);
	assert_int_equal(db_open(path, &db, &err), -1);
	assert_int_equal(err.code, ERR_STORE);
	assert_non_null(strstr(err.msg, "'presencectl init' makes one, "));
	assert_int_equal(access(path, F_OK), -1);
}

static void test_older(void **state)
{
	struct db_schema first = { APPLICATION, steps, 1 };
	struct site *site = *state;
	struct db *db = NULL;
	char path[120];
	int calls = 0;

	snprintf(path, sizeof(path), "%s/old.db", site->dir);
	OK(db_create(path, APPLICATION, NULL));
	OK(db_open(path, &db, NULL));
	OK(db_migrate(db, &first, count_calls, &calls, NULL));
	assert_int_equal(calls, 1);
	assert_int_equal(db_run(db, NULL, "INSERT INTO thing (id, name) VALUES (1, 'kept')"), 1);
	OK(db_migrate(db, &first, count_calls, &calls, NULL));
	assert_int_equal(calls, 1); /* there was nothing to do */
	OK(db_migrate(db, &schema, count_calls, &calls, NULL));
	assert_int_equal(calls, 2);
	assert_int_equal(number(db, "SELECT count(*) FROM thing WHERE size IS NULL"), 1);
	/* References are watched again. */
	assert_int_equal(number(db, "SELECT foreign_keys FROM pragma_foreign_keys"), 1);
	db_close(db);
}

static void test_foreign_and_newer(void **state)
{
	struct site *site = *state;
	struct db *db = NULL;
	char path[120];
	struct err err;

	snprintf(path, sizeof(path), "%s/foreign.db", site->dir);
	script(path, "PRAGMA application_id = 1; CREATE TABLE thing (id)");
	OK(db_open(path, &db, NULL));
	assert_int_equal(db_migrate(db, &schema, nothing, NULL, &err), -1);
	assert_int_equal(err.code, ERR_STORE);
	assert_non_null(strstr(err.msg, "is not a database of presence"));
	db_close(db);

	script(site->path, "PRAGMA user_version = 3");
	assert_int_equal(db_migrate(site->db, &schema, nothing, NULL, &err), -1);
	assert_int_equal(err.code, ERR_STORE);
	assert_non_null(strstr(err.msg, "schema 3, this program knows 2"));
}

/* A step that fails, or what is called after them, leaves the database as it was. */
static void test_half_made(void **state)
{
	static const char *const bad[] = { "CREATE TABLE first (id INTEGER)",
		"CREATE TABLE second (id INTEGER); nonsense" };
	const struct db_schema broken = { APPLICATION, bad, ARRAY_SIZE(bad) };
	struct site *site = *state;
	struct db *db = NULL;
	char path[120];
	struct err err;

	snprintf(path, sizeof(path), "%s/half.db", site->dir);
	OK(db_create(path, APPLICATION, NULL));
	OK(db_open(path, &db, NULL));
	assert_int_equal(db_migrate(db, &broken, nothing, NULL, &err), -1);
	assert_int_equal(db_migrate(db, &schema, refuse, NULL, &err), -1);
	assert_string_equal(err.msg, "not today");
	assert_false(db_in_transaction(db));
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 0);
	assert_int_equal(number(db, "SELECT user_version FROM pragma_user_version"), 0);
	OK(db_migrate(db, &schema, nothing, NULL, &err));
	db_close(db);
}

/* A step that leaves rows which name what is not there. */
static void test_broken_references(void **state)
{
	static const char *const bad[] = { "CREATE TABLE a (id INTEGER PRIMARY KEY);"
					   "CREATE TABLE b (a_id INTEGER REFERENCES a (id));"
					   "INSERT INTO b VALUES (1)" };
	const struct db_schema broken = { APPLICATION, bad, ARRAY_SIZE(bad) };
	struct site *site = *state;
	struct db *db = NULL;
	char path[120];
	struct err err;

	snprintf(path, sizeof(path), "%s/broken.db", site->dir);
	OK(db_create(path, APPLICATION, NULL));
	OK(db_open(path, &db, NULL));
	assert_int_equal(db_migrate(db, &broken, nothing, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "1 rows name what is not there"));
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 0);
	db_close(db);
}

static void test_damaged(void **state)
{
	struct site *site = *state;
	struct err err;

	db_close(site->db);
	OK(truncate(site->path, 200)); /* no longer a database */
	site->db = NULL;
	if (db_open(site->path, &site->db, &err) == 0)
		assert_int_equal(db_migrate(site->db, &schema, nothing, NULL, &err), -1);
	assert_int_equal(err.code, ERR_STORE);
	assert_non_null(strstr(err.msg, "is damaged"));
	assert_non_null(strstr(err.msg, "'presencectl restore' takes a copy"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many_statements),
		TEST(test_nested),
		TEST(test_values),
		TEST(test_null_again),
		TEST(test_changes),
		TEST(test_later),
		TEST(test_later_order),
		TEST(test_later_forgotten),
		TEST(test_query_ids),
		TEST(test_write_while_reading),
		TEST(test_bad_statement),
		TEST(test_rollback),
		TEST(test_told),
		TEST(test_files),
		TEST(test_older),
		TEST(test_foreign_and_newer),
		TEST(test_half_made),
		TEST(test_broken_references),
		TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
