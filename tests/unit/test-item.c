/* Items: a mode as what the PBX should hold, an action, and a list event again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pure/item.h"

static void test_of_user(void **state)
{
	struct mode m = { .name = "focus", .type = PTYPE_DND, .lamp = true };
	struct item items[ITEM_USER_MAX];

	(void)state;
	assert_int_equal(item_of_user("1001", &m, "a, b", "", items), 3);
	assert_string_equal(items[0].name, "CustomPresence:1001");
	assert_string_equal(items[0].value, "dnd,focus,a, b");
	assert_string_equal(items[1].value, "BUSY");
	assert_string_equal(items[2].name, "Custom:mode-1001");
	assert_string_equal(items[2].value, "focus");
	assert_true(items[0].rank <= items[2].rank);
	m.lamp = false;
	assert_int_equal(item_of_user("1001", &m, "", "", items), 2);
}

static void test_longest(void **state)
{
	struct item items[ITEM_USER_MAX];
	struct mode m = { .type = PTYPE_UNAVAILABLE, .lamp = true };
	char extension[EXTENSION_MAX_LEN + 1], note[NOTE_MAX_LEN + 1];

	(void)state;
	memset(extension, 'x', EXTENSION_MAX_LEN);
	memset(m.name, 'm', NAME_MAX_LEN);
	memset(note, 'n', NOTE_MAX_LEN);
	extension[EXTENSION_MAX_LEN] = note[NOTE_MAX_LEN] = '\0';
	assert_int_equal(item_of_user(extension, &m, note, "", items), 3);
	assert_true(strlen(items[2].name) + 1 + strlen(items[2].value) <= 79);
	assert_int_equal(
		strlen(items[0].value), strlen("unavailable,,") + NAME_MAX_LEN + NOTE_MAX_LEN);
}

static void test_action(void **state)
{
	static const struct {
		const char *name, *value, *variable, *sent;
	} table[] = {
		{ "CustomPresence:1001", "dnd,dnd,", "PRESENCE_STATE(CustomPresence:1001)",
			"dnd,ZG5k,,e" },
		{ "CustomPresence:1001", "away,lunch,hello, everyone",
			"PRESENCE_STATE(CustomPresence:1001)",
			"away,bHVuY2g=,aGVsbG8sIGV2ZXJ5b25l,e" },
		{ "CustomPresence:1001", "not_set,,", "PRESENCE_STATE(CustomPresence:1001)",
			"not_set,,,e" },
		{ "Custom:presence-1001", "BUSY", "DEVICE_STATE(Custom:presence-1001)", "BUSY" },
	};
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *fields[ITEM_FIELDS];

		assert_true(item_action(0, table[i].name, NULL, table[i].value, scratch, fields));
		assert_string_equal(fields[1], "Setvar");
		assert_string_equal(fields[3], table[i].variable);
		assert_string_equal(fields[5], table[i].sent);
		assert_null(fields[6]);
		assert_false(item_action(1, table[i].name, NULL, table[i].value, scratch, fields));
	}
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
}

/* Mode keys: what is lit goes out, then the one that should be is lit. */
static void test_keys(void **state)
{
	static const struct {
		const char *held, *value, *sent;
	} table[] = {
		{ NULL, "dnd", "-dnd=INUSE " },
		{ "", "dnd", "-dnd=INUSE " },
		{ "away", "dnd", "-away=NOT_INUSE -dnd=INUSE " },
		{ "away,dnd,off-work", "dnd", "-away=NOT_INUSE -off-work=NOT_INUSE -dnd=INUSE " },
		{ "dnd=BUSY", "dnd", "-dnd=NOT_INUSE -dnd=INUSE " },
		{ "dn", "dnd", "-dn=NOT_INUSE -dnd=INUSE " },
		{ "away,dnd", "", "-away=NOT_INUSE -dnd=NOT_INUSE " },
		{ NULL, "", "" },
	};
	static const char begin[] = "DEVICE_STATE(Custom:mode-1001";
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };
	const char *fields[ITEM_FIELDS];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT;

		for (size_t step = 0; item_action(step, "Custom:mode-1001", table[i].held,
			     table[i].value, scratch, fields);
			step++) {
			size_t n = strlen(fields[3]);

			assert_memory_equal(fields[3], begin, strlen(begin));
			assert_int_equal(fields[3][n - 1], ')');
			strbuf_add(&sent, fields[3] + strlen(begin), n - strlen(begin) - 1);
			strbuf_addf(&sent, "=%s ", fields[5]);
		}
		assert_string_equal(sent.s, table[i].sent);
	}
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
}

static void test_merge(void **state)
{
	struct item item = { .value = "" };

	(void)state;
	item_merge(&item, "away");
	item_merge(&item, "dnd");
	assert_string_equal(item.value, "away,dnd");
	for (int i = 0; i < 1000; i++)
		item_merge(&item, "off-work");
	assert_true(strlen(item.value) < ITEM_VALUE_SIZE);
}

static void test_event(void **state)
{
	static const struct {
		const char *text, *name, *value; /* name NULL: none of ours */
	} table[] = {
		{ "Event: PresenceStateChange\r\nPresentity: CustomPresence:1001\r\nStatus: away\r\nSubtype: lunch\r\n"
		  "Message: say \\\"hi\\\" \\\\ there\r\n\r\n",
			"CustomPresence:1001", "away,lunch,say \"hi\" \\ there" },
		{ "Event: PresenceStateChange\r\nPresentity: CustomPresence:1\r\nStatus: not_set\r\n\r\n",
			"CustomPresence:1", "not_set,," },
		{ "Event: DeviceStateChange\r\nDevice: Custom:presence-1001\r\nState: BUSY\r\n\r\n",
			"Custom:presence-1001", "BUSY" },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1001-off-work\r\nState: INUSE\r\n\r\n",
			"Custom:mode-1001", "off-work" },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1001-dnd\r\nState: ONHOLD\r\n\r\n",
			"Custom:mode-1001", "dnd=ONHOLD" },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1001-dnd\r\nState: NOT_INUSE\r\n\r\n",
			NULL, NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1001\r\nState: INUSE\r\n\r\n",
			NULL, NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1-a),b\r\nState: INUSE\r\n\r\n",
			NULL, NULL },
		{ "Event: DeviceStateChange\r\nDevice: PJSIP/1001\r\nState: BUSY\r\n\r\n", NULL,
			NULL },
		{ "Event: PresenceStateChange\r\nPresentity: Other:1\r\nStatus: away\r\n\r\n", NULL,
			NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:x\r\n\r\n", NULL, NULL },
		{ "Event: Hangup\r\nChannel: x\r\n\r\n", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
		struct amimsg m;
		struct item item;
		bool ours;

		amimsg_feed(r, table[i].text, strlen(table[i].text));
		assert_int_equal(amimsg_next(r, &m, NULL), 1);
		ours = item_from_event(&m, &item);
		assert_int_equal(ours, table[i].name != NULL);
		if (!ours)
			continue;
		assert_string_equal(item.name, table[i].name);
		assert_string_equal(item.value, table[i].value);
	}
	assert_true(item_is_ours("Custom:presence-1"));
	assert_true(item_is_ours("Custom:mode-1-x"));
	assert_false(item_is_ours("Custom:DND1001"));
	assert_false(item_is_ours("CustomPresence:1001"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_user),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_action),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
