/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where calls are sent: what is typed, what the PBX is given, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calls/destination.h"
#include "tests/unit/entry-back.h"

static const char *lookup(void *ctx, const char *who)
{
	(void)ctx;
	if (!strcmp(who, "alice") || !strcmp(who, "1001"))
		return "1001";
	return !strcmp(who, "busy") || !strcmp(who, "1009") ? "1009" : NULL;
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *print, *token;
	} table[] = {
		{ "voicemail", "voicemail", "vm" },
		{ "VoiceMail", "voicemail", "vm" },
		{ "none", "none", "none" },
		{ "busy", "busy", "busy" },
		{ "hangup", "hangup", "hangup" },
		{ "ask", "ask", "ask" },
		{ "alice", "alice", "user:1001" },
		{ "1001", "1001", "user:1001" },
		{ "user:alice", "alice", "user:1001" },
		{ "user:busy", "user:busy", "user:1009" },
		{ "1002", "1002", "ext:1002" },
		{ "number:+46701234567", "number:+46701234567", "num:+46701234567" },
		{ "NUMBER:0701234567", "number:0701234567", "num:0701234567" },
		{ "number:*21*5#", "number:*21*5#", "num:*21*5#" },
		{ "queue:sales-1", "queue:sales-1", "queue:sales-1" },
		{ "group:600", "group:600", "ext:600" },
		{ "group:*98", "group:*98", "ext:*98" },
		{ "goto:ivr-main,s,1", "goto:ivr-main,s,1", "goto:ivr-main/s/1" },
		{ "goto:from.x,+4670,start", "goto:from.x,+4670,start", "goto:from.x/+4670/start" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf print = STRBUF_INIT, token = STRBUF_INIT,
						     again = STRBUF_INIT;
		struct err err = { 0 };
		struct destination d, back;

		if (destination_parse(table[i].text, &d, &err) < 0)
			fail_msg("%s: %s", table[i].text, err.msg);
		destination_print(&d, &print);
		assert_string_equal(print.s, table[i].print);
		if (destination_compile(&d, lookup, NULL, &token, &err) < 0)
			fail_msg("%s: %s", table[i].text, err.msg);
		assert_string_equal(token.s, table[i].token);
		if (back_destination(token.s, &back, &err) < 0)
			fail_msg("%s: %s", token.s, err.msg);
		assert_int_equal(destination_compile(&back, lookup, NULL, &again, &err), 0);
		assert_string_equal(again.s, token.s);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *msg;
	} table[] = {
		{ "", "a destination is missing; 'none' is no forwarding" },
		{ "1001,2", "user name '1001,2' may hold only letters, digits, '.', '_' and '-'" },
		{ "alice\"",
			"user name 'alice\"' may hold only letters, digits, '.', '_' and '-'" },
		{ "alice'", "may hold only" },
		{ "${EXEC}", "may hold only" },
		{ "${SHELL(id)}", "may hold only" },
		{ "a&b", "may hold only" },
		{ "a\nb", "user name 'a?b' may hold only" },
		{ "a|b", "may hold only" },
		{ "a^b", "may hold only" },
		{ "alice bob", "may hold only" },
		{ "-x", "user name '-x' may not begin with '-'" },
		{ "all", "is taken" },
		{ "\xc3\xa5sa", "may hold only" },
		{ "user:", "user name may not be empty" },
		{ "user:a@b", "may hold only" },
		{ "+46701234567", "a telephone number is written number:+46701234567" },
		{ "number:", "is not a telephone number" },
		{ "number:1", "is not a telephone number" },
		{ "number:+46 70", "is not a telephone number" },
		{ "number:12,34", "is not a telephone number" },
		{ "number:12&34", "is not a telephone number" },
		{ "number:${EXEC}", "is not a telephone number" },
		{ "number:1234567890123456789012345", "is not a telephone number" },
		{ "queue:", "queue name may not be empty" },
		{ "queue:a,b", "queue name 'a,b' may hold only" },
		{ "group:", "group '' is not an extension" },
		{ "group:6&7", "group '6&7' is not an extension" },
		{ "group:6\n7", "group '6?7' is not an extension" },
		{ "goto:", "is not of the form goto:context,exten,prio" },
		{ "goto:a,b", "is not of the form goto:context,exten,prio" },
		{ "goto:a,b,1,2", "is not of the form goto:context,exten,prio" },
		{ "goto:,b,1", "context '' may hold only" },
		{ "goto:a/b,c,1", "context 'a/b' may hold only" },
		{ "goto:a,,1", "extension '' may hold only" },
		{ "goto:a,${X},1", "extension '${X}' may hold only" },
		{ "goto:a,b/c,1", "extension 'b/c' may hold only" },
		{ "goto:a,b,", "priority '' is neither" },
		{ "goto:a,b,1 ", "priority '1 ' is neither" },
		{ "num:123", "unknown destination 'num:'" },
		{ "numbr:123", "did you mean 'number:'?" },
		{ "sip:alice@example.org", "unknown destination 'sip:'" },
		{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "longer than 40 characters" },
	};
	char longest[DESTINATION_MAX_LEN + 2];
	struct destination d;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		err = (struct err){ 0 };
		if (destination_parse(table[i].text, &d, &err) != -1)
			fail_msg("'%s' was taken", table[i].text);
		assert_int_equal(err.code, ERR_USAGE);
		if (!strstr(err.msg, table[i].msg))
			fail_msg("'%s': %s", table[i].text, err.msg);
	}
	memset(longest, '1', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(destination_parse(longest, &d, &err), -1);
	assert_string_equal(
		err.msg, "destination '11111111111111111111...' is longer than 120 bytes");
}

static void test_unknown_user(void **state)
{
	_cleanup_(strbuf_done) struct strbuf token = STRBUF_INIT;
	struct destination d;
	struct err err;

	(void)state;
	assert_int_equal(destination_parse("bob", &d, &err), 0);
	assert_int_equal(destination_compile(&d, lookup, NULL, &token, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_string_equal(
		err.msg, "destination 'bob': no such user, and no extension that can be dialled");
	assert_int_equal(token.len, 0);
}

static void test_damaged(void **state)
{
	static const char *const tokens[] = { "", "-", "voicemail", "vmx", "user:", "user:a|b",
		"number:12", "num:", "ext:", "goto:a,b,1", "goto:a/b", "goto:a/b/1/2", "alice",
		("num:123456789012345678901234567890123456789012345678901234567890123456789012345"
		 "678901234567890123456789012345678901234567890") };
	struct destination d;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		if (back_destination(tokens[i], &d, &err) != -1)
			fail_msg("'%s' was taken", tokens[i]);
		assert_int_equal(err.code, ERR_FAILED);
	}
}

static void test_outside(void **state)
{
	(void)state;
	assert_true(destination_is_outside("81662", 4));
	assert_true(destination_is_outside("0701234567", 4));
	assert_true(destination_is_outside("00", 4));
	assert_false(destination_is_outside("1099", 4));
	assert_false(destination_is_outside("600", 4));
	assert_false(destination_is_outside("0", 4));
	assert_false(destination_is_outside("81662", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unknown_user),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
