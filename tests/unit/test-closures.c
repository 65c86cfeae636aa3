/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calendars whose events are holidays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/presence/closures.h"

static void test_print(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "", "" },
		{ " , ", "" },
		{ "a", "a" },
		{ "a b,c", "a, b, c" },
		{ "feed:\"Public holiday\"", "feed:\"Public holiday\"" },
		{ "feed:Public holiday", "feed:\"Public holiday\"" },
		{ "feed: Public holiday , other", "feed:\"Public holiday\", other" },
		{ "a, feed:\"One, two\", b:\"*\"", "a, feed:\"One, two\", b:\"*\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
		struct closures c;
		struct err err;

		if (closures_parse(table[i].text, &c, &err) < 0)
			fail_msg("'%s': %s", table[i].text, err.msg);
		closures_print(&c, &first);
		assert_string_equal(first.s, table[i].expect);
		assert_int_equal(closures_parse(first.s, &c, &err), 0);
		closures_print(&c, &second);
		assert_string_equal(second.s, first.s);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "a, a", "calendar 'a' is there twice" },
		{ "a:", "the pattern '' is empty or longer than 120 bytes" },
		{ "a:\"\"", "the pattern '' is empty or longer than 120 bytes" },
		{ "a:\"x", "a quotation mark is missing behind 'x'" },
		{ "a:\"x\" y", "'y' stands behind a pattern" },
		{ "a:x\"y",
			"the pattern 'x\"y' has a quotation mark, a control character or is not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = { 0 };
		struct closures c;

		assert_int_equal(closures_parse(table[i].text, &c, &err), -1);
		assert_string_equal(err.msg, table[i].expect);
	}
}

static void test_has(void **state)
{
	(void)state;
	assert_true(closure_has("", "Observance", ""));
	assert_true(closure_has("Public holiday", "Christmas Day", "Other\npublic holiday"));
	assert_true(closure_has("*holiday*", "A Holiday", ""));
	assert_false(closure_has("Public holiday", "Mother's Day", "Observance"));
	assert_false(closure_has("Public", "Public holiday", "Public holiday"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
