/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What takes place when: RFC 5545 and RFC 7953, a rule of theirs a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "calendar-text.h"

#define STOCKHOLM " z=Europe/Stockholm"
#define MARCH     "20260301", "20260401"

static const struct row {
	const char *name, *text, *from, *to, *expect;
} table[] = {
	/* Single events. */
	{ "3.3.5 UTC", "s=20260330T090000Z m=60", MARCH, "20260330T0900+60" },
	{ "3.3.5 zoned, summer", "s=20260330T090000@ m=60" STOCKHOLM, MARCH, "20260330T0700+60" },
	{ "3.3.5 zoned, winter", "s=20260303T090000@ m=60" STOCKHOLM, MARCH, "20260303T0800+60" },
	{ "3.3.5 floating: the viewer's", "s=20260303T090000 m=60", MARCH, "20260303T1400+60" },
	{ "3.3.5 in the gap: 03:30", "s=20260329T023000@ m=60" STOCKHOLM, MARCH,
		"20260329T0130+60" },
	{ "3.3.5 in the fold: the first", "s=20261025T023000@ m=60" STOCKHOLM, "20261001",
		"20261101", "20261025T0030+60" },
	{ "3.6.1 a date is a day", "s=20260303", MARCH, "20260303T0500+1440*" },
	{ "3.6.1 a date, its days", "s=20260303 d=2", MARCH, "20260303T0500+2880*" },
	{ "3.3.4 a day of 23 hours", "s=20260308 d=1", MARCH, "20260308T0500+1380*" },
	{ "3.3.4 a day of 25 hours", "s=20261101 d=1", "20261101", "20261201",
		"20261101T0400+1500*" },
	{ "3.3.6 P1D over the change is nominal", "s=20260328T120000@ d=1" STOCKHOLM, MARCH,
		"20260328T1100+1380" },
	{ "3.3.6 PT24H is exact", "s=20260328T120000@ m=1440" STOCKHOLM, MARCH,
		"20260328T1100+1440" },
	{ "3.3.6 P1DT1H: days, then exact", "s=20260328T013000@ d=1 m=60" STOCKHOLM, MARCH,
		"20260328T0030+1500" },
	{ "3.3.6 P1W from UTC", "s=20260325T120000Z d=7", MARCH, "20260325T1200+10080" },
	{ "3.6.1 no length", "s=20260330T090000Z", MARCH, "20260330T0900+0" },
	{ "a negative length is none", "s=20260330T090000Z m=-60", MARCH, "20260330T0900+0" },
	/* The window. */
	{ "ends as the window begins", "s=20260228T230000Z m=60", MARCH, "" },
	{ "ends in the window", "s=20260228T230000Z m=61", MARCH, "20260228T2300+61" },
	{ "begins as the window ends", "s=20260401T000000Z m=60", MARCH, "" },
	{ "around the window", "s=20260101T000000Z d=365", MARCH, "20260101T0000+525600" },
	{ "no length, at the beginning", "s=20260301T000000Z", MARCH, "20260301T0000+0" },
	{ "no length, at the end", "s=20260401T000000Z", MARCH, "" },
	{ "an empty window", "s=20260101T000000Z d=365", "20260301", "20260301", "" },
	/* Rules. */
	{ "3.8.5.3 daily over the change", "s=20260328T090000@ m=60 r=FREQ=DAILY;COUNT=3" STOCKHOLM,
		MARCH, "20260328T0800+60 20260329T0700+60 20260330T0700+60" },
	{ "3.3.5 a gap moves one instance only",
		"s=20260328T023000@ m=30 r=FREQ=DAILY;COUNT=3" STOCKHOLM, MARCH,
		"20260328T0130+30 20260329T0130+30 20260330T0030+30" },
	{ "two of an hour in the gap are one", "s=20260329T013000@ r=FREQ=HOURLY;COUNT=4" STOCKHOLM,
		MARCH, "20260329T0030+0 20260329T0130+0 20260329T0230+0" },
	{ "3.3.10 UNTIL in UTC is inclusive",
		"s=20260301T090000@ r=FREQ=DAILY;UNTIL=20260303T080000Z" STOCKHOLM, MARCH,
		"20260301T0800+0 20260302T0800+0 20260303T0800+0" },
	{ "3.3.10 UNTIL in UTC, a second before",
		"s=20260301T090000@ r=FREQ=DAILY;UNTIL=20260303T075959Z" STOCKHOLM, MARCH,
		"20260301T0800+0 20260302T0800+0" },
	{ "3.3.10 UNTIL local", "s=20260301T090000@ r=FREQ=DAILY;UNTIL=20260303T090000" STOCKHOLM,
		MARCH, "20260301T0800+0 20260302T0800+0 20260303T0800+0" },
	{ "UNTIL a date, of times: the whole day",
		"s=20260301T090000@ r=FREQ=DAILY;UNTIL=20260302" STOCKHOLM, MARCH,
		"20260301T0800+0 20260302T0800+0" },
	{ "3.3.10 UNTIL a date, of dates", "s=20260301 r=FREQ=DAILY;UNTIL=20260302", MARCH,
		"20260301T0500+1440* 20260302T0500+1440*" },
	{ "UNTIL midnight UTC, of dates: that day",
		"s=20260301 r=FREQ=DAILY;UNTIL=20260302T000000Z", MARCH,
		"20260301T0500+1440* 20260302T0500+1440*" },
	{ "UNTIL in UTC, of dates: the viewer's day",
		"s=20260301 r=FREQ=DAILY;UNTIL=20260303T045959Z", MARCH,
		"20260301T0500+1440* 20260302T0500+1440*" },
	{ "UNTIL before the window", "s=20250101T090000Z r=FREQ=DAILY;UNTIL=20260227T090000Z",
		MARCH, "" },
	{ "3.8.5.3 DTSTART counts, matched or not",
		"s=20260303T090000Z r=FREQ=WEEKLY;BYDAY=FR;COUNT=3", MARCH,
		"20260303T0900+0 20260306T0900+0 20260313T0900+0" },
	{ "UNTIL before DTSTART leaves DTSTART",
		"s=20260303T090000Z r=FREQ=DAILY;UNTIL=20260101T000000Z", MARCH,
		"20260303T0900+0" },
	{ "COUNT ends in the window", "s=20200301T090000Z r=FREQ=YEARLY;COUNT=7", MARCH,
		"20260301T0900+0" },
	{ "COUNT ended before", "s=20200301T090000Z r=FREQ=YEARLY;COUNT=6", MARCH, "" },
	{ "several rules", "s=20260302T090000Z r=FREQ=WEEKLY;COUNT=2|FREQ=MONTHLY;BYMONTHDAY=9,20",
		MARCH, "20260302T0900+0 20260309T0900+0 20260320T0900+0" },
	{ "an EXRULE takes out what it gives, DTSTART only if it is of it",
		"s=20260302T090000Z r=FREQ=DAILY;COUNT=9|-FREQ=WEEKLY;BYDAY=TU,SA|-FREQ=DAILY;INTERVAL=3;COUNT=2;BYDAY=TH",
		MARCH,
		"20260302T0900+0 20260304T0900+0 20260306T0900+0 20260308T0900+0 20260309T0900+0" },
	{ "an EXRULE that gives DTSTART", "s=20260302T090000Z r=FREQ=DAILY;COUNT=3|-FREQ=WEEKLY",
		MARCH, "20260303T0900+0 20260304T0900+0" },
	{ "an EXRULE of dates, and UNTIL of it",
		"s=20260302 r=FREQ=DAILY;COUNT=4|-FREQ=DAILY;UNTIL=20260303", MARCH,
		"20260304T0500+1440* 20260305T0500+1440*" },
	{ "length reaches into the window", "s=20250101T120000Z d=2 r=FREQ=MONTHLY;BYMONTHDAY=27",
		"20260301T120000", "20260302", "" },
	{ "length reaches into the window, just",
		"s=20250101T120000Z d=2 m=1 r=FREQ=MONTHLY;"
		"BYMONTHDAY=27",
		"20260301T120000", "20260302", "20260227T1200+2881" },
	{ "3.3.10 BYHOUR is ignored for dates",
		"s=20260301 r=FREQ=DAILY;COUNT=2;BYHOUR=9,10;BYMINUTE=0", MARCH,
		"20260301T0500+1440* 20260302T0500+1440*" },
	{ "days after days, over the change", "s=20260307 d=2 r=FREQ=DAILY;INTERVAL=2;COUNT=2",
		MARCH, "20260307T0500+2820* 20260309T0400+2880*" },
	/* RDATE and EXDATE. */
	{ "3.8.5.2 RDATEs and DTSTART",
		"s=20260303T090000Z m=30 rd=20260310T090000Z,20260305T090000Z", MARCH,
		"20260303T0900+30 20260305T0900+30 20260310T0900+30" },
	{ "3.8.5.2 an RDATE before DTSTART", "s=20260503T090000Z m=30 rd=20260310T090000Z", MARCH,
		"20260310T0900+30" },
	{ "3.8.5.2 a period has its own length", "s=20260303T090000Z m=30 rd=20260310T090000Z/90",
		MARCH, "20260303T0900+30 20260310T0900+90" },
	{ "a period from before the window", "s=20260103T090000Z m=30 rd=20260228T090000Z/1440",
		MARCH, "20260228T0900+1440" },
	{ "3.8.5.2 doubles count once",
		"s=20260303T090000@ m=30 r=FREQ=DAILY;COUNT=2 "
		"rd=20260304T090000@,20260304T080000Z/60" STOCKHOLM,
		MARCH, "20260303T0800+30 20260304T0800+60" },
	{ "RDATE in UTC, in the fold: the second",
		"s=20260303T023000@ m=30 rd=20261025T013000Z" STOCKHOLM, "20261001", "20261101",
		"20261025T0130+30" },
	{ "RDATE a date, of times", "s=20260303T090000Z rd=20260305", MARCH,
		"20260303T0900+0 20260305T0900+0" },
	{ "RDATE of dates", "s=20260303 rd=20260305", MARCH,
		"20260303T0500+1440* 20260305T0500+1440*" },
	{ "3.8.5.1 EXDATE", "s=20260303T090000@ r=FREQ=DAILY;COUNT=3 ex=20260304T090000@" STOCKHOLM,
		MARCH, "20260303T0800+0 20260305T0800+0" },
	{ "3.8.5.1 EXDATE in UTC",
		"s=20260303T090000@ r=FREQ=DAILY;COUNT=3 ex=20260304T080000Z" STOCKHOLM, MARCH,
		"20260303T0800+0 20260305T0800+0" },
	{ "3.8.5.1 EXDATE of DTSTART; COUNT stays",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=3 ex=20260303T090000Z", MARCH,
		"20260304T0900+0 20260305T0900+0" },
	{ "3.8.5.1 EXDATE a date, of times",
		"s=20260303T233000@ r=FREQ=DAILY;COUNT=3 ex=20260304" STOCKHOLM, MARCH,
		"20260303T2230+0 20260305T2230+0" },
	{ "3.8.5.1 EXDATE of dates", "s=20260303 r=FREQ=DAILY;COUNT=3 ex=20260304,20260305", MARCH,
		"20260303T0500+1440*" },
	{ "EXDATE midnight UTC, of dates", "s=20260303 r=FREQ=DAILY;COUNT=2 ex=20260304T000000Z",
		MARCH, "20260303T0500+1440*" },
	{ "EXDATE of another time", "s=20260303T090000Z r=FREQ=DAILY;COUNT=2 ex=20260304T090001Z",
		MARCH, "20260303T0900+0 20260304T0900+0" },
	{ "3.8.5.1 EXDATE of an RDATE",
		"s=20260303T090000Z rd=20260305T090000Z ex=20260305T090000Z", MARCH,
		"20260303T0900+0" },
	{ "EXDATE of the only one", "s=20260303T090000Z ex=20260303T090000Z", MARCH, "" },
	/* RECURRENCE-ID. */
	{ "3.8.4.4 moved inside",
		"s=20260303T090000Z m=30 r=FREQ=DAILY;COUNT=3\n"
		"id=20260304T090000Z s=20260304T150000Z m=60",
		MARCH, "20260303T0900+30 20260304T1500+60 20260305T0900+30" },
	{ "3.8.4.4 moved out of the window",
		"s=20260303T090000Z r=FREQ=WEEKLY;COUNT=2\nid=20260310T090000Z s=20260410T090000Z",
		MARCH, "20260303T0900+0" },
	{ "3.8.4.4 moved into the window",
		"s=20260403T090000Z r=FREQ=WEEKLY\nid=20260410T090000Z s=20260310T090000Z", MARCH,
		"20260310T0900+0" },
	{ "3.8.4.4 RECURRENCE-ID in UTC",
		"s=20260303T090000@ r=FREQ=DAILY;COUNT=2" STOCKHOLM
		"\nid=20260304T080000Z s=20260304T100000@" STOCKHOLM,
		MARCH, "20260303T0800+0 20260304T0900+0" },
	{ "RECURRENCE-ID a date, of times",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=2\nid=20260304 s=20260304T100000Z", MARCH,
		"20260303T0900+0 20260304T1000+0" },
	{ "3.8.4.4 of dates", "s=20260303 r=FREQ=DAILY;COUNT=2\nid=20260304 s=20260306", MARCH,
		"20260303T0500+1440* 20260306T0500+1440*" },
	{ "a date becomes a time",
		"s=20260303 r=FREQ=DAILY;COUNT=2\nid=20260304 s=20260304T090000Z m=5", MARCH,
		"20260303T0500+1440* 20260304T0900+5" },
	{ "one cancelled",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=2\n"
		"id=20260304T090000Z s=20260304T090000Z cancelled",
		MARCH, "20260303T0900+0" },
	{ "all cancelled", "s=20260303T090000Z r=FREQ=DAILY;COUNT=2 cancelled", MARCH, "" },
	{ "all cancelled after a change",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=2 cancelled seq=2\n"
		"id=20260304T090000Z s=20260304T100000Z seq=1",
		MARCH, "" },
	{ "an override alone", "id=20260304T090000Z s=20260304T100000Z", MARCH, "20260304T1000+0" },
	{ "EXDATE and override",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=2 ex=20260304T090000Z\n"
		"id=20260304T090000Z s=20260304T100000Z",
		MARCH, "20260303T0900+0 20260304T1000+0" },
	{ "3.8.7.4 the higher SEQUENCE",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=2\n"
		"id=20260304T090000Z s=20260304T120000Z seq=2\n"
		"id=20260304T090000Z s=20260304T110000Z seq=1",
		MARCH, "20260303T0900+0 20260304T1200+0" },
	{ "3.8.7.4 of equal ones the last", "s=20260303T090000Z\ns=20260304T090000Z", MARCH,
		"20260304T0900+0" },
	{ "two UIDs",
		"u=b s=20260303T100000Z\nu=a s=20260303T090000Z\n"
		"u=b id=20260303T100000Z s=20260303T110000Z",
		MARCH, "20260303T0900+0 20260303T1100+0" },
	/* RANGE=THISANDFUTURE. */
	{ "3.2.13 later and longer",
		"s=20260303T090000Z m=30 r=FREQ=DAILY;COUNT=4\n"
		"idf=20260305T090000Z s=20260305T100000Z m=60",
		MARCH, "20260303T0900+30 20260304T0900+30 20260305T1000+60 20260306T1000+60" },
	{ "3.2.13 the wall clock is moved",
		"s=20260327T090000@ m=30 r=FREQ=DAILY;COUNT=4" STOCKHOLM
		"\nidf=20260328T090000@ s=20260328T110000@ m=30" STOCKHOLM,
		MARCH, "20260327T0800+30 20260328T1000+30 20260329T0900+30 20260330T0900+30" },
	{ "3.2.13 out of the gap",
		"s=20260327T023000@ r=FREQ=DAILY;COUNT=4" STOCKHOLM
		"\nidf=20260328T023000@ s=20260328T103000@" STOCKHOLM,
		MARCH, "20260327T0130+0 20260328T0930+0 20260329T0830+0 20260330T0830+0" },
	{ "3.2.13 the end of a series",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=4\n"
		"idf=20260305T090000Z s=20260305T090000Z cancelled",
		MARCH, "20260303T0900+0 20260304T0900+0" },
	{ "3.2.13 two of them, and one alone",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=6\n"
		"idf=20260304T090000Z s=20260304T100000Z\n"
		"idf=20260306T090000Z s=20260306T110000Z\n"
		"id=20260307T090000Z s=20260307T120000Z",
		MARCH,
		"20260303T0900+0 20260304T1000+0 20260305T1000+0 20260306T1100+0 "
		"20260307T1200+0 20260308T1100+0" },
	{ "3.2.13 moved by months, into the window",
		"s=20260901T090000Z r=FREQ=DAILY;COUNT=3\n"
		"idf=20260902T090000Z s=20260310T080000Z m=5",
		MARCH, "20260310T0800+5 20260311T0800+5" },
	{ "3.2.13 to another zone",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=3\n"
		"idf=20260304T090000Z s=20260304T110000@" STOCKHOLM,
		MARCH, "20260303T0900+0 20260304T1000+0 20260305T1000+0" },
	{ "3.2.13 to whole days",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=3\nidf=20260304T090000Z s=20260304", MARCH,
		"20260303T0900+0 20260304T0500+1440* 20260305T0500+1440*" },
	{ "3.2.13 long before the window",
		"s=20200101T090000Z m=5 r=FREQ=WEEKLY\n"
		"idf=20210106T090000Z s=20210107T100000Z m=5",
		"20260301", "20260308", "20260305T1000+5" },
	/* What is left out, and what is kept for its kind. */
	{ "declined by the owner", "s=20260303T090000Z no=bob@x.org,alice@x.org", MARCH, "" },
	{ "declined by another", "s=20260303T090000Z no=bob@x.org", MARCH, "20260303T0900+0" },
	{ "declined by a namesake", "s=20260303T090000Z no=malice@x.org,alice@x.org.uk", MARCH,
		"20260303T0900+0" },
	{ "one instance declined",
		"s=20260303T090000Z r=FREQ=DAILY;COUNT=2\n"
		"id=20260303T090000Z s=20260303T090000Z no=alice@x.org",
		MARCH, "20260304T0900+0" },
	{ "3.8.2.7 transparent", "s=20260303T090000Z k=free", MARCH, "20260303T0900+0" },
	/* RFC 7953. */
	{ "7953 3.1 without an end", "s=20260303T090000Z k=unavailable", MARCH,
		"20260303T0900+4193829540" },
	{ "7953 3.1 AVAILABLE is cut to its parent",
		"u=v s=20260303T090000Z m=120 k=unavailable\n"
		"p=v s=20260302T100000Z m=120 k=available r=FREQ=DAILY",
		MARCH, "20260303T0900+120 20260303T1000+60" },
};

static void test_table(void **state)
{
	struct calendar_view view = view_of("America/New_York", "alice@x.org");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct row *r = &table[i];
		_cleanup_(calendar_freep) struct calendar *c = read_calendar(r->text);
		struct occurrences o = { 0 };
		struct strbuf text = STRBUF_INIT;
		struct err err;

		if (calendar_expand(c, &view, read_time(r->from), read_time(r->to), &o, &err) < 0)
			fail_msg("%s: %s", r->name, err.msg);
		if (o.refused_n)
			fail_msg("%s: %s", r->name, o.error);
		print_list(&text, &o);
		if (strcmp(text.s, r->expect) != 0)
			fail_msg("%s:\n  %s, not\n  %s", r->name, text.s, r->expect);
		occurrences_done(&o);
		strbuf_done(&text);
	}
}

/* Whole days where midnight is skipped or comes twice, or the day does not exist. */
static void test_midnight(void **state)
{
	static const struct {
		const char *zone, *day, *expect;
	} days[] = {
		{ "Asia/Beirut", "20260329", "20260328T2200+1380*" },
		{ "Asia/Beirut", "20261024", "20261023T2100+1500*" },
		{ "Africa/Cairo", "20260424", "20260423T2200+1380*" },
		{ "America/Havana", "20260308", "20260308T0500+1380*" },
		{ "America/Havana", "20251102", "20251102T0400+1500*" },
		{ "Atlantic/Azores", "20261025", "20261025T0000+1500*" },
		{ "America/Santiago", "20260905", "20260905T0400+1440*" },
		{ "America/Santiago", "20260906", "20260906T0400+1380*" },
		{ "Pacific/Apia", "20111229", "20111229T1000+1440*" },
		{ "Pacific/Apia", "20111230", "20111230T1000+0*" },
		{ "Pacific/Apia", "20111231", "20111230T1000+1440*" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		struct calendar_view view = view_of(days[i].zone, "");
		_cleanup_(calendar_freep) struct calendar *c = NULL;
		struct occurrences o = { 0 };
		struct strbuf text = STRBUF_INIT;

		strbuf_addf(&text, "s=%s", days[i].day);
		c = read_calendar(text.s);
		strbuf_cut(&text, 0);
		assert_int_equal(calendar_expand(c, &view, read_time("20110101"),
					 read_time("20270101"), &o, NULL),
			0);
		print_list(&text, &o);
		if (strcmp(text.s, days[i].expect) != 0)
			fail_msg("%s in %s: %s, not %s", days[i].day, days[i].zone, text.s,
				days[i].expect);
		occurrences_done(&o);
		strbuf_done(&text);
	}
}

/* What is left out, with the rest kept. */
static void test_refused(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "r=FREQ=NEVER", "event 'x': " },
		{ "r=FREQ=DAILY\n", "event 'x': " },
		{ "r=FREQ=SECONDLY", "event 'x': it takes place more than 50000 times" },
		{ "r=FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12;BYMINUTE=1,2,3,4,5,6,7,8,9,10,11,"
		  "12,13,14;BYSECOND=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
			"event 'x': it takes place more than 50000 times" },
		{ "s=19700101T000000Z r=FREQ=SECONDLY;INTERVAL=7;BYSECOND=0;COUNT=1000000",
			"event 'x': its rule 'FREQ=SECONDLY" },
		{ "m=9999999", "event 'x': it is longer than 3660 days" },
		{ "d=3661", "event 'x': it is longer than 3660 days" },
		{ "s=20260301T090000@ z=Europe/Atlantis", "event 'x': " },
		{ "s=20260301 r=FREQ=HOURLY", "event 'x': it is for whole days" },
		{ "k=available p=y", "event 'x': its VAVAILABILITY 'y' is missing" },
		{ "k=available p=y r=FREQ=DAILY", "event 'x': its VAVAILABILITY 'y' is missing" },
		{ "r=FREQ=DAILY\nu=x idf=20260301T090000Z s=20460101T090000Z",
			"event 'x': it is moved by more than 3660 days" },
	};
	struct calendar_view view = view_of("UTC", "");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(calendar_freep) struct calendar *c = NULL;
		struct strbuf text = STRBUF_INIT;
		struct occurrences o = { 0 };
		const char *rest = rows[i].text;

		strbuf_addf(&text, "u=a s=20260302T090000Z\nu=x s=20260301T090000Z %s", rest);
		if (text.s[text.len - 1] == '\n') {
			strbuf_cut(&text, text.len - 1);
			for (int n = 0; n < EVENT_RULES_MAX; n++)
				strbuf_adds(&text, "|FREQ=DAILY");
		}
		c = read_calendar(text.s);
		assert_int_equal(calendar_expand(c, &view, read_time("20260301"),
					 read_time("20260401"), &o, NULL),
			0);
		if (o.refused_n != 1 || strncmp(o.error, rows[i].error, strlen(rows[i].error)) != 0)
			fail_msg("%s: %zu, %s", rows[i].text, o.refused_n, o.error);
		for (size_t j = 0; j < o.n; j++) {
			/* An override stands for itself. */
			if (strcmp(o.list[j].uid, "a") != 0)
				fail_msg("%s: still there", rows[i].text);
		}
		assert_int_equal(o.n, 1);
		occurrences_done(&o);
		strbuf_done(&text);
	}
}

static void test_words(void **state)
{
	_cleanup_(calendar_freep) struct calendar *c =
		read_calendar("u=a s=20260303T090000Z t=Lunch\n"
			      "u=b s=20260303T100000Z t=Doctor secret k=oof");
	struct calendar_view view = view_of("UTC", "");
	struct occurrences o = { 0 };

	(void)state;
	event_set(&c->events[0].categories, "Private\nFood");
	assert_int_equal(calendar_expand(c, &view, INT64_MIN, 0, &o, NULL), -1);
	assert_int_equal(calendar_expand(c, &view, INT64_MAX, INT64_MIN, &o, NULL), 0);
	assert_int_equal(o.n, 0);
	assert_int_equal(calendar_expand(c, &view, read_time("20200101"), INT64_MAX, &o, NULL), -1);
	assert_int_equal(
		calendar_expand(c, &view, read_time("20200101"), read_time("20300101"), &o, NULL),
		0);
	assert_int_equal(o.n, 2);
	assert_string_equal(o.list[0].uid, "a");
	assert_string_equal(o.list[0].summary, "Lunch");
	assert_string_equal(o.list[0].categories, "Private\nFood");
	assert_int_equal(o.list[0].kind, EVENT_BUSY);
	assert_string_equal(o.list[1].summary, "(private)");
	assert_int_equal(o.list[1].kind, EVENT_OOF);
	occurrences_done(&o);
}

static void test_unknown_owner(void **state)
{
	static const struct {
		const char *declined;
		size_t n;
	} rows[] = { { "", 1 }, { "bob@x.org", 0 }, { "bob@x.org\n", 0 },
		{ "bob@x.org\nalice@x.org", 1 } };
	struct calendar_view view = view_of("UTC", "");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(calendar_freep) struct calendar *c = read_calendar("s=20260303T090000Z");
		struct occurrences o = { 0 };

		event_set(&c->events[0].declined, rows[i].declined);
		assert_int_equal(calendar_expand(c, &view, read_time("20260301"),
					 read_time("20260401"), &o, NULL),
			0);
		if (o.n != rows[i].n)
			fail_msg("'%s': %zu", rows[i].declined, o.n);
		occurrences_done(&o);
	}
}

static void test_kinds(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		assert_int_equal(event_kind_parse(event_kind_name((enum event_kind)i)), i);
	assert_int_equal(event_kind_parse("asleep"), -1);
}

/* Zones of the file itself come before those of the system. */
static void test_own_zone(void **state)
{
	_cleanup_(calendar_freep) struct calendar *c =
		read_calendar("s=20260303T090000@ z=Europe/Stockholm");
	struct calendar_view view = view_of("UTC", "");
	struct occurrences o = { 0 };

	(void)state;
	c->zones = xcalloc(1, sizeof(*c->zones));
	c->zones_n = c->zones_cap = 1;
	assert_int_equal(
		zone_from_changes("Europe/Stockholm", -7200, NULL, 0, &c->zones[0], NULL), 0);
	assert_int_equal(
		calendar_expand(c, &view, read_time("20260301"), read_time("20260401"), &o, NULL),
		0);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.list[0].start, read_time("20260303T110000Z"));
	occurrences_done(&o);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_unknown_owner),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_own_zone),
	};

	return cmocka_run_group_tests(tests, NULL, test_calendar_done);
}
