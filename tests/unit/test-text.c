/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside: UTF-8, control bytes, cuts, and what reaches a terminal or JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/strbuf.h"

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		bool utf8, control;
	} table[] = {
		{ "", true, false },
		{ "abc", true, false },
		{ "åäö €", true, false },
		{ "\xf0\x9f\x98\x80", true, false },
		{ "a\nb", true, true },
		{ "a\x1b[31m", true, true },
		{ "a\x7f", true, true },
		{ "\xc2\x9b", true, true },
		{ "\xc2\xa0", true, false },
		{ "\xff", false, false },
		{ "\xc3", false, false },
		{ "\xc0\x80", false, false },
		{ "\xed\xa0\x80", false, false },
		{ "\xf4\x90\x80\x80", false, false },
		{ "\xe0\x80\x80", false, false },
		{ "\xf0\x80\x80\x80", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(text_is_utf8(table[i].text), table[i].utf8);
		assert_int_equal(text_has_control(table[i].text), table[i].control);
	}
}

static void test_cut(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *expect;
	} table[] = {
		{ "abc", 3, "abc" },
		{ "abcd", 3, "abc" },
		{ "aå", 3, "aå" },
		{ "aå", 2, "a" },
		{ "å", 1, "" },
		{ "a€b", 4, "a€" },
		{ "a€b", 3, "a" },
		{ "\xf0\x9f\x98\x80", 3, "" },
		{ "", 3, "" },
		{ "ab\xc3", 3, "ab" },
		{ "ab", 0, "" },
		{ "a\xc3", 5, "a" },
		{ "a\xe2\x82", 5, "a" },
		{ "a\xf0\x9f\x98", 5, "a" },
		{ "a\xf0\x9f\x98\x80", 5, "a\xf0\x9f\x98\x80" },
		{ "a\xf0\x9f\x98\x80", 4, "a" },
		{ "a\x80\x80\x80\x80", 3, "a\x80\x80" }, /* no first byte: a character each */
		{ "a\xff", 5, "a\xff" },                 /* never a first byte */
		{ "\xff\xff\xff", 2, "\xff\xff" },
		{ "ab\xe2\x82xyz", 4, "ab" }, /* unfinished by the cut only */
		{ "ab\xe2\x82xyz", 5, "ab\xe2\x82x" },
		{ "ab\xc3\xe2\x82", 5, "ab" }, /* one unfinished bares another */
		{ "\xc3", 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char text[32];
		bool cut;

		snprintf(text, sizeof(text), "%s", table[i].text);
		cut = text_cut(text, table[i].max);
		assert_string_equal(text, table[i].expect);
		assert_int_equal(cut, strcmp(table[i].text, table[i].expect) != 0);
	}
}

/* Any bytes at any border: a beginning of the text, at most max bytes, whole, and settled; UTF-8 loses
 * less than one character. */
static void test_cut_everywhere(void **state)
{
	static const unsigned char bytes[] = { 'a', 0x80, 0xbf, 0xc2, 0x9b, 0xc3, 0xe2, 0x82, 0xac,
		0xf0, 0x9f, 0xff };
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char text[12], cut[12];
		size_t len, max;
		bool shorter;

		seed = seed * 1103515245 + 12345;
		len = (seed >> 16) % sizeof(text);
		for (size_t j = 0; j < len; j++) {
			seed = seed * 1103515245 + 12345;
			text[j] = (char)bytes[(seed >> 16) % sizeof(bytes)];
		}
		text[len] = '\0';
		max = (seed >> 8) % sizeof(text);
		memcpy(cut, text, sizeof(text));
		shorter = text_cut(cut, max);
		assert_int_equal(shorter, strlen(cut) < len);
		assert_true(strlen(cut) <= max && !strncmp(cut, text, strlen(cut)));
		assert_false(text_cut(cut, max));
		if (text_is_utf8(text)) {
			assert_true(text_is_utf8(cut));
			assert_true(strlen(cut) == len || strlen(cut) + 4 > max);
		}
	}
}

static void test_strbuf(void **state)
{
	struct strbuf b = STRBUF_INIT;
	char *s;

	(void)state;
	assert_string_equal(b.s, "");
	strbuf_add(&b, "x", 0);
	strbuf_adds(&b, "");
	strbuf_cut(&b, 0);
	strbuf_drop(&b, 0);
	assert_ptr_equal(b.s, strbuf_empty);
	s = strbuf_take(&b);
	assert_string_equal(s, "");
	free(s);
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&b, "%d,", i);
	assert_int_equal(b.len, strlen(b.s));
	assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	strbuf_drop(&b, 20);
	strbuf_cut(&b, 6);
	assert_string_equal(b.s, "10,11,");
	strbuf_addc(&b, '!');
	strbuf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.s, "10,11,!a\0b", 11);
	strbuf_drop(&b, b.len);
	assert_string_equal(b.s, "");
	strbuf_adds(&b, "kept");
	s = strbuf_take(&b);
	assert_string_equal(s, "kept");
	assert_int_equal(b.len, 0);
	free(s);
	strbuf_done(&b);
	strbuf_adds(&b, "again");
	assert_string_equal(b.s, "again");
	strbuf_done(&b);
	strbuf_done(&b);
}

static void test_escape_and_json(void **state)
{
	static const struct {
		const char *text, *escaped, *json;
	} table[] = {
		{ "plain", "plain", "\"plain\"" },
		{ "a\"b\\c", "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "\x1b[2J\n", "\\x1b[2J\\x0a", "\"\\u001b[2J\\u000a\"" },
		{ "\xc2\x9b", "\\xc2\\x9b", "\"\\u009b\"" },
		{ "\x7f\xc2\xa0", "\\x7f\xc2\xa0", "\"\\u007f\xc2\xa0\"" },
		{ "a\xe2\x82", "a\\xe2\\x82", "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xff", "\\xff", "\"\xef\xbf\xbd\"" },
		{ "åäö", "åäö", "\"åäö\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct strbuf b = STRBUF_INIT;

		text_escape(&b, table[i].text);
		assert_string_equal(b.s, table[i].escaped);
		strbuf_cut(&b, 0);
		text_json(&b, table[i].text);
		assert_string_equal(b.s, table[i].json);
		strbuf_done(&b);
	}
}

static void test_err(void **state)
{
	struct err err = { 0 };
	char longer[2000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(err_set(&err, ERR_USAGE, "a '%s'", "x\ny"), -1);
	assert_string_equal(err.msg, "a 'x?y'");
	err_wrap(&err, "file:%d", 3);
	assert_string_equal(err.msg, "file:3: a 'x?y'");
	err_hint(&err, "; do %s", "this");
	assert_string_equal(err.msg, "file:3: a 'x?y'; do this");
	err_set(&err, ERR_USAGE, "%s", longer);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	err_wrap(&err, "front");
	assert_memory_equal(err.msg, "front: xxx", 10);
	assert_int_equal(err_set(NULL, ERR_USAGE, "x"), -1);
	err_set(&err, ERR_USAGE, "%s",
		"a\xc2\x9b"
		"2J\x7f \xff\xc3");
	assert_string_equal(err.msg, "a??2J? ?");
	longer[sizeof(err.msg) - 2] = '\xc3'; /* the border cuts a character in two */
	longer[sizeof(err.msg) - 1] = '\xa5';
	err_set(&err, ERR_USAGE, "%s", longer);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 2);
	assert_true(text_is_utf8(err.msg));
	errno = ENOENT;
	assert_int_equal(err_sys(&err, "open '%s'", "x"), -1);
	assert_string_equal(err.msg, "open 'x': No such file or directory");
	assert_int_equal(err.code, ERR_FAILED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_everywhere),
		cmocka_unit_test(test_strbuf),
		cmocka_unit_test(test_escape_and_json),
		cmocka_unit_test(test_err),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
