/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of AstDB: written, read back, and refused when they would not fit or are damaged. What stands in full here is what version 1 began with:
 * dialplans that are out there read it, and a new field goes behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/entry.h"
#include "tests/unit/entry-back.h"

static const char *lookup(void *ctx, const char *who)
{
	(void)ctx;
	return !strcmp(who, "bob") || !strcmp(who, "1002") ? "1002" : NULL;
}

static const struct user alice = { .name = "alice",
	.extension = "1001",
	.pbx = "main",
	.mailbox = "1001",
	.mobile = "+46701234567",
	.mode = "away",
	.devices_n = 2,
	.devices = { { "desk", "PJSIP/1001" }, { "app", "PJSIP/1001-app" } } };

static void assert_begins(const char *entry, const char *expect)
{
	size_t n = strlen(expect);

	if (strncmp(entry, expect, n) != 0 || (entry[n] && entry[n] != '|'))
		fail_msg("'%s' does not begin with '%s'", entry, expect);
}

static void test_user(void **state)
{
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
	struct user bare = { .name = "bob", .extension = "1002", .pbx = "main" };
	struct back_user back;
	struct err err;

	(void)state;
	assert_int_equal(entry_user(&alice, "9", &entry, &err), 0);
	assert_begins(entry.s,
		"1|desk=PJSIP/1001^app=PJSIP/1001-app|1001@default|9+46701234567|1001|away");
	assert_int_equal(entry_back_user(entry.s, &back, &err), 0);
	assert_int_equal(back.devices_n, 2);
	assert_string_equal(back.devices[1].name, "app");
	assert_string_equal(back.devices[1].dial, "PJSIP/1001-app");
	assert_string_equal(back.mailbox, "1001@default");
	assert_string_equal(back.mobile, "9+46701234567");
	assert_string_equal(back.extension, "1001");
	assert_string_equal(back.mode, "away");
	strbuf_cut(&entry, 0);
	assert_int_equal(entry_user(&bare, "9", &entry, &err), 0);
	assert_begins(entry.s, "1|-|-|-|1002|available");
	assert_int_equal(entry_back_user(entry.s, &back, &err), 0);
	assert_int_equal(back.devices_n, 0);
	assert_string_equal(back.mailbox, "");
	assert_string_equal(back.mobile, "");
}

static void test_user_refused(void **state)
{
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
	_cleanup_(freep) struct user *u = xcalloc(1, sizeof(*u));
	struct err err;

	(void)state;
	*u = alice;
	assert_int_equal(entry_user(u, "9x", &entry, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_string_equal(err.msg,
		"mobile_prefix '9x' of PBX main is not digits, '*', '#' and '+', at most 24");
	assert_int_equal(entry_user(u, "9,", &entry, &err), -1);
	text_copy(u->devices[0].dial, sizeof(u->devices[0].dial), "PJSIP/1&PJSIP/2");
	assert_int_equal(entry_user(u, "", &entry, &err), -1);
	assert_string_equal(err.msg, "user alice: '&' cannot be given to the PBX");
	for (size_t i = 0; i < DEVICES_MAX; i++) {
		snprintf(u->devices[i].name, sizeof(u->devices[i].name), "device-%02zu", i);
		snprintf(u->devices[i].dial, sizeof(u->devices[i].dial), "PJSIP/a-long-name-%02zu",
			i);
	}
	u->devices_n = DEVICES_MAX;
	assert_int_equal(entry_user(u, "", &entry, &err), -1);
	assert_non_null(strstr(err.msg, "the call handling of user alice takes 10"));
	assert_non_null(strstr(err.msg, " bytes, the PBX holds 1015: shorten or remove devices"));
	assert_int_equal(entry.len, 0);
	u->devices_n = 31;
	assert_int_equal(entry_user(u, "", &entry, &err), 0);
}

static void effective(const char *mode, const char *const (*edits)[2], struct rules *ret)
{
	struct err err;

	rules_base(mode, ret);
	for (; edits && (*edits)[0]; edits++) {
		if (rules_set(ret, (*edits)[0], (*edits)[1], &err) < 0)
			fail_msg("%s", err.msg);
	}
}

static const struct mode *mode(const char *name)
{
	const struct mode *m = model_builtin_modes;

	while (strcmp(m->name, name) != 0)
		m++;
	return m;
}

static void test_mode(void **state)
{
	static const char *const all[][2] = { { "ring", "desk 0-20, mobile 10-30" },
		{ "ring.timeout", "25" }, { "ring.mobile", "yes" },
		{ "forward.internal.always", "bob" },
		{ "forward.internal.noanswer", "number:+46855" },
		{ "forward.internal.busy", "queue:sales" },
		{ "forward.internal.offline", "group:600" },
		{ "forward.external.always", "goto:ivr,s,1" },
		{ "forward.external.noanswer", "ask" }, { "forward.external.busy", "busy" },
		{ "forward.external.offline", "hangup" }, { "forward.voicemail", "no" },
		{ "forward.direct_only", "yes" }, { "forward.callerid", "user" },
		{ "group.calls", "no" }, { "queue.support", "pause" },
		{ "greeting", "custom/lunch" }, { "allow", "+46701234567, 070*, *21#" },
		{ "notify", "yes" }, { "call.waiting", "yes" }, { "announce", "until" },
		{ "announce.sound", "custom/lunch-break" }, { 0 } };
	static const char *const told[][2] = { { "announce", "mode" }, { 0 } };
	static const struct {
		const char *mode;
		const char *const (*edits)[2];
		const char *entry;
	} table[] = {
		{ "available", NULL,
			"1|available|all|20|n|none|none|none|none|none|none|none|none|y|n|c|y|-|-|n|n|n|n|-|QXZhaWxhYmxl|off" },
		{ "away", NULL,
			"1|away|all|20|n|none|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|y|n|n|-|QXdheQ==|hold" },
		{ "do-not-disturb", NULL,
			"1|dnd|none|20|n|vm|none|none|none|vm|none|none|none|y|n|c|n|-|-|n|y|n|n|-|RG8gTm90IERpc3R1cmI=|busy" },
		{ "lunch-break", NULL,
			"1|away|none|20|n|none|vm|none|none|none|vm|none|none|y|n|c|n|-|-|n|y|n|n|-|THVuY2ggQnJlYWs=|hold" },
		{ "business-trip", NULL,
			"1|xa|mobile=0-25|20|n|none|vm|none|none|none|vm|none|none|y|n|c|n|-|-|n|y|n|n|-|QnVzaW5lc3MgVHJpcA==|hold" },
		{ "off-work", NULL,
			"1|unavailable|none|20|n|vm|none|none|none|vm|none|none|none|y|n|c|n|"
			"vm-nobodyavail|-|n|y|n|n|-|T2ZmIFdvcms=|hold" },
		{ "away", all,
			"1|away|desk=0-20^mobile=10-30|25|y|user:1002|num:+46855|queue:sales|ext:600|"
			"goto:ivr/s/1|ask|busy|hangup|n|y|u|n|custom/lunch|+46701234567^070*^*21#|y|y|y|u|custom/lunch-break|QXdheQ==|hold" },
		{ "away", told,
			"1|away|all|20|n|none|vm|none|none|none|vm|none|none|y|n|c|y|-|-|n|y|n|m|-|QXdheQ==|hold" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT, again = STRBUF_INIT;
		const struct mode *m = mode(table[i].mode);
		struct mode back_mode = { .name = "x" };
		struct rules r, back;
		struct err err;

		effective(table[i].mode, table[i].edits, &r);
		assert_int_equal(entry_mode(m, &r, lookup, NULL, &entry, &err), 0);
		assert_begins(entry.s, table[i].entry);
		if (entry_back_mode(entry.s, &back_mode, &back, &err) < 0)
			fail_msg("%s: %s", entry.s, err.msg);
		assert_int_equal(back_mode.type, m->type);
		assert_int_equal(back_mode.lamp, m->lamp);
		assert_int_equal(entry_mode(m, &back, lookup, NULL, &again, &err), 0);
		assert_string_equal(again.s, entry.s);
	}
}

static void test_mode_refused(void **state)
{
	static const char *const nobody[][2] = { { "forward.external.busy", "carol" }, { 0 } };
	static const char *const mobile[][2] = { { "ring.mobile", "yes" }, { 0 } };
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
	char key[4 + NAME_MAX_LEN];
	struct rules r;
	struct err err;

	(void)state;
	effective("away", nobody, &r);
	assert_int_equal(entry_mode(mode("away"), &r, lookup, NULL, &entry, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(err.msg,
		"mode away: forward.external.busy: destination 'carol': no such user, and no extension "
		"that can be dialled");
	effective("away", NULL, &r);
	r.ring.n = 0;
	for (int i = 0; i < RING_WINDOWS_MAX; i++) {
		snprintf(key, sizeof(key), "a-device-of-a-really-long-name-%04d", i);
		assert_int_equal(ring_add(&r.ring, key, 100, 200, &err), 0);
	}
	assert_int_equal(entry_mode(mode("away"), &r, lookup, NULL, &entry, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.msg, "the call handling of mode away takes 14"));
	assert_non_null(strstr(err.msg,
		" bytes, the PBX holds 1015: shorten or remove windows and numbers to allow"));
	assert_int_equal(entry.len, 0);
	effective("do-not-disturb", mobile, &r);
	assert_int_equal(entry_mode(mode("do-not-disturb"), &r, lookup, NULL, &entry, &err), 0);
	assert_non_null(strstr(entry.s, "|none|20|n|vm|"));
}

/* An entry takes as many windows as before it had a label. Where both do not fit it goes without the label. */
static void test_label(void **state)
{
	struct mode m = { .name = "x", .type = PTYPE_AWAY };
	char key[NAME_MAX_LEN + 1];
	bool left_out = false;
	struct rules r;
	struct err err;

	(void)state;
	memset(m.label, '"', LABEL_MAX_LEN);
	effective("away", NULL, &r);
	r.ring = (struct ring){ .kind = RING_WINDOWS };
	for (int i = 0; i < RING_WINDOWS_MAX; i++) {
		_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;

		snprintf(key, sizeof(key), "a-device-of-a-really-long-name-%04d", i);
		assert_int_equal(ring_add(&r.ring, key, 100, 200, &err), 0);
		if (entry_mode(&m, &r, lookup, NULL, &entry, &err) < 0)
			break;
		assert_true(!left_out || strstr(entry.s, "||off"));
		left_out = strstr(entry.s, "||off");
	}
	assert_true(left_out);
	assert_true(r.ring.n < RING_WINDOWS_MAX);
}

static void refuse(enum entry_kind kind, const char *entry)
{
	struct rules r, untouched;
	struct back_user user;
	struct mode m;
	struct err err = { .code = ERR_COUNT };

	memset(&r, 'x', sizeof(r));
	memset(&untouched, 'x', sizeof(untouched));
	if (kind == ENTRY_KIND_USER ? entry_back_user(entry, &user, &err) != -1
				    : entry_back_mode(entry, &m, &r, &err) != -1)
		fail_msg("'%s' was taken", entry);
	assert_int_equal(err.code, ERR_FAILED);
	assert_true(*err.msg);
	assert_memory_equal(&r, &untouched, sizeof(r));
}

/* A good entry that somebody has cut, lengthened or given another version. */
static void refuse_damaged(enum entry_kind kind, const char *good)
{
	static const char *const ends[] = { "|", "|n", "\n", " " };
	_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;

	for (size_t n = 0; n < strlen(good); n++) {
		if (n && good[n] != '|')
			continue;
		strbuf_cut(&entry, 0);
		strbuf_add(&entry, good, n);
		refuse(kind, entry.s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		strbuf_cut(&entry, 0);
		strbuf_addf(&entry, "%s%s", good, ends[i]);
		refuse(kind, entry.s);
	}
	strbuf_cut(&entry, 0);
	strbuf_addf(&entry, "2%s", good + strlen(ENTRY_VERSION));
	refuse(kind, entry.s);
	refuse(kind, "1|");
	refuse(kind, "hello");
}

static void compile(const char *name, struct strbuf *to)
{
	struct rules r;

	effective(name, NULL, &r);
	assert_int_equal(entry_mode(mode(name), &r, lookup, NULL, to, NULL), 0);
}

static void test_damaged_mode(void **state)
{
	static const char *const changes[] = { "type=Available", "type=not_set", "ring=All",
		"ring=", "ring=desk", "ring=desk=20-0", "ring=desk=0-20^desk=10-30",
		"ring=desk=0-20^", "ring=a,l", "timeout=4", "timeout=020", "mobile=x",
		"internal_always=user:", "internal_always=bob", "internal_always=${EXEC}",
		"callerid=x", "greeting=../x", "greeting=none", "allow=07x", "allow=^", "lamp=x",
		"lamp=y", "lamp_state=x", "lamp_state=Off", "lamp_state=busy", "waiting=x",
		"announce=x", "sound=../x", "plain=n" };
	_cleanup_(strbuf_done) struct strbuf good = STRBUF_INIT, dnd = STRBUF_INIT,
					     bad = STRBUF_INIT;
	struct rules r;
	struct mode m;

	(void)state;
	compile("available", &good);
	assert_int_equal(entry_back_mode(good.s, &m, &r, NULL), 0);
	refuse_damaged(ENTRY_KIND_MODE, good.s);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		entry_change(ENTRY_KIND_MODE, good.s, changes[i], &bad);
		assert_string_not_equal(bad.s, good.s);
		refuse(ENTRY_KIND_MODE, bad.s);
	}
	compile("do-not-disturb", &dnd);
	entry_change(ENTRY_KIND_MODE, dnd.s, "mobile=y", &bad);
	refuse(ENTRY_KIND_MODE, bad.s);
}

static void test_damaged_user(void **state)
{
	static const char *const changes[] = { "devices=", "devices=desk", "devices=desk=PJSIP",
		"devices==PJSIP/1", "devices=desk=PJSIP/1^", "devices=desk=PJSIP/1^desk=PJSIP/2",
		"devices=desk=PJSIP/1&PJSIP/2",
		"devices=a-name-of-a-device-that-is-really-too-long-for-one=PJSIP/1",
		"mailbox=1001", "mailbox=@x", "mobile=07x", "callerid=-", "callerid=1001.a",
		"mode=a@b", "mode=", "phone=1002" };
	const struct user bob = { .name = "bob", .extension = "1002", .pbx = "main" };
	_cleanup_(strbuf_done) struct strbuf good = STRBUF_INIT, bad = STRBUF_INIT;
	char longest[ENTRY_MAX_LEN + 2];
	struct back_user user;
	struct err err;

	(void)state;
	assert_int_equal(entry_user(&bob, "", &good, NULL), 0);
	assert_int_equal(entry_back_user(good.s, &user, NULL), 0);
	refuse_damaged(ENTRY_KIND_USER, good.s);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		entry_change(ENTRY_KIND_USER, good.s, changes[i], &bad);
		assert_string_not_equal(bad.s, good.s);
		refuse(ENTRY_KIND_USER, bad.s);
	}
	memset(longest, '1', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(entry_back_user(longest, &user, &err), -1);
	assert_string_equal(err.msg, "the entry is longer than 1015 bytes");
}

/* Who has one phone and nothing else is told by the last field. */
static void test_phone(void **state)
{
	static const struct {
		const char *dial, *second, *phone;
	} table[] = { { "PJSIP/1001", NULL, "1001" }, { "PJSIP/a+b_c.d-e", NULL, "a+b_c.d-e" },
		{ "PJSIP/1001", "PJSIP/1002", "-" }, { "PJSIP/1001@trunk", NULL, "-" },
		{ "PJSIP/trunk/sip:1@example.org", NULL, "-" }, { "PJSIP/-1001", NULL, "-" },
		{ "PJSIP/", NULL, "-" }, { "pjsip/1001", NULL, "-" }, { "SIP/1001", NULL, "-" },
		{ "Local/1001@phones", NULL, "-" }, { NULL, NULL, "-" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
		struct user u = { .name = "bob", .extension = "1002", .pbx = "main" };
		const char *const dials[] = { table[i].dial, table[i].second };

		for (; u.devices_n < ARRAY_SIZE(dials) && dials[u.devices_n]; u.devices_n++) {
			struct device *d = &u.devices[u.devices_n];

			snprintf(d->name, sizeof(d->name), "phone-%zu", u.devices_n);
			text_copy(d->dial, sizeof(d->dial), dials[u.devices_n]);
		}
		assert_int_equal(entry_user(&u, "", &entry, NULL), 0);
		assert_string_equal(strrchr(entry.s, '|') + 1, table[i].phone);
	}
}

/* A call may pass over the rules where each of these is as it is in mode available. */
static void test_plain(void **state)
{
	static const struct {
		const char *rule, *value;
		char plain;
	} table[] = { { "ring.timeout", "30", 'y' }, { "call.waiting", "yes", 'y' },
		{ "greeting", "custom/lunch", 'y' }, { "announce", "mode", 'y' },
		{ "forward.callerid", "user", 'y' }, { "forward.direct_only", "yes", 'y' },
		{ "forward.internal.noanswer", "bob", 'y' },
		{ "forward.external.busy", "bob", 'y' }, { "forward.external.offline", "bob", 'y' },
		{ "ring", "none", 'n' }, { "ring", "desk 0-20", 'n' },
		{ "ring.mobile", "yes", 'n' }, { "forward.internal.always", "bob", 'n' },
		{ "forward.external.always", "busy", 'n' }, { "group.calls", "no", 'n' },
		{ "allow", "070*", 'n' }, { "notify", "yes", 'n' } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *const edits[][2] = { { table[i].rule, table[i].value }, { 0 } };
		_cleanup_(strbuf_done) struct strbuf entry = STRBUF_INIT;
		struct rules r;

		effective("available", edits, &r);
		assert_int_equal(entry_mode(mode("available"), &r, lookup, NULL, &entry, NULL), 0);
		assert_int_equal(entry.s[entry.len - 1], table[i].plain);
	}
}

/* Names are those of variables of the dialplan, and what came later stands behind what version 1 began with. */
static void test_fields(void **state)
{
	_cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT, layout = STRBUF_INIT;

	(void)state;
	entry_layout(&layout);
	strbuf_adds(&names, ENTRY_VERSION);
	for (int kind = 0; kind < ENTRY_KIND_COUNT; kind++) {
		struct entry_field f, before = { 0 };
		size_t i = 0;

		strbuf_addf(&names, " %s", kind == ENTRY_KIND_USER ? ENTRY_USER : ENTRY_MODE);
		for (; entry_field((enum entry_kind)kind, i, &f); i++) {
			assert_true(text_is_of(f.name, "abcdefghijklmnopqrstuvwxyz_", 40));
			assert_true(*f.values);
			if (before.missing && !f.missing)
				fail_msg("%s: an entry that ends before it has no value", f.name);
			before = f;
			strbuf_addf(&names, " %s", f.name);
		}
		assert_true(i >= (kind == ENTRY_KIND_USER ? 5 : 20));
		assert_true(i <= ENTRY_FIELDS_MAX);
	}
	assert_string_equal(layout.s, names.s);
}

static void test_key(void **state)
{
	char key[ENTRY_KEY_MAX_LEN + 1];

	(void)state;
	entry_rule_key("1001", "lunch-break", key);
	assert_string_equal(key, "1001.lunch-break");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_user_refused),
		cmocka_unit_test(test_mode),
		cmocka_unit_test(test_mode_refused),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_damaged_mode),
		cmocka_unit_test(test_damaged_user),
		cmocka_unit_test(test_phone),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
