/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link in memory: how it logs in, pushes, reads back and comes again, and what it does when it is refused, cut off or not answered.
 * The model of the PBX is fake-pbx.h; random lives of a link are in test-link-random.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/fact.h"
#include "lib/store/pbx.h"
#include "lib/store/greeting.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "tests/unit/link-rig.h"
#include "lib/follow/override.h"
#include "lib/follow/queue.h"
#include "lib/follow/schedule.h"
#include "lib/follow/switch.h"
#include "lib/follow/user.h"
#include "lib/sync/pins.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };

#define ALICE  "CustomPresence:1001"
#define BOB    "CustomPresence:1002"
#define MEMBER "Local/1001@presence-queue/n"

/* cmocka 2 has another name for its own. */
#define assert_between(n, least, most) assert_true((n) >= (least) && (n) <= (most))

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

/* All that is to be done is done within that time. */
static void settle(struct rig *r, int64_t limit_ms)
{
	if (rig_settle(r, limit_ms) < 0)
		fail_msg("not at rest after %d ms: %s", (int)limit_ms, r->log.s);
}

static void expect_in_step(struct rig *r)
{
	_cleanup_(freep) char *text = rig_differences(r);

	assert_string_equal(text, "");
}

static void expect_log(struct rig *r, const char *text)
{
	assert_string_equal(r->log.s, text);
	strbuf_cut(&r->log, 0);
}

static void expect_mode(struct rig *r, int user, const char *mode)
{
	assert_string_equal(rig_status(r, user).mode, mode);
}

/* What was performed since the last time. */
static void expect_actions(struct rig *r, const char *text)
{
	assert_string_equal(r->fake.log.s, text);
	strbuf_cut(&r->fake.log, 0);
}

/* Whatever is refused, put off or in vain. */
static void come_to_rest(struct rig *r)
{
	while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
		rig_pass(r, rig_next_ms(r) > r->now.ms ? rig_next_ms(r) - r->now.ms : 0);
}

/* In step, from here on with a log of what the PBX performs. */
static void log_in(struct rig *r)
{
	settle(r, 0);
	expect_in_step(r);
	r->fake.logs = true;
	strbuf_cut(&r->log, 0);
}

static void test_login(void **state)
{
	struct rig *r = *state;

	assert_int_equal(link_state(r->link), LINK_DOWN);
	assert_int_equal(link_fd(r->link), -1);
	settle(r, 0);
	expect_log(r, "booting\nreading\nconnected\n");
	expect_in_step(r);
	assert_string_equal(link_version(r->link), "11.0.0");
	assert_true(link_confirmed(r->link) > 10);
	assert_true(link_in_step(r->link));
}

/* Restrictive first, and a day later still in step. */
static void test_push(void **state)
{
	struct rig *r = *state;

	rig_switch(r, 0, "off-work", UNTIL_OPEN);
	log_in(r);
	rig_clear(r, 0);
	rig_switch(r, 1, "do-not-disturb", r->now.utc + 3600);
	assert_false(rig_is_idle(r));
	settle(r, 0);
	/* That of a member is known only when its list has been read. */
	expect_actions(r,
		"CustomPresence:1002=dnd,do-not-disturb,\n"
		"CustomPresence:1001=available,available,\n"
		"Custom:mode-1002-available=NOT_INUSE\n"
		"Custom:presence-1002=BUSY\n"
		"Custom:mode-1002-do-not-disturb=INUSE\n"
		"Custom:presence-1001=INVALID\n"
		"Custom:mode-1001-off-work=NOT_INUSE\n"
		"Custom:mode-1001-available=INUSE\n"
		"presence-until/1002=1781510400|do-not-disturb|UTC\n"
		"QueuePause support Local/1002@presence-queue/n do-not-disturb\n"
		"QueueAdd support Local/1001@presence-queue/n\n");
	for (int i = 0; i < 24; i++)
		rig_pass(r, HOUR);
	settle(r, MINUTE);
	expect_mode(r, 1, "available");
	expect_in_step(r);
	assert_string_equal(fake_get(&r->fake, BOB), "available,available,");
}

static int add_word(void *data, const char *word)
{
	strbuf_addf(data, "%s ", word);
	return 0;
}

static void expect_greetings(struct rig *r, const char *extension, const char *modes)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	assert_int_equal(store_greetings_of(r->store, "main", extension, add_word, &text, NULL), 0);
	assert_string_equal(text.s, modes);
}

static int add_record(void *data, const struct log_record *record)
{
	strbuf_addf(data, "%s by %s %s: %s %s > %s", record->what, record->actor, record->via,
		record->key, record->before ? record->before : "-", record->after);
	strbuf_addf(data, "%s%s%s\n", record->why ? " (" : "", record->why ? record->why : "",
		record->why ? ")" : "");
	return 0;
}

static void expect_records(struct rig *r, const char *subject, const char *records)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	assert_int_equal(
		store_log_page(r->store, &(struct log_page){ .subject = subject, .max = 100 },
			add_record, &text, NULL),
		0);
	assert_string_equal(text.s, records);
}

/* Who has recorded one is known after a login, and when a code says that one has changed. Nothing else is done about them. */
static void test_greetings(void **state)
{
	struct rig *r = *state;

	fake_set(&r->fake, "presence-greeting/1001.off-work", "b");
	fake_set(&r->fake, "presence-greeting/1001.away", "a");
	fake_set(&r->fake, "presence-greeting/10012.away", "a");
	fake_set(&r->fake, "presence-greeting/1001.dnd", "c");
	fake_set(&r->fake, "presence-greeting/1001.x/y", "a");
	fake_set(&r->fake, "presence-greeting/1001", "a");
	settle(r, 0);
	expect_greetings(r, "1001", "away off-work ");
	expect_greetings(r, "1002", "");
	fake_set(&r->fake, "presence-greeting/1001.away", "");
	fake_set(&r->fake, "presence-greeting/1002.away", "b");
	settle(r, 0);
	expect_greetings(r, "1002", "");
	fake_set(&r->fake, "Custom:greetings", "INUSE");
	settle(r, 0);
	expect_greetings(r, "1001", "off-work ");
	expect_greetings(r, "1002", "away ");
	/* They stay as they are, also what is none. */
	assert_string_equal(fake_get(&r->fake, "presence-greeting/1001.dnd"), "c");
	assert_string_equal(fake_get(&r->fake, "presence-greeting/1002.away"), "b");
}

/* What is told of a phone, however often it keys in wrong PINs meanwhile: a record for each look. */
static void test_wrong_pins(void **state)
{
	struct rig *r = *state;
	char name[64];

	fake_set(&r->fake, "presence-pin/1002", "1|1781506700");
	fake_set(&r->fake, "presence-pin/1003/mailbox", "3|1781506701");
	fake_set(&r->fake, "presence-pin/1004", "six|1781506700");
	fake_set(&r->fake, "presence-pin/1004/other", "1|1781506700");
	fake_set(&r->fake, "presence-pin/a\x1b[2J", "1|1781506700");
	settle(r, 0);
	expect_records(r, "1002", "wrong PIN by 1002 phone: PINs - > 1\n");
	expect_records(r, "1003", "wrong PIN by 1003 phone: PINs of mailboxes - > 3\n");
	expect_records(r, "1004", "");
	for (int i = 2; i <= 6; i++) {
		snprintf(name, sizeof(name), "%d|%d", i, 1781506710 + i);
		fake_set(&r->fake, "presence-pin/1002", name);
		fake_set(&r->fake, "Custom:wrong-pins", i % 2 ? "INUSE" : "NOT_INUSE");
		settle(r, 0);
	}
	rig_pass(r, PINS_PAUSE_MS);
	settle(r, 0);
	expect_records(r, "1002",
		"wrong PIN by 1002 phone: PINs - > 1\n"
		"wrong PIN by 1002 phone: PINs 1 > 6 (locked out for ten minutes)\n");
	/* Neither a restart nor another reading tells it again. Another row of them begins with the first. */
	rig_restart_daemon(r);
	settle(r, MINUTE);
	fake_set(&r->fake, "presence-pin/1002", "1|1781507710");
	fake_set(&r->fake, "presence-pin/1003/mailbox", "");
	fake_set(&r->fake, "Custom:wrong-pins", "ONHOLD");
	rig_pass(r, PINS_PAUSE_MS);
	settle(r, 0);
	expect_records(r, "1002",
		"wrong PIN by 1002 phone: PINs - > 1\n"
		"wrong PIN by 1002 phone: PINs 1 > 6 (locked out for ten minutes)\n"
		"wrong PIN by 1002 phone: PINs - > 1\n");
	expect_records(r, "1003", "wrong PIN by 1003 phone: PINs of mailboxes - > 3\n");
}

/* A PBX that tells of thousands of phones does not fill the log at once. */
static void test_many_wrong_pins(void **state)
{
	struct rig *r = *state;
	char name[64];

	for (int i = 0; i < 25; i++) {
		snprintf(name, sizeof(name), "presence-pin/%d", 2000 + i);
		fake_set(&r->fake, name, "1|1781506700");
	}
	settle(r, 0);
	expect_records(r, "2009", "wrong PIN by 2009 phone: PINs - > 1\n");
	expect_records(r, "2010", "");
	rig_pass(r, PINS_PAUSE_MS);
	settle(r, 0);
	expect_records(r, "2019", "wrong PIN by 2019 phone: PINs - > 1\n");
	expect_records(r, "2020", "");
	rig_pass(r, PINS_PAUSE_MS);
	settle(r, 0);
	expect_records(r, "2024", "wrong PIN by 2024 phone: PINs - > 1\n");
}

/* A byte at a time, in both directions. */
static void test_bytes(void **state)
{
	struct rig *r = *state;
	int i;

	r->fake.room = 0;
	for (i = 0; i < 100000 && !rig_is_settled(r); i++) {
		fake_work(&r->fake, FAKE_ANY);
		fake_show(&r->fake, 1);
		r->fake.room = 1;
		rig_step(r);
	}
	assert_between(i, 1000, 99999);
	expect_in_step(r);
}

/* When the link tries again: each attempt within a quarter of double the last wait. */
/* How long it waits after a failure: the table of retry.h is in test-retry.c. */
static void test_backoff(void **state)
{
	static const int64_t waits[] = { 250, 500, 1000, 1000, 1000 };
	struct rig *r = *state;

	r->fake.boots_ms = r->fake.ready_ms = INT64_MAX;
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		int64_t wait;

		assert_true(rig_step(r));
		assert_int_equal(link_failures(r->link), i + 1);
		assert_int_equal(r->fake.opened, i + 1);
		wait = link_deadline(r->link) - r->now.ms;
		assert_between(wait, waits[i] * 3 / 4, waits[i]);
		rig_pass(r, wait - 1);
		assert_false(rig_step(r));
		rig_pass(r, 1);
	}
	/* Told once. */
	expect_log(r, "down: PBX 'main': connect to fake: Connection refused\n");
	assert_string_equal(
		link_error(r->link)->msg, "PBX 'main': connect to fake: Connection refused");
	/* A session that ends soon does not begin anew. */
	r->fake.boots_ms = r->fake.ready_ms = r->now.ms;
	settle(r, 0);
	assert_int_equal(link_failures(r->link), 0);
	assert_string_equal(link_error(r->link)->msg, "");
	strbuf_cut(&r->log, 0);
	fake_cut(&r->fake, 0);
	rig_step(r);
	assert_between(link_deadline(r->link) - r->now.ms, 750, 1000);
	expect_log(r, "down: PBX 'main': fake: closed by the other side\n");
	/* One that lasts does. */
	settle(r, MINUTE);
	rig_pass(r, MINUTE);
	settle(r, MINUTE);
	fake_cut(&r->fake, 0);
	rig_step(r);
	assert_between(link_deadline(r->link) - r->now.ms, 187, 250);
}

static void fail_to_log_in(struct rig *r, unsigned failures)
{
	for (int i = 0; i < 10 && link_failures(r->link) < failures; i++) {
		rig_step(r);
		fake_work(&r->fake, FAKE_ANY);
		fake_show(&r->fake, FAKE_ANY);
	}
	assert_int_equal(link_failures(r->link), failures);
}

static void test_wrong_secret(void **state)
{
	struct rig *r = *state;

	r->fake.secret = "another";
	fail_to_log_in(r, 1);
	assert_non_null(strstr(link_error(r->link)->msg, "wrong user name or secret"));
	/* Once more soon. Then rarely: the PBX may ban who tries often. */
	assert_between(link_deadline(r->link) - r->now.ms, 1500, 2000);
	rig_pass(r, 2000);
	fail_to_log_in(r, 2);
	assert_between(link_deadline(r->link) - r->now.ms, 22500, 30000);
	/* Words of users do not hurry it, and a push of an administrator does. */
	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	rig_step(r);
	assert_int_equal(r->fake.opened, 2);
	assert_int_equal(store_pbx_call(r->store, "main", 1, NULL), 0);
	r->woken = true;
	fail_to_log_in(r, 3);
	assert_between(link_deadline(r->link) - r->now.ms, 45000, 60000);
	r->woken = true;
	rig_step(r);
	assert_int_equal(r->fake.opened, 3);
	/* Also one that comes while a login is being refused. */
	assert_int_equal(store_pbx_call(r->store, "main", 2, NULL), 0);
	r->woken = true;
	rig_step(r);
	assert_int_equal(r->fake.opened, 4);
	assert_int_equal(store_pbx_call(r->store, "main", 3, NULL), 0);
	fail_to_log_in(r, 4);
	assert_int_equal(link_deadline(r->link), r->now.ms);
	r->fake.secret = "secret";
	r->woken = true;
	assert_true(rig_settle(r, 0) >= 0);
	assert_true(rig_is_settled(r));
}

/* An answer that does not come is missed after two seconds, also while others do come. */
static void test_lost_answer(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	rig_step(r);
	r->fake.lost = 1;
	settle(r, 3500);
	expect_log(r,
		"down: PBX 'main': an answer of Asterisk was lost\n"
		"booting\nreading\nconnected\n");
	expect_in_step(r);
}

/* A PBX that stops answering, and when that is noticed. */
static void test_silence(void **state)
{
	enum { IN_STEP = -1 };
	static const struct {
		int exchanges; /* before it */
		int64_t loads_ms, ms;
		const char *why;
	} table[] = {
		{ 0, 0, 2000, "PBX 'main': no connection within 2 s" },
		{ 1, 0, 3000, "PBX 'main': no answer to the login of 'presence' within 3 s" },
		{ 3, HOUR, 120000,
			"PBX 'main': no FullyBooted from Asterisk within 120 s of the login" },
		{ 3, 0, 10000, "PBX 'main': Asterisk has not answered for 10 s" },
		{ IN_STEP, 0, 10000, "PBX 'main': Asterisk has not answered for 10 s" },
		{ IN_STEP, 0, 30000, "PBX 'main': Asterisk has not answered for 10 s" },
	};
	struct rig *r = *state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int64_t began = r->now.ms;

		if (table[i].exchanges != IN_STEP && r->fake.is_open) {
			fake_cut(&r->fake, 0);
			rig_step(r);
			rig_pass(r, 1000);
		}
		r->fake.ready_ms = began + table[i].loads_ms;
		if (table[i].exchanges == IN_STEP)
			settle(r, MINUTE);
		if (table[i].ms == 10000)
			rig_switch(r, 0, i % 2 ? "away" : "off-work", UNTIL_OPEN);
		for (int n = 0; n < table[i].exchanges; n++) {
			rig_step(r);
			fake_work(&r->fake, FAKE_ANY);
			fake_show(&r->fake, FAKE_ANY);
		}
		r->fake.frozen = true;
		rig_step(r);
		began = r->now.ms;
		while (link_state(r->link) != LINK_DOWN && r->now.ms < began + HOUR) {
			rig_pass(r, rig_next_ms(r) - r->now.ms);
			rig_step(r);
		}
		assert_ptr_equal(
			strstr(link_error(r->link)->msg, table[i].why), link_error(r->link)->msg);
		assert_int_equal(r->now.ms - began, table[i].ms);
		r->fake.frozen = false;
		rig_pass(r, HOUR);
		settle(r, MINUTE);
		expect_in_step(r);
	}
}

/* The session ends after each number of actions of a push, before or after their answers. Nothing is lost and nothing comes twice. */
static void test_cut(void **state)
{
	static const char *const modes[] = { "do-not-disturb", "available", "off-work", "away",
		"lunch-break", "business-trip" };
	struct rig *r = *state;
	bool over = false;

	log_in(r);
	for (int actions = 0; !over; actions++) {
		for (int answered = 0; answered < 2; answered++) {
			const char *mode = modes[(actions + answered) % ARRAY_SIZE(modes)];

			assert_true(actions < 100);
			rig_switch(r, 0, mode, UNTIL_OPEN);
			rig_switch(r, 1, mode, UNTIL_OPEN);
			rig_step(r);
			for (int i = 0; i < actions; i++) {
				over = fake_work(&r->fake, 1) == 0 && rig_is_idle(r);
				fake_show(&r->fake, answered ? FAKE_ANY : 40);
				rig_step(r);
			}
			fake_cut(&r->fake, 30);
			settle(r, MINUTE);
			expect_in_step(r);
			expect_mode(r, 0, mode);
			assert_null(strstr(r->log.s, "adopted"));
		}
	}
}

/* What is refused is told, tried again after a minute or with the next login, and stops nothing else. */
static void test_refused(void **state)
{
	static const struct {
		const char *action, *holds, *message, *told;
	} table[] = {
		{ "Setvar", ALICE, "Variable not set", "refused " ALICE ": Variable not set\n" },
		{ "Setvar", "Custom:presence-1001", "no\x1broom",
			"refused lamps/1001: no\\x1broom\n" },
		{ "DBPut", "presence-ask", "Failed", "" },
		{ "QueueRemove", "", "Unable", "refused queue/support/" MEMBER ": Unable\n" },
		{ "QueueRemove", "", "No such queue",
			"refused the members of queue 'support': no such queue 'support' on PBX 'main'\n" },
		{ "QueueStatus", "", "Invalid/unknown command: QueueStatus",
			"refused members of queues: Invalid/unknown command: QueueStatus\n" },
	};
	struct rig *r = *state;

	log_in(r);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int64_t refused_ms;

		r->fake.refusals[0].action = table[i].action;
		r->fake.refusals[0].holds = table[i].holds;
		r->fake.refusals[0].message = table[i].message;
		r->fake.refusals[0].times = FAKE_ANY;
		rig_switch(r, 0, "off-work", UNTIL_OPEN);
		while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
			;
		assert_string_equal(r->log.s, table[i].told);
		strbuf_cut(&r->log, 0);
		assert_string_equal(fake_get(&r->fake, "Custom:mode-1001-off-work"), "INUSE");
		refused_ms = r->now.ms;
		r->fake.refusals[0].times = 0;
		settle(r, MINUTE);
		assert_int_equal(r->now.ms > refused_ms, *table[i].told != '\0');
		expect_in_step(r);
		rig_switch(r, 0, "available", UNTIL_OPEN);
		settle(r, 0);
		expect_log(r, "");
	}
}

/* A login after which a lamp and an entry are to be written: what it tells once the lists have been asked for. */
static const char *log_in_denied(struct rig *r, const char *action)
{
	const char *login = "booting\nreading\n", *told;

	r->fake.denied[0] = action;
	fake_restart(&r->fake, false, 0, 0);
	fake_set(&r->fake, "presence-user/1001", "another");
	fake_set(&r->fake, "Custom:mode-1001-off-work", "INUSE");
	strbuf_cut(&r->log, 0);
	while (rig_settle(r, 500) < 0 && !rig_is_idle(r) && !link_failures(r->link))
		rig_pass(r, 10);
	told = strstr(r->log.s, login);
	assert_non_null(told);
	told += strlen(login);
	return strncmp(told, "connected\n", 10) ? told : told + 10;
}

/* What a login may not do is told once, and not tried again before the next login. */
static void test_denied(void **state)
{
	static const struct {
		const char *action, *told;
		bool stays; /* connected */
	} table[] = {
		{ "DBPut",
			"refused the entries of call rules: Permission denied: user 'presence' of manager.conf needs"
			" write = system,call\n",
			true },
		{ "Queue",
			"refused members of queues: Permission denied: user 'presence' of manager.conf needs"
			" write = system,call,agent\n",
			true },
		{ "Setvar",
			"down: PBX 'main' refuses Setvar: Permission denied; user 'presence' of its manager.conf"
			" needs write = call\n",
			false },
		{ "DeviceStateList",
			"down: PBX 'main' refuses DeviceStateList: Permission denied; user 'presence' of its"
			" manager.conf needs write = call\n",
			false },
		{ "DBGetTree", "", true },
	};
	struct rig *r = *state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *told = log_in_denied(r, table[i].action);

		assert_ptr_equal(strstr(told, table[i].told), told);
		assert_null(strstr(told + strlen(table[i].told), "refused"));
		assert_int_equal(link_state(r->link) == LINK_CONNECTED, table[i].stays);
		assert_int_equal(link_takes_entries(r->link), i != 0);
		if (table[i].stays) {
			strbuf_cut(&r->log, 0);
			rig_switch(r, 1, i % 2 ? "away" : "do-not-disturb", UNTIL_OPEN);
			rig_pass(r, 2 * MINUTE);
			while (rig_settle(r, MINUTE) < 0 && !rig_is_idle(r))
				;
			expect_log(r, "");
			assert_string_equal(fake_get(&r->fake, BOB),
				i % 2 ? "away,away," : "dnd,do-not-disturb,");
		}
		r->fake.denied[0] = NULL;
		fake_cut(&r->fake, 0);
		settle(r, 2 * MINUTE);
		expect_in_step(r);
	}
}

static void test_no_hint(void **state)
{
	struct rig *r = *state;

	r->fake.has_no_hints = true;
	while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
		;
	assert_non_null(strstr(r->log.s,
		"refused nothing: no hint 1001@presence-hints, so queue 'support' never offers calls to alice"));
	strbuf_cut(&r->log, 0);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	come_to_rest(r);
	rig_clear(r, 0);
	come_to_rest(r);
	expect_log(r, "");
	assert_true(rig_item(r, "queue/support/" MEMBER).is_refused);
	/* It stays so as long as there is no hint, also over minutes. Nothing but the question is sent. */
	r->fake.logs = true;
	for (int i = 0; i < 150; i++) {
		rig_pass(r, 4000);
		come_to_rest(r);
	}
	expect_actions(r, "");
	assert_true(rig_item(r, "queue/support/" MEMBER).is_refused);
}

/* A queue watches a hint only from the moment on in which a member is added. */
static void test_hint_written_later(void **state)
{
	struct rig *r = *state;

	r->fake.has_no_hints = true;
	come_to_rest(r);
	r->fake.logs = true;
	r->fake.has_no_hints = false;
	/* The pause of somebody else stays. */
	fake_pause_member(&r->fake, fake_member(&r->fake, "support", MEMBER), "coffee");
	settle(r, 5000);
	expect_actions(r,
		"QueueRemove support " MEMBER "\n"
		"QueueRemove support Local/1002@presence-queue/n\n"
		"QueueAdd support " MEMBER "\n"
		"QueueAdd support Local/1002@presence-queue/n\n"
		"QueuePause support " MEMBER " coffee\n");
	assert_false(fake_member(&r->fake, "support", MEMBER)->is_deaf);
	expect_in_step(r);
	/* The same after a login. */
	fake_member(&r->fake, "support", MEMBER)->is_deaf = true;
	fake_cut(&r->fake, 0);
	settle(r, 1000);
	expect_actions(r,
		"QueueRemove support " MEMBER "\n"
		"QueueAdd support " MEMBER "\n"
		"QueuePause support " MEMBER " coffee\n");
	/* And by time, where nothing tells of it. Not while a call is being offered, or is going on. */
	fake_member(&r->fake, "support", MEMBER)->is_deaf = true;
	fake_member(&r->fake, "support", MEMBER)->in_call = true;
	for (int i = 0; i < 15; i++) {
		rig_pass(r, MINUTE);
		come_to_rest(r);
	}
	expect_actions(r, "");
	fake_member(&r->fake, "support", MEMBER)->in_call = false;
	settle(r, 10000);
	assert_false(fake_member(&r->fake, "support", MEMBER)->is_deaf);
}

/* A PBX that was killed, or got an older AstDB, has a member again whom we removed before. One whom somebody else adds is theirs. */
static void test_removed_member_comes_back(void **state)
{
	struct rig *r = *state;
	bool changed;

	log_in(r);
	r->fake.persistent = true;
	assert_int_equal(store_begin(r->store, NULL), 0);
	assert_int_equal(
		follow_queue_unassign(r->store, &r->support, &r->users[0], RIG_NOW, &changed, NULL),
		0);
	assert_int_equal(store_commit(r->store, NULL), 0);
	r->woken = true;
	come_to_rest(r);
	assert_null(fake_member(&r->fake, "support", MEMBER));
	fake_add_member(&r->fake, "support", MEMBER);
	settle(r, MINUTE);
	assert_non_null(fake_member(&r->fake, "support", MEMBER));
	fake_restart(&r->fake, false, 0, 0);
	settle(r, MINUTE);
	assert_null(fake_member(&r->fake, "support", MEMBER));
	/* Once more: that they were removed was lost too. */
	fake_add_member(&r->fake, "support", MEMBER);
	fake_restart(&r->fake, false, 0, 0);
	settle(r, MINUTE);
	assert_null(fake_member(&r->fake, "support", MEMBER));
	/* A login has seen that they are gone: whoever comes now is somebody else's. */
	fake_cut(&r->fake, 0);
	settle(r, MINUTE);
	fake_add_member(&r->fake, "support", MEMBER);
	fake_restart(&r->fake, false, 0, 0);
	settle(r, MINUTE);
	assert_non_null(fake_member(&r->fake, "support", MEMBER));
}

/* What others switched while presenced was away is read back before anything is pushed over it; what was switched here meanwhile is
 * the newer word. */
static void test_adopted_at_login(void **state)
{
	struct rig *r = *state;

	log_in(r);
	fake_cut(&r->fake, 0);
	rig_step(r);
	rig_dial_lamps(r, "1001", "off-work");
	rig_dial_mode(r, "1001", "off-work");
	fake_set(&r->fake, BOB, "away,away,");
	rig_switch(r, 1, "lunch-break", UNTIL_OPEN);
	strbuf_cut(&r->fake.log, 0);
	strbuf_cut(&r->log, 0);
	settle(r, MINUTE);
	expect_log(r, "booting\nreading\nconnected\nadopted 1001\n");
	expect_mode(r, 0, "off-work");
	expect_mode(r, 1, "lunch-break");
	expect_in_step(r);
	/* The first is bob's lamp or mode, not what alice had before. */
	assert_null(strstr(r->fake.log.s, ALICE "=available"));
}

/* While they hear each other: at once, in the form of the database, with the number that the mode asks for. */
static void test_adopted_by_event(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_dial_lamps(r, "1001", "business-trip");
	rig_dial_mode(r, "1001", "business-trip");
	strbuf_cut(&r->fake.log, 0);
	settle(r, 1000);
	expect_log(r, "adopted 1001\n");
	expect_mode(r, 0, "business-trip");
	assert_string_equal(rig_item(r, "presence-ask/1001").wanted, "0046701");
	expect_in_step(r);
	rig_dial_lamps(r, "1001", NULL);
	rig_dial_mode(r, "1001", NULL);
	settle(r, 1000);
	expect_log(r, "adopted 1001\n");
	assert_false(rig_status(r, 0).by_switch);
	expect_in_step(r);
}

/* An event is only a hint: it can be forged. */
static void test_forged_event(void **state)
{
	struct rig *r = *state;

	log_in(r);
	strbuf_adds(&r->fake.out,
		"Event: PresenceStateChange\r\nPresentity: CustomPresence:1001\r\nStatus: dnd\r\n"
		"Subtype: do-not-disturb\r\nMessage: *\r\n\r\n");
	settle(r, 0);
	expect_log(r, "");
	expect_actions(r, "");
	assert_false(rig_status(r, 0).by_switch);
}

/* The same while something of ours is on its way that was taken back before the answer comes: what was confirmed is nobody else's. */
static void test_stale_answer(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	settle(r, 0);
	strbuf_adds(&r->fake.out,
		"Event: PresenceStateChange\r\nPresentity: CustomPresence:1001\r\nStatus: away\r\n\r\n");
	fake_show(&r->fake, FAKE_ANY);
	rig_step(r);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fake_work(&r->fake, FAKE_ANY), 1); /* DBGet */
		fake_show(&r->fake, FAKE_ANY);
		rig_step(r);
	}
	assert_int_equal(fake_work(&r->fake, FAKE_ANY), 1); /* PresenceState */
	rig_clear(r, 0);
	rig_step(r);
	settle(r, 0);
	expect_log(r, "");
	assert_false(rig_status(r, 0).by_switch);
	expect_in_step(r);
}

/* The same with a value that the PBX has taken, but of which nobody knows yet. */
static void test_stale_answer_to_ours(void **state)
{
	struct rig *r = *state;

	log_in(r);
	strbuf_adds(&r->fake.out,
		"Event: PresenceStateChange\r\nPresentity: CustomPresence:1001\r\nStatus: away\r\n\r\n");
	fake_show(&r->fake, FAKE_ANY);
	rig_step(r);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	for (int i = 0; i < 3; i++) {
		rig_step(r);
		fake_work(&r->fake, FAKE_ANY);
		fake_show(&r->fake, FAKE_ANY);
	}
	rig_clear(r, 0);
	settle(r, 0);
	expect_log(r, "");
	assert_false(rig_status(r, 0).by_switch);
	expect_in_step(r);
}

/* What can change the mode of a user here, and be taken back. */
enum edit { EDIT_CLEAR, EDIT_OVERRIDE, EDIT_NO_OVERRIDE, EDIT_SCHEDULE, EDIT_FORCE, EDITS };

struct edits {
	struct rig *r;
	struct override drill;
	struct schedule office;
};

static void override_alice(struct edits *e, bool on)
{
	struct store *s = e->r->store;
	_cleanup_(ids_done) struct ids covered = { 0 };
	struct mode away;

	assert_int_equal(store_begin(s, NULL), 0);
	assert_int_equal(store_mode_find(s, "away", &away, NULL), 0);
	if (on) {
		e->drill = (struct override){ .mode_id = away.id,
			.given = e->r->now.utc,
			.start = e->r->now.utc,
			.until = UNTIL_OPEN,
			.scope = "alice",
			.reason = "drill" };
		assert_int_equal(follow_override_add(s, &e->drill, e->r->users[0].id, 0, NULL), 0);
	} else {
		assert_int_equal(
			follow_override_delete(s, &e->drill, e->r->now.utc, &covered, NULL), 0);
	}
	assert_int_equal(store_commit(s, NULL), 0);
	e->r->woken = true;
}

static void close_office(struct edits *e, bool by_force, bool on)
{
	struct store *s = e->r->store;

	assert_int_equal(store_begin(s, NULL), 0);
	if (by_force) {
		assert_int_equal(follow_schedule_force(s, &e->office, on ? PERIOD_HOLIDAY : -1,
					 UNTIL_OPEN, e->r->now.utc, NULL),
			0);
	} else {
		text_copy(e->office.hours, sizeof(e->office.hours),
			on ? "daily 01:00-02:00" : "daily 00:00-24:00");
		assert_int_equal(follow_schedule_save(s, &e->office, e->r->now.utc, NULL), 0);
	}
	assert_int_equal(store_commit(s, NULL), 0);
	e->r->woken = true;
}

static void edit(struct edits *e, enum edit what, bool on)
{
	switch (what) {
	case EDIT_CLEAR:
		if (on)
			rig_clear(e->r, 0);
		else
			rig_switch(e->r, 0, "do-not-disturb", UNTIL_OPEN);
		break;
	case EDIT_OVERRIDE: override_alice(e, on); break;
	case EDIT_NO_OVERRIDE: override_alice(e, !on); break;
	default: close_office(e, what == EDIT_FORCE, on); break;
	}
}

static void add_office(struct edits *e)
{
	struct user alice = e->r->users[0];

	e->office =
		(struct schedule){ .name = "office", .hours = "daily 00:00-24:00", .forced = -1 };
	text_copy(alice.schedule, sizeof(alice.schedule), "office");
	assert_int_equal(store_begin(e->r->store, NULL), 0);
	assert_int_equal(follow_schedule_save(e->r->store, &e->office, RIG_NOW, NULL), 0);
	assert_int_equal(follow_user_save(e->r->store, &alice, RIG_NOW, NULL), 0);
	assert_int_equal(store_commit(e->r->store, NULL), 0);
	e->r->woken = true;
}

/* A forged event starts a read-back. Whatever is edited before an answer of it comes, and taken back before another one, nothing that is
 * read is somebody's switch: we have sent all of it. */
static void test_stale_answers(void **state)
{
	enum { ANSWERS = 4, NEVER };
	struct edits e = { .r = *state };
	struct rig *r = e.r;

	log_in(r);
	add_office(&e);
	for (int what = 0; what < EDITS; what++) {
		if (what == EDIT_CLEAR || what == EDIT_NO_OVERRIDE)
			edit(&e, (enum edit)what, false);
		for (int on = 0; on < NEVER; on++) {
			for (int off = on; off <= NEVER; off++) {
				settle(r, MINUTE);
				strbuf_adds(&r->fake.out,
					"Event: PresenceStateChange\r\n"
					"Presentity: CustomPresence:1001\r\nStatus: xa\r\n\r\n");
				fake_show(&r->fake, FAKE_ANY);
				for (int i = 0; i < NEVER; i++) {
					rig_step(r);
					if (i == on)
						edit(&e, (enum edit)what, true);
					if (i == off)
						edit(&e, (enum edit)what, false);
					fake_work(&r->fake, 1);
					fake_show(&r->fake, FAKE_ANY);
				}
				settle(r, MINUTE);
				expect_log(r, "");
				assert_string_equal(
					fake_get(&r->fake, ALICE), rig_item(r, ALICE).wanted);
				if (off == NEVER)
					edit(&e, (enum edit)what, false);
			}
		}
		if (what == EDIT_CLEAR || what == EDIT_NO_OVERRIDE)
			edit(&e, (enum edit)what, true);
	}
}

/* A login whose lists are asked for, of which the first so many are answered. */
static void read_lists(struct rig *r, int lists)
{
	rig_step(r);
	rig_pass(r, 4000);
	while (rig_step(r), link_state(r->link) != LINK_READING) {
		fake_work(&r->fake, 1);
		fake_show(&r->fake, FAKE_ANY);
	}
	fake_work(&r->fake, lists);
}

/* A killed PBX that holds an older value has forgotten, also if the line breaks while its lists are read. */
static void test_forgotten(void **state)
{
	struct rig *r = *state;

	rig_switch(r, 0, "away", UNTIL_OPEN);
	log_in(r);
	rig_pass(r, 10000);
	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	settle(r, 0);
	fake_restart(&r->fake, true, 0, 0);
	assert_string_equal(fake_get(&r->fake, ALICE), "away,away,");
	read_lists(r, 0);
	fake_cut(&r->fake, 0);
	settle(r, MINUTE);
	expect_mode(r, 0, "do-not-disturb");
	assert_null(strstr(r->log.s, "adopted"));
	expect_in_step(r);
}

/* The same with a value that is older than the one before: whatever we ever wrote there is ours. */
static void test_forgotten_twice(void **state)
{
	struct rig *r = *state;

	rig_switch(r, 0, "away", UNTIL_OPEN);
	log_in(r);
	rig_pass(r, 10000);
	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	settle(r, 0);
	rig_switch(r, 0, "lunch-break", UNTIL_OPEN);
	settle(r, 0);
	fake_restart(&r->fake, true, 0, 0);
	assert_string_equal(fake_get(&r->fake, ALICE), "away,away,");
	settle(r, MINUTE);
	expect_mode(r, 0, "lunch-break");
	assert_null(strstr(r->log.s, "adopted"));
	expect_in_step(r);
}

static void forget_mark(struct rig *r)
{
	assert_int_equal(store_begin(r->store, NULL), 0);
	assert_int_equal(store_fact_set(r->store, "marked main", "", NULL), 0);
	assert_int_equal(store_commit(r->store, NULL), 0);
}

/* What an earlier release wrote has no mark: it is written once more, and what somebody switched there since is taken over. */
static void test_marked_once(void **state)
{
	static const char *const marked = "dnd,ZG8tbm90LWRpc3R1cmI=,,ep";
	struct rig *r = *state;

	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	log_in(r);
	assert_string_equal(fake_row(&r->fake, ALICE), marked);
	fake_set(&r->fake, ALICE, "dnd,do-not-disturb,");
	rig_settle(r, 0);
	forget_mark(r);
	for (int i = 0; i < 2; i++) {
		fake_cut(&r->fake, 0);
		settle(r, MINUTE);
		assert_string_equal(fake_row(&r->fake, ALICE), marked);
	}
	fake_cut(&r->fake, 0);
	rig_step(r);
	forget_mark(r);
	fake_set(&r->fake, ALICE, "away,away,*");
	settle(r, MINUTE);
	expect_mode(r, 0, "away");
	expect_in_step(r);
}

/* Words that are said when it is hard to see which is the newest. */

/* What is chosen here once more is newer than what was chosen on the PBX meanwhile. */
static void test_said_again(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	settle(r, 0);
	fake_cut(&r->fake, 0);
	rig_step(r);
	fake_set(&r->fake, ALICE, "dnd,do-not-disturb,*");
	rig_switch(r, 0, "away", UNTIL_OPEN);
	settle(r, MINUTE);
	expect_mode(r, 0, "away");
	expect_in_step(r);
}

/* While ours is taken somebody gives it the value back that it had before. */
static void test_put_back(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	settle(r, 0);
	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	rig_step(r);
	fake_work(&r->fake, FAKE_ANY);
	fake_set(&r->fake, ALICE, "away,away,");
	settle(r, 0);
	expect_mode(r, 0, "away");
	expect_in_step(r);
}

/* Somebody else's word comes between the lists, and what was said here ends before it is pushed. */
static void test_word_while_reading(void **state)
{
	struct rig *r = *state;

	log_in(r);
	fake_cut(&r->fake, 0);
	read_lists(r, 3);
	rig_switch(r, 0, "lunch-break", r->now.utc + 2);
	fake_set(&r->fake, ALICE, "dnd,do-not-disturb,");
	fake_show(&r->fake, FAKE_ANY);
	rig_step(r);
	rig_pass(r, 3000);
	settle(r, MINUTE);
	expect_in_step(r);
}

/* The same of a user whom the lists do not have, because the PBX has forgotten everything. */
static void test_word_of_unlisted(void **state)
{
	struct rig *r = *state;

	log_in(r);
	fake_restart(&r->fake, true, 0, 0);
	read_lists(r, 1);
	fake_set(&r->fake, ALICE, "unavailable,,");
	settle(r, MINUTE);
	expect_mode(r, 0, "off-work");
	expect_in_step(r);
}

/* A second code is dialled while the first one is adopted. */
static void dial_second(void *data, struct link *l, const char *extension)
{
	struct rig *r = data;

	(void)l;
	(void)extension;
	if (!strcmp(fake_get(&r->fake, ALICE), "dnd,do-not-disturb,*"))
		fake_set(&r->fake, ALICE, "away,away,*");
	fake_show(&r->fake, FAKE_ANY);
}

static void test_second_code(void **state)
{
	static const struct link_hooks hooks = { .adopted = dial_second };
	struct rig *r = *state;

	link_free(r->link);
	r->link = link_new(&r->pbx, fake_transport(&r->fake), r->store, &hooks, r);
	log_in(r);
	fake_set(&r->fake, ALICE, "dnd,do-not-disturb,*");
	settle(r, 0);
	expect_mode(r, 0, "away");
	expect_in_step(r);
}

/* Lamps of which some were set before one was refused, and others are wanted by the time of the next try. */
static void test_half_of_the_lamps(void **state)
{
	static const char *const refused[] = { "Custom:mode-1001-away", "Custom:mode-1001-do-not",
		"Custom:presence-1001" };
	struct rig *r = *state;

	log_in(r);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		rig_switch(r, 0, "away", UNTIL_OPEN);
		settle(r, MINUTE);
		r->fake.refusals[0].action = "Setvar";
		r->fake.refusals[0].holds = refused[i];
		r->fake.refusals[0].message = "Variable not set";
		r->fake.refusals[0].times = 1;
		rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
		while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
			;
		rig_switch(r, 0, i % 2 ? "away" : "lunch-break", UNTIL_OPEN);
		settle(r, 0);
		expect_in_step(r);
	}
}

/* A code was dialled, and before its event was heard an override begins: that is no newer word, and the code counts below it. A switch
 * that is made here is. */
static void test_code_before_override(void **state)
{
	struct rig *r = *state;
	struct edits e = { .r = r };

	log_in(r);
	rig_dial_mode(r, "1001", "do-not-disturb");
	override_alice(&e, true);
	settle(r, 0);
	expect_log(r, "adopted 1001\n");
	expect_mode(r, 0, "away");
	rig_dial_mode(r, "1001", "off-work");
	override_alice(&e, false);
	strbuf_cut(&r->fake.log, 0);
	settle(r, 0);
	expect_log(r, "adopted 1001\n");
	expect_mode(r, 0, "off-work");
	/* The mode below the override never held: the PBX and its queues were not told of it. */
	assert_null(strstr(r->fake.log.s, "do-not-disturb"));
	assert_non_null(strstr(r->fake.log.s, "QueueRemove support " MEMBER));
	expect_in_step(r);
	rig_dial_mode(r, "1001", "do-not-disturb");
	rig_switch(r, 0, "lunch-break", UNTIL_OPEN);
	settle(r, 0);
	expect_log(r, "");
	expect_mode(r, 0, "lunch-break");
	expect_in_step(r);
}

/* Somebody puts there what is wanted when the event comes, and not any more when it would have been pushed. */
static void test_word_that_was_wanted(void **state)
{
	struct rig *r = *state;

	log_in(r);
	fake_set(&r->fake, ALICE, "away,away,");
	fake_show(&r->fake, FAKE_ANY);
	rig_switch(r, 0, "away", UNTIL_OPEN);
	r->woken = false;
	rig_step(r);
	rig_clear(r, 0);
	settle(r, 0);
	expect_in_step(r);
}

/* Events can be forged without end: an override does not wait for what they tell. */
static void test_override_is_not_held_up(void **state)
{
	static const char forged[] =
		"Event: PresenceStateChange\r\nPrivilege: call,all\r\nPresentity: " ALICE
		"\r\nStatus: dnd\r\nSubtype: do-not-disturb\r\nMessage: *\r\n\r\n";
	struct rig *r = *state;
	struct edits e = { .r = r };

	log_in(r);
	override_alice(&e, true);
	for (int i = 0; i < 300 && strcmp(fake_get(&r->fake, ALICE), "away,away,") != 0; i++) {
		fake_forge(&r->fake, forged);
		fake_work(&r->fake, FAKE_ANY);
		fake_show(&r->fake, FAKE_ANY);
		rig_step(r);
		rig_pass(r, 10);
	}
	assert_string_equal(fake_get(&r->fake, ALICE), "away,away,");
}

/* Somebody has deleted a presence in AstDB: a login puts it back, though Asterisk lists it. Where the list of AstDB is refused that
 * is not known, and nothing is sent. */
static void test_lost_row(void **state)
{
	struct rig *r = *state;

	rig_switch(r, 0, "do-not-disturb", UNTIL_OPEN);
	log_in(r);
	fake_lose_row(&r->fake, ALICE);
	r->fake.denied[0] = "DBGetTree";
	fake_cut(&r->fake, 0);
	settle(r, MINUTE);
	assert_string_equal(fake_row(&r->fake, ALICE), "");
	r->fake.denied[0] = NULL;
	fake_cut(&r->fake, 0);
	settle(r, MINUTE);
	assert_string_equal(fake_row(&r->fake, ALICE), "dnd,ZG8tbm90LWRpc3R1cmI=,,ep");
	expect_in_step(r);
}

/* A code has lit lamps, and before they are put right another mode is chosen here. */
static void switch_here(void *data, struct link *l, const char *extension)
{
	struct rig *r = data;

	(void)l;
	(void)extension;
	rig_switch(r, 0, "away", UNTIL_OPEN);
}

static void test_lamps_of_a_code(void **state)
{
	static const struct link_hooks hooks = { .adopted = switch_here };
	struct rig *r = *state;

	link_free(r->link);
	r->link = link_new(&r->pbx, fake_transport(&r->fake), r->store, &hooks, r);
	log_in(r);
	rig_dial_lamps(r, "1001", "do-not-disturb");
	rig_dial_mode(r, "1001", "do-not-disturb");
	settle(r, 0);
	expect_mode(r, 0, "away");
	expect_in_step(r);
}

/* Ours is refused while somebody else puts the same there. */
static void test_refused_and_there(void **state)
{
	struct rig *r = *state;

	log_in(r);
	r->fake.refusals[0].action = "Setvar";
	r->fake.refusals[0].holds = ALICE;
	r->fake.refusals[0].message = "Variable not set";
	r->fake.refusals[0].times = 1;
	rig_switch(r, 0, "away", r->now.utc + 30);
	rig_step(r);
	fake_set(&r->fake, ALICE, "away,away,");
	while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
		;
	rig_pass(r, 31000);
	settle(r, MINUTE);
	expect_in_step(r);
}

/* Queue members on calls. */

static struct fake_member *begin_call(struct rig *r)
{
	struct fake_member *m;

	log_in(r);
	m = fake_member(&r->fake, "support", MEMBER);
	assert_non_null(m);
	m->in_call = true;
	return m;
}

/* Put off: paused at once, looked at every five seconds, removed after the call. */
static void test_put_off(void **state)
{
	struct rig *r = *state;
	struct fake_member *m = begin_call(r);
	unsigned done;

	rig_switch(r, 0, "off-work", UNTIL_OPEN);
	while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
		;
	assert_non_null(strstr(r->fake.log.s, "QueuePause support " MEMBER " off-work\n"));
	assert_true(link_in_step(r->link)); /* nobody waits for the end of a call */
	done = r->fake.done;
	assert_int_equal(link_deadline(r->link) - r->now.ms, 5000);
	for (int i = 1; i <= 3; i++) {
		rig_pass(r, 5000);
		while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
			;
		assert_int_equal(r->fake.done, done + (unsigned)i); /* QueueStatus */
	}
	m->in_call = false;
	strbuf_cut(&r->fake.log, 0);
	settle(r, 5000);
	expect_actions(r, "QueueRemove support " MEMBER "\n");
	expect_in_step(r);
}

/* A call does not last for ever, also not over logins. */
static void test_put_off_for_long(void **state)
{
	struct rig *r = *state;
	int64_t began;

	begin_call(r);
	rig_switch(r, 0, "off-work", UNTIL_OPEN);
	began = r->now.ms;
	for (int i = 0; i < 1000 && fake_member(&r->fake, "support", MEMBER); i++) {
		if (i == 10)
			fake_cut(&r->fake, 0);
		if (i == 20)
			rig_restart_daemon(r);
		rig_settle(r, 10000);
	}
	assert_between(r->now.ms - began, 2 * HOUR, 2 * HOUR + MINUTE);
	settle(r, MINUTE);
	expect_in_step(r);
}

static void test_back_during_call(void **state)
{
	struct rig *r = *state;
	struct fake_member *m = begin_call(r);

	rig_switch(r, 0, "off-work", UNTIL_OPEN);
	rig_settle(r, 20000);
	assert_true(m->paused);
	rig_clear(r, 0);
	settle(r, 0);
	assert_false(m->paused);
	assert_null(strstr(r->fake.log.s, "QueueRemove"));
	expect_in_step(r);
}

/* A member was added, and then could not be read. By the next try the mode is again the one that the PBX confirmed. */
static void test_member_refused_midway(void **state)
{
	struct rig *r = *state;

	rig_switch(r, 0, "off-work", UNTIL_OPEN);
	log_in(r);
	rig_switch(r, 0, "available", UNTIL_OPEN);
	rig_step(r);
	fake_work(&r->fake, FAKE_ANY);
	fake_show(&r->fake, FAKE_ANY);
	rig_step(r);
	r->fake.refusals[0] = (struct fake_refusal){ "QueueStatus", "", "Failed", 1 };
	while (rig_settle(r, 0) < 0 && !rig_is_idle(r))
		;
	assert_non_null(fake_member(&r->fake, "support", MEMBER));
	rig_switch(r, 0, "off-work", UNTIL_OPEN);
	settle(r, 0);
	expect_in_step(r);
}

/* The database. */

static void sql(struct rig *r, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* It refuses what is written, at each place where a link writes. The session stays, and what was to be written is written later. */
static void test_database_fails(void **state)
{
	static const char *const table[] = {
		"UPDATE OF confirmed ON item WHEN NEW.confirmed = 'dnd,do-not-disturb,'",
		"UPDATE OF confirmed ON item WHEN NEW.confirmed = 'away,away,*'",
		"UPDATE OF sent ON item",
		"INSERT ON fact",
	};
	struct rig *r = *state;
	unsigned opened;

	log_in(r);
	opened = r->fake.opened;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char text[300];

		snprintf(text, sizeof(text),
			"CREATE TRIGGER t BEFORE %s BEGIN SELECT raise(ABORT, 'no'); END",
			table[i]);
		sql(r, text);
		if (i == 1) {
			fake_set(&r->fake, BOB, "away,away,*");
		} else if (i == 3) {
			fake_restart(&r->fake, false, 0, 0);
			opened++;
		} else {
			rig_switch(r, 0, i ? "lunch-break" : "do-not-disturb", UNTIL_OPEN);
		}
		rig_settle(r, 4500);
		assert_non_null(strstr(r->log.s, "database: "));
		assert_int_equal(r->fake.opened, opened);
		sql(r, "DROP TRIGGER t");
		settle(r, 3000);
		expect_in_step(r);
		strbuf_cut(&r->log, 0);
	}
	expect_mode(r, 1, "away");
}

/* Another program has locked the database, whatever happens meanwhile. The session stays, and nothing is lost. */
static void test_database_locked(void **state)
{
	struct rig *r = *state;

	log_in(r);
	store_set_wait(r->store, 0);
	for (int i = 0; i < 5; i++) {
		static const char *const modes[] = { "away", "do-not-disturb" };
		const char *mode = modes[i % 2];
		unsigned opened = r->fake.opened + (i == 3);
		char value[40];
		sqlite3 *db;

		snprintf(value, sizeof(value), "%s,%s,*", i % 2 ? "dnd" : "away", mode);
		if (i == 1)
			rig_switch(
				r, 1, "lunch-break", UNTIL_OPEN); /* under way when it is locked */
		if (i == 1)
			rig_step(r);
		assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
		if (i == 3)
			fake_restart(&r->fake, false, 0, 0);
		if (i == 2)
			rig_dial_lamps(
				r, "1001", "business-trip"); /* of two codes the second counts */
		if (i == 2)
			rig_dial_mode(r, "1001", "business-trip");
		if (i == 4)
			fake_phone(&r->fake, "PJSIP/1001", "INUSE");
		rig_dial_lamps(r, "1001", mode);
		rig_dial_mode(r, "1001", mode);
		rig_settle(r, 4500);
		assert_non_null(strstr(r->log.s, "is locked by another program"));
		assert_null(strstr(r->log.s, "adopted"));
		assert_int_equal(sqlite3_close(db), SQLITE_OK);
		settle(r, 3000);
		expect_in_step(r);
		expect_mode(r, 0, mode);
		assert_non_null(strstr(r->log.s, "adopted 1001"));
		assert_int_equal(r->fake.opened, opened);
		strbuf_cut(&r->log, 0);
	}
	expect_mode(r, 1, "lunch-break");
	rig_pass(r, 1000); /* then phones write again */
	settle(r, 0);
	assert_string_equal(rig_activity(r, r->users[0].id).name, "on a call");
}

/* More than fit into the window of actions under way, and into a batch. Their extensions begin with 2000. */
enum { MANY = 400, WINDOW = 100 };

static void add_many(struct rig *r, struct ids *ret)
{
	assert_int_equal(store_begin(r->store, NULL), 0);
	for (int i = 0; i < MANY; i++) {
		struct user u = { 0 };

		snprintf(u.name, sizeof(u.name), "user%d", i);
		snprintf(u.extension, sizeof(u.extension), "%d", 2000 + i);
		text_copy(u.pbx, sizeof(u.pbx), "main");
		assert_int_equal(follow_user_save(r->store, &u, r->now.utc, NULL), 0);
		ids_add(ret, u.id);
	}
	assert_int_equal(store_commit(r->store, NULL), 0);
	r->woken = true;
}

static void test_many(void **state)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	struct rig *r = *state;
	size_t steps;

	log_in(r);
	add_many(r, &users);
	steps = r->steps;
	settle(r, MINUTE);
	assert_true(r->steps - steps < 100);
	for (int i = 0; i < MANY; i++) {
		char name[80];

		snprintf(name, sizeof(name), "CustomPresence:%d", 2000 + i);
		assert_string_equal(fake_get(&r->fake, name), "available,available,");
		assert_int_equal(fake_writes(&r->fake, name), 1);
	}
}

static void switch_users(struct rig *r, int64_t *ids, size_t n, const char *mode)
{
	struct ids who = { .ids = ids, .n = n };
	struct switch_request request = {
		.note = "", .until = { UNTIL_FOREVER, 0 }, .forward_to = ""
	};
	struct switch_result result;
	struct mode m;

	assert_int_equal(store_begin(r->store, NULL), 0);
	assert_int_equal(store_mode_find(r->store, mode, &m, NULL), 0);
	request.mode = &m;
	assert_int_equal(
		follow_switch_users(r->store, &who, &request, r->now.utc, &result, NULL), 0);
	assert_int_equal(store_commit(r->store, NULL), 0);
	r->woken = true;
}

/* The PBX works through so many actions of a switch of many. Returns how many it has worked through by then. */
static unsigned begin_many(struct rig *r, struct ids *users, unsigned actions)
{
	unsigned before;

	log_in(r);
	add_many(r, users);
	settle(r, MINUTE);
	switch_users(r, users->ids, users->n, "away");
	before = r->fake.done;
	for (int i = 0; i < 10000 && r->fake.done - before < actions; i++) {
		rig_step(r);
		fake_work(&r->fake, 1);
		fake_show(&r->fake, FAKE_ANY);
	}
	assert_int_equal(r->fake.done - before, actions);
	return r->fake.done;
}

static bool is_confirmed(struct rig *r, const char *name)
{
	struct rig_item item = rig_item(r, name);

	return item.is_confirmed && !strcmp(item.wanted, item.confirmed);
}

/* A switch that restricts nothing overtakes a switch of many: it waits for what was sent, and for nothing else. */
static void test_few_overtake(void **state)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	struct rig *r = *state;
	unsigned before = begin_many(r, &users, 500);

	rig_switch(r, 0, "away", UNTIL_OPEN);
	for (int i = 0; i < 10000 && !is_confirmed(r, ALICE); i++) {
		rig_step(r);
		fake_work(&r->fake, 1);
		fake_show(&r->fake, FAKE_ANY);
	}
	assert_string_equal(fake_get(&r->fake, ALICE), "away,away,");
	assert_true(r->fake.done - before <= WINDOW + 16);
	assert_false(is_confirmed(r, "CustomPresence:2399"));
	settle(r, MINUTE);
	expect_in_step(r);
}

/* Switches of one user that never end keep nobody else from being switched. At no time they have what the PBX holds. */
static void test_few_leave_room(void **state)
{
	static const char *const modes[] = { "lunch-break", "available", "do-not-disturb" };
	_cleanup_(ids_done) struct ids users = { 0 };
	struct rig *r = *state;
	unsigned before = begin_many(r, &users, 150);

	for (int i = 0; i < 10000 && !is_confirmed(r, "CustomPresence:2399"); i++) {
		if (strstr(fake_get(&r->fake, ALICE), modes[i % 3]))
			continue;
		rig_switch(r, 0, modes[i % 3], UNTIL_OPEN);
		rig_step(r);
		fake_work(&r->fake, 5);
		fake_show(&r->fake, FAKE_ANY);
	}
	for (int i = 0; i < MANY; i++) {
		char name[80];

		snprintf(name, sizeof(name), "CustomPresence:%d", 2000 + i);
		assert_string_equal(fake_get(&r->fake, name), "away,away,");
	}
	/* A presence and three lamps of each. */
	assert_between(r->fake.done - before, MANY, 3 * 4 * MANY);
	settle(r, MINUTE);
	expect_in_step(r);
}

/* Whoever is switched alone is switched once more if they were switched already, and never to what is not wanted any more. */
static void test_few_among_many(void **state)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	struct rig *r = *state;
	const char *first, *later;

	begin_many(r, &users, 500);
	strbuf_cut(&r->fake.log, 0);
	/* The first has been told, another one is under way, the last one is not sent yet. */
	switch_users(r, &users.ids[50], 1, "lunch-break");
	switch_users(r, &users.ids[MANY - 1], 1, "lunch-break");
	settle(r, MINUTE);
	expect_in_step(r);
	assert_string_equal(fake_get(&r->fake, "CustomPresence:2050"), "away,lunch-break,");
	assert_null(strstr(r->fake.log.s, "CustomPresence:2399=away,away"));
	first = strstr(r->fake.log.s, "CustomPresence:2399=away,lunch-break");
	later = strstr(r->fake.log.s, "CustomPresence:2398=away,away");
	assert_true(first && later && first < later);
}

/* A word that nobody has read yet is read between the batches of a switch of many, and not only behind them. */
static void test_code_among_many(void **state)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	struct rig *r = *state;
	struct edits e = { .r = r };

	begin_many(r, &users, 150);
	rig_dial_mode(r, "1001", "do-not-disturb");
	override_alice(&e, true);
	for (int i = 0; i < 10000 && !is_confirmed(r, "CustomPresence:2399"); i++) {
		rig_step(r);
		fake_work(&r->fake, 1);
		fake_show(&r->fake, FAKE_ANY);
		rig_pass(r, 10);
	}
	settle(r, MINUTE);
	expect_log(r, "adopted 1001\n");
	expect_mode(r, 0, "away");
	override_alice(&e, false);
	settle(r, MINUTE);
	expect_mode(r, 0, "do-not-disturb");
	expect_in_step(r);
}

/* What phones do. */

static void expect_activity(struct rig *r, int64_t user_id, const char *name)
{
	assert_string_equal(rig_activity(r, user_id).name, name);
}

/* How often the link has written to the database. */
static int64_t commits(struct rig *r, struct store **other)
{
	static const struct actor actor = { .via = "test", .name = "root", .uid = 0 };
	struct err err;
	int64_t n;

	if (!*other)
		assert_int_equal(store_open(r->path, &actor, other, &err), 0);
	assert_int_equal(store_data_version(*other, &n, &err), 0);
	return n;
}

static void save_devices(struct rig *r, struct user *u, const char *first, const char *second)
{
	const char *const dials[] = { first, second };
	struct err err;

	u->devices_n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(dials) && dials[i]; i++) {
		struct device *d = &u->devices[u->devices_n++];

		snprintf(d->name, sizeof(d->name), "d%zu", i);
		text_copy(d->dial, sizeof(d->dial), dials[i]);
	}
	assert_int_equal(store_begin(r->store, &err), 0);
	assert_int_equal(follow_user_save(r->store, u, r->now.utc, &err), 0);
	assert_int_equal(store_commit(r->store, &err), 0);
	r->woken = true;
}

/* From the list after the login; who is not in it is asked for. */
static void test_phones_at_login(void **state)
{
	struct rig *r = *state;

	fake_phone(&r->fake, "PJSIP/1001", "INUSE");
	expect_activity(r, r->users[0].id, "");
	settle(r, 0);
	expect_activity(r, r->users[0].id, "on a call");
	expect_activity(r, r->users[1].id, "offline");
	assert_int_equal(rig_activity(r, r->users[0].id).since, r->now.utc);
	assert_int_equal(r->fake.asked_phones, 1);
	expect_mode(r, 0, "available");
}

/* An event is a hint, and the answer counts. Since when stays while the activity is the same. */
static void test_phones_by_event(void **state)
{
	struct rig *r = *state;

	fake_phone(&r->fake, "PJSIP/1001", "NOT_INUSE");
	log_in(r);
	for (int i = 0; i < 3; i++) {
		static const char *const states[] = { "RINGING", "INUSE", "RINGINUSE" };

		rig_pass(r, 10000);
		fake_phone(&r->fake, "PJSIP/1001", states[i]);
		settle(r, 0);
	}
	expect_activity(r, r->users[0].id, "on a call");
	assert_int_equal(rig_activity(r, r->users[0].id).since, r->now.utc - 10);
	rig_pass(r, 10000);
	fake_phone(&r->fake, "PJSIP/1001", "ONHOLD");
	settle(r, 0);
	expect_activity(r, r->users[0].id, "on hold");
	assert_int_equal(rig_activity(r, r->users[0].id).since, r->now.utc);
	expect_log(r, "");
	expect_actions(r, "");
}

/* It is read back, and as nothing has changed, nothing is written. */
static void test_phones_forged(void **state)
{
	_cleanup_(store_freep) struct store *other = NULL;
	struct rig *r = *state;
	unsigned asked;
	int64_t before;

	log_in(r);
	rig_pass(r, 1000);
	settle(r, 0);
	before = commits(r, &other);
	asked = r->fake.asked_phones;
	strbuf_adds(&r->fake.out,
		"Event: DeviceStateChange\r\nDevice: PJSIP/1001\r\nState: INUSE\r\n\r\n"
		"Event: DeviceStateChange\r\nDevice: PJSIP/2999\r\nState: INUSE\r\n\r\n"
		"Event: DeviceStateChange\r\nDevice: Local/1001@x\r\nState: INUSE\r\n\r\n"
		"Event: Newchannel\r\nDevice: PJSIP/1002\r\nState: INUSE\r\n\r\n");
	settle(r, 0);
	assert_int_equal(r->fake.asked_phones, asked + 1);
	expect_activity(r, r->users[0].id, "offline");
	assert_int_equal(commits(r, &other), before);
}

/* A phone that changes all the time: at most four writes a second, and the last state is not missed. */
static void test_phones_often(void **state)
{
	_cleanup_(store_freep) struct store *other = NULL;
	struct rig *r = *state;
	int64_t seen;
	int writes = 0;

	log_in(r);
	rig_pass(r, 1000);
	seen = commits(r, &other);
	for (int i = 1; i <= 301; i++) {
		fake_phone(&r->fake, "PJSIP/1001", i % 2 ? "INUSE" : "NOT_INUSE");
		settle(r, 0);
		writes += commits(r, &other) != seen;
		seen = commits(r, &other);
		rig_pass(r, 10);
	}
	assert_between(writes, 6, 13);
	rig_pass(r, 250);
	settle(r, 0);
	expect_activity(r, r->users[0].id, "on a call");
	seen = commits(r, &other);
	rig_pass(r, 10000);
	settle(r, 0);
	assert_int_equal(commits(r, &other), seen);
}

/* The strongest device counts, and a device may be that of several users. An edit is followed. */
static void test_phones_of_users(void **state)
{
	struct rig *r = *state;
	const int64_t alice = r->users[0].id, bob = r->users[1].id;

	fake_phone(&r->fake, "PJSIP/1001", "NOT_INUSE");
	fake_phone(&r->fake, "SIP/hall", "RINGING");
	log_in(r);
	expect_activity(r, alice, "idle");
	rig_pass(r, 1000);
	save_devices(r, &r->users[0], "PJSIP/1001", "sip/Hall");
	save_devices(r, &r->users[1], "SIP/hall/sip:x@y", NULL);
	settle(r, 0);
	expect_activity(r, alice, "idle"); /* the PBX tells devices apart by case */
	expect_activity(r, bob, "ringing");
	rig_pass(r, 1000);
	save_devices(r, &r->users[0], "PJSIP/1001", "SIP/hall");
	settle(r, 0);
	expect_activity(r, alice, "ringing");
	expect_activity(r, bob, "ringing");
	rig_pass(r, 1000);
	fake_phone(&r->fake, "PJSIP/1001", "INUSE");
	fake_phone(&r->fake, "SIP/hall", "UNAVAILABLE");
	settle(r, 0);
	expect_activity(r, alice, "on a call");
	expect_activity(r, bob, "offline");
	/* What rings no device of the user says nothing. */
	rig_pass(r, 1000);
	save_devices(r, &r->users[0], "Local/1001@x/n", "PJSIP/0701@trunk");
	settle(r, 0);
	expect_activity(r, alice, "");
	rig_pass(r, 1000);
	save_devices(r, &r->users[0], NULL, NULL);
	settle(r, 0);
	expect_activity(r, alice, "");
}

/* Nothing is known of a user who moves to another PBX, nor of anybody while the PBX is away. */
static void test_phones_unknown(void **state)
{
	struct rig *r = *state;
	const int64_t bob = r->users[1].id;
	struct user carol = { .name = "carol", .extension = "1003", .pbx = "main" };

	fake_phone(&r->fake, "PJSIP/1003", "INUSE");
	log_in(r);
	save_devices(r, &carol, "PJSIP/1003", NULL);
	settle(r, 0);
	rig_pass(r, 250);
	settle(r, 0);
	expect_activity(r, carol.id, "on a call");
	text_copy(carol.pbx, sizeof(carol.pbx), "other");
	save_devices(r, &carol, "PJSIP/1003", NULL);
	expect_activity(r, carol.id, "");
	fake_phone(&r->fake, "PJSIP/1003", "RINGING");
	rig_pass(r, 1000);
	settle(r, 0);
	expect_activity(r, carol.id, "");
	expect_activity(r, bob, "offline");
	fake_cut(&r->fake, 0);
	rig_step(r);
	expect_activity(r, bob, "");
	rig_pass(r, 500);
	settle(r, 0);
	expect_activity(r, bob, "offline");
	assert_int_equal(rig_activity(r, bob).since, r->now.utc);
	/* presenced that was killed leaves rows behind. */
	rig_restart_daemon(r);
	r->fake.boots_ms = INT64_MAX;
	rig_step(r);
	expect_activity(r, bob, "");
}

/* An event while the lists are read is not lost; nor is one while an answer is on its way. */
static void test_phones_while_reading(void **state)
{
	struct rig *r = *state;

	fake_phone(&r->fake, "PJSIP/1001", "NOT_INUSE");
	for (int i = 0; i < 20 && link_state(r->link) != LINK_READING; i++) {
		fake_work(&r->fake, FAKE_ANY);
		fake_show(&r->fake, FAKE_ANY);
		rig_step(r);
	}
	assert_int_equal(link_state(r->link), LINK_READING);
	fake_work(&r->fake, 2); /* the states of devices are listed */
	fake_phone(&r->fake, "PJSIP/1001", "RINGING");
	settle(r, 0);
	rig_pass(r, 250);
	settle(r, 0);
	expect_activity(r, r->users[0].id, "ringing");
	rig_pass(r, 250);
	fake_phone(&r->fake, "PJSIP/1001", "INUSE");
	fake_show(&r->fake, FAKE_ANY);
	rig_step(r);
	fake_work(&r->fake, FAKE_ANY); /* it has been asked */
	fake_phone(&r->fake, "PJSIP/1001", "NOT_INUSE");
	settle(r, 0);
	rig_pass(r, 250);
	settle(r, 0);
	expect_activity(r, r->users[0].id, "idle");
}

/* Nor is an edit that comes while an answer is on its way. */
static void test_phones_edited_while_reading(void **state)
{
	struct rig *r = *state;

	fake_phone(&r->fake, "PJSIP/1001", "NOT_INUSE");
	fake_phone(&r->fake, "PJSIP/hall", "RINGING");
	log_in(r);
	for (int i = 0; i < 2; i++) {
		rig_pass(r, 250);
		settle(r, 0);
		fake_phone(&r->fake, "PJSIP/1001", i ? "INUSE" : "UNAVAILABLE");
		fake_show(&r->fake, FAKE_ANY);
		rig_step(r); /* it asks */
		if (i)
			save_devices(r, &r->users[0], "PJSIP/hall", NULL);
		else
			save_devices(r, &r->users[0], "PJSIP/1001", "PJSIP/hall");
		/* The answer, and only then the wake-up. */
		r->woken = false;
		fake_work(&r->fake, FAKE_ANY);
		fake_show(&r->fake, FAKE_ANY);
		rig_step(r);
		r->woken = true;
		settle(r, 0);
		rig_pass(r, 250);
		settle(r, 0);
		expect_activity(r, r->users[0].id, "ringing");
	}
}

/* More users and devices than fit into the window of actions, in one transaction. */
static void test_phones_many(void **state)
{
	enum { USERS = 300 };
	_cleanup_(store_freep) struct store *other = NULL;
	struct rig *r = *state;
	char name[40];
	int64_t before;

	log_in(r);
	for (int i = 0; i < USERS; i++) {
		struct user u = { 0 };

		snprintf(u.name, sizeof(u.name), "user%d", i);
		snprintf(u.extension, sizeof(u.extension), "%d", 2000 + i);
		text_copy(u.pbx, sizeof(u.pbx), "main");
		snprintf(name, sizeof(name), "PJSIP/%d", 2000 + i);
		save_devices(r, &u, name, "PJSIP/all");
	}
	settle(r, MINUTE);
	rig_pass(r, 1000);
	settle(r, 0);
	before = commits(r, &other);
	fake_phone(&r->fake, "PJSIP/all", "RINGING");
	rig_pass(r, 250);
	settle(r, 0);
	assert_int_not_equal(commits(r, &other), before);
	for (int i = 0; i < USERS; i++)
		expect_activity(r, r->users[1].id + 1 + i, "ringing");
	expect_activity(r, r->users[1].id, "offline");
}

/* The database refuses: it is written later, and what is not true any more is deleted later. */
static void test_phones_refused(void **state)
{
	struct rig *r = *state;

	log_in(r);
	rig_pass(r, 1000);
	sql(r, "CREATE TRIGGER t BEFORE UPDATE ON activity BEGIN SELECT raise(ABORT, 'no'); END");
	fake_phone(&r->fake, "PJSIP/1001", "INUSE");
	settle(r, 0);
	assert_non_null(strstr(r->log.s, "database: "));
	expect_activity(r, r->users[0].id, "offline");
	sql(r, "DROP TRIGGER t");
	rig_pass(r, 1000);
	settle(r, 0);
	expect_activity(r, r->users[0].id, "on a call");
	sql(r, "CREATE TRIGGER t BEFORE DELETE ON activity BEGIN SELECT raise(ABORT, 'no'); END");
	r->fake.boots_ms = INT64_MAX;
	fake_cut(&r->fake, 0);
	rig_step(r);
	expect_activity(r, r->users[0].id, "on a call");
	sql(r, "DROP TRIGGER t");
	rig_pass(r, 1000);
	rig_step(r);
	expect_activity(r, r->users[0].id, "");
}

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

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_login),
		TEST(test_push),
		TEST(test_greetings),
		TEST(test_wrong_pins),
		TEST(test_many_wrong_pins),
		TEST(test_bytes),
		TEST(test_backoff),
		TEST(test_wrong_secret),
		TEST(test_lost_answer),
		TEST(test_silence),
		TEST(test_cut),
		TEST(test_refused),
		TEST(test_denied),
		TEST(test_no_hint),
		TEST(test_hint_written_later),
		TEST(test_removed_member_comes_back),
		TEST(test_adopted_at_login),
		TEST(test_adopted_by_event),
		TEST(test_forged_event),
		TEST(test_stale_answer),
		TEST(test_stale_answer_to_ours),
		TEST(test_stale_answers),
		TEST(test_forgotten),
		TEST(test_forgotten_twice),
		TEST(test_marked_once),
		TEST(test_said_again),
		TEST(test_put_back),
		TEST(test_word_while_reading),
		TEST(test_word_of_unlisted),
		TEST(test_second_code),
		TEST(test_half_of_the_lamps),
		TEST(test_code_before_override),
		TEST(test_word_that_was_wanted),
		TEST(test_override_is_not_held_up),
		TEST(test_lost_row),
		TEST(test_lamps_of_a_code),
		TEST(test_refused_and_there),
		TEST(test_put_off),
		TEST(test_put_off_for_long),
		TEST(test_back_during_call),
		TEST(test_member_refused_midway),
		TEST(test_database_fails),
		TEST(test_database_locked),
		TEST(test_many),
		TEST(test_few_overtake),
		TEST(test_few_leave_room),
		TEST(test_few_among_many),
		TEST(test_code_among_many),
		TEST(test_phones_at_login),
		TEST(test_phones_by_event),
		TEST(test_phones_forged),
		TEST(test_phones_often),
		TEST(test_phones_of_users),
		TEST(test_phones_unknown),
		TEST(test_phones_while_reading),
		TEST(test_phones_edited_while_reading),
		TEST(test_phones_many),
		TEST(test_phones_refused),
	};

	return cmocka_run_group_tests(tests, init, done);
}
