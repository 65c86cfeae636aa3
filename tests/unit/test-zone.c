/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time zones, against the C library's reading of the same files, and against hostile files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"
#include "lib/time/zone.h"

/* From 1970: before, the C library and the files part ways on local mean time. */
static const int64_t first_at = 0, last_at = 4102444800; /* 2100 */

static uint32_t seed = 1;

static uint32_t any(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 8;
}

static void compare(const struct zone *z, int64_t at)
{
	char word[ZONE_WORD_SIZE];
	struct tm tm;
	time_t t = (time_t)at;

	localtime_r(&t, &tm);
	if (zone_offset(z, at) != tm.tm_gmtoff)
		fail_msg("%s at %lld: %d, the C library says %ld", zone_name(z), (long long)at,
			zone_offset(z, at), tm.tm_gmtoff);
	zone_word(z, at, word);
	if (strcmp(word, tm.tm_zone) != 0 && isalpha((unsigned char)*tm.tm_zone))
		fail_msg("%s at %lld: %s, the C library says %s", zone_name(z), (long long)at, word,
			tm.tm_zone);
	if (!isalpha((unsigned char)*tm.tm_zone) && strchr("+-", *word) == NULL)
		fail_msg("%s at %lld: %s", zone_name(z), (long long)at, word);
}

static void test_all_zones(void **state)
{
	size_t n, transitions = 0;
	char **names = zonefile_names(&n);

	(void)state;
	assert_true(n > 300);
	for (size_t i = 0; i < n; i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		struct err err;

		if (strchr(names[i], '.') || !strcmp(names[i], "SECURITY") ||
			zonefile_load(names[i], &z, &err) < 0)
			continue;
		setenv("TZ", names[i], 1);
		tzset();
		for (int64_t at = first_at; at < last_at; at += 30 * 86400)
			compare(z, at);
		for (int64_t at = first_at; (at = zone_next_transition(z, at)) < last_at;) {
			compare(z, at - 1);
			compare(z, at);
			assert_int_not_equal(zone_offset(z, at), zone_offset(z, at - 1));
			transitions++;
		}
		/* By the footer, for centuries. */
		for (int j = 0; j < 200; j++)
			compare(z, any() * 1000LL % (17000000000 - first_at) + first_at);
	}
	assert_true(transitions > 10000);
	zonefile_names_free(names, n);
}

static void test_wall_to_utc(void **state)
{
	static const struct {
		const char *name, *zone;
		struct civil wall;
		enum zone_fit fit;
		int64_t at, other;
	} table[] = {
		{ "plain", "Europe/Stockholm", { 2026, 7, 1, 12, 0, 0 }, ZONE_EXACT, 1782900000,
			1782900000 },
		{ "spring gap", "Europe/Stockholm", { 2026, 3, 29, 2, 30, 0 }, ZONE_GAP, 1774747800,
			1774746000 },
		{ "gap begins", "Europe/Stockholm", { 2026, 3, 29, 2, 0, 0 }, ZONE_GAP, 1774746000,
			1774746000 },
		{ "gap is over", "Europe/Stockholm", { 2026, 3, 29, 3, 0, 0 }, ZONE_EXACT,
			1774746000, 1774746000 },
		{ "fold", "Europe/Stockholm", { 2026, 10, 25, 2, 30, 0 }, ZONE_FOLD, 1792888200,
			1792891800 },
		{ "fold is over", "Europe/Stockholm", { 2026, 10, 25, 3, 0, 0 }, ZONE_EXACT,
			1792893600, 1792893600 },
		{ "24:00", "Europe/Stockholm", { 2026, 12, 31, 24, 0, 0 }, ZONE_EXACT, 1798758000,
			1798758000 },
		{ "New York gap", "America/New_York", { 2026, 3, 8, 2, 30, 0 }, ZONE_GAP,
			1772955000, 1772953200 },
		{ "half an hour", "Australia/Lord_Howe", { 2026, 10, 4, 2, 15, 0 }, ZONE_GAP,
			1791042300, 1791041400 },
		{ "negative DST", "Europe/Dublin", { 2026, 10, 25, 1, 30, 0 }, ZONE_FOLD,
			1792888200, 1792891800 },
		{ "5:45", "Asia/Kathmandu", { 2026, 1, 1, 0, 0, 0 }, ZONE_EXACT, 1767204900,
			1767204900 },
		{ "the lost day", "Pacific/Apia", { 2011, 12, 30, 12, 0, 0 }, ZONE_GAP, 1325282400,
			1325239200 },
		{ "after 2037", "Europe/Stockholm", { 2050, 7, 1, 12, 0, 0 }, ZONE_EXACT,
			2540282400, 2540282400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;
		int64_t at, other;
		enum zone_fit fit;

		assert_int_equal(zonefile_load(table[i].zone, &z, NULL), 0);
		fit = zone_to_utc(z, &table[i].wall, &at, &other);
		if (fit != table[i].fit || at != table[i].at || other != table[i].other)
			fail_msg("%s: fit %d, %lld, %lld", table[i].name, fit, (long long)at,
				(long long)other);
	}
}

/* Every wall time that an instant has is found again, in every zone. */
static void test_round_trip(void **state)
{
	static const char *const zones[] = { "Europe/Stockholm", "Europe/Dublin",
		"Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns",
		"Asia/Gaza", "Antarctica/Troll", "America/New_York" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		_cleanup_(zone_freep) struct zone *z = NULL;

		assert_int_equal(zonefile_load(zones[i], &z, NULL), 0);
		for (int64_t at = 1293840000; at < 1293840000 + 30 * 365 * 86400LL;
			at += 1800 * 7) {
			struct civil wall;
			int64_t first, second;

			zone_to_local(z, at, &wall);
			if (zone_to_utc(z, &wall, &first, &second) == ZONE_GAP ||
				(first != at && second != at))
				fail_msg("%s at %lld", zones[i], (long long)at);
		}
	}
}

static void test_hostile(void **state)
{
	char bytes[8192], copy[8192];
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Stockholm", "re");
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	for (size_t len = 0; len < n; len++) {
		struct zone *z = NULL;

		if (zone_parse("x", bytes, len, &z, NULL) == 0)
			zone_free(z);
		else
			assert_null(z);
	}
	for (int i = 0; i < 20000; i++) {
		struct zone *z = NULL;

		memcpy(copy, bytes, n);
		for (int j = 0; j < 4; j++) {
			size_t where = any() % n;

			copy[where] = (char)any();
		}
		if (zone_parse("x", copy, n, &z, NULL) == 0) {
			struct civil c = { 2026, 3, 29, 2, 30, 0 };
			int64_t at;

			zone_offset(z, 1774747800);
			zone_next_transition(z, INT64_MAX - 1);
			zone_to_utc(z, &c, &at, NULL);
			zone_free(z);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_zones),
		cmocka_unit_test(test_wall_to_utc),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
