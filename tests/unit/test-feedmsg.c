/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes between us and the reader of feeds: all of it arrives as it was, and what cannot be is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/binding/ics.h"
#include "lib/binding/zonefile.h"
#include "lib/calendar/feedmsg.h"
#include "lib/calendar/vtimezone.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char data[] =
	"BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:Böse\nX-WR-TIMEZONE:Europe/Oslo\n"
	"BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETFROM:+0200\n"
	"TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\n"
	"DTSTART:19700329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
	"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
	"BEGIN:VEVENT\nUID:b\nDTSTART;TZID=Ours:20260105T090000\nDURATION:P1DT2H\nSEQUENCE:-3\n"
	"RRULE:FREQ=WEEKLY;COUNT=9\nEXRULE:FREQ=MONTHLY\nRRULE:FREQ=DAILY;UNTIL=20260110T080000Z\n"
	"RDATE;TZID=Ours:20260201T090000\nEXDATE;TZID=Ours:20260112T090000,20260119T090000\n"
	"CATEGORIES:one,two\nSUMMARY:Wöchentlich\nCLASS:PRIVATE\n"
	"ATTENDEE;PARTSTAT=DECLINED:mailto:A@example.com\n"
	"ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.com\nEND:VEVENT\n"
	"BEGIN:VEVENT\nUID:b\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Ours:20260126T090000\n"
	"DTSTART;TZID=Ours:20260126T100000\nSTATUS:CANCELLED\nEND:VEVENT\n"
	"BEGIN:VAVAILABILITY\nUID:v\nPRIORITY:3\nBEGIN:AVAILABLE\nUID:av\nDTSTART:20260105T090000\n"
	"DTEND:20260105T170000\nRRULE:FREQ=DAILY\nEND:AVAILABLE\nEND:VAVAILABILITY\n"
	"BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260106\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nEND:VEVENT\n"
	"BEGIN:VEVENT\nUID:bad\nSUMMARY:no start\nEND:VEVENT\n"
	"END:VCALENDAR\n";

static void read_data(struct feed_answer *ret)
{
	_cleanup_(zonefiles_freep) struct zonefiles *zones = zonefiles_new(NULL, "UTC");
	struct err err;

	*ret = (struct feed_answer){ .result = FEED_READ,
		.copy = { "\"v1\"", "Sat, 21 Nov 2026 09:00:00 GMT", HASH } };
	if (ics_parse(data, sizeof(data) - 1, zonefiles_zones(zones), &ret->calendar, &ret->report,
		    &err) < 0)
		fail_msg("%s", err.msg);
}

/* Each byte of the message comes from what is told, so a message says whether two are the same. */
static void test_answer(void **state)
{
	_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT, again = STRBUF_INIT;
	struct feed_answer a, b;
	const struct event *e;
	struct err err;

	(void)state;
	read_data(&a);
	feed_answer_put(&a, &sent);
	if (feed_answer_get(sent.s, sent.len, &b, &err) < 0)
		fail_msg("%s", err.msg);
	feed_answer_put(&b, &again);
	assert_int_equal(sent.len, again.len);
	assert_memory_equal(sent.s, again.s, sent.len);
	assert_int_equal(b.result, FEED_READ);
	assert_string_equal(b.copy.etag, "\"v1\"");
	assert_string_equal(b.copy.hash, HASH);
	assert_string_equal(b.report.name, "Böse");
	assert_string_equal(b.report.zone, "Europe/Oslo");
	assert_int_equal(b.report.events, 5);
	assert_int_equal(b.report.refused, 1);
	assert_non_null(strstr(b.report.refusals.s, "bad: it has no DTSTART\n"));
	assert_int_equal(b.calendar->zones_n, 1);
	assert_string_equal(zone_name(b.calendar->zones[0]), "Ours");
	assert_int_equal(zone_offset(b.calendar->zones[0], 1782000000), 7200);
	assert_int_equal(b.calendar->events_n, 5);
	e = &b.calendar->events[2];
	assert_string_equal(e->uid, "b");
	assert_string_equal(e->summary, "Wöchentlich");
	assert_string_equal(e->categories, "one\ntwo");
	assert_string_equal(e->declined, "a@example.com\nb@example.com");
	assert_string_equal(e->zone, "Ours");
	assert_int_equal(e->days, 1);
	assert_int_equal(e->seconds, 7200);
	assert_int_equal(e->sequence, -3);
	assert_true(e->secret);
	assert_int_equal(e->exdates_n, 2);
	assert_int_equal(e->exdates[1].at - e->exdates[0].at, 7 * 86400);
	assert_int_equal(e->exdates[1].length, -1);
	assert_true(e[1].is_override && e[1].future && e[1].cancelled);
	feed_answer_done(&a);
	feed_answer_done(&b);
}

static void test_short_answers(void **state)
{
	static const struct feed_answer table[] = {
		{ .result = FEED_FAILED, .why = "answered 404: sorry" },
		{ .result = FEED_UNCHANGED, .copy = { "e", "", HASH } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT;
		struct feed_answer a;
		struct err err;

		feed_answer_put(&table[i], &sent);
		if (feed_answer_get(sent.s, sent.len, &a, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(a.result, table[i].result);
		assert_string_equal(a.why, table[i].why);
		assert_string_equal(a.copy.etag, table[i].copy.etag);
		assert_string_equal(a.copy.hash, table[i].copy.hash);
		assert_null(a.calendar);
		feed_answer_done(&a);
	}
}

static void test_job(void **state)
{
	struct feed_job job = { .url = "https://example.com/x?y",
		.timeout_s = 600,
		.allow_private = true,
		.ca_file = "/etc/ca.pem",
		.copy = { "e", "m", HASH } };
	_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT;
	struct feed_job got;
	struct err err;

	(void)state;
	feed_job_put(&job, &sent);
	if (feed_job_get(sent.s, sent.len, &got, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(got.url, job.url);
	assert_string_equal(got.copy.etag, "e");
	assert_string_equal(got.copy.last_modified, "m");
	assert_string_equal(got.copy.hash, HASH);
	assert_int_equal(got.timeout_s, 600);
	assert_true(got.allow_private);
	assert_string_equal(got.ca_file, "/etc/ca.pem");
	for (size_t n = 0; n < sent.len; n++)
		assert_int_equal(feed_job_get(sent.s, n, &got, NULL), -1);
	strbuf_addc(&sent, 0);
	assert_int_equal(feed_job_get(sent.s, sent.len, &got, &err), -1);
	assert_string_equal(err.msg, "the job is damaged: end");
}

/* A message that is cut off anywhere, or goes on, is none. */
static void test_cut(void **state)
{
	_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT;
	struct feed_answer a, b;

	(void)state;
	read_data(&a);
	feed_answer_put(&a, &sent);
	for (size_t n = 0; n < sent.len; n++) {
		assert_int_equal(feed_answer_get(sent.s, n, &b, NULL), -1);
		feed_answer_done(&b);
	}
	strbuf_addc(&sent, 0);
	assert_int_equal(feed_answer_get(sent.s, sent.len, &b, NULL), -1);
	feed_answer_done(&b);
	feed_answer_done(&a);
}

/* An answer with one event, which a test then spoils. */
static struct event *one_event(struct feed_answer *a)
{
	struct event *e;

	*a = (struct feed_answer){ .result = FEED_READ,
		.calendar = calendar_new(CALENDAR_EVENTS),
		.report = { .events = 1, .refusals = STRBUF_INIT } };
	e = calendar_add(a->calendar);
	event_set(&e->uid, "u");
	e->form = TIME_ZONED;
	event_set(&e->zone, "Europe/Oslo");
	e->seconds = 60;
	return e;
}

static void spoil(struct feed_answer *a, struct event *e, int how)
{
	static struct event_date zoned = { .form = TIME_ZONED, .length = -1 },
				 far = { .at = INT64_MAX, .length = -1 };
	static char long_text[5000];

	memset(long_text, 'x', sizeof(long_text) - 1);
	switch (how) {
	case 0: event_set(&e->uid, ""); break;
	case 1: event_set(&e->uid, "a\033[31m"); break;
	case 2: event_set(&e->summary, "\xff"); break;
	case 3: long_text[EVENT_SUMMARY_MAX + 1] = '\0', event_set(&e->summary, long_text); break;
	case 4: event_set(&e->rule, "FREQ=NEVER"); break;
	case 5: event_set(&e->rule, "FREQ=DAILY\n\nFREQ=DAILY"); break;
	case 6: event_set(&e->zone, ""); break;
	case 7: e->form = TIME_IN_UTC; break;
	case 8: e->kind = EVENT_AVAILABLE; break;
	case 9: event_set(&e->parent, "v"); break;
	case 10: e->kind = EVENT_KIND_COUNT; break;
	case 11: e->start = INT64_MIN; break;
	case 12: e->seconds = EVENT_LENGTH_MAX_S + 1; break;
	case 13: e->days = 3660; break;
	case 14: e->seconds = -1; break;
	case 15: e->future = true; break;
	case 16: e->is_override = true, e->instance = far; break;
	case 17:
		e->form = TIME_FLOATING, e->is_override = true, e->instance = zoned;
		event_set(&e->zone, "");
		break;
	case 18: event_set(&e->categories, "a\nb\tc"); break;
	case 19: a->report.events = SIZE_MAX / 2; break;
	case 20: text_copy(a->copy.hash, sizeof(a->copy.hash), "short"); break;
	case 21: text_copy(a->report.name, sizeof(a->report.name), "a\nb"); break;
	case 22: strbuf_adds(&a->report.refusals, "u: \x1b]0;x\n"); break;
	case 23: a->result = FEED_RESULT_COUNT; break;
	default: a->report.refused = SIZE_MAX / 2; break;
	}
}

static void test_refused(void **state)
{
	static const char *const table[] = { "UID of event 1", "UID of event 1",
		"SUMMARY of event 1", "SUMMARY of event 1", "RRULE of event 1", "RRULE of event 1",
		"TZID of event 1", "TZID of event 1", "UID of a VAVAILABILITY of event 1",
		"UID of a VAVAILABILITY of event 1", "kind of event 1", "DTSTART of event 1",
		"length of event 1", "length of event 1", "length of event 1", "RANGE of event 1",
		"date of event 1", "TZID of event 1", "CATEGORIES of event 1", "number of events",
		"hash", "name", "events left out", "result", "number of events left out" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT;
		struct feed_answer a, b;
		struct event *e = one_event(&a);
		struct err err;

		feed_answer_put(&a, &sent);
		if (feed_answer_get(sent.s, sent.len, &b, &err) < 0)
			fail_msg("%s", err.msg);
		feed_answer_done(&b);
		spoil(&a, e, (int)i);
		strbuf_cut(&sent, 0);
		feed_answer_put(&a, &sent);
		assert_int_equal(feed_answer_get(sent.s, sent.len, &b, &err), -1);
		if (strncmp(err.msg, "the answer is damaged: ", 23) != 0 ||
			strcmp(err.msg + 23, table[i]) != 0)
			fail_msg("%zu: '%s', not '%s'", i, err.msg, table[i]);
		feed_answer_done(&b);
		feed_answer_done(&a);
	}
}

/* Claims of huge numbers make nobody allocate memory, and do not overflow. */
static void test_claims(void **state)
{
	static const char *const table[] = {
		"",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"\x02\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct feed_answer a;
		struct feed_job job;

		assert_int_equal(feed_answer_get(table[i], strlen(table[i]), &a, NULL), -1);
		feed_answer_done(&a);
		assert_int_equal(feed_job_get(table[i], strlen(table[i]), &job, NULL), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_short_answers),
		cmocka_unit_test(test_job),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
