/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of nouns: what is taken, what is refused, and what unset gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/presence/noun-keys.h"
#include "lib/presence/schedule.h"
#include "lib/time/special.h"

enum noun { MODE, USER, SCHEDULE, CALENDAR, QUEUE, NOUN_COUNT };

static const struct keys *const tables[NOUN_COUNT] = { &mode_keys, &user_keys, &schedule_keys,
	&calendar_keys, &queue_keys };

static union {
	struct mode mode;
	struct user user;
	struct schedule schedule;
	struct calendar_info calendar;
	struct queue queue;
} object, before;

static char *value_of(enum noun noun, const char *key)
{
	struct strbuf text = STRBUF_INIT;

	const struct key *k = keys_of(tables[noun], key, strlen(key));

	assert_non_null(k);
	key_get(k, &object, &text);
	return strbuf_take(&text);
}

static void test_good(void **state)
{
	static const struct {
		enum noun noun;
		const char *key, *value, *expect;
	} table[] = {
		{ SCHEDULE, "hours", "mon-fri 9-12, 13-17; sat 10-14",
			"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00" },
		{ SCHEDULE, "hours", "09:00-17:00|mon-fri|*|*", "Mon-Fri 09:00-17:00" },
		{ SCHEDULE, "hours", "09:00-17:00,*,24,dec", "09:00-17:00,*,24,dec" },
		{ SCHEDULE, "hours", "calendar:shifts", "calendar:shifts" },
		{ SCHEDULE, "breaks", "12-13", "daily 12:00-13:00" },
		{ SCHEDULE, "breaks", "", "" },
		{ SCHEDULE, "zone", "Europe/Stockholm", "Europe/Stockholm" },
		{ SCHEDULE, "special", "2026-12-24  CLOSED=Eve;2026-12-23 9-12",
			"2026-12-23=09:00-12:00\n2026-12-24=closed = Eve" },
		{ SCHEDULE, "special", "", "" },
		{ SCHEDULE, "holidays", "12-25;easter-2", "12-25; easter-2" },
		{ SCHEDULE, "holidays", "", "" },
		{ SCHEDULE, "calendars", "sweden,company", "sweden, company" },
		{ SCHEDULE, "calendars", " , sweden ,, company ", "sweden, company" },
		{ SCHEDULE, "calendars", "", "" },
		{ SCHEDULE, "mode.business", "available", "available" },
		{ SCHEDULE, "mode.break", "lunch", "lunch" },
		{ SCHEDULE, "mode.outside", "off", "off" },
		{ SCHEDULE, "mode.holiday", "trip", "trip" },
		{ SCHEDULE, "mode.holiday", "", "" },
		{ CALENDAR, "hours", "9-17", "daily 09:00-17:00" },
		{ CALENDAR, "holidays", "12-25", "12-25" },
		{ CALENDAR, "owner", "Alice@Example.ORG", "alice@example.org" },
		{ CALENDAR, "owner", "", "" },
		{ CALENDAR, "refresh", "5m", "5m" },
		{ CALENDAR, "refresh", "300s", "5m" },
		{ CALENDAR, "refresh", "90m", "1h30m" },
		{ CALENDAR, "refresh", "7d", "7d" },
		{ MODE, "label", "Lunch \xc3\xa5t sea", "Lunch \xc3\xa5t sea" },
		{ MODE, "type", "DND", "dnd" },
		{ MODE, "lamp", "Hold", "hold" },
		{ MODE, "lamp", "Yes", "busy" },
		{ MODE, "lamp", "no", "off" },
		{ MODE, "lifetime", "1h30m", "1h30m" },
		{ USER, "extension", "1001", "1001" },
		{ USER, "extension", "7", "7" },
		{ USER, "extension", "a1", "a1" },
		{ USER, "extension", "1XX", "1XX" },
		{ USER, "mailbox", "1001@default", "1001@default" },
		{ USER, "mobile", "+46701234567", "+46701234567" },
		{ USER, "devices.app", "PJSIP/1001@trunk", "app=PJSIP/1001@trunk" },
		{ USER, "schedule", "office", "office" },
		{ USER, "calendars", "a", "a" },
		{ USER, "busy", "none", "none" },
		{ USER, "busy", "dnd", "dnd" },
		{ USER, "oof", "", "" },
		{ QUEUE, "penalty", "1000", "1000" },
		{ QUEUE, "members", "DEVICE", "device" },
		{ QUEUE, "hints", "night-hints", "night-hints" },
		{ USER, "lead", "0", "0" },
		{ USER, "lead", "005", "5" },
		{ USER, "lag", "1440", "1440" },
		{ USER, "mode.outside", "away", "away" },
		{ USER, "patterns", "SUMMARY=Focus* : dnd;category=x:none",
			"summary=Focus*:dnd; category=x:none" },
		{ USER, "patterns", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *first = NULL, *second = NULL;
		struct err err = { 0 };

		memset(&object, 0, sizeof(object));
		if (keys_set(tables[table[i].noun], &object, table[i].key, table[i].value, &err) !=
			0)
			fail_msg("%s=%s: %s", table[i].key, table[i].value, err.msg);
		first = value_of(table[i].noun, table[i].key);
		assert_string_equal(first, table[i].expect);
		if (keys_of(tables[table[i].noun], table[i].key, strlen(table[i].key))->type->parts)
			continue; /* lines of parts are for reading */
		if (keys_set(tables[table[i].noun], &object, table[i].key, first, &err) != 0)
			fail_msg("%s=%s: %s", table[i].key, first, err.msg);
		second = value_of(table[i].noun, table[i].key);
		assert_string_equal(second, first);
	}
}

#define HOURS_FORM                                                                                 \
	"; write hours as Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or as Asterisk's "     \
	"09:00-17:00,mon-fri,*,*"

static void test_bad(void **state)
{
	static const struct {
		enum noun noun;
		const char *key, *value, *expect;
	} table[] = {
		{ SCHEDULE, "hours", "Mon 9-25",
			"the range '9-25' goes beyond 24:00 in 'Mon 9-25'" HOURS_FORM },
		{ SCHEDULE, "hours", "",
			"hours needs a value: Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or "
			"calendar:NAME" },
		{ SCHEDULE, "hours", "calendar:", "calendar name may not be empty" },
		{ SCHEDULE, "hours", "calendar:a b",
			"calendar name 'a b' may hold only letters, digits, '.', '_' and '-'" },
		{ SCHEDULE, "hours", "calendar:-a", "calendar name '-a' may not begin with '-'" },
		{ SCHEDULE, "breaks", "calendar:lunch", NULL },
		{ SCHEDULE, "breaks", "Mon 12-13,12:30-14",
			"the hours Mon 12:00-13:00 and Mon 12:30-14:00 overlap" },
		{ USER, "extension", "1001.a",
			"extension '1001.a' may hold only letters, digits and '_'" },
		{ USER, "extension", "_1XX",
			"extension '_1XX' would be a pattern of Asterisk, and could never be called; it is "
			"digits, or a letter and more behind it" },
		{ USER, "extension", "_",
			"extension '_' would be a pattern of Asterisk, and could never be called; it is "
			"digits, or a letter and more behind it" },
		{ USER, "extension", "h",
			"extension 'h' is one that Asterisk has for itself, and could never be called; it is "
			"digits, or a letter and more behind it" },
		{ SCHEDULE, "zone", "Europe/Stock holm",
			"'Europe/Stock holm' is not a time zone such as Europe/Stockholm" },
		{ SCHEDULE, "zone", "/etc/passwd",
			"'/etc/passwd' is not a time zone such as Europe/Stockholm" },
		{ SCHEDULE, "special", "2026-12-24 open",
			"special day 2026-12-24: a special day is hours (09:00-12:00), 'closed' or "
			"'as mon', not 'open'" },
		{ SCHEDULE, "special.2026-02-30", "closed", "there is no day '2026-02-30'" },
		{ SCHEDULE, "special.", "closed", "'' is not a date such as 2026-12-24 or 12-24" },
		{ SCHEDULE, "special.2026-12-24", "",
			"special.2026-12-24 needs a value: 09:00-12:00, closed, as mon; = NAME "
			"behind it" },
		{ SCHEDULE, "special.2026-12-24", "closed; 2026-12-25 closed",
			"special day 2026-12-24: a special day is hours (09:00-12:00), 'closed' or "
			"'as mon', not 'closed; 2026-12-25 closed'" },
		{ SCHEDULE, "specials", "", "unknown key 'specials'; did you mean 'special'?" },
		{ SCHEDULE, "holidays", "13-25", NULL },
		{ SCHEDULE, "calendars", "a b/c",
			"calendar name 'b/c' may hold only letters, digits, '.', '_' and '-'" },
		{ SCHEDULE, "calendars", "a, b, a", "calendar 'a' is there twice" },
		{ SCHEDULE, "calendars", "a b c d e f g h i j k l m n o p q",
			"there may be at most 16 calendars" },
		{ SCHEDULE, "calendars", "all",
			"calendar name 'all' is taken: it means every user" },
		{ SCHEDULE, "mode.buisness", "away",
			"unknown key 'mode.buisness'; did you mean 'mode.business'?" },
		{ SCHEDULE, "mode.break", "a b",
			"mode.break 'a b' may hold only letters, digits, '.', '_' and '-'" },
		{ CALENDAR, "hours", "calendar:other", NULL },
		{ CALENDAR, "owner", "alice",
			"'alice' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "@example.org",
			"'@example.org' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "alice@",
			"'alice@' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "mailto:alice@example.org",
			"'mailto:alice@example.org' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "a@b,c@d",
			"'a@b,c@d' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "a@b@c",
			"'a@b@c' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "a\n@b",
			"'a?@b' is not an address such as alice@example.org" },
		{ CALENDAR, "owner", "a\xff@b",
			"'a?@b' is not an address such as alice@example.org" },
		{ CALENDAR, "refresh", "299s", "refresh is from 5m to 7d, not '299s'" },
		{ CALENDAR, "refresh", "8d", "refresh is from 5m to 7d, not '8d'" },
		{ CALENDAR, "refresh", "often", NULL },
		{ CALENDAR, "refresh", "", "refresh needs a value: 5m to 7d" },
		{ QUEUE, "penalty", "1001", "penalty is a number from 0 to 1000, not '1001'" },
		{ QUEUE, "penalty", "-1", "penalty is a number from 0 to 1000, not '-1'" },
		{ QUEUE, "penalty", "", "penalty needs a value: 0 to 1000" },
		{ QUEUE, "members", "phone", "members is rules or device, not 'phone'" },
		{ QUEUE, "hints", "", "hints needs a value: a context" },
		{ QUEUE, "hints", "a,b",
			"hints name 'a,b' may hold only letters, digits, '.', '_' and '-'" },
		{ USER, "lead", "1441", "lead is a number of minutes from 0 to 1440, not '1441'" },
		{ USER, "lead", "-1", "lead is a number of minutes from 0 to 1440, not '-1'" },
		{ USER, "lead", "5m", "lead is a number of minutes from 0 to 1440, not '5m'" },
		{ USER, "lead", "", "lead needs a value: 0 to 1440" },
		{ USER, "lag", "99999999999999999999",
			"lag is a number of minutes from 0 to 1440, not '99999999999999999999'" },
		{ USER, "patterns", "Focus",
			"'Focus' is not a pattern such as summary=Focus*:do-not-disturb" },
		{ USER, "busy", "no mode",
			"busy 'no mode' may hold only letters, digits, '.', '_' and '-'" },
		{ USER, "busy", "12345678901234567890123456789012345678901",
			"busy '12345678901234567890...' is longer than 40 characters" },
		{ MODE, "type", "busy",
			"type is available, chat, away, dnd, xa or unavailable, not 'busy'" },
		{ MODE, "type", "awya",
			"type is available, chat, away, dnd, xa or unavailable, not 'awya'; did you "
			"mean 'away'?" },
		{ MODE, "lamp", "1", "lamp is off, busy, hold, ringing or unavailable, not '1'" },
		{ MODE, "lifetime", "soon", NULL },
		{ MODE, "lifetime", "1234567890123456789012345",
			"lifetime '12345678901234567890...' is too long" },
		{ USER, "extension", "", "extension needs a value: letters, digits and _" },
		{ USER, "mobile", "07-01",
			"'07-01' is not a telephone number such as +46701234567" },
		{ USER, "mailbox", "1@2@3",
			"mailbox '1@2@3' is not of the form 1001 or 1001@default" },
		{ USER, "mailbox", "@x", "mailbox '@x' is not of the form 1001 or 1001@default" },
		{ USER, "pbx", "a b", "pbx 'a b' may hold only letters, digits, '.', '_' and '-'" },
		{ USER, "devices.desk", "", "devices.desk needs a value: PJSIP/1001" },
		{ USER, "devices.desk", "PJSIP/1&SIP/2",
			"'PJSIP/1&SIP/2' is not a dial string such as PJSIP/1001" },
		{ USER, "devices.desk", "PJSIP/1,20",
			"'PJSIP/1,20' is not a dial string such as PJSIP/1001" },
		{ USER, "devices.desk", "${EXEC}",
			"'${EXEC}' is not a dial string such as PJSIP/1001" },
		{ USER, "devices.desk", "PJSIP/",
			"'PJSIP/' is not a dial string such as PJSIP/1001" },
		{ USER, "devices.", "PJSIP/1", "device name may not be empty" },
		{ USER, "devices.mobile", "PJSIP/1",
			"device name 'mobile' is taken: it means the user's mobile number" },
		{ USER, "devices", "PJSIP/1",
			"key 'devices' needs the name of a device: devices.desk" },
	};

	(void)state;
	memset(&object, 0, sizeof(object));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = { 0 };

		before = object;
		if (keys_set(tables[table[i].noun], &object, table[i].key, table[i].value, &err) !=
			-1)
			fail_msg("%s=%s was taken", table[i].key, table[i].value);
		assert_int_equal(err.code, ERR_USAGE);
		if (table[i].expect)
			assert_string_equal(err.msg, table[i].expect);
		assert_memory_equal(&object, &before, sizeof(object));
	}
}

static void test_special(void **state)
{
	static const struct {
		const char *key, *value; /* NULL: unset */
		int code;                /* -1: no error */
		const char *expect;
	} steps[] = {
		{ "special.2026-12-24", "closed = Eve", -1, "2026-12-24 closed = Eve" },
		{ "special.2026-12-23", "9-12", -1,
			"2026-12-23 09:00-12:00; 2026-12-24 closed = Eve" },
		{ "special.2026-12-24", "as fri", -1, "2026-12-23 09:00-12:00; 2026-12-24 as fri" },
		{ "special.2026-12-25", NULL, ERR_NOT_FOUND,
			"2026-12-23 09:00-12:00; 2026-12-24 as fri" },
		{ "special.tomorrow", NULL, ERR_USAGE,
			"2026-12-23 09:00-12:00; 2026-12-24 as fri" },
		{ "special.2026-12-23", NULL, -1, "2026-12-24 as fri" },
		{ "special", "2027-01-01 closed", -1, "2027-01-01 closed" },
		{ "special", NULL, -1, "" },
	};

	(void)state;
	memset(&object, 0, sizeof(object));
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct err err = { 0 };
		int r = steps[i].value
			? keys_set(&schedule_keys, &object.schedule, steps[i].key, steps[i].value,
				  &err)
			: keys_unset(&schedule_keys, &object.schedule, steps[i].key, &err);

		assert_int_equal(r, steps[i].code < 0 ? 0 : -1);
		if (r < 0)
			assert_int_equal(err.code, steps[i].code);
		assert_string_equal(object.schedule.special, steps[i].expect);
	}
}

/* What is taken always fits and can be read again. */
static void test_long(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	struct schedule_rules *r = NULL;
	struct err err = { 0 };
	char key[40];
	int i = 0;

	(void)state;
	memset(&object, 0, sizeof(object));
	assert_int_equal(keys_set(&schedule_keys, &object, "hours", "9-17", &err), 0);
	for (; i < SPECIALS_MAX; i++) {
		snprintf(key, sizeof(key), "special.2026-%02d-%02d", i % 12 + 1, i / 12 + 1);
		if (keys_set(&schedule_keys, &object, key, "9-12,13-17 = Inventory", &err) < 0)
			break;
	}
	assert_true(i >= 50 && i < SPECIALS_MAX);
	assert_string_equal(err.msg, "special is longer than 4000 bytes");
	assert_int_equal(schedule_parse(&object.schedule, &r, &err), 0);
	assert_int_equal(r->special.n, i);
	schedule_rules_free(r);

	memset(&object, 0, sizeof(object));
	for (i = 0; i < 30; i++)
		strbuf_adds(&text, "summary=twenty*bytes*or*more:dnd;");
	assert_true(text.len <= PATTERNS_MAX_LEN);
	assert_int_equal(keys_set(&user_keys, &object, "patterns", text.s, &err), -1);
	assert_string_equal(err.msg, "patterns is longer than 1000 bytes");
}

static void test_unset(void **state)
{
	static const struct {
		enum noun noun;
		const char *key, *value, *expect; /* NULL: it cannot be unset */
	} table[] = {
		{ SCHEDULE, "hours", "9-17", NULL },
		{ SCHEDULE, "breaks", "12-13", "" },
		{ SCHEDULE, "zone", "UTC", "" },
		{ SCHEDULE, "special", "2026-12-24 closed", "" },
		{ SCHEDULE, "holidays", "12-25", "" },
		{ SCHEDULE, "calendars", "a, b", "" },
		{ SCHEDULE, "mode.holiday", "away", "" },
		{ CALENDAR, "refresh", "1h", "15m" },
		{ CALENDAR, "owner", "a@b", "" },
		{ QUEUE, "penalty", "5", "0" },
		{ QUEUE, "members", "device", "rules" },
		{ QUEUE, "hints", "other", "presence-hints" },
		{ USER, "lead", "5", "0" },
		{ USER, "lag", "5", "0" },
		{ USER, "busy", "none", "" },
		{ USER, "patterns", "summary=a:b", "" },
		{ USER, "schedule", "office", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct keys *keys = tables[table[i].noun];
		_cleanup_(freep) char *text = NULL;
		struct err err = { 0 };
		int r;

		memset(&object, 0, sizeof(object));
		assert_int_equal(keys_set(keys, &object, table[i].key, table[i].value, &err), 0);
		r = keys_unset(keys, &object, table[i].key, &err);
		assert_int_equal(r, table[i].expect ? 0 : -1);
		if (!table[i].expect) {
			assert_string_equal(err.msg, "key 'hours' cannot be unset, only changed");
			continue;
		}
		text = value_of(table[i].noun, table[i].key);
		assert_string_equal(text, table[i].expect);
	}
}

static void test_devices_are_limited(void **state)
{
	struct user *u = &object.user;
	struct err err;
	char key[32];

	(void)state;
	memset(&object, 0, sizeof(object));
	for (int i = 0; i < DEVICES_MAX; i++) {
		snprintf(key, sizeof(key), "devices.d%d", i);
		assert_int_equal(keys_set(&user_keys, u, key, "PJSIP/1", NULL), 0);
	}
	assert_int_equal(keys_set(&user_keys, u, "devices.one-more", "PJSIP/1", &err), -1);
	assert_string_equal(err.msg, "a user may have at most 32 devices");
	assert_int_equal(keys_set(&user_keys, u, "devices.d0", "PJSIP/2", NULL), 0);
	assert_int_equal(keys_unset(&user_keys, u, "devices.d5", NULL), 0);
	assert_int_equal(u->devices_n, DEVICES_MAX - 1);
	assert_string_equal(u->devices[5].name, "d6");
	assert_int_equal(keys_unset(&user_keys, u, "devices.d5", &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void test_note(void **state)
{
	struct mode *m = &object.mode;
	char note[NOTE_MAX_LEN + 2];
	struct err err;

	(void)state;
	memset(&object, 0, sizeof(object));
	memset(note, 'n', NOTE_MAX_LEN + 1);
	note[NOTE_MAX_LEN + 1] = '\0';
	assert_int_equal(keys_set(&mode_keys, m, "note", note, NULL), 1);
	assert_int_equal(strlen(m->note), NOTE_MAX_LEN);
	assert_int_equal(keys_set(&mode_keys, m, "note", m->note, NULL), 0);
	assert_int_equal(keys_set(&mode_keys, m, "note", "a\nb", &err), -1);
	assert_string_equal(err.msg, "note may not hold line ends or control characters");
	assert_int_equal(keys_set(&mode_keys, m, "note", "", NULL), 0);
	assert_string_equal(m->note, "");
}

static void test_modes_of_a_new_database(void **state)
{
	(void)state;
	for (const struct mode *m = model_builtin_modes; *m->name; m++) {
		for (const struct key *k = mode_keys.list; k->name; k++) {
			_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
			struct mode copy = *m;

			key_get(k, m, &value);
			assert_int_equal(keys_set(&mode_keys, &copy, k->name, value.s, NULL), 0);
			assert_memory_equal(&copy, m, sizeof(copy));
		}
	}
}

/* Every key has words for help. What a new object gets and what completion offers is taken. */
static void test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < NOUN_COUNT; i++) {
		memset(&object, 0, sizeof(object));
		keys_reset(tables[i], &object);
		for (const struct key *k = tables[i]->list; k->name; k++) {
			_cleanup_(strbuf_done) struct strbuf values = STRBUF_INIT;
			const char *word;

			assert_true(*k->help);
			key_values(k, &values);
			assert_true(values.len);
			for (size_t n = 0; (word = key_candidate(k, n)) != NULL; n++)
				assert_int_equal(
					keys_set(tables[i], &object, k->name, word, NULL), 0);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_unset),
		cmocka_unit_test(test_devices_are_limited),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_modes_of_a_new_database),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
