/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a schedule says of each instant: precedence, midnight, changes of the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/binding/zonefile.h"
#include "lib/presence/schedule.h"
#include "lib/time/when.h"

static struct zone *load(const char *name)
{
	struct zone *z = NULL;
	struct err err = { 0 };

	if (zonefile_load(name, &z, &err) < 0)
		fail_msg("%s", err.msg);
	return z;
}

static int64_t instant(const char *text, const struct zone *z)
{
	int64_t at = 0;
	struct err err = { 0 };

	if (when_time(text, z, 0, &at, &err) < 0)
		fail_msg("%s", err.msg);
	return at;
}

static struct schedule_rules *rules_of(const struct schedule *s)
{
	struct schedule_rules *r = NULL;
	struct err err = { 0 };

	if (schedule_parse(s, &r, &err) < 0)
		fail_msg("%s", err.msg);
	return r;
}

static const char *cause_name(enum cause c)
{
	static const char *const names[] = { "hours", "holiday", "special", "forced" };

	return names[c];
}

/* Lines of "12-25 00:00+01:00 holiday holiday Christmas Day": when, period, cause unless hours, name. */
static char *picture(const struct segments *s, const struct zone *z)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < s->n; i++) {
		const struct segment *x = &s->list[i];
		char when[WHEN_TEXT_SIZE];

		when_rfc3339(x->start, z, when);
		strbuf_addf(&text, "%.5s %.5s%s %s", when + 5, when + 11, when + 19,
			period_name(x->period));
		if (x->cause != CAUSE_HOURS)
			strbuf_addf(&text, " %s", cause_name(x->cause));
		if (*x->name)
			strbuf_addf(&text, " %s", x->name);
		strbuf_addc(&text, '\n');
	}
	return strbuf_take(&text);
}

struct row {
	const char *name, *zone;
	struct schedule schedule;
	const char *from, *to; /* on the wall clock */
	int forced;            /* a period + 1; 0 for none */
	const char *forced_since, *forced_until;
	struct {
		const char *start, *end, *summary;
	} days_off[4];
	struct {
		const char *start, *end;
	} open[4];
	const char *expect;
};

static void check_row(const struct row *row)
{
	_cleanup_(zone_freep) struct zone *z = load(row->zone ? row->zone : "UTC");
	_cleanup_(schedule_rules_freep) struct schedule_rules *r = rules_of(&row->schedule);
	_cleanup_(segments_done) struct segments s = { 0 };
	_cleanup_(spans_done) struct spans open = { 0 };
	_cleanup_(freep) char *text = NULL;
	struct occurrence off[4] = { 0 };
	struct schedule_view view = { .zone = z, .forced = row->forced - 1, .days_off = off };

	if (row->forced) {
		view.forced_since = instant(row->forced_since, z);
		view.forced_until = row->forced_until ? instant(row->forced_until, z) : UNTIL_OPEN;
	}
	for (; view.days_off_n < ARRAY_SIZE(off) && row->days_off[view.days_off_n].start;
		view.days_off_n++) {
		size_t i = view.days_off_n;

		off[i].start = instant(row->days_off[i].start, z);
		off[i].end = instant(row->days_off[i].end, z);
		off[i].summary = row->days_off[i].summary;
	}
	for (size_t i = 0; i < ARRAY_SIZE(row->open) && row->open[i].start; i++)
		spans_add(&open, instant(row->open[i].start, z), instant(row->open[i].end, z));
	if (*r->hours_calendar) {
		view.open = &open;
	}
	schedule_segments(r, &view, instant(row->from, z), instant(row->to, z), &s);
	text = picture(&s, z);
	if (strcmp(text, row->expect) != 0)
		fail_msg("%s: got\n%s", row->name, text);
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(&rows[i]);
}

/* 2026-12-21 is a Monday. */
static void test_precedence(void **state)
{
	static const struct row rows[] = {
		{ "a week's end", NULL, { .hours = "Mon-Fri 09:00-17:00" }, "2026-12-25",
			"2026-12-28 12:00",
			.expect = "12-25 00:00Z outside\n"
				  "12-25 09:00Z business\n"
				  "12-25 17:00Z outside\n"
				  "12-28 09:00Z business\n" },
		{ "breaks hold inside hours only", NULL,
			{ .hours = "Mon 09:00-12:00,13:00-17:00",
				.breaks = "daily 08:00-09:30,11:30-13:15,16:45-18:00" },
			"2026-12-21", "2026-12-23",
			.expect = "12-21 00:00Z outside\n"
				  "12-21 09:00Z break\n"
				  "12-21 09:30Z business\n"
				  "12-21 11:30Z break\n"
				  "12-21 12:00Z outside\n"
				  "12-21 13:00Z break\n"
				  "12-21 13:15Z business\n"
				  "12-21 16:45Z break\n"
				  "12-21 17:00Z outside\n" },
		{ "a holiday beats breaks, hours and outside", NULL,
			{ .hours = "daily 09:00-17:00",
				.breaks = "daily 12:00-13:00",
				.holidays = "12-25 = Christmas Day" },
			"2026-12-24 16:00", "2026-12-26 10:00",
			.expect = "12-24 16:00Z business\n"
				  "12-24 17:00Z outside\n"
				  "12-25 00:00Z holiday holiday Christmas Day\n"
				  "12-26 00:00Z outside\n"
				  "12-26 09:00Z business\n" },
		{ "a holiday of some hours", NULL,
			{ .hours = "daily 09:00-17:00", .holidays = "12-24 12:00-24:00 = Eve" },
			"2026-12-24", "2026-12-26",
			.expect = "12-24 00:00Z outside\n"
				  "12-24 09:00Z business\n"
				  "12-24 12:00Z holiday holiday Eve\n"
				  "12-25 00:00Z outside\n"
				  "12-25 09:00Z business\n"
				  "12-25 17:00Z outside\n" },
		{ "holidays beside each other keep their names; the same goes on", NULL,
			{ .hours = "daily 09:00-17:00",
				.holidays = "12-25 = A; 12-26 = B; 12-27..12-28 = B" },
			"2026-12-25", "2026-12-29 09:30",
			.expect = "12-25 00:00Z holiday holiday A\n"
				  "12-26 00:00Z holiday holiday B\n"
				  "12-29 00:00Z outside\n"
				  "12-29 09:00Z business\n" },
		{ "holiday calendars", NULL,
			{ .hours = "daily 09:00-17:00", .holidays = "12-25 = Rule" },
			"2026-12-24 16:00", "2026-12-26 16:00",
			.days_off = { { "2026-12-24 16:30", "2026-12-24 20:00", "Party" },
				{ "2026-12-25 12:00", "2026-12-26 12:00", "Feed" },
				{ "2026-12-26 13:00", "2026-12-26 13:00", "no length" } },
			.expect = "12-24 16:00Z business\n"
				  "12-24 16:30Z holiday holiday Party\n"
				  "12-24 20:00Z outside\n"
				  "12-25 00:00Z holiday holiday Rule\n"
				  "12-26 00:00Z holiday holiday Feed\n"
				  "12-26 12:00Z business\n" },
		{ "a special day beats a holiday", NULL,
			{ .hours = "daily 09:00-17:00",
				.breaks = "daily 12:00-13:00",
				.holidays = "12-24..12-26 = H",
				.special = "2026-12-24 10:00-14:00 = Eve; 2026-12-25 closed" },
			"2026-12-24", "2026-12-27",
			.expect = "12-24 00:00Z outside special Eve\n"
				  "12-24 10:00Z business special Eve\n"
				  "12-24 14:00Z outside special Eve\n"
				  "12-25 00:00Z outside special\n"
				  "12-26 00:00Z holiday holiday H\n" },
		{ "special days of every year, and several in a row", NULL,
			{ .hours = "daily 09:00-17:00",
				.special =
					"12-24 09:00-12:00 = Eve; 12-23..12-26 closed = Days; 2026-12-25 8-9" },
			"2026-12-22 12:00", "2026-12-27 12:00",
			.expect = "12-22 12:00Z business\n"
				  "12-22 17:00Z outside\n"
				  "12-23 00:00Z outside special Days\n"
				  "12-24 00:00Z outside special Eve\n"
				  "12-24 09:00Z business special Eve\n"
				  "12-24 12:00Z outside special Eve\n"
				  "12-25 00:00Z outside special\n"
				  "12-25 08:00Z business special\n"
				  "12-25 09:00Z outside special\n"
				  "12-26 00:00Z outside special Days\n"
				  "12-27 00:00Z outside\n"
				  "12-27 09:00Z business\n" },
		{ "a day of business before a holiday, not a holiday, nor a Sunday", NULL,
			{ .hours = "Mon-Sat 09:00-17:00",
				.before_holiday = "09:00-12:00 = Half day",
				.holidays =
					"12-25..12-26 = H; 12-28 = Monday; 12-30 12:00-24:00 = Noon" },
			"2026-12-24", "2026-12-31",
			.expect = "12-24 00:00Z outside special Half day\n"
				  "12-24 09:00Z business special Half day\n"
				  "12-24 12:00Z outside special Half day\n"
				  "12-25 00:00Z holiday holiday H\n"
				  "12-27 00:00Z outside\n"
				  "12-28 00:00Z holiday holiday Monday\n"
				  "12-29 00:00Z outside\n"
				  "12-29 09:00Z business\n"
				  "12-29 17:00Z outside\n"
				  "12-30 09:00Z business\n"
				  "12-30 12:00Z holiday holiday Noon\n" },
		{ "a special day as a weekday has its breaks", NULL,
			{ .hours = "Mon 09:00-17:00; Sat 10:00-11:00",
				.breaks = "Mon 12:00-13:00",
				.special = "2026-12-26 as mon = Swap; 2026-12-28 as sun" },
			"2026-12-26", "2026-12-29",
			.expect = "12-26 00:00Z outside special Swap\n"
				  "12-26 09:00Z business special Swap\n"
				  "12-26 12:00Z break special Swap\n"
				  "12-26 13:00Z business special Swap\n"
				  "12-26 17:00Z outside special Swap\n"
				  "12-27 00:00Z outside\n"
				  "12-28 00:00Z outside special\n" },
		{ "forced beats all, and ends", NULL,
			{ .hours = "daily 09:00-17:00",
				.special = "2026-12-24 closed = Eve",
				.holidays = "12-25" },
			"2026-12-24", "2026-12-26 12:00", .forced = PERIOD_BUSINESS + 1,
			.forced_since = "2026-12-24 10:00", .forced_until = "2026-12-25 15:00",
			.expect = "12-24 00:00Z outside special Eve\n"
				  "12-24 10:00Z business forced\n"
				  "12-25 15:00Z holiday holiday 12-25\n"
				  "12-26 00:00Z outside\n"
				  "12-26 09:00Z business\n" },
		{ "forced without an end", NULL, { .hours = "daily 09:00-17:00" }, "2026-12-24",
			"2027-12-24", .forced = PERIOD_HOLIDAY + 1, .forced_since = "2020-01-01",
			.expect = "12-24 00:00Z holiday forced\n" },
		{ "forced into a break outside the hours", NULL, { .hours = "Mon 09:00-17:00" },
			"2026-12-24", "2026-12-25", .forced = PERIOD_BREAK + 1,
			.forced_since = "2026-12-24 20:00", .forced_until = "2026-12-24 21:00",
			.expect = "12-24 00:00Z outside\n"
				  "12-24 20:00Z break forced\n"
				  "12-24 21:00Z outside\n" },
		{ "forced that is over", NULL, { .hours = "Mon 09:00-17:00" }, "2026-12-24",
			"2026-12-25", .forced = PERIOD_BUSINESS + 1,
			.forced_since = "2026-12-23 20:00", .forced_until = "2026-12-24",
			.expect = "12-24 00:00Z outside\n" },
		{ "hours from a calendar", NULL,
			{ .hours = "calendar:shifts",
				.breaks = "daily 12:00-12:30",
				.special = "2026-12-24 10:00-13:00 = Eve; 2026-12-26 closed" },
			"2026-12-23", "2026-12-27 12:00",
			.open = { { "2026-12-23 08:00", "2026-12-24 08:00" },
				{ "2026-12-24 22:00", "2026-12-27 02:00" } },
			.expect = "12-23 00:00Z outside\n"
				  "12-23 08:00Z business\n"
				  "12-23 12:00Z break\n"
				  "12-23 12:30Z business\n"
				  "12-24 00:00Z business special Eve\n"
				  "12-24 08:00Z outside special Eve\n"
				  "12-24 10:00Z business special Eve\n"
				  "12-24 13:00Z outside special Eve\n"
				  "12-25 00:00Z business\n"
				  "12-25 12:00Z break\n"
				  "12-25 12:30Z business\n"
				  "12-26 00:00Z outside special\n"
				  "12-27 00:00Z business\n"
				  "12-27 02:00Z outside\n" },
		{ "a night from a calendar goes on into a special day, which has no night of its own",
			NULL, { .hours = "calendar:nights", .special = "2026-12-25 closed = S" },
			"2026-12-24 20:00", "2026-12-27",
			.open = { { "2026-12-24 22:00", "2026-12-25 06:00" },
				{ "2026-12-25 22:00", "2026-12-26 06:00" },
				{ "2026-12-26 22:00", "2026-12-27 06:00" } },
			.expect = "12-24 20:00Z outside\n"
				  "12-24 22:00Z business\n"
				  "12-25 00:00Z business special S\n"
				  "12-25 06:00Z outside special S\n"
				  "12-26 00:00Z outside\n"
				  "12-26 22:00Z business\n" },
		{ "a special day as a weekday takes the calendar's hours of its own week", NULL,
			{ .hours = "calendar:shifts",
				.breaks = "Mon 12:00-13:00",
				.special = "2026-12-26 as mon = Swap; 2026-12-28 closed" },
			"2026-12-26", "2026-12-29",
			.open = { { "2026-12-21 08:00", "2026-12-21 15:00" },
				{ "2026-12-26 10:00", "2026-12-26 11:00" },
				{ "2026-12-28 07:00", "2026-12-28 16:00" } },
			.expect = "12-26 00:00Z outside special Swap\n"
				  "12-26 08:00Z business special Swap\n"
				  "12-26 12:00Z break special Swap\n"
				  "12-26 13:00Z business special Swap\n"
				  "12-26 15:00Z outside special Swap\n"
				  "12-27 00:00Z outside\n"
				  "12-28 00:00Z outside special\n" },
		{ "a calendar of hours without any", NULL, { .hours = "Calendar:shifts" },
			"2026-12-23", "2026-12-24", .expect = "12-23 00:00Z outside\n" },
		{ "always open", NULL, { .hours = "daily 00:00-24:00" }, "2026-12-23", "2027-12-23",
			.expect = "12-23 00:00Z business\n" },
		{ "ranges that touch", NULL, { .hours = "Wed 09:00-12:00,12:00-17:00" },
			"2026-12-23", "2026-12-24",
			.expect = "12-23 00:00Z outside\n"
				  "12-23 09:00Z business\n"
				  "12-23 17:00Z outside\n" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_midnight(void **state)
{
	static const struct row rows[] = {
		{ "hours belong to the date on which they begin", NULL,
			{ .hours = "Thu 22:00-06:00",
				.breaks = "Thu 23:30-00:30; Fri 02:00-02:30" },
			"2026-12-24 20:00", "2026-12-25 20:00",
			.expect = "12-24 20:00Z outside\n"
				  "12-24 22:00Z business\n"
				  "12-24 23:30Z break\n"
				  "12-25 00:30Z business\n"
				  "12-25 02:00Z break\n"
				  "12-25 02:30Z business\n"
				  "12-25 06:00Z outside\n" },
		{ "a window that begins after midnight", NULL, { .hours = "Thu 22:00-06:00" },
			"2026-12-25 03:00", "2026-12-25 07:00",
			.expect = "12-25 03:00Z business\n"
				  "12-25 06:00Z outside\n" },
		{ "a holiday covers its date only, nights that begin on it go on", NULL,
			{ .hours = "daily 22:00-06:00", .holidays = "12-25 = H" },
			"2026-12-24 20:00", "2026-12-26 20:00",
			.expect = "12-24 20:00Z outside\n"
				  "12-24 22:00Z business\n"
				  "12-25 00:00Z holiday holiday H\n"
				  "12-26 00:00Z business\n"
				  "12-26 06:00Z outside\n" },
		{ "the night before reaches into a special day", NULL,
			{ .hours = "daily 22:00-06:00", .special = "2026-12-25 closed = S" },
			"2026-12-24 20:00", "2026-12-26 23:00",
			.expect = "12-24 20:00Z outside\n"
				  "12-24 22:00Z business\n"
				  "12-25 00:00Z business special S\n"
				  "12-25 06:00Z outside special S\n"
				  "12-26 00:00Z outside\n"
				  "12-26 22:00Z business\n" },
		{ "a special day reaches over midnight, into a holiday not", NULL,
			{ .hours = "Mon 09:00-10:00",
				.special = "2026-12-23 22:00-03:00; 2026-12-24 22:00-03:00",
				.holidays = "12-25 = H" },
			"2026-12-23 12:00", "2026-12-26",
			.expect = "12-23 12:00Z outside special\n"
				  "12-23 22:00Z business special\n"
				  "12-24 03:00Z outside special\n"
				  "12-24 22:00Z business special\n"
				  "12-25 00:00Z holiday holiday H\n" },
		{ "a special day's night overlaps the next morning", NULL,
			{ .hours = "daily 05:00-07:00",
				.special = "2026-12-23 08:00-09:00,20:00-06:00" },
			"2026-12-23 12:00", "2026-12-24 12:00",
			.expect = "12-23 12:00Z outside special\n"
				  "12-23 20:00Z business special\n"
				  "12-24 00:00Z business\n"
				  "12-24 07:00Z outside\n" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* presence-time(7), HOURS: a start in the gap is the first real minute after it. In the fold a start is the first, an end the second. */
static void test_clock_changes(void **state)
{
	static const struct row rows[] = {
		{ "Stockholm, start in the gap", "Europe/Stockholm",
			{ .hours = "daily 02:30-05:00" }, "2026-03-29 00:00", "2026-03-29 12:00",
			.expect = "03-29 00:00+01:00 outside\n"
				  "03-29 03:00+02:00 business\n"
				  "03-29 05:00+02:00 outside\n" },
		{ "Stockholm, end in the gap", "Europe/Stockholm", { .hours = "daily 01:00-02:30" },
			"2026-03-29 00:00", "2026-03-29 12:00",
			.expect = "03-29 00:00+01:00 outside\n"
				  "03-29 01:00+01:00 business\n"
				  "03-29 03:00+02:00 outside\n" },
		{ "Stockholm, all of it in the gap", "Europe/Stockholm",
			{ .hours = "daily 02:10-02:50" }, "2026-03-29 00:00", "2026-03-29 12:00",
			.expect = "03-29 00:00+01:00 outside\n" },
		{ "Stockholm, start in the fold", "Europe/Stockholm",
			{ .hours = "daily 02:30-05:00" }, "2026-10-25 00:00", "2026-10-25 12:00",
			.expect = "10-25 00:00+02:00 outside\n"
				  "10-25 02:30+02:00 business\n"
				  "10-25 05:00+01:00 outside\n" },
		{ "Stockholm, end in the fold", "Europe/Stockholm",
			{ .hours = "daily 01:00-02:30" }, "2026-10-25 00:00", "2026-10-25 12:00",
			.expect = "10-25 00:00+02:00 outside\n"
				  "10-25 01:00+02:00 business\n"
				  "10-25 02:30+01:00 outside\n" },
		{ "Stockholm, both in the fold; breaks and holidays too", "Europe/Stockholm",
			{ .hours = "daily 02:00-02:50",
				.breaks = "daily 02:10-02:20",
				.holidays = "10-25 02:30-02:40 = H" },
			"2026-10-25 00:00", "2026-10-25 12:00",
			.expect = "10-25 00:00+02:00 outside\n"
				  "10-25 02:00+02:00 business\n"
				  "10-25 02:10+02:00 break\n"
				  "10-25 02:30+02:00 holiday holiday H\n"
				  "10-25 02:40+01:00 business\n"
				  "10-25 02:50+01:00 outside\n" },
		{ "New York, the night in spring", "America/New_York",
			{ .hours = "Sat 22:00-02:30" }, "2026-03-07 20:00", "2026-03-08 12:00",
			.expect = "03-07 20:00-05:00 outside\n"
				  "03-07 22:00-05:00 business\n"
				  "03-08 03:00-04:00 outside\n" },
		{ "New York, the night in autumn", "America/New_York",
			{ .hours = "Sat 22:00-01:30" }, "2026-10-31 20:00", "2026-11-01 12:00",
			.expect = "10-31 20:00-04:00 outside\n"
				  "10-31 22:00-04:00 business\n"
				  "11-01 01:30-05:00 outside\n" },
		{ "Lord Howe's half hour, spring", "Australia/Lord_Howe",
			{ .hours = "daily 02:15-06:00" }, "2026-10-04 00:00", "2026-10-04 12:00",
			.expect = "10-04 00:00+10:30 outside\n"
				  "10-04 02:30+11:00 business\n"
				  "10-04 06:00+11:00 outside\n" },
		{ "Lord Howe's half hour, autumn", "Australia/Lord_Howe",
			{ .hours = "daily 01:45-01:50,03:00-04:00" }, "2026-04-05 00:00",
			"2026-04-05 12:00",
			.expect = "04-05 00:00+11:00 outside\n"
				  "04-05 01:45+11:00 business\n"
				  "04-05 01:50+10:30 outside\n"
				  "04-05 03:00+10:30 business\n"
				  "04-05 04:00+10:30 outside\n" },
		{ "Apia had no 2011-12-30", "Pacific/Apia",
			{ .hours = "daily 09:00-17:00; ", .holidays = "12-30 = H" },
			"2011-12-29 00:00", "2012-01-01 00:00",
			.expect = "12-29 00:00-10:00 outside\n"
				  "12-29 09:00-10:00 business\n"
				  "12-29 17:00-10:00 outside\n"
				  "12-31 09:00+14:00 business\n"
				  "12-31 17:00+14:00 outside\n" },
		{ "Apia, the night before and special days", "Pacific/Apia",
			{ .hours = "daily 22:00-06:00",
				.special = "2011-12-30 closed = gone; 2011-12-31 closed = S" },
			"2011-12-29 12:00", "2012-01-01 00:00",
			.expect = "12-29 12:00-10:00 outside\n"
				  "12-29 22:00-10:00 business\n"
				  "12-31 00:00+14:00 outside special S\n" },
		{ "the Azores have midnight twice: dates do not overlap", "Atlantic/Azores",
			{ .hours = "Mon 09:00-10:00",
				.holidays = "10-24 = H",
				.special = "2026-10-26 closed = S" },
			"2026-10-23 12:00", "2026-10-27 00:00",
			.expect = "10-23 12:00+00:00 outside\n"
				  "10-24 00:00+00:00 holiday holiday H\n"
				  "10-25 00:00+00:00 outside\n"
				  "10-26 00:00-01:00 outside special S\n" },
		{ "Cairo lacks midnight once", "Africa/Cairo",
			{ .hours = "Mon 09:00-10:00",
				.holidays = "04-23 = H",
				.special = "2026-04-24 closed = S" },
			"2026-04-22 12:00", "2026-04-25 00:00",
			.expect = "04-22 12:00+02:00 outside\n"
				  "04-23 00:00+02:00 holiday holiday H\n"
				  "04-24 01:00+03:00 outside special S\n" },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_parse(void **state)
{
	static const struct {
		struct schedule schedule;
		const char *part;
	} table[] = {
		{ { .hours = "Mon-Fry 9-17" }, "hours: " },
		{ { .hours = "" }, "hours: there are no hours in ''" },
		{ { .hours = "9-17", .breaks = "12-25" }, "breaks: the range '12-25' goes beyond" },
		{ { .hours = "9-17", .special = "2026-12-24 open" }, "special day 2026-12-24: " },
		{ { .hours = "9-17", .holidays = "13-01" }, "holidays: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct schedule_rules *r = NULL;
		struct err err = { 0 };

		assert_int_equal(schedule_parse(&table[i].schedule, &r, &err), -1);
		assert_null(r);
		assert_int_equal(err.code, ERR_USAGE);
		if (!strstr(err.msg, table[i].part))
			fail_msg("%s", err.msg);
	}
	assert_null(schedule_hours_calendar("Mon-Fri 9-17"));
	assert_string_equal(schedule_hours_calendar("calendar:x"), "x");
}

static void test_find(void **state)
{
	static struct segment list[] = {
		{ 100, 200, PERIOD_OUTSIDE, CAUSE_HOURS, "" },
		{ 200, 300, PERIOD_BUSINESS, CAUSE_HOURS, "" },
		{ 300, 400, PERIOD_OUTSIDE, CAUSE_HOURS, "" },
	};
	static const struct {
		int64_t at;
		int expect; /* -1: none */
	} table[] = {
		{ INT64_MIN, -1 },
		{ 99, -1 },
		{ 100, 0 },
		{ 199, 0 },
		{ 200, 1 },
		{ 300, 2 },
		{ 399, 2 },
		{ 400, -1 },
		{ INT64_MAX, -1 },
	};
	struct segments s = { list, ARRAY_SIZE(list), ARRAY_SIZE(list) }, none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct segment *x = segments_find(&s, table[i].at);

		assert_ptr_equal(x, table[i].expect < 0 ? NULL : &list[table[i].expect]);
		assert_null(segments_find(&none, table[i].at));
	}
}

/* presence-time(7), LIFETIMES: business, outside hours or a holiday end `next`. A break and a change of reason do not. */
static void test_next_start(void **state)
{
	static const struct {
		const char *name;
		enum period periods[5]; /* of an hour each, from 0 on */
		size_t n;
		int64_t at;
		int expect; /* the hour, -1: UNTIL_OPEN */
	} table[] = {
		{ "business", { PERIOD_OUTSIDE, PERIOD_BUSINESS }, 2, 10, 1 },
		{ "outside", { PERIOD_BUSINESS, PERIOD_OUTSIDE }, 2, 10, 1 },
		{ "holiday", { PERIOD_OUTSIDE, PERIOD_HOLIDAY }, 2, 10, 1 },
		{ "holiday amid business", { PERIOD_BUSINESS, PERIOD_HOLIDAY }, 2, 10, 1 },
		{ "after a holiday", { PERIOD_HOLIDAY, PERIOD_OUTSIDE }, 2, 10, 1 },
		{ "a break does not end it",
			{ PERIOD_BUSINESS, PERIOD_BREAK, PERIOD_BUSINESS, PERIOD_OUTSIDE }, 4, 10,
			3 },
		{ "in a break", { PERIOD_BREAK, PERIOD_BUSINESS, PERIOD_OUTSIDE }, 3, 10, 2 },
		{ "from a break into the evening", { PERIOD_BREAK, PERIOD_OUTSIDE }, 2, 10, 1 },
		{ "the day begins with a break", { PERIOD_OUTSIDE, PERIOD_BREAK }, 2, 10, 1 },
		{ "another holiday", { PERIOD_HOLIDAY, PERIOD_HOLIDAY, PERIOD_BUSINESS }, 3, 10,
			2 },
		{ "what starts now is not next",
			{ PERIOD_OUTSIDE, PERIOD_BUSINESS, PERIOD_OUTSIDE }, 3, 3600, 2 },
		{ "none", { PERIOD_BUSINESS, PERIOD_BREAK, PERIOD_BUSINESS }, 3, 10, -1 },
		{ "the last", { PERIOD_OUTSIDE, PERIOD_BUSINESS }, 2, 3600, -1 },
		{ "outside of the window", { PERIOD_OUTSIDE, PERIOD_BUSINESS }, 2, 7200, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct segment list[5];
		struct segments s = { list, table[i].n, 5 };
		int64_t expect = table[i].expect < 0 ? UNTIL_OPEN : (int64_t)table[i].expect * 3600,
			got;

		for (size_t k = 0; k < s.n; k++)
			list[k] = (struct segment){ (int64_t)k * 3600, (int64_t)(k + 1) * 3600,
				table[i].periods[k], CAUSE_HOURS, "" };
		got = segments_next_start(&s, table[i].at);
		if (got != expect)
			fail_msg("%s: %lld", table[i].name, (long long)got);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_clock_changes),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_next_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
