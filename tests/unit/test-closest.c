/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Did you mean": what is near enough, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/closest.h"

static const char *const words[] = { "status", "set", "show", "shell", "do-not-disturb", "dnd",
	"log", "override", "", "tomorrow", "today", "Europe/Stockholm", "\xc3\xa5ngstr\xc3\xb6m" };

static void test_near(void **state)
{
	static const struct {
		const char *name, *word, *expect; /* expect NULL: none is near */
	} table[] = {
		{ "itself", "status", "status" },
		{ "other case", "STATUS", "status" },
		{ "swapped", "statsu", "status" },
		{ "swapped in a short word", "shwo", "show" },
		{ "one missing", "tomorow", "tomorrow" },
		{ "one too many", "Europe/Stockholmm", "Europe/Stockholm" },
		{ "one changed", "dnb", "dnd" },
		{ "two letters of three", "st", "set" },
		{ "a beginning", "stat", "status" },
		{ "a beginning in other case", "OVER", "override" },
		{ "a beginning far from the end", "do-not", "do-not-disturb" },
		{ "an exact word before a beginning", "set", "set" },
		{ "bytes above 0x7f", "angstr\xc3\xb6m", "\xc3\xa5ngstr\xc3\xb6m" },
		{ "the first of equals", "sxow", "show" },
		{ "two of three letters changed", "foo", NULL },
		{ "two of four letters changed", "shxx", NULL },
		{ "a beginning of two characters", "ov", NULL },
		{ "a candidate inside the word", "dndx-and-more", NULL },
		{ "nothing like it", "xyzzy", NULL },
		{ "one letter", "q", NULL },
		{ "empty", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *guess = closest(table[i].word, words, ARRAY_SIZE(words));

		if (!guess != !table[i].expect || (guess && strcmp(guess, table[i].expect) != 0))
			fail_msg("%s: '%s' gives '%s'", table[i].name, table[i].word,
				guess ? guess : "(none)");
	}
}

static void test_order_and_borders(void **state)
{
	static const char *const equals[] = { "cat", "bat", "rat" };
	static const char *const beginnings[] = { "override", "overt" };
	char a[66], b[66];
	const char *const long_word[] = { a };

	(void)state;
	assert_string_equal(closest("xat", equals, 3), "cat");
	assert_string_equal(closest("over", beginnings, 2), "overt");
	assert_null(closest("x", NULL, 0));
	for (size_t len = 60; len < sizeof(a); len++) {
		memset(a, 'a', len);
		a[len] = '\0';
		memcpy(b, a, sizeof(b));
		b[0] = 'b';
		assert_ptr_equal(closest(b, long_word, 1), len <= 64 ? a : NULL);
	}
}

static void test_guess(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_NOT_FOUND, "no command 'statsu'");
	assert_int_equal(closest_guess(&err, "statsu", words, ARRAY_SIZE(words)), -1);
	assert_string_equal(err.msg, "no command 'statsu'; did you mean 'status'?");
	assert_int_equal(err.code, ERR_NOT_FOUND);
	err_set(&err, ERR_USAGE, "no command 'xyzzy'");
	assert_int_equal(closest_guess(&err, "xyzzy", words, ARRAY_SIZE(words)), -1);
	assert_string_equal(err.msg, "no command 'xyzzy'");
	assert_int_equal(closest_guess(NULL, "statsu", words, ARRAY_SIZE(words)), -1);
	assert_int_equal(err_guess(&err, "mode %s", "list"), -1);
	assert_string_equal(err.msg, "no command 'xyzzy'; did you mean 'mode list'?");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_order_and_borders),
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
