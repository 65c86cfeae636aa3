/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hint of an extension shows of its user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/pbx/hint.h"

static void test_shows(void **state)
{
	static const struct {
		const char *hint;
		int shows;
	} cases[] = {
		{ "", 0 },
		{ "PJSIP/1001&Custom:presence-1001,CustomPresence:1001", HINT_ALL },
		{ "PJSIP/${EXTEN}&Custom:presence-${EXTEN},CustomPresence:${EXTEN}", HINT_ALL },
		{ "Custom:presence-${FILTER(0-9A-Za-z._\\x2d,${EXTEN})}&PJSIP/${EXTEN}",
			HINT_IS_THERE | HINT_DEVICE | HINT_LAMP },
		{ "custom:Presence-1001&pjsip/1001-app", HINT_IS_THERE | HINT_DEVICE | HINT_LAMP },
		{ "PJSIP/1002&Custom:presence-1001", HINT_IS_THERE | HINT_LAMP },
		{ "PJSIP/10011&Custom:presence-10012", HINT_IS_THERE },
		{ "Custom:presence-1001,CustomPresence:1001",
			HINT_IS_THERE | HINT_LAMP | HINT_PRESENCE },
		{ ",CustomPresence:1001", HINT_IS_THERE | HINT_PRESENCE },
		{ "PJSIP/1001", HINT_IS_THERE | HINT_DEVICE },
		{ "PJSIP/${EXTEN:1}", HINT_ALL },
		{ "${FILTER(${SET},${EXTEN})}", HINT_ALL },
		{ "${FILTER(0-9,${EXTEN", HINT_ALL },
		{ "&&,,", HINT_IS_THERE },
	};
	const struct user u = {
		.extension = "1001",
		.devices_n = 3,
		.devices = { { "far", "Local/1@far" }, { "desk", "PJSIP/1001/sip:1001@192.0.2.7" },
			{ "app", "PJSIP/1001-app" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		print_message("%s\n", cases[i].hint);
		assert_int_equal(hint_shows(cases[i].hint, &u), cases[i].shows);
	}
}

static void test_no_device(void **state)
{
	const struct user u = {
		.extension = "1001", .devices_n = 1, .devices = { { "far", "Local/1@far" } }
	};

	(void)state;
	assert_int_equal(
		hint_shows("Custom:presence-1001", &u), HINT_IS_THERE | HINT_DEVICE | HINT_LAMP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shows),
		cmocka_unit_test(test_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
