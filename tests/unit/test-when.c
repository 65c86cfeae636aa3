/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and durations as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"
#include "lib/time/when.h"

static struct zone *stockholm;

/* Seconds of a UTC time "2026-03-29T01:00:00Z". */
static int64_t utc(const char *text)
{
	int64_t at;

	assert_int_equal(when_time(text, stockholm, 0, &at, NULL), 0);
	return at;
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t s; /* 0: refused */
	} table[] = {
		{ "45s", 45 },
		{ "90m", 5400 },
		{ "2h", 7200 },
		{ "1h30m", 5400 },
		{ "3d", 259200 },
		{ "2w", 1209600 },
		{ "1d12h", 129600 },
		{ "0h30m", 1800 },
		{ "0m", 0 },
		{ "", 0 },
		{ "90", 0 },
		{ "1h30", 0 },
		{ "30m1h", 0 },
		{ "1h1h", 0 },
		{ "h", 0 },
		{ "-1h", 0 },
		{ "1 h", 0 },
		{ "1y", 0 },
		{ "99999d", 0 },
		{ "99999999999999999999h", 0 },
		{ "1h\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = { 0 };
		int64_t s = -1;
		int r = when_duration(table[i].text, &s, &err);

		if (r != (table[i].s ? 0 : -1) || (r == 0 && s != table[i].s))
			fail_msg("'%s': %d, %lld", table[i].text, r, (long long)s);
		if (r < 0) {
			assert_int_equal(err.code, ERR_USAGE);
			assert_int_equal(s, -1);
		}
	}
}

static void test_time(void **state)
{
	/* now is Saturday 2026-11-21 10:00 in Stockholm, 09:00 UTC */
	static const struct {
		const char *name, *text, *expect; /* expect NULL: refused */
	} table[] = {
		{ "today", "17:30", "2026-11-21T16:30:00Z" },
		{ "one digit", "9:05", "2026-11-21T08:05:00Z" },
		{ "in the past is allowed", "08:00", "2026-11-21T07:00:00Z" },
		{ "with seconds", "17:30:15", "2026-11-21T16:30:15Z" },
		{ "midnight to come", "24:00", "2026-11-21T23:00:00Z" },
		{ "tomorrow", "tomorrow 09:00", "2026-11-22T08:00:00Z" },
		{ "tomorrow alone", "tomorrow", "2026-11-21T23:00:00Z" },
		{ "yesterday", "yesterday 14:00", "2026-11-20T13:00:00Z" },
		{ "yesterday alone", "Yesterday", "2026-11-19T23:00:00Z" },
		{ "so long ago", "-7d", "2026-11-14T09:00:00Z" },
		{ "an hour and a half ago", "-1h30m", "2026-11-21T07:30:00Z" },
		{ "ago, without a unit", "-7", NULL },
		{ "ago, and more", "-7d 09:00", NULL },
		{ "today by name", "today 17:30", "2026-11-21T16:30:00Z" },
		{ "noon", "noon", "2026-11-21T11:00:00Z" },
		{ "noon of a day", "Mon Noon", "2026-11-23T11:00:00Z" },
		{ "the coming midnight", "midnight", "2026-11-21T23:00:00Z" },
		{ "which midnight?", "mon midnight", NULL },
		{ "next of the same weekday", "next saturday 11:00", "2026-11-28T10:00:00Z" },
		{ "next weekday", "next mon", "2026-11-22T23:00:00Z" },
		{ "next nothing", "next", NULL },
		{ "next tomorrow", "next tomorrow", NULL },
		{ "in hours", "in 2 hours", "2026-11-21T11:00:00Z" },
		{ "in one minute", "In 1 minute", "2026-11-21T09:01:00Z" },
		{ "in a duration", "in 1h30m", "2026-11-21T10:30:00Z" },
		{ "in days", "in 3days", "2026-11-24T09:00:00Z" },
		{ "in something", "in 2 moons", NULL },
		{ "in nothing", "in", NULL },
		{ "in no hours", "in 0 hours", NULL },
		{ "in ages", "in 999999999 weeks", NULL },
		{ "in hours, and ago", "in 2 hours ago", NULL },
		{ "hours ago", "2 hours ago", "2026-11-21T07:00:00Z" },
		{ "one day ago", "1 Day Ago", "2026-11-20T09:00:00Z" },
		{ "a duration ago", "1h30m ago", "2026-11-21T07:30:00Z" },
		{ "ago alone", "ago", NULL },
		{ "a blank and ago", " ago", NULL },
		{ "something ago", "2 moons ago", NULL },
		{ "no hours ago", "0 hours ago", NULL },
		{ "a time ago", "09:00 ago", NULL },
		{ "long words ago", "2                                     hours ago", NULL },
		{ "a weekday", "mon 09:00", "2026-11-23T08:00:00Z" },
		{ "a weekday in full", "Monday 09:00", "2026-11-23T08:00:00Z" },
		{ "the same weekday, to come", "sat 11:00", "2026-11-21T10:00:00Z" },
		{ "the same weekday, gone", "sat 09:00", "2026-11-28T08:00:00Z" },
		{ "a weekday alone", "fri", "2026-11-26T23:00:00Z" },
		{ "a date", "2026-12-24", "2026-12-23T23:00:00Z" },
		{ "a date and time", "2026-12-24 12:00", "2026-12-24T11:00:00Z" },
		{ "ISO 8601, wall clock", "2026-12-24T12:00", "2026-12-24T11:00:00Z" },
		{ "ISO 8601, offset", "2026-12-24T12:00:00+05:30", "2026-12-24T06:30:00Z" },
		{ "ISO 8601, negative offset", "2026-12-24T12:00:00-0330", "2026-12-24T15:30:00Z" },
		{ "spring gap: offset before it, RFC 5545 3.3.5", "2026-03-29 02:30",
			"2026-03-29T01:30:00Z" },
		{ "autumn fold: the first, RFC 5545 3.3.5", "2026-10-25 02:30",
			"2026-10-25T00:30:00Z" },
		{ "leap day", "2028-02-29 12:00", "2028-02-29T11:00:00Z" },
		{ "now", "now", "2026-11-21T09:00:00Z" },
		{ "25:00", "25:00", NULL },
		{ "24:01", "24:01", NULL },
		{ "12:60", "12:60", NULL },
		{ "1:2", "1:2", NULL },
		{ "no such day", "2026-02-30", NULL },
		{ "no leap year", "2026-02-29", NULL },
		{ "month 13", "2026-13-01", NULL },
		{ "rubbish behind", "17:30x", NULL },
		{ "two times", "17:30 18:30", NULL },
		{ "a word", "soon", NULL },
		{ "a misspelt word", "tomorow 09:00", NULL },
		{ "a weekday cut", "mo 09:00", NULL },
		{ "empty", "", NULL },
		{ "control bytes", "17:30\n", NULL },
		{ "offset too large", "2026-12-24T12:00+24:00", NULL },
	};
	int64_t now = utc("2026-11-21T09:00:00Z");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = { 0 };
		int64_t at = 0;
		int r = when_time(table[i].text, stockholm, now, &at, &err);

		if (r != (table[i].expect ? 0 : -1))
			fail_msg("%s: '%s' gives %d", table[i].name, table[i].text, r);
		if (r == 0 && at != utc(table[i].expect))
			fail_msg("%s: '%s' is off by %lld s", table[i].name, table[i].text,
				(long long)(at - utc(table[i].expect)));
	}
}

static void test_suggestion(void **state)
{
	struct err err;
	int64_t at;

	(void)state;
	assert_int_equal(when_time("tomorow 09:00", stockholm, 0, &at, &err), -1);
	assert_non_null(strstr(err.msg, "did you mean 'tomorrow'"));
}

static void test_end(void **state)
{
	static const struct {
		const char *text, *end;
	} table[] = {
		{ "17:00", "2026-11-24T16:00:00Z" },
		{ "08:00", "2026-11-24T07:00:00Z" },
		{ "tue 17:00", "2026-11-24T16:00:00Z" },
		{ "mon 09:00", "2026-11-30T08:00:00Z" },
		{ "tomorrow 17:00", "2026-11-22T16:00:00Z" },
		{ "yesterday 17:00", "2026-11-20T16:00:00Z" },
		{ "-2h", "2026-11-21T07:00:00Z" },
		{ "today 17:00", "2026-11-21T16:00:00Z" },
		{ "now", "2026-11-21T09:00:00Z" },
		{ "2026-12-24 12:00", "2026-12-24T11:00:00Z" },
	};
	int64_t now = utc("2026-11-21T09:00:00Z"), start = utc("2026-11-24T08:00:00Z"), at;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(when_end(table[i].text, stockholm, now, start, &at, NULL), 0);
		assert_int_equal(at, utc(table[i].end));
	}
	assert_int_equal(when_end("25:00", stockholm, now, start, &at, NULL), -1);
}

static void test_lifetime(void **state)
{
	int64_t now = utc("2026-11-21T09:00:00Z");
	struct until u;

	(void)state;
	assert_int_equal(when_lifetime("next", stockholm, now, &u, NULL), 0);
	assert_int_equal(u.kind, UNTIL_NEXT);
	assert_int_equal(when_lifetime("forever", stockholm, now, &u, NULL), 0);
	assert_int_equal(u.kind, UNTIL_FOREVER);
	assert_int_equal(when_lifetime("1h", stockholm, now, &u, NULL), 0);
	assert_int_equal(u.at, now + 3600);
	assert_int_equal(when_lifetime("17:30", stockholm, now, &u, NULL), 0);
	assert_int_equal(u.at, utc("2026-11-21T16:30:00Z"));
	assert_int_equal(when_lifetime("09:30", stockholm, now, &u, NULL), 0);
	assert_int_equal(u.at, utc("2026-11-22T08:30:00Z"));
	assert_int_equal(when_lifetime("never", stockholm, now, &u, NULL), -1);
	assert_int_equal(when_lifetime("", stockholm, now, &u, NULL), -1);
}

static void test_print(void **state)
{
	static const struct {
		const char *at, *rfc, *people;
	} table[] = {
		{ "2026-11-21T16:30:00Z", "2026-11-21T17:30:00+01:00", "17:30" },
		{ "2026-11-21T16:30:05Z", "2026-11-21T17:30:05+01:00", "17:30:05" },
		{ "2026-11-22T08:00:00Z", "2026-11-22T09:00:00+01:00", "tomorrow 09:00" },
		{ "2026-11-20T08:00:00Z", "2026-11-20T09:00:00+01:00", "yesterday 09:00" },
		{ "2026-11-23T08:00:00Z", "2026-11-23T09:00:00+01:00", "Mon 09:00" },
		{ "2026-11-27T22:59:00Z", "2026-11-27T23:59:00+01:00", "Fri 23:59" },
		{ "2026-11-27T23:00:00Z", "2026-11-28T00:00:00+01:00", "2026-11-28 00:00" },
		{ "2026-07-01T10:00:00Z", "2026-07-01T12:00:00+02:00", "2026-07-01 12:00" },
	};
	static const struct {
		int64_t s;
		const char *text;
	} spans[] = { { 0, "0s" }, { 45, "45s" }, { 5400, "1h30m" }, { 7200, "2h" },
		{ 90061, "1d1h" }, { -5, "0s" } };
	_cleanup_(zone_freep) struct zone *z = zone_new_utc();
	char text[WHEN_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		when_rfc3339(utc(table[i].at), stockholm, text);
		assert_string_equal(text, table[i].rfc);
		when_rfc3339(utc(table[i].at), z, text);
		assert_string_equal(text, table[i].at);
		when_short(utc(table[i].at), stockholm, utc("2026-11-21T09:00:00Z"), text);
		assert_string_equal(text, table[i].people);
	}
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		when_span(spans[i].s, text);
		assert_string_equal(text, spans[i].text);
	}
}

static int setup(void **state)
{
	(void)state;
	return zonefile_load("Europe/Stockholm", &stockholm, NULL);
}

static int teardown(void **state)
{
	(void)state;
	zone_free(stockholm);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_suggestion),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
