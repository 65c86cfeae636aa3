/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule test, schedule who, and the year of schedule show: what a schedule says, and for whom. */
#include "cmd/presencectl/schedule-look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/presencectl/picture.h"
#include "cmd/presencectl/say.h"
#include "lib/follow/segments.h"
#include "lib/presence/schedule.h"
#include "lib/store/schedule.h"
#include "lib/time/dayword.h"
#include "lib/time/when.h"

extern const struct command cmd_schedule_test, cmd_schedule_who;

enum { DAY = 86400, BACK_DAYS = 8, AHEAD_DAYS = 60 };

const char *schedule_cause_name(enum cause c)
{
	static const char *const causes[] = {
		[CAUSE_HOURS] = "hours",
		[CAUSE_HOLIDAY] = "holiday",
		[CAUSE_SPECIAL] = "special",
		[CAUSE_FORCED] = "forced",
	};

	return causes[c];
}

/* test */

enum { TEST_AT, TEST_PERIOD, TEST_CAUSE, TEST_NAME, TEST_SINCE, TEST_UNTIL };

static const struct column test_columns[] = {
	[TEST_AT] = { "AT", COLUMN_TIME, "the time that was asked for" },
	[TEST_PERIOD] = { "PERIOD", 0, "business, break, outside, holiday" },
	[TEST_CAUSE] = { "CAUSE", 0, "hours, holiday, special or forced" },
	[TEST_NAME] = { "NAME", COLUMN_WRAP, "of the holiday or special day" },
	[TEST_SINCE] = { "SINCE", COLUMN_TIME, "when it began" },
	[TEST_UNTIL] = { "UNTIL", COLUMN_TIME, "when it ends" },
	{ 0 },
};

static int add_test(struct ctl *ctl, struct out *out, int64_t id, int64_t at, struct err *err)
{
	int64_t from = at - BACK_DAYS * DAY, to = at + AHEAD_DAYS * DAY;
	const struct segments *segments;
	const struct segment *s;
	const struct zone *zone;

	if (follow_segments(ctl->store, id, "", ctl->now, from, to, &segments, &zone, err) < 0)
		return -1;
	s = segments_find(segments, at);
	out_line(out);
	out_time(out, TEST_AT, at);
	out_text(out, TEST_PERIOD, period_name(s->period));
	out_text(out, TEST_CAUSE, schedule_cause_name(s->cause));
	out_text(out, TEST_NAME, *s->name ? s->name : NULL);
	out_time(out, TEST_SINCE, s->start > from ? s->start : INT64_MAX);
	out_time(out, TEST_UNTIL, s->end < to ? s->end : INT64_MAX);
	return 0;
}

static int test(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options = ctl->out;
	size_t n;
	const char *const *times = input_many(in, &n);

	if (store_schedule_find(ctl->store, input_arg(in, 0), sched, err) < 0 ||
		!(options.also = ctl->zones->get(ctl->zones, sched->zone, err)) ||
		out_new(test_columns, "test", &options, &out, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int64_t at;

		if (when_time(times[i], ctl->zone, ctl->now, &at, err) < 0 ||
			add_test(ctl, out, sched->id, at, err) < 0)
			return -1;
	}
	return out_print(out, stdout, err);
}

static const struct arg test_args[] = { { "schedule", ARG_SCHEDULE, 0 },
	{ "time", ARG_TIME, ARG_MANY }, { 0 } };

const struct command cmd_schedule_test = {
	.path = "schedule test",
	.summary = "print what a schedule says of a time",
	.details = "As it is now: with its special days, holidays and what is forced.\n\n"
		   "  presencectl schedule test office \"2027-04-02 09:00\" \"next monday 09:00\"",
	.args = test_args,
	.columns = test_columns,
	.noun = "test",
	.needs = NEED_STORE,
	.run = test,
};

/* who */

enum { WHO_USER, WHO_EXTENSION, WHO_BY, WHO_ZONE };

static const struct column who_columns[] = {
	[WHO_USER] = { "USER", 0, "name" },
	[WHO_EXTENSION] = { "EXTENSION", 0, "extension" },
	[WHO_BY] = { "BY", 0, "user: the user's key schedule; @group: that of the group" },
	[WHO_ZONE] = { "ZONE", 0, "time zone of the user, if they have one of their own" },
	{ 0 },
};

static int add_who(void *data, const struct schedule_user *u)
{
	struct out *out = data;
	char group[NAME_MAX_LEN + 2];

	snprintf(group, sizeof(group), "@%s", u->group);
	out_line(out);
	out_text(out, WHO_USER, u->name);
	out_text(out, WHO_EXTENSION, u->extension);
	out_text(out, WHO_BY, *u->group ? group : "user");
	out_text(out, WHO_ZONE, *u->zone ? u->zone : NULL);
	return 0;
}

static int who(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	_cleanup_(out_freep) struct out *out = NULL;

	if (store_schedule_find(ctl->store, input_arg(in, 0), sched, err) < 0 ||
		out_new(who_columns, "users", &ctl->out, &out, err) < 0 ||
		store_schedule_each_user(ctl->store, sched->id, add_who, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

static const struct arg who_args[] = { { "schedule", ARG_SCHEDULE, 0 }, { 0 } };

const struct command cmd_schedule_who = {
	.path = "schedule who",
	.summary = "list the users for whom a schedule counts, and by what",
	.args = who_args,
	.columns = who_columns,
	.noun = "users",
	.needs = NEED_STORE,
	.run = who,
};

/* show --year */

enum { YEAR_DATE, YEAR_CAUSE, YEAR_HOURS, YEAR_NAME };

static const struct column year_columns[] = {
	[YEAR_DATE] = { "DATE", 0, "a day that is not as its week" },
	[YEAR_CAUSE] = { "CAUSE", 0, "holiday, special or forced" },
	[YEAR_HOURS] = { "HOURS", 0, "when it is open" },
	[YEAR_NAME] = { "NAME", COLUMN_WIDE, "of the holiday or special day" },
	{ 0 },
};

/* A day of a schedule, put together from its segments. */
struct year_day {
	char letter; /* as in the pictures of weeks */
	enum cause cause;
	const char *name;
	struct strbuf hours;
};

static void look_at_day(
	const struct segments *segments, const struct zone *z, int64_t day, struct year_day *ret)
{
	struct civil begin, end;
	int64_t from, to;

	civil_from_days(day, &begin);
	civil_from_days(day + 1, &end);
	zone_to_utc(z, &begin, &from, NULL);
	zone_to_utc(z, &end, &to, NULL);
	ret->letter = '.';
	ret->cause = CAUSE_HOURS;
	ret->name = "";
	for (const struct segment *s = segments_find(segments, from);
		s && s < segments->list + segments->n && s->start < to; s++) {
		int64_t first = s->start > from ? s->start : from, last = s->end < to ? s->end : to;

		if (s->cause != CAUSE_HOURS) {
			ret->letter = s->cause == CAUSE_HOLIDAY ? 'h' : '%';
			ret->cause = s->cause;
			ret->name = *s->name ? s->name : ret->name;
		} else if (s->period == PERIOD_BUSINESS && ret->letter == '.') {
			ret->letter = '#';
		}
		if (s->period != PERIOD_BUSINESS)
			continue;
		zone_to_local(z, first, &begin);
		zone_to_local(z, last, &end);
		strbuf_addf(&ret->hours, "%s%02d:%02d-", ret->hours.len ? "," : "", begin.hour,
			begin.minute);
		strbuf_addf(&ret->hours, "%02d:%02d", last == to ? 24 : end.hour, end.minute);
	}
}

static void print_month(const struct segments *segments, const struct zone *z, int year, int month)
{
	int64_t first = civil_days(year, month, 1), next = civil_days(year, month + 1, 1);

	say("%04d-%02d ", year, month);
	for (int64_t day = first; day < next; day++) {
		struct year_day d = { .hours = STRBUF_INIT };

		look_at_day(segments, z, day, &d);
		putchar(d.letter);
		strbuf_done(&d.hours);
	}
	putchar('\n');
}

static void print_year(const struct segments *segments, const struct zone *z, int year)
{
	struct picture p;

	picture_init(&p, z, false);
	say("        1        10        20        30\n");
	for (int month = 1; month <= 12; month++)
		print_month(segments, z, year, month);
	picture_legend(&p,
		1u << SHADE_OPEN | 1u << SHADE_SPECIAL | 1u << SHADE_HOLIDAY | 1u << SHADE_OFF,
		"special or forced");
	putchar('\n');
}

int schedule_show_year(
	struct ctl *ctl, const struct schedule *sched, const char *text, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	const struct segments *segments;
	const struct zone *z;
	int year = strlen(text) == 4 ? atoi(text) : 0;
	int64_t first = civil_days(year, 1, 1), next = civil_days(year + 1, 1, 1);

	if (year < 1 || year > 9998)
		return err_set(err, ERR_USAGE, "'%s' is not a year such as 2027", text);
	if (follow_segments(ctl->store, sched->id, "", ctl->now, (first - 2) * DAY,
		    (next + 2) * DAY, &segments, &z, err) < 0 ||
		out_new(year_columns, "days", &ctl->out, &out, err) < 0)
		return -1;
	for (int64_t day = first; day < next; day++) {
		struct year_day d = { .hours = STRBUF_INIT };
		struct civil c;
		char date[40];

		look_at_day(segments, z, day, &d);
		if (d.cause != CAUSE_HOURS) {
			civil_from_days(day, &c);
			snprintf(date, sizeof(date), "%04d-%02d-%02d %s", c.year, c.month, c.day,
				ctl->out.data ? "" : dayword_weekdays[civil_weekday(day)]);
			date[ctl->out.data ? 10 : 14] = '\0';
			out_line(out);
			out_text(out, YEAR_DATE, date);
			out_text(out, YEAR_CAUSE, schedule_cause_name(d.cause));
			out_text(out, YEAR_HOURS, d.hours.len ? d.hours.s : NULL);
			out_text(out, YEAR_NAME, *d.name ? d.name : NULL);
		}
		strbuf_done(&d.hours);
	}
	if (!ctl->out.data && !ctl->out.columns && !ctl->out.no_headings)
		print_year(segments, z, year);
	return out_print(out, stdout, err);
}
