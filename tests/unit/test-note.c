/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes with the end filled in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/presence/note.h"
#include "lib/time/when.h"

static int64_t instant(const char *text, const struct zone *z)
{
	int64_t at = 0;
	struct err err = { 0 };

	if (when_time(text, z, 0, &at, &err) < 0)
		fail_msg("%s", err.msg);
	return at;
}

/* 2026-12-21 is a Monday. */
static void test_end(void **state)
{
	static const struct {
		const char *now, *until, *expect;
	} table[] = {
		{ "2026-12-21 12:00", "2026-12-21 13:00", "13:00" },
		{ "2026-12-21 12:00", "2026-12-21 13:05:30", "13:05" },
		{ "2026-12-21 00:00", "2026-12-21 23:59", "23:59" },
		{ "2026-12-21 12:00", "2026-12-22 00:00", "Tue 00:00" },
		{ "2026-12-21 12:00", "2026-12-22 09:00", "Tue 09:00" },
		{ "2026-12-21 12:00", "2026-12-27 09:00", "Sun 09:00" },
		{ "2026-12-21 12:00", "2026-12-28 09:00", "2026-12-28 09:00" },
		{ "2026-12-21 12:00", "2027-01-04 09:00", "2027-01-04 09:00" },
		{ "2026-12-30 12:00", "2027-01-01 00:00", "Fri 00:00" },
		{ "2026-12-21 12:00", "2026-12-20 09:00", "2026-12-20 09:00" },
		{ "2026-03-28 12:00", "2026-03-29 04:00", "Sun 04:00" }, /* a day of 23 hours */
	};
	_cleanup_(zone_freep) struct zone *z = NULL;
	char note[NOTE_MAX_LEN + 1];

	(void)state;
	assert_int_equal(zonefile_load("Europe/Stockholm", &z, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		note_fill("{until}", instant(table[i].until, z), z, z, instant(table[i].now, z),
			note);
		assert_string_equal(note, table[i].expect);
	}
}

/* The wall clock of the user: the same instant is another day elsewhere. */
static void test_zone(void **state)
{
	_cleanup_(zone_freep) struct zone *here = NULL, *there = NULL;
	char note[NOTE_MAX_LEN + 1];
	int64_t now, until;

	(void)state;
	assert_int_equal(zonefile_load("Europe/Stockholm", &here, NULL), 0);
	assert_int_equal(zonefile_load("Asia/Kathmandu", &there, NULL), 0);
	now = instant("2026-12-21 12:00", here);
	until = instant("2026-12-21 22:00", here);
	note_fill("back {until}", until, here, here, now, note);
	assert_string_equal(note, "back 22:00");
	note_fill("back {until}", until, there, there, now, note);
	assert_string_equal(note, "back Tue 02:45");
	note_fill("back {until}", until, there, here, now, note);
	assert_string_equal(note, "back Tue 02:45 +05:45");
	note_fill("back {until}", until, here, there, now, note);
	assert_string_equal(note, "back 22:00 CET");
}

static void test_brackets(void **state)
{
	static const struct {
		const char *text, *with, *without; /* an end */
	} table[] = {
		{ "", "", "" },
		{ "Lunch", "Lunch", "Lunch" },
		{ "Lunch, back {until}", "Lunch, back 13:00", "Lunch, back ..." },
		{ "Lunch[, back {until}]", "Lunch, back 13:00", "Lunch" },
		{ "[Back {until}: ]Lunch", "Back 13:00: Lunch", "Lunch" },
		{ "[{until}]", "13:00", "" },
		{ "[a {until}][b {until}]", "a 13:00b 13:00", "" },
		{ "[{until} or {until}] x", "13:00 or 13:00 x", " x" },
		{ "{until}{until}", "13:0013:00", "......" },
		/* Other brackets are text. */
		{ "[sic] {until}", "[sic] 13:00", "[sic] ..." },
		{ "[sic][, {until}]", "[sic], 13:00", "[sic]" },
		{ "{until} [sic]", "13:00 [sic]", "... [sic]" },
		{ "[open {until}", "[open 13:00", "[open ..." },
		{ "closed {until}]", "closed 13:00]", "closed ...]" },
		{ "]{until}[", "]13:00[", "]...[" },
		{ "[a [b {until}] c]", "[a b 13:00 c]", "[a  c]" },
		{ "[a {until} [b] c]", "[a 13:00 [b] c]", "[a ... [b] c]" },
		{ "[", "[", "[" },
		{ "[]", "[]", "[]" },
		{ "[[{until}]]", "[13:00]", "[]" },
		/* Only the whole word. */
		{ "{Until} {until {unti} until}", "{Until} {until {unti} until}",
			"{Until} {until {unti} until}" },
		{ "{{until}}", "{13:00}", "{...}" },
		{ "%s %n {until} %d", "%s %n 13:00 %d", "%s %n ... %d" },
	};
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	char note[NOTE_MAX_LEN + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		note_fill(table[i].text, 13 * 3600, utc, utc, 12 * 3600, note);
		assert_string_equal(note, table[i].with);
		note_fill(table[i].text, UNTIL_OPEN, utc, utc, 12 * 3600, note);
		assert_string_equal(note, table[i].without);
	}
}

static void test_cut(void **state)
{
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	char text[2 * NOTE_MAX_LEN], note[NOTE_MAX_LEN + 1];

	(void)state;
	/* One byte too long, and the end of it is within a character. */
	for (size_t n = NOTE_MAX_LEN - 2; n <= NOTE_MAX_LEN + 2; n++) {
		memset(text, 'x', n);
		memcpy(text + n, "\xc3\xb6", 3);
		note_fill(text, UNTIL_OPEN, utc, utc, 0, note);
		assert_int_equal(strlen(note),
			n + 2 <= NOTE_MAX_LEN      ? n + 2
				: n < NOTE_MAX_LEN ? n
						   : NOTE_MAX_LEN);
		assert_true(text_is_utf8(note));
		assert_memory_equal(note, text, strlen(note));
	}
	/* The end is written in full or cut like any other text. */
	memset(text, 'x', NOTE_MAX_LEN - 3);
	memcpy(text + NOTE_MAX_LEN - 3, "{until}", 8);
	note_fill(text, 13 * 3600, utc, utc, 12 * 3600, note);
	assert_int_equal(strlen(note), NOTE_MAX_LEN);
	assert_string_equal(note + NOTE_MAX_LEN - 3, "13:");
	/* Many of them. */
	*text = '\0';
	for (size_t i = 0; i + 7 <= NOTE_MAX_LEN; i += 7)
		memcpy(text + i, "{until}", 8);
	note_fill(text, 40 * 86400, utc, utc, 0, note);
	assert_int_equal(strlen(note), NOTE_MAX_LEN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_brackets),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
