/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queue members: a user's answer as an item, and the actions that bring a member there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/pbx/member.h"

static void test_item(void **state)
{
	static const struct {
		enum queue_answer answer;
		bool assigned;
		const char *value;
		int rank;
	} table[] = {
		{ QUEUE_LOGIN, true, "login,3,alice,hint:1001@presence-hints", 1 },
		{ QUEUE_PAUSE, true, "pause,lunch", 0 },
		{ QUEUE_LOGOUT, true, "logout,lunch", 0 },
		{ QUEUE_NONE, true, "none", 2 },
		{ QUEUE_LOGIN, false, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct member m = { "support", "Local/1001@presence-queue/n", "alice",
			"hint:1001@presence-hints", "lunch", 3, table[i].answer,
			table[i].assigned };
		struct item item;

		item_of_member(&m, &item);
		assert_string_equal(item.name, "queue/support/Local/1001@presence-queue/n");
		assert_string_equal(item.value, table[i].value);
		assert_int_equal(item.rank, table[i].rank);
		assert_true(item_is_member(item.name));
		assert_string_equal(item_neutral(item.name), "");
	}
}

static void test_longest(void **state)
{
	char queue[NAME_MAX_LEN + 1], interface[DIAL_MAX_LEN + 1];
	struct member m = { queue, interface, "alice", "", "lunch", 0, QUEUE_LOGIN, true };
	struct item item;

	(void)state;
	memset(queue, 'q', NAME_MAX_LEN);
	memset(interface, 'i', DIAL_MAX_LEN);
	queue[NAME_MAX_LEN] = interface[DIAL_MAX_LEN] = '\0';
	item_of_member(&m, &item);
	assert_string_equal(strrchr(item.name, '/') + 1, interface);
	assert_string_equal(item.value, "login,0,alice,");
}

static void test_parse(void **state)
{
	static const struct {
		const char *name, *value;
		bool ok;
	} table[] = {
		{ "queue/support/PJSIP/1001", "login,0,alice,", true },
		{ "queue/support/PJSIP/1001", "login,5,alice,hint:1001@presence-hints", true },
		{ "queue/support/Local/1001@presence-queue/n", "pause,lunch", true },
		{ "queue/support/Local/1001@presence-queue/n", "logout,off-work", true },
		{ "queue/support/PJSIP/1001", "none", true },
		{ "queue/support/PJSIP/1001", "", true },
		{ "queue/support/PJSIP/1001", "pause,", false },
		{ "queue/support/PJSIP/1001", "pause", false },
		{ "queue/support/PJSIP/1001", "pause,a;b", false },
		{ "queue/support/PJSIP/1001", "pause,a|b", false },
		{ "queue/support/PJSIP/1001", "logout,a,b", false },
		{ "queue/support/PJSIP/1001", "login,x,alice,", false },
		{ "queue/support/PJSIP/1001", "login,-1,alice,", false },
		{ "queue/support/PJSIP/1001", "login,9999999999,alice,", false },
		{ "queue/support/PJSIP/1001", "login,0,,", false },
		{ "queue/support/PJSIP/1001", "login,0,alice", false },
		{ "queue/support/PJSIP/1001", "login,0,al ice,", false },
		{ "queue/support/PJSIP/1001", "login,0,alice,hint:1;2", false },
		{ "queue/support/PJSIP/1001", "sing,lunch", false },
		{ "queue/support/PJSIP/1001;1", "none", false },
		{ "queue/support/PJSIP/1001|x", "none", false },
		{ "queue/sup port/PJSIP/1001", "none", false },
		{ "queue/support/", "none", false },
		{ "queue//PJSIP/1001", "none", false },
		{ "queue/support", "none", false },
		{ "Custom:presence-1001", "BUSY", false },
	};
	struct member_goal g;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(
			member_parse(table[i].name, table[i].value, &g, &err) == 0, table[i].ok);
	assert_int_equal(member_parse(table[1].name, table[1].value, &g, &err), 0);
	assert_string_equal(g.queue, "support");
	assert_string_equal(g.interface, "PJSIP/1001");
	assert_string_equal(g.name, "alice");
	assert_string_equal(g.state, "hint:1001@presence-hints");
	assert_int_equal(g.penalty, 5);
	assert_string_equal(g.reason, "");
	assert_true(g.assigned);
	assert_int_equal(member_parse("queue/support/PJSIP/1001", "", &g, &err), 0);
	assert_false(g.assigned);
	assert_string_equal(g.reason, "released");
}

/* Signs: - not a member, D dynamic, S static; o paused by us for `lunch`, f by another; c on a call, n of another name; then the penalty. Q: no such queue. */
static struct member_held held_of(const char *s)
{
	struct member_held h = { .queue = *s != 'Q', .there = strchr("DS", *s) != NULL };

	h.dynamic = *s == 'D';
	h.ours = strchr(s, 'o');
	h.paused = h.ours || strchr(s, 'f');
	h.busy = strchr(s, 'c');
	text_copy(h.name, sizeof(h.name), strchr(s, 'n') ? "carol" : "");
	h.penalty = strpbrk(s, "0123456789") ? atoi(strpbrk(s, "0123456789")) : 0;
	snprintf(h.reason, sizeof(h.reason), "%s", h.ours ? "lunch" : h.paused ? "coffee" : "");
	return h;
}

static void test_next(void **state)
{
	static const struct {
		const char *value, *held;
		enum member_next next;
		enum member_next in_time; /* once it may leave in the middle of a call */
	} table[] = {
#define SAME(next) next, next
		{ "login,3,alice,", "Q", SAME(MEMBER_ADD) },
		{ "login,3,alice,", "-", SAME(MEMBER_ADD) },
		{ "login,3,alice,", "D3", SAME(MEMBER_DONE) },
		{ "login,3,alice,", "D0", SAME(MEMBER_PENALTY) },
		{ "login,3,alice,", "S0", SAME(MEMBER_DONE) },
		{ "login,3,alice,", "Do0", SAME(MEMBER_PENALTY) },
		{ "login,3,alice,", "Do3", SAME(MEMBER_UNPAUSE) },
		{ "login,3,alice,", "So0", SAME(MEMBER_UNPAUSE) },
		{ "login,3,alice,", "Df3", SAME(MEMBER_DONE) },
		{ "login,3,alice,", "Df0", SAME(MEMBER_PENALTY) },
		{ "login,3,alice,", "Sf0", SAME(MEMBER_DONE) },
		{ "login,3,alice,", "Dc3", SAME(MEMBER_DONE) },
		{ "login,3,alice,", "Dn3", SAME(MEMBER_REMOVE) },
		{ "login,3,alice,", "Dno0", SAME(MEMBER_REMOVE) },
		{ "login,3,alice,", "Dnf3", SAME(MEMBER_REMOVE) },
		{ "login,3,alice,", "Dnc3", MEMBER_WAIT, MEMBER_REMOVE },
		{ "login,3,alice,", "Dnc0", MEMBER_PENALTY, MEMBER_REMOVE },
		{ "login,3,alice,", "Dnoc3", MEMBER_UNPAUSE, MEMBER_REMOVE },
		{ "login,3,alice,", "Sn3", SAME(MEMBER_DONE) },
		{ "pause,lunch", "Dn", SAME(MEMBER_PAUSE) },
		{ "none", "Dn", SAME(MEMBER_DONE) },
		{ "pause,lunch", "Q", SAME(MEMBER_NO_QUEUE) },
		{ "pause,lunch", "-", SAME(MEMBER_DONE) },
		{ "pause,lunch", "D", SAME(MEMBER_PAUSE) },
		{ "pause,lunch", "S", SAME(MEMBER_PAUSE) },
		{ "pause,lunch", "Dc", SAME(MEMBER_PAUSE) },
		{ "pause,lunch", "Do", SAME(MEMBER_DONE) },
		{ "pause,away", "Do", SAME(MEMBER_PAUSE) },
		{ "pause,away", "So", SAME(MEMBER_PAUSE) },
		{ "pause,lunch", "Df", SAME(MEMBER_DONE) },
		{ "pause,lunch", "Sf", SAME(MEMBER_DONE) },
		{ "logout,lunch", "Q", SAME(MEMBER_NO_QUEUE) },
		{ "logout,lunch", "-", SAME(MEMBER_DONE) },
		{ "logout,lunch", "D", SAME(MEMBER_REMOVE) },
		{ "logout,lunch", "Do", SAME(MEMBER_REMOVE) },
		{ "logout,lunch", "Df", SAME(MEMBER_REMOVE) },
		{ "logout,lunch", "S", SAME(MEMBER_PAUSE) },
		{ "logout,lunch", "Sc", SAME(MEMBER_PAUSE) },
		{ "logout,lunch", "So", SAME(MEMBER_DONE) },
		{ "logout,away", "So", SAME(MEMBER_PAUSE) },
		{ "logout,lunch", "Sf", SAME(MEMBER_DONE) },
		{ "logout,lunch", "Dc", MEMBER_PAUSE, MEMBER_REMOVE },
		{ "logout,lunch", "Doc", MEMBER_WAIT, MEMBER_REMOVE },
		{ "logout,away", "Doc", MEMBER_PAUSE, MEMBER_REMOVE },
		{ "logout,lunch", "Dfc", MEMBER_WAIT, MEMBER_REMOVE },
		{ "none", "Q", SAME(MEMBER_NO_QUEUE) },
		{ "none", "-", SAME(MEMBER_DONE) },
		{ "none", "D", SAME(MEMBER_DONE) },
		{ "none", "S", SAME(MEMBER_DONE) },
		{ "none", "Do", SAME(MEMBER_UNPAUSE) },
		{ "none", "So", SAME(MEMBER_UNPAUSE) },
		{ "none", "Df", SAME(MEMBER_DONE) },
		{ "none", "Dc", SAME(MEMBER_DONE) },
		{ "", "Q", SAME(MEMBER_DONE) },
		{ "", "-", SAME(MEMBER_DONE) },
		{ "", "D", SAME(MEMBER_REMOVE) },
		{ "", "Df", SAME(MEMBER_REMOVE) },
		{ "", "Dc", MEMBER_PAUSE, MEMBER_REMOVE },
		{ "", "Dfc", MEMBER_WAIT, MEMBER_REMOVE },
		{ "", "S", SAME(MEMBER_DONE) },
		{ "", "So", SAME(MEMBER_UNPAUSE) },
		{ "", "Sf", SAME(MEMBER_DONE) },
		{ "", "Sc", SAME(MEMBER_DONE) },
#undef SAME
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct member_held h = held_of(table[i].held);
		struct member_goal g;
		int steps = 0;

		assert_int_equal(
			member_parse("queue/support/PJSIP/1001", table[i].value, &g, &err), 0);
		if (member_next(&g, &h, false) != table[i].next ||
			member_next(&g, &h, true) != table[i].in_time)
			fail_msg("%s of %s: %d, %d", table[i].value, table[i].held,
				member_next(&g, &h, false), member_next(&g, &h, true));
		/* Whatever it begins with, it comes to an end, and is then satisfied. */
		for (;;) {
			enum member_next next = member_next(&g, &h, false);

			if (next == MEMBER_DONE || next == MEMBER_WAIT || next == MEMBER_NO_QUEUE)
				break;
			/* A pause of ours does not come back. */
			assert_true(next != MEMBER_PAUSE_AGAIN || strchr(table[i].held, 'f'));
			member_did(&g, next, &h);
			assert_true(++steps <= 3);
		}
	}
}

static void test_action(void **state)
{
	static const struct {
		enum member_next action;
		const char *text;
	} table[] = {
		{ MEMBER_ADD,
			"QueueAdd support PJSIP/1001 Penalty 3 Paused false MemberName alice"
			" StateInterface hint:1001@presence-hints" },
		{ MEMBER_PENALTY, "QueuePenalty support PJSIP/1001 Penalty 3" },
		{ MEMBER_PAUSE, "QueuePause support PJSIP/1001 Paused true Reason lunch" },
		{ MEMBER_PAUSE_AGAIN, "QueuePause support PJSIP/1001 Paused true Reason coffee" },
		{ MEMBER_UNPAUSE, "QueuePause support PJSIP/1001 Paused false" },
		{ MEMBER_REMOVE, "QueueRemove support PJSIP/1001" },
	};
	struct member_held held = { .reason = "coffee" };
	struct member_goal g;
	const char *fields[MEMBER_FIELDS];
	char number[12];
	struct err err;

	(void)state;
	assert_int_equal(member_parse("queue/support/PJSIP/1001",
				 "login,3,alice,hint:1001@presence-hints", &g, &err),
		0);
	snprintf(g.reason, sizeof(g.reason), "lunch");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char text[256] = "";

		member_action(&g, table[i].action, &held, number, fields);
		for (size_t k = 0; fields[k]; k++) {
			if (k == 0 || k == 2 || k == 4)
				continue;
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				k > 1 ? " " : "", fields[k]);
		}
		assert_string_equal(text, table[i].text);
	}
	*g.state = '\0';
	held.paused = true;
	member_action(&g, MEMBER_ADD, &held, number, fields);
	assert_string_equal(fields[9], "true");
	assert_null(fields[12]);
	member_query(&g, false, fields);
	assert_string_equal(fields[5], "PJSIP/1001");
	member_query(&g, true, fields);
	assert_null(fields[4]);
}

static void see(const struct member_goal *g, struct member_held *h, size_t n,
	const struct amimsg_header *headers)
{
	struct amimsg m = { .n = n, .headers = headers };

	member_see(g, &m, h);
}

static void test_see(void **state)
{
	static const struct amimsg_header params[] = { { "Event", "QueueParams" },
		{ "Queue", "Support" } };
	static const struct amimsg_header caller[] = { { "Event", "QueueEntry" } };
	struct amimsg_header member[] = { { "Event", "QueueMember" }, { "Queue", "support" },
		{ "Location", "PJSIP/1001" }, { "Membership", "dynamic" }, { "Penalty", "2" },
		{ "InCall", "1" }, { "Paused", "1" }, { "PausedReason", "lunch" } };
	char reason[200];
	struct member_held h = { 0 };
	struct member_goal g;
	struct err err;

	(void)state;
	assert_int_equal(member_parse("queue/support/PJSIP/1001", "none", &g, &err), 0);
	see(&g, &h, ARRAY_SIZE(params), params);
	assert_true(h.queue && !h.there);
	member[1].value = "sales"; /* another queue's, then another member's */
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_false(h.there);
	member[1].value = "support";
	member[2].value = "PJSIP/1002";
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_false(h.there);
	member[2].value = "PJSIP/1001";
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_true(h.there && h.dynamic && h.busy && h.paused && !h.ours);
	assert_int_equal(h.penalty, 2);
	assert_string_equal(h.reason, "lunch");
	memset(reason, 'x', sizeof(reason));
	reason[sizeof(reason) - 1] = '\0';
	member[7].value = reason;
	member[4].value = "-99999999999999999999";
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_string_equal(h.reason, "?");
	assert_int_equal(h.penalty, -1);
	assert_true(member_pauses_as("pause,lunch", "lunch"));
	assert_true(member_pauses_as("logout,lunch", "lunch"));
	assert_false(member_pauses_as("pause,lunch", ""));
	assert_false(member_pauses_as("login,0,alice,", "0,alice,"));
	assert_false(member_pauses_as("none", "none"));
	assert_false(member_pauses_as(NULL, ""));
	/* What follows a caller in the list was perhaps written by him. */
	h = (struct member_held){ 0 };
	see(&g, &h, ARRAY_SIZE(params), params);
	see(&g, &h, ARRAY_SIZE(caller), caller);
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_true(h.queue && !h.there);
	h = (struct member_held){ 0 };
	see(&g, &h, 3, member); /* nothing but where it is */
	assert_true(h.there && !h.dynamic && !h.busy && !h.paused);
}

/* Asterisk takes the name, the spelling and the state interface only when a member is added. */
static void test_added_anew(void **state)
{
	struct amimsg_header member[] = { { "Event", "QueueMember" }, { "Queue", "support" },
		{ "Location", "Local/1001@presence-queue/n" }, { "Membership", "dynamic" },
		{ "Penalty", "0" }, { "Name", "alice" },
		{ "StateInterface", "hint:1001@presence-hints" }, { "Paused", "1" },
		{ "PausedReason", "coffee" } };
	static const struct {
		const char *value;
		size_t header;
		const char *held;
		bool other;
	} table[] = {
		{ "login,0,alice,hint:1001@presence-hints", 0, "QueueMember", false },
		{ "login,0,alice,hint:1001@others", 0, "QueueMember", true },
		{ "login,0,carol,hint:1001@presence-hints", 0, "QueueMember", true },
		{ "login,0,alice,hint:1001@presence-hints", 2, "local/1001@presence-queue/n",
			true },
		{ "login,0,alice,", 0, "QueueMember", true },
		{ "login,0,alice,", 6, "Local/1001@presence-queue/n", false },
		{ "login,0,alice,", 6, "", false },
	};
	static const enum member_next steps[] = { MEMBER_REMOVE, MEMBER_ADD, MEMBER_PAUSE_AGAIN,
		MEMBER_DONE };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *was = member[table[i].header].value;
		struct member_held h = { 0 };
		struct member_goal g;

		assert_int_equal(member_parse("queue/support/Local/1001@presence-queue/n",
					 table[i].value, &g, &err),
			0);
		member[table[i].header].value = table[i].held;
		see(&g, &h, ARRAY_SIZE(member), member);
		member[table[i].header].value = was;
		for (size_t k = table[i].other ? 0 : 3; k < ARRAY_SIZE(steps); k++) {
			assert_int_equal(member_next(&g, &h, false), steps[k]);
			member_did(&g, steps[k], &h);
		}
		assert_true(h.paused && !h.ours);
		assert_string_equal(h.reason, "coffee");
	}
}

/* A pause without a reason is kept by adding; there is no reason to be given once more. */
static void test_paused_for_no_reason(void **state)
{
	struct member_held h = {
		.queue = true, .there = true, .dynamic = true, .paused = true, .name = "carol"
	};
	struct member_goal g;
	struct err err;

	(void)state;
	assert_int_equal(member_parse("queue/support/PJSIP/1001", "login,0,alice,", &g, &err), 0);
	assert_int_equal(member_next(&g, &h, false), MEMBER_REMOVE);
	member_did(&g, MEMBER_REMOVE, &h);
	assert_int_equal(member_next(&g, &h, false), MEMBER_ADD);
	assert_true(h.paused);
	member_did(&g, MEMBER_ADD, &h);
	assert_int_equal(member_next(&g, &h, false), MEMBER_DONE);
}

/* A hint that is not there: the queue never offers a call, and only the list tells. */
static void test_deaf(void **state)
{
	struct amimsg_header member[] = { { "Event", "QueueMember" }, { "Queue", "support" },
		{ "Location", "PJSIP/1001" }, { "Membership", "dynamic" },
		{ "StateInterface", "hint:1001@nowhere" }, { "Status", "4" } };
	struct member_held h = { 0 };
	struct member_goal g;
	struct err err;

	(void)state;
	assert_int_equal(member_parse("queue/support/PJSIP/1001", "login,0,alice,hint:1001@nowhere",
				 &g, &err),
		0);
	member_did(&g, MEMBER_ADD, &h);
	assert_true(h.unseen && !member_is_deaf(&g, &h, &err));
	h = (struct member_held){ 0 };
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_true(!h.unseen && member_is_deaf(&g, &h, &err));
	assert_string_equal(err.msg,
		"no hint 1001@nowhere, so queue 'support' never offers calls to alice; see presence-calls(7)");
	member[5].value = "5";
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_false(member_is_deaf(&g, &h, &err));
	member[5].value = "4";
	member[4].value = "PJSIP/1001";
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_false(member_is_deaf(&g, &h, &err));
	member[4].value = "hint:1001@nowhere";
	see(&g, &h, ARRAY_SIZE(member), member);
	assert_int_equal(member_parse("queue/support/PJSIP/1001", "pause,lunch", &g, &err), 0);
	assert_false(member_is_deaf(&g, &h, &err));
}

/* Events, which name things otherwise than the list does. */
static void test_event(void **state)
{
	struct amimsg_header member[] = { { "Event", "QueueMemberPause" }, { "Queue", "support" },
		{ "Interface", "PJSIP/1001" }, { "MemberName", "alice" },
		{ "Membership", "dynamic" }, { "Penalty", "2" }, { "Status", "1" },
		{ "Paused", "1" }, { "PausedReason", "lunch" } };
	struct amimsg m = { .n = ARRAY_SIZE(member), .headers = member };
	char name[ITEM_NAME_SIZE], longest[200];
	struct member_held h;

	(void)state;
	assert_true(member_from_event(&m, name, &h));
	assert_string_equal(name, "queue/support/PJSIP/1001");
	assert_true(h.queue && h.there && h.dynamic && h.paused && !h.busy && !h.no_hint);
	assert_int_equal(h.penalty, 2);
	assert_string_equal(h.reason, "lunch");
	assert_string_equal(h.name, "alice");
	member[0].value = "QueueMemberRemoved";
	assert_true(member_from_event(&m, name, &h));
	assert_false(h.there);
	/* A call may be on its way. */
	member[0].value = "QueueMemberAdded";
	member[6].value = "6";
	assert_true(member_from_event(&m, name, &h));
	assert_true(h.busy);
	member[0].value = "QueueMemberStatus";
	assert_false(member_from_event(&m, name, &h));
	member[0].value = "QueueMemberPenalty";
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	member[2].value = longest;
	assert_false(member_from_event(&m, name, &h));
}

/* A member is removed and added again when their hint exists by now; not in the middle of a call, and not one of queues.conf. */
static void test_hint(void **state)
{
	struct amimsg_header answer[] = { { "Hint", "PJSIP/1001" }, { "Status", "4" } };
	struct amimsg m = { .n = ARRAY_SIZE(answer), .headers = answer };
	const char *fields[MEMBER_FIELDS];
	char extension[DIAL_MAX_LEN + 1];
	struct member_held h = { .queue = true, .there = true, .dynamic = true, .no_hint = true };
	struct member_goal g;
	struct err err;

	(void)state;
	assert_true(member_hint_query("hint:1001@presence-hints", extension, fields));
	assert_string_equal(fields[1], "ExtensionState");
	assert_string_equal(fields[3], "1001");
	assert_string_equal(fields[5], "presence-hints");
	assert_null(fields[6]);
	assert_false(member_hint_query("PJSIP/1001", extension, fields));
	assert_false(member_hint_query("hint:1001", extension, fields));
	assert_true(member_hint_exists(&m));
	answer[1].value = "-1";
	assert_false(member_hint_exists(&m));
	answer[0].value = "";
	assert_false(member_hint_exists(&m));
	assert_int_equal(member_parse("queue/support/Local/1001@presence-queue/n",
				 "login,0,alice,hint:1001@presence-hints", &g, &err),
		0);
	assert_int_equal(member_next(&g, &h, false), MEMBER_DONE);
	h.renewable = h.busy = true;
	assert_int_equal(member_next(&g, &h, false), MEMBER_WAIT);
	assert_int_equal(member_next(&g, &h, true), MEMBER_REMOVE);
	h.busy = false;
	assert_int_equal(member_next(&g, &h, false), MEMBER_REMOVE);
	member_did(&g, MEMBER_REMOVE, &h);
	assert_int_equal(member_next(&g, &h, false), MEMBER_ADD);
	member_did(&g, MEMBER_ADD, &h);
	assert_int_equal(member_next(&g, &h, false), MEMBER_DONE);
	h.renewable = true;
	h.dynamic = false;
	assert_int_equal(member_next(&g, &h, false), MEMBER_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_action),
		cmocka_unit_test(test_see),
		cmocka_unit_test(test_added_anew),
		cmocka_unit_test(test_paused_for_no_reason),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_hint),
		cmocka_unit_test(test_item),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
