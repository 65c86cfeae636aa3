/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrence rules of RFC 5545: from text and back to it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/recur.h"

static struct recur *parse(const char *rule)
{
	struct recur *r = NULL;
	struct err err = { 0 };

	if (recur_parse(rule, &r, &err) < 0)
		fail_msg("%s: %s", rule, err.msg);
	return r;
}

static void test_text(void **state)
{
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{ "FREQ=DAILY", "FREQ=DAILY" },
		{ "freq=weekly;byday=fr,mo,Mo;wkst=su", "FREQ=WEEKLY;BYDAY=MO,FR;WKST=SU" },
		{ "COUNT=3;INTERVAL=02;FREQ=DAILY;", "FREQ=DAILY;COUNT=3;INTERVAL=2" },
		{ "FREQ=DAILY;INTERVAL=1;WKST=MO", "FREQ=DAILY" },
		{ " FREQ = WEEKLY ; BYDAY = MO , TU ;; ", "FREQ=WEEKLY;BYDAY=MO,TU" },
		{ "X-WAY=7;FREQ=DAILY;X-WAY=8", "FREQ=DAILY" },
		{ "RSCALE=gregorian;FREQ=DAILY;SKIP=OMIT", "FREQ=DAILY" },
		{ "FREQ=YEARLY;BYDAY=-1SU,+2MO,TU,53FR,-53SA,2SU",
			"FREQ=YEARLY;BYDAY=TU,2MO,2SU,53FR,-53SA,-1SU" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-1,+15,1,-31,31",
			"FREQ=MONTHLY;BYMONTHDAY=1,15,31,-31,-1" },
		{ "FREQ=YEARLY;BYYEARDAY=366,-366,1,-1,200",
			"FREQ=YEARLY;BYYEARDAY=1,200,366,-366,-1" },
		{ "FREQ=YEARLY;BYWEEKNO=53,-53;BYMONTH=12,1",
			"FREQ=YEARLY;BYMONTH=1,12;BYWEEKNO=53,-53" },
		{ "BYSECOND=60,0;BYMINUTE=59,0;BYHOUR=23,0;FREQ=DAILY",
			"FREQ=DAILY;BYHOUR=0,23;BYMINUTE=0,59;BYSECOND=0,60" },
		{ "FREQ=DAILY;BYHOUR=9;BYSETPOS=366,-366",
			"FREQ=DAILY;BYHOUR=9;BYSETPOS=366,-366" },
		{ "FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231" },
		{ "FREQ=DAILY;UNTIL=20261231t235959z", "FREQ=DAILY;UNTIL=20261231T235959Z" },
		{ "UNTIL=20261231T235960;FREQ=DAILY", "FREQ=DAILY;UNTIL=20261231T235959" },
		{ "FREQ=DAILY;UNTIL=00010101T000000", "FREQ=DAILY;UNTIL=00010101T000000" },
		{ "FREQ=SECONDLY;INTERVAL=1000000000;COUNT=1000000",
			"FREQ=SECONDLY;COUNT=1000000;INTERVAL=1000000000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(rows[i].text), *again = NULL;
		_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

		recur_print(r, &got);
		assert_string_equal(got.s, rows[i].canonical);
		again = parse(got.s);
		strbuf_cut(&got, 0);
		recur_print(again, &got);
		assert_string_equal(got.s, rows[i].canonical);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "", "FREQ is missing" },
		{ "COUNT=3", "FREQ is missing" },
		{ "DAILY", "'DAILY' is not of the form NAME=VALUE" },
		{ "FREQ=", "FREQ takes YEARLY" },
		{ "FREQ=FORTNIGHTLY", "FREQ takes YEARLY, MONTHLY, WEEKLY, DAILY" },
		{ "FREQ=DAILY;FREQ=DAILY", "FREQ is there twice" },
		{ "FREQ=DAILY;BYHOUR=1;BYHOUR=2", "BYHOUR is there twice" },
		{ "FREQ=DAILY;BYEASTER=1", "'BYEASTER' is no part of a rule" },
		{ "FREQ=DAILY;=1", "'' is no part of a rule" },
		{ "FREQ=DAILY;COUNT=3;UNTIL=20261231", "COUNT and UNTIL exclude each other" },
		{ "FREQ=DAILY;COUNT=0", "COUNT takes a number from 1 to 1000000, not '0'" },
		{ "FREQ=DAILY;COUNT=-1", "COUNT takes" },
		{ "FREQ=DAILY;COUNT=1000001", "COUNT takes" },
		{ "FREQ=DAILY;COUNT=99999999", "COUNT takes" },
		{ "FREQ=DAILY;COUNT=18446744073709551617", "COUNT takes" },
		{ "FREQ=DAILY;COUNT=1x", "COUNT takes" },
		{ "FREQ=DAILY;COUNT=1 2", "COUNT takes" },
		{ "FREQ=DAILY;INTERVAL=0",
			"INTERVAL takes a number from 1 to 1000000000, not '0'" },
		{ "FREQ=DAILY;INTERVAL=", "INTERVAL takes" },
		{ "FREQ=DAILY;INTERVAL=1000000001", "INTERVAL takes" },
		{ "FREQ=DAILY;WKST=1MO", "WKST takes a weekday such as MO, not '1MO'" },
		{ "FREQ=DAILY;UNTIL=20260230", "UNTIL takes a date such as" },
		{ "FREQ=DAILY;UNTIL=2026-12-31", "UNTIL takes" },
		{ "FREQ=DAILY;UNTIL=20261231T", "UNTIL takes" },
		{ "FREQ=DAILY;UNTIL=20261231Z", "UNTIL takes" },
		{ "FREQ=DAILY;UNTIL=20261231T240000", "UNTIL takes" },
		{ "FREQ=DAILY;UNTIL=20261231T000000ZZ", "UNTIL takes" },
		{ "FREQ=DAILY;UNTIL=00000101", "UNTIL takes" },
		{ "FREQ=DAILY;UNTIL=", "UNTIL takes" },
		{ "FREQ=DAILY;BYMONTH=0", "BYMONTH takes numbers from 1 to 12, not '0'" },
		{ "FREQ=DAILY;BYMONTH=13", "BYMONTH takes" },
		{ "FREQ=DAILY;BYMONTH=-1", "BYMONTH takes" },
		{ "FREQ=DAILY;BYMONTH=5L", "BYMONTH takes" },
		{ "FREQ=DAILY;BYHOUR=24", "BYHOUR takes numbers from 0 to 23, not '24'" },
		{ "FREQ=DAILY;BYHOUR=+9", "BYHOUR takes" },
		{ "FREQ=DAILY;BYHOUR=9,,10", "BYHOUR takes numbers from 0 to 23, not ''" },
		{ "FREQ=DAILY;BYMINUTE=60", "BYMINUTE takes" },
		{ "FREQ=DAILY;BYSECOND=61", "BYSECOND takes" },
		{ "FREQ=MONTHLY;BYMONTHDAY=0",
			"BYMONTHDAY takes numbers from 1 to 31, or the same from the end with a minus, not '0'" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY takes" },
		{ "FREQ=MONTHLY;BYMONTHDAY=--1", "BYMONTHDAY takes" },
		{ "FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY takes" },
		{ "FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO takes" },
		{ "FREQ=YEARLY;BYWEEKNO=-54", "BYWEEKNO takes" },
		{ "FREQ=YEARLY;BYDAY=54MO",
			"BYDAY takes weekdays such as MO, 2MO or -1FR, not '54MO'" },
		{ "FREQ=YEARLY;BYDAY=0MO", "BYDAY takes" },
		{ "FREQ=YEARLY;BYDAY=-MO", "BYDAY takes" },
		{ "FREQ=YEARLY;BYDAY=MON", "BYDAY takes" },
		{ "FREQ=YEARLY;BYDAY=", "BYDAY takes" },
		{ "FREQ=YEARLY;BYDAY=1", "BYDAY takes" },
		{ "FREQ=YEARLY;BYMONTH=1;BYSETPOS=0", "BYSETPOS takes" },
		{ "FREQ=YEARLY;BYMONTH=1;BYSETPOS=367", "BYSETPOS takes" },
		{ "FREQ=YEARLY;BYSETPOS=1", "BYSETPOS needs another BY part" },
		{ "FREQ=YEARLY;BYSETPOS=1;WKST=SU", "BYSETPOS needs another BY part" },
		{ "FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO needs FREQ=YEARLY" },
		{ "FREQ=WEEKLY;BYWEEKNO=1", "BYWEEKNO needs FREQ=YEARLY" },
		{ "FREQ=DAILY;BYWEEKNO=1", "BYWEEKNO needs FREQ=YEARLY" },
		{ "FREQ=SECONDLY;BYWEEKNO=1", "BYWEEKNO needs FREQ=YEARLY" },
		{ "FREQ=DAILY;BYYEARDAY=1", "BYYEARDAY does not go with FREQ=DAILY" },
		{ "FREQ=WEEKLY;BYYEARDAY=1", "BYYEARDAY does not go with FREQ=WEEKLY" },
		{ "FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY does not go with FREQ=MONTHLY" },
		{ "FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with FREQ=WEEKLY" },
		{ "FREQ=WEEKLY;BYDAY=1MO", "BYDAY takes numbered weekdays only with" },
		{ "FREQ=HOURLY;BYDAY=-1MO", "BYDAY takes numbered weekdays only with" },
		{ "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
			"BYDAY takes no numbered weekdays next to BYWEEKNO" },
		{ "RSCALE=CHINESE;FREQ=YEARLY", "RSCALE takes only GREGORIAN, not 'CHINESE'" },
		{ "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
			"SKIP takes only OMIT, not 'FORWARD'" },
		{ "FREQ=DAILY;BYHOUR=\x1b[31m\xff",
			"BYHOUR takes numbers from 0 to 23, not '?[31M?'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct recur *r = NULL;
		struct err err = { 0 };

		if (recur_parse(rows[i].text, &r, &err) == 0)
			fail_msg("taken: %s", rows[i].text);
		assert_null(r);
		assert_int_equal(err.code, ERR_FAILED);
		if (strncmp(err.msg, rows[i].message, strlen(rows[i].message)))
			fail_msg("%s: %s", rows[i].text, err.msg);
	}
}

static void test_length(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(recur_freep) struct recur *r = NULL;
	struct recur *longer = NULL;
	struct err err = { 0 };

	(void)state;
	strbuf_adds(&text, "FREQ=DAILY;X-LONG=");
	while (text.len < RECUR_TEXT_MAX)
		strbuf_addc(&text, '1');
	r = parse(text.s);
	strbuf_addc(&text, '1');
	assert_int_equal(recur_parse(text.s, &longer, &err), -1);
	assert_string_equal(err.msg, "the rule is longer than 4096 bytes");
}

static void test_until(void **state)
{
	static const struct {
		const char *rule;
		enum recur_until kind;
		int64_t at;
		bool count, subdaily;
	} rows[] = {
		{ "FREQ=DAILY", RECUR_UNTIL_NONE, 0, false, false },
		{ "FREQ=YEARLY;COUNT=3", RECUR_UNTIL_NONE, 0, true, false },
		{ "FREQ=HOURLY;UNTIL=20261231", RECUR_UNTIL_DATE, 1798675200, false, true },
		{ "FREQ=MINUTELY;UNTIL=20261231T120000", RECUR_UNTIL_WALL, 1798718400, false,
			true },
		{ "FREQ=SECONDLY;UNTIL=20261231T120000Z", RECUR_UNTIL_UTC, 1798718400, false,
			true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(rows[i].rule);
		int64_t until = 0;

		assert_int_equal(recur_until(r, &until), rows[i].kind);
		if (rows[i].at)
			assert_int_equal(until, rows[i].at);
		assert_int_equal(recur_has_count(r), rows[i].count);
		assert_int_equal(recur_is_subdaily(r), rows[i].subdaily);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_until),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
