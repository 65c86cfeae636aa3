/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items: a mode as what the PBX should hold, an action, and a list event again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pbx/item.h"

#define TEN "1234567890"

static void test_of_user(void **state)
{
	struct mode m = { .name = "focus", .type = PTYPE_DND, .lamp = LAMP_BUSY };
	struct item items[ITEM_USER_MAX];

	(void)state;
	assert_int_equal(
		item_of_user(
			&(struct item_source){ "1001", &m, "a, b", "", UNTIL_OPEN, "UTC" }, items),
		2);
	assert_string_equal(items[0].name, "CustomPresence:1001");
	assert_string_equal(items[0].value, "dnd,focus,a, b");
	assert_string_equal(items[1].name, "lamps/1001");
	assert_string_equal(items[1].value, "*,focus");
	assert_int_equal(items[0].rank, 0);
	assert_int_equal(items[1].rank, 1);
	m.lamp = LAMP_UNAVAILABLE;
	assert_int_equal(
		item_of_user(&(struct item_source){ "1001", &m, "", "", UNTIL_OPEN, "UTC" }, items),
		2);
	assert_string_equal(items[1].value, "*=UNAVAILABLE,focus");
	assert_int_equal(items[1].rank, 2);
	m.lamp = LAMP_HOLD;
	assert_int_equal(
		item_of_user(&(struct item_source){ "1001", &m, "", "", UNTIL_OPEN, "UTC" }, items),
		2);
	assert_string_equal(items[1].value, "*=ONHOLD,focus");
	assert_int_equal(items[1].rank, 1);
	m.lamp = LAMP_OFF;
	assert_int_equal(
		item_of_user(
			&(struct item_source){ "1001", &m, "", "5", UNTIL_OPEN, "UTC" }, items),
		3);
	assert_string_equal(items[1].value, "focus");
	assert_int_equal(items[1].rank, 2);
	assert_string_equal(items[2].name, "presence-ask/1001");
}

/* When the mode ends, in which zone. No byte of a zone can be taken for a field, and a zone without a name is the PBX's own. */
static void test_until(void **state)
{
	static const struct {
		int64_t until;
		const char *zone, *value;
	} table[] = {
		{ 1793880000, "Europe/Stockholm", "1793880000|focus|Europe/Stockholm" },
		{ 1793880000, "Etc/GMT+5", "1793880000|focus|Etc/GMT+5" },
		{ 1793880000, "local", "1793880000|focus|" },
		{ 1793880000, "", "1793880000|focus|" },
		{ 1793880000, "a|b", "1793880000|focus|" },
		{ 1793880000, "${X}", "1793880000|focus|" },
		{ 253402300799, "UTC", "253402300799|focus|UTC" },
	};
	struct mode m = { .name = "focus", .type = PTYPE_DND };
	struct item items[ITEM_USER_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct item_source from = { "1001", &m, "", "", table[i].until,
			table[i].zone };

		assert_int_equal(item_of_user(&from, items), 3);
		assert_string_equal(items[2].name, "presence-until/1001");
		assert_string_equal(items[2].value, table[i].value);
		assert_int_equal(items[2].rank, 2);
	}
	assert_int_equal(
		item_of_user(&(struct item_source){ "1001", &m, "", "5", 1, "UTC" }, items), 4);
}

static void test_longest(void **state)
{
	struct item items[ITEM_USER_MAX];
	struct mode m = { .type = PTYPE_UNAVAILABLE, .lamp = LAMP_BUSY };
	char extension[EXTENSION_MAX_LEN + 1], note[NOTE_MAX_LEN + 1];

	(void)state;
	memset(extension, 'x', EXTENSION_MAX_LEN);
	memset(m.name, 'm', NAME_MAX_LEN);
	memset(note, 'n', NOTE_MAX_LEN);
	extension[EXTENSION_MAX_LEN] = note[NOTE_MAX_LEN] = '\0';
	assert_int_equal(
		item_of_user(
			&(struct item_source){ extension, &m, note, "", UNTIL_OPEN, "" }, items),
		2);
	assert_true(strlen("Custom:mode-") + strlen(extension) + 1 + strlen(m.name) <= 79);
	assert_int_equal(
		strlen(items[0].value), strlen("unavailable,,") + NAME_MAX_LEN + NOTE_MAX_LEN);
}

static void test_action(void **state)
{
	static const struct {
		const char *name, *value, *variable, *sent;
	} table[] = {
		{ "CustomPresence:1001", "dnd,dnd,", "PRESENCE_STATE(CustomPresence:1001)",
			"dnd,ZG5k,,ep" },
		{ "CustomPresence:1001", "away,lunch,hello, everyone",
			"PRESENCE_STATE(CustomPresence:1001)",
			"away,bHVuY2g=,aGVsbG8sIGV2ZXJ5b25l,ep" },
		{ "CustomPresence:1001", "not_set,,", "PRESENCE_STATE(CustomPresence:1001)",
			"not_set,,,ep" },
		{ "CustomPresence:1001", "xa," TEN TEN TEN TEN ",",
			"PRESENCE_STATE(CustomPresence:1001)",
			"xa,MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MA==,,ep" },
		{ "Custom:hours-office", "INUSE", "DEVICE_STATE(Custom:hours-office)", "INUSE" },
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

/* What AstDB holds is ours only with our mark; Asterisk 16 cuts it. */
static void test_wrote(void **state)
{
	_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };
	const char *fields[ITEM_FIELDS];
	char cut[256];

	(void)state;
	assert_true(item_wrote("away,lunch,a, b", "away,bHVuY2g=,YSwgYg==,ep"));
	assert_true(item_wrote("not_set,,", "not_set,,,ep"));
	assert_false(item_wrote("away,lunch,a, b", "away,bHVuY2g=,YSwgYg==,e"));
	assert_false(item_wrote("away,lunch,a, b", "away,bHVuY2g=,YSwgYg=="));
	assert_false(item_wrote("away,lunch,", "away,lunch,"));
	assert_false(item_wrote("away,lunch,", ""));
	assert_false(item_wrote("dnd,lunch,", "away,bHVuY2g=,,ep"));
	strbuf_adds(&value, "away,lunch,");
	for (int i = 0; i < NOTE_MAX_LEN; i++)
		strbuf_addc(&value, 'n');
	assert_true(item_action(0, "CustomPresence:1", NULL, value.s, scratch, fields));
	assert_true(item_wrote(value.s, fields[5]));
	snprintf(cut, sizeof(cut), "%.255s", fields[5]);
	assert_true(item_wrote(value.s, cut));
	cut[sizeof(cut) - 2] = '\0';
	assert_false(item_wrote(value.s, cut));
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
}

/* Entries of AstDB are put and deleted. */
static void test_entry_action(void **state)
{
	static const struct {
		const char *name, *value, *fields;
	} table[] = {
		{ "presence-mode/away", "1|away",
			"Action DBPut Family presence-mode Key away Val 1|away " },
		{ "presence-rule/1001.away", "1|x y",
			"Action DBPut Family presence-rule Key 1001.away Val 1|x y " },
		{ "presence-user/1001", "", "Action DBDel Family presence-user Key 1001 " },
	};
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
		const char *fields[ITEM_FIELDS];

		assert_true(item_action(0, table[i].name, "x", table[i].value, scratch, fields));
		for (size_t k = 0; fields[k]; k++)
			strbuf_addf(&got, "%s ", fields[k]);
		assert_string_equal(got.s, table[i].fields);
		assert_false(item_action(1, table[i].name, "x", table[i].value, scratch, fields));
	}
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
}

/* What each name is, and what it holds when nobody wants anything of it. */
static void test_kinds(void **state)
{
	enum { ENTRY = 1, LAMPS = 2, MEMBER = 4, OF_MODE = 8 };
	static const struct {
		const char *name;
		int is;
		const char *neutral;
	} table[] = {
		{ "CustomPresence:1001", OF_MODE, "not_set,," },
		{ "lamps/1001", LAMPS | OF_MODE, "" },
		{ "Custom:hours-office", OF_MODE, "NOT_INUSE" },
		{ "presence-user/1001", ENTRY, "" },
		{ "presence-mode/away", ENTRY, "" },
		{ "presence-rule/1001.away", ENTRY, "" },
		{ "presence-ask/1001", ENTRY | OF_MODE, "" },
		{ "presence-until/1001", ENTRY | OF_MODE, "" },
		{ "presence-hours/office", ENTRY, "" },
		{ "presence-forced/office", ENTRY, "" },
		{ "queue/support/PJSIP/1001", MEMBER, "" },
		/* None of ours: a device state like others. */
		{ "presence-user", OF_MODE, "NOT_INUSE" },
		{ "presence-user/", OF_MODE, "NOT_INUSE" },
		{ "presence-users/1001", OF_MODE, "NOT_INUSE" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *name = table[i].name;
		int is = (item_is_entry(name) ? ENTRY : 0) | (item_is_lamps(name) ? LAMPS : 0) |
			(item_is_member(name) ? MEMBER : 0) |
			(item_follows_mode(name) ? OF_MODE : 0);

		if (is != table[i].is)
			fail_msg("%s: %d", name, is);
		assert_string_equal(item_neutral(name), table[i].neutral);
	}
}

/* Lamps: what is lit and should not be goes out, then the rest is lit. */
static void test_lamps(void **state)
{
	static const struct {
		const char *held, *value, *sent;
	} table[] = {
		{ NULL, "dnd", "mode-1001-dnd=INUSE " },
		{ "", "*,dnd", "presence-1001=BUSY mode-1001-dnd=INUSE " },
		{ "away", "dnd", "mode-1001-away=NOT_INUSE mode-1001-dnd=INUSE " },
		{ "*,away", "*,dnd", "mode-1001-away=NOT_INUSE mode-1001-dnd=INUSE " },
		{ "*,off-work", "away",
			"presence-1001=INVALID mode-1001-off-work=NOT_INUSE mode-1001-away=INUSE " },
		{ "away,dnd,off-work", "dnd",
			"mode-1001-away=NOT_INUSE mode-1001-off-work=NOT_INUSE " },
		{ "*=RINGING,dnd=BUSY", "*,dnd", "presence-1001=BUSY mode-1001-dnd=INUSE " },
		{ "*,dnd", "*=ONHOLD,away",
			"mode-1001-dnd=NOT_INUSE presence-1001=ONHOLD mode-1001-away=INUSE " },
		{ "*=ONHOLD,away", "*,away", "presence-1001=BUSY " },
		{ "*=ONHOLD,away", "*=ONHOLD,away", "" },
		{ "*=RINGING,away", "away", "presence-1001=INVALID " },
		{ "*=?,away=?", "*=UNAVAILABLE,away",
			"presence-1001=UNAVAILABLE mode-1001-away=INUSE " },
		{ "*=?,away=?,dnd=?", "dnd",
			"presence-1001=INVALID mode-1001-away=NOT_INUSE mode-1001-dnd=INUSE " },
		{ "dn", "dnd", "mode-1001-dn=NOT_INUSE mode-1001-dnd=INUSE " },
		{ "away,dnd", "", "mode-1001-away=NOT_INUSE mode-1001-dnd=NOT_INUSE " },
		{ "dnd,*", "*,dnd", "" },
		{ NULL, "", "" },
	};
	static const char begin[] = "DEVICE_STATE(Custom:";
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };
	const char *fields[ITEM_FIELDS];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT;

		strbuf_adds(&sent, "");
		for (size_t step = 0; item_action(
			     step, "lamps/1001", table[i].held, table[i].value, scratch, fields);
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
	char held[ITEM_VALUE_SIZE] = "";

	(void)state;
	item_merge(held, "dnd");
	item_merge(held, "away");
	item_merge(held, "off-work");
	item_merge(held, "*");
	item_merge(held, "chat");
	assert_string_equal(held, "*,away,chat,dnd,off-work");
	for (int i = 0; i < 1000; i++)
		item_merge(held, "dnd");
	assert_true(strlen(held) < ITEM_VALUE_SIZE);
}

static void test_lamp_places(void **state)
{
	static const char lamps[] = "*=ONHOLD,away,dnd";
	static const struct {
		const char *lamp;
		int place;
	} rows[] = { { "*=ONHOLD", 0 }, { "away", 1 }, { "dnd", 2 }, { "*", -1 }, { "awa", -1 },
		{ "dnd,", -1 }, { "", -1 } };
	char some[ITEM_VALUE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(item_lamp_place(lamps, rows[i].lamp), rows[i].place);
	assert_int_equal(item_lamp_place("", "away"), -1);
	item_lamps_at(lamps, 1 | 4, some);
	assert_string_equal(some, "*=ONHOLD,dnd");
	item_lamps_at(lamps, 255, some);
	assert_string_equal(some, lamps);
	item_lamps_at(lamps, 0, some);
	assert_string_equal(some, "");
}

static void test_doubt(void **state)
{
	static const struct {
		const char *held, *more, *doubtful;
	} table[] = {
		{ "available", "*,do-not-disturb", "*=?,available=?,do-not-disturb=?" },
		{ "*,off-work", "*,off-work", "*=?,off-work=?" },
		{ "", "*,away", "*=?,away=?" },
		{ "*=RINGING,away=?", "away", "*=?,away=?" },
		{ "", "", "" },
	};
	char unknown[ITEM_VALUE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		item_doubt(table[i].held, table[i].more, unknown);
		assert_string_equal(unknown, table[i].doubtful);
	}
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
			"lamps/1001", "*" },
		{ "Event: DeviceStateChange\r\nDevice: Custom:presence-1001\r\nState: RINGING\r\n\r\n",
			"lamps/1001", "*=RINGING" },
		{ "Event: DeviceStateChange\r\nDevice: Custom:presence-1001\r\nState: INVALID\r\n\r\n",
			NULL, NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1001-off-work\r\nState: INUSE\r\n\r\n",
			"lamps/1001", "off-work" },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-1001-dnd\r\nState: ONHOLD\r\n\r\n",
			"lamps/1001", "dnd=ONHOLD" },
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
		{ "Channel: x\r\n\r\n", NULL, NULL },
		/* No extension, and one that is longer than any of ours. */
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode--dnd\r\nState: INUSE\r\n\r\n",
			NULL, NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-" TEN TEN "12345-dnd\r\n"
		  "State: INUSE\r\n\r\n",
			NULL, NULL },
		{ "Event: DeviceStateChange\r\nDevice: Custom:mode-" TEN TEN "1234-dnd\r\n"
		  "State: INUSE\r\n\r\n",
			"lamps/" TEN TEN "1234", "dnd" },
		{ "Event: PresenceStateChange\r\nPresentity: CustomPresence:1\r\nStatus: xa\r\n"
		  "Subtype: " TEN TEN TEN TEN "\r\nMessage: x\r\n\r\n",
			"CustomPresence:1", "xa," TEN TEN TEN TEN ",x" },
		/* Entries of AstDB. */
		{ "Event: DBGetTreeResponse\r\nKey: /presence-user/1001\r\nVal: 1|x\r\n\r\n",
			"presence-user/1001", "1|x" },
		{ "Event: DBGetTreeResponse\r\nKey: /presence-user/1001\r\nVal: \r\n\r\n",
			"presence-user/1001", "?" },
		{ "Event: DBGetTreeResponse\r\nKey: /presence-user/1001\r\n\r\n", NULL, NULL },
		{ "Event: DBGetTreeResponse\r\nVal: 1\r\n\r\n", NULL, NULL },
		{ "Event: DBGetTreeResponse\r\nKey: presence-user/1001\r\nVal: 1\r\n\r\n", NULL,
			NULL },
		{ "Event: DBGetTreeResponse\r\nKey: /other/1001\r\nVal: 1\r\n\r\n", NULL, NULL },
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
	assert_true(item_is_ours("lamps/1"));
	assert_true(item_is_ours("Custom:hours-office"));
	assert_false(item_is_ours("Custom:DND1001"));
	assert_false(item_is_ours("CustomPresence:1001"));
}

static void test_kind(void **state)
{
	static const struct {
		const char *name, *kind;
	} table[] = {
		{ "CustomPresence:1001", "presence" },
		{ "lamps/1001", "lamps" },
		{ "Custom:hours-office", "hours" },
		{ "presence-ask/1001", "ask" },
		{ "presence-until/1001", "until" },
		{ "presence-hours/office", "entry" },
		{ "presence-forced/office", "entry" },
		{ "Custom:force-open-office", "hours" },
		{ "Custom:force-closed-office", "hours" },
		{ "Custom:force-toggle-office", "hours" },
		{ "presence-user/1001", "entry" },
		{ "presence-rule/1001.away", "entry" },
		{ "queue/support/Local/1001@presence-queue/n", "member" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_string_equal(item_kind(table[i].name), table[i].kind);
}

/* Which lamp of whom an event tells of, and what a list has of it. */
static void test_lamp_event(void **state)
{
	static const struct {
		const char *device, *state, *name, *lamp,
			*value; /* name NULL: none of ours; value NULL: it is out */
	} table[] = {
		{ "Custom:presence-1001", "BUSY", "lamps/1001", "*", "*" },
		{ "Custom:presence-1001", "ONHOLD", "lamps/1001", "*", "*=ONHOLD" },
		{ "Custom:presence-1001", "INVALID", "lamps/1001", "*", NULL },
		{ "Custom:mode-1001-lunch-break", "INUSE", "lamps/1001", "lunch-break",
			"lunch-break" },
		{ "Custom:mode-1001-away", "RINGING", "lamps/1001", "away", "away=RINGING" },
		{ "Custom:mode-1001-away", "NOT_INUSE", "lamps/1001", "away", NULL },
		{ "Custom:mode-1001-away", "UNKNOWN", "lamps/1001", "away", NULL },
		{ "Custom:mode-1001-", "INUSE", NULL, NULL, NULL },
		{ "Custom:mode-1001", "INUSE", NULL, NULL, NULL },
		{ "Custom:presence-", "BUSY", NULL, NULL, NULL },
		{ "Custom:presence-10 01", "BUSY", NULL, NULL, NULL },
		{ "Custom:hours-office", "INUSE", NULL, NULL, NULL },
		{ "Custom:presence-1001", "", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
		char text[200], value[ITEM_VALUE_SIZE];
		struct item_lamp lamp;
		struct amimsg m;

		snprintf(text, sizeof(text),
			"Event: DeviceStateChange\r\nDevice: %s\r\nState: %s\r\n\r\n",
			table[i].device, table[i].state);
		amimsg_feed(r, text, strlen(text));
		assert_int_equal(amimsg_next(r, &m, NULL), 1);
		assert_int_equal(item_lamp_from_event(&m, &lamp), table[i].name != NULL);
		if (!table[i].name)
			continue;
		assert_string_equal(lamp.name, table[i].name);
		assert_string_equal(lamp.lamp, table[i].lamp);
		assert_int_equal(
			item_lamp_value(lamp.lamp, lamp.state, value), table[i].value != NULL);
		if (table[i].value)
			assert_string_equal(value, table[i].value);
	}
}

static void test_lamps_say(void **state)
{
	static const struct {
		const char *lamps, *lamp, *state;
		bool say;
	} table[] = {
		{ "*,away", "*", "BUSY", true },
		{ "*,away", "*", "ONHOLD", false },
		{ "*,away", "*", "INVALID", false },
		{ "*=ONHOLD,away", "*", "ONHOLD", true },
		{ "away", "*", "INVALID", true },
		{ "*,away", "away", "INUSE", true },
		{ "*,away", "awa", "INUSE", false },
		{ "*,away", "lunch", "NOT_INUSE", true },
		{ "*,away", "lunch", "INUSE", false },
		{ "away=?", "away", "INUSE", false },
		{ "away=?", "away", "NOT_INUSE", false },
		{ "", "away", "NOT_INUSE", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(item_lamps_say(table[i].lamps, table[i].lamp, table[i].state),
			table[i].say);
}

static void test_query(void **state)
{
	static const struct {
		const char *name, *lamp, *action;
	} table[] = {
		{ "lamps/1001", "*", "Getvar Variable DEVICE_STATE(Custom:presence-1001)" },
		{ "lamps/1001", "away", "Getvar Variable DEVICE_STATE(Custom:mode-1001-away)" },
		{ "Custom:hours-office", NULL,
			"Getvar Variable DEVICE_STATE(Custom:hours-office)" },
		{ "presence-rule/1001.away", NULL, "DBGet Family presence-rule Key 1001.away" },
		{ "CustomPresence:1001", NULL, "DBGet Family CustomPresence Key 1001" },
	};
	struct strbuf scratch[2] = { STRBUF_INIT, STRBUF_INIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *fields[ITEM_FIELDS];
		char text[200] = "";

		item_query(table[i].name, table[i].lamp, scratch, fields);
		for (size_t n = 1; fields[n - 1] && fields[n]; n++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				n > 1 ? " " : "", fields[n]);
		assert_string_equal(text, table[i].action);
	}
	strbuf_done(&scratch[0]);
	strbuf_done(&scratch[1]);
}

/* What another program wrote into the database does not go out. */
static void test_check(void **state)
{
	static const struct {
		const char *name, *value;
		bool fits;
	} rows[] = {
		{ "CustomPresence:1001", "dnd,do-not-disturb,Back, at 5", true },
		{ "CustomPresence:1001", "not_set,,", true },
		{ "CustomPresence:1001", "dnd", false },
		{ "CustomPresence:1001", "dnd,mode", false },
		{ "CustomPresence:1001", "gone,mode,", false },
		{ "CustomPresence:1001", "dnd,a mode,", false },
		{ "CustomPresence:1001", "dnd,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,", false },
		{ "CustomPresence:1001)", "dnd,mode,", false },
		{ "CustomPresence:${EXTEN}", "dnd,mode,", false },
		{ "CustomPresence:", "dnd,mode,", false },
		{ "lamps/1001", "*=ONHOLD,away", true },
		{ "lamps/1001", "", true },
		{ "lamps/1001", "away)", false },
		{ "lamps/1 1", "away", false },
		{ "Custom:hours-office", "INUSE", true },
		{ "Custom:force-open-office", "NOT_INUSE", true },
		{ "Custom:hours-office", "RINGING", false },
		{ "Custom:other", "INUSE", false },
		{ "presence-user/1001", "1|desk=PJSIP/1001|-|-|1001|available", true },
		{ "presence-user/1001", "1|desk=PJSIP/1001,60", false },
		{ "presence-user/1001", "${SHELL(id)}", false },
		{ "presence-user/10 01", "x", false },
		{ "presence-user/10 01", "", true },
		{ "SIP/Registry", "x", false },
		{ "", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err;

		if ((item_check(rows[i].name, rows[i].value, &err) == 0) != rows[i].fits)
			fail_msg("%s = %s", rows[i].name, rows[i].value);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_user),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_action),
		cmocka_unit_test(test_wrote),
		cmocka_unit_test(test_entry_action),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_lamps),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_lamp_places),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_lamp_event),
		cmocka_unit_test(test_lamps_say),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
