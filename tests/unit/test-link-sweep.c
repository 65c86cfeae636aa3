/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a link mends while its session lasts: what an event tells of, and what only the sweep finds. The PBX is fake-pbx.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/follow/follow.h"
#include "lib/sync/sweep.h"
#include "tests/unit/link-rig.h"

enum { MINUTE = 60000, SOON = 5000, ALL = 15 * MINUTE };

#define ALICE  "CustomPresence:1001"
#define MEMBER "Local/1001@presence-queue/n"

static struct rig rig;

static int begin(void **state)
{
	rig_begin(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	(void)state;
	rig_end(&rig);
	return 0;
}

static bool is_mended(struct rig *r)
{
	_cleanup_(freep) char *text = rig_differences(r);

	return !*text && rig_is_settled(r);
}

/* All that happens in so many milliseconds. */
static void live(struct rig *r, int64_t ms)
{
	int64_t end = r->now.ms + ms, next;

	for (;;) {
		while (rig_settle(r, 0) < 0 && !rig_is_idle(r) && rig_next_ms(r) <= r->now.ms)
			;
		next = rig_next_ms(r) > r->now.ms ? rig_next_ms(r) : r->now.ms;
		if (next > end)
			break;
		rig_pass(r, next - r->now.ms);
	}
	rig_pass(r, end - r->now.ms);
}

static void expect_mended(struct rig *r, int64_t limit_ms)
{
	_cleanup_(freep) char *text = NULL;

	live(r, limit_ms);
	text = rig_differences(r);
	assert_string_equal(text, "");
	assert_true(rig_is_settled(r));
}

static void log_in(struct rig *r)
{
	expect_mended(r, 1000);
	r->fake.logs = true;
	strbuf_cut(&r->log, 0);
}

/* What was performed since the last time. */
static void expect_actions(struct rig *r, const char *text)
{
	assert_string_equal(r->fake.log.s, text);
	strbuf_cut(&r->fake.log, 0);
}

/* A lamp that somebody lights, puts out or sets to another state; also that of a mode that never was, and of nobody. */
static void test_lamp_by_event(void **state)
{
	static const struct {
		const char *name, *value, *mended;
	} table[] = {
		{ "Custom:mode-1001-away", "INUSE", "NOT_INUSE" },
		{ "Custom:mode-1001-available", "NOT_INUSE", "INUSE" },
		{ "Custom:mode-1001-available", "RINGING", "INUSE" },
		{ "Custom:presence-1001", "ONHOLD", "INVALID" },
		{ "Custom:mode-1001-siesta", "INUSE", "NOT_INUSE" },
		{ "Custom:mode-1009-away", "INUSE", "NOT_INUSE" },
		{ "Custom:presence-1009", "BUSY", "INVALID" },
	};
	struct rig *r = *state;

	log_in(r);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char line[160];

		fake_set(&r->fake, table[i].name, table[i].value);
		strbuf_cut(&r->fake.log, 0);
		live(r, SOON);
		snprintf(line, sizeof(line), "%s=%s\n", table[i].name, table[i].mended);
		expect_actions(r, line);
	}
	assert_true(is_mended(r));
	assert_string_equal(r->log.s, "");
}

/* A feature code, and then a second switch of the same user before presenced has seen the first. */
static void test_code_and_switch(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_dial_lamps(r, "1001", "off-work");
	rig_switch(r, 0, "lunch-break", UNTIL_OPEN);
	rig_step(r);
	rig_dial_mode(r, "1001", "off-work");
	expect_mended(r, SOON);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	rig_dial_lamps(r, "1001", "do-not-disturb");
	rig_dial_mode(r, "1001", "do-not-disturb");
	rig_switch(r, 0, "available", UNTIL_OPEN);
	expect_mended(r, SOON);
}

/* Somebody switches a user while a lamp of theirs is read that somebody has lit: neither says anything of the other. */
static void test_lamp_and_word(void **state)
{
	struct rig *r = *state;

	log_in(r);
	fake_set(&r->fake, "Custom:mode-1001-off-work", "INUSE");
	live(r, 0);
	rig_pass(r, SWEEP_EVENT_MS);
	rig_step(r);
	/* The lamps are asked for. */
	fake_set(&r->fake, ALICE, "away,lunch-break,");
	fake_show(&r->fake, FAKE_ANY);
	rig_step(r);
	expect_mended(r, SOON);
	assert_string_equal(r->log.s, "adopted 1001\n");
}

/* An event of a lamp that did not change: nothing but questions is sent, at most four times a second. */
static void test_forged(void **state)
{
	struct rig *r = *state;
	unsigned asked;

	log_in(r);
	asked = r->fake.asked_states;
	for (int i = 0; i < 1000; i++) {
		fake_forge(&r->fake,
			"Event: DeviceStateChange\r\nDevice: Custom:mode-1001-away\r\nState: INUSE\r\n\r\n");
		live(r, 10);
	}
	live(r, SOON);
	/* Each time the phone's lamp and those of the modes. */
	assert_true(r->fake.asked_states - asked <= 41 * 7);
	assert_true(r->fake.asked_states > asked);
	expect_actions(r, "");
}

static void test_member_by_event(void **state)
{
	struct rig *r = *state;
	struct fake_member *m;

	log_in(r);
	fake_remove_member(&r->fake, fake_member(&r->fake, "support", MEMBER));
	live(r, SOON);
	expect_actions(r, "QueueAdd support " MEMBER "\n");
	m = fake_member(&r->fake, "support", MEMBER);
	assert_non_null(m);
	/* The pause of somebody else is theirs. */
	fake_pause_member(&r->fake, m, "coffee");
	live(r, SOON);
	expect_actions(r, "");
	fake_pause_member(&r->fake, m, NULL);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	live(r, SOON);
	strbuf_cut(&r->fake.log, 0);
	fake_pause_member(&r->fake, m, NULL);
	live(r, SOON);
	expect_actions(r, "QueuePause support " MEMBER " away\n");
	assert_true(is_mended(r));
}

/* A member is removed who is to be logged out, the logout is refused before anything was done, and then they are to be logged in after
 * all: what was confirmed last is wanted again, but is not there any more. */
static void test_logout_refused(void **state)
{
	struct rig *r = *state;

	log_in(r);
	r->fake.refusals[0] = (struct fake_refusal){ "QueueStatus", "", "Failed", 1 };
	rig_switch(r, 0, "business-trip", UNTIL_OPEN);
	rig_step(r);
	/* It is under way. */
	fake_remove_member(&r->fake, fake_member(&r->fake, "support", MEMBER));
	rig_clear(r, 0);
	expect_mended(r, SOON);
	assert_non_null(fake_member(&r->fake, "support", MEMBER));
	/* It was refused already, and the member is read again after the login is wanted, or before it. */
	for (int i = 0; i < 2; i++) {
		r->fake.refusals[0].times = 1;
		rig_switch(r, 0, "business-trip", UNTIL_OPEN);
		live(r, SOON);
		fake_remove_member(&r->fake, fake_member(&r->fake, "support", MEMBER));
		live(r, i ? SOON : 100);
		rig_clear(r, 0);
		expect_mended(r, SOON);
		assert_non_null(fake_member(&r->fake, "support", MEMBER));
	}
}

/* The member of whom an event tells cannot be read: they are asked for again at once, and each minute as long as that is refused. */
static void test_reading_refused(void **state)
{
	struct rig *r = *state;

	log_in(r);
	for (int times = 1; times <= 3; times += 2) {
		r->fake.refusals[0] = (struct fake_refusal){ "QueueStatus", "", "Failed", times };
		fake_remove_member(&r->fake, fake_member(&r->fake, "support", MEMBER));
		expect_mended(r, times == 1 ? SOON : 2 * MINUTE);
	}
	assert_string_equal(r->log.s, "refused members of queues: Failed\n");
}

/* Entries of AstDB and members of whom no event tells. */
static void test_row(void **state)
{
	static const struct {
		const char *name, *value;
	} table[] = {
		{ "presence-user/1001", "" },
		{ "presence-user/1002", "someone else's" },
		{ "presence-mode/away", "" },
		{ "presence-until/1001", "" },
	};
	struct rig *r = *state;

	log_in(r);
	rig_switch(r, 0, "away", r->now.utc + 86400);
	live(r, SOON);
	strbuf_cut(&r->log, 0);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		fake_set(&r->fake, table[i].name, table[i].value);
	fake_lose_row(&r->fake, ALICE);
	fake_member(&r->fake, "support", MEMBER)->penalty = 5;
	assert_false(is_mended(r));
	expect_mended(r, ALL);
	assert_string_not_equal(fake_row(&r->fake, ALICE), "");
	/* Each later time as well. */
	live(r, 7 * MINUTE);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		fake_set(&r->fake, table[i].name, table[i].value);
	assert_false(is_mended(r));
	expect_mended(r, ALL);
	assert_string_equal(r->log.s, "");
}

/* Without differences nothing is written, on the PBX or in the database. */
static void test_quiet(void **state)
{
	struct rig *r = *state;
	static const struct actor actor = { .via = "test", .name = "root", .uid = 0 };
	_cleanup_(store_freep) struct store *other = NULL;
	int64_t before, after;
	struct err err;
	unsigned asked;

	log_in(r);
	live(r, MINUTE);
	assert_int_equal(follow_open(r->path, &actor, zonefiles_zones(r->zones), &other, &err), 0);
	assert_int_equal(store_data_version(other, &before, &err), 0);
	asked = r->fake.asked_states;
	/* The login has read everything. */
	live(r, 2 * MINUTE - 2000);
	assert_int_equal(r->fake.asked_states, asked);
	live(r, 14 * MINUTE);
	assert_true(r->fake.asked_states >= asked + 2 * 7);
	assert_int_equal(store_data_version(other, &after, &err), 0);
	assert_int_equal(before, after);
	expect_actions(r, "");
}

/* Links that log in at the same time do not read at the same time, and a round is small. */
static void test_spread(void **state)
{
	struct rig *r = *state;
	_cleanup_(sweep_freep) struct sweep *s = sweep_new(&r->pbx, r->store, NULL);
	int64_t first = SWEEP_FIRST_MS, last = SWEEP_FIRST_MS + SWEEP_SPREAD_MS;

	assert_true(sweep_deadline(s) == INT64_MAX);
	for (uint32_t lot = 0; lot < 200000; lot += 1000) {
		sweep_begin(s, 5000, lot);
		assert_true(sweep_deadline(s) >= 5000 + first);
		assert_true(sweep_deadline(s) < 5000 + last);
		assert_int_equal(sweep_deadline(s), 5000 + first + lot % SWEEP_SPREAD_MS);
	}
	/* The whole within a quarter of an hour, from the login on. */
	assert_true(last + SWEEP_CYCLE_MS + SWEEP_SLICE_MS <= ALL);
	sweep_reset(s);
	assert_true(sweep_deadline(s) == INT64_MAX);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

static int init(void **state)
{
	(void)state;
	rig_init(&rig);
	return 0;
}

static int done(void **state)
{
	(void)state;
	rig_done(&rig);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lamp_by_event),
		TEST(test_code_and_switch),
		TEST(test_lamp_and_word),
		TEST(test_forged),
		TEST(test_member_by_event),
		TEST(test_logout_refused),
		TEST(test_reading_refused),
		TEST(test_row),
		TEST(test_quiet),
		TEST(test_spread),
	};

	return cmocka_run_group_tests(tests, init, done);
}
