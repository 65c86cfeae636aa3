/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database and time: many users on schedules, and what is remembered of one for the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store-help.h"
#include "lib/follow/later.h"
#include "lib/follow/override.h"
#include "lib/follow/warning.h"

enum { MINUTE = 60, MANY = 2345 /* more than are read and written at once */ };

/* Monday 2026-06-15 09:00 in Stockholm. */
#define NINE INT64_C(1781506800)

static int setup(void **state)
{
	struct site *site = site_new();

	site->office =
		(struct schedule){ .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };
	OK(store_begin(site->s, NULL));
	OK(follow_schedule_save(site->s, &site->office, NINE, NULL));
	OK(store_commit(site->s, NULL));
	*state = site;
	return 0;
}

static void add_user(struct store *s, int number, int64_t now, struct user *u)
{
	*u = (struct user){ .pbx = "main", .schedule = "office" };
	snprintf(u->name, sizeof(u->name), "user%d", number);
	snprintf(u->extension, sizeof(u->extension), "%d", 1000 + number);
	OK(follow_user_save(s, u, now, NULL));
}

static void expect(struct store *s, const struct user *u, const char *mode, const char *note)
{
	struct seen_presence seen = see_presence(s, u);

	assert_string_equal(seen.mode, mode);
	assert_string_equal(seen.note, note);
}

/* How many items of the first `n` users (0: of all) a switch would wait for. */
static size_t pending(struct store *s, size_t n)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	size_t result;

	OK(store_who(s, (const char *const[]){ "all" }, 1, &who, NULL));
	who.n = n;
	OK(store_item_pending(s, n ? &who : NULL, NULL, &result, NULL));
	return result;
}

static int count_mode(void *data, const struct status *st)
{
	size_t *n = data;

	n[0] += !strcmp(st->mode, "available");
	n[1]++;
	return 0;
}

static int count_log(void *data, const struct log_record *row)
{
	size_t *n = data;

	*n += !strcmp(row->what, "follow") && !strcmp(row->from_mode, "off-work") &&
		!strcmp(row->to_mode, "available") && row->until == NINE + 8 * 3600;
	return 0;
}

static void tick(struct site *site, int64_t now, size_t expect_n, bool expect_write)
{
	_cleanup_(store_freep) struct store *other = NULL;
	int64_t before, after;
	size_t n;

	OK(follow_open(site->path, &actor, zonefiles_zones(site->zones), &other, NULL));
	OK(store_data_version(other, &before, NULL));
	OK(follow_tick(site->s, now, &n, NULL));
	OK(store_data_version(other, &after, NULL));
	assert_int_equal(n, expect_n);
	assert_int_equal(before != after, expect_write);
}

/* Items that differ, kept until all are read. */
struct answers {
	struct answer {
		int64_t id;
		bool refused;
		char wanted[ITEM_VALUE_SIZE];
	} * list;
	size_t n, cap;
};

static int keep_answer(void *data, const struct stored_item *row)
{
	struct answers *a = data;
	struct answer *answer;

	a->list = mem_grow(a->list, &a->cap, a->n + 1, sizeof(*a->list));
	answer = &a->list[a->n++];
	answer->id = row->id;
	answer->refused = strstr(row->name, "1000");
	text_copy(answer->wanted, sizeof(answer->wanted), row->wanted);
	return 0;
}

static const struct item_due all_due = { .pbx = "main", .max = SIZE_MAX / 2 };

/* Confirm all, but refuse those of user0. */
static void answer_all(struct store *s)
{
	struct answers a = { 0 };

	OK(store_item_difference(s, &all_due, keep_answer, &a, NULL));
	for (size_t i = 0; i < a.n; i++) {
		const struct answer *x = &a.list[i];

		OK(x->refused ? store_item_refuse(s, x->id, x->wanted, "refused", NULL)
			      : store_item_confirm(s, x->id, x->wanted, NULL));
	}
	free(a.list);
}

static int count_item(void *data, const struct stored_item *row)
{
	size_t *n = data;

	assert_null(row->error);
	n[0]++;
	n[1] += !strncmp(row->wanted, "available,available,", 20);
	n[2] += !strcmp(row->wanted, "available") &&
		strcmp(row->confirmed ? row->confirmed : "*=ONHOLD,off-work",
			"*=ONHOLD,off-work") == 0;
	return 0;
}

static void test_opening_of_many(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	size_t modes[2] = { 0 }, items[3] = { 0 }, logged = 0;
	struct user u;

	OK(store_begin(s, NULL));
	for (int i = 0; i < MANY; i++)
		add_user(s, i, NINE - 10 * MINUTE, &u);
	answer_all(s);
	OK(store_commit(s, NULL));
	tick(site, NINE - 2 * MINUTE, 0, true); /* the schedule on a PBX that has users now */
	tick(site, NINE - MINUTE, 0, false);
	tick(site, NINE, MANY, true);
	tick(site, NINE + MINUTE, 0, false);
	OK(store_status_each(s, NULL, count_mode, modes, NULL));
	assert_int_equal(modes[0], MANY);
	assert_int_equal(modes[1], MANY);
	OK(store_item_difference(s, &all_due, count_item, items, NULL));
	assert_int_equal(items[0], 2 * MANY + 6); /* six of the schedule */
	for (int i = 1; i < 3; i++)
		assert_int_equal(items[i], MANY);
	/* Few users are asked about one by one, many at once. */
	assert_int_equal(pending(s, 10), 20);
	assert_int_equal(pending(s, 100), 2 * MANY);
	assert_int_equal(pending(s, 0), 2 * MANY);
	OK(store_log_page(s, &(struct log_page){ .since = NINE }, count_log, &logged, NULL));
	assert_int_equal(logged, MANY);
}

static void save_mode(struct store *s, const char *name, const char *note)
{
	struct mode m;

	OK(store_mode_find(s, name, &m, NULL));
	text_copy(m.note, sizeof(m.note), note);
	OK(follow_mode_save(s, &m, NINE, NULL));
}

static struct calendar *closed_today(void)
{
	struct calendar *c = calendar_new(CALENDAR_EVENTS);
	struct event *e = calendar_add(c);

	event_set(&e->uid, "closed");
	event_set(&e->summary, "Closed");
	e->form = TIME_DATE;
	e->start = NINE - 7 * 3600;
	e->days = 1;
	calendar_settle(c);
	return c;
}

/* In one transaction, each step after something was decided for both. */
static void test_nothing_stale_is_remembered(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	_cleanup_(calendar_freep) struct calendar *events = closed_today();
	struct calendar_info calendar = { .name = "holidays" };
	struct calendar_state read = { 0 };
	struct override order = { .given = NINE, .start = NINE, .until = UNTIL_OPEN };
	_cleanup_(ids_done) struct ids covered = { 0 };
	struct user a, b;
	struct mode away;

	OK(store_begin(s, NULL));
	add_user(s, 1, NINE, &a);
	add_user(s, 2, NINE, &b);
	expect(s, &a, "available", "");
	expect(s, &b, "available", "");

	save_mode(s, "available", "At work");
	expect(s, &a, "available", "At work");
	expect(s, &b, "available", "At work");

	text_copy(site->office.hours, sizeof(site->office.hours), "Mon-Fri 10:00-17:00");
	OK(follow_schedule_save(s, &site->office, NINE, NULL));
	expect(s, &a, "off-work", "");
	expect(s, &b, "off-work", "");

	OK(follow_schedule_force(s, &site->office, PERIOD_BUSINESS, NINE + 3600, NINE, NULL));
	expect(s, &a, "available", "At work");
	expect(s, &b, "available", "At work");
	OK(follow_schedule_force(s, &site->office, -1, 0, NINE, NULL));
	expect(s, &b, "off-work", "");

	OK(store_mode_find(s, "away", &away, NULL));
	order.mode_id = away.id;
	text_copy(order.scope, sizeof(order.scope), b.name);
	OK(follow_override_add(s, &order, b.id, 0, NULL));
	expect(s, &a, "off-work", "");
	expect(s, &b, "away", "");
	OK(follow_override_delete(s, &order, NINE, &covered, NULL));
	expect(s, &b, "off-work", "");

	text_copy(site->office.hours, sizeof(site->office.hours), "Mon-Fri 09:00-17:00");
	text_copy(site->office.period_mode[PERIOD_HOLIDAY], NAME_MAX_LEN + 1, "business-trip");
	OK(follow_calendar_save(s, &calendar, NINE, NULL));
	text_copy(site->office.calendars, sizeof(site->office.calendars), "holidays");
	OK(follow_schedule_save(s, &site->office, NINE, NULL));
	expect(s, &a, "available", "At work");
	OK(follow_calendar_replace(s, &calendar, events, &read, NINE, NULL));
	expect(s, &a, "business-trip", "");
	expect(s, &b, "business-trip", "");

	/* What is the user's own is no one else's. */
	text_copy(b.period_mode[PERIOD_HOLIDAY], NAME_MAX_LEN + 1, "lunch-break");
	OK(follow_user_save(s, &b, NINE, NULL));
	expect(s, &b, "lunch-break", "");
	text_copy(a.zone, sizeof(a.zone), "Pacific/Kiritimati");
	OK(follow_user_save(s, &a, NINE, NULL));
	expect(s, &a, "business-trip", "");
	OK(store_commit(s, NULL));
}

/* What was put off and not written is gone with its transaction. */
static void test_rollback_of_many(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	size_t modes[2] = { 0 };
	struct user u;

	OK(store_begin(s, NULL));
	for (int i = 0; i < 3; i++)
		add_user(s, i, NINE, &u);
	OK(store_commit(s, NULL));
	OK(store_begin(s, NULL));
	text_copy(site->office.hours, sizeof(site->office.hours), "Sat 10:00-17:00");
	OK(follow_schedule_save(s, &site->office, NINE, NULL));
	store_rollback(s);
	OK(store_begin(s, NULL));
	OK(store_commit(s, NULL));
	OK(store_status_each(s, NULL, count_mode, modes, NULL));
	assert_int_equal(modes[0], 3);
}

/* While the zone data is being replaced, the default zone may be gone too. */
static void test_zones_gone(void **state)
{
	struct site *site = *state;
	struct zonefiles *none = zonefiles_new(site->dir, "Europe/Stockholm");
	char warning[512];
	struct user u;

	follow_set_zones(site->s, zonefiles_zones(none));
	OK(store_begin(site->s, NULL));
	add_user(site->s, 1, NINE, &u);
	expect(site->s, &u, "off-work", ""); /* 07:00 UTC */
	assert_true(follow_take_warning(site->s, warning, sizeof(warning)));
	OK(store_commit(site->s, NULL));
	follow_set_zones(site->s, zonefiles_zones(site->zones));
	zonefiles_free(none);
}

static size_t available(struct store *s)
{
	size_t modes[2] = { 0 };

	OK(store_status_each(s, NULL, count_mode, modes, NULL));
	assert_int_equal(modes[1], MANY);
	return modes[0];
}

/* An edit of very many users makes them due. Then slices decide about them, or the next tick if the process has ended. */
static void test_left_to_slices(void **state)
{
	struct override o = {
		.reason = "drill", .given = NINE, .start = NINE, .until = UNTIL_OPEN
	};
	_cleanup_(ids_done) struct ids covered = { 0 };
	struct site *site = *state;
	struct store *s = site->s;
	struct user u;
	struct mode m;

	OK(store_begin(s, NULL));
	for (int i = 0; i < MANY; i++)
		add_user(s, i, NINE, &u);
	OK(store_commit(s, NULL));
	tick(site, NINE, 0, true); /* the schedule */
	assert_int_equal(available(s), MANY);
	OK(store_mode_find(s, "away", &m, NULL));
	o.mode_id = m.id;
	text_copy(o.scope, sizeof(o.scope), "all");
	follow_later_above(s, MANY - 1);
	OK(store_begin(s, NULL));
	OK(follow_override_add(s, &o, 0, 0, NULL));
	OK(store_commit(s, NULL));
	assert_int_equal(available(s), MANY);
	assert_int_equal(follow_later_left(s), MANY);
	OK(follow_later_step(s, NINE, NULL));
	assert_int_equal(available(s), MANY - 2000);
	assert_int_equal(follow_later_left(s), MANY - 2000);
	follow_later_drop(s);
	tick(site, NINE + MINUTE, MANY - 2000, true);
	assert_int_equal(available(s), 0);
	OK(store_begin(s, NULL));
	OK(follow_override_delete(s, &o, NINE + MINUTE, &covered, NULL));
	OK(store_commit(s, NULL));
	assert_int_equal(available(s), 0);
	for (int i = 0; i < 2; i++)
		OK(follow_later_step(s, NINE + MINUTE, NULL));
	assert_int_equal(follow_later_left(s), 0);
	assert_int_equal(available(s), MANY);
	tick(site, NINE + 2 * MINUTE, 0, false);
	/* As many as may be: they are decided about at once. */
	follow_later_above(s, MANY);
	OK(store_begin(s, NULL));
	OK(follow_override_add(s, &o, 0, 0, NULL));
	OK(store_commit(s, NULL));
	assert_int_equal(follow_later_left(s), 0);
	assert_int_equal(available(s), 0);
}

static void give_override(
	struct store *s, const char *mode, const char *scope, int64_t user_id, int64_t at)
{
	struct override o = { .reason = "drill", .given = at, .start = at, .until = UNTIL_OPEN };
	struct mode m;

	OK(store_mode_find(s, mode, &m, NULL));
	o.mode_id = m.id;
	text_copy(o.scope, sizeof(o.scope), scope);
	OK(store_begin(s, NULL));
	OK(follow_override_add(s, &o, user_id, 0, NULL));
	OK(store_commit(s, NULL));
}

/* Whoever gets a newer order before their slice comes keeps it. */
static void test_newer_order_before_slice(void **state)
{
	_cleanup_(store_freep) struct store *other = NULL;
	struct site *site = *state;
	struct store *s = site->s;
	struct user users[5];
	int64_t since;

	OK(store_begin(s, NULL));
	for (int i = 0; i < 5; i++)
		add_user(s, i, NINE, &users[i]);
	OK(store_commit(s, NULL));
	follow_later_above(s, 1);
	give_override(s, "away", "all", 0, NINE);
	assert_int_equal(follow_later_left(s), 5);
	OK(follow_open(site->path, &actor, zonefiles_zones(site->zones), &other, NULL));
	give_override(other, "do-not-disturb", "user3", users[3].id, NINE + MINUTE);
	expect_mode(s, &users[3], "do-not-disturb");
	since = see_presence(s, &users[3]).since;
	OK(follow_later_step(s, NINE + MINUTE + 1, NULL));
	assert_int_equal(follow_later_left(s), 0);
	expect_mode(s, &users[2], "away");
	assert_int_equal(see_presence(s, &users[2]).since, NINE);
	expect_mode(s, &users[3], "do-not-disturb");
	assert_int_equal(see_presence(s, &users[3]).since, since);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_opening_of_many, setup, site_free),
		cmocka_unit_test_setup_teardown(test_nothing_stale_is_remembered, setup, site_free),
		cmocka_unit_test_setup_teardown(test_rollback_of_many, setup, site_free),
		cmocka_unit_test_setup_teardown(test_zones_gone, setup, site_free),
		cmocka_unit_test_setup_teardown(test_left_to_slices, setup, site_free),
		cmocka_unit_test_setup_teardown(test_newer_order_before_slice, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
