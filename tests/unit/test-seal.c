/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of seals: what tampering it finds, and what pruning leaves of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "lib/binding/hash.h"
#include "lib/follow/prune.h"
#include "lib/follow/record.h"
#include "lib/follow/seal.h"
#include "tests/unit/store-help.h"

enum { DAY = 86400 };
#define NOW INT64_C(1781506800)

static int setup(void **state)
{
	*state = site_new();
	return 0;
}

/* What somebody with sqlite3 does. */
static void tamper(struct site *site, const char *sql)
{
	sqlite3 *db;

	OK(sqlite3_open(site->path, &db));
	OK(sqlite3_exec(db, sql, NULL, NULL, NULL));
	OK(sqlite3_close(db));
}

/* Write n records, the first at an instant, one each second. */
static void write_records(struct site *site, int n, int64_t at)
{
	char value[24];

	OK(store_begin(site->s, NULL));
	store_hold(site->s);
	for (int i = 0; i < n; i++) {
		snprintf(value, sizeof(value), "%d", i);
		OK(follow_record(
			site->s, at + i, "rule", "alice", "away ring.timeout", NULL, value, NULL));
	}
	OK(store_flush(site->s, NULL));
	OK(store_commit(site->s, NULL));
}

static void seal_all(struct site *site, int64_t at)
{
	bool more = true;

	for (int i = 0; more && i < 100; i++)
		OK(follow_seal(site->s, at, &more, NULL));
	assert_false(more);
}

static struct seal_verdict verify(struct site *site)
{
	struct seal_verdict v;

	OK(follow_seal_verify(site->s, &v, NULL));
	return v;
}

static void expect_fault(struct site *site, const char *fault)
{
	struct seal_verdict v = verify(site);

	assert_string_equal(v.fault, fault);
}

static void test_hash(void **state)
{
	char hash[HASH_SIZE];

	(void)state;
	OK(hash_sha256("abc", 3, hash, NULL));
	assert_string_equal(
		hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* Values that look alike once they stand behind each other have other bytes. */
static void test_bytes(void **state)
{
	static const char bytes[] = "1:1,1:5,3:cli,-,0:,1:x,4:3:a,,-,-,2:-7,-,-,-,-,-,-,-,\n"
				    "1:3,1:5,3:cli,1:0,0:,1:x,-,-,-,-,-,3:a\0b,-,-,-,-,-,\n";
	struct site *site = *state;
	_cleanup_(sealed_done) struct sealed b = SEALED_INIT;

	tamper(site,
		"DELETE FROM log; INSERT INTO log (id, at, via, uid, actor, what, subject, until, key)"
		" VALUES (1, 5, 'cli', NULL, '', 'x', '3:a,', -7, NULL), (3, 5, 'cli', 0, '', 'x', NULL, NULL, char(97, 0, 98))");
	OK(store_sealed_read(site->s, 1, 9, 9, &b, NULL));
	assert_int_equal(b.n, 2);
	assert_int_equal(b.missing, 2);
	assert_int_equal(b.bytes.len, sizeof(bytes) - 1);
	assert_memory_equal(b.bytes.s, bytes, sizeof(bytes) - 1);
}

static void test_chain(void **state)
{
	struct site *site = *state;
	struct seal_verdict v;
	struct seal newest;

	write_records(site, 600, NOW);
	v = verify(site);
	assert_int_equal(v.unsealed_n, 600);
	seal_all(site, NOW + 1000);
	v = verify(site);
	assert_string_equal(v.fault, "");
	assert_int_equal(v.records_n, 600);
	assert_int_equal(v.sealed, 600);
	assert_int_equal(v.unsealed_n, 0);
	OK(store_seal_newest(site->s, &newest, NULL));
	assert_int_equal(newest.id, 3);
	assert_int_equal(newest.first, 513);
	/* Nothing new, no new seal. */
	seal_all(site, NOW + 2000);
	OK(store_seal_newest(site->s, &newest, NULL));
	assert_int_equal(newest.id, 3);
	write_records(site, 2, NOW + 3000);
	v = verify(site);
	assert_int_equal(v.unsealed_n, 2);
	seal_all(site, NOW + 4000);
	assert_int_equal(verify(site).records_n, 602);
}

/* Each kind of tampering, on a log of three seals. */
static void test_tampering(void **state)
{
	static const struct {
		const char *sql, *fault;
	} table[] = {
		{ "UPDATE log SET new = '31' WHERE id = 300",
			"one of the records 257 to 512 is not as it was sealed, or the seal is not" },
		{ "UPDATE log SET uid = NULL WHERE id = 1",
			"one of the records 1 to 256 is not as it was sealed, or the seal is not" },
		{ "UPDATE log SET new = new || char(0) || 'x' WHERE id = 600",
			"one of the records 513 to 600 is not as it was sealed, or the seal is not" },
		{ "UPDATE log SET at = at + 1 WHERE id = 512",
			"one of the records 257 to 512 is not as it was sealed, or the seal is not" },
		{ "DELETE FROM log WHERE id = 300",
			"record 300 is missing, or records 257 to 512 were changed" },
		{ "DELETE FROM log WHERE id = 1",
			"record 1 is missing, or records 1 to 256 were changed" },
		{ "DELETE FROM log WHERE id = 512", "record 512 is missing" },
		/* Two that change places. */
		{ "UPDATE log SET id = -1 WHERE id = 300; UPDATE log SET id = 300 WHERE id = 301;"
		  " UPDATE log SET id = 301 WHERE id = -1",
			"one of the records 257 to 512 is not as it was sealed, or the seal is not" },
		/* One more, for which the others move. */
		{ "UPDATE log SET id = -id - 1 WHERE id >= 300; UPDATE log SET id = -id WHERE id < 0;"
		  " INSERT INTO log (id, at, via, actor, what) VALUES (300, 0, '', '', '')",
			"one of the records 257 to 512 is not as it was sealed, or the seal is not" },
		{ "INSERT INTO log (id, at, via, actor, what) VALUES (-3, 0, '', '', '')",
			"record -3 was not written by these programs" },
		/* The end, with and without a part of its seal. */
		{ "DELETE FROM log WHERE id > 590", "records 591 to 600 are missing" },
		{ "DELETE FROM log WHERE id > 512",
			"records 513 to 600 are missing, and no record says that they were pruned" },
		/* The beginning, as if it were pruned. */
		{ "DELETE FROM log WHERE id <= 256",
			"records 1 to 256 are missing, and no record says that they were pruned" },
		{ "DELETE FROM log_seal WHERE id = 2", "seal 2 is missing" },
		{ "DELETE FROM log_seal WHERE id = 1", "seal 1 is missing" },
		{ "UPDATE log_seal SET hash = 'x' WHERE id = 2",
			"one of the records 257 to 512 is not as it was sealed, or the seal is not" },
		{ "UPDATE log_seal SET at = at + 1 WHERE id = 3",
			"one of the records 513 to 600 is not as it was sealed, or the seal is not" },
		{ "UPDATE log_seal SET last_id = 511 WHERE id = 2",
			"one of the records 257 to 511 is not as it was sealed, or the seal is not" },
		{ "UPDATE log_seal SET first_id = 258 WHERE id = 2",
			"seal 2 does not begin where seal 1 ends" },
		{ "DELETE FROM log_seal WHERE id = 3",
			"seal 3 is missing: there were seals up to 3, and record 600" },
		{ "DELETE FROM log_seal",
			"seal 1 is missing: there were seals up to 3, and record 600" },
	};
	struct site *site = *state;

	write_records(site, 600, NOW);
	seal_all(site, NOW + 1000);
	tamper(site,
		"CREATE TABLE log_was AS SELECT * FROM log;"
		"CREATE TABLE seal_was AS SELECT * FROM log_seal");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct seal_verdict v;

		tamper(site, table[i].sql);
		v = verify(site);
		if (strcmp(v.fault, table[i].fault) != 0)
			fail_msg("%s: '%s', not '%s'", table[i].sql, v.fault, table[i].fault);
		tamper(site,
			"DELETE FROM log; DELETE FROM log_seal;"
			"INSERT INTO log_seal SELECT * FROM seal_was;"
			"INSERT INTO log (id, at, via, uid, actor, what, subject, from_mode, to_mode, until, why, key, old,"
			" new, source, since, user_id) SELECT id, at, via, uid, actor, what, subject, from_mode, to_mode, until, why,"
			" key, old, new, source, since, user_id FROM log_was");
		expect_fault(site, "");
	}
}

/* Seals that were deleted are not set again as if they were the first. */
static void test_sealed_again(void **state)
{
	struct site *site = *state;

	write_records(site, 600, NOW);
	seal_all(site, NOW + 1000);
	tamper(site, "UPDATE log SET new = 'x' WHERE id = 1; DELETE FROM log_seal");
	seal_all(site, NOW + 2000);
	expect_fault(site, "seal 1 is missing");
}

/* Behind the greatest number that there is no other one comes, and none is less than 0. */
static void test_greatest_number(void **state)
{
	static const char *const columns[] = { "id", "last_id" };
	struct site *site = *state;
	char sql[120];

	write_records(site, 600, NOW);
	seal_all(site, NOW + 1000);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		struct seal first;

		snprintf(sql, sizeof(sql),
			"UPDATE log_seal SET %s = %lld WHERE last_id = 600 OR id > 3", columns[i],
			(long long)INT64_MAX);
		tamper(site, sql);
		write_records(site, 1, NOW + 2000);
		seal_all(site, NOW + 2000);
		OK(store_seal_after(site->s, -SEAL_ID_MAX, &first, NULL));
		assert_int_equal(first.id, 1);
		assert_string_not_equal(verify(site).fault, "");
	}
}

static void prune(struct site *site, int64_t now, int64_t keep_s)
{
	struct prune p;
	int steps = 0;

	OK(follow_prune_begin(site->s, now, keep_s, &p, NULL));
	while (p.is_on && steps++ < 100)
		OK(follow_prune_step(site->s, now, &p, NULL));
	assert_false(p.is_on);
}

/* Whole seals go, the chain stays, and a record says so. */
static void test_pruned(void **state)
{
	struct site *site = *state;
	struct seal_verdict v;

	write_records(site, 600, NOW);
	seal_all(site, NOW + 1000);
	write_records(site, 1, NOW + 3 * DAY);
	seal_all(site, NOW + 3 * DAY);
	/* Up to 300 they are too old: the second seal stays whole. A day later the clock still says so. */
	prune(site, NOW + DAY + 300, DAY);
	prune(site, NOW + 2 * DAY + 300, 2 * DAY);
	v = verify(site);
	assert_string_equal(v.fault, "");
	assert_int_equal(v.pruned, 256);
	assert_int_equal(v.records_n, 600 - 256 + 1);
	assert_int_equal(v.unsealed_n, 1); /* that it was pruned */
	seal_all(site, NOW + 3 * DAY);
	/* The newest seal stays whatever its age is: IDs go on. */
	prune(site, NOW + 900 * DAY, DAY);
	prune(site, NOW + 902 * DAY, DAY);
	v = verify(site);
	assert_string_equal(v.fault, "");
	assert_int_equal(v.pruned, 601);
	write_records(site, 1, NOW + 902 * DAY);
	seal_all(site, NOW + 902 * DAY);
	v = verify(site);
	assert_string_equal(v.fault, "");
	assert_int_equal(v.sealed, 604);
	/* What was pruned does not come back. */
	tamper(site, "INSERT INTO log (id, at, via, actor, what) VALUES (300, 0, '', '', '')");
	expect_fault(site, "record 300 was not written by these programs");
	tamper(site, "DELETE FROM log WHERE id = 300");
	expect_fault(site, "");
	/* Nor can more be taken away as if it had been. */
	tamper(site, "DELETE FROM log_seal WHERE id = (SELECT min(id) FROM log_seal)");
	expect_fault(site, "seal 1 is missing");
}

static int64_t number(struct site *site, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t ret;
	sqlite3 *db;

	OK(sqlite3_open(site->path, &db));
	OK(sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	OK(sqlite3_close(db));
	return ret;
}

/* Slices: in each only some seals go, and whoever ends between two leaves nothing that is wrong. */
static void test_slices(void **state)
{
	enum { RECORDS = 20 * 256, YOUNG = 10 * 256 + 7, SLICE = 2 * 256 };
	static const char left[] = "SELECT count(*) FROM log WHERE what = 'rule'";
	struct site *site = *state;
	int64_t now = NOW + 10 * DAY;
	struct prune p;

	/* A clock that was ahead wrote one of them: nothing goes from there on. */
	write_records(site, YOUNG - 1, NOW);
	write_records(site, 1, NOW + 20 * DAY);
	write_records(site, RECORDS - YOUNG, NOW);
	seal_all(site, NOW + DAY);
	prune(site, now - DAY, DAY);
	for (int64_t n = RECORDS; n > RECORDS - 10 * 256; n -= SLICE) {
		assert_int_equal(number(site, left), n);
		/* A process that does one slice and ends. */
		OK(follow_prune_begin(site->s, now, DAY, &p, NULL));
		p.seals = 2;
		for (int i = 0; i < 9 && p.is_on && !p.is_told; i++)
			OK(follow_prune_step(site->s, now, &p, NULL));
		expect_fault(site, "");
	}
	prune(site, now, DAY); /* all is done */
	assert_int_equal(number(site, left), RECORDS - 10 * 256);
	assert_int_equal(number(site, "SELECT min(id) FROM log"), 10 * 256 + 1);
	/* Of the seals one is left without records. */
	assert_int_equal(number(site, "SELECT count(*) FROM log_seal"), 11);
	seal_all(site, now);
	expect_fault(site, "");
	assert_int_equal(verify(site).unsealed_n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test_setup_teardown(test_bytes, setup, site_free),
		cmocka_unit_test_setup_teardown(test_chain, setup, site_free),
		cmocka_unit_test_setup_teardown(test_tampering, setup, site_free),
		cmocka_unit_test_setup_teardown(test_sealed_again, setup, site_free),
		cmocka_unit_test_setup_teardown(test_greatest_number, setup, site_free),
		cmocka_unit_test_setup_teardown(test_pruned, setup, site_free),
		cmocka_unit_test_setup_teardown(test_slices, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
