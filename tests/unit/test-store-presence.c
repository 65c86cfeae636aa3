/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who wins, from what stands in the database; and what is kept of it from tick to tick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/follow/warning.h"
#include "calendar-text.h"
#include "store-help.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
#define NOW INT64_C(1781506800) /* Monday 2026-06-15 09:00 in Stockholm, 07:00 UTC */

static int setup(void **state)
{
	struct site *site = site_new();

	user_init(&site->alice, "alice", "1001");
	user_init(&site->bob, "bob", "1002");
	OK(store_begin(site->s, NULL));
	OK(follow_user_save(site->s, &site->alice, NOW, NULL));
	OK(follow_user_save(site->s, &site->bob, NOW, NULL));
	*state = site;
	return 0;
}

static void keep(struct store *s, const char *name, const char *events)
{
	_cleanup_(calendar_freep) struct calendar *c = read_calendar(events);
	struct calendar_info info = { .name = "" };
	struct calendar_state read = { .title = "" };

	if (store_calendar_find(s, name, &info, NULL, NULL) < 0) {
		info = (struct calendar_info){ .id = 0 };
		text_copy(info.name, sizeof(info.name), name);
		OK(follow_calendar_save(s, &info, NOW, NULL));
	}
	OK(follow_calendar_replace(s, &info, c, &read, NOW, NULL));
}

/* "away until 20260615T0900: Meeting in calendar own", of a user then. */
static void print_ladder(
	struct strbuf *to, struct store *s, const struct user *u, int64_t at, int64_t now)
{
	_cleanup_(ladder_done) struct ladder l = { .sources_n = 0 };
	char reason[REASON_MAX_LEN + 1];
	struct decision v;
	struct civil c;
	struct mode m;

	OK(follow_ladder(s, u->id, at, now, &l, &v, NULL));
	OK(store_mode_get(s, v.winner.mode_id, &m, NULL));
	rung_reason(&v.winner, l.schedule, l.has_default, reason);
	strbuf_addf(to, "%s", m.name);
	if (v.until != UNTIL_OPEN) {
		civil_from_seconds(v.until, &c);
		strbuf_addf(to, " until %04d%02d%02dT%02d%02d", c.year, c.month, c.day, c.hour,
			c.minute);
	}
	strbuf_addf(to, ": %s", reason);
}

/* One event of 11:00 to 12:00 on 15 June, where not said otherwise. Times are UTC. */
#define EVENT "s=20260615T110000Z m=60 t=Meeting"

static void test_busy(void **state)
{
	static const struct {
		const char *busy, *oof, *patterns;
		int lead_min, lag_min;
		const char *events, *other; /* of two calendars */
		const char *at, *expect;
	} rows[] = {
		{ "", "", "", 0, 0, EVENT, "", "20260615T105959",
			"available until 20260615T1100: nothing set" },
		{ "", "", "", 0, 0, EVENT, "", "20260615T110000",
			"away until 20260615T1200: Meeting in calendar own" },
		{ "", "", "", 0, 0, EVENT, "", "20260615T115959",
			"away until 20260615T1200: Meeting in calendar own" },
		{ "", "", "", 0, 0, EVENT, "", "20260615T120000", "available: nothing set" },
		{ "", "", "", 5, 10, EVENT, "", "20260615T105500",
			"away until 20260615T1210: Meeting in calendar own" },
		{ "", "", "", 5, 10, EVENT, "", "20260615T105459",
			"available until 20260615T1055: nothing set" },
		{ "", "", "", 5, 10, EVENT, "", "20260615T120959",
			"away until 20260615T1210: Meeting in calendar own" },
		{ "trip", "dnd", "", 0, 0, EVENT, "", "20260615T110000",
			"business-trip until 20260615T1200: Meeting in calendar own" },
		{ "none", "dnd", "", 0, 0, EVENT, "", "20260615T110000", "available: nothing set" },
		/* Kinds of events. */
		{ "", "", "", 0, 0, EVENT " k=free", "", "20260615T110000",
			"available: nothing set" },
		{ "", "", "", 0, 0, EVENT " k=oof", "", "20260615T110000",
			"off-work until 20260615T1200: Meeting in calendar own" },
		{ "trip", "dnd", "", 0, 0, EVENT " k=oof", "", "20260615T110000",
			"do-not-disturb until 20260615T1200: Meeting in calendar own" },
		{ "trip", "NONE", "", 0, 0, EVENT " k=oof", "", "20260615T110000",
			"available: nothing set" },
		{ "", "", "", 0, 0, "s=20260615T110000Z t=Reminder", "", "20260615T110000",
			"available: nothing set" },
		{ "", "", "", 10, 10, "s=20260615T110000Z t=Reminder", "", "20260615T110000",
			"available: nothing set" },
		{ "", "", "", 0, 0, EVENT " secret", "", "20260615T110000",
			"away until 20260615T1200: (private) in calendar own" },
		{ "", "", "", 0, 0, "s=20260615T110000Z m=60", "", "20260615T110000",
			"away until 20260615T1200: event in calendar own" },
		/* Several at once. */
		{ "", "", "summary=B:dnd", 0, 0, "u=a s=20260615T110000Z m=60 t=A",
			"u=b s=20260615T113000Z m=60 t=B", "20260615T111500",
			"away until 20260615T1130: A in calendar own" },
		{ "", "", "summary=B:dnd", 0, 0, "u=a s=20260615T110000Z m=60 t=A",
			"u=b s=20260615T113000Z m=60 t=B", "20260615T113000",
			"do-not-disturb until 20260615T1230: B in calendar other" },
		{ "", "", "summary=B:dnd", 0, 0, "u=b s=20260615T113000Z m=60 t=B",
			"u=a s=20260615T110000Z m=60 t=A", "20260615T113000",
			"do-not-disturb until 20260615T1230: B in calendar own" },
		{ "", "", "summary=B:dnd", 0, 0, "u=a s=20260615T110000Z m=60 t=A",
			"u=b s=20260615T110000Z m=30 t=B", "20260615T110000",
			"away until 20260615T1200: A in calendar own" },
		{ "", "", "", 0, 0, EVENT " k=oof", "u=b s=20260615T113000Z m=60 t=B",
			"20260615T113000",
			"off-work until 20260615T1200: Meeting in calendar own" },
		/* Patterns: the first that fits. */
		{ "", "", "summary=Meet*:trip; summary=*:dnd", 0, 0, EVENT, "", "20260615T110000",
			"business-trip until 20260615T1200: Meeting in calendar own" },
		{ "", "", "summary=Focus:trip; summary=meeting:none", 0, 0, EVENT, "",
			"20260615T110000", "available: nothing set" },
		{ "none", "", "summary=Focus:trip; summary=*ing:dnd", 0, 0, EVENT, "",
			"20260615T110000",
			"do-not-disturb until 20260615T1200: Meeting in calendar own" },
		{ "", "", "summary=Meeting:trip", 0, 0, EVENT " k=free", "", "20260615T110000",
			"available: nothing set" },
		{ "", "", "category=Meeting:trip", 0, 0, EVENT, "", "20260615T110000",
			"away until 20260615T1200: Meeting in calendar own" },
		/* When somebody is there: the rest is busy. */
		{ "trip", "", "", 0, 0,
			"u=v s=20260615T080000Z d=1 k=unavailable\n"
			"p=v u=w s=20260615T090000Z m=120 k=available",
			"", "20260615T085959",
			"business-trip until 20260615T0900: event in calendar own" },
		{ "trip", "", "", 0, 0,
			"u=v s=20260615T080000Z d=1 k=unavailable\n"
			"p=v u=w s=20260615T090000Z m=120 k=available",
			"", "20260615T090000", "available until 20260615T1100: nothing set" },
		{ "trip", "", "", 0, 0,
			"u=v s=20260615T080000Z d=1 k=unavailable\n"
			"p=v u=w s=20260615T090000Z m=120 k=available",
			"", "20260616T075959",
			"business-trip until 20260616T0800: event in calendar own" },
		/* Far off: the end is found all the same. */
		{ "", "", "", 0, 0, "s=20260701T110000Z m=60 t=Meeting", "", "20260615T110000",
			"available until 20260701T1100: nothing set" },
		{ "", "", "", 0, 0, "s=20270601T110000Z m=60 t=Meeting", "", "20260615T110000",
			"available until 20270601T1100: nothing set" },
		{ "", "", "", 0, 0, "s=20260608T110000Z d=30 t=Meeting", "", "20260615T110000",
			"away until 20260708T1100: Meeting in calendar own" },
		{ "", "", "", 600, 600, "s=20260601T110000Z d=7 t=Meeting", "", "20260608T205959",
			"away until 20260608T2100: Meeting in calendar own" },
	};
	struct site *site = *state;
	struct store *s = site->s;
	struct user *alice = &site->alice;

	keep(s, "own", EVENT);
	keep(s, "other", EVENT);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

		keep(s, "own", rows[i].events);
		keep(s, "other", *rows[i].other ? rows[i].other : "u=x s=20200101 k=free");
		text_copy(alice->calendars, sizeof(alice->calendars), "own, other");
		text_copy(alice->busy, sizeof(alice->busy), rows[i].busy);
		text_copy(alice->oof, sizeof(alice->oof), rows[i].oof);
		text_copy(alice->patterns, sizeof(alice->patterns), rows[i].patterns);
		alice->lead_min = rows[i].lead_min;
		alice->lag_min = rows[i].lag_min;
		OK(follow_user_save(s, alice, NOW, NULL));
		print_ladder(&got, s, alice, read_time(rows[i].at), read_time(rows[i].at));
		if (strcmp(got.s, rows[i].expect) != 0)
			fail_msg("row %zu, %s at %s:\n got  %s\n want %s", i, rows[i].events,
				rows[i].at, got.s, rows[i].expect);
	}
}

/* Asked about another time, a switch counts from its beginning to its end. */
static void test_other_times(void **state)
{
	static const struct {
		int64_t at;
		const char *expect;
	} rows[] = {
		{ NOW - 1, "available until 20260615T0700: nothing set" },
		{ NOW, "away until 20260615T0800: switched by root" },
		{ NOW + HOUR - 1, "away until 20260615T0800: switched by root" },
		{ NOW + HOUR, "available: nothing set" },
	};
	struct site *site = *state;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	switch_in(site->s, &site->alice, "away", NOW + HOUR, NOW);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_ladder(&got, site->s, &site->alice, rows[i].at, NOW + HOUR / 2);
		assert_string_equal(got.s, rows[i].expect);
		strbuf_cut(&got, 0);
	}
}

/* Somebody else writes meanwhile: what was read before does not count any more. */
static void test_other_writer(void **state)
{
	struct site *site = *state;
	struct store *s = site->s, *other;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	const struct segments *segments;
	const struct zone *zone;
	struct schedule office = { .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };
	struct mode available;

	OK(follow_schedule_save(s, &office, NOW, NULL));
	text_copy(site->alice.schedule, sizeof(site->alice.schedule), "office");
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	OK(store_commit(s, NULL));
	print_ladder(&got, s, &site->alice, NOW, NOW);
	assert_string_equal(
		got.s, "available until 20260615T1500: business hours of schedule office");
	OK(follow_segments(s, office.id, "", NOW, NOW, NOW + DAY, &segments, &zone, NULL));
	assert_int_equal(segments_find(segments, NOW)->end, NOW + 8 * HOUR);

	OK(follow_open(site->path, &actor, zonefiles_zones(site->zones), &other, NULL));
	text_copy(office.hours, sizeof(office.hours), "Mon-Fri 08:00-16:00");
	OK(store_begin(other, NULL));
	OK(follow_schedule_save(other, &office, NOW, NULL));
	OK(store_mode_find(other, "available", &available, NULL));
	text_copy(available.label, sizeof(available.label), "Here");
	OK(follow_mode_save(other, &available, NOW, NULL));
	OK(store_commit(other, NULL));
	store_free(other);

	OK(follow_segments(s, office.id, "", NOW, NOW, NOW + DAY, &segments, &zone, NULL));
	assert_int_equal(segments_find(segments, NOW)->end, NOW + 7 * HOUR);
	strbuf_cut(&got, 0);
	print_ladder(&got, s, &site->alice, NOW, NOW);
	assert_string_equal(
		got.s, "available until 20260615T1400: business hours of schedule office");
	OK(store_begin(s, NULL));
	OK(store_mode_get(s, available.id, &available, NULL));
	assert_string_equal(available.label, "Here");
}

/* A zone that is gone: the wall clock is the configuration's. */
static void test_zone_gone(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct schedule office = { .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };
	char warning[512];

	OK(follow_schedule_save(s, &office, NOW, NULL));
	text_copy(site->alice.schedule, sizeof(site->alice.schedule), "office");
	text_copy(site->alice.zone, sizeof(site->alice.zone), "Mars/Base");
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	assert_true(follow_take_warning(s, warning, sizeof(warning)));
	assert_int_equal(strncmp(warning, "Mars/Base: ", 11), 0);
	expect_mode(s, &site->alice, "available");
	assert_int_equal(see_presence(s, &site->alice).until, NOW + 8 * HOUR);
}

/* What is not to be read stops nobody: a warning, once, and the rest counts. */
static void test_unreadable(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct schedule broken = { .name = "broken", .hours = "every other day", .forced = -1 };
	char warning[512];
	int64_t next;

	OK(store_next_change(s, &next, NULL));
	assert_true(next == UNTIL_OPEN); /* of people who have nothing that ends */
	OK(follow_schedule_save(s, &broken, NOW, NULL));
	assert_true(follow_take_warning(s, warning, sizeof(warning)));
	assert_non_null(strstr(warning, "broken: hours: 'every other day' is not a day"));
	assert_false(follow_take_warning(s, warning, sizeof(warning)));
	assert_string_equal(warning, "");
	/* It is looked at again in a day. */
	OK(store_next_change(s, &next, NULL));
	assert_int_equal(next, NOW + DAY);
	OK(store_commit(s, NULL));
	OK(store_begin(s, NULL));
	text_copy(site->alice.schedule, sizeof(site->alice.schedule), "broken");
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	expect_mode(s, &site->alice, "available");
	assert_true(follow_take_warning(s, warning, sizeof(warning)));
	assert_int_equal(strncmp(warning, "broken: ", 8), 0);
}

/* Users who have much in common, and each something of their own. */
enum { ALICE, BOB, CAROL, DAVE, EVE, FRANK, GRACE, HEIDI, IVY, JUDY, PEOPLE };

static const struct {
	const char *name, *schedule, *calendars, *zone, *mode, *outside, *group;
} people[PEOPLE] = {
	[ALICE] = { "alice", "office", "", "", "", "", "" },
	[BOB] = { "bob", "office", "", "", "", "", "" },
	[CAROL] = { "carol", "office", "", "Asia/Tokyo", "", "", "" },
	[DAVE] = { "dave", "office", "", "", "", "away", "" },
	[EVE] = { "eve", "", "own", "", "trip", "", "" },
	[FRANK] = { "frank", "office", "own", "", "", "", "" },
	[GRACE] = { "grace", "night", "", "", "", "", "" },
	[HEIDI] = { "heidi", "", "", "", "", "", "team" },
	[IVY] = { "ivy", "office", "longer", "", "", "", "" },
	[JUDY] = { "judy", "office", "", "", "", "", "" },
};

static void add_people(struct site *site, struct user users[PEOPLE])
{
	struct schedule night = { .name = "night", .hours = "Mon-Fri 22:00-06:00", .forced = -1 };
	struct store *s = site->s;
	struct group team;
	bool changed;

	site->office = (struct schedule){ .name = "office",
		.hours = "Mon-Fri 09:00-17:00",
		.breaks = "Mon-Fri 12:00-13:00",
		.holidays = "06-19 = Midsummer; 06-22 10:00-11:00",
		.forced = -1 };
	OK(follow_schedule_save(s, &site->office, NOW, NULL));
	OK(follow_schedule_save(s, &night, NOW, NULL));
	keep(s, "own", "s=20260615T093000@ z=Europe/Stockholm m=45 r=FREQ=DAILY;INTERVAL=2");
	keep(s, "longer",
		"u=a s=20260615T093000@ z=Europe/Stockholm m=45 r=FREQ=DAILY;INTERVAL=2\n"
		"u=b s=20260615T101500@ z=Europe/Stockholm m=45 r=FREQ=DAILY;INTERVAL=2");
	OK(follow_group_add(s, "team", NOW, NULL));
	OK(store_group_find(s, "team", &team, NULL));
	OK(follow_schedule_assign_group(s, &site->office, &team, NOW, &changed, NULL));
	for (int i = 0; i < PEOPLE; i++) {
		struct user *u = &users[i];
		char extension[8];

		snprintf(extension, sizeof(extension), "%d", 2001 + i);
		user_init(u, people[i].name, extension);
		if (i == ALICE)
			u->id = site->alice.id;
		if (i == BOB)
			u->id = site->bob.id;
		text_copy(u->schedule, sizeof(u->schedule), people[i].schedule);
		text_copy(u->calendars, sizeof(u->calendars), people[i].calendars);
		text_copy(u->zone, sizeof(u->zone), people[i].zone);
		text_copy(u->mode, sizeof(u->mode), people[i].mode);
		text_copy(u->period_mode[PERIOD_OUTSIDE], NAME_MAX_LEN + 1, people[i].outside);
		OK(follow_user_save(s, u, NOW, NULL));
		if (*people[i].group)
			OK(follow_group_assign(s, &team, u, true, NOW, &changed, NULL));
	}
}

/* What is kept of a user is what follows from the database alone, and began and ends when it was said to. */
static void check_kept(
	struct store *s, const struct user *u, struct seen_presence *was, int64_t now)
{
	_cleanup_(ladder_done) struct ladder l = { .sources_n = 0 };
	struct seen_presence is = see_presence(s, u);
	char reason[REASON_MAX_LEN + 1];
	struct decision v;
	struct mode m;

	OK(follow_ladder(s, u->id, now, now, &l, &v, NULL));
	OK(store_mode_get(s, v.winner.mode_id, &m, NULL));
	rung_reason(&v.winner, l.schedule, l.has_default, reason);
	assert_string_equal(is.mode, m.name);
	assert_string_equal(is.reason, reason);
	assert_string_equal(is.source, source_name(v.winner.source));
	assert_true(is.until == v.until);
	if (strcmp(is.mode, was->mode) != 0) {
		assert_int_equal(is.since, now);
		assert_true(!*was->mode || was->until == now);
	} else {
		assert_int_equal(is.since, was->since);
		assert_true(is.until == was->until);
	}
	*was = is;
}

static void test_walk(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct seen_presence was[PEOPLE] = { 0 };
	struct user users[PEOPLE];
	struct override order;
	struct mode off_work;
	int64_t now = NOW;
	int steps = 0;
	size_t n;

	add_people(site, users);
	switch_in(s, &users[BOB], "dnd", NOW + 30 * HOUR, NOW);
	switch_in(s, &users[FRANK], "trip", NOW + 2 * DAY, NOW);
	switch_in(s, &users[FRANK], "dnd", NOW + HOUR / 2, NOW);
	order = (struct override){ .given = NOW, .start = NOW + 3 * HOUR, .until = NOW + 3 * DAY };
	text_copy(order.scope, sizeof(order.scope), "alice");
	OK(store_mode_find(s, "off-work", &off_work, NULL));
	order.mode_id = off_work.id;
	OK(follow_override_add(s, &order, users[ALICE].id, 0, NULL));
	OK(store_commit(s, NULL));
	for (; now < NOW + 14 * DAY; steps++) {
		int64_t next;

		OK(follow_tick(s, now, &n, NULL));
		for (int i = 0; i < PEOPLE; i++) {
			if (steps == 0)
				was[i] = see_presence(s, &users[i]);
			else
				check_kept(s, &users[i], &was[i], now);
		}
		OK(store_next_change(s, &next, NULL));
		assert_true(next > now);
		now = next;
	}
	assert_true(steps > 100 && steps < 400);
}

/* Nobody looked for a while: a mode that ended and came back began when it came back. */
static void test_missed(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct user users[PEOPLE];
	size_t n;

	add_people(site, users);
	switch_in(s, &users[BOB], "dnd", NOW + HOUR, NOW);
	OK(store_commit(s, NULL));
	assert_int_equal(see_presence(s, &users[ALICE]).since, NOW);
	OK(follow_tick(s, NOW + 5 * HOUR, &n, NULL)); /* the break is over */
	expect_mode(s, &users[ALICE], "available");
	assert_int_equal(see_presence(s, &users[ALICE]).since, NOW + 4 * HOUR);
	OK(follow_tick(s, NOW + 4 * DAY + 5 * HOUR, &n, NULL)); /* Midsummer */
	expect_mode(s, &users[ALICE], "off-work");
	assert_int_equal(see_presence(s, &users[ALICE]).since, NOW + 3 * DAY + 8 * HOUR);
	/* What is over is gone. */
	OK(store_begin(s, NULL));
	OK(follow_clear_users(s, ONLY(users[BOB].id), NOW + 4 * DAY, &n, NULL));
	assert_int_equal(n, 0);
}

/* A clock that was ahead: all that it wrote is worked out again. */
static void test_clock(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct until until_next = { .kind = UNTIL_NEXT };
	struct seen_presence is;
	struct user users[PEOPLE];
	struct mode dnd;
	struct switch_result result;
	bool ahead;
	size_t n;

	add_people(site, users);
	OK(store_mode_find(s, "dnd", &dnd, NULL));
	OK(follow_switch_users(s, ONLY(users[ALICE].id),
		&(struct switch_request){ &dnd, "", until_next, "" }, NOW, &result, NULL));
	assert_int_equal(result.endless, 0);
	OK(store_commit(s, NULL));
	OK(store_is_ahead(s, NOW, &ahead, NULL));
	assert_false(ahead);
	OK(store_is_ahead(s, NOW - 1, &ahead, NULL));
	assert_true(ahead);
	assert_int_equal(see_presence(s, &users[ALICE]).until, NOW + 8 * HOUR);
	expect_item(s, "presence-hours/office", "business");

	/* Two days on, and back. */
	OK(follow_tick(s, NOW + 2 * DAY + 9 * HOUR, &n, NULL));
	expect_mode(s, &users[BOB], "off-work");
	expect_item(s, "presence-hours/office", "outside");
	OK(store_is_ahead(s, NOW + HOUR, &ahead, NULL));
	assert_true(ahead);
	OK(follow_look_again(s, NOW + HOUR, &n, NULL));
	assert_int_equal(n, PEOPLE);
	OK(store_is_ahead(s, NOW + HOUR, &ahead, NULL));
	assert_false(ahead);
	expect_item(s, "presence-hours/office", "business");
	is = see_presence(s, &users[ALICE]);
	assert_string_equal(is.mode, "do-not-disturb"); /* has not ended by this clock */
	assert_int_equal(is.since, NOW);
	assert_int_equal(is.until, NOW + 8 * HOUR);
	is = see_presence(s, &users[BOB]);
	assert_string_equal(is.mode, "available");
	assert_int_equal(is.since, NOW);
	assert_int_equal(is.until, NOW + 3 * HOUR);
	/* Again, as after new zone data: of whoever time can decide about. */
	OK(follow_look_again(s, NOW + HOUR, &n, NULL));
	assert_int_equal(n, PEOPLE);
	is = see_presence(s, &users[DAVE]);
	assert_string_equal(is.mode, "available");
	assert_string_equal(see_presence(s, &users[CAROL]).mode, "off-work");
}

/* The end of a switch until the next start follows the schedule; one that is over stays so. */
static void test_until_next(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct until until_next = { .kind = UNTIL_NEXT };
	struct user users[PEOPLE];
	struct switch_result result;
	struct mode dnd;

	add_people(site, users);
	OK(store_mode_find(s, "dnd", &dnd, NULL));
	for (int i = ALICE; i <= DAVE; i++)
		OK(follow_switch_users(s, ONLY(users[i].id),
			&(struct switch_request){ &dnd, "", until_next, "" }, NOW, &result, NULL));
	assert_int_equal(see_presence(s, &users[ALICE]).until, NOW + 8 * HOUR);
	/* Carol is in Tokyo: there it is four in the afternoon. */
	assert_int_equal(see_presence(s, &users[CAROL]).until, NOW + HOUR);
	text_copy(site->office.hours, sizeof(site->office.hours), "Mon-Fri 09:00-18:00");
	OK(follow_schedule_save(s, &site->office, NOW, NULL));
	assert_int_equal(see_presence(s, &users[ALICE]).until, NOW + 9 * HOUR);
	assert_int_equal(see_presence(s, &users[CAROL]).until, NOW + 2 * HOUR);
	OK(follow_schedule_force(s, &site->office, PERIOD_BUSINESS, NOW + 12 * HOUR, NOW, NULL));
	assert_int_equal(see_presence(s, &users[ALICE]).until, NOW + 12 * HOUR);
	assert_int_equal(see_presence(s, &users[DAVE]).until, NOW + 12 * HOUR);
	assert_true(see_presence(s, &users[GRACE]).until > NOW + 12 * HOUR);
}

/* The log tells of each change of the mode, of the source and of the reason, and of switches under which the mode stays. */
static void test_log(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct user users[PEOPLE];
	size_t n;

	add_people(site, users);
	switch_in(s, &users[ALICE], "available", NOW + HOUR, NOW);
	expect_log(s, "alice", 1,
		"set alice by test root 0: switch - > available: available to available by switch");
	OK(store_commit(s, NULL));
	OK(follow_tick(s, NOW + HOUR, &n, NULL));
	expect_log(s, "alice", 2,
		"set alice by test root 0: switch - > available: available to available by switch\n"
		"follow alice by test root 0: available to available by business (business hours of schedule office)");
	OK(follow_tick(s, NOW + 3 * HOUR, &n, NULL));
	expect_log(s, "alice", 1,
		"follow alice by test root 0: available to lunch-break by break (break of schedule office)");
	OK(store_begin(s, NULL));
	OK(follow_clear_users(s, ONLY(users[ALICE].id), NOW + 3 * HOUR, &n, NULL));
	assert_int_equal(n, 0);
	switch_in(s, &users[ALICE], "lunch", NOW + 4 * HOUR, NOW + 3 * HOUR);
	OK(follow_clear_users(s, ONLY(users[ALICE].id), NOW + 3 * HOUR, &n, NULL));
	assert_int_equal(n, 1);
	expect_log(s, "alice", 2,
		"set alice by test root 0: switch - > lunch-break: lunch-break to lunch-break by switch\n"
		"clear alice by test root 0: switch lunch-break > -: lunch-break to lunch-break by break (break of schedule office)");
}

struct status_seen {
	bool all, confirmed;
	char error[64];
};

static int keep_status(void *data, const struct status *st)
{
	struct status_seen *seen = data;

	if (strcmp(st->user, "alice") != 0)
		return 0;
	seen->confirmed = st->confirmed;
	text_copy(seen->error, sizeof(seen->error), st->error ? st->error : "");
	return 0;
}

/* Asked for one user and for all. */
static void expect_confirmed(struct site *site, bool confirmed, const char *error)
{
	struct ids who = { .ids = &site->alice.id, .n = 1 };

	for (int i = 0; i < 2; i++) {
		struct status_seen seen = { .error = "not asked" };

		OK(store_status_each(site->s, i ? &who : NULL, keep_status, &seen, NULL));
		assert_int_equal(seen.confirmed, confirmed);
		assert_string_equal(seen.error, error);
	}
}

static int stop_at(void *data, const struct status *st)
{
	(void)st;
	++*(int *)data;
	return 3;
}

static int list_users(void *data, const struct status *st)
{
	strbuf_addf(data, "%s/%s ", st->user, st->extension);
	return 0;
}

static void test_prefix(void **state)
{
	static const struct {
		enum status_key by;
		const char *prefix;
		int64_t limit;
		const char *found;
	} table[] = { { STATUS_BY_NAME, "", 9, "alice/1001 bob/1002 " },
		{ STATUS_BY_NAME, "", 1, "alice/1001 " },
		{ STATUS_BY_NAME, "AL", 9, "alice/1001 " },
		{ STATUS_BY_NAME, "alice", 9, "alice/1001 " }, { STATUS_BY_NAME, "alicea", 9, "" },
		{ STATUS_BY_NAME, "1001", 9, "" }, { STATUS_BY_NAME, "a%", 9, "" },
		{ STATUS_BY_EXTENSION, "100", 9, "alice/1001 bob/1002 " },
		{ STATUS_BY_EXTENSION, "1002", 9, "bob/1002 " },
		{ STATUS_BY_EXTENSION, "al", 9, "" } };
	struct site *site = *state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf found = STRBUF_INIT;

		OK(store_status_prefix(site->s, table[i].by, table[i].prefix, table[i].limit,
			list_users, &found, NULL));
		assert_string_equal(found.len ? found.s : "", table[i].found);
	}
}

static void test_late(void **state)
{
	struct site *site = *state;
	size_t due;
	int64_t n;

	OK(store_commit(site->s, NULL));
	switch_to(site->s, &site->alice, "dnd", NOW + 60, NOW);
	OK(store_status_late(site->s, NOW + 59, &n, NULL));
	assert_int_equal(n, 0);
	OK(store_status_late(site->s, NOW + 60, &n, NULL));
	assert_int_equal(n, 1);
	OK(follow_tick(site->s, NOW + 60, &due, NULL));
	OK(store_status_late(site->s, NOW + 60, &n, NULL));
	assert_int_equal(n, 0);
}

static void test_confirmed(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct item_wait wait = { .value = "dnd,do-not-disturb,", .confirmed = "x", .again_at = 1 };
	struct ids both = { .ids = (int64_t[]){ site->alice.id, site->bob.id }, .n = 2 };
	int64_t id;
	int n = 0;

	OK(store_commit(s, NULL));
	assert_int_equal(store_status_each(s, NULL, stop_at, &n, NULL), 3);
	assert_int_equal(store_status_each(s, &both, stop_at, &n, NULL), 3);
	assert_int_equal(n, 2);
	expect_confirmed(site, false, "");
	confirm_all(s);
	expect_confirmed(site, true, "");
	switch_to(s, &site->bob, "dnd", UNTIL_OPEN, NOW);
	expect_confirmed(site, true, "");
	switch_to(s, &site->alice, "dnd", UNTIL_OPEN, NOW);
	expect_confirmed(site, false, "");
	id = see_item(s, "CustomPresence:1001").id;
	OK(store_item_confirm(s, id, "dnd,do-not-disturb,", NULL));
	expect_confirmed(site, false, "");
	OK(store_item_refuse(s, see_item(s, "lamps/1001").id, "*,do-not-disturb", "no", NULL));
	expect_confirmed(site, true, "no");
	confirm_all(s);
	OK(store_item_retry(s, "main", true, NULL));
	confirm_all(s);
	expect_confirmed(site, true, "");
	/* What waits for the end of a call counts as done. */
	switch_to(s, &site->alice, "away", UNTIL_OPEN, NOW);
	switch_to(s, &site->alice, "dnd", UNTIL_OPEN, NOW);
	wait.id = id;
	OK(store_item_put_off(s, &wait, NULL));
	expect_confirmed(site, true, "");
}

struct batch {
	int asked, enough_at;
};

static bool is_enough(void *data)
{
	struct batch *b = data;

	return ++b->asked == b->enough_at;
}

/* A calendar that switches without end decides 200 times a day, and is named. */
static void test_flapping(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct ladder l = { .sources_n = 0 };
	char warning[512];

	keep(s, "own",
		"u=flap s=20260614T000000Z m=1 r=FREQ=MINUTELY;INTERVAL=2\n"
		"u=honest s=20260615T030000Z m=60\nu=late s=20260616T230000Z m=60");
	text_copy(site->alice.calendars, sizeof(site->alice.calendars), "own");
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	OK(store_commit(s, NULL));
	follow_take_warning(s, warning, sizeof(warning));
	OK(follow_ladder_window(s, site->alice.id, NOW, NOW, NOW + 2 * DAY, &l, NULL));
	assert_in_range(l.in.appointments_n, 2 * 200, 3 * 200);
	assert_true(follow_take_warning(s, warning, sizeof(warning)));
	assert_string_equal(warning,
		"own: event 'flap': 200 others take place before it on the same day; the rest of such"
		" a day is left out");
	ladder_done(&l);
}

/* A tick that stops leaves the others due, lets other writers in, and goes on where it stopped. */
static void test_batches(void **state)
{
	struct site *site = *state;
	struct store *s = site->s, *other;
	struct schedule office = { .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };
	struct batch b = { .enough_at = 2 };
	struct user users[5];
	size_t n, sum = 0;
	int64_t due;

	OK(follow_schedule_save(s, &office, NOW, NULL));
	OK(store_commit(s, NULL));
	for (int i = 0; i < 5; i++) {
		char name[8], extension[8];

		snprintf(name, sizeof(name), "u%d", i);
		snprintf(extension, sizeof(extension), "%d", 2000 + i);
		user_init(&users[i], name, extension);
		text_copy(users[i].schedule, sizeof(users[i].schedule), "office");
		OK(store_begin(s, NULL));
		OK(follow_user_save(s, &users[i], NOW, NULL));
		OK(store_commit(s, NULL));
	}
	OK(store_next_change(s, &due, NULL));
	follow_set_enough(s, is_enough, &b);
	OK(store_open(store_path(s), &actor, &other, NULL));
	for (int i = 0; i < 3; i++) {
		OK(follow_tick(s, due, &n, NULL));
		assert_int_equal(n, i < 2 ? 2 : 1);
		sum += n;
		b.asked = 0;
		OK(store_begin(other, NULL));
		OK(store_commit(other, NULL));
	}
	assert_int_equal(sum, 5);
	OK(follow_tick(s, due, &n, NULL));
	assert_int_equal(n, 0);
	OK(follow_look_again(s, due, &n, NULL));
	assert_int_equal(n, 2);
	b.asked = b.enough_at = 0;
	OK(follow_tick(s, due, &n, NULL));
	assert_int_equal(n, 3);
	for (int i = 0; i < 5; i++)
		expect_mode(s, &users[i], see_presence(s, &users[0]).mode);
	store_free(other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_busy, setup, site_free),
		cmocka_unit_test_setup_teardown(test_other_times, setup, site_free),
		cmocka_unit_test_setup_teardown(test_other_writer, setup, site_free),
		cmocka_unit_test_setup_teardown(test_zone_gone, setup, site_free),
		cmocka_unit_test_setup_teardown(test_unreadable, setup, site_free),
		cmocka_unit_test_setup_teardown(test_walk, setup, site_free),
		cmocka_unit_test_setup_teardown(test_missed, setup, site_free),
		cmocka_unit_test_setup_teardown(test_clock, setup, site_free),
		cmocka_unit_test_setup_teardown(test_batches, setup, site_free),
		cmocka_unit_test_setup_teardown(test_flapping, setup, site_free),
		cmocka_unit_test_setup_teardown(test_until_next, setup, site_free),
		cmocka_unit_test_setup_teardown(test_log, setup, site_free),
		cmocka_unit_test_setup_teardown(test_prefix, setup, site_free),
		cmocka_unit_test_setup_teardown(test_late, setup, site_free),
		cmocka_unit_test_setup_teardown(test_confirmed, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, test_calendar_done);
}
