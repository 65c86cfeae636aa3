/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activity: device states, and which device a dial string rings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pbx/activity.h"

static void test_states(void **state)
{
	static const struct {
		const char *state, *name;
	} table[] = {
		{ "NOT_INUSE", "idle" },
		{ "INUSE", "on a call" },
		{ "BUSY", "on a call" },
		{ "RINGINUSE", "on a call" },
		{ "RINGING", "ringing" },
		{ "ONHOLD", "on hold" },
		{ "UNAVAILABLE", "offline" },
		{ "INVALID", "offline" },
		{ "UNKNOWN", NULL },
		{ "", NULL },
		{ "inuse", NULL },
		{ "INUSE\r", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		enum activity a = activity_of_state(table[i].state);

		if (table[i].name)
			assert_string_equal(activity_name(a), table[i].name);
		else
			assert_null(activity_name(a));
		assert_int_equal(activity_parse(table[i].name), a);
	}
	assert_int_equal(activity_parse("asleep"), ACTIVITY_UNKNOWN);
}

/* on a call > ringing > on hold > idle > unknown > offline */
static void test_strength(void **state)
{
	static const char *const states[] = { "UNAVAILABLE", "UNKNOWN", "NOT_INUSE", "ONHOLD",
		"RINGING", "INUSE" };

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(states); i++)
		assert_true(activity_of_state(states[i - 1]) < activity_of_state(states[i]));
}

#define LONG "PJSIP/1234567890123456789012345678901234567890123456789012345678901234567890123"

static void test_device(void **state)
{
	static const struct {
		const char *dial, *device;
	} table[] = {
		{ "PJSIP/1001", "PJSIP/1001" },
		{ "SIP/desk-1001", "SIP/desk-1001" },
		{ "IAX2/alice", "IAX2/alice" },
		{ "SCCP/1001", "SCCP/1001" },
		{ "DAHDI/1", "DAHDI/1" },
		{ "PJSIP/1001/sip:1001@192.0.2.7:5060", "PJSIP/1001" },
		{ "PJSIP/1001/SIPS:1001@host", "PJSIP/1001" },
		{ LONG, LONG },
		{ LONG "4", NULL },
		{ "Local/1001@phones/n", NULL },
		{ "local/1001", NULL },
		{ "Locals/1001", "Locals/1001" },
		{ "PJSIP/0701@trunk", NULL },
		{ "SIP/trunk/0701", NULL },
		{ "DAHDI/g1/0701", NULL },
		{ "PJSIP/1001/", NULL },
		{ "PJSIP/", NULL },
		{ "/1001", NULL },
		{ "PJSIP", NULL },
		{ "Custom:x", NULL },
		{ "PJSIP/a)b", NULL },
		{ "PJSIP/a b", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char device[DIAL_MAX_LEN + 1] = "";
		bool found = activity_device(table[i].dial, device);

		assert_int_equal(found, table[i].device != NULL);
		assert_string_equal(device, table[i].device ? table[i].device : "");
	}
}

static void test_event(void **state)
{
	static const struct {
		const char *text, *device;
	} table[] = {
		{ "Event: DeviceStateChange\r\nDevice: PJSIP/1001\r\nState: BUSY\r\n\r\n",
			"PJSIP/1001" },
		{ "Event: DeviceStateChange\r\nDevice: PJSIP/1001/sip:a\r\nState: BUSY\r\n\r\n",
			NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:presence-1\r\nState: BUSY\r\n\r\n",
			NULL },
		{ "Event: DeviceStateChange\r\nDevice: Queue:a_avail\r\nState: BUSY\r\n\r\n",
			NULL },
		{ "Event: DeviceStateChange\r\nDevice: Local/1@a\r\nState: BUSY\r\n\r\n", NULL },
		{ "Event: DeviceStateChange\r\nDevice: PJSIP/1001\r\n\r\n", NULL },
		{ "Event: DeviceStateChange\r\nState: BUSY\r\n\r\n", NULL },
		{ "Event: Newchannel\r\nDevice: PJSIP/1001\r\nState: BUSY\r\n\r\n", NULL },
		{ "Device: PJSIP/1001\r\nState: BUSY\r\n\r\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
		enum activity activity = ACTIVITY_UNKNOWN;
		const char *device;
		struct amimsg m;

		amimsg_feed(r, table[i].text, strlen(table[i].text));
		assert_int_equal(amimsg_next(r, &m, NULL), 1);
		device = activity_from_event(&m, &activity);
		assert_int_equal(device != NULL, table[i].device != NULL);
		if (!device)
			continue;
		assert_string_equal(device, table[i].device);
		assert_int_equal(activity, ACTIVITY_CALL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_strength),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
