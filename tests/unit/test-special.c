/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Special days of a schedule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/time/special.h"

static char *printed(const struct specials *s)
{
	struct strbuf text = STRBUF_INIT;

	specials_print(s, &text);
	return strbuf_take(&text);
}

static void test_print(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "", "" },
		{ " ; ;\t", "" },
		{ "2026-12-24 closed", "2026-12-24 closed" },
		{ "2026-12-24\tCLOSED", "2026-12-24 closed" },
		{ "2026-12-24 closed = Christmas Eve", "2026-12-24 closed = Christmas Eve" },
		{ "2026-12-24 closed=Christmas Eve", "2026-12-24 closed = Christmas Eve" },
		{ "2026-12-24 closed = ", "2026-12-24 closed" },
		{ "2026-12-24 closed = a = b", "2026-12-24 closed = a = b" },
		{ "2026-12-24 closed == b", "2026-12-24 closed = = b" },
		{ "2026-12-23 9-12", "2026-12-23 09:00-12:00" },
		{ "2026-12-23 9:30-12, 13-17 = Inventory",
			"2026-12-23 09:30-12:00,13:00-17:00 = Inventory" },
		{ "2026-12-23 13-17,9-12", "2026-12-23 09:00-12:00,13:00-17:00" },
		{ "2026-12-23 22:00-06:00", "2026-12-23 22:00-06:00" },
		{ "2026-12-23 00:00-24:00", "2026-12-23 00:00-24:00" },
		{ "2026-12-23 18-0", "2026-12-23 18:00-24:00" },
		/* The morning after is another date. */
		{ "2026-12-31 08:00-12:00,20:00-10:00", "2026-12-31 08:00-12:00,20:00-10:00" },
		{ "2027-01-02 as mon", "2027-01-02 as mon" },
		{ "2027-01-02 AS Monday = swap", "2027-01-02 as mon = swap" },
		{ "2027-01-02 as   sun", "2027-01-02 as sun" },
		{ "2028-02-29 closed", "2028-02-29 closed" },
		{ "2027-01-02 as mon; 2026-12-24 closed ;2026-12-23 9-12;",
			"2026-12-23 09:00-12:00; 2026-12-24 closed; 2027-01-02 as mon" },
		{ "12-31 closed;12-24..12-26 9-12;2027-02-08..2027-03-09 10-15 = Ramadan; 2026-12-24 closed; 12-27..01-05 as sat; 02-29 closed",
			"2026-12-24 closed; 02-29 closed; 12-31 closed; 2027-02-08..2027-03-09 10:00-15:00 = Ramadan; "
			"12-24..12-26 09:00-12:00; 12-27..01-05 as sat" },
		{ "12-24..12-24 closed", "12-24 closed" },
		{ "0001-01-01 closed; 9999-12-31 closed", "0001-01-01 closed; 9999-12-31 closed" },
		{ "2026-12-24 closed = J\xc3\xbclafton", "2026-12-24 closed = J\xc3\xbclafton" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(specials_done) struct specials s = { 0 };
		_cleanup_(freep) char *first = NULL, *second = NULL;
		struct err err = { 0 };

		if (specials_parse(table[i].text, &s, &err) < 0)
			fail_msg("'%s': %s", table[i].text, err.msg);
		first = printed(&s);
		assert_string_equal(first, table[i].expect);
		assert_int_equal(specials_parse(first, &s, &err), 0);
		second = printed(&s);
		assert_string_equal(second, first);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "2026-12-24",
			"'2026-12-24' is not a special day; forms: 2026-12-24 09:00-12:00, "
			"12-24 closed, 2026-12-24..2026-12-30 as sat" },
		{ "closed",
			"'closed' is not a special day; forms: 2026-12-24 09:00-12:00, "
			"12-24 closed, 2026-12-24..2026-12-30 as sat" },
		{ "2026-02-29 closed", "there is no day '2026-02-29'" },
		{ "2026-13-01 closed", "there is no day '2026-13-01'" },
		{ "2026-1-1 closed", "'2026-1-1' is not a date such as 2026-12-24 or 12-24" },
		{ "2026-12-1 closed", "'2026-12-1' is not a date such as 2026-12-24 or 12-24" },
		{ "02026-12-1 closed", "'02026-12-1' is not a date such as 2026-12-24 or 12-24" },
		{ "0000-12-24 closed", "there is no day '0000-12-24'" },
		{ "-026-12-24 closed", "'-026-12-24' is not a date such as 2026-12-24 or 12-24" },
		{ "2026--1-24 closed", "'2026--1-24' is not a date such as 2026-12-24 or 12-24" },
		{ "2026-12-24x closed", "'2026-12-24x' is not a date such as 2026-12-24 or 12-24" },
		{ "31-04 closed", "there is no day '31-04'" },
		{ "04-31 closed", "there is no day '04-31'" },
		{ "12-24..2026-12-31 closed", "'12-24..2026-12-31' has a year at one end only" },
		{ "2026-12-31..2026-12-24 closed",
			"'2026-12-31..2026-12-24' ends before it begins" },
		{ "2026-12-31..2028-12-24 closed",
			"'2026-12-31..2028-12-24' is longer than a year" },
		{ "12-24.. closed", "'' is not a date such as 2026-12-24 or 12-24" },
		{ "12-24..12-26..12-28 closed",
			"'12-26..12-28' is not a date such as 2026-12-24 or 12-24" },
		{ "12-24 closed; 12-24 9-12", "special day 12-24 is there twice" },
		{ "2026-12-24 closed; 2026-12-24 9-12", "special day 2026-12-24 is there twice" },
		{ "2026-12-24 open",
			"special day 2026-12-24: a special day is hours (09:00-12:00), 'closed' or "
			"'as mon', not 'open'" },
		{ "2026-12-24 = Christmas",
			"special day 2026-12-24: a special day is hours (09:00-12:00), 'closed' or "
			"'as mon', not ''" },
		{ "2026-12-24 Mon 9-12",
			"special day 2026-12-24: a special day is hours (09:00-12:00), 'closed' or "
			"'as mon', not 'Mon 9-12'" },
		{ "2026-12-24 as fest",
			"special day 2026-12-24: 'as fest' names no weekday such as 'as mon'" },
		{ "2026-12-24 as monkey",
			"special day 2026-12-24: 'as monkey' names no weekday such as 'as mon'" },
		{ "2026-12-24 as mon tue",
			"special day 2026-12-24: 'as mon tue' names no weekday such as 'as mon'" },
		{ "2026-12-24 as",
			"special day 2026-12-24: a special day is hours (09:00-12:00), 'closed' or "
			"'as mon', not 'as'" },
	};
	static const struct {
		const char *text, *part;
	} hours[] = {
		{ "2026-12-24 9-25", "the range '9-25' goes beyond 24:00" },
		{ "2026-12-24 9-12,11-13",
			"the hours Thu 09:00-12:00 and Thu 11:00-13:00 overlap" },
		{ "2026-12-24 9", "'9' is not a range of hours" },
		{ "2026-12-24 9-12,,13-17", "'' is not a range of hours" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct specials s = { 0 };
		struct err err = { 0 };

		if (specials_parse(table[i].text, &s, &err) == 0)
			fail_msg("'%s' was taken", table[i].text);
		assert_int_equal(err.code, ERR_USAGE);
		assert_string_equal(err.msg, table[i].expect);
		assert_int_equal(s.n, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(hours); i++) {
		struct specials s = { 0 };
		struct err err = { 0 };

		if (specials_parse(hours[i].text, &s, &err) == 0)
			fail_msg("'%s' was taken", hours[i].text);
		assert_int_equal(err.code, ERR_USAGE);
		if (!strstr(err.msg, hours[i].part))
			fail_msg("'%s': %s", hours[i].text, err.msg);
	}
}

/* A failure leaves what was there. */
static void test_kept(void **state)
{
	_cleanup_(specials_done) struct specials s = { 0 };
	_cleanup_(freep) char *text = NULL;
	struct err err;

	(void)state;
	assert_int_equal(specials_parse("2026-12-24 closed", &s, &err), 0);
	assert_int_equal(specials_parse("2026-12-25 closed; nonsense", &s, &err), -1);
	assert_int_equal(specials_set(&s, "2026-12-24", "nonsense", &err), -1);
	assert_int_equal(specials_set(&s, "2026-12-24", "9-25", &err), -1);
	text = printed(&s);
	assert_string_equal(text, "2026-12-24 closed");
}

static void test_set(void **state)
{
	static const struct {
		const char *date, *text; /* NULL removes it */
		int code;                /* -1: no error */
		const char *expect;
	} steps[] = {
		{ "2026-12-24", "closed = Eve", -1, "2026-12-24 closed = Eve" },
		{ "2026-12-23", " 9-12 ", -1, "2026-12-23 09:00-12:00; 2026-12-24 closed = Eve" },
		{ "2026-12-24", "as mon", -1, "2026-12-23 09:00-12:00; 2026-12-24 as mon" },
		{ "2026-12-23", "closed", -1, "2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-25", NULL, ERR_NOT_FOUND, "2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-32", NULL, ERR_USAGE, "2026-12-23 closed; 2026-12-24 as mon" },
		{ "", "closed", ERR_USAGE, "2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-23", "closed = a; 2026-12-25 closed", ERR_USAGE,
			"2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-23", "closed = a\nb", ERR_USAGE,
			"2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-23", "closed = \xff", ERR_USAGE,
			"2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-23", "", ERR_USAGE, "2026-12-23 closed; 2026-12-24 as mon" },
		{ "2026-12-23", NULL, -1, "2026-12-24 as mon" },
		{ "2026-12-24", NULL, -1, "" },
		{ "2026-12-24", NULL, ERR_NOT_FOUND, "" },
	};
	_cleanup_(specials_done) struct specials s = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		_cleanup_(freep) char *text = NULL;
		struct err err = { 0 };
		int r = specials_set(&s, steps[i].date, steps[i].text, &err);

		assert_int_equal(r, steps[i].code < 0 ? 0 : -1);
		if (r < 0)
			assert_int_equal(err.code, steps[i].code);
		text = printed(&s);
		assert_string_equal(text, steps[i].expect);
	}
}

static void test_find(void **state)
{
	_cleanup_(specials_done) struct specials s = { 0 };
	const struct special *x;
	int64_t day = civil_days(2026, 12, 24);
	struct err err;

	(void)state;
	assert_null(specials_find(&s, day));
	assert_int_equal(
		specials_parse("2026-12-24 8-12,20-10 = Eve; 2026-12-26 as wed", &s, &err), 0);
	assert_null(specials_find(&s, day - 1));
	assert_null(specials_find(&s, day + 1));
	assert_null(specials_find(&s, day + 3));
	x = specials_find(&s, day);
	assert_non_null(x);
	assert_int_equal(x->kind, SPECIAL_HOURS);
	assert_int_equal(x->ranges_n, 2);
	assert_int_equal(x->ranges[0].start, 8 * 3600);
	assert_int_equal(x->ranges[1].end, 34 * 3600);
	assert_string_equal(x->name, "Eve");
	x = specials_find(&s, day + 2);
	assert_non_null(x);
	assert_int_equal(x->kind, SPECIAL_AS);
	assert_int_equal(x->weekday, 2);
}

/* The more exact one counts. */
static void test_several(void **state)
{
	static const struct {
		int year, month, day;
		const char *expect;
	} table[] = {
		{ 2026, 12, 24, "A" },
		{ 2027, 12, 24, "B" },
		{ 2026, 12, 23, "C" },
		{ 2027, 12, 23, "D" },
		{ 2027, 1, 5, "D" },
		{ 2027, 1, 6, NULL },
		{ 2026, 12, 19, NULL },
		{ 2028, 2, 29, "E" },
		{ 2027, 3, 1, NULL },
	};
	_cleanup_(specials_done) struct specials s = { 0 };

	(void)state;
	assert_int_equal(specials_parse("12-20..01-05 closed = D; 2026-12-20..2026-12-31 9-12 = C;"
					"12-24 closed = B; 2026-12-24 closed = A; 02-29 closed = E",
				 &s, NULL),
		0);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct special *x =
			specials_find(&s, civil_days(table[i].year, table[i].month, table[i].day));

		assert_true((x != NULL) == (table[i].expect != NULL));
		if (x)
			assert_string_equal(x->name, table[i].expect);
	}
}

static void test_limits(void **state)
{
	_cleanup_(specials_done) struct specials s = { 0 };
	char name[SPECIAL_NAME_MAX + 12] = "closed = ", date[32], *text;
	struct err err = { 0 };

	(void)state;
	memset(name + 9, 'x', SPECIAL_NAME_MAX);
	assert_int_equal(specials_set(&s, "2026-12-24", name, &err), 0);
	name[9 + SPECIAL_NAME_MAX] = 'x';
	assert_int_equal(specials_set(&s, "2026-12-24", name, &err), -1);
	assert_string_equal(err.msg,
		"special day 2026-12-24: the name 'xxxxxxxxxxxxxxxxxxxx...' is longer than 80 "
		"bytes");

	for (int i = 1; i < SPECIALS_MAX; i++) {
		snprintf(date, sizeof(date), "2025-%02d-%02d", i % 12 + 1, i / 12 + 1);
		assert_int_equal(specials_set(&s, date, "closed", &err), 0);
	}
	assert_int_equal(s.n, SPECIALS_MAX);
	for (size_t i = 1; i < s.n; i++)
		assert_true(dates_compare(&s.list[i - 1].when, &s.list[i].when) < 0);
	assert_int_equal(specials_set(&s, "2024-01-01", "closed", &err), -1);
	assert_string_equal(err.msg,
		"a schedule may have at most 200 special days; 12-24 is one of every year, 12-24..12-31 are several");
	assert_int_equal(specials_set(&s, "2026-12-24", "9-12", &err), 0);

	text = xcalloc(1, SPECIAL_MAX_LEN + 2);
	memset(text, ';', SPECIAL_MAX_LEN + 1);
	assert_int_equal(specials_parse(text, &s, &err), -1);
	assert_string_equal(err.msg, "special days are longer than 4000 bytes");
	text[SPECIAL_MAX_LEN] = '\0';
	assert_int_equal(specials_parse(text, &s, &err), 0);
	assert_int_equal(s.n, 0);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
