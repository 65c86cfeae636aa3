/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database: switches stack and end, items are wanted and confirmed, nothing half is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store-help.h"

enum { NOW = 1000000 };

enum { ENTRIES_MAX = 64 };
struct entries {
	size_t n;
	struct {
		int64_t id;
		char wanted[ITEM_VALUE_SIZE];
	} list[ENTRIES_MAX];
};

static int keep_entry(void *data, const struct stored_item *row)
{
	struct entries *e = data;

	if (!item_is_entry(row->name))
		return 0;
	assert_true(e->n < ENTRIES_MAX);
	e->list[e->n].id = row->id;
	snprintf(e->list[e->n++].wanted, ITEM_VALUE_SIZE, "%s", row->wanted);
	return 0;
}

static void confirm_entries(struct store *s)
{
	_cleanup_(freep) struct entries *e = xcalloc(1, sizeof(*e));

	OK(store_item_each(s, "main", keep_entry, e, NULL));
	for (size_t i = 0; i < e->n; i++)
		OK(store_item_confirm(s, e->list[i].id, e->list[i].wanted, NULL));
}

static void add_user(struct store *s, const char *name, const char *extension, struct user *u)
{
	user_init(u, name, extension);
	OK(store_begin(s, NULL));
	OK(follow_user_save(s, u, NOW, NULL));
	confirm_entries(s);
	OK(store_commit(s, NULL));
}

static int setup(void **state)
{
	*state = site_new();
	return 0;
}

/* Steps of one table: switches, and ticks that end them. */
static void test_ladder(void **state)
{
	static const struct {
		const char *what, *mode; /* mode NULL: only time passes */
		int64_t at, until;
		const char *expect;
	} table[] = {
		{ "the default", NULL, 0, 0, "available" },
		{ "a trip for ever", "trip", 10, UNTIL_OPEN, "business-trip" },
		{ "lunch over it", "lunch", 20, 120, "lunch-break" },
		{ "away over lunch, shorter", "away", 30, 60, "away" },
		{ "one second before its end", NULL, 59, 0, "away" },
		{ "its end: half-open", NULL, 60, 0, "lunch-break" },
		{ "lunch ends", NULL, 120, 0, "business-trip" },
		{ "long after", NULL, 500000, 0, "business-trip" },
		{ "a switch for ever ends those below", "dnd", 500001, UNTIL_OPEN,
			"do-not-disturb" },
		{ "and stays", NULL, 900000, 0, "do-not-disturb" },
	};
	struct site *site = *state;
	struct user u;

	add_user(site->s, "alice", "1001", &u);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		size_t n;

		if (table[i].mode)
			switch_to(site->s, &u, table[i].mode,
				table[i].until == UNTIL_OPEN ? UNTIL_OPEN : NOW + table[i].until,
				NOW + table[i].at);
		else
			OK(follow_tick(site->s, NOW + table[i].at, &n, NULL));
		expect_mode(site->s, &u, table[i].expect);
	}
}

static void test_clear(void **state)
{
	struct site *site = *state;
	struct user u;
	size_t n;

	add_user(site->s, "alice", "1001", &u);
	switch_to(site->s, &u, "trip", UNTIL_OPEN, NOW);
	switch_to(site->s, &u, "lunch", NOW + 60, NOW);
	OK(store_begin(site->s, NULL));
	OK(follow_clear_users(site->s, &(struct ids){ .ids = &u.id, .n = 1 }, NOW, &n, NULL));
	OK(store_commit(site->s, NULL));
	assert_int_equal(n, 1);
	expect_mode(site->s, &u, "available");
}

static void test_idle_tick_writes_nothing(void **state)
{
	struct site *site = *state;
	struct store *other;
	int64_t before, after, next;
	struct user u;
	size_t n;

	add_user(site->s, "alice", "1001", &u);
	switch_to(site->s, &u, "lunch", NOW + 3600, NOW);
	OK(follow_open(site->path, &actor, zonefiles_zones(site->zones), &other, NULL));
	OK(store_data_version(other, &before, NULL));
	OK(follow_tick(site->s, NOW + 60, &n, NULL));
	assert_int_equal(n, 0);
	OK(store_next_change(site->s, &next, NULL));
	assert_int_equal(next, NOW + 3600);
	OK(store_data_version(other, &after, NULL));
	assert_int_equal(before, after);
	OK(follow_tick(site->s, NOW + 3600, &n, NULL));
	assert_int_equal(n, 1);
	OK(store_data_version(other, &after, NULL));
	assert_int_not_equal(before, after);
	store_free(other);
}

struct rows {
	size_t n;
	int64_t id[16];
	char text[16][128], held[16][64];
};

static int keep_row(void *data, const struct stored_item *row)
{
	struct rows *rows = data;

	if (item_is_entry(row->name))
		return 0; /* of call rules: they follow no mode */
	rows->id[rows->n] = row->id;
	snprintf(rows->held[rows->n], sizeof(rows->held[0]), "%s",
		row->confirmed ? row->confirmed : "");
	snprintf(rows->text[rows->n++], sizeof(rows->text[0]), "%s=%s", row->name, row->wanted);
	return 0;
}

static void difference(struct store *s, struct rows *rows)
{
	rows->n = 0;
	OK(store_item_difference(
		s, &(struct item_due){ "main", 0, 16, false }, keep_row, rows, NULL));
}

static void test_items(void **state)
{
	struct site *site = *state;
	struct rows rows;
	struct user u;
	size_t n;

	add_user(site->s, "alice", "1001", &u);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 2);
	assert_string_equal(rows.text[0], "CustomPresence:1001=available,available,");
	assert_string_equal(rows.text[1], "lamps/1001=available");
	confirm_all(site->s);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 0);

	/* What restricts comes first, lamps of keys last. */
	switch_to(site->s, &u, "dnd", UNTIL_OPEN, NOW);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 2);
	assert_string_equal(rows.text[0], "CustomPresence:1001=dnd,do-not-disturb,");
	assert_string_equal(rows.text[1], "lamps/1001=*,do-not-disturb");
	assert_string_equal(rows.held[1], "available");
	OK(store_item_pending(site->s, NULL, "main", &n, NULL));
	assert_int_equal(n, 2);

	/* There and back before the PBX was told: nothing is left to say but what was lit first. */
	switch_to(site->s, &u, "available", UNTIL_OPEN, NOW);
	confirm_all(site->s);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 0);
}

/* Whoever's calls are restricted, however new, but lamps later; the rest in the order in which it was wanted first. */
static void test_order(void **state)
{
	static const char *const want[] = { "CustomPresence:1002=dnd,do-not-disturb,",
		"CustomPresence:1001=away,away,", "lamps/1001=*=ONHOLD,away",
		"lamps/1002=*,do-not-disturb" };
	struct site *site = *state;
	struct user alice, bob;
	struct rows rows;

	add_user(site->s, "alice", "1001", &alice);
	add_user(site->s, "bob", "1002", &bob);
	confirm_all(site->s);
	switch_to(site->s, &alice, "away", UNTIL_OPEN, NOW);
	switch_to(site->s, &bob, "dnd", UNTIL_OPEN, NOW);
	difference(site->s, &rows);
	assert_int_equal(rows.n, ARRAY_SIZE(want));
	for (size_t i = 0; i < rows.n; i++)
		assert_string_equal(rows.text[i], want[i]);
	/* Also where an item is there already that nobody wants any more. */
	confirm_all(site->s);
	text_copy(alice.extension, sizeof(alice.extension), "1009");
	text_copy(bob.extension, sizeof(bob.extension), "1001");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &alice, NOW, NULL));
	OK(follow_user_save(site->s, &bob, NOW, NULL));
	OK(store_commit(site->s, NULL));
	difference(site->s, &rows);
	assert_string_equal(rows.text[0], "CustomPresence:1001=dnd,do-not-disturb,");
	assert_string_equal(rows.text[1], "lamps/1001=*,do-not-disturb");
}

static void refuse(struct store *s, const char *name)
{
	struct seen_item item = see_item(s, name);

	OK(store_item_refuse(s, item.id, item.wanted, "no", NULL));
}

static void expect_refused(struct store *s, const char *name, bool refused)
{
	assert_string_equal(see_item(s, name).error, refused ? "no" : "");
}

/* Rows of call rules can be left out of another try, which they would fail again. */
static void test_retry(void **state)
{
	static const char *const of_mode[] = { "CustomPresence:1001", "lamps/1001" };
	static const char row[] = "presence-user/1001";
	struct site *site = *state;
	struct store *s = site->s;
	struct user u;

	add_user(s, "alice", "1001", &u);
	for (size_t i = 0; i < ARRAY_SIZE(of_mode); i++)
		refuse(s, of_mode[i]);
	refuse(s, row);
	OK(store_item_retry(s, "other", true, NULL));
	expect_refused(s, row, true);
	expect_refused(s, of_mode[0], true);
	OK(store_item_retry(s, "main", false, NULL));
	expect_refused(s, row, true);
	for (size_t i = 0; i < ARRAY_SIZE(of_mode); i++)
		expect_refused(s, of_mode[i], false);
	OK(store_item_retry(s, "main", true, NULL));
	expect_refused(s, row, false);
	/* What is confirmed after all is not refused. */
	refuse(s, of_mode[0]);
	OK(store_item_confirm(s, see_item(s, of_mode[0]).id, see_item(s, of_mode[0]).wanted, NULL));
	expect_refused(s, of_mode[0], false);
}

static void test_refused_and_retried(void **state)
{
	struct site *site = *state;
	struct rows rows;
	char why[256];
	struct user u;

	add_user(site->s, "alice", "1001", &u);
	difference(site->s, &rows);
	OK(store_begin(site->s, NULL));
	/* Of what is not wanted any more: no refusal of what is. */
	OK(store_item_refuse(site->s, rows.id[0], "another value", "Variable not set", NULL));
	OK(store_item_refusal(site->s, NULL, why, NULL));
	assert_string_equal(why, "");
	OK(store_item_refuse(
		site->s, rows.id[0], strchr(rows.text[0], '=') + 1, "Variable not set", NULL));
	OK(store_commit(site->s, NULL));
	difference(site->s, &rows);
	assert_int_equal(rows.n, 1);
	OK(store_item_refusal(site->s, NULL, why, NULL));
	assert_string_equal(why, "Variable not set");
	OK(store_item_retry(site->s, "main", true, NULL));
	difference(site->s, &rows);
	assert_int_equal(rows.n, 2);
}

static void test_scan(void **state)
{
	static const struct item held[] = {
		{ .name = "CustomPresence:1001", .value = "away,,somebody else" },
		{ .name = "lamps/1001", .value = "off-work" },
		{ .name = "lamps/1001", .value = "away" },
		{ .name = "lamps/7", .value = "gone" },
		{ .name = "lamps/8", .value = "" },
		{ .name = "Custom:DND1001", .value = "BUSY" },
	};
	struct site *site = *state;
	struct rows rows;
	struct user u;

	add_user(site->s, "alice", "1001", &u);
	confirm_all(site->s);
	OK(store_begin(site->s, NULL));
	OK(store_scan_begin(site->s, "main", NULL));
	for (size_t i = 0; i < ARRAY_SIZE(held); i++)
		assert_int_equal(store_scan_item(site->s, "main", &held[i], NULL),
			!strcmp(held[i].name, "lamps/7"));
	OK(store_scan_end(site->s, "main", NULL));
	OK(store_commit(site->s, NULL));
	/* The presence was changed, two other keys are lit, and one of nobody's; what is not ours is left alone. */
	difference(site->s, &rows);
	assert_int_equal(rows.n, 3);
	assert_string_equal(rows.held[1], "away,off-work");
	assert_string_equal(rows.text[2], "lamps/7=");
	assert_string_equal(rows.held[2], "gone");
	confirm_all(site->s);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 0);
}

static int keep_least(void *data, const struct stored_item *row)
{
	int64_t *least = data;

	if (row->leave_by < *least)
		*least = row->leave_by;
	return 0;
}

static int64_t least_leave_by(struct store *s, int64_t now)
{
	int64_t least = UNTIL_OPEN;

	OK(store_item_difference(
		s, &(struct item_due){ "main", now, 1000, false }, keep_least, &least, NULL));
	return least;
}

/* A queue member who is to leave after a call: nobody waits for that, and it is looked at again in time. */
static void test_put_off(void **state)
{
	struct site *site = *state;
	struct item_wait wait = { .value = "dnd,do-not-disturb,",
		.confirmed = "pause,dnd",
		.again_at = 100,
		.leave_by = 1000 };
	struct rows rows;
	struct user u;
	bool waits;
	size_t n;

	add_user(site->s, "alice", "1001", &u);
	confirm_all(site->s);
	switch_to(site->s, &u, "dnd", UNTIL_OPEN, NOW);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 2);
	wait.id = rows.id[0];
	OK(store_item_waits(site->s, "main", &waits, NULL));
	assert_false(waits);
	OK(store_item_put_off(site->s, &wait, NULL));
	OK(store_item_waits(site->s, "main", &waits, NULL));
	assert_true(waits);
	difference(site->s, &rows);
	assert_int_equal(rows.n, 1);
	OK(store_item_pending(site->s, NULL, "main", &n, NULL));
	assert_int_equal(n, 1);
	OK(store_item_pending(site->s, &(struct ids){ .ids = &u.id, .n = 1 }, NULL, &n, NULL));
	assert_int_equal(n, 1);
	/* In time, with the limit that was set first. */
	wait.leave_by = 2000;
	OK(store_item_put_off(site->s, &wait, NULL));
	assert_true(least_leave_by(site->s, 99) == UNTIL_OPEN);
	assert_int_equal(least_leave_by(site->s, 100), 1000);
	/* The clock was set back. */
	assert_int_equal(least_leave_by(site->s, 100 - 3600), 1000);
	/* Something else is wanted: at once, with a limit of its own. */
	switch_to(site->s, &u, "away", UNTIL_OPEN, NOW);
	OK(store_item_waits(site->s, "main", &waits, NULL));
	assert_false(waits);
	assert_true(least_leave_by(site->s, 0) == UNTIL_OPEN);
	confirm_all(site->s);
	/* As it did the first time. */
	switch_to(site->s, &u, "dnd", UNTIL_OPEN, NOW);
	OK(store_item_put_off(site->s, &wait, NULL));
	assert_int_equal(least_leave_by(site->s, 100), 2000);
	/* After a login at once. */
	difference(site->s, &rows);
	n = rows.n;
	OK(store_begin(site->s, NULL));
	OK(store_scan_begin(site->s, "main", NULL));
	OK(store_scan_end(site->s, "main", NULL));
	OK(store_commit(site->s, NULL));
	difference(site->s, &rows);
	assert_true(rows.n > n);
	assert_int_equal(least_leave_by(site->s, 0), 2000);
}

static void test_pause_is_ours(void **state)
{
	struct site *site = *state;
	bool ours;

	static const struct {
		struct stored_item row;
		const char *reason;
		bool ours;
	} table[] = {
		{ { 0 }, "lunch-break", true },
		{ { .confirmed = "login,0,alice,", .previous = "none" }, "coffee", false },
		{ { 0 }, "", false },
		/* A mode that has been deleted since. */
		{ { .confirmed = "pause,siesta" }, "siesta", true },
		{ { .previous = "logout,siesta" }, "siesta", true },
		{ { .sent = "pause,siesta" }, "siesta", true },
		{ { 0 }, "siesta", false },
		/* Nobody's mode: of a member who is to leave after a call. */
		{ { 0 }, "released", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		OK(store_pause_is_ours(site->s, &table[i].row, table[i].reason, &ours, NULL));
		assert_int_equal(ours, table[i].ours);
	}
}

static bool is_foreign(struct store *s, const char *value, enum sighting seen)
{
	struct item item = { .name = "CustomPresence:1001" };
	bool foreign;

	snprintf(item.value, sizeof(item.value), "%s", value);
	OK(follow_is_foreign(s, "main", &item, seen, &foreign, NULL));
	return foreign;
}

static void test_foreign(void **state)
{
	static const char ours[] = "available,available,", before[] = "away,away,",
			  theirs[] = "dnd,do-not-disturb,*";
	struct site *site = *state;
	struct adoption a = { .name = "CustomPresence:1001",
		.state = "dnd",
		.subtype = "do-not-disturb",
		.message = "*",
		.ask = "" };
	struct store *s = site->s;
	struct rows rows;
	struct user u;
	bool adopted;

	add_user(s, "alice", "1001", &u);
	confirm_all(s);
	switch_to(s, &u, "away", UNTIL_OPEN, NOW);
	confirm_all(s);
	OK(store_begin(s, NULL));
	OK(follow_clear_users(s, &(struct ids){ .ids = &u.id, .n = 1 }, NOW, &(size_t){ 0 }, NULL));
	OK(store_commit(s, NULL));

	/* On its way: what somebody else says meanwhile is looked at afterwards. */
	assert_true(is_foreign(s, theirs, SEEN_EVENT));
	assert_true(is_foreign(s, theirs, SEEN_LIST));
	assert_false(is_foreign(
		s, "xa,business-trip,", SEEN_LIST));  /* ours perhaps, sent and not written down */
	assert_true(is_foreign(s, ours, SEEN_EVENT)); /* nothing of ours is under way */
	assert_false(is_foreign(s, ours, SEEN_LIST));
	assert_false(is_foreign(s, before, SEEN_EVENT));
	confirm_all(s);
	assert_true(is_foreign(s, before, SEEN_EVENT));
	assert_true(is_foreign(s, before, SEEN_LIST));
	assert_true(is_foreign(s, before, SEEN_RESTARTED));
	assert_true(is_foreign(s, theirs, SEEN_RESTARTED));
	/* Who was switched here while the PBX was away has the newer word. */
	switch_to(s, &u, "lunch-break", UNTIL_OPEN, NOW);
	assert_true(is_foreign(s, theirs, SEEN_EVENT));
	assert_false(is_foreign(s, theirs, SEEN_LIST));
	confirm_all(s);

	/* Also the mode that holds, chosen anew, is a switch; the lamps are put right. */
	OK(store_begin(s, NULL));
	OK(follow_adopt(s, "main", &a, NOW, &adopted, NULL));
	assert_true(adopted);
	OK(store_commit(s, NULL));
	difference(s, &rows);
	assert_int_equal(rows.n, 2);
	assert_string_equal(rows.text[0], "CustomPresence:1001=dnd,do-not-disturb,");
	assert_string_equal(rows.held[1], "*=?,do-not-disturb=?,lunch-break=?");
	confirm_all(s);
	OK(store_begin(s, NULL));
	OK(follow_adopt(s, "main", &a, NOW + 60, &adopted, NULL));
	assert_true(adopted);
	OK(store_commit(s, NULL));
}

static void test_rollback(void **state)
{
	struct site *site = *state;
	struct mode m;
	struct user u;
	struct switch_result result;

	add_user(site->s, "alice", "1001", &u);
	OK(store_begin(site->s, NULL));
	OK(store_mode_find(site->s, "dnd", &m, NULL));
	OK(follow_switch_users(site->s, &(struct ids){ .ids = &u.id, .n = 1 },
		&(struct switch_request){ &m, "x", { .kind = UNTIL_FOREVER }, "" }, NOW, &result,
		NULL));
	store_rollback(site->s);
	expect_mode(site->s, &u, "available");
}

static void test_who(void **state)
{
	struct site *site = *state;
	struct user a, b, c;
	struct ids who;
	struct group g;
	struct err err;
	bool changed;

	add_user(site->s, "alice", "1001", &a);
	add_user(site->s, "bob", "1002", &b);
	add_user(site->s, "carol", "1003", &c);
	OK(store_begin(site->s, NULL));
	OK(follow_group_add(site->s, "sales", NOW, NULL));
	OK(store_group_find(site->s, "SALES", &g, NULL));
	OK(follow_group_assign(site->s, &g, &b, true, NOW, &changed, NULL));
	OK(follow_group_assign(site->s, &g, &c, true, NOW, &changed, NULL));
	OK(follow_group_assign(site->s, &g, &c, true, NOW, &changed, NULL));
	assert_false(changed);
	OK(store_commit(site->s, NULL));
	OK(store_who(site->s, (const char *const[]){ "carol", "@sales", "1001", "Alice" }, 4, &who,
		NULL));
	assert_int_equal(who.n, 3);
	assert_int_equal(who.ids[0], c.id);
	assert_int_equal(who.ids[1], b.id);
	assert_int_equal(who.ids[2], a.id);
	ids_done(&who);
	OK(store_who(site->s, (const char *const[]){ "all" }, 1, &who, NULL));
	assert_int_equal(who.n, 3);
	ids_done(&who);
	assert_int_equal(
		store_who(site->s, (const char *const[]){ "bob", "crol" }, 2, &who, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "did you mean 'carol'"));
}

/* Two PBXs are read at a time: what was seen of one does not count for the other. */
static void test_two_scans(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct user carol;
	struct item held = { .name = "CustomPresence:1009", .value = "available,available," };

	user_init(&carol, "carol", "1009");
	OK(store_begin(s, NULL));
	OK(follow_user_save(s, &carol, NOW, NULL));
	OK(store_scan_begin(s, "main", NULL));
	OK(store_scan_item(s, "main", &held, NULL));
	OK(store_scan_begin(s, "branch", NULL));
	OK(store_scan_end(s, "branch", NULL));
	OK(store_scan_end(s, "main", NULL));
	assert_string_equal(see_item(s, held.name).confirmed, held.value);
	OK(store_commit(s, NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ladder, setup, site_free),
		cmocka_unit_test_setup_teardown(test_clear, setup, site_free),
		cmocka_unit_test_setup_teardown(test_idle_tick_writes_nothing, setup, site_free),
		cmocka_unit_test_setup_teardown(test_items, setup, site_free),
		cmocka_unit_test_setup_teardown(test_order, setup, site_free),
		cmocka_unit_test_setup_teardown(test_retry, setup, site_free),
		cmocka_unit_test_setup_teardown(test_refused_and_retried, setup, site_free),
		cmocka_unit_test_setup_teardown(test_scan, setup, site_free),
		cmocka_unit_test_setup_teardown(test_put_off, setup, site_free),
		cmocka_unit_test_setup_teardown(test_pause_is_ours, setup, site_free),
		cmocka_unit_test_setup_teardown(test_foreign, setup, site_free),
		cmocka_unit_test_setup_teardown(test_rollback, setup, site_free),
		cmocka_unit_test_setup_teardown(test_who, setup, site_free),
		cmocka_unit_test_setup_teardown(test_two_scans, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
