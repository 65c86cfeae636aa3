/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holidays as rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/time/civil.h"
#include "lib/time/holidays.h"

static struct holidays *parsed(const char *text)
{
	struct holidays *h = NULL;
	struct err err = { 0 };

	if (holidays_parse(text, &h, &err) < 0)
		fail_msg("'%s': %s", text, err.msg);
	return h;
}

static char *printed(const struct holidays *h)
{
	struct strbuf text = STRBUF_INIT;

	holidays_print(h, &text);
	return strbuf_take(&text);
}

/* "2026-12-25 " and "2026-12-24 43200-86400 " of the days from first to last. */
static char *listed(const struct holidays *h, int64_t first, int64_t last)
{
	_cleanup_(freep) struct holiday *list = NULL;
	struct strbuf text = STRBUF_INIT;
	size_t n;

	holidays_between(h, first, last, &list, &n);
	for (size_t i = 0; i < n; i++) {
		struct civil c;

		civil_from_days(list[i].day, &c);
		strbuf_addf(&text, "%s%04d-%02d-%02d", i ? " " : "", c.year, c.month, c.day);
		if (list[i].start || list[i].end != 86400)
			strbuf_addf(&text, " %d-%d", list[i].start, list[i].end);
	}
	return strbuf_take(&text);
}

static void test_easter(void **state)
{
	static const struct {
		int year, month, day;
	} table[] = {
		{ 1583, 4, 10 },
		{ 1818, 3, 22 },
		{ 1886, 4, 25 },
		{ 1900, 4, 15 },
		{ 1913, 3, 23 },
		{ 1916, 4, 23 },
		{ 1943, 4, 25 },
		{ 1954, 4, 18 },
		{ 1961, 4, 2 },
		{ 1970, 3, 29 },
		{ 1981, 4, 19 },
		{ 1999, 4, 4 },
		{ 2000, 4, 23 },
		{ 2001, 4, 15 },
		{ 2008, 3, 23 },
		{ 2011, 4, 24 },
		{ 2016, 3, 27 },
		{ 2019, 4, 21 },
		{ 2023, 4, 9 },
		{ 2024, 3, 31 },
		{ 2025, 4, 20 },
		{ 2026, 4, 5 },
		{ 2027, 3, 28 },
		{ 2028, 4, 16 },
		{ 2029, 4, 1 },
		{ 2030, 4, 21 },
		{ 2038, 4, 25 },
		{ 2049, 4, 18 },
		{ 2076, 4, 19 },
		{ 2100, 3, 28 },
		{ 2285, 3, 22 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (holidays_easter(table[i].year) !=
			civil_days(table[i].year, table[i].month, table[i].day))
			fail_msg("%d", table[i].year);
	}
	/* Against Gauss's rule with the constants of 1900 to 2099. */
	for (int year = 1900; year < 2100; year++) {
		int d = (19 * (year % 19) + 24) % 30;
		int e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7;
		int day = 22 + d + e;

		if ((d == 29 && e == 6) || (d == 28 && e == 6 && year % 19 > 10))
			day -= 7;
		if (holidays_easter(year) != civil_days(year, 3, day))
			fail_msg("%d", year);
	}
}

static void test_print(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "", "" },
		{ " ; ", "" },
		{ "12-25", "12-25" },
		{ "1-1", "01-01" },
		{ "12-25;12-26 ;", "12-25; 12-26" },
		{ "2026-12-24 12:00-24:00", "2026-12-24 12:00-24:00" },
		{ "2026-12-24\t9:00-12:30", "2026-12-24 09:00-12:30" },
		{ "12-31 12:00-0:00", "12-31 12:00-24:00" },
		{ "12-31 00:00-24:00", "12-31" },
		{ "easter", "easter" },
		{ "Easter-2; EASTER+39", "easter-2; easter+39" },
		{ "easter+0", "easter" },
		{ "easter-002", "easter-2" },
		{ "nov first thu", "nov first thu" },
		{ "November Fourth Thursday = Thanksgiving", "nov fourth thu = Thanksgiving" },
		{ "may last mon", "may last mon" },
		{ "fri before 12-25", "fri before 12-25" },
		{ "sat on or after 10-31", "sat on or after 10-31" },
		{ "saturday AFTER 10-30", "sat after 10-30" },
		{ "mon on or before 5-24 12:00-24:00", "mon on or before 05-24 12:00-24:00" },
		{ "01-01 observed", "01-01 observed" },
		{ "01-01 Observed 12:00-24:00 = New Year",
			"01-01 observed 12:00-24:00 = New Year" },
		{ "12-27..12-30", "12-27..12-30" },
		{ "12-27..01-02 = Between the years", "12-27..01-02 = Between the years" },
		{ "2026-07-13..2026-07-31", "2026-07-13..2026-07-31" },
		{ "02-29", "02-29" },
		{ "12-24 12:00-24:00 =  Christmas Eve ", "12-24 12:00-24:00 = Christmas Eve" },
		{ "Easter-2..EASTER+1", "easter-2..easter+1" },
		{ "Orthodox-2 = Good Friday", "orthodox-2 = Good Friday" },
		{ "fri after easter+60", "fri after easter+60" },
		{ "Eid-al-Fitr-1; chinese-new-year-1..chinese-new-year+1",
			"eid-al-fitr-1; chinese-new-year-1..chinese-new-year+1" },
		{ "Friday after November fourth Thursday", "fri after nov fourth thu" },
		{ "01-01 observed sat-1,sun+1", "01-01 observed" },
		{ "01-01 observed SUN+1,Saturday+2", "01-01 observed sat+2,sun+1" },
		{ "01-01 and observed sun+1", "01-01 and observed sun+1" },
		{ "01-01 observed sat+2,sun+1 free", "01-01 observed free" },
		{ "01-01 observed sun+1 Free 2024..", "01-01 observed sun+1 free 2024.." },
		{ "easter+1 2027 12:00-24:00", "easter+1 2027 12:00-24:00" },
		{ "05-08 2024..2024", "05-08 2024" },
		{ "05-08 ..2023; 05-08 2025..2030", "05-08 ..2023; 05-08 2025..2030" },
		{ "2026-03-20,2027-3-10 12:00-24:00 = Eid",
			"2026-03-20 12:00-24:00 = Eid; 2027-03-10 12:00-24:00 = Eid" },
		{ "12-27; SE; us-ca  !Columbus-Day !easter ;no",
			"se; us-ca !columbus-day !easter; no; 12-27" },
		{ "05-01=1 = 1 & Sk\xc3\xa5l", "05-01 = 1 = 1 & Sk\xc3\xa5l" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(holidays_freep) struct holidays *h = parsed(table[i].text), *again = NULL;
		_cleanup_(freep) char *text = printed(h), *second = NULL;

		if (strcmp(text, table[i].expect) != 0)
			fail_msg("'%s': '%s'", table[i].text, text);
		again = parsed(text);
		second = printed(again);
		assert_string_equal(second, text);
	}
}

#define FORMS                                                                                      \
	"; write it as one of 12-25, 2026-12-24 12:00-24:00, easter+1, nov first thu, "            \
	"fri before 12-25, 12-27..12-30, 01-01 observed"
#define COUNTRY   "; a country is written as its code: se, de-by"
#define SEPARATES "; a ';' separates countries"
#define STEPS                                                                                      \
	" is not of the form sat-1,sun+1: weekdays, and by how many days (at most 14) each is moved"

static void test_bad(void **state)
{
	static const struct {
		const char *text, *expect;
	} table[] = {
		{ "christmas", "holiday 'christmas': 'christmas' is not understood" FORMS COUNTRY },
		{ "se no",
			"holiday 'se no': behind a country stand only holidays to leave out, as in us !columbus-day, not 'no'" SEPARATES },
		{ "se, no",
			"holiday 'se, no': 'se,' is not understood" FORMS
			"; did you mean 'sep'?" SEPARATES },
		{ "New Zealand", "holiday 'New Zealand': 'New' is not understood" FORMS COUNTRY },
		{ "12-25; eastre+1",
			"holiday 'eastre+1': 'eastre+1' is not understood" FORMS
			"; did you mean 'easter'?" },
		{ "easter+", "holiday 'easter+': 'easter+' is not understood" FORMS },
		{ "easter 1", "holiday 'easter 1': '1' is not understood" FORMS },
		{ "easter+1x", "holiday 'easter+1x': 'easter+1x' is not understood" FORMS },
		{ "easter+400",
			"holiday 'easter+400': 'easter+400' is more than a year from the feast" },
		{ "easter+9999999999",
			"holiday 'easter+9999999999': 'easter+9999999999' is more than a year from "
			"the feast" },
		{ "13-25", "holiday '13-25': there is no date 13-25" },
		{ "25-12",
			"holiday '25-12': there is no date 25-12 (the month comes first: 12-25)" },
		{ "02-30", "holiday '02-30': there is no date 02-30" },
		{ "04-31", "holiday '04-31': there is no date 04-31" },
		{ "00-00", "holiday '00-00': there is no date 00-00" },
		{ "2026-02-29", "holiday '2026-02-29': there is no date 2026-02-29" },
		{ "0000-12-25", "holiday '0000-12-25': there is no date 0000-12-25" },
		{ "25.12.",
			"holiday '25.12.': '25.12.' is not a date such as 12-25 or 2026-12-24" },
		{ "12-25-2026",
			"holiday '12-25-2026': '12-25-2026' is not a date such as 12-25 or "
			"2026-12-24" },
		{ "12-25, 12-26", "holiday '12-25, 12-26': '12-26' is not understood" FORMS },
		{ "12-25,", "holiday '12-25,': something is missing at the end" FORMS },
		{ "12-25 12-26", "holiday '12-25 12-26': '12-26' is not understood" FORMS },
		{ "12-25 9-17", "holiday '12-25 9-17': '9-17' is not understood" FORMS },
		{ "12-24 12:00-25:00",
			"holiday '12-24 12:00-25:00': the range '12:00-25:00' goes "
			"beyond 24:00" },
		{ "12-24 12:00-12:00",
			"holiday '12-24 12:00-12:00': the range '12:00-12:00' is empty "
			"(a whole day is 00:00-24:00)" },
		{ "12-24 22:00-06:00",
			"holiday '12-24 22:00-06:00': the range '22:00-06:00' goes "
			"beyond the end of the day, 24:00" },
		{ "12-24 12:00",
			"holiday '12-24 12:00': '12:00' is not a range of hours such as "
			"09:00-17:00" },
		{ "12-24 12:00-24:00 observed",
			"holiday '12-24 12:00-24:00 observed': 'observed' is "
			"not understood" FORMS },
		{ "12-24 observd",
			"holiday '12-24 observd': 'observd' is not understood" FORMS
			"; did you mean 'observed'?" },
		{ "12-25..12-26 observed",
			"holiday '12-25..12-26 observed': 'observed' goes with one date or feast, "
			"as in 01-01 observed" },
		{ "nov first thu observed",
			"holiday 'nov first thu observed': 'observed' goes with one date or feast, "
			"as in 01-01 observed" },
		{ "12-25 and", "holiday '12-25 and': something is missing at the end" FORMS },
		{ "12-25 observed sun", "holiday '12-25 observed sun': 'sun'" STEPS },
		{ "12-25 observed sun+0", "holiday '12-25 observed sun+0': 'sun+0'" STEPS },
		{ "12-25 observed sun+15", "holiday '12-25 observed sun+15': 'sun+15'" STEPS },
		{ "12-25 observed sun+1,", "holiday '12-25 observed sun+1,': 'sun+1,'" STEPS },
		{ "12-25 observed sun+1,sun+2",
			"holiday '12-25 observed sun+1,sun+2': 'sun+1,sun+2'" STEPS },
		{ "12-25 observed fre", "holiday '12-25 observed fre': 'fre'" STEPS },
		{ "2026-12-25 2027..",
			"holiday '2026-12-25 2027..': the date has a year already, and then come "
			"years: 2027.." },
		{ "12-25 2027..2026",
			"holiday '12-25 2027..2026': '2027..2026' is not understood" FORMS },
		{ "12-25 ..", "holiday '12-25 ..': '..' is not understood" FORMS },
		{ "easter-2..orthodox",
			"holiday 'easter-2..orthodox': both ends are dates, or days from the same feast" },
		{ "easter-2..12-25",
			"holiday 'easter-2..12-25': both ends are dates, or days from the same feast" },
		{ "easter..easter-2",
			"holiday 'easter..easter-2': it ends on easter-2, before it begins on easter" },
		{ "us columbus-day",
			"holiday 'us columbus-day': behind a country stand only holidays to leave out, "
			"as in us !columbus-day, not 'columbus-day'" SEPARATES },
		{ "us = America",
			"holiday 'us = America': behind a country stand only holidays to leave out, "
			"as in us !columbus-day, not '='" SEPARATES },
		{ "nov", "holiday 'nov': something is missing at the end" FORMS },
		{ "nov frst thu",
			"holiday 'nov frst thu': 'frst' is not understood" FORMS
			"; did you mean 'first'?" },
		{ "nov first thx",
			"holiday 'nov first thx': 'thx' is not understood" FORMS
			"; did you mean 'Thu'?" },
		{ "nov first", "holiday 'nov first': something is missing at the end" FORMS },
		{ "novembr last thu",
			"holiday 'novembr last thu': 'novembr' is not understood" FORMS
			"; did you mean 'november'?" },
		{ "fri", "holiday 'fri': something is missing at the end" FORMS },
		{ "fri befor 12-25",
			"holiday 'fri befor 12-25': 'befor' is not understood" FORMS
			"; did you mean 'before'?" },
		{ "fri on 12-25", "holiday 'fri on 12-25': '12-25' is not understood" FORMS },
		{ "fri before", "holiday 'fri before': something is missing at the end" FORMS },
		{ "fri before 2026-12-25",
			"holiday 'fri before 2026-12-25': the date '2026-12-25' has a "
			"year, but the rule is for each one" },
		{ "12-27..", "holiday '12-27..': '' is not a date such as 12-25 or 2026-12-24" },
		{ "..12-27", "holiday '..12-27': '..12-27' is not understood" FORMS },
		{ "2026-12-27..12-30",
			"holiday '2026-12-27..12-30': both dates need a year, or none" },
		{ "2026-12-27..2026-12-20",
			"holiday '2026-12-27..2026-12-20': it ends on 2026-12-20, "
			"before it begins on 2026-12-27" },
		{ "2026-01-01..2027-01-02",
			"holiday '2026-01-01..2027-01-02': it is longer than a year" },
		{ "0001-01-01..9999-12-31",
			"holiday '0001-01-01..9999-12-31': it is longer than a year" },
		{ "12-25 =", "holiday '12-25 =': a name is missing behind '='" },
		{ "= Christmas", "holiday '= Christmas': something is missing at the end" FORMS },
		{ "12-25 = a\tb",
			"holiday '12-25 = a?b': the name 'a?b' has a control character or is "
			"not UTF-8" },
		{ "12-25 = a\xff",
			"holiday '12-25 = a?': the name 'a?' has a control character or is "
			"not UTF-8" },
		{ "12-25 a b c d e f g h i j k l m n",
			"holiday '12-25 a b c d e f g h i j k l m n': too many words" FORMS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct holidays *h = NULL;
		struct err err = { 0 };

		if (holidays_parse(table[i].text, &h, &err) == 0)
			fail_msg("'%s' was taken", table[i].text);
		if (err.code != ERR_USAGE || strcmp(err.msg, table[i].expect) != 0)
			fail_msg("'%s': '%s'", table[i].text, err.msg);
		assert_null(h);
		assert_int_equal(holidays_parse(table[i].text, &h, NULL), -1);
	}
}

static void test_limits(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct holidays *h = NULL;
	struct err err;

	(void)state;
	for (int i = 0; i < HOLIDAYS_COUNTRIES; i++)
		strbuf_adds(&text, "se;");
	holidays_free(parsed(text.s));
	strbuf_adds(&text, "no");
	assert_int_equal(holidays_parse(text.s, &h, &err), -1);
	assert_string_equal(err.msg, "holiday 'no': more than 16 countries");

	strbuf_cut(&text, 0);
	for (int i = 0; i < HOLIDAYS_MAX; i++)
		strbuf_adds(&text, "12-25;");
	holidays_free(parsed(text.s));
	strbuf_adds(&text, "12-26");
	assert_int_equal(holidays_parse(text.s, &h, &err), -1);
	assert_string_equal(err.msg, "holiday '12-26': more than 200 holidays");

	strbuf_cut(&text, 0);
	strbuf_adds(&text, "12-25 = ");
	for (int i = 0; i < HOLIDAY_NAME_MAX; i++)
		strbuf_addc(&text, 'x');
	holidays_free(parsed(text.s));
	strbuf_addc(&text, 'x');
	assert_int_equal(holidays_parse(text.s, &h, &err), -1);
	assert_non_null(strstr(err.msg, "is longer than 80 bytes"));

	strbuf_cut(&text, 0);
	while (text.len < HOLIDAYS_TEXT_MAX)
		strbuf_addc(&text, ';');
	holidays_free(parsed(text.s));
	strbuf_addc(&text, ';');
	assert_int_equal(holidays_parse(text.s, &h, &err), -1);
	assert_string_equal(err.msg, "the holidays are longer than 8000 bytes");

	strbuf_cut(&text, 0);
	for (int i = 0; i < 150; i++)
		strbuf_adds(&text, "1-1=12345678901234567890123456789012345678901234567;");
	assert_true(text.len <= HOLIDAYS_TEXT_MAX);
	assert_int_equal(holidays_parse(text.s, &h, &err), -1);
	assert_string_equal(
		err.msg, "the holidays are longer than 8000 bytes when written in full");
	assert_null(h);
	strbuf_done(&text);
}

static void test_between(void **state)
{
	/* From the first day of one year to the last of another. */
	static const struct {
		const char *name, *text;
		int first, last;
		const char *expect;
	} table[] = {
		{ "each year", "12-25", 2026, 2028, "2026-12-25 2027-12-25 2028-12-25" },
		{ "sorted", "12-26; 12-25; 01-01", 2026, 2026, "2026-01-01 2026-12-25 2026-12-26" },
		{ "two on a day", "12-24 12:00-24:00; 12-24 09:00-10:00", 2026, 2026,
			"2026-12-24 32400-36000 2026-12-24 43200-86400" },
		{ "once", "2026-12-24 12:00-24:00", 2025, 2027, "2026-12-24 43200-86400" },
		{ "once, elsewhere", "2026-12-24", 2027, 2028, "" },
		{ "Good Friday", "easter-2", 2024, 2026, "2024-03-29 2025-04-18 2026-04-03" },
		{ "Easter Monday", "easter+1", 2024, 2025, "2024-04-01 2025-04-21" },
		{ "Easter Sunday", "easter", 2027, 2027, "2027-03-28" },
		{ "Ascension", "easter+39", 2026, 2026, "2026-05-14" },
		{ "Corpus Christi", "easter+60", 2026, 2026, "2026-06-04" },
		{ "into the year after", "easter+300", 2026, 2026, "2026-02-14" },
		{ "into the year before", "easter-300", 2026, 2026, "2026-06-01" },
		{ "Thanksgiving", "nov fourth thu", 2024, 2026,
			"2024-11-28 2025-11-27 2026-11-26" },
		{ "first on the 1st", "sep first tue", 2026, 2026, "2026-09-01" },
		{ "Memorial Day", "may last mon", 2026, 2027, "2026-05-25 2027-05-31" },
		{ "last in December", "dec last thu", 2026, 2026, "2026-12-31" },
		{ "a fifth", "mar fifth mon", 2026, 2028, "2026-03-30 2027-03-29" },
		{ "a fifth in February", "feb fifth tue", 2026, 2029, "2028-02-29" },
		{ "Buss- und Bettag", "wed before 11-23", 2025, 2026, "2025-11-19 2026-11-18" },
		{ "All Saints", "sat after 10-30", 2026, 2027, "2026-10-31 2027-11-06" },
		{ "All Saints, on or after", "sat on or after 10-31", 2026, 2027,
			"2026-10-31 2027-11-06" },
		{ "before: never the date itself", "fri before 12-25", 2026, 2026, "2026-12-18" },
		{ "on or before", "fri on or before 12-25", 2026, 2026, "2026-12-25" },
		{ "after: never the date itself", "fri after 12-25", 2026, 2027,
			"2027-01-01 2027-12-31" },
		{ "Victoria Day", "mon before 05-25", 2026, 2026, "2026-05-18" },
		{ "before, into the year before", "thu before 01-01", 2026, 2026, "2026-12-31" },
		{ "after a leap day", "mon after 02-29", 2027, 2028, "2028-03-06" },
		{ "observed, a weekday", "07-04 observed", 2024, 2025, "2024-07-04 2025-07-04" },
		{ "observed, Saturday", "07-04 observed", 2026, 2026, "2026-07-03" },
		{ "observed, Sunday", "07-04 observed", 2027, 2027, "2027-07-05" },
		{ "observed, into the year before", "01-01 observed", 2027, 2028,
			"2027-01-01 2027-12-31" },
		{ "observed, into the year after", "12-31 observed", 2028, 2029,
			"2029-01-01 2029-12-31" },
		{ "observed, once", "2026-07-04 observed", 2026, 2027, "2026-07-03" },
		{ "Orthodox Easter", "orthodox", 2024, 2027,
			"2024-05-05 2025-04-20 2026-04-12 2027-05-02" },
		{ "a feast of a table", "eid-al-fitr", 2032, 2034,
			"2032-01-14 2033-01-02 2033-12-23 2034-12-12" },
		{ "days of a feast, into the year after", "eid-al-fitr..eid-al-fitr+2 2024", 2024,
			2025, "2024-04-10 2024-04-11 2024-04-12" },
		{ "no feast outside the table", "eid-al-adha", 2041, 2050, "" },
		{ "no feast before the rule", "qingming", 1999, 2001, "2001-04-05" },
		{ "equinoxes", "march-equinox; september-equinox", 2026, 2028,
			"2026-03-20 2026-09-23 2027-03-21 2027-09-23 2028-03-20 2028-09-22" },
		{ "the Ethiopian calendar", "enkutatash; enkutatash+16; enkutatash+130", 2027, 2028,
			"2027-01-19 2027-09-12 2027-09-28 2028-01-20 2028-09-11 2028-09-27" },
		{ "moons", "chinese-new-year-1; mid-autumn; rosh-hashanah+9", 2026, 2026,
			"2026-02-16 2026-09-21 2026-09-25" },
		{ "around Easter", "easter-2..easter+1", 2026, 2026,
			"2026-04-03 2026-04-04 2026-04-05 2026-04-06" },
		{ "beside a feast", "fri after easter+60", 2026, 2026, "2026-06-05" },
		{ "beside a weekday of a month", "fri after nov fourth thu", 2026, 2027,
			"2026-11-27 2027-11-26" },
		{ "Sunday to Monday", "05-01 observed sun+1", 2026, 2027, "2026-05-01 2027-05-01" },
		{ "Sunday to Monday, on a Sunday", "05-01 observed sun+1", 2033, 2033,
			"2033-05-02" },
		{ "in addition", "05-01 and observed sun+1", 2033, 2033, "2033-05-01 2033-05-02" },
		{ "in addition, on a weekday", "05-01 and observed sun+1", 2026, 2026,
			"2026-05-01" },
		{ "bridge days", "10-09 observed tue-1,wed-2,thu+1,sat-1,sun+1", 2024, 2027,
			"2024-10-07 2025-10-10 2026-10-09 2027-10-08" },
		{ "the British chain, Saturday", "12-25 and observed free; 12-26 and observed free",
			2027, 2027, "2027-12-25 2027-12-26 2027-12-27 2027-12-28" },
		{ "the British chain, Sunday", "12-25 and observed free; 12-26 and observed free",
			2033, 2033, "2033-12-25 2033-12-26 2033-12-27" },
		{ "the chain, Sunday before a holiday", "12-25 observed free; 12-26", 2033, 2033,
			"2033-12-26 2033-12-27" },
		{ "the chain, on to another week", "01-01 observed free; 01-03..01-07", 2028, 2028,
			"2028-01-03 2028-01-04 2028-01-05 2028-01-06 2028-01-07 2028-01-10" },
		{ "half a holiday is free", "12-25 observed free; 12-27 12:00-24:00", 2027, 2027,
			"2027-12-27 2027-12-27 43200-86400" },
		{ "from a year on", "05-08 2026..", 2024, 2027, "2026-05-08 2027-05-08" },
		{ "to a year", "05-08 ..2025", 2024, 2027, "2024-05-08 2025-05-08" },
		{ "in a year", "easter 2026", 2024, 2027, "2026-04-05" },
		{ "the year is that of the rule", "12-31 observed 2028", 2028, 2029, "2029-01-01" },
		{ "a list", "2026-03-20,2027-03-10", 2026, 2027, "2026-03-20 2027-03-10" },
		{ "a country that nobody has looked up", "se; 12-27", 2026, 2026, "2026-12-27" },
		{ "leap day", "02-29", 2024, 2029, "2024-02-29 2028-02-29" },
		{ "leap day, none in 2100", "02-29", 2097, 2103, "" },
		{ "several days", "12-27..12-30", 2026, 2026,
			"2026-12-27 2026-12-28 2026-12-29 2026-12-30" },
		{ "one day of them", "12-27..12-27", 2026, 2026, "2026-12-27" },
		{ "across the year's end", "12-30..01-02", 2026, 2027,
			"2026-01-01 2026-01-02 2026-12-30 2026-12-31 2027-01-01 2027-01-02 2027-12-30 "
			"2027-12-31" },
		{ "across the year's end, once", "2026-12-31..2027-01-02", 2027, 2027,
			"2027-01-01 2027-01-02" },
		{ "to a leap day", "02-28..02-29", 2027, 2028, "2027-02-28 2028-02-28 2028-02-29" },
		{ "from a leap day", "02-29..03-01", 2027, 2028,
			"2027-03-01 2028-02-29 2028-03-01" },
		{ "just a leap day", "02-29..02-29", 2027, 2028, "2028-02-29" },
		{ "with hours", "12-30..12-31 12:00-24:00", 2026, 2026,
			"2026-12-30 43200-86400 2026-12-31 43200-86400" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(holidays_freep) struct holidays *h = parsed(table[i].text);
		_cleanup_(freep) char *text = listed(
			h, civil_days(table[i].first, 1, 1), civil_days(table[i].last, 12, 31));

		if (strcmp(text, table[i].expect) != 0)
			fail_msg("%s: '%s'", table[i].name, text);
	}
}

static void test_window(void **state)
{
	_cleanup_(holidays_freep) struct holidays *h =
		parsed("01-01..12-31; 12-25 = Christmas Day");
	int64_t day = civil_days(2026, 12, 25);
	struct holiday *list;
	size_t n;

	(void)state;
	holidays_between(h, day, day, &list, &n);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "01-01..12-31");
	assert_string_equal(list[1].name, "Christmas Day");
	free(list);
	holidays_between(h, day + 1, day, &list, &n);
	assert_null(list);
	assert_int_equal(n, 0);
	holidays_between(h, day, INT64_MAX, &list, &n);
	assert_int_equal(n, 3653 + 10);
	assert_int_equal(list[0].day, day);
	assert_int_equal(list[n - 1].day, day + 3652);
	free(list);
	holidays_between(h, INT64_MIN, INT64_MAX, &list, &n);
	assert_int_equal(list[0].day, civil_days(1, 1, 1));
	free(list);
	holidays_between(h, INT64_MAX, INT64_MAX, &list, &n);
	assert_int_equal(n, 0);
	holidays_between(h, INT64_MIN, INT64_MIN, &list, &n);
	assert_int_equal(n, 0);
}

static uint32_t seed;

static int pick(int n)
{
	seed = seed * 1664525 + 1013904223;
	return (int)((seed >> 8) % (uint32_t)n);
}

#define PICK(list) (list)[pick((int)ARRAY_SIZE(list))]

static void add_rule(struct strbuf *to)
{
	static const char *const days[] = { "mon", "Tuesday", "WED", "thu", "Fri", "saturday",
		"sun" };
	static const char *const months[] = { "jan", "February", "MAR", "april", "may", "jun",
		"July", "aug", "sep", "october", "nov", "dec" };
	static const char *const nths[] = { "first", "Second", "third", "fourth", "FIFTH", "last" };
	static const char *const sides[] = { "before", "after", "on or before", "On Or After" };
	static const char *const hours[] = { "", "", " 12:00-24:00", " 0:00-24:00", " 9:30-12:00" };
	static const char *const names[] = { "", "", "=x", " = A name ", " = = ;" };
	static const char *const moves[] = { "", " observed", " and observed Sun+1",
		" observed sat+2,sun+1 free", " observed free", " AND observed tue-1,wed-2" };
	static const char *const years[] = { "", "", " 2025..", " ..2026", " 2025..2027", " 2026" };
	int kind = pick(12), days_on = pick(20);

	if (kind == 0)
		strbuf_addf(
			to, "%d-%02d%s%s", 1 + pick(13), 1 + pick(31), PICK(moves), PICK(years));
	else if (kind == 1)
		strbuf_addf(to, "%d-%d-%d", 2024 + pick(4), 1 + pick(12), 1 + pick(31));
	else if (kind == 2)
		strbuf_addf(to, "Easter%+d", pick(400) - 200);
	else if (kind == 3)
		strbuf_addf(to, "%s %s  %s", PICK(months), PICK(nths), PICK(days));
	else if (kind == 4)
		strbuf_addf(to, "%s %s %d-%d", PICK(days), PICK(sides), 1 + pick(12), 1 + pick(29));
	else if (kind == 5)
		strbuf_addf(to, "%d-%d..%02d-%02d", 1 + pick(12), 1 + pick(29), 1 + pick(12),
			1 + pick(29));
	else if (kind == 6)
		strbuf_addf(to, "2025-12-%d..2026-01-%d", 1 + pick(31), 1 + days_on);
	else if (kind == 7)
		strbuf_addf(to, "orthodox%+d..orthodox%+d%s", pick(20) - 10, pick(20), PICK(years));
	else if (kind == 8)
		strbuf_addf(to, "%s %s easter%+d%s", PICK(days), PICK(sides), pick(100) - 50,
			PICK(years));
	else if (kind == 9)
		strbuf_addf(to, "%s %s %s %s  %s", PICK(days), PICK(sides), PICK(months),
			PICK(nths), PICK(days));
	else if (kind == 10)
		strbuf_addf(to, "2025-%d-1,2026-%d-2", 1 + pick(12), 1 + pick(12));
	else
		strbuf_addf(to, "se-%c !new-years-day%s", 'a' + pick(26), pick(2) ? " !x" : "");
	strbuf_addf(to, "%s%s", PICK(hours), PICK(names));
}

/* Texts of all shapes; those that are taken print to a text that means and prints the same. */
static void test_stable(void **state)
{
	int64_t first = civil_days(2024, 1, 1), last = civil_days(2028, 12, 31);
	int taken = 0;

	(void)state;
	seed = 11;
	for (int round = 0; round < 4000; round++) {
		_cleanup_(holidays_freep) struct holidays *h = NULL, *again = NULL;
		_cleanup_(freep) char *text = NULL, *second = NULL, *days = NULL, *same = NULL;
		struct strbuf made = STRBUF_INIT;
		int r;

		for (int i = pick(4); i >= 0; i--) {
			add_rule(&made);
			strbuf_adds(&made, i ? ";" : "");
		}
		r = holidays_parse(made.s, &h, NULL);
		strbuf_done(&made);
		if (r < 0)
			continue;
		taken++;
		text = printed(h);
		again = parsed(text);
		second = printed(again);
		assert_string_equal(second, text);
		days = listed(h, first, last);
		same = listed(again, first, last);
		assert_string_equal(same, days);
	}
	assert_true(taken >= 2000 && taken <= 4000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_easter),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
