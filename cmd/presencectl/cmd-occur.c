/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar busy, calendar events: what takes place in a calendar, in a schedule's holidays or in a file. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cmd/presencectl/feed.h"
#include "cmd/presencectl/window.h"
#include "lib/base/text.h"
#include "lib/presence/schedule.h"
#include "lib/store/calendar.h"
#include "lib/store/schedule.h"
#include "lib/time/when.h"

extern const struct command cmd_calendar_busy, cmd_calendar_events;

enum { DAY = 86400 };

/* The calendar, schedule or file that a word of the command line names, and how to look at it. */
struct opened {
	struct calendar *calendar;
	struct calendar_info info;
	struct zonefiles *zonefiles; /* for a file, if there is no configuration */
	struct calendar_view view;
	const struct zone *zone; /* for dates, and for printing times */
	char name[NAME_MAX_LEN + 1];
	int64_t from, to;
};

static void opened_done(struct opened *s)
{
	calendar_free(s->calendar);
	zonefiles_free(s->zonefiles);
}

static bool is_file(const char *word)
{
	size_t n = strlen(word);

	return !strcmp(word, "-") || strchr(word, '/') ||
		(n > 4 && !strcasecmp(word + n - 4, ".ics"));
}

/* Times are read where those of all commands are, years and months in the zone of what was opened. */
static int read_window(
	struct ctl *ctl, const struct input *in, int days, struct opened *s, struct err *err)
{
	const struct zone *typed = input_has(in, "zone") || !ctl->zone ? s->zone : ctl->zone;

	return window_read(
		in, typed, s->zone, ctl->now, (int64_t)days * DAY, &s->from, &s->to, err);
}

static int set_zone(struct zones *zones, const struct input *in, const char *fallback,
	struct opened *s, struct err *err)
{
	const char *name = input_opt(in, "zone");

	s->view.zones = zones;
	s->zone = s->view.floating = zones->get(zones, name ? name : fallback, err);
	return s->zone ? 0 : -1;
}

static int open_file(struct ctl *ctl, const struct input *in, const char *path, int days,
	struct opened *s, struct err *err)
{
	_cleanup_(feed_answer_done) struct feed_answer feed = FEED_ANSWER_INIT;
	struct zones *zones;
	struct err ignored;

	/* If there is a configuration, its zone is the default. A file can be read without one. */
	if (ctl_open(ctl, NEED_CONF, &ignored) < 0 && ctl->zones) {
		*err = ignored; /* the configuration can be read, but there is no zone as --zone says */
		return -1;
	}
	zones = ctl->zones;
	if (!zones) {
		s->zonefiles = zonefiles_new(NULL, "");
		zones = zonefiles_zones(s->zonefiles);
	}
	if (feed_read(zones, path, &feed, err) < 0 ||
		set_zone(zones, in, feed.report.zone, s, err) < 0)
		return -1;
	feed_notices(path, &feed);
	s->calendar = TAKE_PTR(feed.calendar);
	return read_window(ctl, in, days, s, err);
}

/* Open a schedule: its holidays by rule are shown as if they were a calendar. */
static int open_schedule(struct ctl *ctl, const struct input *in, const char *name, int days,
	struct opened *s, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));

	if (store_schedule_find(ctl->store, name, sched, err) < 0)
		return -1;
	s->calendar = calendar_new(CALENDAR_HOLIDAYS);
	if (holidays_parse(sched->holidays, &s->calendar->holidays, err) < 0 ||
		holidays_bind(s->calendar->holidays, ctl_countries(ctl), err) < 0 ||
		set_zone(ctl->zones, in, sched->zone, s, err) < 0)
		return -1;
	return read_window(ctl, in, days, s, err);
}

static int open_name(struct ctl *ctl, const struct input *in, const char *name, int days,
	struct opened *s, struct err *err)
{
	struct calendar_state state;
	struct err other;

	if (store_calendar_find(ctl->store, name, &s->info, &state, err) < 0)
		return open_schedule(ctl, in, name, days, s, &other) < 0 ? -1 : 0;
	text_copy(s->name, sizeof(s->name), s->info.name);
	if (set_zone(ctl->zones, in,
		    *s->info.zone         ? s->info.zone
			    : *state.zone ? state.zone
					  : "",
		    s, err) < 0 ||
		read_window(ctl, in, days, s, err) < 0)
		return -1;
	if (store_calendar_load(ctl->store, s->info.id, s->from, s->to, &s->info, &state,
		    &s->calendar, err) < 0)
		return -1;
	return s->calendar->holidays ? holidays_bind(s->calendar->holidays, ctl_countries(ctl), err)
				     : 0;
}

static int open_source(
	struct ctl *ctl, const struct input *in, int days, struct opened *s, struct err *err)
{
	const char *word = input_arg(in, 0);
	int r;

	if (is_file(word)) {
		r = open_file(ctl, in, word, days, s, err);
	} else if (ctl_open(ctl, NEED_STORE, err) < 0) {
		/* A file needs neither configuration nor database. */
		r = access(word, R_OK) == 0 ? open_file(ctl, in, word, days, s, err) : -1;
	} else {
		r = open_name(ctl, in, word, days, s, err);
		if (r < 0 && err->code == ERR_NOT_FOUND && access(word, R_OK) == 0)
			r = open_file(ctl, in, word, days, s, err);
	}
	s->view.owner = s->info.owner;
	return r;
}

static int expand(struct opened *s, struct occurrences *ret, struct err *err)
{
	if (calendar_expand(s->calendar, &s->view, s->from, s->to, ret, err) < 0)
		return -1;
	if (*ret->error)
		ctl_notice("%zu event%s left out: %s", ret->refused_n,
			ret->refused_n == 1 ? " was" : "s were", ret->error);
	return 0;
}

/* Print times in the zone of what was opened, or in UTC, whatever the configuration says: they carry their zone. */
static void table_zone(struct ctl *ctl, const struct input *in, const struct opened *s,
	const struct zone *utc, struct out_options *o)
{
	*o = ctl->out;
	o->home = ctl->zone;
	o->zone = input_has(in, "utc") ? utc : s->zone;
}

static const struct arg source_args[] = { { "calendar|file", ARG_SOURCE, 0 }, { 0 } };

enum { BUSY_START, BUSY_END };

static const struct column busy_columns[] = {
	[BUSY_START] = { "START", COLUMN_TIME, "when it begins" },
	[BUSY_END] = { "END", COLUMN_TIME, "when it ends" },
	{ 0 },
};

static int busy(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(opened_done) struct opened s = { 0 };
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	_cleanup_(spans_done) struct spans spans = { 0 };
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options;

	if (open_source(ctl, in, 7, &s, err) < 0 || expand(&s, &o, err) < 0)
		return -1;
	table_zone(ctl, in, &s, utc, &options);
	if (out_new(busy_columns, "busy", &options, &out, err) < 0)
		return -1;
	calendar_busy(&o, s.from, s.to, &spans);
	for (size_t i = 0; i < spans.n; i++) {
		out_line(out);
		out_time(out, BUSY_START, spans.list[i].start);
		out_time(out, BUSY_END, spans.list[i].end);
	}
	return out_print(out, stdout, err);
}

static const struct opt window_opts[] = {
	WINDOW_OPTS,
	{ "zone", "ZONE", ARG_ZONE,
		"the zone of dates and floating times, and of the times printed", 0 },
	{ "utc", NULL, ARG_TEXT, "print times in UTC", 0 },
	{ 0 },
};

const struct command cmd_calendar_busy = {
	.path = "calendar busy",
	.summary = "print when a calendar or file is busy",
	.details =
		"The intervals are merged and cut to the window, which is the next 7 days unless it is given. A word with "
		"'/' or ending in .ics is a file, - is standard input. A file needs no configuration and no database.",
	.args = source_args,
	.opts = window_opts,
	.columns = busy_columns,
	.noun = "busy",
	.run = busy,
};

enum {
	OCCURRENCE_START,
	OCCURRENCE_END,
	OCCURRENCE_KIND,
	OCCURRENCE_SUMMARY,
	OCCURRENCE_UID,
	OCCURRENCE_ALL_DAY,
	OCCURRENCE_CATEGORIES
};

static const struct column event_columns[] = {
	[OCCURRENCE_START] = { "START", COLUMN_TIME, "when it begins" },
	[OCCURRENCE_END] = { "END", COLUMN_TIME, "when it ends" },
	[OCCURRENCE_KIND] = { "KIND", 0, "busy, oof, free, unavailable or available" },
	[OCCURRENCE_SUMMARY] = { "SUMMARY", COLUMN_WIDE,
		"its summary; (private) for a private event" },
	[OCCURRENCE_UID] = { "UID", COLUMN_WIDE, "its identity in the data" },
	[OCCURRENCE_ALL_DAY] = { "ALL_DAY", COLUMN_BOOL | COLUMN_HIDDEN,
		"whether it lasts whole days" },
	[OCCURRENCE_CATEGORIES] = { "CATEGORIES", COLUMN_LIST | COLUMN_HIDDEN, "its categories" },
	{ 0 },
};

static int events(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(opened_done) struct opened s = { 0 };
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	_cleanup_(zone_freep) struct zone *utc = zone_new_utc();
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options;

	if (open_source(ctl, in, 30, &s, err) < 0 || expand(&s, &o, err) < 0)
		return -1;
	table_zone(ctl, in, &s, utc, &options);
	if (out_new(event_columns, "events", &options, &out, err) < 0)
		return -1;
	for (size_t i = 0; i < o.n; i++) {
		const struct occurrence *x = &o.list[i];

		out_line(out);
		/* A VAVAILABILITY may have no begin or no end. */
		out_time(out, OCCURRENCE_START,
			x->start > CALENDAR_FIRST + DAY ? x->start : INT64_MAX);
		out_time(out, OCCURRENCE_END, x->end < CALENDAR_LAST - DAY ? x->end : INT64_MAX);
		out_text(out, OCCURRENCE_KIND, event_kind_name(x->kind));
		out_text(out, OCCURRENCE_SUMMARY, *x->summary ? x->summary : NULL);
		out_text(out, OCCURRENCE_UID, *x->uid ? x->uid : NULL);
		out_bool(out, OCCURRENCE_ALL_DAY, x->all_day);
		out_text(out, OCCURRENCE_CATEGORIES, *x->categories ? x->categories : NULL);
	}
	return out_print(out, stdout, err);
}

const struct command cmd_calendar_events = {
	.path = "calendar events",
	.summary = "print what takes place in a calendar or file",
	.details =
		"A line for each occurrence in the window, which is the next 30 days unless it is given. The name of a "
		"schedule stands for its holidays by rule.",
	.args = source_args,
	.opts = window_opts,
	.columns = event_columns,
	.noun = "events",
	.run = events,
};
