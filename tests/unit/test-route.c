/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a caller experiences, for every mode, kind of call and state of the phones, and each rule on its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/route.h"

/* alice 1001 (desk, app, mailbox, mobile), bob 1002 (phone, mailbox), carol 1003 (phone), dave ... 1004 to 1009 (phone, mailbox). */
enum { ALICE, BOB, CAROL, PEOPLE = 9 };

static const char *const names[PEOPLE] = { "alice", "bob", "carol", "dave", "eve", "frank", "grace",
	"heidi", "ivan" };

struct world {
	struct user users[PEOPLE];
	struct rules rules[PEOPLE];
	struct route_user people[PEOPLE];
};

static const struct route_user *find(void *ctx, const char *who)
{
	struct world *w = ctx;

	for (size_t i = 0; i < PEOPLE; i++) {
		if (!strcmp(w->users[i].name, who) || !strcmp(w->users[i].extension, who))
			return &w->people[i];
	}
	return NULL;
}

static const struct mode *mode(const char *name)
{
	const struct mode *m = model_builtin_modes;

	while (strcmp(m->name, name) != 0)
		m++;
	return m;
}

static void set_mode(struct world *w, size_t who, const char *name)
{
	w->people[who].mode = mode(name);
	rules_base(name, &w->rules[who]);
}

static void set(struct world *w, size_t who, const char *edit)
{
	char key[KEY_WORD_SIZE];
	const char *eq = strchr(edit, '=');
	struct err err;

	snprintf(key, sizeof(key), "%.*s", (int)(eq - edit), edit);
	if (rules_set(&w->rules[who], key, eq + 1, &err) < 0)
		fail_msg("%s: %s", edit, err.msg);
	(void)ring_place(&w->rules[who].ring, (int)w->rules[who].timeout_s);
}

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < PEOPLE; i++) {
		struct user *u = &w->users[i];

		text_copy(u->name, sizeof(u->name), names[i]);
		snprintf(u->extension, sizeof(u->extension), "%zu", 1001 + i);
		if (i != CAROL)
			snprintf(u->mailbox, sizeof(u->mailbox), "%zu@default", 1001 + i);
		u->devices_n = 1;
		text_copy(u->devices[0].name, sizeof(u->devices[0].name), i ? "phone" : "desk");
		w->people[i] = (struct route_user){
			.user = u, .rules = &w->rules[i], .phone = PHONE_NOANSWER, .ask = ""
		};
		set_mode(w, i, "available");
	}
	w->users[ALICE].devices_n = 2;
	text_copy(w->users[ALICE].devices[1].name, NAME_MAX_LEN, "app");
	text_copy(w->users[ALICE].mobile, sizeof(w->users[ALICE].mobile), "0701234567");
}

static void expect_from(struct world *w, const char *kind, const char *number,
	enum phone_state others, const char *text)
{
	_cleanup_(route_done) struct route r = { 0 };
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct route_input in = { .callee = &w->people[ALICE],
		.kind = (enum call_kind)call_kind_parse(kind),
		.number = number,
		.others = others,
		.find = find,
		.ctx = w };

	route(&in, &r);
	route_text(&r, &got);
	if (strcmp(got.s, text) != 0)
		fail_msg("%s: '%s', not '%s'", kind, got.s, text);
	for (size_t i = 0; i < r.n; i++) {
		assert_true(!i || r.steps[i].at_s >= r.steps[i - 1].at_s ||
			r.steps[i].action == ROUTE_RING);
		assert_true(
			r.steps[i].until_s == ROUTE_OPEN || r.steps[i].until_s >= r.steps[i].at_s);
	}
}

static void expect(struct world *w, const char *kind, const char *text)
{
	expect_from(w, kind, "0855", PHONE_NOANSWER, text);
}

#define RINGS  "0 s desk, app ring"
#define LUNCH  "0 s nothing rings → voicemail"
#define DND    "0 s always → voicemail"
#define CLOSED "0 s always → voicemail, greeting vm-nobodyavail"
#define TRIP   "0 s mobile rings · 25 s no answer → voicemail"
#define SILENT "0 s nothing rings → unavailable"
#define END    "0 s always → unavailable"
#define NONE   "0 s no group calls → busy tone"

/* The whole matrix of built-in modes. */
static void test_modes(void **state)
{
	static const struct {
		const char *mode, *phone, *person, *queue, *group;
	} table[] = {
		{ "available", "idle", RINGS ", answered", RINGS ", answered", RINGS ", answered" },
		{ "available", "noanswer", RINGS " · 20 s no answer → voicemail",
			RINGS " · 20 s no answer → unavailable",
			RINGS " · 20 s no answer → unavailable" },
		{ "available", "busy", "0 s desk, app are busy → voicemail, busy greeting",
			"0 s desk, app are busy → busy tone",
			"0 s desk, app are busy → busy tone" },
		{ "available", "declining", "0 s desk, app decline → voicemail, busy greeting",
			"0 s desk, app decline → busy tone", "0 s desk, app decline → busy tone" },
		{ "available", "offline", "0 s offline → voicemail", "0 s offline → unavailable",
			"0 s offline → unavailable" },
		{ "away", "idle", RINGS ", answered", RINGS ", answered", RINGS ", answered" },
		{ "away", "noanswer", RINGS " · 20 s no answer → voicemail",
			RINGS " · 20 s no answer → unavailable",
			RINGS " · 20 s no answer → unavailable" },
		{ "away", "busy", "0 s desk, app are busy → voicemail, busy greeting",
			"0 s desk, app are busy → busy tone",
			"0 s desk, app are busy → busy tone" },
		{ "do-not-disturb", "idle", DND, END, NONE },
		{ "do-not-disturb", "noanswer", DND, END, NONE },
		{ "do-not-disturb", "busy", DND, END, NONE },
		{ "do-not-disturb", "declining", DND, END, NONE },
		{ "do-not-disturb", "offline", DND, END, NONE },
		{ "lunch-break", "idle", LUNCH, SILENT, NONE },
		{ "lunch-break", "offline", LUNCH, SILENT, NONE },
		{ "business-trip", "idle", TRIP, RINGS ", answered", NONE },
		{ "business-trip", "noanswer", TRIP, RINGS " · 20 s no answer → unavailable",
			NONE },
		{ "business-trip", "offline", TRIP, "0 s offline → unavailable", NONE },
		{ "off-work", "idle", CLOSED, END, NONE },
		{ "off-work", "busy", CLOSED, END, NONE },
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		world_init(&w);
		set_mode(&w, ALICE, table[i].mode);
		w.people[ALICE].phone = (enum phone_state)phone_state_parse(table[i].phone);
		expect(&w, "internal", table[i].person);
		expect(&w, "external", table[i].person);
		expect(&w, "queue", table[i].queue);
		expect(&w, "group", table[i].group);
	}
}

/* Each rule on its own, from available. */
static void test_rules(void **state)
{
	static const struct {
		const char *edits[4];
		const char *kind, *phone;
		const char *text;
	} table[] = {
		{ { "ring.timeout=5" }, "internal", "noanswer",
			RINGS " · 5 s no answer → voicemail" },
		{ { "ring.mobile=yes" }, "internal", "noanswer",
			RINGS ", mobile rings · 20 s no answer → voicemail" },
		{ { "ring.mobile=yes" }, "internal", "busy",
			"0 s desk, app are busy, mobile rings · 20 s no answer → voicemail" },
		{ { "ring.mobile=yes" }, "queue", "offline",
			"0 s mobile rings · 20 s no answer → unavailable" },
		{ { "ring=desk 0-20, mobile 10-30" }, "internal", "noanswer",
			"0 s desk rings to 20 s · 10 s mobile rings · 30 s no answer → voicemail" },
		{ { "ring=desk 0-20, mobile 10-30" }, "internal", "idle",
			"0 s desk rings, answered" },
		{ { "ring=desk 0-20, mobile 10-30" }, "internal", "offline",
			"10 s mobile rings · 30 s no answer → voicemail" },
		{ { "ring=desk 0-20, mobile 10-30" }, "internal", "busy",
			"0 s desk is busy · 10 s mobile rings · 30 s no answer → voicemail" },
		{ { "ring=desk 0-20, mobile 10-30" }, "queue", "noanswer",
			RINGS " · 20 s no answer → unavailable" },
		{ { "ring=mobile 10-30, desk 0-20" }, "internal", "noanswer",
			"0 s desk rings to 20 s · 10 s mobile rings · 30 s no answer → voicemail" },
		{ { "ring=desk 0-5, app 15-20" }, "internal", "declining",
			"0 s desk declines · 15 s app declines → voicemail, busy greeting" },
		{ { "ring=desk 0-5, app 15-20" }, "internal", "noanswer",
			"0 s desk rings to 5 s · 15 s app rings · 20 s no answer → voicemail" },
		{ { "ring=first desk 5, then app mobile 10" }, "internal", "noanswer",
			"0 s desk rings to 5 s · 5 s app rings, mobile rings · 15 s no answer → "
			"voicemail" },
		{ { "ring=sofa 0-20" }, "internal", "noanswer", "0 s offline → voicemail" },
		{ { "ring=none" }, "queue", "noanswer", SILENT },
		{ { "forward.internal.always=number:0812" }, "internal", "noanswer",
			"0 s always → number:0812 · 20 s no answer → voicemail" },
		{ { "forward.internal.always=number:0812" }, "external", "noanswer",
			RINGS " · 20 s no answer → voicemail" },
		{ { "forward.external.always=number:0812", "forward.voicemail=no" }, "external",
			"noanswer", "0 s always → number:0812" },
		{ { "forward.external.noanswer=group:600" }, "external", "noanswer",
			RINGS " · 20 s no answer → group:600 · 40 s no answer → voicemail" },
		{ { "forward.external.busy=queue:sales" }, "external", "busy",
			"0 s desk, app are busy → queue:sales · 20 s no answer → voicemail, busy "
			"greeting" },
		{ { "forward.external.busy=queue:sales" }, "external", "declining",
			"0 s desk, app decline → queue:sales · 20 s no answer → voicemail, busy "
			"greeting" },
		{ { "forward.external.offline=goto:ivr,s,1" }, "external", "offline",
			"0 s offline → goto:ivr,s,1" },
		{ { "forward.internal.busy=busy" }, "internal", "busy",
			"0 s desk, app are busy → busy tone" },
		{ { "forward.internal.always=busy" }, "internal", "noanswer",
			"0 s always → busy tone" },
		{ { "forward.internal.always=hangup" }, "internal", "noanswer",
			"0 s always → hung up" },
		{ { "forward.internal.always=1099" }, "internal", "noanswer",
			"0 s always → group:1099 · 20 s no answer → voicemail" },
		{ { "forward.internal.always=nobody" }, "internal", "noanswer",
			"0 s always → voicemail" },
		{ { "forward.internal.always=ask" }, "internal", "noanswer",
			"0 s always → number:0700 · 20 s no answer → voicemail" },
		{ { "forward.external.always=number:0812" }, "queue", "noanswer",
			"0 s always → number:0812" },
		{ { "forward.external.always=number:0812", "forward.direct_only=yes" }, "queue",
			"noanswer", RINGS " · 20 s no answer → unavailable" },
		{ { "forward.external.noanswer=number:0812", "forward.direct_only=yes" }, "group",
			"noanswer", RINGS " · 20 s no answer → unavailable" },
		{ { "forward.direct_only=yes", "forward.external.busy=number:08" }, "queue", "busy",
			"0 s desk, app are busy → busy tone" },
		{ { "group.calls=no" }, "group", "idle", NONE },
		{ { "group.calls=no" }, "queue", "idle", RINGS ", answered" },
		{ { "greeting=vm-lunch" }, "internal", "noanswer",
			RINGS " · 20 s no answer → voicemail, greeting vm-lunch" },
		{ { "greeting=vm-lunch" }, "internal", "busy",
			"0 s desk, app are busy → voicemail, greeting vm-lunch" },
		{ { "greeting=own" }, "internal", "busy",
			"0 s desk, app are busy → voicemail, own greeting" },
		{ { "announce=mode" }, "internal", "noanswer",
			RINGS " · 20 s no answer → voicemail" },
		{ { "announce=until" }, "internal", "noanswer",
			RINGS " · 20 s no answer → announces until 13:00 → voicemail" },
		{ { "announce=until", "announce.sound=lunch" }, "internal", "busy",
			"0 s desk, app are busy → announces lunch, until 13:00 → voicemail, busy greeting" },
		{ { "announce=mode", "announce.sound=lunch" }, "external", "offline",
			"0 s offline → announces lunch → voicemail" },
		{ { "announce=mode", "forward.external.always=number:0812" }, "external",
			"noanswer",
			"0 s always → announces unavailable → number:0812 · 20 s no answer → voicemail" },
		{ { "announce=mode", "forward.external.always=busy" }, "external", "noanswer",
			"0 s always → busy tone" },
		{ { "announce=mode", "forward.external.always=hangup" }, "external", "noanswer",
			"0 s always → hung up" },
		{ { "announce=until", "forward.external.always=number:0812" }, "group", "noanswer",
			"0 s always → number:0812" },
		{ { "announce=until", "announce.sound=lunch" }, "queue", "noanswer",
			RINGS " · 20 s no answer → unavailable" },
		{ { "ring=none", "allow=08*" }, "internal", "noanswer",
			RINGS " · 20 s no answer → voicemail" },
		{ { "ring=none", "allow=08*", "forward.external.always=voicemail" }, "external",
			"noanswer", RINGS " · 20 s no answer → voicemail" },
		{ { "ring=none", "allow=07*", "forward.external.always=voicemail" }, "external",
			"noanswer", "0 s always → voicemail" },
		{ { "group.calls=no", "allow=08*" }, "group", "idle", NONE },
		{ { "call.waiting=yes" }, "internal", "oncall",
			RINGS " · 20 s no answer → voicemail" },
		{ { "forward.external.busy=number:0812" }, "external", "oncall",
			"0 s on a call → number:0812 · 20 s no answer → voicemail, busy greeting" },
		{ { "ring=desk 5-20, mobile 0-30" }, "external", "oncall",
			"0 s on a call → voicemail, busy greeting" },
		{ { "ring=none", "allow=08*" }, "internal", "oncall",
			"0 s on a call → voicemail, busy greeting" },
		{ { "ring=none", "forward.internal.busy=busy" }, "internal", "oncall", LUNCH },
		{ { "forward.direct_only=yes" }, "group", "oncall", "0 s on a call → busy tone" },
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		world_init(&w);
		for (size_t k = 0; k < 4 && table[i].edits[k]; k++)
			set(&w, ALICE, table[i].edits[k]);
		w.people[ALICE].phone = (enum phone_state)phone_state_parse(table[i].phone);
		w.people[ALICE].ask = "0700";
		w.people[ALICE].until = "13:00";
		expect(&w, table[i].kind, table[i].text);
	}
}

/* Each device on its own. */
static void test_phones(void **state)
{
	static const struct {
		const char *phones, *ring, *text;
	} table[] = {
		{ "desk=busy", "all", "0 s desk is busy, app rings · 20 s no answer → voicemail" },
		{ "desk=busy,app=idle", "all", "0 s desk is busy, app rings, answered" },
		{ "desk=noanswer, app=idle", "all", RINGS ", answered" },
		{ "desk=offline,app=idle", "all", "0 s app rings, answered" },
		{ "busy,app=idle", "all", "0 s desk is busy, app rings, answered" },
		{ "desk=declining,app=busy", "all",
			"0 s desk declines, app is busy → voicemail, busy greeting" },
		{ "desk=offline,app=busy", "all", "0 s app is busy → voicemail, busy greeting" },
		{ "desk=busy", "desk 0-5, app 3-8",
			"0 s desk is busy · 3 s app rings · 8 s no answer → voicemail" },
		{ "desk=offline,app=idle", "desk 0-5, app 3-8", "3 s app rings, answered" },
		{ "app=oncall", "desk 0-5", "0 s on a call → voicemail, busy greeting" },
		{ "desk=offline,app=oncall", "all", "0 s on a call → voicemail, busy greeting" },
		{ "app=declining", "desk 0-5, app 3-8",
			"0 s desk rings · 3 s app declines · 5 s no answer → voicemail" },
	};
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "asleep", "no state of a phone 'asleep'; there are: " PHONE_STATES },
		{ "desk=", "no state of a phone ''; there are: " PHONE_STATES },
		{ "dask=busy", "alice has no device 'dask'; did you mean 'desk'?" },
		{ "desk=busy,", "no state of a phone ''; there are: " PHONE_STATES },
	};
	enum phone_state phones[DEVICES_MAX];
	struct world w;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char ring[64];

		world_init(&w);
		snprintf(ring, sizeof(ring), "ring=%s", table[i].ring);
		set(&w, ALICE, ring);
		phones[0] = phones[1] = PHONE_NOANSWER;
		assert_int_equal(
			phone_states_parse(table[i].phones, &w.users[ALICE], phones, &err), 0);
		w.people[ALICE].phones = phones;
		expect(&w, "internal", table[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(
			phone_states_parse(bad[i].text, &w.users[ALICE], phones, &err), -1);
		assert_string_equal(err.msg, bad[i].error);
	}
}

static void test_without_mailbox(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.users[ALICE].mailbox[0] = '\0';
	expect(&w, "external", RINGS " · 20 s no answer → unavailable");
	w.people[ALICE].phone = PHONE_BUSY;
	expect(&w, "external", "0 s desk, app are busy → busy tone");
	w.people[ALICE].phone = PHONE_OFFLINE;
	expect(&w, "external", "0 s offline → unavailable");
	set(&w, ALICE, "forward.external.always=ask");
	expect(&w, "external", "0 s always → unavailable");
}

static void test_to_users(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	set(&w, ALICE, "forward.external.always=bob");
	expect(&w, "external", "0 s always → bob, phone of bob rings · 20 s no answer → voicemail");
	w.people[BOB].phone = PHONE_IDLE;
	expect(&w, "external", "0 s always → bob, phone of bob rings, answered");
	w.people[BOB].phone = PHONE_BUSY;
	expect(&w, "external", "0 s always → bob, phone of bob is busy, no answer → voicemail");
	w.people[BOB].phone = PHONE_NOANSWER;
	set(&w, BOB, "ring.timeout=10"); /* and then his mailbox would take it */
	expect(&w, "external", "0 s always → bob, phone of bob rings · 10 s no answer → voicemail");
	set(&w, BOB, "forward.external.noanswer=number:0812");
	expect(&w, "external",
		"0 s always → bob, phone of bob rings · 10 s no answer → number:0812 · "
		"20 s no answer → voicemail");
	set(&w, BOB, "ring.timeout=30"); /* longer than alice wants to wait */
	expect(&w, "external", "0 s always → bob, phone of bob rings · 20 s no answer → voicemail");
	set(&w, BOB, "forward.external.always=goto:ivr,s,1");
	expect(&w, "external", "0 s always → bob, always → goto:ivr,s,1");

	set(&w, ALICE, "forward.voicemail=no");
	set_mode(&w, BOB, "off-work");
	expect(&w, "external",
		"0 s always → bob, always → voicemail of bob, greeting vm-nobodyavail");
	set(&w, ALICE, "forward.external.always=1003");
	expect(&w, "external",
		"0 s always → 1003, phone of carol rings · 20 s no answer → unavailable");
	set(&w, ALICE, "forward.external.always=none");
	set(&w, ALICE, "forward.external.noanswer=carol");
	set(&w, CAROL, "forward.voicemail=no");
	set(&w, CAROL, "forward.external.noanswer=dave");
	expect(&w, "external",
		RINGS " · 20 s no answer → carol, phone of carol rings · 40 s no answer → "
		      "dave, phone of dave rings · 60 s no answer → voicemail of dave");
	expect(&w, "queue",
		RINGS " · 20 s no answer → carol, phone of carol rings · 40 s no answer → "
		      "dave, phone of dave rings · 60 s no answer → unavailable");
}

static void test_loops(void **state)
{
	char edit[80];
	struct world w;

	(void)state;
	world_init(&w);
	set(&w, ALICE, "forward.voicemail=no");
	set(&w, ALICE, "forward.external.always=bob");
	set(&w, BOB, "forward.voicemail=no");
	set(&w, BOB, "forward.external.always=1001");
	expect(&w, "external", "0 s always → bob, always → 1001, loop → voicemail, busy greeting");
	expect(&w, "queue", "0 s always → bob, always → 1001, loop → busy tone");
	set(&w, BOB, "group.calls=no");
	expect(&w, "group", "0 s always → bob, no group calls → busy tone");
	w.users[ALICE].mailbox[0] = '\0';
	expect(&w, "external", "0 s always → bob, always → 1001, loop → busy tone");
	world_init(&w);
	set(&w, ALICE, "forward.external.always=bob");
	set(&w, BOB, "forward.external.always=alice");
	expect(&w, "external", "0 s always → bob, always → alice, loop → voicemail");
	set(&w, ALICE, "forward.external.always=alice");
	set(&w, ALICE, "forward.voicemail=no");
	expect(&w, "external", "0 s always → alice, loop → voicemail, busy greeting");
	/* Two who cover for each other. */
	world_init(&w);
	set(&w, ALICE, "forward.external.noanswer=bob");
	set(&w, BOB, "forward.external.noanswer=alice");
	expect(&w, "external",
		RINGS " · 20 s no answer → bob, phone of bob rings · 40 s no answer → voicemail");
	set(&w, BOB, "ring.timeout=5");
	expect(&w, "external",
		RINGS " · 20 s no answer → bob, phone of bob rings · 25 s no answer → alice, loop "
		      "→ voicemail");
	set(&w, ALICE, "forward.voicemail=no");
	set(&w, BOB, "forward.voicemail=no");
	expect(&w, "external",
		RINGS " · 20 s no answer → bob, phone of bob rings · 25 s no answer → alice, loop "
		      "→ voicemail");
	set(&w, BOB, "forward.external.always=alice");
	expect(&w, "external", RINGS " · 20 s no answer → bob, always → alice, loop → voicemail");
	set(&w, ALICE, "ring=none");
	expect(&w, "external", "0 s nothing rings → bob, always → alice, loop → voicemail");
	set(&w, ALICE, "ring=all");
	w.people[ALICE].phone = PHONE_BUSY;
	set(&w, ALICE, "forward.external.busy=bob");
	expect(&w, "external",
		"0 s desk, app are busy → bob, always → alice, loop → voicemail, busy greeting");
	/* Five hops are all. */
	world_init(&w);
	for (size_t i = 0; i + 1 < PEOPLE; i++) {
		set(&w, i, "forward.voicemail=no");
		snprintf(edit, sizeof(edit), "forward.external.always=%s", names[i + 1]);
		set(&w, i, edit);
	}
	expect(&w, "external",
		"0 s always → bob, always → carol, always → dave, always → eve, always → frank, "
		"always → grace, loop → voicemail, busy greeting");
}

static void test_others(void **state)
{
	static const struct {
		enum phone_state others;
		const char *edits[3];
		const char *text;
	} table[] = {
		{ PHONE_IDLE, { "ring=desk 0-20, mobile 10-30" },
			"0 s desk rings · 10 s mobile rings, answered" },
		{ PHONE_BUSY, { "ring=desk 0-20, mobile 10-30" },
			"0 s desk rings · 10 s mobile is busy · 20 s no answer → voicemail" },
		{ PHONE_BUSY, { "ring=mobile 10-30" },
			"10 s mobile is busy → voicemail, busy greeting" },
		{ PHONE_OFFLINE, { "ring=mobile 10-30", "forward.external.busy=hangup" },
			"10 s mobile cannot be reached, offline → voicemail" },
		{ PHONE_OFFLINE, { "ring=desk 0-20, mobile 10-30" },
			"0 s desk rings · 10 s mobile cannot be reached · 20 s no answer → voicemail" },
		{ PHONE_OFFLINE, { "ring.mobile=yes", "ring=sofa 0-20" },
			"0 s offline → voicemail" },
		{ PHONE_IDLE, { "forward.external.always=number:0812" },
			"0 s always → number:0812, answered" },
		{ PHONE_BUSY, { "forward.external.always=number:0812" },
			"0 s always → number:0812, no answer → voicemail" },
		{ PHONE_BUSY, { "forward.external.always=number:0812", "forward.voicemail=no" },
			"0 s always → number:0812, busy → busy tone" },
		{ PHONE_OFFLINE, { "forward.external.always=number:0812", "forward.voicemail=no" },
			"0 s always → number:0812, offline → unavailable" },
		{ PHONE_IDLE, { "forward.external.always=queue:sales" },
			"0 s always → queue:sales, answered" },
		{ PHONE_BUSY, { "forward.external.always=queue:sales" },
			"0 s always → queue:sales · 20 s no answer → voicemail" },
		{ PHONE_BUSY, { "forward.external.always=queue:sales", "forward.voicemail=no" },
			"0 s always → queue:sales" },
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		world_init(&w);
		for (size_t k = 0; k < 3 && table[i].edits[k]; k++)
			set(&w, ALICE, table[i].edits[k]);
		expect_from(&w, "external", "0855", table[i].others, table[i].text);
	}
}

static const struct route_step *step(
	const struct route *r, enum route_action action, const char *what)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->steps[i].action == action && !strcmp(r->steps[i].what, what))
			return &r->steps[i];
	}
	fail_msg("no step for %s", what);
	return NULL;
}

/* Who answers takes a while; whoever rings shorter than that does not. */
static void test_answer_after(void **state)
{
	static const struct {
		const char *edit, *text;
	} table[] = {
		{ "ring.timeout=20", "0 s desk, app ring · 3 s answered" },
		{ "ring=desk 0-3, app 2-20",
			"0 s desk rings to 3 s · 2 s app rings · 5 s answered" },
		{ "ring=desk 0-3, app 10-12",
			"0 s desk rings to 3 s · 10 s app rings · 12 s no answer "
			"→ voicemail" },
		{ "forward.external.always=number:0812",
			"0 s always → number:0812 · 3 s answered" },
		{ "forward.external.always=bob",
			"0 s always → bob, phone of bob rings · 3 s answered" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(route_done) struct route r = { 0 };
		_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
		struct world w;
		struct route_input in = { .callee = &w.people[ALICE],
			.kind = CALL_EXTERNAL,
			.number = "0855",
			.others = PHONE_IDLE,
			.answer_s = 3,
			.find = find,
			.ctx = &w };

		world_init(&w);
		w.people[ALICE].phone = w.people[BOB].phone = PHONE_IDLE;
		set(&w, ALICE, table[i].edit);
		route(&in, &r);
		route_text(&r, &got);
		assert_string_equal(got.s, table[i].text);
	}
}

static void test_callerid(void **state)
{
	_cleanup_(route_done) struct route r = { 0 };
	struct world w;
	struct route_input in = { .callee = &w.people[ALICE],
		.kind = CALL_EXTERNAL,
		.number = "0855",
		.others = PHONE_NOANSWER,
		.find = find,
		.ctx = &w };

	(void)state;
	world_init(&w);
	set(&w, ALICE, "forward.callerid=user");
	set(&w, ALICE, "ring.mobile=yes");
	set(&w, ALICE, "forward.external.noanswer=bob");
	/* Who is shown is who is on bob's list. */
	set(&w, BOB, "ring=none");
	set(&w, BOB, "allow=1001");
	route(&in, &r);
	assert_string_equal(step(&r, ROUTE_RING, "desk, app")->callerid, "0855");
	assert_string_equal(step(&r, ROUTE_RING, "mobile")->callerid, "1001");
	assert_string_equal(step(&r, ROUTE_FORWARD, "bob")->callerid, "1001");
	assert_int_equal(step(&r, ROUTE_FORWARD, "bob")->until_s, 40);
	assert_string_equal(step(&r, ROUTE_RING, "phone")->callerid, "1001");
	assert_string_equal(step(&r, ROUTE_VOICEMAIL, "1001@default")->callerid, "0855");
	assert_int_equal(step(&r, ROUTE_RING, "phone")->at_s, 20);
	assert_int_equal(step(&r, ROUTE_RING, "phone")->until_s, 40);
}

/* When each step stops. Whoever forwarded takes the call back after ring.timeout, whatever the other user's rules say. */
static void test_until(void **state)
{
	static const struct {
		const char *alice[2], *bob[2];
		enum route_action action;
		const char *what;
		int at_s, until_s;
	} table[] = {
		{ { "ring.timeout=15" }, { NULL }, ROUTE_RING, "desk, app", 0, 15 },
		{ { "forward.external.always=number:0812" }, { NULL }, ROUTE_FORWARD, "number:0812",
			0, 20 },
		{ { "forward.external.always=number:0812", "forward.voicemail=no" }, { NULL },
			ROUTE_FORWARD, "number:0812", 0, ROUTE_OPEN },
		{ { "forward.external.always=queue:sales", "forward.voicemail=no" }, { NULL },
			ROUTE_QUEUE, "queue:sales", 0, ROUTE_OPEN },
		{ { "forward.external.always=bob", "forward.voicemail=no" }, { NULL },
			ROUTE_FORWARD, "bob", 0, ROUTE_OPEN },
		/* What bob does with a call that comes back to alice. */
		{ { "forward.external.always=bob" }, { "ring.timeout=5" }, ROUTE_RING, "phone", 0,
			5 },
		{ { "forward.external.always=bob" }, { "ring.timeout=30" }, ROUTE_RING, "phone", 0,
			20 },
		{ { "forward.external.always=bob" }, { "forward.external.always=queue:sales" },
			ROUTE_QUEUE, "queue:sales", 0, 20 },
		{ { "forward.external.always=bob", "ring.timeout=25" },
			{ "forward.external.noanswer=number:0812" }, ROUTE_FORWARD, "number:0812",
			20, 25 },
		{ { "forward.external.always=bob" }, { "forward.external.always=goto:ivr,s,1" },
			ROUTE_GOTO, "ivr,s,1", 0, 20 },
	};
	struct world w;
	struct route_input in = { .callee = &w.people[ALICE],
		.kind = CALL_EXTERNAL,
		.number = "0855",
		.others = PHONE_NOANSWER,
		.find = find,
		.ctx = &w };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(route_done) struct route r = { 0 };
		const struct route_step *s;

		world_init(&w);
		for (size_t k = 0; k < 2 && table[i].alice[k]; k++)
			set(&w, ALICE, table[i].alice[k]);
		for (size_t k = 0; k < 2 && table[i].bob[k]; k++)
			set(&w, BOB, table[i].bob[k]);
		route(&in, &r);
		s = step(&r, table[i].action, table[i].what);
		if (s->at_s != table[i].at_s || s->until_s != table[i].until_s)
			fail_msg("row %zu, %s: %d to %d", i, table[i].what, s->at_s, s->until_s);
	}
}

/* What would ring only after the call was taken back is not told, and tells nothing of what rang before. */
static void test_too_late(void **state)
{
	static const enum phone_state phones[] = { PHONE_NOANSWER, PHONE_BUSY };
	struct world w;

	(void)state;
	world_init(&w);
	w.users[BOB].devices_n = 2;
	text_copy(w.users[BOB].devices[1].name, NAME_MAX_LEN, "app");
	w.people[BOB].phones = phones;
	set(&w, ALICE, "forward.external.always=bob");
	set(&w, BOB, "ring=phone 0-5, app 25-30");
	expect(&w, "external", "0 s always → bob, phone of bob rings · 20 s no answer → voicemail");
	set(&w, BOB, "ring=phone 0-5, app 15-30");
	expect(&w, "external",
		"0 s always → bob, phone of bob rings to 5 s · 15 s app of bob is busy, no answer → "
		"voicemail");
}

/* A number that an outside caller makes up is on no list. */
static void test_hostile_number(void **state)
{
	static const char *const numbers[] = { "", "08\"", "08${EXEC}", "08,1", "08&1", "08\n",
		"08 " };
	struct world w;

	(void)state;
	world_init(&w);
	set_mode(&w, ALICE, "do-not-disturb");
	set(&w, ALICE, "allow=08*");
	expect_from(&w, "external", "081", PHONE_NOANSWER, RINGS " · 20 s no answer → voicemail");
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		expect_from(&w, "external", numbers[i], PHONE_NOANSWER, DND);
}

static void test_names(void **state)
{
	(void)state;
	for (int k = 0; k < CALL_KIND_COUNT; k++)
		assert_int_equal(call_kind_parse(call_kind_name((enum call_kind)k)), k);
	for (int s = 0; s < PHONE_STATE_COUNT; s++)
		assert_int_equal(phone_state_parse(phone_state_name((enum phone_state)s)), s);
	for (int a = 0; a < ROUTE_ACTION_COUNT; a++)
		assert_non_null(route_action_name((enum route_action)a));
	assert_int_equal(call_kind_parse("x"), -1);
	assert_int_equal(phone_state_parse(""), -1);
}

static void test_queues(void **state)
{
	static const struct {
		enum queue_answer answer;
		enum lamp lamp;
		bool hint;
		const char *text;
	} table[] = {
		{ QUEUE_LOGIN, LAMP_OFF, true, "support: logged in (away), offers calls" },
		{ QUEUE_LOGIN, LAMP_UNAVAILABLE, true, "support: logged in (away), offers calls" },
		{ QUEUE_LOGIN, LAMP_BUSY, false, "support: logged in (away), offers calls" },
		{ QUEUE_LOGIN, LAMP_BUSY, true,
			"support: logged in (away), offers calls; the lamp makes it busy to a queue with ringinuse=no" },
		{ QUEUE_LOGIN, LAMP_HOLD, true,
			"support: logged in (away), offers calls; the lamp makes it busy to a queue with ringinuse=no" },
		{ QUEUE_PAUSE, LAMP_BUSY, true, "support: paused (away), offers no calls" },
		{ QUEUE_LOGOUT, LAMP_OFF, true, "support: logged out (away), offers no calls" },
		{ QUEUE_NONE, LAMP_BUSY, true, "support: left as it is (away)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

		struct mode m = { .name = "away", .lamp = table[i].lamp };

		route_queue_text("support", table[i].answer, &m, table[i].hint, &text);
		assert_string_equal(text.s, table[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_phones),
		cmocka_unit_test(test_without_mailbox),
		cmocka_unit_test(test_to_users),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_answer_after),
		cmocka_unit_test(test_callerid),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_too_late),
		cmocka_unit_test(test_hostile_number),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_queues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
