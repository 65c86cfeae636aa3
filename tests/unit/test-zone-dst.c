/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of the clock: real zones around their changes, footers (RFC 8536 3.3), zones of changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/binding/zonefile.h"
#include "lib/time/when.h"
#include "lib/time/zone.h"

static struct zone *utc;

static int make_utc(void **state)
{
	(void)state;
	utc = zone_new_utc();
	return 0;
}

static int free_utc(void **state)
{
	(void)state;
	zone_free(utc);
	return 0;
}

/* Seconds of "2026-03-29 01:00:00". */
static int64_t instant(const char *text)
{
	int64_t at;

	assert_int_equal(when_time(text, utc, 0, &at, NULL), 0);
	return at;
}

static const char *text_of(int64_t at, char ret[WHEN_TEXT_SIZE])
{
	when_rfc3339(at, utc, ret);
	return ret;
}

static void test_changes(void **state)
{
	static const struct {
		const char *zone, *at; /* UTC */
		int before, after;     /* minutes east */
	} table[] = {
		{ "Europe/Stockholm", "2026-03-29 01:00", 60, 120 },
		{ "Europe/Stockholm", "2026-10-25 01:00", 120, 60 },
		{ "Europe/Stockholm", "2099-03-29 01:00", 60, 120 },
		{ "America/New_York", "2026-03-08 07:00", -300, -240 },
		{ "America/New_York", "2026-11-01 06:00", -240, -300 },
		{ "America/New_York", "2006-04-02 07:00", -300, -240 },
		{ "America/New_York", "1974-01-06 07:00", -300, -240 },
		{ "Australia/Lord_Howe", "2026-04-04 15:00", 660, 630 },
		{ "Australia/Lord_Howe", "2026-10-03 15:30", 630, 660 },
		{ "Australia/Lord_Howe", "2060-10-02 15:30", 630, 660 },
		{ "Africa/Casablanca", "2025-02-23 02:00", 60, 0 }, /* Ramadan */
		{ "Africa/Casablanca", "2025-04-06 02:00", 0, 60 },
		{ "Europe/Dublin", "2026-03-29 01:00", 0, 60 }, /* IST is its standard time */
		{ "Europe/Dublin", "2026-10-25 01:00", 60, 0 },
		{ "Europe/Dublin", "2060-10-31 01:00", 60, 0 },
		{ "Asia/Kathmandu", "1985-12-31 18:30", 330, 345 },
		{ "Pacific/Apia", "2011-12-30 10:00", -600, 840 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		int64_t at = instant(table[i].at);

		assert_int_equal(zonefile_load(table[i].zone, &z, NULL), 0);
		if (zone_offset(z, at - 1) != table[i].before * 60 ||
			zone_offset(z, at) != table[i].after * 60 ||
			zone_next_transition(z, at - 1) != at ||
			zone_next_transition(z, at - 86400) != at ||
			zone_next_transition(z, at) <= at)
			fail_msg("%s at %s: from %d to %d", table[i].zone, table[i].at,
				zone_offset(z, at - 1), zone_offset(z, at));
	}
}

/* RFC 5545 3.3.5: in a gap the offset before it counts, in a fold the first. */
static void test_wall(void **state)
{
	static const struct {
		const char *zone, *wall;
		enum zone_fit fit;
		const char *at, *other;
	} table[] = {
		{ "Europe/Stockholm", "2026-03-29 01:59:59", ZONE_EXACT, "2026-03-29T00:59:59Z",
			"" },
		{ "Europe/Stockholm", "2026-03-29 02:00:00", ZONE_GAP, "2026-03-29T01:00:00Z",
			"2026-03-29T01:00:00Z" },
		{ "Europe/Stockholm", "2026-03-29 02:59:59", ZONE_GAP, "2026-03-29T01:59:59Z",
			"2026-03-29T01:00:00Z" },
		{ "Europe/Stockholm", "2026-03-29 03:00:00", ZONE_EXACT, "2026-03-29T01:00:00Z",
			"" },
		{ "Europe/Stockholm", "2026-10-25 01:59:59", ZONE_EXACT, "2026-10-24T23:59:59Z",
			"" },
		{ "Europe/Stockholm", "2026-10-25 02:00:00", ZONE_FOLD, "2026-10-25T00:00:00Z",
			"2026-10-25T01:00:00Z" },
		{ "Europe/Stockholm", "2026-10-25 02:59:59", ZONE_FOLD, "2026-10-25T00:59:59Z",
			"2026-10-25T01:59:59Z" },
		{ "Europe/Stockholm", "2026-10-25 03:00:00", ZONE_EXACT, "2026-10-25T02:00:00Z",
			"" },
		/* The examples of 3.3.5. */
		{ "America/New_York", "2007-11-04 01:30", ZONE_FOLD, "2007-11-04T05:30:00Z",
			"2007-11-04T06:30:00Z" },
		{ "America/New_York", "2007-03-11 02:30", ZONE_GAP, "2007-03-11T07:30:00Z",
			"2007-03-11T07:00:00Z" },
		{ "America/New_York", "2026-01-15 08:30", ZONE_EXACT, "2026-01-15T13:30:00Z", "" },
		{ "Australia/Lord_Howe", "2026-10-04 02:15", ZONE_GAP, "2026-10-03T15:45:00Z",
			"2026-10-03T15:30:00Z" },
		{ "Australia/Lord_Howe", "2026-10-04 02:30", ZONE_EXACT, "2026-10-03T15:30:00Z",
			"" },
		{ "Australia/Lord_Howe", "2026-04-05 01:29", ZONE_EXACT, "2026-04-04T14:29:00Z",
			"" },
		{ "Australia/Lord_Howe", "2026-04-05 01:45", ZONE_FOLD, "2026-04-04T14:45:00Z",
			"2026-04-04T15:15:00Z" },
		{ "Australia/Lord_Howe", "2026-04-05 02:00", ZONE_EXACT, "2026-04-04T15:30:00Z",
			"" },
		{ "Africa/Casablanca", "2025-02-23 02:30", ZONE_FOLD, "2025-02-23T01:30:00Z",
			"2025-02-23T02:30:00Z" },
		{ "Africa/Casablanca", "2025-03-15 12:00", ZONE_EXACT, "2025-03-15T12:00:00Z", "" },
		{ "Africa/Casablanca", "2025-04-06 02:30", ZONE_GAP, "2025-04-06T02:30:00Z",
			"2025-04-06T02:00:00Z" },
		{ "Africa/Casablanca", "2025-05-01 12:00", ZONE_EXACT, "2025-05-01T11:00:00Z", "" },
		{ "Europe/Dublin", "2026-03-29 01:30", ZONE_GAP, "2026-03-29T01:30:00Z",
			"2026-03-29T01:00:00Z" },
		{ "Europe/Dublin", "2026-10-25 01:30", ZONE_FOLD, "2026-10-25T00:30:00Z",
			"2026-10-25T01:30:00Z" },
		{ "Europe/Dublin", "2026-12-01 12:00", ZONE_EXACT, "2026-12-01T12:00:00Z", "" },
		{ "Europe/Dublin", "2060-10-31 01:30", ZONE_FOLD, "2060-10-31T00:30:00Z",
			"2060-10-31T01:30:00Z" },
		{ "Asia/Kathmandu", "2026-07-01 05:45", ZONE_EXACT, "2026-07-01T00:00:00Z", "" },
		{ "Asia/Kathmandu", "1986-01-01 00:10", ZONE_GAP, "1985-12-31T18:40:00Z",
			"1985-12-31T18:30:00Z" },
		{ "Pacific/Apia", "2011-12-29 23:59:59", ZONE_EXACT, "2011-12-30T09:59:59Z", "" },
		{ "Pacific/Apia", "2011-12-30 00:00", ZONE_GAP, "2011-12-30T10:00:00Z",
			"2011-12-30T10:00:00Z" },
		{ "Pacific/Apia", "2011-12-30 23:59", ZONE_GAP, "2011-12-31T09:59:00Z",
			"2011-12-30T10:00:00Z" },
		{ "Pacific/Apia", "2011-12-31 00:00", ZONE_EXACT, "2011-12-30T10:00:00Z", "" },
		{ "Asia/Beirut", "2022-03-27 00:00", ZONE_GAP, "2022-03-26T22:00:00Z",
			"2022-03-26T22:00:00Z" },
		{ "America/Havana", "2024-11-03 00:30", ZONE_FOLD, "2024-11-03T04:30:00Z",
			"2024-11-03T05:30:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		char at_text[WHEN_TEXT_SIZE], other_text[WHEN_TEXT_SIZE];
		int64_t at, other;
		struct civil wall;
		enum zone_fit fit;

		assert_int_equal(zonefile_load(table[i].zone, &z, NULL), 0);
		civil_from_seconds(instant(table[i].wall), &wall);
		fit = zone_to_utc(z, &wall, &at, &other);
		text_of(at, at_text);
		text_of(other, other_text);
		if (fit != table[i].fit || strcmp(at_text, table[i].at) != 0 ||
			strcmp(other_text, *table[i].other ? table[i].other : table[i].at) != 0)
			fail_msg("%s at %s: fit %d, %s, %s", table[i].zone, table[i].wall, fit,
				at_text, other_text);
	}
}

/* A TZif file without transitions. */
static int with_footer(const char *footer, size_t len, struct zone **ret)
{
	static const char header[44] = "TZif2", empty[7] = { 0 };
	struct strbuf file = STRBUF_INIT;
	int r;

	for (int i = 0; i < 2; i++) {
		size_t start = file.len;

		strbuf_add(&file, header, sizeof(header));
		file.s[start + 39] = 1; /* types */
		file.s[start + 43] = 1; /* bytes of names */
		strbuf_add(&file, empty, sizeof(empty));
	}
	strbuf_addc(&file, '\n');
	strbuf_add(&file, footer, len);
	strbuf_addc(&file, '\n');
	r = zone_parse("x", file.s, file.len, ret, NULL);
	strbuf_done(&file);
	return r;
}

static void test_footers(void **state)
{
	static const struct {
		const char *footer;
		bool is_good;
	} table[] = {
		{ "", true },
		{ "UTC0", true },
		{ "<-03>3", true },
		{ "<+0545>-5:45", true },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", true },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true }, /* America/Nuuk */
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", true },
		{ "EST5EDT,0/0,J365/25", true }, /* RFC 8536 3.3.1: DST all year */
		{ "AAA-24:59:59", true },
		{ "AAA0BBB,M1.1.0/167:59:59,M2.1.0/-167:59:59", true },
		{ "CE-1", false },
		{ "C3T-1", false },
		{ "<CE>-1", false },
		{ "<>-1", false },
		{ "<C_T>-1", false },
		{ "<C T>-1", false },
		{ "<CET-1", false },
		{ "<CET", false },
		{ "CET", false },
		{ "CET-", false },
		{ "CET-27", false },
		{ "CET-1x", false },
		{ "CET-1:60", false },
		{ "CET-1CEST", false },
		{ "CET-1CEST,M3.5.0", false },
		{ "CET-1CEST,M13.5.0,M10.5.0", false },
		{ "CET-1CEST,M0.5.0,M10.5.0", false },
		{ "CET-1CEST,M3.6.0,M10.5.0", false },
		{ "CET-1CEST,M3.0.0,M10.5.0", false },
		{ "CET-1CEST,M3.5.7,M10.5.0", false },
		{ "CET-1CEST,J0,J1", false },
		{ "CET-1CEST,J366,J1", false },
		{ "CET-1CEST,366,1", false },
		{ "CET-1CEST,1/168,2", false },
		{ "CET-1CEST,M3.5.0,M10.5.0/3x", false },
	};
	struct zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *made = NULL;

		if (with_footer(table[i].footer, strlen(table[i].footer), &made) !=
			(table[i].is_good ? 0 : -1))
			fail_msg("'%s'", table[i].footer);
	}
	assert_int_equal(with_footer("CET-1\0", 6, &z), -1);
	assert_int_equal(with_footer("CET-1\0CEST,M3.5.0,M10.5.0/3", 27, &z), -1);
	assert_int_equal(with_footer("\0", 1, &z), -1);
	assert_null(z);
}

/* Offsets of rules that reach into other years, or that fall together. */
static void test_rules(void **state)
{
	static const struct {
		const char *footer, *at;
		int minutes;
		const char *next; /* "" never */
	} table[] = {
		{ "EST5EDT,0/0,J365/25", "2026-01-01 04:30", -240, "" },
		{ "EST5EDT,0/0,J365/25", "2026-07-01 00:00", -240, "" },
		{ "XXX3EDT4,0/0,J365/23", "2026-01-01 03:00", -240, "" },
		{ "XXX3EDT4,0/0,J365/23", "2027-12-31 23:59", -240, "" },
		/* Both of a year are in the next one. */
		{ "AAA0BBB,J364/167,J365/167", "2026-01-03 00:00", 0, "2026-01-05T23:00:00Z" },
		{ "AAA0BBB,J364/167,J365/167", "2026-01-05 23:00", 60, "2026-01-06T22:00:00Z" },
		{ "AAA0BBB,J364/167,J365/167", "2026-01-06 22:00", 0, "2027-01-05T23:00:00Z" },
		{ "AAA0BBB,J365/167,J364/167", "2026-01-03 00:00", 60, "2026-01-05T22:00:00Z" },
		{ "AAA0BBB,J365/167,J364/167", "2026-01-05 22:00", 0, "2026-01-06T23:00:00Z" },
		/* Both of a year are in the one before. */
		{ "AAA0BBB,J1/-167,J2/-167", "2025-12-25 00:59", 0, "2025-12-25T01:00:00Z" },
		{ "AAA0BBB,J1/-167,J2/-167", "2025-12-26 00:00", 0, "2026-12-25T01:00:00Z" },
		/* Standard time on leap days alone; none in 2100. */
		{ "AAA0BBB,J60/0,59/1", "2026-01-01 00:00", 60, "2028-02-29T00:00:00Z" },
		{ "AAA0BBB,J60/0,59/1", "2028-02-29 12:00", 0, "2028-03-01T00:00:00Z" },
		{ "AAA0BBB,J60/0,59/1", "2096-03-01 00:00", 60, "2104-02-29T00:00:00Z" },
		/* Two names, one offset. */
		{ "AAA0BBB0,J60,J300", "2026-01-01 00:00", 0, "" },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "9999-07-01 00:00", 120, "9999-10-31T01:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		int64_t at = instant(table[i].at), next;
		char text[WHEN_TEXT_SIZE] = "";

		assert_int_equal(with_footer(table[i].footer, strlen(table[i].footer), &z), 0);
		next = zone_next_transition(z, at);
		if (next != INT64_MAX)
			text_of(next, text);
		if (zone_offset(z, at) != table[i].minutes * 60 || strcmp(text, table[i].next) != 0)
			fail_msg("%s at %s: %d, %s", table[i].footer, table[i].at,
				zone_offset(z, at) / 60, text);
	}
}

/* The C library reads the same text. */
static void test_rules_like_libc(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 300; i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		int n[10];
		char footer[100];

		for (size_t j = 0; j < ARRAY_SIZE(n); j++) {
			seed = seed * 1103515245 + 12345;
			n[j] = (int)(seed >> 8 & 0xffff);
		}
		snprintf(footer, sizeof(footer), "AAA%dBBB,M%d.%d.%d/%d,M%d.%d.%d/%d",
			n[0] % 25 - 12, n[1] % 5 + 2, n[2] % 5 + 1, n[3] % 7, n[4] % 25,
			n[5] % 4 + 8, n[6] % 5 + 1, n[7] % 7, n[8] % 25);
		assert_int_equal(with_footer(footer, strlen(footer), &z), 0);
		setenv("TZ", footer, 1);
		tzset();
		for (int64_t at = 0; at < 4102444800; at = zone_next_transition(z, at)) {
			for (int64_t t = at; t >= 0 && t >= at - 1; t--) {
				time_t clock = (time_t)t;
				struct tm tm;

				localtime_r(&clock, &tm);
				if (tm.tm_gmtoff != zone_offset(z, t))
					fail_msg("%s at %lld: %d, the C library says %ld", footer,
						(long long)t, zone_offset(z, t), tm.tm_gmtoff);
			}
		}
	}
}

static void test_from_changes(void **state)
{
	static const struct zone_change good[] = { { -100, 7200 }, { 0, 7200 }, { 50, -3600 } },
					same[] = { { 0, 0 }, { 0, 3600 } },
					falling[] = { { 5, 0 }, { 4, 3600 } },
					far[] = { { 0, 26 * 3600 + 1 }, { 1, 0 } };
	_cleanup_(zone_freep) struct zone *z = NULL, *empty = NULL;
	struct zone *none = NULL;
	char name[300];
	struct err err;

	(void)state;
	assert_int_equal(zone_from_changes("mine", 3600, good, 3, &z, &err), 0);
	assert_string_equal(zone_name(z), "mine");
	assert_int_equal(zone_offset(z, INT64_MIN), 3600);
	assert_int_equal(zone_offset(z, -101), 3600);
	assert_int_equal(zone_offset(z, -100), 7200);
	assert_int_equal(zone_offset(z, INT64_MAX), -3600);
	assert_true(zone_next_transition(z, INT64_MIN) == -100);
	assert_true(zone_next_transition(z, -100) == 50);
	assert_true(zone_next_transition(z, 50) == INT64_MAX);
	assert_int_equal(zone_from_changes("mine", -60, NULL, 0, &empty, &err), 0);
	assert_int_equal(zone_offset(empty, 0), -60);
	assert_int_equal(zone_from_changes("mine", 0, same, 2, &none, &err), -1);
	assert_int_equal(zone_from_changes("mine", 0, falling, 2, &none, &err), -1);
	assert_int_equal(zone_from_changes("mine", 0, far, 2, &none, &err), -1);
	assert_int_equal(zone_from_changes("mine", INT32_MIN, good, 3, &none, &err), -1);
	assert_non_null(strstr(err.msg, "'mine'"));
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(zone_from_changes(name, 0, good, 3, &none, &err), -1);
	assert_null(none);
}

static void test_extremes(void **state)
{
	static const int values[] = { INT_MIN, INT_MIN + 1, -1, 0, 1, 12, 13, INT_MAX - 1,
		INT_MAX };
	static const int64_t instants[] = { INT64_MIN, INT64_MIN + 1, -62135596801, -62135596800,
		253402300799, 253402300800, INT64_MAX - 1, INT64_MAX };
	_cleanup_(zone_freep) struct zone *z = NULL;
	struct civil c;
	int64_t at;

	(void)state;
	assert_int_equal(zonefile_load("Europe/Stockholm", &z, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			int a = values[i], b = values[j];

			assert_false(civil_is_valid(&(struct civil){ a, b, a, b, a, 99 }));
			zone_to_utc(z, &(struct civil){ a, b, a, b, a, b }, &at, NULL);
			zone_to_utc(z, &(struct civil){ 2026, a, b, a, b, a }, &at, NULL);
		}
	}
	/* Months and days carry over. */
	assert_true(civil_days(2026, 13, 1) == civil_days(2027, 1, 1));
	assert_true(civil_days(2026, 0, 1) == civil_days(2025, 12, 1));
	assert_true(civil_days(2026, -11, 0) == civil_days(2024, 12, 31));
	assert_true(civil_days(0, INT_MAX, 1) == civil_days(INT_MAX / 12, 7, 1));
	for (size_t i = 0; i < ARRAY_SIZE(instants); i++) {
		int64_t weekday = civil_weekday(instants[i]);

		assert_true(weekday >= 0 && weekday <= 6);
		zone_to_local(z, instants[i], &c);
		assert_true(c.year >= 1 && c.year <= 9999);
		assert_true(civil_is_valid(&c));
		civil_from_seconds(instants[i], &c);
		assert_true(c.month >= 1 && c.month <= 12);
		assert_true(zone_next_transition(z, instants[i]) >= instants[i]);
	}
	zone_to_local(z, INT64_MAX, &c);
	assert_true(civil_seconds(&c) == 253402300799);
	zone_to_local(z, INT64_MIN, &c);
	assert_true(civil_seconds(&c) == -62135596800);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_wall),
		cmocka_unit_test(test_footers),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rules_like_libc),
		cmocka_unit_test(test_from_changes),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, make_utc, free_utc);
}
