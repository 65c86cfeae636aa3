/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones of a VTIMEZONE (RFC 5545 3.6.5), against the Olson zones that they describe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"
#include "lib/calendar/vtimezone.h"
#include "lib/time/when.h"

static int64_t instant(const char *text)
{
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	int64_t at;

	assert_int_equal(when_time(text, utc, 0, &at, NULL), 0);
	return at;
}

enum { ROWS = 8, MINUTES = 60 };

struct row {
	const char *start;
	int from, to; /* minutes east */
	const char *rule, *dates[4];
};

static int build(const struct row *rows, size_t n, struct zone **ret, struct err *err)
{
	struct observance list[ROWS];
	int64_t dates[ROWS][ARRAY_SIZE(rows->dates)];

	assert_true(n <= ROWS);
	for (size_t i = 0; i < n; i++) {
		list[i] = (struct observance){
			.start = instant(rows[i].start),
			.offset_from = rows[i].from * MINUTES,
			.offset_to = rows[i].to * MINUTES,
			.rule = rows[i].rule,
			.dates = dates[i],
		};
		for (size_t j = 0; j < ARRAY_SIZE(rows->dates) && rows[i].dates[j]; j++)
			dates[i][list[i].dates_n++] = instant(rows[i].dates[j]);
	}
	return vtimezone_build("Mine", list, n, ret, err);
}

/* Both say the same from one instant to another. */
static void compare(
	const char *name, const struct zone *z, const struct zone *like, int64_t from, int64_t to)
{
	assert_int_equal(zone_offset(z, from), zone_offset(like, from));
	for (int64_t at = from;;) {
		int64_t next = zone_next_transition(like, at);

		if (next >= to)
			next = to;
		if (zone_offset(z, next - 1) != zone_offset(like, next - 1) ||
			(next < to && zone_next_transition(z, at) != next))
			fail_msg("%s before %lld: %d and %lld, the file says %d", name,
				(long long)next, zone_offset(z, next - 1),
				(long long)zone_next_transition(z, at),
				zone_offset(like, next - 1));
		if (next == to)
			return;
		at = next;
	}
}

static void test_like_olson(void **state)
{
	static const struct {
		const char *name, *zone, *from, *to;
		size_t n;
		struct row rows[ROWS];
	} table[] = {
		{ "RFC 5545 3.6.5, example 1", "America/New_York", "1970-01-01", "2100-12-31", 7,
			{ { "1967-04-30 02:00", -300, -240,
				  "FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19730429T070000Z",
				  { 0 } },
				{ "1967-10-29 02:00", -240, -300,
					"FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
					{ 0 } },
				{ "1974-01-06 02:00", -300, -240, "", { "1975-02-23 02:00" } },
				{ "1976-04-25 02:00", -300, -240,
					"FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19860427T070000Z",
					{ 0 } },
				{ "1987-04-05 02:00", -300, -240,
					"FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
					{ 0 } },
				{ "2007-03-11 02:00", -300, -240, "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
					{ 0 } },
				{ "2007-11-04 02:00", -240, -300,
					"FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", { 0 } } } },
		{ "Exchange, from 1601", "Europe/Stockholm", "1997-01-01", "2100-12-31", 2,
			{ { "1601-01-01 03:00", 120, 60, "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
				  { 0 } },
				{ "1601-01-01 02:00", 60, 120,
					"FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", { 0 } } } },
		{ "Google, from 1970", "Europe/Stockholm", "1997-01-01", "2100-12-31", 2,
			{ { "1970-03-29 02:00", 60, 120, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
				  { 0 } },
				{ "1970-10-25 03:00", 120, 60, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
					{ 0 } } } },
		{ "winter is DAYLIGHT", "Europe/Dublin", "1997-01-01", "2100-12-31", 2,
			{ { "1981-03-29 01:00", 0, 60, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", { 0 } },
				{ "1996-10-27 02:00", 60, 0, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
					{ 0 } } } },
		{ "half an hour", "Australia/Lord_Howe", "2009-01-01", "2100-12-31", 2,
			{ { "2008-04-06 02:00", 660, 630, "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU",
				  { 0 } },
				{ "2008-10-05 02:00", 630, 660, "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
					{ 0 } } } },
		{ "dates only", "Pacific/Apia", "2011-01-01", "2011-12-30", 2,
			{ { "2010-09-26 00:00", -660, -600, "", { "2011-09-24 03:00" } },
				{ "2011-04-02 04:00", -600, -660, "", { 0 } }, { 0 } } },
		{ "no change", "Asia/Kathmandu", "1987-01-01", "2100-12-31", 1,
			{ { "1986-01-01 00:00", 330, 345, "", { 0 } } } },
		{ "the first change is still to come", "Asia/Kathmandu", "1970-01-01", "2100-12-31",
			1, { { "1986-01-01 00:00", 330, 345, "", { 0 } } } },
		{ "rules that ended long ago", "Asia/Kolkata", "1970-01-01", "2100-12-31", 2,
			{ { "1900-10-01 00:00", 390, 330, "FREQ=YEARLY;UNTIL=19451014T173000Z",
				  { 0 } },
				{ "1900-05-01 00:00", 330, 390,
					"FREQ=YEARLY;UNTIL=19420831T183000Z", { 0 } } } },
		{ "UNTIL as a date, and COUNT", "Asia/Kolkata", "1970-01-01", "2100-12-31", 2,
			{ { "1900-05-01 00:00", 330, 390, "FREQ=YEARLY;COUNT=40", { 0 } },
				{ "1900-10-01 00:00", 390, 330, "FREQ=YEARLY;UNTIL=19451014",
					{ 0 } } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL, *olson = NULL, *again = NULL;
		struct strbuf text = STRBUF_INIT;
		int64_t from = instant(table[i].from), to = instant(table[i].to);
		struct err err = { 0 };

		assert_int_equal(zonefile_load(table[i].zone, &olson, NULL), 0);
		if (build(table[i].rows, table[i].n, &z, &err) < 0)
			fail_msg("%s: %s", table[i].name, err.msg);
		assert_string_equal(zone_name(z), "Mine");
		compare(table[i].name, z, olson, from, to);

		vtimezone_print(z, &text);
		assert_int_equal(vtimezone_parse("Mine", text.s, &again, &err), 0);
		compare(table[i].name, again, z, INT32_MIN, to);
		strbuf_done(&text);
	}
}

/* Every installed zone survives the store, within the years that are kept. */
static void test_store(void **state)
{
	size_t n;
	char **names = zonefile_names(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(zone_freep) struct zone *z = NULL, *again = NULL;
		struct strbuf text = STRBUF_INIT, twice = STRBUF_INIT;

		if (zonefile_load(names[i], &z, NULL) < 0)
			continue;
		vtimezone_print(z, &text);
		assert_int_equal(vtimezone_parse(names[i], text.s, &again, NULL), 0);
		compare(names[i], again, z, instant("1970-01-01"), instant("2101-01-01"));
		vtimezone_print(again, &twice);
		assert_string_equal(text.s, twice.s);
		strbuf_done(&text);
		strbuf_done(&twice);
	}
	zonefile_names_free(names, n);
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		struct row row;
		const char *why;
	} table[] = {
		{ "offset from", { "2026-01-01", 24 * 60 + 1, 0, "", { 0 } }, "24 hours" },
		{ "offset to", { "2026-01-01", 0, -24 * 60 - 1, "", { 0 } }, "24 hours" },
		{ "no rule", { "2026-01-01", 0, 60, "nonsense", { 0 } }, "" },
		{ "secondly", { "2026-01-01", 0, 60, "FREQ=SECONDLY", { 0 } }, "several times" },
		{ "daily", { "1601-01-01", 0, 60, "FREQ=DAILY", { 0 } }, "more than" },
		{ "twice a day", { "1970-01-01", 0, 60, "FREQ=DAILY;BYHOUR=1,2", { 0 } },
			"more than" },
	};
	static const int64_t first = INT64_MIN, last = INT64_MAX;
	static const struct observance far[] = {
		{ .start = INT64_MIN, .rule = "" },
		{ .start = INT64_MAX, .rule = "" },
		{ .offset_from = INT32_MIN, .rule = "" },
		{ .rule = "", .dates = &last, .dates_n = 1 },
		{ .rule = "", .dates = &first, .dates_n = 1 },
	};
	struct observance *many = xcalloc(OBSERVANCES_MAX + 1, sizeof(*many));
	struct zone *z = NULL;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		memset(&err, 0, sizeof(err));
		if (build(&table[i].row, 1, &z, &err) != -1 || !strstr(err.msg, table[i].why) ||
			!strstr(err.msg, "'Mine'"))
			fail_msg("%s: %s", table[i].name, err.msg);
	}
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		assert_int_equal(vtimezone_build("Mine", &far[i], 1, &z, &err), -1);
	assert_int_equal(vtimezone_build("Mine", NULL, 0, &z, &err), -1);
	for (size_t i = 0; i <= OBSERVANCES_MAX; i++)
		many[i].rule = "";
	assert_int_equal(vtimezone_build("Mine", many, OBSERVANCES_MAX + 1, &z, &err), -1);
	free(many);
	assert_null(z);
}

/* The most that fits the limits is done in a moment. */
static void test_dear(void **state)
{
	struct observance *many = xcalloc(OBSERVANCES_MAX, sizeof(*many));
	struct zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < OBSERVANCES_MAX; i++)
		many[i] = (struct observance){ .start = instant("1601-01-01"),
			.rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000" };
	if (vtimezone_build("Mine", many, OBSERVANCES_MAX, &z, NULL) == 0)
		zone_free(z);
	free(many);
}

/* At the same instant the later DTSTART counts, then the later in the list. */
static void test_ties(void **state)
{
	static const struct row by_start[] = {
		{ "2020-06-01 01:00", 60, 180, "", { 0 } },
		{ "2010-06-01 00:00", 0, 60, "FREQ=YEARLY", { 0 } },
	},
				by_order[] = {
					{ "2020-06-01 00:00", 0, 60, "", { 0 } },
					{ "2020-06-01 00:00", 0, 120, "", { 0 } },
				};
	struct zone *z = NULL;

	(void)state;
	assert_int_equal(build(by_start, 2, &z, NULL), 0);
	assert_int_equal(zone_offset(z, instant("2020-06-01")), 180 * MINUTES);
	zone_free(z);
	assert_int_equal(build(by_order, 2, &z, NULL), 0);
	assert_int_equal(zone_offset(z, instant("2020-06-01")), 120 * MINUTES);
	zone_free(z);
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		bool is_good;
	} table[] = {
		{ "0", true },
		{ "-3600", true },
		{ "3600 0:7200", true },
		{ "3600 -1:7200 0:3600", true },
		{ "86400 999999999999:-86400", true },
		{ "", false },
		{ "-", false },
		{ "+1", false },
		{ " 0", false },
		{ "0 ", false },
		{ "0\n", false },
		{ "86401", false },
		{ "0 1", false },
		{ "0 1:", false },
		{ "0 1:86401", false },
		{ "0 1:2x", false },
		{ "0 1:2  3:4", false },
		{ "0 3:4 1:2", false },
		{ "0 1:2 1:3", false },
		{ "0 9999999999999:0", false },
		{ "99999999999999999999999999", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		struct err err = { 0 };
		int r = vtimezone_parse("Mine", table[i].text, &z, &err);

		if (r != (table[i].is_good ? 0 : -1) || (r < 0 && !strstr(err.msg, "'Mine'")))
			fail_msg("'%s': %s", table[i].text, err.msg);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_olson),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_dear),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
