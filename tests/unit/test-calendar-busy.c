/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When somebody is busy and when hours are open, and what must hold for any calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "calendar-text.h"

static void print_spans(struct strbuf *to, const struct spans *s)
{
	for (size_t i = 0; i < s->n; i++)
		print_moment(to, s->list[i].start, s->list[i].end);
}

static void test_busy_and_open(void **state)
{
	static const struct {
		const char *name, *text, *busy, *open;
	} rows[] = {
		{ "merged",
			"u=a s=20260303T090000Z m=60\nu=b s=20260303T100000Z m=30\n"
			"u=c s=20260303T110000Z m=30 k=oof\nu=d s=20260303T111000Z m=10",
			"20260303T0900+90 20260303T1100+30", "20260303T0900+90 20260303T1100+30" },
		{ "cut to the window", "s=20260302T230000Z d=2", "20260303T0000+1440",
			"20260303T0000+1440" },
		{ "without length", "s=20260303T090000Z", "", "" },
		{ "5545 3.8.2.7 transparent", "s=20260303T090000Z m=60 k=free", "", "" },
		{ "7953 4 what is not available is busy",
			"u=v s=20260101T000000Z k=unavailable\n"
			"p=v s=20260101T090000Z m=480 k=available r=FREQ=DAILY",
			"20260303T0000+540 20260303T1700+420", "20260303T0900+480" },
		{ "7953 4 events lie over what is available",
			"u=v s=20260101T000000Z k=unavailable\n"
			"p=v s=20260101T090000Z m=480 k=available r=FREQ=DAILY\n"
			"u=e s=20260303T120000Z m=60",
			"20260303T0000+540 20260303T1200+60 20260303T1700+420",
			"20260303T0900+480" },
		{ "7953 3.1 nothing available",
			"u=v s=20260101T000000Z k=unavailable\nu=e s=20260303T120000Z m=60",
			"20260303T0000+1440", "" },
		{ "7953 3.1 the higher priority closes",
			"u=v s=20260101T000000Z k=unavailable pri=5\n"
			"p=v s=20260101T090000Z m=480 k=available r=FREQ=DAILY\n"
			"u=w s=20260303T120000Z m=120 k=unavailable pri=1",
			"20260303T0000+540 20260303T1200+120 20260303T1700+420",
			"20260303T0900+180 20260303T1400+180" },
		{ "7953 3.1 the higher priority opens",
			"u=v s=20260101T000000Z k=unavailable\n"
			"u=v1 p=v s=20260101T090000Z m=480 k=available r=FREQ=DAILY\n"
			"u=w s=20260303T180000Z m=120 k=unavailable pri=9\n"
			"u=w1 p=w s=20260303T180000Z m=60 k=available",
			"20260303T0000+540 20260303T1700+60 20260303T1900+300",
			"20260303T0900+480 20260303T1800+60" },
		{ "7953 3.1 the lower one has no say",
			"u=v s=20260101T000000Z k=unavailable pri=1\n"
			"u=w s=20260101T000000Z k=unavailable pri=2\n"
			"p=w s=20260303T180000Z m=60 k=available",
			"20260303T0000+1440", "" },
	};
	struct calendar_view view = view_of("UTC", "");
	int64_t from = read_time("20260303"), to = read_time("20260304");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(calendar_freep) struct calendar *c = read_calendar(rows[i].text);
		struct strbuf busy = STRBUF_INIT, open = STRBUF_INIT;
		struct occurrences o = { 0 };
		struct spans s = { 0 };

		assert_int_equal(calendar_expand(c, &view, from, to, &o, NULL), 0);
		assert_string_equal(o.error, "");
		calendar_busy(&o, from, to, &s);
		print_spans(&busy, &s);
		spans_done(&s);
		calendar_open(&o, from, to, &s);
		spans_merge(&s);
		spans_clip(&s, from, to);
		print_spans(&open, &s);
		spans_done(&s);
		if (strcmp(busy.s, rows[i].busy) != 0 || strcmp(open.s, rows[i].open) != 0)
			fail_msg("%s: busy %s, open %s", rows[i].name, busy.s, open.s);
		strbuf_done(&busy);
		strbuf_done(&open);
		occurrences_done(&o);
	}
}

static void test_hours(void **state)
{
	static const struct {
		const char *zone, *hours, *from, *to, *expect;
	} rows[] = {
		{ "Europe/Stockholm", "Mon-Fri 09:00-12:00,13:00-17:00", "20260326T120000Z",
			"20260331",
			"20260326T1200+240 20260327T0800+180 20260327T1200+240 "
			"20260330T0700+180 20260330T1100+240" },
		{ "Europe/Stockholm", "Sat 22:00-06:00", "20260328", "20260330",
			"20260328T2100+420" },
		{ "Europe/Stockholm", "Sun 02:15-05:00", "20260329", "20260330",
			"20260329T0100+120" },
		{ "Europe/Stockholm", "Sun 02:15-02:45", "20260329", "20260330", "" },
		{ "Europe/Stockholm", "Sun 02:15-02:45", "20261025", "20261026",
			"20261025T0015+90" },
		{ "Europe/Stockholm", "daily 00:00-24:00", "20261024", "20261027",
			"20261024T0000+4320" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(calendar_freep) struct calendar *c = calendar_new(CALENDAR_HOURS);
		struct calendar_view view = view_of(rows[i].zone, "");
		int64_t from = read_time(rows[i].from), to = read_time(rows[i].to);
		struct strbuf text = STRBUF_INIT;
		struct occurrences o = { 0 };
		struct spans s = { 0 };

		assert_int_equal(hours_parse(rows[i].hours, &c->hours, NULL), 0);
		assert_int_equal(calendar_expand(c, &view, from, to, &o, NULL), 0);
		calendar_open(&o, from, to, &s);
		spans_merge(&s);
		spans_clip(&s, from, to);
		print_spans(&text, &s);
		if (strcmp(text.s, rows[i].expect) != 0)
			fail_msg("%s: %s", rows[i].hours, text.s);
		spans_done(&s);
		occurrences_done(&o);
		strbuf_done(&text);
	}
}

static void test_holidays(void **state)
{
	_cleanup_(calendar_freep) struct calendar *c = calendar_new(CALENDAR_HOLIDAYS);
	struct calendar_view view = view_of("America/Havana", "");
	struct strbuf text = STRBUF_INIT;
	struct occurrences o = { 0 };

	(void)state;
	assert_int_equal(
		holidays_parse("11-02; 12-24 12:00-24:00 = Christmas Eve", &c->holidays, NULL), 0);
	assert_int_equal(
		calendar_expand(c, &view, read_time("20251001"), read_time("20260101"), &o, NULL),
		0);
	print_list(&text, &o);
	assert_string_equal(text.s, "20251102T0400+1500* 20251224T1700+720");
	assert_string_equal(o.list[1].summary, "Christmas Eve");
	occurrences_done(&o);
	/* More years than are asked for at once. */
	assert_int_equal(calendar_expand(c, &view, read_time("20000101T120000Z"),
				 read_time("20500101T120000Z"), &o, NULL),
		0);
	assert_int_equal(o.n, 100);
	occurrences_done(&o);
	strbuf_done(&text);
}

static void test_too_many(void **state)
{
	struct strbuf text = STRBUF_INIT;
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct calendar_view view = view_of("UTC", "");
	struct occurrences o = { 0 };
	struct err err;

	(void)state;
	for (int i = 0; i < 5; i++)
		strbuf_addf(
			&text, "%su=%d s=20260101T000000Z m=1 r=FREQ=MINUTELY", i ? "\n" : "", i);
	c = read_calendar(text.s);
	assert_int_equal(
		calendar_expand(c, &view, read_time("20260101"), read_time("20260130"), &o, &err),
		-1);
	assert_non_null(strstr(err.msg, "more than 200000"));
	assert_null(o.list);
	strbuf_done(&text);
}

/* A calendar of chance: rules, dates, overrides and zones of all sorts. */
static uint64_t dice = 88172645463325252U;

static unsigned roll(unsigned n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice % n);
}

static const char *const suffixes[] = { "", "Z", "@", "D" };

static void add_date(struct strbuf *to, const char *name, const char *suffix)
{
	strbuf_addf(to, " %s=2026%02u%02u", name, 2 + roll(4), 1 + roll(28));
	if (*suffix != 'D')
		strbuf_addf(to, "T%02u%02u00%s", roll(24), roll(4) * 15, suffix);
}

static void add_event(struct strbuf *to, unsigned uid)
{
	static const char *const rules[] = { "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,SU",
		"FREQ=DAILY;COUNT=20", "FREQ=DAILY;INTERVAL=3;UNTIL=20260501T120000Z",
		"FREQ=MONTHLY;BYMONTHDAY=-1,29", "FREQ=WEEKLY;COUNT=5|FREQ=MONTHLY;BYDAY=2TU",
		"FREQ=YEARLY", "FREQ=DAILY;UNTIL=20260415" };
	static const char *const kinds[] = { "busy", "busy", "oof", "free" };
	static const char *const zone_names[] = { "Europe/Stockholm", "America/New_York",
		"Australia/Lord_Howe", "America/Santiago" };
	const char *suffix = suffixes[roll(4)], *zone = zone_names[roll(4)];

	strbuf_addf(to, "%su=%u z=%s k=%s", uid ? "\n" : "", uid, zone, kinds[roll(4)]);
	add_date(to, "s", suffix);
	if (*suffix == 'D' || roll(4) == 0)
		strbuf_addf(to, " d=%u", roll(4));
	if (*suffix != 'D')
		strbuf_addf(to, " m=%u", roll(8) * 30);
	if (roll(3))
		strbuf_addf(to, " r=%s", rules[roll(ARRAY_SIZE(rules))]);
	if (roll(3) == 0)
		add_date(to, "rd", suffix);
	if (roll(3) == 0)
		add_date(to, "ex", suffix);
	for (unsigned n = roll(3); n; n--) {
		strbuf_addf(to, "\nu=%u z=%s m=45", uid, zone);
		add_date(to, roll(2) ? "id" : "idf", suffix);
		add_date(to, "s", suffixes[roll(4)]);
	}
}

/* "start end uid" of all that begins in [from, to), or of all. */
static void print_all(
	struct strbuf *to, const struct occurrences *o, int64_t from, int64_t until, bool all)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *e = &o->list[i];

		if (all || (e->start >= from && e->start < until))
			strbuf_addf(to, "%lld %lld %s\n", (long long)e->start, (long long)e->end,
				e->uid);
	}
}

static void expand(const struct calendar *c, const struct calendar_view *view, int64_t from,
	int64_t to, struct occurrences *o)
{
	struct err err;

	if (calendar_expand(c, view, from, to, o, &err) < 0)
		fail_msg("%s", err.msg);
	if (o->refused_n)
		fail_msg("%s", o->error);
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *e = &o->list[i];

		assert_true(e->start <= e->end && e->start < to);
		assert_true(e->end > from || (e->end == e->start && e->start == from));
		if (i)
			assert_true(e->start > e[-1].start ||
				(e->start == e[-1].start && e->end >= e[-1].end));
	}
}

static bool covers(const struct spans *s, int64_t at)
{
	bool r = false;

	for (size_t i = 0; i < s->n; i++)
		r = r || (s->list[i].start <= at && at < s->list[i].end);
	return r;
}

static void check_busy(const struct occurrences *o, int64_t from, int64_t to)
{
	struct spans s = { 0 };

	calendar_busy(o, from, to, &s);
	for (size_t i = 0; i < s.n; i++) {
		assert_true(s.list[i].start < s.list[i].end);
		assert_true(s.list[i].start >= from && s.list[i].end <= to);
		if (i)
			assert_true(s.list[i].start > s.list[i - 1].end);
	}
	for (int64_t at = from; at < to; at += 60) {
		bool busy = false;

		for (size_t i = 0; i < o->n && !busy; i++)
			busy = o->list[i].kind != EVENT_FREE && o->list[i].start <= at &&
				at < o->list[i].end;
		assert_int_equal(busy, covers(&s, at));
	}
	spans_done(&s);
}

static void check_part(
	const struct occurrences *whole, const struct occurrences *part, int64_t from, int64_t to)
{
	size_t n = 0;

	for (size_t i = 0; i < whole->n; i++)
		n += whole->list[i].start < to &&
			(whole->list[i].end > from || whole->list[i].start >= from);
	assert_int_equal(n, part->n);
}

/* What takes place in a window does not depend on the window. */
static void check_split(
	const struct calendar *c, const struct calendar_view *view, int64_t from, int64_t to)
{
	struct strbuf whole = STRBUF_INIT, parts = STRBUF_INIT;
	struct occurrences o = { 0 };
	struct spans busy = { 0 }, of_parts = { 0 };

	expand(c, view, from, to, &o);
	print_all(&whole, &o, from, to, false);
	calendar_busy(&o, from, to, &busy);
	for (int64_t at = from, end; at < to; at = end) {
		struct occurrences part = { 0 };
		struct spans piece = { 0 };

		end = at + 1800 * (1 + (int64_t)roll(400));
		if (end > to)
			end = to;
		expand(c, view, at, end, &part);
		print_all(&parts, &part, at, end, false);
		check_part(&o, &part, at, end);
		calendar_busy(&part, at, end, &piece);
		for (size_t i = 0; i < piece.n; i++)
			spans_add(&of_parts, piece.list[i].start, piece.list[i].end);
		spans_done(&piece);
		occurrences_done(&part);
	}
	spans_merge(&of_parts);
	assert_int_equal(busy.n, of_parts.n);
	if (busy.n)
		assert_memory_equal(busy.list, of_parts.list, busy.n * sizeof(*busy.list));
	assert_string_equal(whole.s, parts.s);
	spans_done(&busy);
	spans_done(&of_parts);
	occurrences_done(&o);
	strbuf_done(&whole);
	strbuf_done(&parts);
}

static void test_properties(void **state)
{
	static const char *const viewers[] = { "UTC", "America/Havana", "Pacific/Chatham" };
	int64_t from = read_time("20260215"), to = read_time("20260601");

	(void)state;
	for (int round = 0; round < 1000; round++) {
		struct calendar_view view = view_of(viewers[roll(3)], "");
		struct strbuf text = STRBUF_INIT;
		_cleanup_(calendar_freep) struct calendar *c = NULL;
		struct occurrences o = { 0 };
		int64_t at;

		for (unsigned uid = 0, n = 1 + roll(5); uid < n; uid++)
			add_event(&text, uid);
		c = read_calendar(text.s);
		check_split(c, &view, from, to);
		at = from + 86400 * (int64_t)roll(90);
		expand(c, &view, at, at + 4 * 86400, &o);
		check_busy(&o, at, at + 4 * 86400);
		occurrences_done(&o);
		strbuf_done(&text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busy_and_open),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_holidays),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, test_calendar_done);
}
