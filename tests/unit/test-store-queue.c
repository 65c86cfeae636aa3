/* Users in queues: which items they have, and when these follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/follow/mode.h"
#include "lib/follow/queue.h"
#include "lib/follow/rule.h"
#include "lib/follow/user.h"
#include "lib/store/mode.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/follow/schedule.h"
#include "lib/follow/switch.h"
#include "lib/store/item.h"
#include "lib/store/store.h"

enum { DAY = 86400 };
#define NOW      INT64_C(1781506800) /* Monday 2026-06-15 09:00 in Stockholm */
#define OK(call) assert_int_equal(call, 0)

static const struct actor actor = { .via = "test", .name = "root", .uid = 0 };

struct site {
	char dir[64];
	struct zonefiles *zones;
	struct store *s;
	struct user alice, bob;
	struct queue support, sales;
	struct mode away;
};

static void add_user(struct store *s, const char *name, const char *extension, struct user *u)
{
	text_copy(u->name, sizeof(u->name), name);
	text_copy(u->extension, sizeof(u->extension), extension);
	text_copy(u->pbx, sizeof(u->pbx), "main");
	text_copy(u->devices[0].name, sizeof(u->devices[0].name), "desk");
	snprintf(u->devices[0].dial, sizeof(u->devices[0].dial), "PJSIP/%s", extension);
	u->devices_n = 1;
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
	struct site *site = xcalloc(1, sizeof(*site));
	char path[96];

	snprintf(site->dir, sizeof(site->dir), "/tmp/store.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	snprintf(path, sizeof(path), "%s/p.db", site->dir);
	OK(store_create(path, NULL));
	site->zones = zonefiles_new(NULL, "Europe/Stockholm");
	OK(follow_open(path, &actor, zonefiles_zones(site->zones), &site->s, NULL));
	OK(store_begin(site->s, NULL));
	add_user(site->s, "alice", "1001", &site->alice);
	add_user(site->s, "bob", "1002", &site->bob);
	add_queue(site->s, "support", &site->support);
	add_queue(site->s, "sales", &site->sales);
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
	return system(command);
}

struct seen {
	const char *name;
	int64_t id;
	char wanted[128], error[64];
	size_t n; /* all of queues */
};

static int look(void *data, const struct stored_item *row)
{
	struct seen *seen = data;

	if (strncmp(row->name, "queue/", 6) != 0)
		return 0;
	seen->n++;
	if (strcmp(row->name, seen->name) != 0)
		return 0;
	seen->id = row->id;
	text_copy(seen->wanted, sizeof(seen->wanted), row->wanted);
	text_copy(seen->error, sizeof(seen->error), row->error ? row->error : "");
	return 0;
}

static struct seen see(struct site *site, const char *name)
{
	struct seen seen = { .name = name };

	OK(store_item_each(site->s, "main", look, &seen, NULL));
	return seen;
}

static void expect(struct site *site, const char *name, const char *wanted)
{
	struct seen seen = see(site, name);

	assert_true(seen.id > 0);
	assert_string_equal(seen.wanted, wanted);
}

#define SUPPORT_1001 "queue/support/Local/1001@presence-queue/n"
#define SALES_1001   "queue/sales/Local/1001@presence-queue/n"
#define LOGIN_1001   "login,0,alice,hint:1001@presence-hints"

static void switch_to(struct site *site, const struct user *u, const struct mode *m)
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
	expect(site, SUPPORT_1001, LOGIN_1001);
	expect(site, SALES_1001, "login,5,alice,hint:1001@presence-hints");
	switch_to(site, &site->alice, &site->away);
	expect(site, SUPPORT_1001, "pause,away");
	expect(site, SALES_1001, "pause,away");
	switch_to(site, &site->bob, &site->away);
	assert_int_equal(see(site, "").n, 2);
}

/* Rules of the mode that somebody is in, and of no other. */
static void test_rules(void **state)
{
	struct site *site = *state;
	struct rules rules = { 0 };

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	OK(rules_set(&rules, "queue", "logout", NULL));
	OK(follow_mode_rules_save(site->s, &site->away, &rules, NOW, NULL));
	expect(site, SUPPORT_1001, LOGIN_1001);
	switch_to(site, &site->alice, &site->away);
	expect(site, SUPPORT_1001, "logout,away");
	/* What was read of the mode before is not used any more. */
	OK(rules_set(&rules, "queue", "pause", NULL));
	OK(follow_mode_rules_save(site->s, &site->away, &rules, NOW, NULL));
	expect(site, SUPPORT_1001, "pause,away");
	OK(rules_set(&rules, "queue.SUPPORT", "none", NULL));
	OK(follow_user_rules_save(site->s, &site->bob, &site->away, &rules, NOW, NULL));
	expect(site, SUPPORT_1001, "pause,away");
	OK(follow_user_rules_save(site->s, &site->alice, &site->away, &rules, NOW, NULL));
	expect(site, SUPPORT_1001, "none");
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
	expect(site, SUPPORT_1001, "logout,off-work");
	expect(site, SALES_1001, "logout,off-work");
	OK(follow_tick(site->s, NOW + DAY, &n, NULL));
	expect(site, SUPPORT_1001, LOGIN_1001);
	assert_int_equal(see(site, "").n, 2);
}

/* A new wanted value is tried anew; the one that was refused is not. */
static void test_refused(void **state)
{
	struct site *site = *state;
	char queue[NAME_MAX_LEN + 1], why[256];

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	OK(store_item_refuse(
		site->s, see(site, SUPPORT_1001).id, LOGIN_1001, "No such queue", NULL));
	assign(site, &site->sales, &site->alice, -1, QUEUE_ADDED);
	assert_string_equal(see(site, SUPPORT_1001).error, "No such queue");
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
	assert_string_equal(see(site, SUPPORT_1001).error, "");
}

/* Released, then confirmed and gone; or taken over by another user before that. */
static void test_release(void **state)
{
	struct site *site = *state;
	struct user *alice = &site->alice, *bob = &site->bob;
	bool changed;
	size_t n;

	assign(site, &site->support, alice, -1, QUEUE_ADDED);
	text_copy(alice->extension, sizeof(alice->extension), "1009");
	OK(follow_user_save(site->s, alice, NOW, NULL));
	expect(site, SUPPORT_1001, "");
	OK(store_item_refuse(site->s, see(site, SUPPORT_1001).id, "", "busy", NULL));
	text_copy(bob->extension, sizeof(bob->extension), "1001");
	OK(follow_user_save(site->s, bob, NOW, NULL));
	assign(site, &site->support, bob, -1, QUEUE_ADDED);
	expect(site, SUPPORT_1001, "login,0,bob,hint:1001@presence-hints");
	assert_string_equal(see(site, SUPPORT_1001).error, "");
	switch_to(site, alice, &site->away);
	expect(site, SUPPORT_1001, "login,0,bob,hint:1001@presence-hints");
	OK(follow_queue_unassign(site->s, &site->support, bob, NOW, &changed, NULL));
	assert_true(changed);
	expect(site, SUPPORT_1001, "");
	OK(store_item_confirm(site->s, see(site, SUPPORT_1001).id, "", NULL));
	assert_int_equal(see(site, SUPPORT_1001).id, 0);
	OK(follow_queue_unassign(site->s, &site->support, bob, NOW, &changed, NULL));
	assert_false(changed);
	OK(follow_queue_delete(site->s, &site->support, NOW, &n, NULL));
	assert_int_equal(n, 1);
	expect(site, "queue/support/Local/1009@presence-queue/n", "");
	OK(follow_user_delete(site->s, alice, NOW, NULL));
	expect(site, "queue/support/Local/1009@presence-queue/n", "");
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
	switch_to(site, &site->alice, &deep);
	expect(site, SUPPORT_1001, "logout,deep-work");
	text_copy(deep.name, sizeof(deep.name), "focus");
	OK(follow_mode_save(site->s, &deep, NOW, NULL));
	expect(site, SUPPORT_1001, "logout,focus");
	OK(follow_mode_delete(site->s, &deep, &site->away, NOW, NULL));
	expect(site, SUPPORT_1001, "pause,away");
}

/* To Asterisk they are one member, so two items would undo each other. */
static void test_other_case(void **state)
{
	struct site *site = *state;
	struct seen was;
	size_t n;

	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	was = see(site, SUPPORT_1001);
	OK(store_item_confirm(site->s, was.id, was.wanted, NULL));
	OK(follow_queue_delete(site->s, &site->support, NOW, &n, NULL));
	site->support = (struct queue){ 0 };
	add_queue(site->s, "Support", &site->support);
	assign(site, &site->support, &site->alice, 2, QUEUE_ADDED);
	expect(site, "queue/Support/Local/1001@presence-queue/n",
		"login,2,alice,hint:1001@presence-hints");
	assert_int_equal(see(site, "").n, 1);
	/* What was under way to the old one is not an answer about this. */
	OK(store_item_confirm(site->s, was.id, "", NULL));
	expect(site, "queue/Support/Local/1001@presence-queue/n",
		"login,2,alice,hint:1001@presence-hints");
	/* Also when only the queue's spelling is edited, or the device's. */
	text_copy(site->support.name, sizeof(site->support.name), "SUPPORT");
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	assert_int_equal(see(site, "").n, 1);
	site->support.members = QUEUE_MEMBERS_DEVICE;
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	text_copy(site->alice.devices[0].dial, sizeof(site->alice.devices[0].dial), "pjsip/1001");
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	expect(site, "queue/SUPPORT/pjsip/1001", "login,2,alice,");
	assert_int_equal(see(site, "").n, 2); /* the other is on its way out */
}

static void test_misfits(void **state)
{
	struct site *site = *state;
	enum queue_change change;
	struct err err;

	site->support.members = QUEUE_MEMBERS_DEVICE;
	OK(follow_queue_save(site->s, &site->support, NOW, NULL));
	assign(site, &site->support, &site->alice, -1, QUEUE_ADDED);
	expect(site, "queue/support/PJSIP/1001", "login,0,alice,");
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
		cmocka_unit_test_setup_teardown(test_switch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tick, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_release, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mode_deleted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_case, setup, teardown),
		cmocka_unit_test_setup_teardown(test_misfits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
