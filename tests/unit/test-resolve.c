/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who wins: presence-time(7), WHO WINS. */
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
#include "lib/presence/resolve.h"

enum { NONE, DEFAULT, DND, LUNCH, OPEN, REST, CLOSED, HOLIDAY, BUSY, OOF, DRILL, PARTY };

/* The day of most tests, in minutes: closed, open from 100, a break from 200, open from 300, closed from 400, a holiday from 500. */
static struct segment day[] = {
	{ 0, 100, PERIOD_OUTSIDE, CAUSE_HOURS, "" },
	{ 100, 200, PERIOD_BUSINESS, CAUSE_HOURS, "" },
	{ 200, 300, PERIOD_BREAK, CAUSE_HOURS, "" },
	{ 300, 400, PERIOD_BUSINESS, CAUSE_HOURS, "" },
	{ 400, 500, PERIOD_OUTSIDE, CAUSE_HOURS, "" },
	{ 500, 600, PERIOD_HOLIDAY, CAUSE_HOLIDAY, "H" },
	{ 600, 1000, PERIOD_OUTSIDE, CAUSE_HOURS, "" },
};
static const struct segments days = { day, ARRAY_SIZE(day), ARRAY_SIZE(day) };

static struct resolve_input input(int64_t now)
{
	return (struct resolve_input){
		.period_mode_id = { [PERIOD_BUSINESS] = OPEN,
			[PERIOD_BREAK] = REST,
			[PERIOD_OUTSIDE] = CLOSED,
			[PERIOD_HOLIDAY] = HOLIDAY },
		.default_mode_id = DEFAULT,
		.now = now,
		.from = 0,
		.to = 1000,
	};
}

/* Switches only, nothing depends on time. */
static void test_switches(void **state)
{
	static const struct {
		const char *name;
		struct mode_switch switches[3]; /* newest first; mode_id 0 ends them */
		int64_t at;
		enum source source;
		int64_t mode_id, next;
	} table[] = {
		{ "nothing set", { { 0 } }, 100, SOURCE_DEFAULT, DEFAULT, UNTIL_OPEN },
		{ "a switch for ever", { { .mode_id = DND, .until = UNTIL_OPEN } }, 100,
			SOURCE_SWITCH, DND, UNTIL_OPEN },
		{ "a switch that holds", { { .mode_id = DND, .until = 101 } }, 100, SOURCE_SWITCH,
			DND, 101 },
		{ "its end is half-open", { { .mode_id = DND, .until = 100 } }, 100, SOURCE_DEFAULT,
			DEFAULT, UNTIL_OPEN },
		{ "the newest wins",
			{ { .mode_id = LUNCH, .until = 200 },
				{ .mode_id = DND, .until = UNTIL_OPEN } },
			100, SOURCE_SWITCH, LUNCH, 200 },
		{ "what lies below holds again",
			{ { .mode_id = LUNCH, .until = 200 }, { .mode_id = DND, .until = 300 } },
			200, SOURCE_SWITCH, DND, 300 },
		{ "all have ended",
			{ { .mode_id = LUNCH, .until = 200 }, { .mode_id = DND, .until = 300 } },
			300, SOURCE_DEFAULT, DEFAULT, UNTIL_OPEN },
		{ "the clock was stepped back", { { .mode_id = DND, .since = 500, .until = 600 } },
			100, SOURCE_SWITCH, DND, 600 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct resolve_input in = { .switches = table[i].switches,
			.default_mode_id = DEFAULT,
			.now = table[i].at,
			.from = INT64_MIN,
			.to = UNTIL_OPEN };
		struct decision v;

		while (in.switches_n < 3 && table[i].switches[in.switches_n].mode_id)
			in.switches_n++;
		resolve(&in, table[i].at, table[i].at, &v);
		if (v.winner.source != table[i].source || v.winner.mode_id != table[i].mode_id ||
			v.next_change_at != table[i].next)
			fail_msg("%s: source %d, mode %d, next %lld", table[i].name,
				v.winner.source, (int)v.winner.mode_id,
				(long long)v.next_change_at);
	}
}

struct row {
	const char *name;
	bool no_schedule;
	struct override overrides[3]; /* the one given last first; mode_id 0 ends them */
	struct mode_switch switches[3];
	struct appointment appointments[4];
	int64_t at;
	enum source source;
	int64_t mode_id, since, until, next; /* UNTIL_OPEN: none in the window */
};

/* `since` looks back to 0. */
static const struct row rows[] = {
	{ "outside hours", .at = 50, .source = SOURCE_OUTSIDE, .mode_id = CLOSED, .since = 0,
		.until = 100, .next = 100 },
	{ "business", .at = 150, .source = SOURCE_BUSINESS, .mode_id = OPEN, .since = 100,
		.until = 200, .next = 200 },
	{ "break", .at = 200, .source = SOURCE_BREAK, .mode_id = REST, .since = 200, .until = 300,
		.next = 300 },
	{ "holiday", .at = 599, .source = SOURCE_HOLIDAY, .mode_id = HOLIDAY, .since = 500,
		.until = 600, .next = 600 },
	{ "until the window ends", .at = 700, .source = SOURCE_OUTSIDE, .mode_id = CLOSED,
		.since = 600, .until = UNTIL_OPEN, .next = 1000 },
	{ "no schedule", true, .at = 150, .source = SOURCE_DEFAULT, .mode_id = DEFAULT, .since = 0,
		.until = UNTIL_OPEN, .next = 1000 },

	{ "the order given last wins, whatever its scope", false,
		{ { .mode_id = DRILL, .start = 0, .until = 300, .scope = "all" },
			{ .mode_id = PARTY, .start = 0, .until = 400, .scope = "alice" } },
		.at = 150, .source = SOURCE_OVERRIDE, .mode_id = DRILL, .since = 0, .until = 300,
		.next = 300 },
	{ "and not the narrower", false,
		{ { .mode_id = PARTY, .start = 0, .until = 400, .scope = "alice" },
			{ .mode_id = DRILL, .start = 0, .until = 300, .scope = "all" } },
		.at = 150, .source = SOURCE_OVERRIDE, .mode_id = PARTY, .since = 0, .until = 400,
		.next = 400 },
	{ "one that has not started lets the older one hold", false,
		{ { .mode_id = DRILL, .start = 160, .until = 300 },
			{ .mode_id = PARTY, .start = 0, .until = 400 } },
		.at = 150, .source = SOURCE_OVERRIDE, .mode_id = PARTY, .since = 0, .until = 160,
		.next = 160 },
	{ "one that has ended does too", false,
		{ { .mode_id = DRILL, .start = 0, .until = 150 },
			{ .mode_id = PARTY, .start = 0, .until = 400 } },
		.at = 150, .source = SOURCE_OVERRIDE, .mode_id = PARTY, .since = 150, .until = 400,
		.next = 400 },
	{ "an order without an end", false,
		{ { .mode_id = DRILL, .start = 120, .until = UNTIL_OPEN } }, .at = 150,
		.source = SOURCE_OVERRIDE, .mode_id = DRILL, .since = 120, .until = UNTIL_OPEN,
		.next = 1000 },
	{ "one to come ends business", false, { { .mode_id = DRILL, .start = 180, .until = 400 } },
		.at = 150, .source = SOURCE_BUSINESS, .mode_id = OPEN, .since = 100, .until = 180,
		.next = 180 },
	{ "an order beats a switch", false, { { .mode_id = DRILL, .start = 0, .until = 300 } },
		{ { .mode_id = DND, .since = 140, .until = 500 } }, .at = 150,
		.source = SOURCE_OVERRIDE, .mode_id = DRILL, .since = 0, .until = 300,
		.next = 300 },

	{ "a switch beats a holiday",
		.switches = { { .mode_id = DND, .since = 510, .until = 550 } }, .at = 520,
		.source = SOURCE_SWITCH, .mode_id = DND, .since = 510, .until = 550, .next = 550 },
	{ "and an event", false, { { 0 } }, { { .mode_id = DND, .since = 110, .until = 170 } },
		{ { 100, 190, BUSY, EVENT_BUSY, "", "" } }, .at = 150, .source = SOURCE_SWITCH,
		.mode_id = DND, .since = 110, .until = 170, .next = 170 },

	{ "an event in business hours", .appointments = { { 140, 190, BUSY, EVENT_BUSY, "", "" } },
		.at = 150, .source = SOURCE_BUSY, .mode_id = BUSY, .since = 140, .until = 190,
		.next = 190 },
	{ "an event that ends now", .appointments = { { 140, 150, BUSY, EVENT_BUSY, "", "" } },
		.at = 150, .source = SOURCE_BUSINESS, .mode_id = OPEN, .since = 150, .until = 200,
		.next = 200 },
	{ "an event to come", .appointments = { { 160, 190, BUSY, EVENT_BUSY, "", "" } }, .at = 150,
		.source = SOURCE_BUSINESS, .mode_id = OPEN, .since = 100, .until = 160,
		.next = 160 },
	{ "the break beats an event", .appointments = { { 150, 350, BUSY, EVENT_BUSY, "", "" } },
		.at = 250, .source = SOURCE_BREAK, .mode_id = REST, .since = 200, .until = 300,
		.next = 300 },
	{ "outside hours beats an event", .appointments = { { 0, 90, OOF, EVENT_OOF, "", "" } },
		.at = 50, .source = SOURCE_OUTSIDE, .mode_id = CLOSED, .since = 0, .until = 100,
		.next = 100 },
	{ "a holiday beats an event", .appointments = { { 0, 900, OOF, EVENT_OOF, "", "" } },
		.at = 550, .source = SOURCE_HOLIDAY, .mode_id = HOLIDAY, .since = 500, .until = 600,
		.next = 600 },
	{ "an event without a schedule", true,
		.appointments = { { 140, 190, BUSY, EVENT_BUSY, "", "" } }, .at = 150,
		.source = SOURCE_BUSY, .mode_id = BUSY, .since = 140, .until = 190, .next = 190 },
	{ "out of office wins over what begins later",
		.appointments = { { 110, 190, OOF, EVENT_OOF, "", "" },
			{ 140, 160, BUSY, EVENT_BUSY, "", "" } },
		.at = 150, .source = SOURCE_BUSY, .mode_id = OOF, .since = 110, .until = 190,
		.next = 190 },
	{ "and over what began before",
		.appointments = { { 110, 190, BUSY, EVENT_BUSY, "", "" },
			{ 140, 160, OOF, EVENT_OOF, "", "" } },
		.at = 150, .source = SOURCE_BUSY, .mode_id = OOF, .since = 140, .until = 160,
		.next = 160 },
	{ "of equals the one that began last",
		.appointments = { { 110, 190, BUSY, EVENT_BUSY, "", "" },
			{ 140, 160, LUNCH, EVENT_BUSY, "", "" } },
		.at = 150, .source = SOURCE_BUSY, .mode_id = LUNCH, .since = 140, .until = 160,
		.next = 160 },

	{ "another rung with the same mode: until is later than the next look",
		.appointments = { { 150, 180, OPEN, EVENT_BUSY, "", "" } }, .at = 120,
		.source = SOURCE_BUSINESS, .mode_id = OPEN, .since = 100, .until = 200,
		.next = 150 },
	{ "since goes back through other rungs of the same mode",
		.switches = { { .mode_id = CLOSED, .since = 300, .until = 450 } }, .at = 460,
		.source = SOURCE_OUTSIDE, .mode_id = CLOSED, .since = 300, .until = 500,
		.next = 500 },
	{ "but not through another mode",
		.switches = { { .mode_id = CLOSED, .since = 0, .until = 350 } }, .at = 460,
		.source = SOURCE_OUTSIDE, .mode_id = CLOSED, .since = 400, .until = 500,
		.next = 500 },
	{ "two switches of one mode that follow each other",
		.switches = { { .mode_id = DND, .since = 140, .until = 160 },
			{ .mode_id = DND, .since = 110, .until = 180 } },
		.at = 150, .source = SOURCE_SWITCH, .mode_id = DND, .since = 110, .until = 180,
		.next = 160 },
};

static void take(struct resolve_input *in, const struct row *r)
{
	*in = input(r->at);
	in->segments = r->no_schedule ? NULL : &days;
	in->overrides = r->overrides;
	in->switches = r->switches;
	in->appointments = r->appointments;
	while (in->overrides_n < 3 && r->overrides[in->overrides_n].mode_id)
		in->overrides_n++;
	while (in->switches_n < 3 && r->switches[in->switches_n].mode_id)
		in->switches_n++;
	while (in->appointments_n < 4 && r->appointments[in->appointments_n].mode_id)
		in->appointments_n++;
	busy_times_of(in->appointments, in->appointments_n, &in->busy);
}

static void test_ladder(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct resolve_input in;
		struct decision v;

		take(&in, r);
		resolve(&in, r->at, 0, &v);
		if (v.winner.source != r->source || v.winner.mode_id != r->mode_id ||
			v.winner.state != RUNG_WINS)
			fail_msg("%s: source %d, mode %d", r->name, v.winner.source,
				(int)v.winner.mode_id);
		if (v.since != r->since || v.until != r->until || v.next_change_at != r->next)
			fail_msg("%s: since %lld, until %lld, next %lld", r->name,
				(long long)v.since, (long long)v.until,
				(long long)v.next_change_at);
		resolve(&in, r->at, r->at, &v);
		assert_true(v.since == r->at);
		if (r->at > 0 && r->since < r->at) {
			resolve(&in, r->at, r->at - 1, &v);
			assert_true(v.since == r->at - 1);
		}
		busy_times_done(&in.busy);
	}
}

/* Every rung of one instant, in its order and state. */
static void test_rungs(void **state)
{
	static const struct override overrides[] = {
		{ .mode_id = DRILL, .start = 160, .until = 300 },
		{ .mode_id = PARTY, .start = 0, .until = 150 },
	};
	static const struct mode_switch switches[] = {
		{ .mode_id = DND, .since = 100, .until = 200 },
		{ .mode_id = LUNCH, .since = 90, .until = 300 },
	};
	static const struct appointment appointments[] = {
		{ 10, 20, OOF, EVENT_OOF, "", "" },
		{ 180, 190, BUSY, EVENT_BUSY, "", "" },
	};
	static const struct {
		enum source source;
		enum rung_state state;
		int64_t mode_id, start, end;
	} expect[] = {
		{ SOURCE_OVERRIDE, RUNG_LATER, DRILL, 160, 300 },
		{ SOURCE_SWITCH, RUNG_WINS, DND, 100, 200 },
		{ SOURCE_SWITCH, RUNG_BEATEN, LUNCH, 90, 300 },
		{ SOURCE_HOLIDAY, RUNG_LATER, HOLIDAY, 500, 600 },
		{ SOURCE_OUTSIDE, RUNG_LATER, CLOSED, 400, 500 },
		{ SOURCE_BREAK, RUNG_LATER, REST, 200, 300 },
		{ SOURCE_BUSY, RUNG_LATER, BUSY, 180, 190 },
		{ SOURCE_BUSINESS, RUNG_BEATEN, OPEN, 100, 200 },
		{ SOURCE_DEFAULT, RUNG_BEATEN, DEFAULT, INT64_MIN, UNTIL_OPEN },
	};
	struct resolve_input in = input(150);
	struct rung got[16];
	size_t n;

	(void)state;
	in.segments = &days;
	in.overrides = overrides;
	in.overrides_n = 2;
	in.switches = switches;
	in.switches_n = 2;
	in.appointments = appointments;
	in.appointments_n = 2;
	busy_times_of(appointments, 2, &in.busy);
	n = resolve_ladder(&in, 150, got, ARRAY_SIZE(got));
	busy_times_done(&in.busy);
	assert_int_equal(n, ARRAY_SIZE(expect));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(got[i].source, expect[i].source);
		assert_int_equal(got[i].state, expect[i].state);
		assert_true(got[i].mode_id == expect[i].mode_id);
		assert_true(got[i].start == expect[i].start && got[i].end == expect[i].end);
	}

	in = input(150);
	n = resolve_ladder(&in, 150, got, ARRAY_SIZE(got));
	assert_int_equal(n, SOURCE_COUNT);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(got[i].source, i);
		assert_int_equal(got[i].state, i == SOURCE_DEFAULT ? RUNG_WINS : RUNG_SILENT);
	}
}

/* With little room orders and switches to come are left out, never the winner. */
static void test_room(void **state)
{
	struct override overrides[20];
	struct mode_switch switches[20];
	struct resolve_input in = input(150);
	struct rung got[40];

	(void)state;
	for (int i = 0; i < 20; i++) {
		overrides[i] = (struct override){ .mode_id = DRILL, .start = 200, .until = 300 };
		switches[i] = (struct mode_switch){ .mode_id = DND, .until = 300 };
	}
	overrides[19].start = 0;
	in.overrides = overrides;
	in.overrides_n = 20;
	in.switches = switches;
	in.switches_n = 20;
	for (size_t max = SOURCE_COUNT; max < 40; max++) {
		size_t n = resolve_ladder(&in, 150, got, max), wins = 0;

		assert_int_equal(n, max);
		for (size_t i = 0; i < n; i++)
			wins += got[i].state == RUNG_WINS;
		assert_int_equal(wins, 1);
		for (size_t i = 0; i < n; i++)
			assert_true(got[i].state != RUNG_WINS || got[i].override == &overrides[19]);
	}
}

static void test_reason(void **state)
{
	static const struct override all = { .scope = "all",
		.reason = "fire drill",
		.giver = "root" },
				     nobody = { .scope = "@sales", .reason = "party" };
	static const struct mode_switch by = { .giver = "alice" }, unknown = { 0 };
	static const struct segment segments[] = {
		{ 0, 1, PERIOD_BUSINESS, CAUSE_HOURS, "" },
		{ 0, 1, PERIOD_BREAK, CAUSE_HOURS, "" },
		{ 0, 1, PERIOD_OUTSIDE, CAUSE_HOURS, "" },
		{ 0, 1, PERIOD_HOLIDAY, CAUSE_HOLIDAY, "Christmas Day" },
		{ 0, 1, PERIOD_HOLIDAY, CAUSE_HOLIDAY, "" },
		{ 0, 1, PERIOD_OUTSIDE, CAUSE_SPECIAL, "Christmas Eve" },
		{ 0, 1, PERIOD_BUSINESS, CAUSE_SPECIAL, "" },
		{ 0, 1, PERIOD_OUTSIDE, CAUSE_FORCED, "" },
	};
	static const struct appointment meeting = { .summary = "Board", .calendar = "alice-cal" },
					blank = { .summary = "", .calendar = "alice-cal" };
	static const struct {
		struct rung rung;
		bool has_default;
		const char *expect;
	} table[] = {
		{ { .override = &all }, false, "override of all by root: fire drill" },
		{ { .override = &nobody }, false, "override of @sales: party" },
		{ { .mode_switch = &by }, false, "switched by alice" },
		{ { .mode_switch = &unknown }, false, "switched" },
		{ { .segment = &segments[0] }, false, "business hours of schedule office" },
		{ { .segment = &segments[1] }, false, "break of schedule office" },
		{ { .segment = &segments[2] }, false, "outside the hours of schedule office" },
		{ { .segment = &segments[3] }, false, "holiday Christmas Day, schedule office" },
		{ { .segment = &segments[4] }, false, "holiday, schedule office" },
		{ { .segment = &segments[5] }, false,
			"special day Christmas Eve of schedule office, outside" },
		{ { .segment = &segments[6] }, false, "special day of schedule office, business" },
		{ { .segment = &segments[7] }, false, "outside by hand, schedule office" },
		{ { .appointment = &meeting }, false, "Board in calendar alice-cal" },
		{ { .appointment = &blank }, false, "event in calendar alice-cal" },
		{ { .source = SOURCE_DEFAULT }, true, "the user's default mode" },
		{ { .source = SOURCE_DEFAULT }, false, "nothing set" },
		{ { .source = SOURCE_HOLIDAY, .state = RUNG_SILENT }, false, "" },
	};
	char reason[REASON_MAX_LEN + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		rung_reason(&table[i].rung, "office", table[i].has_default, reason);
		assert_string_equal(reason, table[i].expect);
	}
}

/* Cut on the border of a character. */
static void test_long_reason(void **state)
{
	char reason[REASON_MAX_LEN + 1], name[400];
	struct segment s = { 0, 1, PERIOD_HOLIDAY, CAUSE_HOLIDAY, name };
	struct rung r = { .source = SOURCE_HOLIDAY, .segment = &s };

	(void)state;
	for (size_t lead = 0; lead < 4; lead++) {
		memset(name, 'x', lead);
		for (size_t i = lead; i + 4 < sizeof(name); i += 4)
			memcpy(name + i, "\xf0\x9f\x8e\x84", 5);
		rung_reason(&r, "office", false, reason);
		assert_true(text_is_utf8(reason));
		assert_true(strlen(reason) > REASON_MAX_LEN - 4);
	}
}

/* A calendar that never lets go costs a bounded walk; an order above it is looked at again in time. */
static void test_bounded(void **state)
{
	enum { MANY = 200000 };
	struct appointment *list = xcalloc(MANY, sizeof(*list));
	struct override order = { .mode_id = 1, .start = 0, .until = UNTIL_OPEN };
	struct resolve_input in = { .to = MANY, .appointments = list, .appointments_n = MANY };
	struct decision v;

	(void)state;
	for (int i = 0; i < MANY; i++)
		list[i] = (struct appointment){ i, i + 9000, BUSY, EVENT_BUSY, "", "" };
	busy_times_of(list, MANY, &in.busy);
	resolve(&in, 0, 0, &v);
	assert_int_equal(v.winner.mode_id, BUSY);
	assert_int_equal(v.until, UNTIL_OPEN);
	assert_int_equal(v.next_change_at, 1);
	in.overrides = &order;
	in.overrides_n = 1;
	resolve(&in, 0, 0, &v);
	assert_int_equal(v.until, UNTIL_OPEN);
	assert_true(v.next_change_at >= 1000 && v.next_change_at < MANY);
	busy_times_done(&in.busy);
	free(list);
}

/* Seconds of the processor to find since when nobody is busy, after n appointments that overlap and let go in turn; the least of
 * some tries. */
static double look_back_over(int n)
{
	struct appointment *list = xcalloc((size_t)n, sizeof(*list));
	double least = 1e9;

	for (int i = 0; i < n; i++)
		list[i] = (struct appointment){ 10 * i, 10 * i + (i % 2 ? 4 : 13), BUSY, EVENT_BUSY,
			"", "" };
	for (int try = 0; try < 5; try++) {
		struct resolve_input in = { .default_mode_id = DEFAULT,
			.to = 10 * n + 100,
			.appointments = list,
			.appointments_n = (size_t)n };
		struct decision v;
		clock_t began = clock();
		double took;

		busy_times_of(list, (size_t)n, &in.busy);
		assert_true(in.busy.n <= 2 * (size_t)n);
		resolve(&in, 10 * n + 50, 0, &v);
		took = (double)(clock() - began) / CLOCKS_PER_SEC;
		least = took < least ? took : least;
		assert_int_equal(v.since, list[n - 1].end);
		busy_times_done(&in.busy);
	}
	free(list);
	return least;
}

/* Four times as many appointments take about four times as long, not sixteen times. */
static void test_linear(void **state)
{
	double one = look_back_over(50000), four = look_back_over(200000);

	(void)state;
	assert_true(one < 1); /* the square of it would take seconds */
	assert_true(four < 9 * one);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_rungs),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_long_reason),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
