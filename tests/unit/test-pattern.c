/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which events give which mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/pattern.h"

static void parse(const char *text, struct patterns *ret)
{
	struct err err = { 0 };

	if (patterns_parse(text, ret, &err) < 0)
		fail_msg("'%s': %s", text, err.msg);
}

static void test_print(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "", "" },
		{ " ;; \t;", "" },
		{ "summary=Focus*:do-not-disturb", "summary=Focus*:do-not-disturb" },
		{ " SUMMARY = Focus time : dnd ;category=Travel:trip;",
			"summary=Focus time:dnd; category=Travel:trip" },
		{ "summary=a=b:c:d", "summary=a=b:c:d" },
		{ "summary=M\xc3\xb6te?:none", "summary=M\xc3\xb6te?:none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
		struct patterns p;

		parse(table[i].text, &p);
		patterns_print(&p, &first);
		assert_string_equal(first.s, table[i].expect);
		parse(first.s, &p);
		patterns_print(&p, &second);
		assert_string_equal(second.s, first.s);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "Focus*:dnd",
			"'Focus*:dnd' is not a pattern such as summary=Focus*:do-not-disturb" },
		{ "summary=Focus*",
			"'summary=Focus*' is not a pattern such as summary=Focus*:do-not-disturb" },
		{ "a:summary=Focus",
			"'a:summary=Focus' is not a pattern such as summary=Focus*:do-not-disturb" },
		{ "title=Focus*:dnd", "a pattern begins with summary= or category=, not 'title='" },
		{ "=Focus*:dnd", "a pattern begins with summary= or category=, not '='" },
		{ "summary=:dnd", "the pattern 'summary=:dnd' is empty or longer than 120 bytes" },
		{ "summary= \t :dnd",
			"the pattern 'summary= ? :dnd' is empty or longer than 120 bytes" },
		{ "summary=a:", "the pattern 'summary=a:' names no mode behind its ':'" },
		{ "summary=a:do not disturb",
			"the pattern 'summary=a:do not disturb' names no mode behind its ':'" },
		{ "summary=a:12345678901234567890123456789012345678901",
			"the pattern 'summary=a:12345678901234567890123456789012345678901' names no "
			"mode behind its ':'" },
		{ "summary=a\nb:dnd",
			"the pattern 'summary=a?b:dnd' holds control characters or is not valid "
			"UTF-8" },
		{ "summary=a\xff:dnd",
			"the pattern 'summary=a?:dnd' holds control characters or is not valid "
			"UTF-8" },
		{ "summary=ok:dnd; nonsense",
			"'nonsense' is not a pattern such as summary=Focus*:do-not-disturb" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct patterns p;
		struct err err = { 0 };

		if (patterns_parse(table[i].text, &p, &err) == 0)
			fail_msg("'%s' was taken", table[i].text);
		assert_int_equal(err.code, ERR_USAGE);
		assert_string_equal(err.msg, table[i].expect);
	}
}

static void test_limits(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct patterns p;
	struct err err;

	(void)state;
	for (int i = 0; i < PATTERNS_MAX; i++)
		strbuf_adds(&text, "summary=a:b;");
	parse(text.s, &p);
	assert_int_equal(p.n, PATTERNS_MAX);
	strbuf_adds(&text, "summary=a:b");
	assert_int_equal(patterns_parse(text.s, &p, &err), -1);
	assert_string_equal(err.msg, "there are more than 32 patterns");

	strbuf_cut(&text, 0);
	while (text.len < PATTERNS_MAX_LEN)
		strbuf_addc(&text, ';');
	parse(text.s, &p);
	assert_int_equal(p.n, 0);
	strbuf_addc(&text, ';');
	assert_int_equal(patterns_parse(text.s, &p, &err), -1);
	assert_string_equal(err.msg, "patterns are longer than 1000 bytes");

	strbuf_cut(&text, 0);
	strbuf_adds(&text, "summary=");
	while (text.len < 8 + PATTERN_GLOB_MAX)
		strbuf_addc(&text, 'x');
	strbuf_adds(&text, ":b");
	parse(text.s, &p);
	strbuf_cut(&text, text.len - 2);
	strbuf_adds(&text, "x:b");
	assert_int_equal(patterns_parse(text.s, &p, &err), -1);
}

static void test_globs(void **state)
{
	static const struct {
		const char *glob, *summary;
		bool fits;
	} table[] = {
		{ "Focus", "Focus", true }, { "focus", "FOCUS", true },
		{ "Focus", "Focus time", false }, { "Focus", "My Focus", false },
		{ "Focus", "", false }, { "Focus*", "Focus", true },
		{ "Focus*", "Focus time", true }, { "*focus", "My Focus", true },
		{ "*focus*", "my FOCUS time", true }, { "*", "", true }, { "*", "anything", true },
		{ "**", "", true }, { "?", "", false }, { "?", "a", true }, { "?", "ab", false },
		{ "a?c", "abc", true }, { "a?c", "ac", false }, { "*?", "a", true },
		{ "?*", "a", true }, { "*?*", "", false }, { "a*b*c", "a-b-b-c", true },
		{ "a*b*c", "a-c-b", false }, { "*ab", "aab", true }, { "*aab", "aaab", true },
		{ "*ab*", "aacab", true }, { "a*a", "a", false }, { "*a?b", "aaab", true },
		{ "[a]", "a", false }, { "[a]", "[A]", true }, { "a\\b", "a\\b", true },
		{ "a=b:c", "A=B:C", true }, { "a*c", "a*b*c", true },
		/* A character, not a byte. */
		{ "M?te", "M\xc3\xb6te", true }, { "M??te", "M\xc3\xb6te", false },
		{ "?", "\xf0\x9f\x8d\x95", true }, { "??", "\xf0\x9f\x8d\x95", false },
		{ "*??", "\xf0\x9f\x8d\x95", false }, { "*?x", "\xf0\x9f\x8d\x95x", true },
		{ "*\x8d\x95", "\xf0\x9f\x8d\x95", false }, /* hostile: half a character */
		/* Without case. */
		{ "m\xc3\xb6te", "M\xc3\x96TE", true },
		{ "\xc3\x96vrigt*", "\xc3\xb6vrigt annat", true }, { "m\xc3\xb6te", "mote", false },
		{ "\xc3\x97", "\xc3\xb7", false },        /* times is no capital of divide */
		{ "\xc5\xa0koda", "\xc5\xa1KODA", true }, /* S caron */
		{ "\xc5\xbdi\xc5\xbe", "\xc5\xbei\xc5\xbd", true }, /* Z caron */
		{ "\xc5\x81\xc3\xb3"
		  "d\xc5\xba",
			"\xc5\x82\xc3\x93"
			"D\xc5\xb9",
			true },                                   /* Lodz */
		{ "\xce\x91\xce\xa9", "\xce\xb1\xcf\x89", true }, /* Alpha Omega */
		{ "\xd0\x9c\xd0\x81", "\xd0\xbc\xd1\x91", true }, /* Em Yo */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct patterns p = { .n = 1, .list = { { .mode = "m" } } };
		const char *mode;

		memcpy(p.list[0].glob, table[i].glob, strlen(table[i].glob) + 1);
		mode = patterns_match(&p, table[i].summary, "");
		if (!mode != !table[i].fits)
			fail_msg("'%s' and '%s'", table[i].glob, table[i].summary);
	}
}

static void test_match(void **state)
{
	static const char *const text =
		"summary=*hold*:none; category=Travel:trip; summary=Fo*:dnd; "
		"category=T*:away; category=red ?:off; summary=*none*:none";
	static const struct {
		const char *summary, *categories, *expect;
	} table[] = {
		{ "Lunch", "", NULL },
		{ "Focus", "", "dnd" },
		{ "Focus (on hold)", "Travel", "none" }, /* the first that fits */
		{ "Focus", "travel", "trip" },
		{ "Focus", "Work\nTRAVEL\nHome", "trip" },
		{ "x", "Work\nTravels", "away" },
		{ "x", "Work Travel", NULL },
		{ "x", "\n\nTeam\n", "away" },
		{ "x", "red 1", "off" },
		{ "x", "red\n1", NULL }, /* '?' is no line end */
		{ "Travel", "", NULL },
		{ "", "", NULL },
	};
	struct patterns p, none;

	(void)state;
	parse(text, &p);
	parse("", &none);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *mode = patterns_match(&p, table[i].summary, table[i].categories);

		if (!mode != !table[i].expect || (mode && strcmp(mode, table[i].expect) != 0))
			fail_msg("'%s', '%s': %s", table[i].summary, table[i].categories,
				mode ? mode : "none fits");
		assert_null(patterns_match(&none, table[i].summary, table[i].categories));
	}
}

/* Many stars and a long text: no more than their product in steps. */
static void test_hostile(void **state)
{
	struct patterns p = { .n = 1, .list = { { .mode = "m" } } };
	size_t n = 1000000;
	_cleanup_(freep) char *summary = xcalloc(1, n + 1);

	(void)state;
	memset(summary, 'a', n);
	for (int i = 0; i + 2 < PATTERN_GLOB_MAX; i += 2)
		memcpy(p.list[0].glob + i, "*a", 3);
	assert_non_null(patterns_match(&p, summary, ""));
	memcpy(p.list[0].glob + PATTERN_GLOB_MAX - 2, "*b", 3);
	assert_null(patterns_match(&p, summary, ""));
	/* Bytes that are not UTF-8, an unfinished character at the end. */
	assert_null(patterns_match(&p, "\xff\x80\x80\x80\x80\x80\x80\xc3", "\xf0"));
	memcpy(p.list[0].glob, "?*", 3);
	assert_non_null(patterns_match(&p, "\xff\x80\x80\x80\x80\x80\x80\xc3", "\xf0"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_globs),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
