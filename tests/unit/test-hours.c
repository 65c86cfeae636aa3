/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Business hours as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/time/civil.h"
#include "lib/time/hours.h"

#define FORM                                                                                       \
	"; write hours as Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or as Asterisk's "     \
	"09:00-17:00,mon-fri,*,*"

static struct hours *parsed(const char *text)
{
	struct hours *h = NULL;
	struct err err = { 0 };

	if (hours_parse(text, &h, &err) < 0)
		fail_msg("'%s': %s", text, err.msg);
	return h;
}

static char *printed(const struct hours *h)
{
	struct strbuf text = STRBUF_INIT;

	hours_print(h, &text);
	return strbuf_take(&text);
}

static void test_print(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00",
			"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00" },
		{ "mon-fri 9-17", "Mon-Fri 09:00-17:00" },
		{ "MON 9:00-17:30", "Mon 09:00-17:30" },
		{ "Monday-Friday 9-17", "Mon-Fri 09:00-17:00" },
		{ "Wed,Mon,Fri 9-17", "Mon,Wed,Fri 09:00-17:00" },
		{ "Fri-Mon 10-14", "Mon,Fri-Sun 10:00-14:00" },
		{ "Sun-Sat 10-14", "daily 10:00-14:00" },
		{ "Sat-Sun 10-14", "Sat-Sun 10:00-14:00" },
		{ "9-17", "daily 09:00-17:00" },
		{ "Daily 9-17", "daily 09:00-17:00" },
		{ "mon-thu,fri 9-17", "Mon-Fri 09:00-17:00" },
		{ "Mon9-17", "Mon 09:00-17:00" },
		{ "  Mon - Fri\t9:00 - 12:00 , 13:00 - 17:00 ; ; Sat 10-14 ;",
			"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00" },
		{ "Sat 10-14; Mon-Fri 13-17; Mon-Fri 9-12",
			"Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00" },
		{ "Mon 9-17; Tue 9-17; Wed 9-12; Wed 13-17; Thu 9-12,13-17",
			"Mon-Tue 09:00-17:00; Wed-Thu 09:00-12:00,13:00-17:00" },
		{ "Mon-Fri 22:00-06:00", "Mon-Fri 22:00-06:00" },
		{ "Sat 18:00-24:00", "Sat 18:00-24:00" },
		{ "Sat 18:00-00:00", "Sat 18:00-24:00" },
		{ "Sat 18-0", "Sat 18:00-24:00" },
		{ "Sat 00:00-24:00", "Sat 00:00-24:00" },
		{ "Mon-Fri 8-17; week odd: Fri closed",
			"Mon-Fri 08:00-17:00; week odd: Fri closed" },
		{ "WEEK  Odd : mon-fri 8-16;week even:Mon-Thu 8-18;",
			"week odd: Mon-Fri 08:00-16:00; week even: Mon-Thu 08:00-18:00" },
		{ "every 2 weeks from 2026-11-25: Fri closed; Mon-Fri 9-17",
			"Mon-Fri 09:00-17:00; every 2 weeks from 2026-11-23: Fri closed" },
		{ "Every 1 week from 2026-11-23: Sat 10-14",
			"every 1 weeks from 2026-11-23: Sat 10:00-14:00" },
		{ "9-17; 12-24..12-24: 8-12; 2026-12-31..2026-12-31: closed",
			"daily 09:00-17:00; 12-24..12-24: daily 08:00-12:00; 2026-12-31..2026-12-31: daily closed" },
		{ "06-15..08-15: Mon-Thu 8-15; Mon-Fri 9-17; 06-15..08-15: Fri 8-14,15-16; 2026-12-24..2027-01-06: daily closed",
			"Mon-Fri 09:00-17:00; 06-15..08-15: Mon-Thu 08:00-15:00; 06-15..08-15: Fri 08:00-14:00,15:00-16:00; "
			"2026-12-24..2027-01-06: daily closed" },
		{ "9-17; 12-20..01-10: closed; 12-20..01-10: closed",
			"daily 09:00-17:00; 12-20..01-10: daily closed" },
		{ "9-17,*,1,*; week even: 24/7",
			"09:00-17:00,*,1,*; week even: daily 00:00-24:00" },
		{ "24/7", "daily 00:00-24:00" },
		{ " Mon-Fri 24/7 ; ", "Mon-Fri 00:00-24:00" },
		{ "00:00-00:00", "daily 00:00-24:00" },
		{ "8-8", "daily 08:00-08:00" },
		{ "Mon 08:00-08:00", "Mon 08:00-08:00" },
		{ "08:00-08:00,mon,1,*", "08:00-08:00,mon,1,*" },
		{ "Mon 22:00-06:00; Tue 06:00-08:00", "Mon 22:00-06:00; Tue 06:00-08:00" },
		{ "Mon 9-12,12-17", "Mon 09:00-12:00,12:00-17:00" },
		{ "09:00-17:00,mon-fri,*,*", "Mon-Fri 09:00-17:00" },
		{ "09:00-17:00|mon-fri|*|*", "Mon-Fri 09:00-17:00" },
		{ "09:00-17:00|mon-fri||", "Mon-Fri 09:00-17:00" },
		{ "09:00-17:00,mon-fri", "Mon-Fri 09:00-17:00" },
		{ "09:00-17:00,*,*,*", "daily 09:00-17:00" },
		{ "09:00-17:00,*,1-31,jan-dec", "daily 09:00-17:00" },
		{ "*,sat,*,*", "Sat 00:00-24:00" },
		{ "*", "daily 00:00-24:00" },
		{ "00:00-23:59,sat,*,*", "Sat 00:00-24:00" },
		{ "09:00-12:00&13:00-17:00,mon&wed,*,*", "Mon,Wed 09:00-12:00,13:00-17:00" },
		{ "09:00-17:00,fri-mon,*,*", "Mon,Fri-Sun 09:00-17:00" },
		{ "09:00-17:00,mon-fri,1-7,jan", "09:00-17:00,mon-fri,1-7,jan" },
		{ "9-17,MON,1,January", "09:00-17:00,mon,1,jan" },
		{ "09:00-17:00,*,28-3,dec-feb", "09:00-17:00,*,1-3&28-31,jan-feb&dec" },
		{ "*,*,24,dec", "*,*,24,dec" },
		{ "13:00-17:00,*,24,dec; 09:00-12:00,*,24,dec",
			"09:00-12:00&13:00-17:00,*,24,dec" },
		{ "09:00-17:00,mon-fri,*,sep-may; 08:00-15:00,mon-fri,*,jun-aug; Sat 10-14",
			"Sat 10:00-14:00; 09:00-17:00,mon-fri,*,jan-may&sep-dec; 08:00-15:00,mon-fri,*,jun-aug" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(hours_freep) struct hours *h = parsed(table[i].text), *again = NULL;
		_cleanup_(freep) char *text = printed(h), *second = NULL;

		if (strcmp(text, table[i].expect) != 0)
			fail_msg("'%s': '%s'", table[i].text, text);
		again = parsed(text);
		second = printed(again);
		assert_string_equal(second, text);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "Mon-Fry 9-25",
			"'Fry' is not a day in 'Mon-Fry 9-25'" FORM "; did you mean 'Fri'?" },
		{ "Mon 9-17; mondy 9-17",
			"'mondy' is not a day in 'mondy 9-17'" FORM "; did you mean 'Monday'?" },
		{ "xyz 9-17", "'xyz' is not a day in 'xyz 9-17'" FORM },
		{ "Mon-Fri-Sat 9-17", "'Fri-Sat' is not a day in 'Mon-Fri-Sat 9-17'" FORM },
		{ "Mon, 9-17", "a day is missing in 'Mon, 9-17'" FORM },
		{ "Mon- 9-17", "a day is missing in 'Mon- 9-17'" FORM },
		{ "Mon Tue 9-17", "'Mon Tue' is not a day in 'Mon Tue 9-17'" FORM },
		{ "Mon-Fri", "no hours after the days in 'Mon-Fri'" FORM },
		{ "Mon 9-25", "the range '9-25' goes beyond 24:00 in 'Mon 9-25'" FORM },
		{ "Mon 9-24:01", "the range '9-24:01' goes beyond 24:00 in 'Mon 9-24:01'" FORM },
		{ "Mon 8-8; Tue 7-9", "the hours Mon 08:00-08:00 and Tue 07:00-09:00 overlap" },
		{ "9-17; week off: Fri closed",
			"'week off' is none of 'week odd', 'week even', 'every 2 weeks from 2026-11-23' or '06-15..08-15' in 'week off: Fri closed'" FORM },
		{ "9-17; every 60 weeks from 2026-11-23: Fri closed",
			"it is every 1 to 52 weeks, not 60 in 'every 60 weeks from 2026-11-23: Fri closed'" FORM },
		{ "9-17; every 2 weeks from 11-23: Fri closed",
			"'11-23' is no date with a year in 'every 2 weeks from 11-23: Fri closed'" FORM },
		{ "9-17; every second week: Fri closed",
			"'every second week' is none of 'week odd', 'week even', 'every 2 weeks from 2026-11-23' or '06-15..08-15' in 'every second week: Fri closed'" FORM },
		{ "9-17; 06-15..04-31: Fri closed",
			"there is no day '04-31' in '06-15..04-31: Fri closed'" FORM },
		{ "9-17; week odd Fri closed",
			"a ':' and hours are missing in 'week odd Fri closed'" FORM },
		{ "9-17; week odd: 9-17,fri,*,*",
			"Asterisk's form cannot be for some weeks or dates in 'week odd: 9-17,fri,*,*'" FORM },
		{ "9-17; week odd: Fri 9-12; week odd: Mon-Fri closed",
			"Fri has hours and is closed" },
		{ "9-17; week odd: Fri 9-12; week odd: Fri 11-13",
			"the hours Fri 09:00-12:00 and Fri 11:00-13:00 overlap" },
		{ "week odd: Fri closed",
			"there are no hours in 'week odd: Fri closed'; write them as Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00, or as Asterisk's 09:00-17:00,mon-fri,*,*" },
		{ "Mon 24:00-06:00",
			"the range '24:00-06:00' begins where the day ends (write 00:00 of the "
			"next day) in 'Mon 24:00-06:00'" FORM },
		{ "Mon 9", "'9' is not a range of hours such as 09:00-17:00 in 'Mon 9'" FORM },
		{ "Mon 9:5-17",
			"'9:5-17' is not a range of hours such as 09:00-17:00 in 'Mon 9:5-17'" FORM },
		{ "Mon 9:60-17",
			"'9:60-17' is not a range of hours such as 09:00-17:00 in 'Mon 9:60-17'" FORM },
		{ "Mon 9am-5pm",
			"'9am-5pm' is not a range of hours such as 09:00-17:00 in 'Mon 9am-5pm'" FORM },
		{ "Mon 9-17-18",
			"'9-17-18' is not a range of hours such as 09:00-17:00 in 'Mon 9-17-18'" FORM },
		{ "Mon 0900-1700",
			"'0900-1700' is not a range of hours such as 09:00-17:00 in 'Mon 0900-1700'" FORM },
		{ "Mon 9-12,",
			"'' is not a range of hours such as 09:00-17:00 in 'Mon 9-12,'" FORM },
		{ "9-17 Mon",
			"'9-17 Mon' is not a range of hours such as 09:00-17:00 in '9-17 Mon'" FORM },
		{ "Mon 9-12,11-13", "the hours Mon 09:00-12:00 and Mon 11:00-13:00 overlap" },
		{ "Mon-Fri 9-17; Wed 10-11",
			"the hours Wed 09:00-17:00 and Wed 10:00-11:00 overlap" },
		{ "Mon 9-17; Mon 9-17", "the hours Mon 09:00-17:00 and Mon 09:00-17:00 overlap" },
		{ "Mon 22:00-06:00,23:00-23:30",
			"the hours Mon 22:00-06:00 and Mon 23:00-23:30 overlap" },
		{ "Sun 22:00-06:00; Mon 05:00-09:00",
			"the hours Sun 22:00-06:00 and Mon 05:00-09:00 overlap" },
		{ "Mon 20:00-06:00; Mon 05:00-21:00",
			"the hours Mon 05:00-21:00 and Mon 20:00-06:00 overlap" },
		{ "22-6,*,31,dec; 5-9,*,1,jan",
			"the hours Mon 22:00-06:00 and Tue 05:00-09:00 overlap" },
		{ "22-6,*,28,feb; 5-9,mon,29,feb",
			"the hours Sun 22:00-06:00 and Mon 05:00-09:00 overlap" },
		{ "22-6,*,28,feb; 5-9,mon,1,mar",
			"the hours Sun 22:00-06:00 and Mon 05:00-09:00 overlap" },
		{ "22-6,*,29,feb; 5-9,mon,1,mar",
			"the hours Sun 22:00-06:00 and Mon 05:00-09:00 overlap" },
		{ "22-6,*,30,apr; 5-9,mon,1,may",
			"the hours Sun 22:00-06:00 and Mon 05:00-09:00 overlap" },
		{ "Mon 9-17; 16-18,*,1-7,jun",
			"the hours Mon 09:00-17:00 and Mon 16:00-18:00 overlap" },
		{ "",
			"there are no hours in ''; write them as Mon-Fri 09:00-12:00,13:00-17:00; Sat "
			"10:00-14:00, or as Asterisk's 09:00-17:00,mon-fri,*,*" },
		{ " ; ;",
			"there are no hours in ' ; ;'; write them as Mon-Fri 09:00-12:00,13:00-17:00; Sat "
			"10:00-14:00, or as Asterisk's 09:00-17:00,mon-fri,*,*" },
		{ "9-17,mon-fri,*,fob",
			"'fob' is not a month in '9-17,mon-fri,*,fob'" FORM
			"; did you mean 'feb'?" },
		{ "9-17,mon-fir,*,*",
			"'fir' is not a day in '9-17,mon-fir,*,*'" FORM "; did you mean 'fri'?" },
		{ "9-17,mon,32,*", "'32' is not a day of the month in '9-17,mon,32,*'" FORM },
		{ "9-17,mon,0-7,*", "'0' is not a day of the month in '9-17,mon,0-7,*'" FORM },
		{ "9-17,mon,1&,*", "a day of the month is missing in '9-17,mon,1&,*'" FORM },
		{ "9-17,*,30,feb", "no such day in these months in '9-17,*,30,feb'" FORM },
		{ "9-17,*,31,feb&apr&jun&sep&nov",
			"no such day in these months in '9-17,*,31,feb&apr&jun&sep&nov'" FORM },
		{ "9-17,mon,*,*,Europe/Paris",
			"'Europe/Paris' is a field too many after times, days, days of "
			"the month and months in '9-17,mon,*,*,Europe/Paris'" FORM },
		{ "09:00,mon,*,*",
			"'09:00' is not a range of hours such as 09:00-17:00 in '09:00,mon,*,*'" FORM },
		{ "9-25,mon,*,*", "the range '9-25' goes beyond 24:00 in '9-25,mon,*,*'" FORM },
		{ "Mon\n9-17", "'Mon?' is not a day in 'Mon?9-17'" FORM "; did you mean 'Mon'?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct hours *h = NULL;
		struct err err = { 0 };

		if (hours_parse(table[i].text, &h, &err) == 0)
			fail_msg("'%s' was taken", table[i].text);
		if (err.code != ERR_USAGE || strcmp(err.msg, table[i].expect) != 0)
			fail_msg("'%s': '%s'", table[i].text, err.msg);
		assert_null(h);
		assert_int_equal(hours_parse(table[i].text, &h, NULL), -1);
	}
}

static void test_limits(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct hours *h = NULL;
	struct err err;

	(void)state;
	strbuf_adds(&text, "Mon ");
	for (int i = 0; i < HOURS_OF_DAY_MAX; i++)
		strbuf_addf(&text, "%s%d:%02d-%d:%02d", i ? "," : "", i / 3, i % 3 * 20, i / 3,
			i % 3 * 20 + 10);
	h = parsed(text.s);
	hours_free(h);
	h = NULL;
	strbuf_adds(&text, ",23:00-23:30");
	assert_int_equal(hours_parse(text.s, &h, &err), -1);
	assert_string_equal(err.msg, "more than 48 ranges of hours on one day");

	strbuf_cut(&text, 0);
	for (int i = 0; i < HOURS_TEXT_MAX; i++)
		strbuf_addc(&text, i ? ' ' : '*');
	h = parsed(text.s);
	hours_free(h);
	h = NULL;
	strbuf_addc(&text, ' ');
	assert_int_equal(hours_parse(text.s, &h, &err), -1);
	assert_string_equal(err.msg, "the hours are longer than 2000 bytes");

	strbuf_cut(&text, 0);
	for (int day = 0; day < 7; day++) {
		strbuf_addf(&text, "%.3s ", &"MonTueWedThuFriSatSun"[(size_t)day * 3]);
		for (int i = 0; i < 24; i++)
			strbuf_addf(&text, "%s%d-%d:%02d", i ? "," : "", i, i, 30 + day);
		strbuf_addc(&text, ';');
	}
	assert_true(text.len < HOURS_TEXT_MAX);
	assert_int_equal(hours_parse(text.s, &h, &err), -1);
	assert_string_equal(err.msg, "the hours are longer than 2000 bytes when written in full");
	strbuf_done(&text);
}

static void test_on(void **state)
{
	static const struct {
		const char *text;
		int year, month, day;
		const char *expect;
	} table[] = {
		{ "Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00", 2026, 11, 20,
			"32400-43200 46800-61200 " },
		{ "Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00", 2026, 11, 21,
			"36000-50400 " },
		{ "Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00", 2026, 11, 22, "" },
		{ "Mon 13-17,9-12", 2026, 11, 23, "32400-43200 46800-61200 " },
		{ "Fri-Mon 10-14", 2026, 11, 23, "36000-50400 " },
		{ "Fri-Mon 10-14", 2026, 11, 24, "" },
		{ "22:00-06:00", 2026, 11, 20, "79200-108000 " },
		{ "0-24", 2028, 2, 29, "0-86400 " },
		{ "*,*,24,dec", 2026, 12, 24, "0-86400 " },
		{ "*,*,24,dec", 2026, 12, 25, "" },
		{ "*,*,24,dec", 2026, 11, 24, "" },
		{ "9-17,mon,1-7,*", 2026, 6, 1, "32400-61200 " },
		{ "9-17,mon,1-7,*", 2026, 6, 8, "" },
		{ "9-12; 13-17,*,*,jun-aug", 2026, 6, 1, "32400-43200 46800-61200 " },
		{ "9-12; 13-17,*,*,jun-aug", 2026, 9, 1, "32400-43200 " },
		{ "9-17,*,29,feb", 2028, 2, 29, "32400-61200 " },
		{ "Fri 9-17; week odd: Fri closed", 2026, 11, 27, "32400-61200 " }, /* week 48 */
		{ "Fri 9-17; week odd: Fri closed", 2026, 12, 4, "" },
		{ "Fri 9-17; week odd: Fri closed", 2027, 1, 1, "" }, /* week 53 of 2026 */
		{ "Fri 9-17; week odd: Fri closed", 2027, 1, 8, "" }, /* week 1 */
		{ "9-17; every 3 weeks from 2026-11-25: Mon 10-11", 2026, 11, 23, "36000-39600 " },
		{ "9-17; every 3 weeks from 2026-11-25: Mon 10-11", 2026, 11, 30, "32400-61200 " },
		{ "9-17; every 3 weeks from 2026-11-25: Mon 10-11", 2026, 12, 14, "36000-39600 " },
		{ "9-17; every 3 weeks from 2026-11-25: Mon 10-11", 2026, 11, 2, "32400-61200 " },
		{ "Mon-Sat 9-17; 06-15..08-15: Mon-Fri 8-15", 2027, 6, 14, "32400-61200 " },
		{ "Mon-Sat 9-17; 06-15..08-15: Mon-Fri 8-15", 2027, 6, 15, "28800-54000 " },
		{ "Mon-Sat 9-17; 06-15..08-15: Mon-Fri 8-15", 2027, 6, 19, "32400-61200 " },
		{ "Mon-Sat 9-17; 06-15..08-15: Mon-Fri 8-15", 2028, 8, 15, "28800-54000 " },
		{ "Mon-Sat 9-17; 06-15..08-15: Mon-Fri 8-15", 2028, 8, 16, "32400-61200 " },
		{ "9-17; 12-20..01-10: closed; week odd: 10-11", 2026, 12, 21, "" }, /* week 52 */
		{ "9-17; 12-20..01-10: closed; week odd: 10-11", 2026, 12, 28, "36000-39600 " },
		{ "Thu 9-10", 1969, 12, 25, "32400-36000 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(hours_freep) struct hours *h = parsed(table[i].text);
		struct hours_range list[HOURS_OF_DAY_MAX];
		struct strbuf text = STRBUF_INIT;
		int n = hours_on(h, civil_days(table[i].year, table[i].month, table[i].day), list);

		for (int k = 0; k < n; k++)
			strbuf_addf(&text, "%d-%d ", list[k].start, list[k].end);
		if (strcmp(text.s, table[i].expect) != 0)
			fail_msg("'%s' on %d-%d-%d: '%s'", table[i].text, table[i].year,
				table[i].month, table[i].day, text.s);
		strbuf_done(&text);
	}
}

static void test_overnight(void **state)
{
	static const struct {
		const char *text;
		int32_t expect;
	} table[] = {
		{ "Mon-Fri 9-17", 0 },
		{ "Sat 18:00-24:00", 0 },
		{ "0-24", 0 },
		{ "17:00-09:00", 16 * 3600 },
		{ "Mon 22-6; Wed 21-6; Fri 8-20", 9 * 3600 },
		{ "Mon 22-6; week odd: Wed 21-7", 10 * 3600 },
		{ "22-6,*,1,jan", 8 * 3600 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(hours_freep) struct hours *h = parsed(table[i].text);

		assert_int_equal(hours_overnight(h), table[i].expect);
	}
}

static void test_covers(void **state)
{
	static const struct {
		const char *outer, *inner, *expect; /* expect NULL: covered */
	} table[] = {
		{ "Mon-Fri 9-17", "Mon-Fri 12-13", NULL },
		{ "Mon-Fri 9-17", "Mon-Fri 9-17", NULL },
		{ "Mon-Fri 9-12,12-17", "Mon-Fri 11-13", NULL },
		{ "Mon-Fri 9-18", "Mon-Fri 17:30-18:30", "Mon 18:00-18:30" },
		{ "Mon-Fri 9-17", "Fri 8:30-9:30", "Fri 08:30-09:00" },
		{ "Mon-Fri 9-17", "12-13", "Sat 12:00-13:00" },
		{ "Mon-Fri 9-12,13-17", "Wed 11-14; Thu 18-19", "Wed 12:00-13:00" },
		{ "Mon-Fri 9-17", "Sun 0-24", "Sun 00:00-24:00" },
		{ "Mon 22-6", "Tue 1-2", NULL },
		{ "Sun 22-6", "Mon 1-2", NULL },
		{ "Sun 22-6", "Mon 5-7", "Mon 06:00-07:00" },
		{ "Mon 9-17", "Tue 22-3", "Tue 22:00-03:00" },
		{ "Sun 20-24", "Sun 23-2", "Mon 00:00-02:00" },
		{ "0-24", "22-6", NULL },
		{ "Mon 18-24; Tue 0-6", "Mon 22-3", NULL },
		{ "9-17,mon-fri,*,sep-may; 8-15,mon-fri,*,jun-aug", "Mon-Fri 12-13", NULL },
		{ "Mon-Fri 9-17", "18-19,mon,*,jun", "Mon 18:00-19:00" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(hours_freep) struct hours *outer = parsed(table[i].outer),
						    *inner = parsed(table[i].inner);
		struct strbuf text = STRBUF_INIT;
		bool covers = hours_covers(outer, inner, &text);

		if (covers != !table[i].expect ||
			strcmp(text.s, covers ? "" : table[i].expect) != 0)
			fail_msg("'%s' in '%s': '%s'", table[i].inner, table[i].outer, text.s);
		strbuf_done(&text);
	}
}

static uint32_t seed;

static int pick(int n)
{
	seed = seed * 1664525 + 1013904223;
	return (int)((seed >> 8) % (uint32_t)n);
}

static void add_ring(
	struct strbuf *to, const char *const *names, int first, int n, const char *join)
{
	int parts = 1 + pick(2);

	for (int i = 0; i < parts; i++) {
		for (int ends = 1 + pick(2), k = 0; k < ends; k++) {
			int at = pick(n);

			strbuf_adds(to, k ? "-" : i ? join : "");
			if (names)
				strbuf_adds(to, names[at]);
			else
				strbuf_addf(to, "%d", first + at);
		}
	}
}

static void add_times(struct strbuf *to, const char *join)
{
	int at = pick(20), parts = 1 + pick(3);

	for (int i = 0; i < parts && at < 24; i++) {
		int end = at + 1 + pick(6);

		strbuf_addf(to, "%s%d:%02d-%02d", i ? join : "", at, pick(4) * 15,
			end > 24 ? end - 24 : end);
		at = end + pick(2);
	}
}

/* Texts of all shapes; those that are taken print to a text that means and prints the same. */
static void test_stable(void **state)
{
	static const char *const days[] = { "mon", "Tue", "wednesday", "THU", "fri", "Saturday",
		"sun" };
	static const char *const months[] = { "jan", "feb", "March", "apr", "may", "JUN", "jul",
		"aug", "sep", "oct", "nov", "december" };
	int64_t first = civil_days(2027, 12, 1);
	int taken = 0, bound = 0;

	(void)state;
	seed = 7;
	for (int round = 0; round < 6000; round++) {
		_cleanup_(hours_freep) struct hours *h = NULL, *again = NULL;
		_cleanup_(freep) char *text = NULL, *second = NULL;
		struct strbuf made = STRBUF_INIT, ignored = STRBUF_INIT;
		int pieces = 1 + pick(3), r;

		for (int i = 0; i < pieces; i++) {
			strbuf_adds(&made, i ? ";" : "");
			if (pick(4) == 0) {
				static const char *const parts[] = { "week odd: ", "week even: ",
					"every 3 weeks from 2026-11-23: ", "06-15..08-15: ",
					"2026-01-05..2026-03-01: ", "12-24..12-24: " };

				strbuf_adds(&made, parts[pick(6)]);
				add_ring(&made, days, 0, 7, ", ");
				strbuf_addc(&made, ' ');
				if (pick(2))
					strbuf_adds(&made, "closed");
				else
					add_times(&made, ",");
				continue;
			}
			if (pick(3)) {
				add_ring(&made, days, 0, 7, ", ");
				strbuf_addc(&made, ' ');
				add_times(&made, ",");
			} else {
				add_times(&made, "&");
				strbuf_addc(&made, '|');
				add_ring(&made, days, 0, 7, "&");
				strbuf_addc(&made, ',');
				add_ring(&made, NULL, 1, 31, "&");
				strbuf_addc(&made, ',');
				add_ring(&made, months, 0, 12, "&");
			}
		}
		r = hours_parse(made.s, &h, NULL);
		strbuf_done(&made);
		if (r < 0)
			continue;
		taken++;
		text = printed(h);
		bound += strchr(text, '&') ? 1 : 0;
		again = parsed(text);
		second = printed(again);
		assert_string_equal(second, text);
		assert_int_equal(hours_overnight(h), hours_overnight(again));
		assert_true(hours_covers(h, again, &ignored));
		for (int day = 0; day < 460; day++) {
			struct hours_range a[HOURS_OF_DAY_MAX], b[HOURS_OF_DAY_MAX];
			int n = hours_on(h, first + day, a);

			assert_int_equal(hours_on(again, first + day, b), n);
			assert_memory_equal(a, b, (size_t)n * sizeof(*a));
		}
	}
	assert_true(taken >= 1500 && taken <= 6000);
	assert_true(bound >= 300 && bound <= 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_on),
		cmocka_unit_test(test_overnight),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
