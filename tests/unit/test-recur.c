/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrence rules of RFC 5545: the instances. Their text is in test-recur-text.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/time/civil.h"
#include "lib/calendar/recur.h"

enum { DAY = 86400 };

/* "19970902T090000", or a date and the time of `day_s`. *text moves behind it. */
static int64_t wall(const char **text, int64_t day_s)
{
	struct civil c = { 0 };
	int n = 0;

	assert_int_equal(sscanf(*text, "%4d%2d%2d%n", &c.year, &c.month, &c.day, &n), 3);
	*text += n;
	if (**text != 'T')
		return civil_seconds(&c) + day_s;
	assert_int_equal(sscanf(*text, "T%2d%2d%2d%n", &c.hour, &c.minute, &c.second, &n), 3);
	*text += n;
	return civil_seconds(&c);
}

static int64_t at(const char *text)
{
	return wall(&text, 0);
}

static void add_wall(struct strbuf *to, int64_t wall_s, int64_t day_s)
{
	struct civil c;

	civil_from_seconds(wall_s, &c);
	strbuf_addf(to, "%s%04d%02d%02d", to->len ? " " : "", c.year, c.month, c.day);
	if (wall_s % DAY != day_s)
		strbuf_addf(to, "T%02d%02d%02d", c.hour, c.minute, c.second);
}

static struct recur *parse(const char *rule)
{
	struct recur *r = NULL;
	struct err err = { 0 };

	if (recur_parse(rule, &r, &err) < 0)
		fail_msg("%s: %s", rule, err.msg);
	return r;
}

/* A list of instances; "..." at its end stands for more of them. Dates alone have DTSTART's time. */
struct row {
	const char *name, *rule, *dtstart, *expect;
};

static size_t words(const char *text)
{
	size_t n = 1;

	for (; (text = strchr(text, ' ')); text++)
		n++;
	return n;
}

static void instances(
	const struct recur *r, int64_t dtstart, int64_t from, size_t max, struct strbuf *to)
{
	_cleanup_(recur_iter_freep) struct recur_iter *it = recur_iter_new(r, dtstart);
	int64_t end = at("99991231") + DAY, got;
	int result = 1;

	recur_iter_seek(it, from);
	while (max-- && (result = recur_iter_next(it, end, &got)) > 0)
		add_wall(to, got, dtstart % DAY);
	if (result > 0 && recur_iter_next(it, end, &got) > 0)
		strbuf_adds(to, " ...");
	if (result < 0)
		strbuf_adds(to, " steps");
}

static void check_rows(const struct row *rows, size_t n)
{
	for (const struct row *row = rows; row < rows + n; row++) {
		_cleanup_(recur_freep) struct recur *r = parse(row->rule);
		_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
		bool more = strstr(row->expect, "...");
		int64_t dtstart = at(row->dtstart);
		size_t many = words(row->expect) - more;
		const char *rest = row->expect;

		instances(r, dtstart, dtstart, many + !more, &got);
		if (strcmp(got.s, row->expect))
			fail_msg("%s: %s from %s:\n got  %s\n want %s", row->name, row->rule,
				row->dtstart, got.s, row->expect);
		/* From each of them on, and from a second after it. */
		for (size_t i = 0; i < many; i++) {
			const char *same = rest + (i > 0), *next;
			int64_t from;

			rest = same;
			from = wall(&rest, dtstart % DAY);
			next = *rest == ' ' && rest[1] != '.' ? rest + 1 : rest;
			strbuf_cut(&got, 0);
			instances(r, dtstart, from, many - i + !more, &got);
			if (strcmp(got.s, same))
				fail_msg("%s: %s sought %s: got %s", row->name, row->rule, same,
					got.s);
			if (i + 1 == many)
				break;
			strbuf_cut(&got, 0);
			instances(r, dtstart, from + 1, many - i - 1 + !more, &got);
			if (strcmp(got.s, next))
				fail_msg("%s: %s sought after %s: got %s", row->name, row->rule,
					same, got.s);
		}
	}
}

/* UNTIL of these examples is UTC; here it is the same instant on New York's wall. */
static void test_examples(void **state)
{
	static const struct row rows[] = {
		{ "daily for 10", "FREQ=DAILY;COUNT=10", "19970902T090000",
			"19970902 19970903 19970904 19970905 19970906 19970907 19970908 19970909 "
			"19970910 19970911" },
		{ "every other day", "FREQ=DAILY;INTERVAL=2", "19970902T090000",
			"19970902 19970904 19970906 19970908 ..." },
		{ "every 10 days", "FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902T090000",
			"19970902 19970912 19970922 19971002 19971012" },
		{ "weekly for 10", "FREQ=WEEKLY;COUNT=10", "19970902T090000",
			"19970902 19970909 19970916 19970923 19970930 19971007 19971014 19971021 "
			"19971028 19971104" },
		{ "every other week", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "19970902T090000",
			"19970902 19970916 19970930 19971014 19971028 19971111 19971125 19971209 "
			"19971223 19980106 19980120 ..." },
		{ "Tuesday and Thursday", "FREQ=WEEKLY;UNTIL=19971006T200000;WKST=SU;BYDAY=TU,TH",
			"19970902T090000",
			"19970902 19970904 19970909 19970911 19970916 19970918 19970923 19970925 "
			"19970930 19971002" },
		{ "the same by COUNT", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
			"19970902T090000",
			"19970902 19970904 19970909 19970911 19970916 19970918 19970923 19970925 "
			"19970930 19971002" },
		{ "every other week on three days",
			"FREQ=WEEKLY;INTERVAL=2;UNTIL=19971223T190000;WKST=SU;BYDAY=MO,WE,FR",
			"19970901T090000",
			"19970901 19970903 19970905 19970915 19970917 19970919 19970929 19971001 "
			"19971003 19971013 19971015 19971017 19971027 19971029 19971031 19971110 "
			"19971112 19971114 19971124 19971126 19971128 19971208 19971210 19971212 "
			"19971222" },
		{ "every other week, 8 times", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
			"19970902T090000",
			"19970902 19970904 19970916 19970918 19970930 19971002 19971014 19971016" },
		{ "first Friday", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "19970905T090000",
			"19970905 19971003 19971107 19971205 19980102 19980206 19980306 19980403 "
			"19980501 19980605" },
		{ "first Friday until", "FREQ=MONTHLY;UNTIL=19971223T190000;BYDAY=1FR",
			"19970905T090000", "19970905 19971003 19971107 19971205" },
		{ "first and last Sunday", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
			"19970907T090000",
			"19970907 19970928 19971102 19971130 19980104 19980125 19980301 19980329 "
			"19980503 19980531" },
		{ "second-to-last Monday", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "19970922T090000",
			"19970922 19971020 19971117 19971222 19980119 19980216" },
		{ "third-to-last day", "FREQ=MONTHLY;BYMONTHDAY=-3", "19970928T090000",
			"19970928 19971029 19971128 19971229 19980129 19980226 ..." },
		{ "2nd and 15th", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "19970902T090000",
			"19970902 19970915 19971002 19971015 19971102 19971115 19971202 19971215 "
			"19980102 19980115" },
		{ "first and last day", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "19970930T090000",
			"19970930 19971001 19971031 19971101 19971130 19971201 19971231 19980101 "
			"19980131 19980201" },
		{ "every 18 months",
			"FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
			"19970910T090000",
			"19970910 19970911 19970912 19970913 19970914 19970915 19990310 19990311 "
			"19990312 19990313" },
		{ "Tuesdays of every other month", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
			"19970902T090000",
			"19970902 19970909 19970916 19970923 19970930 19971104 19971111 19971118 "
			"19971125 19980106 19980113 19980120 19980127 19980303 19980310 19980317 "
			"19980324 19980331 ..." },
		{ "June and July", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "19970610T090000",
			"19970610 19970710 19980610 19980710 19990610 19990710 20000610 20000710 "
			"20010610 20010710" },
		{ "every other year", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
			"19970310T090000",
			"19970310 19990110 19990210 19990310 20010110 20010210 20010310 20030110 "
			"20030210 20030310" },
		{ "days of every third year", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
			"19970101T090000",
			"19970101 19970410 19970719 20000101 20000409 20000718 20030101 20030410 "
			"20030719 20060101" },
		{ "20th Monday", "FREQ=YEARLY;BYDAY=20MO", "19970519T090000",
			"19970519 19980518 19990517 ..." },
		{ "Monday of week 20", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512T090000",
			"19970512 19980511 19990517 ..." },
		{ "Thursdays in March", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "19970313T090000",
			"19970313 19970320 19970327 19980305 19980312 19980319 19980326 19990304 "
			"19990311 19990318 19990325 ..." },
		{ "Thursdays in summer", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "19970605T090000",
			"19970605 19970612 19970619 19970626 19970703 19970710 19970717 19970724 "
			"19970731 19970807 19970814 19970821 19970828 19980604 ..." },
		{ "Friday the 13th; DTSTART is none", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
			"19970902T090000",
			"19970902 19980213 19980313 19981113 19990813 20001013 ..." },
		{ "Saturday after the first Sunday",
			"FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "19970913T090000",
			"19970913 19971011 19971108 19971213 19980110 19980207 19980307 19980411 "
			"19980509 19980613 ..." },
		{ "election day",
			"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
			"19961105T090000", "19961105 20001107 20041102 ..." },
		{ "third of three weekdays", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
			"19970904T090000", "19970904 19971007 19971106" },
		{ "second-to-last working day", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
			"19970929T090000",
			"19970929 19971030 19971127 19971230 19980129 19980226 19980330 ..." },
		{ "every three hours", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000",
			"19970902T090000", "19970902 19970902T120000 19970902T150000" },
		{ "every 15 minutes", "FREQ=MINUTELY;INTERVAL=15;COUNT=6", "19970902T090000",
			"19970902 19970902T091500 19970902T093000 19970902T094500 19970902T100000 "
			"19970902T101500" },
		{ "every hour and a half", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", "19970902T090000",
			"19970902 19970902T103000 19970902T120000 19970902T133000" },
		{ "every 20 minutes of the day", "FREQ=DAILY;BYHOUR=9,15,16;BYMINUTE=0,20,40",
			"19970902T090000",
			"19970902 19970902T092000 19970902T094000 19970902T150000 19970902T152000 "
			"19970902T154000 19970902T160000 19970902T162000 19970902T164000 19970903 "
			"..." },
		{ "the same by MINUTELY", "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,15,16",
			"19970902T090000",
			"19970902 19970902T092000 19970902T094000 19970902T150000 19970902T152000 "
			"19970902T154000 19970902T160000 19970902T162000 19970902T164000 19970903 "
			"..." },
		{ "weeks from Monday", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
			"19970805T090000", "19970805 19970810 19970819 19970824" },
		{ "weeks from Sunday", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
			"19970805T090000", "19970805 19970817 19970819 19970831" },
		{ "no 30 February", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115T090000",
			"20070115 20070130 20070215 20070315 20070330" },
		{ "3.3.10: last working day", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
			"19970930T090000", "19970930 19971031 19971128 19971231 ..." },
		{ "3.3.10: all parts",
			"FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;BYHOUR=8,9;BYMINUTE=30",
			"19970105T083000",
			"19970105 19970105T093000 19970112 19970112T093000 19970119 19970119T093000 "
			"19970126 19970126T093000 19990103 ..." },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* The examples with more instances than one can read. */
static void test_long_examples(void **state)
{
	static const struct {
		const char *rule, *dtstart;
		int n;
		const char *last;
	} rows[] = {
		{ "FREQ=DAILY;UNTIL=19971223T190000", "19970902T090000", 113, "19971223T090000" },
		{ "FREQ=WEEKLY;UNTIL=19971223T190000", "19970902T090000", 17, "19971223T090000" },
		{ "FREQ=YEARLY;UNTIL=20000131T090000;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
			"19980101T090000", 93, "20000131T090000" },
		{ "FREQ=DAILY;UNTIL=20000131T090000;BYMONTH=1", "19980101T090000", 93,
			"20000131T090000" },
		{ "FREQ=SECONDLY;COUNT=100000", "20260101T000000", 100000, "20260102T034639" },
		{ "FREQ=DAILY;COUNT=1000000", "20260101T000000", 1000000, "47631128T000000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(rows[i].rule);
		_cleanup_(recur_iter_freep) struct recur_iter *it =
			recur_iter_new(r, at(rows[i].dtstart));
		_cleanup_(recur_iter_freep) struct recur_iter *sought =
			recur_iter_new(r, at(rows[i].dtstart));
		int64_t got, last = 0;
		int n = 0;

		while (recur_iter_next(it, INT64_MAX, &got) > 0) {
			last = got;
			n++;
		}
		assert_int_equal(n, rows[i].n);
		assert_int_equal(last, at(rows[i].last));
		recur_iter_seek(sought, last);
		assert_int_equal(recur_iter_next(sought, INT64_MAX, &got), 1);
		assert_int_equal(got, last);
		assert_int_equal(recur_iter_next(sought, INT64_MAX, &got), 0);
	}
}

/* The table of RFC 5545 3.3.10, cell by cell: what a part does under a FREQ. The cells that do not apply are
 * refused by recur_parse(). Tuesday 6 January 2026, 09:00. */
static void test_table(void **state)
{
	static const struct row rows[] = {
		{ "SECONDLY BYMONTH limits", "FREQ=SECONDLY;BYMONTH=3", "20260106T090000",
			"20260106 20260301T000000 20260301T000001 ..." },
		{ "MINUTELY BYMONTH limits", "FREQ=MINUTELY;BYMONTH=3", "20260106T090000",
			"20260106 20260301T000000 20260301T000100 ..." },
		{ "HOURLY BYMONTH limits", "FREQ=HOURLY;BYMONTH=3", "20260106T090000",
			"20260106 20260301T000000 20260301T010000 ..." },
		{ "DAILY BYMONTH limits", "FREQ=DAILY;BYMONTH=3", "20260106T090000",
			"20260106 20260301 20260302 ..." },
		{ "WEEKLY BYMONTH limits", "FREQ=WEEKLY;BYMONTH=3", "20260106T090000",
			"20260106 20260303 20260310 20260317 20260324 20260331 20270302 ..." },
		{ "MONTHLY BYMONTH limits", "FREQ=MONTHLY;BYMONTH=3,5", "20260106T090000",
			"20260106 20260306 20260506 20270306 ..." },
		{ "YEARLY BYMONTH expands", "FREQ=YEARLY;BYMONTH=3,5", "20260106T090000",
			"20260106 20260306 20260506 20270306 ..." },
		{ "YEARLY BYWEEKNO expands", "FREQ=YEARLY;BYWEEKNO=20,30;BYDAY=TU",
			"20260106T090000", "20260106 20260512 20260721 20270518 20270727 ..." },
		{ "SECONDLY BYYEARDAY limits", "FREQ=SECONDLY;BYYEARDAY=-1", "20260106T090000",
			"20260106 20261231T000000 20261231T000001 ..." },
		{ "MINUTELY BYYEARDAY limits", "FREQ=MINUTELY;BYYEARDAY=7", "20260106T090000",
			"20260106 20260107T000000 20260107T000100 ..." },
		{ "HOURLY BYYEARDAY limits", "FREQ=HOURLY;BYYEARDAY=7", "20260106T090000",
			"20260106 20260107T000000 20260107T010000 ..." },
		{ "YEARLY BYYEARDAY expands", "FREQ=YEARLY;BYYEARDAY=7,60,-1", "20260106T090000",
			"20260106 20260107 20260301 20261231 20270107 20270301 20271231 20280107 20280229 "
			"..." },
		{ "SECONDLY BYMONTHDAY limits", "FREQ=SECONDLY;BYMONTHDAY=31", "20260106T090000",
			"20260106 20260131T000000 20260131T000001 ..." },
		{ "MINUTELY BYMONTHDAY limits", "FREQ=MINUTELY;BYMONTHDAY=-1", "20260106T090000",
			"20260106 20260131T000000 20260131T000100 ..." },
		{ "HOURLY BYMONTHDAY limits", "FREQ=HOURLY;INTERVAL=12;BYMONTHDAY=-1,-2",
			"20260106T090000",
			"20260106 20260130 20260130T210000 20260131 20260131T210000 20260227 ..." },
		{ "DAILY BYMONTHDAY limits", "FREQ=DAILY;BYMONTHDAY=-1,31,1", "20260106T090000",
			"20260106 20260131 20260201 20260228 20260301 20260331 ..." },
		{ "MONTHLY BYMONTHDAY expands", "FREQ=MONTHLY;BYMONTHDAY=-1,31,1",
			"20260106T090000",
			"20260106 20260131 20260201 20260228 20260301 20260331 ..." },
		{ "YEARLY BYMONTHDAY expands", "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=6,-1",
			"20260106T090000", "20260106 20260131 20260206 20260228 20270106 ..." },
		{ "SECONDLY BYDAY limits", "FREQ=SECONDLY;BYDAY=WE", "20260106T090000",
			"20260106 20260107T000000 20260107T000001 ..." },
		{ "MINUTELY BYDAY limits", "FREQ=MINUTELY;BYDAY=WE", "20260106T090000",
			"20260106 20260107T000000 20260107T000100 ..." },
		{ "HOURLY BYDAY limits", "FREQ=HOURLY;BYDAY=WE", "20260106T090000",
			"20260106 20260107T000000 20260107T010000 ..." },
		{ "DAILY BYDAY limits", "FREQ=DAILY;BYDAY=TU,SA", "20260106T090000",
			"20260106 20260110 20260113 20260117 ..." },
		{ "WEEKLY BYDAY expands", "FREQ=WEEKLY;BYDAY=TU,SA", "20260106T090000",
			"20260106 20260110 20260113 20260117 ..." },
		{ "MONTHLY BYDAY expands", "FREQ=MONTHLY;BYDAY=SA", "20260103T090000",
			"20260103 20260110 20260117 20260124 20260131 20260207 ..." },
		{ "MONTHLY BYDAY limits BYMONTHDAY", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=1,3",
			"20260103T090000", "20260103 20260801 20261003 20270403 ..." },
		{ "MONTHLY numbered BYDAY limits BYMONTHDAY",
			"FREQ=MONTHLY;BYDAY=1SA,2SU;BYMONTHDAY=1,3,8", "20260103T090000",
			"20260103 20260208 20260308 20260801 20261003 ..." },
		{ "YEARLY BYDAY expands the year", "FREQ=YEARLY;BYDAY=1SA,-1SA", "20260103T090000",
			"20260103 20261226 20270102 20271225 20280101 20281230 ..." },
		{ "YEARLY BYDAY expands BYMONTH", "FREQ=YEARLY;BYMONTH=1,3;BYDAY=1SA,-1SA",
			"20260103T090000", "20260103 20260131 20260307 20260328 20270102 ..." },
		{ "YEARLY BYDAY expands BYWEEKNO", "FREQ=YEARLY;BYWEEKNO=2;BYDAY=MO,SU",
			"20260105T090000", "20260105 20260111 20270111 20270117 ..." },
		{ "YEARLY BYDAY limits BYYEARDAY", "FREQ=YEARLY;BYYEARDAY=1,2,3,4;BYDAY=SA",
			"20260103T090000", "20260103 20270102 20280101 20310104 ..." },
		{ "SECONDLY BYHOUR limits", "FREQ=SECONDLY;BYHOUR=8,11", "20260106T090000",
			"20260106 20260106T110000 20260106T110001 ..." },
		{ "MINUTELY BYHOUR limits", "FREQ=MINUTELY;BYHOUR=8,11", "20260106T090000",
			"20260106 20260106T110000 20260106T110100 ..." },
		{ "HOURLY BYHOUR limits", "FREQ=HOURLY;BYHOUR=8,11", "20260106T090000",
			"20260106 20260106T110000 20260107T080000 20260107T110000 ..." },
		{ "DAILY BYHOUR expands", "FREQ=DAILY;BYHOUR=11,8", "20260106T090000",
			"20260106 20260106T110000 20260107T080000 20260107T110000 ..." },
		{ "WEEKLY BYHOUR expands", "FREQ=WEEKLY;BYHOUR=11,9", "20260106T090000",
			"20260106 20260106T110000 20260113 20260113T110000 ..." },
		{ "MONTHLY BYHOUR expands", "FREQ=MONTHLY;BYHOUR=11,9", "20260106T090000",
			"20260106 20260106T110000 20260206 20260206T110000 ..." },
		{ "YEARLY BYHOUR expands", "FREQ=YEARLY;BYHOUR=11,9", "20260106T090000",
			"20260106 20260106T110000 20270106 20270106T110000 ..." },
		{ "SECONDLY BYMINUTE limits", "FREQ=SECONDLY;BYMINUTE=0,30", "20260106T090058",
			"20260106 20260106T090059 20260106T093000 20260106T093001 ..." },
		{ "MINUTELY BYMINUTE limits", "FREQ=MINUTELY;BYMINUTE=0,30", "20260106T090000",
			"20260106 20260106T093000 20260106T100000 ..." },
		{ "HOURLY BYMINUTE expands", "FREQ=HOURLY;INTERVAL=2;BYMINUTE=30,0",
			"20260106T090000",
			"20260106 20260106T093000 20260106T110000 20260106T113000 ..." },
		{ "DAILY BYMINUTE expands", "FREQ=DAILY;BYMINUTE=30,0", "20260106T090000",
			"20260106 20260106T093000 20260107 20260107T093000 ..." },
		{ "SECONDLY BYSECOND limits", "FREQ=SECONDLY;BYSECOND=0,30", "20260106T090000",
			"20260106 20260106T090030 20260106T090100 ..." },
		{ "MINUTELY BYSECOND expands", "FREQ=MINUTELY;INTERVAL=2;BYSECOND=30,0",
			"20260106T090000",
			"20260106 20260106T090030 20260106T090200 20260106T090230 ..." },
		{ "YEARLY BYSECOND expands", "FREQ=YEARLY;BYSECOND=30,0", "20260106T090000",
			"20260106 20260106T090030 20270106 20270106T090030 ..." },
		{ "SECONDLY BYSETPOS limits", "FREQ=SECONDLY;BYMINUTE=30;BYSETPOS=1,-1",
			"20260106T090000", "20260106 20260106T093000 20260106T093001 ..." },
		{ "MINUTELY BYSETPOS limits", "FREQ=MINUTELY;BYSECOND=0,10,50;BYSETPOS=2,-1",
			"20260106T090000",
			"20260106 20260106T090010 20260106T090050 20260106T090110 ..." },
		{ "HOURLY BYSETPOS limits", "FREQ=HOURLY;BYMINUTE=0,10,50;BYSETPOS=-1",
			"20260106T090000", "20260106 20260106T095000 20260106T105000 ..." },
		{ "DAILY BYSETPOS limits", "FREQ=DAILY;BYHOUR=8,9,17;BYMINUTE=0,30;BYSETPOS=-2,1",
			"20260106T090000",
			"20260106 20260106T170000 20260107T080000 20260107T170000 ..." },
		{ "WEEKLY BYSETPOS limits", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2,-1",
			"20260107T090000", "20260107 20260109 20260114 20260116 ..." },
		{ "MONTHLY BYSETPOS counts times",
			"FREQ=MONTHLY;BYDAY=MO,TU;BYHOUR=9,10;BYSETPOS=2,-1", "20260105T090000",
			"20260105 20260105T100000 20260127T100000 20260202T100000 20260224T100000 ..." },
		{ "YEARLY BYSETPOS limits", "FREQ=YEARLY;BYDAY=TU,TH;BYSETPOS=1,5,-1",
			"20260101T090000",
			"20260101 20260115 20261231 20270105 20270119 20271230 ..." },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_corners(void **state)
{
	static const struct row rows[] = {
		{ "leap day", "FREQ=YEARLY", "20240229T120000", "20240229 20280229 20320229 ..." },
		{ "leap day over 2100", "FREQ=YEARLY;INTERVAL=4;COUNT=3", "20920229T120000",
			"20920229 20960229 21040229" },
		{ "no leap day in odd years", "FREQ=YEARLY;INTERVAL=3", "20240229T120000",
			"20240229 20360229 20480229 ..." },
		{ "day 366", "FREQ=YEARLY;BYYEARDAY=366", "20241231T120000",
			"20241231 20281231 20321231 ..." },
		{ "day -366", "FREQ=YEARLY;BYYEARDAY=-366", "20240101T120000",
			"20240101 20280101 20320101 ..." },
		{ "day -366 by HOURLY", "FREQ=HOURLY;INTERVAL=24;BYYEARDAY=-366", "20240101T120000",
			"20240101 20280101 20320101 ..." },
		{ "the 31st", "FREQ=MONTHLY", "20260131T120000",
			"20260131 20260331 20260531 20260731 20260831 20261031 ..." },
		{ "the 30th in February", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20260101T120000",
			"20260101" },
		{ "-31 is the first of long months", "FREQ=MONTHLY;BYMONTHDAY=-31",
			"20260101T120000", "20260101 20260301 20260501 20260701 ..." },
		{ "fifth Monday", "FREQ=MONTHLY;BYDAY=5MO", "20260330T120000",
			"20260330 20260629 20260831 ..." },
		{ "fifth Monday from the end", "FREQ=MONTHLY;BYDAY=-5MO", "20260302T120000",
			"20260302 20260601 20260803 ..." },
		{ "no tenth Monday", "FREQ=MONTHLY;BYDAY=10MO", "20260302T120000", "20260302" },
		{ "53rd Thursday", "FREQ=YEARLY;BYDAY=53TH,-53TH", "20260101T120000",
			"20260101 20261231 20320101 20321230 ..." },
		{ "plain and numbered weekdays", "FREQ=MONTHLY;BYDAY=MO,1TU,-1SU",
			"20260105T120000",
			"20260105 20260106 20260112 20260119 20260125 20260126 20260202 20260203 ..." },
		{ "the month of YEARLY;BYMONTHDAY is DTSTART's", "FREQ=YEARLY;BYMONTHDAY=24,-1",
			"20261224T000000", "20261224 20261231 20271224 ..." },
		{ "also with BYDAY", "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR", "20200313T000000",
			"20200313 20260313 20370313 ..." },
		{ "BYMONTHDAY limits BYYEARDAY", "FREQ=YEARLY;BYYEARDAY=1,32,60;BYMONTHDAY=1",
			"20270101T000000",
			"20270101 20270201 20270301 20280101 20280201 20290101 ..." },
		{ "BYMONTH limits BYYEARDAY", "FREQ=YEARLY;BYYEARDAY=1,32,60;BYMONTH=2",
			"20270201T000000", "20270201 20280201 20280229 20290201 ..." },
		{ "BYWEEKNO: DTSTART's weekday", "FREQ=YEARLY;BYWEEKNO=10", "20260304T120000",
			"20260304 20270310 20280308 ..." },
		{ "week 53", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU", "20201228T120000",
			"20201228 20210103 20261228 20270103 ..." },
		{ "week 1 begins in December", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU",
			"20191230T120000",
			"20191230 20200105 20210104 20210110 20220103 20220109 20230102 20230108 "
			"20240101 20240107 20241230 ..." },
		{ "the last week", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "20210103T120000",
			"20210103 20220102 20230101 20231231 20241229 ..." },
		{ "week -53", "FREQ=YEARLY;BYWEEKNO=-53", "20191230T120000",
			"20191230 20251229 20311229 ..." },
		{ "every other year of weeks", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO",
			"20191230T120000", "20191230 20220103 20240101 20251229 ..." },
		{ "weeks from Sunday", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU", "20260104T120000",
			"20260104 20270103 20280102 20281231 20291230 ..." },
		{ "BYWEEKNO and BYMONTH", "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=1;BYDAY=MO",
			"20210104T120000", "20210104 20220103 20230102 20240101 20270104 ..." },
		{ "BYWEEKNO and BYMONTHDAY", "FREQ=YEARLY;BYWEEKNO=1,2;BYMONTHDAY=5,6",
			"20260105T120000",
			"20260105 20260106 20270105 20270106 20280105 20280106 ..." },
		{ "BYWEEKNO and BYYEARDAY", "FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=-1,1",
			"20260101T120000", "20260101 20290101 20291231 20300101 20301231 ..." },
		{ "BYSETPOS of a week across years",
			"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,-1",
			"20191230T120000", "20191230 20200105 20210104 20210110 ..." },
		{ "WKST decides which weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=WE",
			"20260104T120000", "20260104 20260105 20260118 20260119 ..." },
		{ "a week of two months", "FREQ=WEEKLY;BYMONTH=2;BYDAY=SA,SU,MO", "20260201T120000",
			"20260201 20260202 20260207 20260208 20260209 20260214 20260215 20260216 20260221 "
			"20260222 20260223 20260228 20270201 ..." },
		{ "the same day twice", "FREQ=WEEKLY;BYDAY=MO,MO;COUNT=2", "20260105T120000",
			"20260105 20260112" },
		{ "times not ascending", "FREQ=DAILY;BYHOUR=17,9;BYMINUTE=30,0;COUNT=5",
			"20260105T090000",
			"20260105 20260105T093000 20260105T170000 20260105T173000 20260106" },
		{ "second 60 is 59", "FREQ=MINUTELY;BYSECOND=59,60;COUNT=2", "20260105T090059",
			"20260105 20260105T090159" },
		{ "INTERVAL with BYHOUR of its own", "FREQ=HOURLY;INTERVAL=5;BYHOUR=0,1,2,3",
			"20260105T000000",
			"20260105 20260106T010000 20260107T020000 20260108T030000 20260110 ..." },
		{ "INTERVAL of years in seconds", "FREQ=SECONDLY;INTERVAL=31536000",
			"20250101T000000", "20250101 20260101 20270101 20280101 20281231 ..." },
		{ "INTERVAL above 32767", "FREQ=MINUTELY;INTERVAL=100000", "20260101T000000",
			"20260101 20260311T104000 ..." },
		{ "INTERVAL beyond all time", "FREQ=YEARLY;INTERVAL=1000000000", "20260101T000000",
			"20260101" },
		{ "HOURLY never meets its hour", "FREQ=HOURLY;INTERVAL=2;BYHOUR=1",
			"99970101T000000", "99970101" },
		{ "DTSTART counts", "FREQ=WEEKLY;BYDAY=FR;COUNT=3", "20260105T120000",
			"20260105 20260109 20260116" },
		{ "COUNT=1 is DTSTART", "FREQ=DAILY;COUNT=1;BYDAY=FR", "20260105T120000",
			"20260105" },
		{ "DTSTART beside BYSETPOS", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "20260112T120000",
			"20260112 20260202 20260302 ..." },
		{ "UNTIL as a date takes in the day", "FREQ=HOURLY;INTERVAL=12;UNTIL=20260106",
			"20260105T233000", "20260105 20260106T113000 20260106" },
		{ "UNTIL takes in its second", "FREQ=DAILY;UNTIL=20260107T120000",
			"20260105T120000", "20260105 20260106 20260107" },
		{ "and not the next", "FREQ=DAILY;UNTIL=20260107T115959", "20260105T120000",
			"20260105 20260106" },
		{ "UNTIL in UTC is left to the caller", "FREQ=DAILY;UNTIL=20260105T120000Z",
			"20260105T120000", "20260105 20260106 20260107 ..." },
		{ "UNTIL before DTSTART", "FREQ=DAILY;UNTIL=20251231", "20260105T120000",
			"20260105" },
		{ "the last days there are", "FREQ=DAILY;INTERVAL=2", "99991228T120000",
			"99991228 99991230" },
		{ "the last week there is", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO,SU",
			"99990101T120000", "99990101 99990103 99991227" },
		{ "the first days there are", "FREQ=MONTHLY;BYMONTHDAY=-1", "00010101T000000",
			"00010101 00010131 00010228 ..." },
		{ "the first week there is", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=WE",
			"00010101T000000", "00010101 00010107 00020106 ..." },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Limits that move on, and seeks in between, change nothing about what comes. */
static void test_resume(void **state)
{
	static const char *const rules[] = { "FREQ=DAILY", "FREQ=DAILY;COUNT=40",
		"FREQ=WEEKLY;BYDAY=MO,TU,FR", "FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=9",
		"FREQ=YEARLY;BYDAY=MO;BYSETPOS=1,7,-1", "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=SU,MO",
		"FREQ=HOURLY;INTERVAL=7;BYDAY=SA,SU;BYMINUTE=10,50",
		"FREQ=MINUTELY;INTERVAL=50;BYHOUR=3;COUNT=70", "FREQ=WEEKLY;BYMONTH=2;COUNT=9",
		"FREQ=DAILY;BYHOUR=1,2,3;BYSETPOS=-1,1;COUNT=50", "FREQ=MONTHLY;UNTIL=20270101" };
	enum { ALL = 60 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(rules[i]);
		int64_t dtstart = at("20260105T091500"), all[ALL], got;
		int n = 0;

		for (struct recur_iter *it = recur_iter_new(r, dtstart); it; it = NULL) {
			while (n < ALL && recur_iter_next(it, INT64_MAX, &all[n]) > 0)
				n++;
			recur_iter_free(it);
		}
		assert_true(n >= 9);
		for (int step = 1; step < 100 * DAY; step = step * 3 + 7000) {
			_cleanup_(recur_iter_freep) struct recur_iter *it =
				recur_iter_new(r, dtstart);
			int next = 0;

			for (int64_t limit = dtstart - 1; next < n && limit <= all[n - 1] + step;
				limit += step + (all[next] - limit) / step * step) {
				while (recur_iter_next(it, limit, &got) > 0) {
					if (next < n)
						assert_int_equal(got, all[next++]);
				}
				if (next < n)
					assert_true(all[next] >= limit);
				if (next >= n)
					break;
			}
			assert_int_equal(next, n);
		}
		for (int by = 1; by < n; by++) {
			_cleanup_(recur_iter_freep) struct recur_iter *it =
				recur_iter_new(r, dtstart);

			for (int next = 0; next < n; next += by) {
				recur_iter_seek(it,
					all[next] - (next ? (all[next] - all[next - 1]) / 2 : 0));
				assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
				assert_int_equal(got, all[next]);
				recur_iter_seek(it, dtstart); /* never back */
			}
		}
	}
}

/* Without COUNT a seek costs the same however far it goes, and no later seek looks again at what lies behind. */
static void test_seek_steps(void **state)
{
	static const struct {
		const char *rule, *expect, *then; /* the first two in 2026 */
	} rows[] = {
		{ "FREQ=SECONDLY", "20260101T000000", "20260101T000001" },
		{ "FREQ=MINUTELY;INTERVAL=7;BYSECOND=1", "20260101T000001", "20260101T000701" },
		{ "FREQ=HOURLY;INTERVAL=7", "20260101T000000", "20260101T070000" },
		{ "FREQ=DAILY;INTERVAL=3", "20260101", "20260104" },
		{ "FREQ=WEEKLY;BYDAY=FR", "20260102", "20260109" },
		{ "FREQ=MONTHLY;BYMONTHDAY=2", "20260102", "20260202" },
		{ "FREQ=YEARLY;BYDAY=1MO", "20260105", "20270104" },
		{ "FREQ=YEARLY;BYWEEKNO=2;BYDAY=MO", "20260105", "20270111" },
	};
	enum { SEEKS = 50, STEPS = 30 };
	int64_t got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(rows[i].rule);
		_cleanup_(recur_iter_freep) struct recur_iter *it =
			recur_iter_new(r, at("19700101"));
		int64_t first = at(rows[i].expect), then = at(rows[i].then);

		recur_iter_seek(it, at("20260101"));
		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
		assert_int_equal(got, first);
		for (int k = 1; k < SEEKS; k++) {
			recur_iter_seek(it, first + (then - first) * k / SEEKS);
			assert_int_equal(recur_iter_next(it, then, &got), 0);
		}
		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
		assert_int_equal(got, then);
		if (recur_iter_steps(it) > STEPS)
			fail_msg("%s: %lld steps", rows[i].rule, (long long)recur_iter_steps(it));
	}
}

static void test_date(void **state)
{
	_cleanup_(recur_freep) struct recur *r =
		parse("FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=9,17;BYMINUTE=30;BYSECOND=1;COUNT=3");
	_cleanup_(recur_iter_freep) struct recur_iter *it = recur_iter_new_date(r, at("20260105"));
	int64_t got;

	(void)state;
	assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
	assert_int_equal(got, at("20260105"));
	assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
	assert_int_equal(got, at("20260106"));
	assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
	assert_int_equal(got, at("20260112"));
	assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 0);
}

/* Rules that would search for ever, and times outside of time. */
static void test_hostile(void **state)
{
	static const char *const endless[] = {
		"FREQ=SECONDLY;BYSECOND=30;BYSETPOS=2",
		"FREQ=SECONDLY;INTERVAL=2;BYSECOND=1",
		"FREQ=SECONDLY;INTERVAL=2;BYSECOND=1;COUNT=1000000",
		"FREQ=MINUTELY;BYDAY=MO;BYSETPOS=-2",
		"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=2",
		"FREQ=HOURLY;INTERVAL=2;BYHOUR=1;COUNT=3",
	};
	static const char *const empty[] = {
		"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=MINUTELY;BYMONTH=2;BYYEARDAY=-366",
		"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
		"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366",
		"FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO",
	};
	static const int64_t outside[] = { INT64_MIN, INT64_MIN + 1, -62135596801, 253402300800,
		INT64_MAX - 1, INT64_MAX };
	int64_t got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(endless); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(endless[i]);
		_cleanup_(recur_iter_freep) struct recur_iter *it = recur_iter_new(r, 0);

		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
		assert_int_equal(got, 0);
		recur_iter_seek(it, DAY);
		assert_int_equal(recur_iter_next(it, 2 * DAY, &got), 0);
		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), -1);
		recur_iter_seek(it, INT64_MAX);
		assert_true(recur_iter_next(it, INT64_MAX, &got) <= 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		_cleanup_(recur_freep) struct recur *r = parse(empty[i]);
		_cleanup_(recur_iter_freep) struct recur_iter *it = recur_iter_new(r, 0);

		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 1);
		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		_cleanup_(recur_freep) struct recur *r = parse("FREQ=SECONDLY;COUNT=5");
		_cleanup_(recur_iter_freep) struct recur_iter *it = recur_iter_new(r, outside[i]);
		_cleanup_(recur_iter_freep) struct recur_iter *sought =
			recur_iter_new(r, outside[i]);

		if (recur_iter_next(it, INT64_MAX, &got) > 0)
			assert_int_equal(got, outside[i]);
		assert_int_equal(recur_iter_next(it, INT64_MAX, &got), 0);
		recur_iter_seek(sought, INT64_MAX);
		if (outside[i] < INT64_MAX)
			assert_int_equal(recur_iter_next(sought, INT64_MAX, &got), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_long_examples),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_corners),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_seek_steps),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
