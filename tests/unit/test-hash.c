/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums: the examples of RFC 1321 (appendix A.5) and FIPS 180-2 (appendix B). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/binding/hash.h"

static void test_md5(void **state)
{
	char got[HASH_MD5_SIZE];

	(void)state;
	assert_int_equal(hash_md5_text("", "", got), 0);
	assert_string_equal(got, "d41d8cd98f00b204e9800998ecf8427e");
	assert_int_equal(hash_md5_text("message", " digest", got), 0);
	assert_string_equal(got, "f96b697d7cb7938d525a2f31aaf161d0");
}

static void test_sha256(void **state)
{
	static const char abc[] =
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	char got[HASH_SIZE];

	(void)state;
	assert_int_equal(hash_sha256_text("abc", got), 0);
	assert_string_equal(got, abc);
	assert_int_equal(hash_sha256("abcd", 3, got, NULL), 0);
	assert_string_equal(got, abc);
	assert_int_equal(hash_sha256("a\0b", 3, got, NULL), 0);
	assert_string_not_equal(got, abc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_md5),
		cmocka_unit_test(test_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
