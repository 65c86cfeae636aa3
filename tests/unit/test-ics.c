/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iCalendar data to events: what is taken, what is refused, and how much of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/binding/ics.h"
#include "lib/binding/zonefile.h"

static struct zonefiles *files;

static void print_time(struct strbuf *to, enum time_form form, int64_t at, const char *zone)
{
	struct civil c;

	civil_from_seconds(at, &c);
	strbuf_addf(to, "%04d%02d%02d", c.year, c.month, c.day);
	if (form != TIME_DATE)
		strbuf_addf(to, "T%02d%02d%02d", c.hour, c.minute, c.second);
	strbuf_adds(to, form == TIME_IN_UTC ? "Z" : form == TIME_ZONED ? "@" : "");
	strbuf_adds(to, form == TIME_ZONED ? zone : "");
}

static void print_dates(struct strbuf *to, const char *name, const struct event_date *list,
	size_t n, const struct event *e)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_addf(to, " %s ", name);
		print_time(to, list[i].form, list[i].at, e->zone);
		if (list[i].length >= 0)
			strbuf_addf(to, "/%lld", (long long)list[i].length);
	}
}

/* An event in one line. */
static void print_event(struct strbuf *to, const struct event *e)
{
	strbuf_addf(to, "%s %s ", e->uid, event_kind_name(e->kind));
	print_time(to, e->form, e->start, e->zone);
	strbuf_addf(to, " %dd%llds", e->days, (long long)e->seconds);
	if (*e->rule)
		strbuf_addf(to, " %s", e->rule);
	print_dates(to, "+", e->rdates, e->rdates_n, e);
	print_dates(to, "-", e->exdates, e->exdates_n, e);
	if (e->is_override)
		print_dates(to, e->future ? "instead>" : "instead", &e->instance, 1, e);
	if (*e->parent)
		strbuf_addf(to, " in %s", e->parent);
	if (*e->summary)
		strbuf_addf(to, " '%s'", e->summary);
	if (*e->categories)
		strbuf_addf(to, " [%s]", e->categories);
	if (*e->declined)
		strbuf_addf(to, " declined(%s)", e->declined);
	if (e->cancelled)
		strbuf_adds(to, " cancelled");
	if (e->secret)
		strbuf_adds(to, " secret");
	if (e->sequence)
		strbuf_addf(to, " #%lld", (long long)e->sequence);
	strbuf_addc(to, '\n');
}

/* Events, and lines "! ..." for what was refused, "!! ..." for an error. */
static char *read_all(const void *bytes, size_t n)
{
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct strbuf to = STRBUF_INIT;
	struct ics_report report;
	struct err err = { 0 };

	if (ics_parse(bytes, n, zonefiles_zones(files), &c, &report, &err) < 0) {
		assert_int_equal(err.code, ERR_FAILED);
		assert_null(c);
		strbuf_addf(&to, "!! %s\n", err.msg);
	} else {
		if (*report.name || *report.zone)
			strbuf_addf(&to, "= %s, %s\n", report.name, report.zone);
		for (size_t i = 0; i < c->events_n; i++)
			print_event(&to, &c->events[i]);
		for (char *s = strtok(report.refusals.s, "\n"); s; s = strtok(NULL, "\n"))
			strbuf_addf(&to, "! %s\n", s);
	}
	ics_report_done(&report);
	return strbuf_take(&to);
}

struct row {
	const char *name, *text, *expect;
};

static void check(const struct row *row, const char *text, size_t n, const char *what)
{
	_cleanup_(freep) char *got = read_all(text, n);

	if (strcmp(got, row->expect) != 0)
		fail_msg("%s%s\nexpected:\n%sgot:\n%s", row->name, what, row->expect, got);
}

/* Line ends of another kind. */
static char *with_ends(const char *text, const char *end)
{
	struct strbuf to = STRBUF_INIT;

	for (; *text; text++) {
		if (*text == '\n')
			strbuf_adds(&to, end);
		else
			strbuf_addc(&to, *text);
	}
	return strbuf_take(&to);
}

#define CAL(text)   "BEGIN:VCALENDAR\nVERSION:2.0\n" text "END:VCALENDAR\n"
#define EVENT(text) CAL("BEGIN:VEVENT\nUID:u\n" text "END:VEVENT\n")
#define START       "DTSTART:20260105T090000Z\n"
#define NONE(why)   "!! its only event cannot be used: u: " why "\n"

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_(freep) char *crlf = with_ends(rows[i].text, "\r\n");
		_cleanup_(freep) char *cr = with_ends(rows[i].text, "\r");

		check(&rows[i], rows[i].text, strlen(rows[i].text), "");
		check(&rows[i], crlf, strlen(crlf), ", CRLF");
		check(&rows[i], cr, strlen(cr), ", CR");
	}
}

static void test_times(void **state)
{
	static const struct row rows[] = {
		{ "UTC", EVENT(START "DTEND:20260105T100000Z\n"),
			"u busy 20260105T090000Z 0d3600s\n" },
		{ "zero length", EVENT(START "DTEND:20260105T090000Z\n"),
			"u busy 20260105T090000Z 0d0s\n" },
		{ "no end: no length (3.6.1)", EVENT(START), "u busy 20260105T090000Z 0d0s\n" },
		{ "floating", EVENT("DTSTART:20260105T090000\nDTEND:20260105T093000\n"),
			"u busy 20260105T090000 0d1800s\n" },
		{ "date", EVENT("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260108\n"),
			"u busy 20260105 3d0s\n" },
		{ "date without VALUE", EVENT("DTSTART:20260105\nDTEND:20260106\n"),
			"u busy 20260105 1d0s\n" },
		{ "date without end: a day (3.6.1)", EVENT("DTSTART;VALUE=DATE:20260105\n"),
			"u busy 20260105 1d0s\n" },
		{ "date that ends on itself",
			EVENT("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260105\n"),
			"u busy 20260105 1d0s\n" },
		{ "duration", EVENT(START "DURATION:P1DT2H30M\n"),
			"u busy 20260105T090000Z 1d9000s\n" },
		{ "weeks", EVENT(START "DURATION:P2W\n"), "u busy 20260105T090000Z 14d0s\n" },
		{ "zone",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=Europe/Berlin:20260105T100000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d3600s\n" },
		{ "a day of 23 hours: exact seconds (3.6.1)",
			EVENT("DTSTART;TZID=Europe/Berlin:20260328T120000\nDTEND;TZID=Europe/Berlin:20260329T120000\n"),
			"u busy 20260328T120000@Europe/Berlin 0d82800s\n" },
		{ "a flight",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=America/New_York:20260105T110000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d28800s\n" },
		{ "end without its zone",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND:20260105T100000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d3600s\n" },
		{ "Windows zone", EVENT("DTSTART;TZID=W. Europe Standard Time:20260105T090000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d0s\n" },
		{ "prefixed zone",
			EVENT("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260105T090000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d0s\n" },
		{ "a colon in TZID without quotes",
			EVENT("DTSTART;TZID=GMT+01:00:20260105T090000\n"),
			"u busy 20260105T090000@Etc/GMT-1 0d0s\n" },
		{ "TZID next to Z (3.2.19)", EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000Z\n"),
			"u busy 20260105T090000Z 0d0s\n" },
		{ "24:00", EVENT("DTSTART:20260105T240000Z\n"), "u busy 20260106T000000Z 0d0s\n" },
		{ "leap second", EVENT("DTSTART:20161231T235960Z\n"),
			"u busy 20161231T235959Z 0d0s\n" },
		{ "blank behind the value", EVENT("DTSTART:20260105T090000Z  \n"),
			"u busy 20260105T090000Z 0d0s\n" },
		{ "lower case names", EVENT("dtstart;value=date:20260105\n"),
			"u busy 20260105 1d0s\n" },
		{ "no such day", EVENT("DTSTART:20260230T090000Z\n"),
			NONE("DTSTART has a date or time that does not exist") },
		{ "no such hour", EVENT("DTSTART:20260105T250000Z\n"),
			NONE("DTSTART has a date or time that does not exist") },
		{ "no time", EVENT("DTSTART:tomorrow\n"),
			NONE("DTSTART has a value that cannot be read") },
		{ "no start", EVENT("DTEND:20260105T090000Z\n"), NONE("it has no DTSTART") },
		{ "empty start", EVENT("DTSTART:\n"), NONE("it has no DTSTART") },
		{ "two starts", EVENT(START START), NONE("it has more than one DTSTART") },
		{ "ends before", EVENT(START "DTEND:20260105T080000Z\n"),
			NONE("it ends before it starts") },
		{ "negative", EVENT(START "DURATION:-PT1H\n"), NONE("its DURATION is negative") },
		{ "years", EVENT(START "DURATION:P99999W\n"), NONE("it is longer than ten years") },
		{ "too many digits", EVENT(START "DURATION:PT99999999999S\n"),
			NONE("DURATION has the value 'PT99999999999S'") },
		{ "time next to date",
			EVENT("DTSTART;VALUE=DATE:20260105\nDTEND:20260105T100000Z\n"),
			NONE("its start and end are not the same kind of time") },
		{ "unknown zone", EVENT("DTSTART;TZID=Mars/Olympus:20260105T090000\n"),
			NONE("DTSTART: the time zone 'Mars/Olympus' is neither known nor defined by a VTIMEZONE") },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_recurrence(void **state)
{
	static const struct row rows[] = {
		{ "BYWEEKNO=-53, which libical does not survive, is a rule (3.3.10)",
			EVENT(START "RRULE:FREQ=YEARLY;BYWEEKNO=-53\n"),
			"u busy 20260105T090000Z 0d0s FREQ=YEARLY;BYWEEKNO=-53\n" },
		{ "rule", EVENT(START "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5\n"),
			"u busy 20260105T090000Z 0d0s FREQ=WEEKLY;COUNT=5;BYDAY=MO\n" },
		{ "two rules", EVENT(START "RRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2\n"),
			"u busy 20260105T090000Z 0d0s FREQ=DAILY;COUNT=2\nFREQ=WEEKLY;COUNT=2\n" },
		{ "UNTIL in UTC",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260105T080000Z\n"),
			"u busy 20260105T090000@Europe/Berlin 0d0s FREQ=DAILY;UNTIL=20260105T080000Z\n" },
		{ "UNTIL in UTC, before",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260105T075959Z\n"),
			NONE("the UNTIL of its RRULE is before DTSTART") },
		{ "UNTIL as date, that day", EVENT(START "RRULE:FREQ=DAILY;UNTIL=20260105\n"),
			"u busy 20260105T090000Z 0d0s FREQ=DAILY;UNTIL=20260105\n" },
		{ "UNTIL as date, before", EVENT(START "RRULE:FREQ=DAILY;UNTIL=20260104\n"),
			NONE("the UNTIL of its RRULE is before DTSTART") },
		{ "RDATE", EVENT(START "RDATE:20260106T090000Z,20260107T090000Z\n"),
			"u busy 20260105T090000Z 0d0s + 20260106T090000Z + 20260107T090000Z\n" },
		{ "RDATE periods (3.8.5.2)",
			EVENT(START
				"RDATE;VALUE=PERIOD:20260106T090000Z/PT1H,20260107T090000Z/20260107T093000Z\n"),
			"u busy 20260105T090000Z 0d0s + 20260106T090000Z/3600 + 20260107T090000Z/1800\n" },
		{ "RDATE of another zone is UTC",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nRDATE;TZID=America/New_York:20260106T090000\nRDATE;TZID=Europe/Berlin:20260107T090000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d0s + 20260106T140000Z + 20260107T090000@Europe/Berlin\n" },
		{ "EXDATE before DTSTART in the file, doubled comma, empty",
			EVENT("EXDATE;TZID=Europe/Berlin:20260106T090000,,20260107T090000,\nEXDATE:\nDTSTART;TZID=Europe/Berlin:20260105T090000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d0s - 20260106T090000@Europe/Berlin - 20260107T090000@Europe/Berlin\n" },
		{ "EXDATE without its zone",
			EVENT("DTSTART;TZID=Europe/Berlin:20260105T090000\nEXDATE:20260106T090000\n"),
			"u busy 20260105T090000@Europe/Berlin 0d0s - 20260106T090000@Europe/Berlin\n" },
		{ "EXDATE as date", EVENT(START "EXDATE;VALUE=DATE:20260106\n"),
			"u busy 20260105T090000Z 0d0s - 20260106\n" },
		{ "EXDATE of rubbish", EVENT(START "EXDATE:20260106T090000Z,never\n"),
			NONE("EXDATE has a value that cannot be read") },
		{ "EXRULE, and more than one RRULE",
			EVENT(START
				"RRULE:FREQ=DAILY\nEXRULE:BYDAY=SU;FREQ=WEEKLY\nRRULE:FREQ=MONTHLY\n"),
			"u busy 20260105T090000Z 0d0s FREQ=DAILY\n-FREQ=WEEKLY;BYDAY=SU\nFREQ=MONTHLY\n" },
		{ "EXRULE that cannot be read", EVENT(START "EXRULE:FREQ=NEVER\n"),
			NONE("its EXRULE: FREQ takes YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY or SECONDLY, not 'NEVER'") },
		{ "override, cancelled and future instances",
			CAL("BEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260107T090000Z\nDTSTART:20260107T100000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260106T090000Z\nSTATUS:CANCELLED\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:u\n" START "RRULE:FREQ=DAILY\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260108T090000Z\nDTSTART:20260108T120000Z\nEND:VEVENT\n"),
			"u busy 20260105T090000Z 0d0s FREQ=DAILY\n"
			"u busy 20260106T090000Z 0d0s instead 20260106T090000Z cancelled\n"
			"u busy 20260107T100000Z 0d0s instead 20260107T090000Z\n"
			"u busy 20260108T120000Z 0d0s instead> 20260108T090000Z\n" },
		{ "the highest SEQUENCE wins",
			CAL("BEGIN:VEVENT\nUID:u\nSEQUENCE:3\n" START "SUMMARY:new\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:u\nSEQUENCE:1\n" START "SUMMARY:old\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:a\n" START "SUMMARY:first\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:a\n" START "SUMMARY:last\nEND:VEVENT\n"),
			"a busy 20260105T090000Z 0d0s 'last'\nu busy 20260105T090000Z 0d0s 'new' #3\n" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Each is an error, and none takes time. */
static void test_hostile_rules(void **state)
{
	static const char *const rules[] = { "FREQ=YEARLY;BYWEEKNO=-54", "FREQ=SECONDLY",
		"FREQ=SECONDLY;BYSECOND=1", "FREQ=DAILY;COUNT=99999999", "FREQ=DAILY;BYSETPOS=1",
		"FREQ=DAILY;UNTIL=20250101", "FREQ=DAILY;COUNT=2;UNTIL=20270101", "", "x",
		"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;FREQ=DAILY", "BYDAY=MO",
		"FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;BYMONTHDAY=99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		char text[300];
		_cleanup_(freep) char *got = NULL;

		snprintf(text, sizeof(text), EVENT(START "RRULE:%s\n"), *rules[i] ? rules[i] : ";");
		got = read_all(text, strlen(text));
		if (strncmp(got, NONE(""), strlen(NONE("")) - 1) != 0 || !strstr(got, "RRULE"))
			fail_msg("%s: %s", rules[i], got);
	}
}

static void test_words(void **state)
{
	static const struct row rows[] = {
		{ "texts",
			EVENT(START
				"SUMMARY:a\\, b\\nc\\;d\\\\e\nCATEGORIES:x,y\\,z\nCATEGORIES:w\n"),
			"u busy 20260105T090000Z 0d0s 'a, b c;d\\e' [x\ny,z\nw]\n" },
		{ "folded", EVENT(START "SUMM\n ARY:one \n two\n\tthree\n"),
			"u busy 20260105T090000Z 0d0s 'one twothree'\n" },
		{ "folded inside a character", EVENT(START "SUMMARY:\xc3\n \xa5\n"),
			"u busy 20260105T090000Z 0d0s '\xc3\xa5'\n" },
		{ "Latin-1", EVENT(START "SUMMARY:\xe5\xe4\xf6 \x80\nCATEGORIES:\xc3\xa5\n"),
			"u busy 20260105T090000Z 0d0s '\xc3\xa5\xc3\xa4\xc3\xb6 \xe2\x82\xac' [\xc3\xa5]\n" },
		{ "BOM", "\xef\xbb\xbf" EVENT(START), "u busy 20260105T090000Z 0d0s\n" },
		{ "control bytes", EVENT(START "SUMMARY:a\x1b[31mb\x7f\xc2\x9b\n"),
			"u busy 20260105T090000Z 0d0s 'a?[31mb?"
			"?"
			"?'\n" },
		{ "private", EVENT(START "CLASS:PRIVATE\n"),
			"u busy 20260105T090000Z 0d0s secret\n" },
		{ "confidential", EVENT(START "CLASS:CONFIDENTIAL\n"),
			"u busy 20260105T090000Z 0d0s secret\n" },
		{ "public", EVENT(START "CLASS:PUBLIC\n"), "u busy 20260105T090000Z 0d0s\n" },
		{ "a class of their own is private (3.8.1.3)", EVENT(START "CLASS:X-PERSONAL\n"),
			"u busy 20260105T090000Z 0d0s secret\n" },
		{ "transparent", EVENT(START "TRANSP:TRANSPARENT\n"),
			"u free 20260105T090000Z 0d0s\n" },
		{ "Outlook: free", EVENT(START "X-MICROSOFT-CDO-BUSYSTATUS:FREE\n"),
			"u free 20260105T090000Z 0d0s\n" },
		{ "Outlook: tentative",
			EVENT(START "TRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\n"),
			"u free 20260105T090000Z 0d0s\n" },
		{ "Outlook: elsewhere",
			EVENT(START "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\n"),
			"u free 20260105T090000Z 0d0s\n" },
		{ "Outlook: out of office", EVENT(START "x-microsoft-cdo-busystatus:oof\n"),
			"u oof 20260105T090000Z 0d0s\n" },
		{ "tentative is busy", EVENT(START "STATUS:TENTATIVE\n"),
			"u busy 20260105T090000Z 0d0s\n" },
		{ "cancelled", EVENT(START "STATUS:CANCELLED\n"),
			"u busy 20260105T090000Z 0d0s cancelled\n" },
		{ "attendees",
			EVENT(START
				"ATTENDEE;PARTSTAT=ACCEPTED;CN=declined:mailto:a@x\n"
				"ATTENDEE;PARTSTAT=DECLINED;CN=\"B; c: d\":MAILTO:Bob@Example.COM\n"
				"ATTENDEE;EMAIL=eve@x;PARTSTAT=declined:urn:uuid:1\n"),
			"u busy 20260105T090000Z 0d0s declined(bob@example.com\neve@x)\n" },
		{ "name and zone of the calendar",
			CAL("X-WR-CALNAME:Team\\, north\nX-WR-TIMEZONE:W. Europe Standard Time\nBEGIN:VEVENT\nUID:u\n" START
			    "END:VEVENT\n"),
			"= Team, north, Europe/Berlin\nu busy 20260105T090000Z 0d0s\n" },
		{ "no UID", CAL("BEGIN:VEVENT\n" START "END:VEVENT\n"),
			"no-uid-888491bc2e0a4c11 busy 20260105T090000Z 0d0s\n" },
		{ "values that are odd but harm nothing",
			EVENT(START
				"STATUS:DONE\nTRANSP:GLASS\nSEQUENCE:x\nSUMMARY;VALUE=DATE:20260101\nCATEGORIES:\nCLASS:\n"),
			"u busy 20260105T090000Z 0d0s '20260101'\n" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_structure(void **state)
{
	static const struct row rows[] = {
		{ "one broken event, the others count",
			CAL("BEGIN:VEVENT\nUID:bad\nDTSTART:x\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:y\nEND:VEVENT\n"
			    "BEGIN:VEVENT\nUID:good\n" START "END:VEVENT\n"),
			"good busy 20260105T090000Z 0d0s\n"
			"! bad: DTSTART has a value that cannot be read\n"
			"! VEVENT of line 7: DTSTART has a value that cannot be read\n" },
		{ "alarms and tasks are no events",
			CAL("BEGIN:VTODO\nUID:t\n" START "END:VTODO\n"
			    "BEGIN:VEVENT\nUID:u\nBEGIN:VALARM\nDURATION:PT1H\nSUMMARY:no\nEND:VALARM\n" START
			    "END:VEVENT\n"),
			"u busy 20260105T090000Z 0d0s\n" },
		{ "two calendars in a file",
			EVENT(START) CAL("BEGIN:VEVENT\nUID:v\n" START "END:VEVENT\n"),
			"u busy 20260105T090000Z 0d0s\nv busy 20260105T090000Z 0d0s\n" },
		{ "an END that is missing",
			CAL("BEGIN:VEVENT\nUID:bad\n" START "BEGIN:VEVENT\nUID:good\n" START
			    "END:VEVENT\n"),
			"good busy 20260105T090000Z 0d0s\n! bad: END:VEVENT is missing before line 6\n" },
		{ "an END too many",
			CAL("END:VTODO\nBEGIN:VEVENT\nUID:u\n" START
			    "END:VALARM\nEND:VEVENT\nEND:VEVENT\n"),
			"u busy 20260105T090000Z 0d0s\n" },
		{ "availability (RFC 7953)",
			CAL("BEGIN:VAVAILABILITY\nUID:w\n" START "DTEND:20260205T090000Z\n"
			    "BEGIN:AVAILABLE\nUID:w1\nDTSTART:20260105T090000Z\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;BYDAY=MO\nSUMMARY:in\nEND:AVAILABLE\n"
			    "BEGIN:AVAILABLE\nUID:w2\nEND:AVAILABLE\nEND:VAVAILABILITY\n"),
			"w unavailable 20260105T090000Z 0d2678400s\n"
			"w1 available 20260105T090000Z 0d28800s FREQ=WEEKLY;BYDAY=MO in w 'in'\n"
			"! w2: it has no DTSTART\n" },
		{ "availability from ever on, for ever",
			CAL("BEGIN:VAVAILABILITY\nUID:w\nEND:VAVAILABILITY\n"),
			"w unavailable 00010101T000000Z 0d0s\n" },
		{ "availability that only ends",
			CAL("BEGIN:VAVAILABILITY\nUID:w\nDTEND:20260105T090000Z\nEND:VAVAILABILITY\n"),
			"w unavailable 20151229T090000Z 0d316224000s\n" },
		{ "AVAILABLE alone", CAL("BEGIN:AVAILABLE\nUID:u\n" START "END:AVAILABLE\n"),
			NONE("it is not inside a VAVAILABILITY") },
		{ "no event: its owner is free", CAL(""), "" },
		{ "only tasks", CAL("BEGIN:VTODO\nUID:t\nEND:VTODO\n"), "" },
		{ "empty", "", "!! there is no data\n" },
		{ "blank", " \n\n", "!! there is no data\n" },
		{ "a login page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n",
			"!! this is a web page (HTML or XML), not iCalendar data; is it a login page?\n" },
		{ "some text", "hello\n",
			"!! this is not iCalendar data: there is no line BEGIN:VCALENDAR\n" },
		{ "an event alone", "BEGIN:VEVENT\n" START "END:VEVENT\n",
			"!! this is not iCalendar data: there is no line BEGIN:VCALENDAR\n" },
		{ "cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START,
			"!! the calendar is cut off: it ends inside the VEVENT that begins on line 2\n" },
		{ "cut off between events",
			"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START "END:VEVENT\n",
			"!! the calendar is cut off: it ends inside the VCALENDAR that begins on line 1\n" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

#define VTZ(id, offset)                                                                            \
	"BEGIN:VTIMEZONE\nTZID:" id                                                                \
	"\nBEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETFROM:" offset "\nTZOFFSETTO:" offset   \
	"\nEND:STANDARD\nEND:VTIMEZONE\n"

static void test_zones(void **state)
{
	static const struct row rows[] = {
		{ "a VTIMEZONE of its own, behind the event",
			CAL("BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20260105T090000\nDTEND:20260105T090000Z\nEND:VEVENT\n" VTZ(
				"Own", "+0545")),
			"u busy 20260105T090000@Own 0d20700s\n" },
		{ "a VTIMEZONE that lies",
			CAL(VTZ("Europe/Berlin",
				"-0800") "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND:20260105T090000Z\nEND:VEVENT\n"),
			"u busy 20260105T090000@Europe/Berlin 0d3600s\n" },
		{ "Exchange",
			CAL(VTZ("(UTC+05:45) Own\\, and more",
				"+0545") "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=\"(UTC+05:45) Own, and more\":20260105T090000\nDTEND:20260105T090000Z\nEND:VEVENT\n"),
			"u busy 20260105T090000@(UTC+05:45) Own, and more 0d20700s\n" },
		{ "the first of two",
			CAL(VTZ("Own", "+0100") VTZ("Own",
				"+0900") "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20260105T090000\nDTEND:20260105T090000Z\nEND:VEVENT\n"),
			"u busy 20260105T090000@Own 0d3600s\n" },
		{ "no observance",
			CAL("BEGIN:VTIMEZONE\nTZID:Own\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:v\n" START
			    "END:VEVENT\n"
			    "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20260105T090000\nEND:VEVENT\n"),
			"v busy 20260105T090000Z 0d0s\n! u: DTSTART: VTIMEZONE 'Own': it has neither STANDARD nor DAYLIGHT\n" },
		{ "an offset that is none",
			CAL(VTZ("Own",
				"+01:00") "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Own:20260105T090000\nEND:VEVENT\n"),
			NONE("DTSTART: VTIMEZONE 'Own': line 5: TZOFFSETFROM has the value '+01:00'") },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Real calendars of other programs, to the end: what takes place from 2026-03-23 to 2026-04-13, seen from Berlin. */
static void test_files(void **state)
{
	static const struct row rows[] = {
		{ "tests/data/ics/outlook.ics", "",
			"20260323T090000Z 20260323T100000Z busy Besprechung\n"
			"20260328T080000Z 20260328T083000Z busy Anruf\n"
			"20260329T070000Z 20260329T073000Z busy Anruf\n"
			"20260330T070000Z 20260330T073000Z busy Anruf\n"
			"20260330T120000Z 20260330T130000Z busy Besprechung (verschoben)\n"
			"20260331T220000Z 20260402T220000Z oof (private)\n" },
		{ "tests/data/ics/google.ics", "alice@example.com",
			"20260326T073000Z 20260326T081500Z busy St\xc3\xa5 upp, alla\n"
			"20260402T220000Z 20260403T220000Z free L\xc3\xa5ngfredagen\n"
			"20260405T200000Z 20260406T000000Z busy Natt\n"
			"20260409T063000Z 20260409T071500Z busy St\xc3\xa5 upp, alla\n" },
		{ "tests/data/ics/google.ics", "bob@example.com",
			"20260402T220000Z 20260403T220000Z free L\xc3\xa5ngfredagen\n"
			"20260405T200000Z 20260406T000000Z busy Natt\n" },
	};
	struct zones *zones = zonefiles_zones(files);
	struct calendar_view view = { .zones = zones };
	int64_t from = civil_seconds(&(struct civil){ 2026, 3, 23, 0, 0, 0 });

	(void)state;
	view.floating = zones->get(zones, "Europe/Berlin", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(calendar_freep) struct calendar *c = NULL;
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
		_cleanup_(fclosep) FILE *f = fopen(rows[i].name, "re");
		struct occurrences o = { 0 };
		struct ics_report report;
		char part[4096];
		size_t n;

		assert_non_null(f);
		while ((n = fread(part, 1, sizeof(part), f)) > 0)
			strbuf_add(&text, part, n);
		assert_int_equal(ics_parse(text.s, text.len, zones, &c, &report, NULL), 0);
		assert_int_equal(report.refused, 0);
		ics_report_done(&report);
		view.owner = rows[i].text;
		assert_int_equal(calendar_expand(c, &view, from, from + 21 * 86400, &o, NULL), 0);
		assert_string_equal(o.error, "");
		for (size_t k = 0; k < o.n; k++) {
			print_time(&got, TIME_IN_UTC, o.list[k].start, "");
			strbuf_addc(&got, ' ');
			print_time(&got, TIME_IN_UTC, o.list[k].end, "");
			strbuf_addf(&got, " %s %s\n", event_kind_name(o.list[k].kind),
				o.list[k].summary);
		}
		occurrences_done(&o);
		if (strcmp(got.s, rows[i].expect) != 0)
			fail_msg("%s as %s:\n%s", rows[i].name, rows[i].text, got.s);
	}
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct big {
	const char *name, *head, *part, *tail;
	size_t times;
	const char *expect; /* the beginning */
};

static void test_limits(void **state)
{
	static const struct big rows[] = {
		{ "50 MB", "BEGIN:VCALENDAR\n", "X-A:123456789012345678901234567890\n", "", 1500000,
			"!! the calendar is larger than 16 MiB\n" },
		{ "15 MB of what nobody reads", "BEGIN:VCALENDAR\n", "X-A:1234567890\n",
			"BEGIN:VEVENT\nUID:u\n" START "END:VEVENT\nEND:VCALENDAR\n", 1000000,
			"u busy 20260105T090000Z 0d0s\n" },
		{ "100,000 events", "BEGIN:VCALENDAR\n", "BEGIN:VEVENT\n" START "END:VEVENT\n",
			"END:VCALENDAR\n", 100000, "!! the calendar has more than 50000 events" },
		{ "50,000 events", "BEGIN:VCALENDAR\n",
			"BEGIN:VEVENT\nUID:u\n" START "END:VEVENT\n", "END:VCALENDAR\n", 50000,
			"u busy 20260105T090000Z 0d0s\n" },
		{ "nested", "BEGIN:VCALENDAR\n", "BEGIN:VEVENT\n", "", 1000,
			"!! line 17: components are nested more than 16 deep, an END is missing\n" },
		{ "zones that are dear", "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:a\n",
			"BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
			"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:STANDARD\n",
			"END:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=a:20260101T000000\nEND:VEVENT\nEND:VCALENDAR\n",
			2001,
			NONE("DTSTART: VTIMEZONE 'a': the file's zones have more than 2000 observances") },
		{ "calendars", "", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "", 300000,
			"!! the calendar has more than 200000 components\n" },
		{ "zones", "BEGIN:VCALENDAR\n", "BEGIN:VTIMEZONE\nTZID:a\nEND:VTIMEZONE\n",
			"END:VCALENDAR\n", 190000, "" },
		{ "EXDATEs", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START,
			"EXDATE:20260105T090000Z\n", "END:VEVENT\nEND:VCALENDAR\n", 5001,
			NONE("it has more than 5000 EXDATEs") },
		{ "EXDATEs in a line", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START "EXDATE:",
			"20260105T090000Z,", "\nEND:VEVENT\nEND:VCALENDAR\n", 5000,
			"u busy 20260105T090000Z 0d0s - 20260105T090000Z - " },
		{ "a million RDATEs", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START "RDATE:",
			"20260105,", "\nEND:VEVENT\nEND:VCALENDAR\n", 1000000,
			NONE("line 5, RDATE, is longer than 256 KiB") },
		{ "parameters", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART", ";A=B",
			":20260105\nEND:VEVENT\nEND:VCALENDAR\n", 60000,
			NONE("line 4, DTSTART, has too many parameters") },
		{ "categories", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START "CATEGORIES:", "a,",
			"b\nEND:VEVENT\nEND:VCALENDAR\n", 100000,
			"u busy 20260105T090000Z 0d0s\n" },
		{ "a long summary", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START "SUMMARY:",
			"\\\\\n ", "\nEND:VEVENT\nEND:VCALENDAR\n", 500000,
			"u busy 20260105T090000Z 0d0s '\\\\\\\\" },
		{ "rules", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START, "RRULE:FREQ=DAILY\n",
			"END:VEVENT\nEND:VCALENDAR\n", 21,
			NONE("it has more than 20 RRULEs and EXRULEs") },
		{ "attendees", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START,
			"ATTENDEE;PARTSTAT=DECLINED:mailto:someone@example.com\n",
			"END:VEVENT\nEND:VCALENDAR\n", 200000, NONE("it is larger than 1024 KiB") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
		_cleanup_(freep) char *got = NULL;
		double start;

		strbuf_adds(&text, rows[i].head);
		for (size_t k = 0; k < rows[i].times; k++)
			strbuf_adds(&text, rows[i].part);
		strbuf_adds(&text, rows[i].tail);
		start = now_s();
		got = read_all(text.s, text.len);
		if (strncmp(got, rows[i].expect, strlen(rows[i].expect)) != 0)
			fail_msg("%s: %.300s", rows[i].name, got);
		if (now_s() - start > 60)
			fail_msg("%s: %.1f s", rows[i].name, now_s() - start);
		if (getenv("ICS_TIMES"))
			print_message("%s: %.3f s\n", rows[i].name, now_s() - start);
	}
}

/* A UID of any length stays one, and two of them stay two. */
static void test_long_uids(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct ics_report report;

	(void)state;
	strbuf_adds(&text, "BEGIN:VCALENDAR\n");
	for (int i = 0; i < 2; i++) {
		strbuf_adds(&text, "BEGIN:VEVENT\nUID:");
		for (int k = 0; k < 300; k++)
			strbuf_adds(&text, "\xc3\xa5");
		strbuf_addf(&text, "%d\n" START "END:VEVENT\n", i);
	}
	strbuf_adds(&text, "END:VCALENDAR\n");
	assert_int_equal(ics_parse(text.s, text.len, zonefiles_zones(files), &c, &report, NULL), 0);
	assert_int_equal(c->events_n, 2);
	for (int i = 0; i < 2; i++) {
		assert_true(strlen(c->events[i].uid) <= EVENT_UID_MAX);
		assert_true(text_is_utf8(c->events[i].uid));
	}
	assert_string_not_equal(c->events[0].uid, c->events[1].uid);
	ics_report_done(&report);
}

/* Only so many are named, all are counted. */
static void test_many_refused(void **state)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct ics_report report;
	size_t lines = 0;

	(void)state;
	strbuf_adds(&text, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\n" START "END:VEVENT\n");
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&text,
			"BEGIN:VEVENT\nUID:%d\nDTSTART;TZID=Zone/%d:20260105T090000\nEND:VEVENT\n",
			i, i);
	strbuf_adds(&text, "END:VCALENDAR\n");
	assert_int_equal(ics_parse(text.s, text.len, zonefiles_zones(files), &c, &report, NULL), 0);
	assert_int_equal(report.events, 1);
	assert_int_equal(report.refused, 1000);
	for (const char *s = report.refusals.s; *s; s++)
		lines += *s == '\n';
	assert_int_equal(lines, ICS_REPORTS_MAX);
	ics_report_done(&report);
}

static void test_binary(void **state)
{
	unsigned char bytes[100000];
	uint32_t seed = 1;
	_cleanup_(freep) char *got = NULL, *wide = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (unsigned char)(seed >> 24);
	}
	got = read_all(bytes, sizeof(bytes));
	assert_string_equal(got, "!! this is binary data, not iCalendar data\n");
	wide = read_all("\xff\xfe"
			"B\0E\0",
		6);
	assert_string_equal(wide, "!! the calendar is in UTF-16; save it as UTF-8\n");
}

static int open_zones(void **state)
{
	(void)state;
	files = zonefiles_new(NULL, "");
	return 0;
}

static int close_zones(void **state)
{
	(void)state;
	zonefiles_free(files);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_recurrence),
		cmocka_unit_test(test_hostile_rules),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long_uids),
		cmocka_unit_test(test_many_refused),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests_name("ics", tests, open_zones, close_zones);
}
