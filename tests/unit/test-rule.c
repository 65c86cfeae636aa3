/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Call rules: what is typed, kept, shown and refused, and what holds for a user in a mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/calls/rule.h"

/* 1 with the value of a rule that is set, else 0. */
static int get(const struct rules *r, const char *word, struct strbuf *to)
{
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;
	int found = 0;

	while (!found && keys_next(&rule_keys, r, &p)) {
		if (!strcmp(p.word.s, word)) {
			strbuf_adds(to, p.value.s);
			found = 1;
		}
	}
	return found;
}

static void test_set(void **state)
{
	static const struct {
		const char *key, *value, *print;
	} table[] = {
		{ "ring", "all", "all" },
		{ "ring", "NONE", "none" },
		{ "ring", "desk 0-20, mobile 10-30", "desk 0-20, mobile 10-30" },
		{ "ring", "  desk  app 0-20 ,mobile 20-300", "desk 0-20, app 0-20, mobile 20-300" },
		{ "ring", "desk 0-10, desk 10-20, desk 30-40",
			"desk 0-10, desk 10-20, desk 30-40" },
		{ "ring", "first desk app, then mobile", "first desk app, then mobile" },
		{ "ring", "First desk 15, THEN  mobile app 30 , then desk",
			"first desk 15, then mobile app 30, then desk" },
		{ "ring", "first 2", "first 2" },
		{ "ring", "first 2 15, then 3 4 5", "first 2 15, then 3 4 5" },
		{ "ring.timeout", "5", "5" },
		{ "ring.timeout", "300", "300" },
		{ "ring.mobile", "YES", "yes" },
		{ "forward.internal.always", "voicemail", "voicemail" },
		{ "forward.external.always", "number:+46701234567", "number:+46701234567" },
		{ "forward.internal.noanswer", "bob", "bob" },
		{ "forward.external.noanswer", "queue:sales", "queue:sales" },
		{ "forward.internal.busy", "group:600", "group:600" },
		{ "forward.external.busy", "goto:ivr,s,1", "goto:ivr,s,1" },
		{ "forward.internal.offline", "ask", "ask" },
		{ "forward.external.offline", "hangup", "hangup" },
		{ "forward.voicemail", "no", "no" },
		{ "forward.direct_only", "yes", "yes" },
		{ "forward.callerid", "User", "user" },
		{ "group.calls", "no", "no" },
		{ "queue", "login", "login" },
		{ "queue", "none", "none" },
		{ "queue.support", "logout", "logout" },
		{ "queue.a.b", "pause", "pause" },
		{ "greeting", "custom/closed_2-sv", "custom/closed_2-sv" },
		{ "greeting", "none", "none" },
		{ "greeting", "Own", "own" },
		{ "allow", "+46701234567,070*  112", "+46701234567, 070*, 112" },
		{ "allow", "none", "none" },
		{ "notify", "yes", "yes" },
		{ "call.waiting", "yes", "yes" },
		{ "announce", "Until", "until" },
		{ "announce", "none", "none" },
		{ "announce.sound", "custom/lunch", "custom/lunch" },
		{ "announce.sound", "none", "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf print = STRBUF_INIT, again = STRBUF_INIT;
		struct rules r = { 0 };
		struct err err = { 0 };

		assert_int_equal(get(&r, table[i].key, &print), 0);
		if (rules_set(&r, table[i].key, table[i].value, &err) < 0)
			fail_msg("%s=%s: %s", table[i].key, table[i].value, err.msg);
		assert_int_equal(get(&r, table[i].key, &print), 1);
		assert_string_equal(print.s, table[i].print);
		assert_int_equal(rules_set(&r, table[i].key, print.s, &err), 0);
		assert_int_equal(get(&r, table[i].key, &again), 1);
		assert_string_equal(again.s, print.s);
		assert_int_equal(rules_unset(&r, table[i].key, &err), 0);
		assert_int_equal(rules_unset(&r, table[i].key, &err), 0);
		assert_int_equal(r.set, 0);
		assert_int_equal(get(&r, table[i].key, &print), 0);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *key, *value, *msg;
	} table[] = {
		{ "ring.timeout", "4",
			"ring.timeout is a number of seconds from 5 to 300, not '4'" },
		{ "ring.timeout", "301",
			"ring.timeout is a number of seconds from 5 to 300, not '301'" },
		{ "ring.timeout", "-5", "from 5 to 300" },
		{ "ring.timeout", "20s", "from 5 to 300" },
		{ "ring.timeout", "99999999999999999999", "from 5 to 300" },
		{ "ring.timeout", "", "ring.timeout needs a value: 5 to 300" },
		{ "ring", "", "ring needs a value: all, none, desk 0-20" },
		{ "ring", "desk", "'desk' is not a window such as desk 0-20" },
		{ "ring", "0-20", "'0-20' is not a window" },
		{ "ring", "desk 0-20,", "'' is not a window" },
		{ "ring", "desk 20-0", "window 'desk 20-0' ends before it begins" },
		{ "ring", "desk 5-5", "window 'desk 5-5' ends before it begins" },
		{ "ring", "desk 0-301", "window 'desk 0-301' ends after second 300" },
		{ "ring", "desk 0-99999", "is not a window" },
		{ "ring", "desk 0-20-30", "is not a window" },
		{ "ring", "desk -5-20", "is not a window" },
		{ "ring", "desk 0-20, desk 10-30", "windows 'desk 0-20' and '10-30' overlap" },
		{ "ring", "desk desk 0-20", "overlap" },
		{ "ring", "desk 0-20, mobile 0-9, desk 19-21", "overlap" },
		{ "ring", "de|sk 0-20", "device name 'de|sk' may hold only" },
		{ "ring", "a&b 0-20", "device name 'a&b' may hold only" },
		{ "ring", "${EXEC} 0-20", "device name '${EXEC}' may hold only" },
		{ "ring", "desk\n 0-20", "device name 'desk?' may hold only" },
		{ "ring", "first", "'first' and a device are missing" },
		{ "ring", "first desk, mobile", "'then' and a device are missing" },
		{ "ring", "first desk, then", "'then' and a device are missing" },
		{ "ring", "first desk 0, then mobile",
			"a step of ring lasts 1 to 300 seconds, not '0'" },
		{ "ring", "first desk, then desk 301", "1 to 300 seconds, not '301'" },
		{ "ring", "first desk 99999999999999999999", "1 to 300 seconds, not '9999" },
		{ "ring", "first desk app desk", "'desk' is twice in one step of ring" },
		{ "ring", "first de|sk", "device name 'de|sk' may hold only" },
		{ "ring",
			"first a b c d e f g h i j k l m n o p, "
			"then q r s t u v w x y z A B C D E F G",
			"there are more than 32 windows" },
		{ "ring",
			"a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I J 0-9",
			"there are more than 32 devices" },
		{ "ring",
			"a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E 0-9, F G 0-9",
			"there are more than 32 windows" },
		{ "ring.mobile", "maybe", "ring.mobile is yes or no, not 'maybe'" },
		{ "ring.mobil", "yes", "unknown rule 'ring.mobil'; did you mean 'ring.mobile'?" },
		{ "forward.external.alway", "bob", "did you mean 'forward.external.always'?" },
		{ "colour", "red", "unknown rule 'colour'" },
		{ "", "x", "unknown rule ''" },
		{ "forward.external.always", "1001,2",
			"forward.external.always: user name '1001,2' may hold only" },
		{ "forward.external.busy", "${EXEC}", "may hold only" },
		{ "forward.callerid", "callr",
			"forward.callerid is caller or user, not 'callr'; did you mean 'caller'?" },
		{ "queue", "loggin",
			"queue is none, login, logout or pause, not 'loggin'; did you mean 'login'?" },
		{ "queue.", "login", "queue name may not be empty" },
		{ "queue.a b", "login", "queue name 'a b' may hold only" },
		{ "queue.support", "x", "queue.support is none, login, logout or pause, not 'x'" },
		{ "greeting", "../../etc/passwd", "is not a sound such as custom/closed" },
		{ "greeting", "a/../b", "is not a sound" },
		{ "announce", "yes", "announce is none, mode or until, not 'yes'" },
		{ "announce.sound", "../x",
			"announce.sound '../x' is not a sound such as custom/closed" },
		{ "greeting", "/etc/passwd", "is not a sound" },
		{ "greeting", "a//b", "is not a sound" },
		{ "greeting", "-", "is not a sound" },
		{ "greeting", "a&b", "is not a sound" },
		{ "greeting", "a,b", "is not a sound" },
		{ "greeting", "lunch.wav", "without its ending" },
		{ "allow", "*", "allow: '*' is not a number" },
		{ "allow", "07x*", "'07x*' is not a number" },
		{ "allow", "+", "'+' is not a number" },
		{ "allow", "0+7", "'0+7' is not a number" },
		{ "allow", "12345678901234567890123456", "is not a number" },
		{ "notify", "1", "notify is yes or no, not '1'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct rules r = { 0 }, before = { 0 };
		struct err err = { 0 };

		if (rules_set(&r, table[i].key, table[i].value, &err) != -1)
			fail_msg("%s='%s' was taken", table[i].key, table[i].value);
		assert_int_equal(err.code, ERR_USAGE);
		if (!strstr(err.msg, table[i].msg))
			fail_msg("%s='%s': %s", table[i].key, table[i].value, err.msg);
		assert_memory_equal(&r, &before, sizeof(r));
	}
}

static void test_limits(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct rules r = { 0 };
	char key[20];
	struct err err;

	(void)state;
	for (int i = 0; i < QUEUE_RULES_MAX; i++) {
		snprintf(key, sizeof(key), "queue.q%d", i);
		assert_int_equal(rules_set(&r, key, "login", &err), 0);
	}
	assert_int_equal(rules_set(&r, "queue.more", "login", &err), -1);
	assert_string_equal(err.msg, "rules for more than 32 queues");
	assert_int_equal(
		rules_set(&r, "queue.Q7", "pause", &err), 0); /* as Asterisk, in any case */
	assert_int_equal(rules_queue(&r, "q7"), QUEUE_PAUSE);
	for (int i = 0; i < 33; i++)
		strbuf_addf(&text, "%d ", i);
	assert_int_equal(rules_set(&r, "allow", text.s, &err), -1);
	assert_string_equal(err.msg, "allow: there are more than 32 numbers");
	strbuf_cut(&text, 0);
	for (int i = 0; i < 20; i++)
		strbuf_addf(&text, "%d0123456789012345678 ", i);
	assert_int_equal(rules_set(&r, "allow", text.s, &err), -1);
	assert_string_equal(err.msg, "allow is longer than 400 bytes");
	while (text.len <= KEY_VALUE_MAX_LEN)
		strbuf_adds(&text, "desk ");
	assert_int_equal(rules_set(&r, "ring", text.s, &err), -1);
	assert_string_equal(err.msg, "the value of ring is longer than 8192 bytes");
}

static void set(struct rules *r, const char *key, const char *value)
{
	struct err err;

	if (rules_set(r, key, value, &err) < 0)
		fail_msg("%s=%s: %s", key, value, err.msg);
}

static void expect_windows(const struct ring *r, const char *expect)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < r->n; i++)
		strbuf_addf(&text, "%s%s %d-%d", i ? ", " : "", r->windows[i].device,
			r->windows[i].from_s, r->windows[i].to_s);
	assert_string_equal(text.s, expect);
}

/* Whoever says it, and in whatever order it was typed. */
static void test_steps_take_the_timeout_that_holds(void **state)
{
	struct rules base, mode = { 0 }, user = { 0 };
	struct effective e;
	struct err err;

	(void)state;
	rules_base("away", &base);
	set(&user, "ring", "first desk app, then mobile 5, then app");
	rules_effective(&base, NULL, &user, &e);
	expect_windows(&e.rules.ring, "desk 0-20, app 0-20, mobile 20-25, app 25-45");
	set(&mode, "ring.timeout", "6");
	rules_effective(&base, &mode, &user, &e);
	expect_windows(&e.rules.ring, "desk 0-6, app 0-6, mobile 6-11, app 11-17");
	set(&user, "ring.timeout", "8");
	rules_effective(&base, &mode, &user, &e);
	expect_windows(&e.rules.ring, "desk 0-8, app 0-8, mobile 8-13, app 13-21");
	assert_int_equal(rules_check_steps(&e.rules, &err), 0);
	/* The mode's steps, the user's timeout. */
	set(&mode, "ring", "first desk, then app");
	assert_int_equal(rules_unset(&user, "ring", NULL), 0);
	rules_effective(&base, &mode, &user, &e);
	expect_windows(&e.rules.ring, "desk 0-8, app 8-16");
	assert_int_equal(rules_unset(&user, "ring.timeout", NULL), 0);
	set(&mode, "ring.timeout", "150");
	rules_effective(&base, &mode, NULL, &e);
	assert_int_equal(rules_check_steps(&e.rules, &err), 0);
	/* What would be later than any call rings. */
	set(&mode, "ring", "first desk, then app, then mobile");
	set(&mode, "ring.timeout", "200");
	rules_effective(&base, &mode, NULL, &e);
	expect_windows(&e.rules.ring, "desk 0-200, app 200-300, mobile 300-300");
	assert_int_equal(rules_check_steps(&e.rules, &err), -1);
	assert_string_equal(err.msg,
		"ring: 'first desk, then app, then mobile' ends after second 300: at second 600");
}

static void expect_each(const struct rules *r, const char *expect)
{
	_cleanup_(strbuf_done) struct strbuf all = STRBUF_INIT;
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;

	while (keys_next(&rule_keys, r, &p))
		strbuf_addf(&all, "%s=%s\n", p.word.s, p.value.s);
	assert_string_equal(all.s, expect);
}

static void test_each(void **state)
{
	struct rules r = { 0 };

	(void)state;
	expect_each(&r, "");
	set(&r, "notify", "yes");
	set(&r, "queue.sales", "login");
	set(&r, "queue.a", "pause");
	set(&r, "queue.support", "logout");
	set(&r, "queue", "none");
	set(&r, "ring", "none");
	expect_each(&r,
		"ring=none\nqueue=none\nqueue.a=pause\nqueue.sales=login\n"
		"queue.support=logout\nnotify=yes\n");
	assert_int_equal(rules_unset(&r, "queue.sales", NULL), 0);
	expect_each(&r, "ring=none\nqueue=none\nqueue.a=pause\nqueue.support=logout\nnotify=yes\n");
	assert_int_equal(rules_unset(&r, "queue.NAM E", NULL), -1);
	assert_int_equal(rules_unset(&r, "rings", NULL), -1);
}

/* What the built-in modes promise. */
static void test_base(void **state)
{
	static const struct {
		const char *mode, *ring, *always, *noanswer, *queue, *group, *greeting;
	} table[] = {
		{ "available", "all", "none", "none", "login", "yes", "none" },
		{ "away", "all", "none", "voicemail", "pause", "yes", "none" },
		{ "do-not-disturb", "none", "voicemail", "none", "pause", "no", "none" },
		{ "lunch-break", "none", "none", "voicemail", "pause", "no", "none" },
		{ "business-trip", "mobile 0-25", "none", "voicemail", "logout", "no", "none" },
		{ "off-work", "none", "voicemail", "none", "logout", "no", "vm-nobodyavail" },
		{ "chat", "all", "none", "none", "login", "yes", "none" },
		{ "extended-away", "all", "none", "voicemail", "pause", "yes", "none" },
		{ "unavailable", "all", "none", "none", "login", "yes", "none" },
		{ "focus", "all", "none", "none", "none", "yes", "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *const keys[] = { "ring", "forward.internal.always",
			"forward.external.always", "forward.internal.noanswer",
			"forward.external.noanswer", "queue", "group.calls", "greeting" };
		const char *const values[] = { table[i].ring, table[i].always, table[i].always,
			table[i].noanswer, table[i].noanswer, table[i].queue, table[i].group,
			table[i].greeting };
		struct rules r;

		rules_base(table[i].mode, &r);
		assert_int_equal(
			r.set, ((UINT32_C(1) << RULE_COUNT) - 1) & ~(UINT32_C(1) << RULE_QUEUES));
		for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
			_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

			assert_int_equal(get(&r, keys[k], &text), 1);
			if (strcmp(text.s, values[k]) != 0)
				fail_msg("%s: %s=%s", table[i].mode, keys[k], text.s);
		}
	}
	for (const struct mode *m = model_builtin_modes; *m->name; m++) {
		struct rules r;

		rules_base(m->name, &r);
		assert_int_equal(rules_check_type(&r, m->type, NULL), 0);
	}
}

static void expect_origin(
	const struct effective *e, enum rule_id id, const char *value, enum origin origin)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	key_get(&rule_table[id], &e->rules, &text);
	assert_string_equal(text.s, value);
	assert_string_equal(origin_name(e->origin[id]), origin_name(origin));
}

static void test_effective(void **state)
{
	struct rules base, mode = { 0 }, user = { 0 };
	struct effective e;

	(void)state;
	rules_base("lunch-break", &base);
	rules_effective(&base, NULL, NULL, &e);
	assert_memory_equal(&e.rules, &base, sizeof(base));
	set(&mode, "ring.timeout", "10");
	set(&mode, "greeting", "vm-lunch");
	set(&mode, "queue.support", "logout");
	set(&mode, "queue.sales", "none");
	set(&user, "greeting", "none");
	set(&user, "forward.internal.always", "bob");
	set(&user, "queue", "none");
	set(&user, "queue.a", "login");
	set(&user, "queue.support", "login");
	rules_effective(&base, &mode, &user, &e);
	expect_origin(&e, RULE_RING, "none", ORIGIN_BUILTIN);
	expect_origin(&e, RULE_RING_TIMEOUT, "10", ORIGIN_MODE);
	expect_origin(&e, RULE_GREETING, "none", ORIGIN_USER);
	expect_origin(&e, RULE_INTERNAL_ALWAYS, "bob", ORIGIN_USER);
	expect_origin(&e, RULE_EXTERNAL_ALWAYS, "none", ORIGIN_BUILTIN);
	expect_origin(&e, RULE_QUEUE, "none", ORIGIN_USER);
	assert_int_equal(e.rules.queues_n, 3);
	assert_string_equal(e.rules.queues[0].queue, "a");
	assert_int_equal(e.queue_origin[0], ORIGIN_USER);
	assert_string_equal(e.rules.queues[1].queue, "sales");
	assert_int_equal(e.queue_origin[1], ORIGIN_MODE);
	assert_string_equal(e.rules.queues[2].queue, "support");
	assert_int_equal(e.queue_origin[2], ORIGIN_USER);
	assert_string_equal(queue_answer_name(rules_queue(&e.rules, "support")), "login");
	assert_string_equal(queue_answer_name(rules_queue(&e.rules, "sales")), "none");
	assert_string_equal(queue_answer_name(rules_queue(&base, "support")), "pause");
}

static void test_check_type(void **state)
{
	struct rules r = { 0 };
	struct err err;

	(void)state;
	set(&r, "ring.mobile", "yes");
	assert_int_equal(rules_check_type(&r, PTYPE_AWAY, &err), 0);
	assert_int_equal(rules_check_type(&r, PTYPE_DND, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_string_equal(
		err.msg, "ring.mobile=yes is not for a mode of type dnd, which rings nothing");
	set(&r, "ring.mobile", "no");
	assert_int_equal(rules_check_type(&r, PTYPE_DND, &err), 0);
}

static void test_check_user(void **state)
{
	static const struct {
		const char *key, *value, *msg; /* NULL: it is well */
	} table[] = {
		{ "ring", "desk 0-20, app 10-20", NULL },
		{ "ring", "all", NULL },
		{ "ring", "dsk 0-20", "ring: alice has no device 'dsk'; did you mean 'desk'?" },
		{ "ring", "desk 0-20, sofa 0-20", "ring: alice has no device 'sofa'" },
		{ "ring", "mobil 0-20", "did you mean 'mobile'?" },
		{ "ring", "mobile 0-20",
			"ring: alice has no mobile number; give one: "
			"presencectl user set alice mobile=+46701234567" },
		{ "ring.mobile", "yes", "ring.mobile: alice has no mobile number" },
		{ "ring.mobile", "no", NULL },
		{ "forward.external.always", "alice",
			"forward.external.always: a call for alice cannot be forwarded to alice" },
		{ "forward.internal.busy", "1001", "forward.internal.busy: a call for alice" },
		{ "forward.internal.offline", "group:1001", "forward.internal.offline: a call" },
		{ "forward.internal.offline", "queue:alice", NULL },
		{ "forward.internal.offline", "bob", NULL },
		{ "forward.internal.offline", "voicemail", NULL },
	};
	struct user u = { .name = "alice",
		.extension = "1001",
		.devices_n = 2,
		.devices = { { "desk", "PJSIP/1001" }, { "app", "PJSIP/1001-app" } } };
	struct rules r;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int result;

		r = (struct rules){ 0 };
		set(&r, table[i].key, table[i].value);
		result = rules_check_user(&r, &u, &err);
		if (result != (table[i].msg ? -1 : 0) ||
			(table[i].msg && !strstr(err.msg, table[i].msg)))
			fail_msg("%s=%s: %s", table[i].key, table[i].value,
				result < 0 ? err.msg : "taken");
	}
	text_copy(u.mobile, sizeof(u.mobile), "0701234567");
	set(&r, "ring", "mobile 0-20");
	set(&r, "ring.mobile", "yes");
	assert_int_equal(rules_check_user(&r, &u, &err), 0);
}

static void test_allow(void **state)
{
	static const struct {
		const char *allow, *number;
		bool through;
	} table[] = {
		{ "", "0701234567", false },
		{ "0701234567", "0701234567", true },
		{ "0701234567", "07012345678", false },
		{ "0701234567", "070123456", false },
		{ "112, 070*, +46*", "0701234567", true },
		{ "112, 070*, +46*", "070", true },
		{ "112, 070*, +46*", "07", false },
		{ "112, 070*, +46*", "+46855", true },
		{ "112, 070*, +46*", "46855", false },
		{ "112, 070*, +46*", "", false },
		{ "112", "112", true },
		{ "112", "11", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (rules_allow(table[i].allow, table[i].number) != table[i].through)
			fail_msg("'%s' and %s", table[i].allow, table[i].number);
	}
}

static int add_change(void *data, const char *word, const char *was, const char *is)
{
	strbuf_addf(data, "%s %s > %s; ", word, was ? was : "none", is ? is : "none");
	return 0;
}

static void test_changes(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct rules before = { 0 }, after;

	(void)state;
	set(&before, "ring.timeout", "20");
	set(&before, "greeting", "vm-goodbye");
	set(&before, "queue.support", "pause");
	after = before;
	assert_int_equal(keys_each_change(&rule_keys, &before, &after, add_change, &text), 0);
	assert_int_equal(text.len, 0);
	set(&after, "ring.timeout", "30");
	set(&after, "ring", "desk 0-20");
	assert_int_equal(rules_unset(&after, "greeting", NULL), 0);
	set(&after, "queue.support", "login");
	assert_int_equal(keys_each_change(&rule_keys, &before, &after, add_change, &text), 0);
	assert_string_equal(text.s,
		"ring none > desk 0-20; ring.timeout 20 > 30; queue.support pause > login; "
		"greeting vm-goodbye > none; ");
}

/* Every rule has words for help, its fallback is a value, and its candidates are too. */
static void test_table(void **state)
{
	(void)state;
	for (const struct key *rule = rule_table; rule < rule_table + RULE_COUNT; rule++) {
		_cleanup_(strbuf_done) struct strbuf values = STRBUF_INIT;
		struct rules r = { 0 };
		const char *word;

		assert_non_null(rule->name);
		assert_true(*rule->help);
		key_values(rule, &values);
		assert_true(values.len);
		if (rule->fallback)
			set(&r, rule->name, rule->fallback);
		for (size_t i = 0; (word = key_candidate(rule, i)); i++) {
			if (word[strlen(word) - 1] != ':')
				set(&r, rule->type->parts ? "queue.support" : rule->name, word);
		}
	}
	assert_null(rule_table[RULE_COUNT].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_steps_take_the_timeout_that_holds),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_effective),
		cmocka_unit_test(test_check_type),
		cmocka_unit_test(test_check_user),
		cmocka_unit_test(test_allow),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
