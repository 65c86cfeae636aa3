/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendars in the database: what is read of a window is what counts there, and on whose wall clock it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "calendar-text.h"
#include "store-help.h"
#include "lib/calendar/vtimezone.h"

enum { HOUR = 3600, DAY = 86400 };
#define NOW INT64_C(1781506800) /* Monday 2026-06-15 09:00 in Stockholm */

static int setup(void **state)
{
	*state = site_new();
	return 0;
}

/* Save a calendar under a name, with these events unless `data` is NULL. `state` may be NULL. */
static void keep(struct store *s, struct calendar_info *info, const struct calendar *data,
	const struct calendar_state *state)
{
	OK(store_begin(s, NULL));
	OK(follow_calendar_save(s, info, NOW, NULL));
	if (data)
		OK(follow_calendar_replace(
			s, info, data, state ? state : &(struct calendar_state){ 0 }, NOW, NULL));
	OK(store_commit(s, NULL));
}

static void print_occurrences(
	struct strbuf *to, const struct calendar *c, int64_t from, int64_t last)
{
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	struct calendar_view view = view_of("Europe/Stockholm", "alice@example.com");

	OK(calendar_expand(c, &view, from, last, &o, NULL));
	strbuf_adds(to, o.error);
	for (size_t i = 0; i < o.n; i++) {
		const struct occurrence *x = &o.list[i];

		print_moment(to, x->start, x->end);
		strbuf_addf(to, " %s %s '%s' '%s' %d%s\n", x->uid, event_kind_name(x->kind),
			x->summary, x->categories, x->priority, x->all_day ? " all day" : "");
	}
}

/* What is loaded of a window takes place as it does in the whole calendar. Instants are within 2025 to 2029. */
static const char *const calendars[] = {
	"s=20260105T090000 m=60",
	"s=20260105T230000Z d=1 m=90",
	"s=20260105 d=3",
	"s=20260105T090000@ z=America/New_York m=60",
	"s=20260105T090000@ z=Office m=60 r=FREQ=WEEKLY",
	"s=20260105T090000", /* without length */
	"s=20260105T090000 m=60 t=Stand-up\nu=b s=20260106T090000 m=60 secret t=Interview",
	"s=20260105T090000 m=60 k=oof\nu=b s=20260105T090000 m=60 k=free",
	"s=20260105T090000 m=60 cancelled\nu=b s=20260105T090000 m=60",
	"s=20260105T090000 m=60 no=alice@example.com\nu=b s=20260106T090000 m=60 no=bob@example.com",
	/* Rules: without end, until, with a count, several. */
	"s=20260105T090000 m=60 r=FREQ=MONTHLY",
	"s=20260105T090000 m=60 r=FREQ=DAILY;UNTIL=20260301",
	"s=20260105T090000 d=20 r=FREQ=MONTHLY;UNTIL=20260701T090000Z",
	"s=20260105T090000 m=60 r=FREQ=MONTHLY;UNTIL=20250101T090000Z",
	"s=20260105T090000 m=60 r=FREQ=WEEKLY;COUNT=70",
	"s=20260105T090000 m=60 r=FREQ=DAILY;UNTIL=20260110|FREQ=MONTHLY;INTERVAL=2",
	"s=20260105T090000 m=60 r=FREQ=MONTHLY ex=20260405T090000,20260605T090000",
	/* Dates before, after, and with a length of their own. */
	"s=20260105T090000 m=60 rd=20250603T090000,20261001T090000",
	"s=20260105T090000 m=60 rd=20260601T090000/28800",
	"s=20260105T090000 m=60 rd=20260601T090000Z,20260701",
	/* An instance that was moved: earlier, later, across years; what is not there any more. */
	"s=20260105T090000 m=60 r=FREQ=MONTHLY\nid=20260605T090000 s=20260401T090000 m=60",
	"s=20260105T090000 m=60 r=FREQ=MONTHLY\nid=20260605T090000 s=20280401T090000 m=60",
	"s=20260105T090000 d=10 r=FREQ=MONTHLY;INTERVAL=3\nid=20260705T090000 s=20250601T090000 m=5",
	"s=20260105T090000 d=12 r=FREQ=MONTHLY;INTERVAL=3\nid=20260705T090000 s=20260625T090000 d=12",
	"s=20260105T090000 m=5 r=FREQ=MONTHLY\nid=20260605T090000 s=20260401T090000 d=12",
	"s=20260105T090000 m=60 r=FREQ=MONTHLY\nid=20260605T090000 s=20260605T090000 m=60 cancelled",
	"s=20260105T090000 m=5 rd=20260301T090000/28800\nid=20260301T090000 s=20250601T090000 m=5",
	"id=20260605T090000 s=20260401T090000 m=60",
	/* This and all that follow. */
	"s=20260105T090000 m=60 r=FREQ=MONTHLY\nidf=20260605T090000 s=20260612T100000 m=30",
	"s=20260105T090000 m=60 r=FREQ=DAILY;UNTIL=20260120\nidf=20260110T090000 s=20270610T090000 m=60",
	"s=20260105T090000 m=60 r=FREQ=MONTHLY\nidf=20260605T090000 s=20260612T100000 m=30\n"
	"id=20260805T090000 s=20270101T090000 m=30 seq=2",
	/* When somebody is there. */
	"u=v s=20260105T090000Z k=unavailable pri=3",
	"u=v s=20260105T090000Z d=30 k=unavailable\np=v u=w s=20260105T090000Z m=480 k=available "
	"r=FREQ=DAILY",
	"u=v s=20260605T090000Z d=30 k=unavailable\np=v u=w s=20260105T090000Z m=480 k=available "
	"r=FREQ=DAILY",
	"u=v s=20260105T090000Z k=unavailable\np=v u=w s=20260105T090000Z m=480 k=available",
};

/* A zone that only the data knows: from 2026 on an hour and a half ahead. */
static void add_zone(struct calendar *c)
{
	c->zones = xcalloc(1, sizeof(struct zone *));
	OK(vtimezone_parse("Office", "3600 1767225600:5400", &c->zones[c->zones_n++], NULL));
}

static void test_windows(void **state)
{
	struct store *s = ((struct site *)*state)->s;
	struct calendar_info info = { .name = "team" }, found;
	int64_t begin = read_time("20250520"), end = read_time("20290101");
	struct calendar_state read;

	for (size_t i = 0; i < ARRAY_SIZE(calendars); i++) {
		_cleanup_(calendar_freep) struct calendar *whole = read_calendar(calendars[i]);
		bool is_empty = true;

		add_zone(whole);
		keep(s, &info, whole, NULL);
		for (int64_t from = begin; from < end; from += 2 * DAY) {
			_cleanup_(calendar_freep) struct calendar *part = NULL;
			_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT, want = STRBUF_INIT;
			int64_t to = from + 2 * DAY;

			OK(store_calendar_load(s, info.id, from, to, &found, &read, &part, NULL));
			print_occurrences(&got, part, from, to);
			print_occurrences(&want, whole, from, to);
			if (strcmp(got.s, want.s) != 0)
				fail_msg("%s:\n from %lld\n got  %s\n want %s", calendars[i],
					(long long)from, got.s, want.s);
			is_empty = is_empty && !want.len;
		}
		assert_false(is_empty);
	}
}

/* Who the owner is, and what the data said of itself. */
static void test_state(void **state)
{
	static const struct calendar_state said = { .title = "Team",
		.zone = "Asia/Tokyo",
		.refused_n = 3,
		.copy = { "\"1\"", "Mon, 01 Jun 2026 00:00:00 GMT", "abc" } };
	struct store *s = ((struct site *)*state)->s;
	_cleanup_(calendar_freep) struct calendar *data =
		read_calendar("u=a s=20260105T090000 m=60\nu=b s=20260106T090000 m=60");
	struct calendar_info info = { .name = "team",
		.url = "https://example.com/a",
		.owner = "alice@example.com",
		.zone = "Europe/Oslo",
		.refresh_s = 900 };
	struct calendar_info found;
	struct calendar_state is;

	keep(s, &info, data, &said);
	OK(store_calendar_find(s, "TEAM", &found, &is, NULL));
	assert_int_equal(found.id, info.id);
	assert_string_equal(found.name, "team");
	assert_string_equal(found.url, info.url);
	assert_string_equal(found.owner, info.owner);
	assert_string_equal(found.zone, info.zone);
	assert_int_equal(found.refresh_s, 900);
	assert_string_equal(is.title, "Team");
	assert_string_equal(is.zone, "Asia/Tokyo");
	assert_string_equal(is.copy.etag, said.copy.etag);
	assert_string_equal(is.copy.last_modified, said.copy.last_modified);
	assert_string_equal(is.copy.hash, said.copy.hash);
	assert_int_equal(is.refused_n, 3);
	assert_int_equal(is.events_n, 2);
	assert_int_equal(is.read_at, NOW);
	assert_int_equal(is.tried_at, NOW);
	assert_string_equal(is.error, "");

	/* A failure leaves all but the time of the last try. */
	OK(store_calendar_tried(s, &info, "404", NOW + 60, NULL));
	OK(store_calendar_find(s, "team", &found, &is, NULL));
	assert_string_equal(is.error, "404");
	assert_int_equal(is.tried_at, NOW + 60);
	assert_int_equal(is.read_at, NOW);
	/* It was asked and has not changed. */
	OK(store_calendar_unchanged(s, &info, &said.copy, NOW + 120, NULL));
	OK(store_calendar_find(s, "team", &found, &is, NULL));
	assert_string_equal(is.error, "");
	assert_int_equal(is.read_at, NOW + 120);
	OK(store_calendar_tried(s, &info, "500", NOW + 180, NULL));

	/* What an address said of its copy means nothing to another address, which is asked at once. */
	text_copy(info.name, sizeof(info.name), "crew");
	keep(s, &info, NULL, NULL);
	OK(store_calendar_find(s, "crew", &found, &is, NULL));
	assert_string_equal(is.copy.etag, said.copy.etag);
	assert_string_equal(is.copy.last_modified, said.copy.last_modified);
	assert_string_equal(is.copy.hash, said.copy.hash);
	assert_int_equal(is.tried_at, NOW + 180);
	text_copy(info.url, sizeof(info.url), "https://example.com/b");
	keep(s, &info, NULL, NULL);
	OK(store_calendar_find(s, "crew", &found, &is, NULL));
	assert_string_equal(is.copy.etag, "");
	assert_string_equal(is.copy.last_modified, "");
	assert_string_equal(is.copy.hash, "");
	assert_int_equal(is.tried_at, 0);
	assert_int_equal(is.events_n, 2);
	/* Read at last, it has no error any more. */
	keep(s, &info, data, &said);
	OK(store_calendar_find(s, "crew", &found, &is, NULL));
	assert_string_equal(is.error, "");
}

static int add_calendar(
	void *data, const struct calendar_info *c, const struct calendar_state *state)
{
	strbuf_addf(data, "%s '%s' '%s' %d events\n", c->name, c->hours, c->holidays,
		(int)state->events_n);
	return strcmp(c->name, "stop") == 0 ? 5 : 0;
}

/* All kinds, by name; the log says what was done to them. */
static void test_list(void **state)
{
	struct store *s = ((struct site *)*state)->s;
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	_cleanup_(calendar_freep) struct calendar *data = read_calendar("s=20260105T090000 m=60");
	struct calendar_info list[] = { { .name = "zoo" }, { .name = "stop" },
		{ .name = "hours", .hours = "Mon 09:00-17:00" },
		{ .name = "days", .holidays = "12-25" }, { .name = "events" } };

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		keep(s, &list[i], strcmp(list[i].name, "events") ? NULL : data, NULL);
	assert_int_equal(store_calendar_each(s, add_calendar, &got, NULL), 5);
	assert_string_equal(got.s,
		"days '' '12-25' 0 events\nevents '' '' 1 events\n"
		"hours 'Mon 09:00-17:00' '' 0 events\nstop '' '' 0 events\n");
	keep(s, &list[4], NULL, NULL);
	OK(store_begin(s, NULL));
	OK(follow_calendar_delete(s, &list[4], NOW, NULL));
	OK(store_commit(s, NULL));
	expect_log(s, "events", 9,
		"calendar add events by test root 0: refresh - > 0s\n"
		"calendar import events by test root 0: events 0 > 1\n"
		"calendar delete events by test root 0: refresh 0s > -");
}

static int add_name(void *data, const char *name)
{
	struct strbuf *to = data;

	strbuf_addf(to, "%s%s", to->len ? " " : "", name);
	return 0;
}

static void expect_due(struct store *s, int64_t now, const char *names)
{
	_cleanup_(strbuf_done) struct strbuf due = STRBUF_INIT;

	OK(store_calendar_due(s, now, add_name, &due, NULL));
	assert_string_equal(due.s, names);
}

/* Those by address, longest untried first; one that fails waits four times as long, a day at most. */
static void test_due(void **state)
{
	static const struct {
		const char *name, *url;
		int64_t refresh_s;
	} table[] = {
		{ "file", "", 900 },
		{ "slow", "https://example.com/slow", 12 * HOUR },
		{ "fast", "https://example.com/fast", 900 },
	};
	struct store *s = ((struct site *)*state)->s;
	struct calendar_info info[ARRAY_SIZE(table)] = { 0 }, *slow = &info[1], *fast = &info[2];
	const struct feed_copy copy = { "", "", "" };

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		text_copy(info[i].name, sizeof(info[i].name), table[i].name);
		text_copy(info[i].url, sizeof(info[i].url), table[i].url);
		info[i].refresh_s = table[i].refresh_s;
		keep(s, &info[i], NULL, NULL);
	}
	expect_due(s, NOW, "slow fast");
	OK(store_calendar_unchanged(s, slow, &copy, NOW, NULL));
	expect_due(s, NOW, "fast");
	OK(store_calendar_unchanged(s, fast, &copy, NOW - 60, NULL));
	expect_due(s, NOW + 839, "");
	expect_due(s, NOW + 840, "fast");
	expect_due(s, NOW + 12 * HOUR, "fast slow");
	/* The clock was set back. */
	expect_due(s, NOW - 61, "fast slow");
	OK(store_calendar_tried(s, slow, "404", NOW, NULL));
	OK(store_calendar_tried(s, fast, "404", NOW, NULL));
	expect_due(s, NOW + 3599, "");
	expect_due(s, NOW + 3600, "fast");
	OK(store_calendar_tried(s, fast, "404", NOW + 3600, NULL));
	expect_due(s, NOW + DAY - 1, "fast");
	expect_due(s, NOW + DAY, "slow fast");
}

/* What is in use stays. */
static void test_in_use(void **state)
{
	struct site *site = *state;
	struct store *s = site->s;
	struct calendar_info own = { .name = "own" },
			     days = { .name = "days", .holidays = "12-25" };
	struct err err;

	keep(s, &own, NULL, NULL);
	keep(s, &days, NULL, NULL);
	user_init(&site->alice, "alice", "1001");
	text_copy(site->alice.calendars, sizeof(site->alice.calendars), "own");
	site->office = (struct schedule){
		.name = "office", .hours = "Mon-Fri 09:00-17:00", .calendars = "days", .forced = -1
	};
	OK(store_begin(s, NULL));
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	OK(follow_schedule_save(s, &site->office, NOW, NULL));
	assert_int_equal(follow_calendar_delete(s, &own, NOW, &err), -1);
	assert_int_equal(err.code, ERR_FAILED);
	assert_non_null(strstr(err.msg, "calendar 'own' is in use by user 'alice'"));
	assert_int_equal(follow_calendar_delete(s, &days, NOW, &err), -1);
	assert_non_null(strstr(err.msg, "calendar 'days' is in use by schedule 'office'"));
	*site->alice.calendars = *site->office.calendars = '\0';
	OK(follow_user_save(s, &site->alice, NOW, NULL));
	OK(follow_schedule_save(s, &site->office, NOW, NULL));
	OK(follow_calendar_delete(s, &own, NOW, NULL));
	OK(follow_calendar_delete(s, &days, NOW, NULL));
	assert_int_equal(store_calendar_find(s, "own", &own, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	OK(store_commit(s, NULL));
}

/* Which kind of rung wins for a user then. */
static enum source source_at(struct store *s, const struct user *u, int64_t at)
{
	_cleanup_(ladder_done) struct ladder l = { .sources_n = 0 };
	struct decision v;

	OK(follow_ladder(s, u->id, at, at, &l, &v, NULL));
	return v.winner.source;
}

static void expect_span(
	struct store *s, const struct user *u, int64_t from, int64_t to, enum source source)
{
	assert_int_not_equal(source_at(s, u, from - 1), source);
	assert_int_equal(source_at(s, u, from), source);
	assert_int_equal(source_at(s, u, to - 1), source);
	assert_int_not_equal(source_at(s, u, to), source);
}

/* Floating times of a personal calendar are on its own wall clock: its key's, else its data's, else the user's. Holidays and hours of a
 * schedule are on the user's, whatever their calendars say. */
static void test_own_zone(void **state)
{
	static const struct {
		const char *key, *data, *user;
		const char *nine, *midnight; /* of their clocks, on 5 and 3 June, in UTC */
	} table[] = {
		{ "", "", "", "20260605T070000", "20260602T220000" },
		{ "America/New_York", "", "", "20260605T130000", "20260602T220000" },
		{ "", "America/New_York", "", "20260605T130000", "20260602T220000" },
		{ "Asia/Tokyo", "America/New_York", "", "20260605T000000", "20260602T220000" },
		{ "", "", "Asia/Tokyo", "20260605T000000", "20260602T150000" },
		{ "America/New_York", "", "Asia/Tokyo", "20260605T130000", "20260602T150000" },
	};
	struct site *site = *state;
	struct store *s = site->s;
	struct user *alice = &site->alice, *bob = &site->bob;
	_cleanup_(calendar_freep) struct calendar *event = read_calendar("s=20260605T090000 m=60");
	_cleanup_(calendar_freep) struct calendar *day = read_calendar("s=20260603 d=1");
	_cleanup_(calendar_freep) struct calendar *hours =
		read_calendar("s=20260601T080000 m=720 r=FREQ=DAILY");
	struct calendar_info own = { .name = "own" }, off = { .name = "off" },
			     at = { .name = "at" };

	keep(s, &own, NULL, NULL);
	keep(s, &off, NULL, NULL);
	keep(s, &at, NULL, NULL);
	site->office = (struct schedule){
		.name = "office", .hours = "calendar:at", .calendars = "off", .forced = -1
	};
	user_init(alice, "alice", "1001");
	text_copy(alice->calendars, sizeof(alice->calendars), "own");
	user_init(bob, "bob", "1002");
	text_copy(bob->schedule, sizeof(bob->schedule), "office");
	OK(store_begin(s, NULL));
	OK(follow_schedule_save(s, &site->office, NOW, NULL));
	OK(store_commit(s, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		int64_t nine = read_time(table[i].nine), midnight = read_time(table[i].midnight);
		struct calendar_state said = { .title = "" };

		text_copy(own.zone, sizeof(own.zone), table[i].key);
		text_copy(off.zone, sizeof(off.zone), table[i].key);
		text_copy(at.zone, sizeof(at.zone), table[i].key);
		text_copy(said.zone, sizeof(said.zone), table[i].data);
		keep(s, &own, event, &said);
		keep(s, &off, day, &said);
		keep(s, &at, hours, &said);
		text_copy(alice->zone, sizeof(alice->zone), table[i].user);
		text_copy(bob->zone, sizeof(bob->zone), table[i].user);
		OK(store_begin(s, NULL));
		OK(follow_user_save(s, alice, NOW, NULL));
		OK(follow_user_save(s, bob, NOW, NULL));
		OK(store_commit(s, NULL));
		expect_span(s, alice, nine, nine + HOUR, SOURCE_BUSY);
		expect_span(s, bob, midnight, midnight + DAY, SOURCE_HOLIDAY);
		expect_span(s, bob, midnight + DAY + 8 * HOUR, midnight + DAY + 20 * HOUR,
			SOURCE_BUSINESS);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_windows, setup, site_free),
		cmocka_unit_test_setup_teardown(test_state, setup, site_free),
		cmocka_unit_test_setup_teardown(test_list, setup, site_free),
		cmocka_unit_test_setup_teardown(test_due, setup, site_free),
		cmocka_unit_test_setup_teardown(test_in_use, setup, site_free),
		cmocka_unit_test_setup_teardown(test_own_zone, setup, site_free),
	};

	return cmocka_run_group_tests(tests, NULL, test_calendar_done);
}
