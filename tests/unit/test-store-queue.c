/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Users in queues: which items they have, and when these follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store-help.h"

enum { DAY = 86400 };
#define NOW INT64_C(1781506800) /* Monday 2026-06-15 09:00 in Stockholm */

static void add_user(struct store *s, const char *name, const char *extension, struct user *u)
{
	user_init(u, name, extension);
	user_add_desk(u);
	OK(follow_user_save(s, u, NOW, NULL));
}

static void add_queue(struct store *s, const char *name, struct queue *q)
{
	text_copy(q->name, sizeof(q->name), name);
	text_copy(q->pbx, sizeof(q->pbx), "MAIN");
	text_copy(q->hints, sizeof(q->hints), QUEUE_HINTS);
	OK(follow_queue_save(s, q, NOW, NULL));
}

static void assign(struct site *site, const struct queue *q, const struct user *u, int64_t penalty,
	enum queue_change expected)
{
	enum queue_change change;

	OK(follow_queue_assign(site->s, q, u, penalty, NOW, &change, NULL));
	assert_int_equal(change, expected);
}

static int setup(void **state)
{
	struct site *site = site_new();

	OK(store_begin(site->s, NULL));
	add_user(site->s, "alice", "1001", &site->alice);
	add_user(site->s, "bob", "1002", &site->bob);
	add_queue(site->s, "support", &site->support);
	add_queue(site->s, "sales", &site->sales);
	OK(store_mode_find(site->s, "away", &site->away, NULL));
	*state = site;
	return 0;
}

static int count_member(void *data, const struct stored_item *row)
{
	size_t *n = data;

	*n += !strncmp(row->name, "queue/", 6);
	return 0;
}

/* Items of users in queues, of any of them. */
static void expect_members(struct site *site, size_t expected)
{
	size_t n = 0;

	OK(store_item_each(site->s, "main", count_member, &n, NULL));
	assert_int_equal(n, expected);
}

#define SUPPORT_1001 "queue/support/Local/1001@presence-queue/n"
#define SALES_1001   "queue/sales/Local/1001@presence-queue/n"
#define LOGIN_1001   "login,0,alice,hint:1001@presence-hints"

static void put_in(struct site *site, const struct user *u, const struct mode *m)
{
	struct switch_request o = { .mode = m,
		.note = "",
		.until = { .kind = UNTIL_TIME, .at = NOW + DAY },
		.forward_to = "" };
	struct ids who = { .ids = (int64_t[]){ u->id }, .n = 1 };
	struct switch_result result;

	OK(follow_switch_users(site->s, &who, &o, NOW, &result, NULL));
}

static void test_switch(void **state)
{
	struct site *site = *state;

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	assign(site, &site->sales, &site->alice, 5, QUEUE_ADDED);
	assign(site, &site->sales, &site->alice, -1, QUEUE_SAME);
	expect_item(site->s, SUPPORT_1001, LOGIN_1001);
	expect_item(site->s, SALES_1001, "login,5,alice,hint:1001@presence-hints");
	put_in(site, &site->alice, &site->away);
	expect_item(site->s, SUPPORT_1001, "pause,away");
	expect_item(site->s, SALES_1001, "pause,away");
	put_in(site, &site->bob, &site->away);
	expect_members(site, 2);
}

/* Rules of the mode that somebody is in, and of no other. */
static void test_rules(void **state)
{
	struct site *site = *state;
	struct rules rules = { 0 };

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	OK(rules_set(&rules, "queue", "logout", NULL));
	OK(follow_mode_rules_save(site->s, &site->away, &rules, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, LOGIN_1001);
	put_in(site, &site->alice, &site->away);
	expect_item(site->s, SUPPORT_1001, "logout,away");
	/* What was read of the mode before is not used any more. */
	OK(rules_set(&rules, "queue", "pause", NULL));
	OK(follow_mode_rules_save(site->s, &site->away, &rules, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, "pause,away");
	OK(rules_set(&rules, "queue.SUPPORT", "none", NULL));
	OK(follow_user_rules_save(site->s, &site->bob, &site->away, &rules, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, "pause,away");
	OK(follow_user_rules_save(site->s, &site->alice, &site->away, &rules, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, "none");
}

/* Many at once, by time; who is in no queue gets no item. */
static void test_tick(void **state)
{
	struct site *site = *state;
	struct schedule h = { .forced = -1, .name = "office", .hours = "Mon-Fri 09:00-17:00" };
	size_t n;
	bool changed;

	OK(follow_schedule_save(site->s, &h, NOW, NULL));
	OK(follow_schedule_assign_user(site->s, &h, site->alice.id, NOW, &changed, NULL));
	OK(follow_schedule_assign_user(site->s, &h, site->bob.id, NOW, &changed, NULL));
	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	assign(site, &site->sales, &site->alice, -1, QUEUE_ADDED);
	OK(store_commit(site->s, NULL));
	OK(follow_tick(site->s, NOW + 8 * 3600, &n, NULL));
	assert_int_equal(n, 2);
	expect_item(site->s, SUPPORT_1001, "logout,off-work");
	expect_item(site->s, SALES_1001, "logout,off-work");
	OK(follow_tick(site->s, NOW + DAY, &n, NULL));
	expect_item(site->s, SUPPORT_1001, LOGIN_1001);
	expect_members(site, 2);
}

/* A new wanted value is tried anew; the one that was refused is not. */
static void test_refused(void **state)
{
	struct site *site = *state;
	char queue[NAME_MAX_LEN + 1], why[256];

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	OK(store_item_refuse(
		site->s, see_item(site->s, SUPPORT_1001).id, LOGIN_1001, "No such queue", NULL));
	assign(site, &site->sales, &site->alice, -1, QUEUE_ADDED);
	assert_string_equal(see_item(site->s, SUPPORT_1001).error, "No such queue");
	/* It is not the mode that is refused, but its queue is named; to whom it is of concern. */
	OK(store_item_refusal(site->s, NULL, why, NULL));
	assert_string_equal(why, "");
	OK(store_member_refusal(site->s, NULL, queue, why, NULL));
	assert_string_equal(queue, "support");
	assert_string_equal(why, "No such queue");
	OK(store_member_refusal(
		site->s, &(struct ids){ .ids = &site->alice.id, .n = 1 }, queue, why, NULL));
	assert_string_equal(why, "No such queue");
	OK(store_member_refusal(
		site->s, &(struct ids){ .ids = &site->bob.id, .n = 1 }, queue, why, NULL));
	assert_string_equal(why, "");
	assign(site, &site->support, &site->alice, 3, QUEUE_CHANGED);
	assert_string_equal(see_item(site->s, SUPPORT_1001).error, "");
}

/* Released, then confirmed and gone; or taken over by another user before that. */
static void test_release(void **state)
{
	struct site *site = *state;
	struct user *alice = &site->alice, *bob = &site->bob;
	bool changed;
	int64_t id;
	size_t n;

	assign(site, &site->support, alice, -1, QUEUE_ADDED);
	text_copy(alice->extension, sizeof(alice->extension), "1009");
	OK(follow_user_save(site->s, alice, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, "");
	OK(store_item_refuse(site->s, see_item(site->s, SUPPORT_1001).id, "", "busy", NULL));
	text_copy(bob->extension, sizeof(bob->extension), "1001");
	OK(follow_user_save(site->s, bob, NOW, NULL));
	assign(site, &site->support, bob, -1, QUEUE_ADDED);
	expect_item(site->s, SUPPORT_1001, "login,0,bob,hint:1001@presence-hints");
	assert_string_equal(see_item(site->s, SUPPORT_1001).error, "");
	put_in(site, alice, &site->away);
	expect_item(site->s, SUPPORT_1001, "login,0,bob,hint:1001@presence-hints");
	OK(follow_queue_unassign(site->s, &site->support, bob, NOW, &changed, NULL));
	assert_true(changed);
	expect_item(site->s, SUPPORT_1001, "");
	/* It stays until a login has found the member gone. */
	id = see_item(site->s, SUPPORT_1001).id;
	OK(store_item_confirm(site->s, id, "", NULL));
	OK(store_member_is_gone(site->s, id, NULL));
	expect_item(site->s, SUPPORT_1001, "");
	OK(store_item_doubt(site->s, id, NULL));
	OK(store_item_confirm(site->s, id, "", NULL));
	OK(store_member_is_gone(site->s, id, NULL));
	assert_int_equal(see_item(site->s, SUPPORT_1001).id, 0);
	OK(follow_queue_unassign(site->s, &site->support, bob, NOW, &changed, NULL));
	assert_false(changed);
	OK(follow_queue_delete(site->s, &site->support, NOW, &n, NULL));
	assert_int_equal(n, 1);
	expect_item(site->s, "queue/support/Local/1009@presence-queue/n", "");
	OK(follow_user_delete(site->s, alice, NOW, NULL));
	expect_item(site->s, "queue/support/Local/1009@presence-queue/n", "");
}

static void test_mode_deleted(void **state)
{
	struct site *site = *state;
	struct mode deep = { .name = "deep-work", .type = PTYPE_DND, .lifetime = "next" };
	struct rules rules = { 0 };

	OK(follow_mode_save(site->s, &deep, NOW, NULL));
	OK(rules_set(&rules, "queue.support", "logout", NULL));
	OK(follow_mode_rules_save(site->s, &deep, &rules, NOW, NULL));
	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	put_in(site, &site->alice, &deep);
	expect_item(site->s, SUPPORT_1001, "logout,deep-work");
	text_copy(deep.name, sizeof(deep.name), "focus");
	OK(follow_mode_save(site->s, &deep, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, "logout,focus");
	OK(follow_mode_delete(site->s, &deep, &site->away, NOW, NULL));
	expect_item(site->s, SUPPORT_1001, "pause,away");
}

/* To Asterisk they are one member, so two items would undo each other. */
static void test_other_case(void **state)
{
	struct site *site = *state;
	struct seen_item was;
	size_t n;

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	was = see_item(site->s, SUPPORT_1001);
	OK(store_item_confirm(site->s, was.id, was.wanted, NULL));
	OK(follow_queue_delete(site->s, &site->support, NOW, &n, NULL));
	site->support = (struct queue){ 0 };
	add_queue(site->s, "Support", &site->support);
	assign(site, &site->support, &site->alice, 2, QUEUE_ADDED);
	expect_item(site->s, "queue/Support/Local/1001@presence-queue/n",
		"login,2,alice,hint:1001@presence-hints");
	expect_members(site, 1);
	/* What was under way to the old one is not an answer about this. */
	OK(store_item_confirm(site->s, was.id, "", NULL));
	expect_item(site->s, "queue/Support/Local/1001@presence-queue/n",
		"login,2,alice,hint:1001@presence-hints");
	/* Also when only the queue's spelling is edited, or the device's. */
	text_copy(site->support.name, sizeof(site->support.name), "SUPPORT");
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	expect_members(site, 1);
	site->support.members = QUEUE_MEMBERS_DEVICE;
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	text_copy(site->alice.devices[0].dial, sizeof(site->alice.devices[0].dial), "pjsip/1001");
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	expect_item(site->s, "queue/SUPPORT/pjsip/1001", "login,2,alice,");
	expect_members(site, 2); /* the other is on its way out */
}

static int add_user_of(void *data, const struct queue_user *u)
{
	strbuf_addf(data, "%s %s %s %d '%s' '%s' '%s'%s\n", u->user, u->extension, u->mode,
		(int)u->penalty, u->wanted, u->confirmed ? u->confirmed : "unknown",
		u->error ? u->error : "", u->put_off ? " put off" : "");
	return strcmp(u->user, "stop") == 0 ? 5 : 0;
}

static void expect_users(struct site *site, const struct queue *q, int result, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	assert_int_equal(store_queue_users(site->s, q, add_user_of, &got, NULL), result);
	assert_string_equal(got.s, text);
}

/* Who is in a queue, by name, and what the PBX knows of it. */
static void test_users(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct seen_item item;
	struct user zoe, stop;

	add_user(s, "zoe", "1003", &zoe);
	add_user(s, "stop", "1004", &stop);
	assign(site, &site->support, &zoe, 7, QUEUE_ADDED);
	assign(site, &site->support, &site->bob, -1, QUEUE_ADDED);
	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	assign(site, &site->sales, &site->alice, 3, QUEUE_ADDED);
	item = see_item(s, SUPPORT_1001);
	OK(store_item_confirm(s, item.id, item.wanted, NULL));
	put_in(site, &site->alice, &site->away);
	OK(store_item_put_off(
		s, &(struct item_wait){ item.id, "pause,away", "login,0,alice,x", 1, 2 }, NULL));
	OK(store_item_refuse(s, see_item(s, "queue/support/Local/1002@presence-queue/n").id,
		"login,0,bob,hint:1002@presence-hints", "no", NULL));
	expect_users(site, &site->support, 0,
		"alice 1001 away 0 'pause,away' 'login,0,alice,x' '' put off\n"
		"bob 1002 available 0 'login,0,bob,hint:1002@presence-hints' 'unknown' 'no'\n"
		"zoe 1003 available 7 'login,7,zoe,hint:1003@presence-hints' 'unknown' ''\n");
	expect_users(site, &site->sales, 0, "alice 1001 away 3 'pause,away' 'unknown' ''\n");
	assign(site, &site->sales, &stop, -1, QUEUE_ADDED);
	assign(site, &site->sales, &zoe, -1, QUEUE_ADDED);
	expect_users(site, &site->sales, 5,
		"alice 1001 away 3 'pause,away' 'unknown' ''\n"
		"stop 1004 available 0 'login,0,stop,hint:1004@presence-hints' 'unknown' ''\n");
}

/* A queue that calls devices calls the first one. */
static void test_first_device(void **state)
{
	struct site *site = *state;
	struct user *alice = &site->alice;

	text_copy(alice->devices[1].name, sizeof(alice->devices[1].name), "app");
	text_copy(alice->devices[1].dial, sizeof(alice->devices[1].dial), "PJSIP/app");
	alice->devices_n = 2;
	OK(follow_user_save(site->s, alice, NOW, NULL));
	site->support.members = QUEUE_MEMBERS_DEVICE;
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	assign(site, &site->support, alice, -1, QUEUE_ADDED);
	expect_item(site->s, "queue/support/PJSIP/1001", "login,0,alice,");
	expect_members(site, 1);
}

static void refused(struct site *site, const struct queue *q, const struct user *u, const char *why)
{
	enum queue_change change;
	struct err err = { 0 };

	assert_int_equal(follow_queue_assign(site->s, q, u, -1, NOW, &change, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	if (!strstr(err.msg, why))
		fail_msg("no '%s' in '%s'", why, err.msg);
}

/* Users of its own PBX; and where it calls devices, each with a first one that is nobody else's there. */
static void test_who_fits(void **state)
{
	struct site *site = *state;
	struct user far, bare, twin;
	bool changed;

	OK(store_commit(site->s, NULL));
	OK(store_begin(site->s, NULL));
	user_init(&far, "far", "1003");
	text_copy(far.pbx, sizeof(far.pbx), "other");
	OK(follow_user_save(site->s, &far, NOW, NULL));
	user_init(&bare, "bare", "1004");
	OK(follow_user_save(site->s, &bare, NOW, NULL));
	add_user(site->s, "twin", "1005", &twin);
	text_copy(twin.devices[0].dial, sizeof(twin.devices[0].dial), "pjsip/1001");
	OK(follow_user_save(site->s, &twin, NOW, NULL));
	site->support.members = QUEUE_MEMBERS_DEVICE;
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	assign(site, &site->sales, &bare, -1, QUEUE_ADDED);
	assign(site, &site->sales, &twin, -1, QUEUE_ADDED);
	OK(store_commit(site->s, NULL));

	OK(store_begin(site->s, NULL));
	refused(site, &site->support, &bare, "user 'bare' has none");
	store_rollback(site->s);
	OK(store_begin(site->s, NULL));
	refused(site, &site->sales, &far, "a queue has users of its own PBX only");
	store_rollback(site->s);
	OK(store_begin(site->s, NULL));
	refused(site, &site->support, &twin, "users 'twin' and 'alice' have the same first one");
	store_rollback(site->s);
	OK(store_begin(site->s, NULL));
	OK(follow_queue_unassign(site->s, &site->support, &site->alice, NOW, &changed, NULL));
	assign(site, &site->support, &twin, -1, QUEUE_ADDED);
}

static void test_misfits(void **state)
{
	struct site *site = *state;
	enum queue_change change;
	struct err err;

	site->support.members = QUEUE_MEMBERS_DEVICE;
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	expect_item(site->s, "queue/support/PJSIP/1001", "login,0,alice,");
	text_copy(site->bob.devices[0].dial, sizeof(site->bob.devices[0].dial), "pjsip/1001");
	OK(follow_user_save(site->s, &site->bob, NOW, NULL));
	assert_int_equal(
		follow_queue_assign(site->s, &site->support, &site->bob, -1, NOW, &change, &err),
		-1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.msg, "have the same first one"));
	store_rollback(site->s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_switch, setup, site_free),
		cmocka_unit_test_setup_teardown(test_rules, setup, site_free),
		cmocka_unit_test_setup_teardown(test_tick, setup, site_free),
		cmocka_unit_test_setup_teardown(test_refused, setup, site_free),
		cmocka_unit_test_setup_teardown(test_release, setup, site_free),
		cmocka_unit_test_setup_teardown(test_mode_deleted, setup, site_free),
		cmocka_unit_test_setup_teardown(test_other_case, setup, site_free),
		cmocka_unit_test_setup_teardown(test_users, setup, site_free),
		cmocka_unit_test_setup_teardown(test_first_device, setup, site_free),
		cmocka_unit_test_setup_teardown(test_who_fits, setup, site_free),
		cmocka_unit_test_setup_teardown(test_misfits, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
