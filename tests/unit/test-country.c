/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of holidays of countries: their lines, and the dates of those in share/holidays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/binding/countryfile.h"
#include "lib/time/civil.h"
#include "lib/time/holidays-country.h"
#include "lib/time/holidays-items.h"

static const char file[] = "# a comment\n"
			   "name: Xanadu | Ksanadu\n"
			   "source: its law\n"
			   "checked: 2024..2035\n"
			   "\n"
			   "  01-01 = New Year's Day | Neja Tago  \n"
			   "05-01 2025.. = Labour Day\n"
			   "12-25 = Christmas\n"
			   "region by: Bay | Golfo\n"
			   "06-01 = Bay Day\n"
			   "!christmas\n"
			   "region 2A:\n"
			   "!labour-day 2026..2027\n"
			   "!*  2029..\n";

/* "2026-01-01 New Year's Day, ..." of some years. */
static char *listed(const struct country *c, const char *code, int first, int last)
{
	struct holiday_items items = { 0 };
	struct strbuf text = STRBUF_INIT;
	struct holiday *list;
	struct err err;
	size_t n;

	if (country_items(c, code, &items, &err) < 0)
		fail_msg("%s: %s", code, err.msg);
	holiday_items_between(&items, civil_days(first, 1, 1), civil_days(last, 12, 31), &list, &n);
	for (size_t i = 0; i < n; i++) {
		struct civil day;

		civil_from_days(list[i].day, &day);
		strbuf_addf(&text, "%s%04d-%02d-%02d %s", i ? ", " : "", day.year, day.month,
			day.day, list[i].name);
	}
	free(list);
	holiday_items_done(&items);
	return strbuf_take(&text);
}

static void test_lines(void **state)
{
	static const struct {
		const char *code;
		int first, last;
		const char *expect;
	} table[] = {
		{ "xa", 2024, 2024, "2024-01-01 New Year's Day, 2024-12-25 Christmas" },
		{ "xa", 2026, 2026,
			"2026-01-01 New Year's Day, 2026-05-01 Labour Day, 2026-12-25 Christmas" },
		{ "xa-by", 2026, 2026,
			"2026-01-01 New Year's Day, 2026-05-01 Labour Day, 2026-06-01 Bay Day" },
		{ "xa-2a", 2025, 2030,
			"2025-01-01 New Year's Day, 2025-05-01 Labour Day, 2025-12-25 Christmas, "
			"2026-01-01 New Year's Day, 2026-12-25 Christmas, "
			"2027-01-01 New Year's Day, 2027-12-25 Christmas, "
			"2028-01-01 New Year's Day, 2028-05-01 Labour Day, 2028-12-25 Christmas" },
	};
	_cleanup_(country_freep) struct country *c = country_new("xa");
	const char *name, *local;
	int first, last;
	struct err err;

	(void)state;
	country_read(c, "f", file);
	assert_int_equal(country_problem(c, &err), 0);
	assert_string_equal(country_name(c), "Xanadu");
	assert_string_equal(country_local(c), "Ksanadu");
	assert_string_equal(country_source(c), "its law");
	country_checked(c, &first, &last);
	assert_int_equal(first, 2024);
	assert_int_equal(last, 2035);
	assert_string_equal(country_region(c, 0, &name, &local), "xa-by");
	assert_string_equal(local, "Golfo");
	assert_string_equal(country_region(c, 1, &name, &local), "xa-2a");
	assert_string_equal(name, "");
	assert_null(country_region(c, 2, &name, &local));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(freep) char *text =
			listed(c, table[i].code, table[i].first, table[i].last);

		if (strcmp(text, table[i].expect) != 0)
			fail_msg("%s: '%s'", table[i].code, text);
	}
}

/* A line that cannot be read is told, and the others count. */
static void test_bad(void **state)
{
	static const struct {
		const char *line, *expect;
	} table[] = {
		{ "13-01 = x", "f:2: there is no date 13-01 (the month comes first: 01-13)" },
		{ "checked: now", "f:2: 'now' are not years such as 2024..2035" },
		{ "!a b", "f:2: 'b' are not years such as 2027 or 2027..2029" },
		{ "!a,b", "f:2: '!a,b' is not of the form !new-years-day" },
		{ "region Bavaria: x", "f:2: 'Bavaria' is not a region such as by or 57" },
		{ "12-25 =", "f:2: a name is missing behind '='" },
		{ "12-25 = a |", "f:2: a name is missing behind '='" },
		{ "name: a\x01",
			"f:2: it is longer than 2000 bytes, has a control character or is not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(country_freep) struct country *c = country_new("xa");
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
		_cleanup_(freep) char *days = NULL;
		struct err err = { 0 };

		strbuf_addf(&text, "01-01\n%s\n02-02\n14-14\n", table[i].line);
		country_read(c, "f", text.s);
		assert_int_equal(country_problem(c, &err), -1);
		if (strcmp(err.msg, table[i].expect) != 0)
			fail_msg("'%s': '%s'", table[i].line, err.msg);
		days = listed(c, "xa", 2026, 2026);
		/* What follows a region that cannot be read is not for the country. */
		assert_string_equal(days,
			strncmp(table[i].line, "region", 6) == 0
				? "2026-01-01 01-01"
				: "2026-01-01 01-01, 2026-02-02 02-02");
	}
}

static void test_codes(void **state)
{
	static const char *const codes[] = { "se", "SE", "de-by", "fr-971", "us-CA", "ch-z" };
	static const char *const others[] = { "", "s", "swe", "s1", "de-", "de-abcd", "de by",
		"-se", "de-b_", "de--b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		assert_true(country_is_code(codes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(country_is_code(others[i]));
}

enum { FIRST_YEAR = 2024, YEARS = 12, DAYS = 1232 };

/* The days of a code: those of each year, and those that all years have, by 100 * month + day. */
struct expected {
	char code[COUNTRY_CODE_SIZE];
	bool all[DAYS], years[YEARS][DAYS];
};

static int compare_year(const struct expected *e, const struct holiday_items *items, int i)
{
	int year = FIRST_YEAR + i, wrong = 0;
	bool is[DAYS] = { false };
	struct holiday *list;
	size_t n;

	holiday_items_between(items, civil_days(year, 1, 1), civil_days(year, 12, 31), &list, &n);
	for (size_t k = 0; k < n; k++) {
		struct civil c;

		civil_from_days(list[k].day, &c);
		is[100 * c.month + c.day] = true;
	}
	free(list);
	for (int day = 0; day < DAYS; day++) {
		bool want = e->all[day] || e->years[i][day];

		if (is[day] == want)
			continue;
		print_error("%s: %d-%02d-%02d %s\n", e->code, year, day / 100, day % 100,
			want ? "is missing" : "is too much");
		wrong++;
	}
	return wrong;
}

static int compare_code(struct countries *from, const struct expected *e)
{
	const char country[3] = { e->code[0], e->code[1], '\0' };
	struct holiday_items items = { 0 };
	const struct country *c;
	struct err err;
	int wrong = 0;

	if (!*e->code)
		return 0;
	c = from->get(from, country, &err);
	if (!c || country_problem(c, &err) < 0 || country_items(c, e->code, &items, &err) < 0) {
		print_error("%s: %s\n", e->code, err.msg);
		wrong++;
	}
	for (int i = 0; i < YEARS; i++)
		wrong += compare_year(e, &items, i);
	holiday_items_done(&items);
	return wrong;
}

/* "0101 0106 ..." */
static void read_days(const char *text, bool to[DAYS])
{
	int day, used;

	for (; sscanf(text, "%d%n", &day, &used) == 1; text += used) {
		assert_true(day > 0 && day < DAYS);
		to[day] = true;
	}
}

/* Lines of tests/data/holidays: "de-by 2026 0403 0406 ...", "de-by 0 0101 0106 ...". */
static void test_files(void **state)
{
	_cleanup_(countryfiles_freep) struct countryfiles *f = countryfiles_new("share/holidays");
	struct countries *from = countryfiles_countries(f);
	FILE *table = fopen("tests/data/holidays", "r");
	struct expected e = { .code = "" };
	int codes = 0, wrong = 0;
	char line[1200];

	(void)state;
	assert_non_null(table);
	while (fgets(line, sizeof(line), table)) {
		char code[COUNTRY_CODE_SIZE];
		int year, used = 0;

		if (*line == '#')
			continue;
		assert_int_equal(sscanf(line, "%7s %d %n", code, &year, &used), 2);
		assert_true(!year || (year >= FIRST_YEAR && year < FIRST_YEAR + YEARS));
		if (strcmp(code, e.code) != 0) {
			wrong += compare_code(from, &e);
			memset(&e, 0, sizeof(e));
			memcpy(e.code, code, sizeof(e.code));
			codes++;
		}
		read_days(line + used, year ? e.years[year - FIRST_YEAR] : e.all);
	}
	wrong += compare_code(from, &e);
	fclose(table);
	assert_int_equal(wrong, 0);
	assert_true(codes >= 80);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
