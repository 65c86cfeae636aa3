/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/sync/retry.h"

static const struct {
	enum retry_why why;
	int64_t most_ms; /* and three quarters of it at least */
} failures[] = {
	{ RETRY_AWAY, 250 },
	{ RETRY_AWAY, 500 },
	{ RETRY_AWAY, 1000 },
	{ RETRY_AWAY, 1000 },
	{ RETRY_REFUSED, 2000 },
	{ RETRY_REFUSED, 30000 },
	{ RETRY_REFUSED, 60000 },
	{ RETRY_REFUSED, 120000 },
	{ RETRY_REFUSED, 300000 },
	{ RETRY_REFUSED, 300000 },
	{ RETRY_AWAY, 250 },
	{ RETRY_REFUSED, 2000 },
};

static void test_waits(void **state)
{
	static const uint32_t randoms[] = { 0, 1, 7, 62, 63, 12345, 987654321, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(randoms); i++) {
		struct retry r = { 0 };

		for (size_t j = 0; j < ARRAY_SIZE(failures); j++) {
			int64_t ms = retry_wait_ms(&r, failures[j].why, randoms[i]);

			assert_true(ms <= failures[j].most_ms);
			assert_true(4 * ms >= 3 * failures[j].most_ms);
			if (!randoms[i])
				assert_int_equal(ms, failures[j].most_ms);
		}
		retry_forget(&r);
		assert_true(retry_wait_ms(&r, RETRY_REFUSED, randoms[i]) <= 2000);
	}
}

/* All of the last quarter is used. */
static void test_spread(void **state)
{
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	for (uint32_t random = 0; random < 1000; random++) {
		struct retry r = { 0 };
		int64_t ms = retry_wait_ms(&r, RETRY_REFUSED, random * 7919);

		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	assert_true(least < 1510 && most > 1990);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
