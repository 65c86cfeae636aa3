/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A switch and its end: everything is read before anything is written, in few statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/follow/follow.h"
#include "lib/follow/queue.h"
#include "lib/follow/schedule.h"
#include "lib/follow/switch.h"
#include "lib/follow/user.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"
#include "lib/store/who.h"

/* Monday 2026-06-15 09:00 in Stockholm. */
#define NINE INT64_C(1781506800)

#define OK(call) assert_int_equal(call, 0)

static const struct actor actor = { .via = "test", .name = "root", .uid = 0 };

/* The statements that SQLite ran between BEGIN and COMMIT. */
static struct {
	bool inside;
	size_t reads, writes;
	bool mixed; /* something was read after something was written */
	char last[200];
} trace;

static int count(unsigned kind, void *data, void *st, void *text)
{
	(void)kind, (void)data;
	if (!strncmp(text, "BEGIN", 5)) {
		trace.inside = true;
		trace.reads = trace.writes = 0;
		trace.mixed = false;
	} else if (!strcmp(text, "COMMIT")) {
		trace.inside = false;
	} else if (trace.inside && strncmp(text, "--", 2) != 0) { /* what SQLite runs by itself */
		bool reads = sqlite3_stmt_readonly(st);

		if (reads && trace.writes && !trace.mixed) {
			trace.mixed = true;
			snprintf(trace.last, sizeof(trace.last), "%.199s", (const char *)text);
		}
		trace.reads += reads;
		trace.writes += !reads;
	}
	return 0;
}

/* SQLite calls it for each connection. */
static int trace_connection(
	sqlite3 *db, const char **error, const struct sqlite3_api_routines *routines)
{
	(void)error, (void)routines;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count, NULL);
}

struct site {
	char dir[64], path[96];
	struct zonefiles *zones;
	struct store *s;
	struct mode dnd, away;
};

static int setup(void **state)
{
	struct site *site = xcalloc(1, sizeof(*site));

	sqlite3_auto_extension((void (*)(void))trace_connection);
	snprintf(site->dir, sizeof(site->dir), "/tmp/store.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	snprintf(site->path, sizeof(site->path), "%s/p.db", site->dir);
	OK(store_create(site->path, NULL));
	site->zones = zonefiles_new(NULL, "Europe/Stockholm");
	OK(follow_open(site->path, &actor, zonefiles_zones(site->zones), &site->s, NULL));
	OK(store_mode_find(site->s, "dnd", &site->dnd, NULL));
	OK(store_mode_find(site->s, "away", &site->away, NULL));
	*state = site;
	return 0;
}

static int teardown(void **state)
{
	struct site *site = *state;
	char command[128];

	store_free(site->s);
	zonefiles_free(site->zones);
	snprintf(command, sizeof(command), "rm -rf '%s'", site->dir);
	free(site);
	sqlite3_reset_auto_extension();
	return system(command);
}

static void add_user(struct site *site, const char *name, const char *extension, bool in_queue)
{
	struct user u = { .pbx = "main" };

	text_copy(u.name, sizeof(u.name), name);
	text_copy(u.extension, sizeof(u.extension), extension);
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &u, NINE, NULL));
	if (in_queue) {
		struct queue q = { .name = "support", .pbx = "main", .hints = QUEUE_HINTS };
		enum queue_change change;

		OK(follow_queue_save(site->s, &q, NINE, NULL));
		OK(follow_queue_assign(site->s, &q, &u, -1, NINE, &change, NULL));
	}
	OK(store_commit(site->s, NULL));
}

static void add_schedule(struct site *site, const char *user)
{
	struct schedule office = { .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };
	struct user u;
	bool changed;

	OK(store_begin(site->s, NULL));
	OK(follow_schedule_save(site->s, &office, NINE, NULL));
	OK(store_user_find(site->s, user, &u, NULL));
	OK(follow_schedule_assign_user(site->s, &office, u.id, NINE, &changed, NULL));
	OK(store_commit(site->s, NULL));
}

/* As the command does. */
static void set(struct site *site, const char *const *words, size_t n, const struct mode *m,
	struct until until, int64_t now, struct switch_result *result)
{
	struct switch_request request = { .mode = m, .note = "", .until = until, .forward_to = "" };
	struct ids who = { 0 };

	OK(store_begin(site->s, NULL));
	OK(store_who(site->s, words, n, &who, NULL));
	assert_int_equal(who.n, n);
	OK(follow_switch_users(site->s, &who, &request, now, result, NULL));
	OK(store_commit(site->s, NULL));
	ids_done(&who);
}

static void clear(struct site *site, const char *const *words, size_t n, int64_t now, size_t *ret_n)
{
	struct ids who = { 0 };

	OK(store_begin(site->s, NULL));
	OK(store_who(site->s, words, n, &who, NULL));
	OK(follow_clear_users(site->s, &who, now, ret_n, NULL));
	OK(store_commit(site->s, NULL));
	ids_done(&who);
}

/* So many at most. */
static void expect(size_t reads, size_t writes)
{
	if (trace.mixed)
		fail_msg("read after a write: %s", trace.last);
	assert_true(trace.reads && trace.reads <= reads);
	assert_int_equal(trace.writes, writes);
}

static const struct until for_ever = { .kind = UNTIL_FOREVER };

static void test_one(void **state)
{
	static const char *const alice[] = { "alice" };
	struct site *site = *state;
	struct switch_result result;
	size_t n;

	add_user(site, "alice", "1001", false);
	set(site, alice, 1, &site->dnd, for_ever, NINE, &result);
	assert_int_equal(result.endless, 1);
	expect(8, 5); /* presence, item, switch, log, and what the PBX is told again */
	/* Over another one, which goes. */
	set(site, alice, 1, &site->away, for_ever, NINE + 1, &result);
	expect(9, 6);
	clear(site, alice, 1, NINE + 2, &n);
	assert_int_equal(n, 1);
	expect(9, 4);
	clear(site, alice, 1, NINE + 3, &n);
	assert_int_equal(n, 0);
	expect(3, 0);
}

/* One in a queue, one on a schedule, one with a switch that goes: the writes of all are together. */
static void test_many(void **state)
{
	static const char *const all[] = { "alice", "bob", "carol" };
	static const struct until until_next = { .kind = UNTIL_NEXT };
	struct site *site = *state;
	struct switch_result result;
	size_t n;

	add_user(site, "alice", "1001", true);
	add_user(site, "bob", "1002", false);
	add_user(site, "carol", "1003", false);
	add_schedule(site, "bob");
	set(site, &all[2], 1, &site->away, for_ever, NINE, &result);
	set(site, all, 3, &site->dnd, until_next, NINE + 1, &result);
	assert_int_equal(result.endless, 2); /* only bob has a next start */
	expect(33, 7);                       /* also the new item that says when */
	clear(site, all, 3, NINE + 2, &n);
	assert_int_equal(n, 3);
	expect(33, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
