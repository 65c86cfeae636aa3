/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain, timeline: which rung wins, which lose, and what comes. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/picture.h"
#include "cmd/presencectl/window.h"
#include "cmd/presencectl/say.h"
#include "lib/base/text.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/follow/follow.h"
#include "lib/follow/ladder.h"
#include "lib/time/when.h"

extern const struct command cmd_explain, cmd_timeline;

enum { DAY = 86400, RUNGS_MAX = 64, CHANGES_MAX = 100000 };

enum { EXPLAIN_SOURCE, EXPLAIN_RESULT, EXPLAIN_MODE, EXPLAIN_FROM, EXPLAIN_UNTIL, EXPLAIN_REASON };

static const struct column explain_columns[] = {
	[EXPLAIN_SOURCE] = { "SOURCE", 0,
		"override, switch, holiday, outside, break, busy, business or default, strongest first" },
	[EXPLAIN_RESULT] = { "RESULT", 0,
		"wins, loses, later (not begun), or - when there is nothing of the kind" },
	[EXPLAIN_MODE] = { "MODE", 0, "the mode that it would give" },
	[EXPLAIN_FROM] = { "FROM", COLUMN_TIME, "when it began or begins" },
	[EXPLAIN_UNTIL] = { "UNTIL", COLUMN_TIME, "when it ends" },
	[EXPLAIN_REASON] = { "REASON", COLUMN_WIDE, "what it is, and by whom" },
	{ 0 },
};

static int add_rung(struct ctl *ctl, struct out *out, const struct ladder *l, const struct rung *r,
	struct err *err)
{
	static const char *const results[] = {
		[RUNG_WINS] = "wins",
		[RUNG_BEATEN] = "loses",
		[RUNG_LATER] = "later",
		[RUNG_SILENT] = "-",
	};
	char reason[REASON_MAX_LEN + 1];
	struct mode m = { 0 };

	if (r->mode_id && store_mode_get(ctl->store, r->mode_id, &m, err) < 0)
		return -1;
	rung_reason(r, l->schedule, l->has_default, reason);
	out_line(out);
	out_text(out, EXPLAIN_SOURCE, source_name(r->source));
	out_text(out, EXPLAIN_RESULT, results[r->state]);
	out_text(out, EXPLAIN_MODE, *m.name ? m.name : NULL);
	/* A rung that is cut at the window has no known begin or end. */
	out_time(out, EXPLAIN_FROM,
		r->start <= l->in.from || r->start == INT64_MIN ? INT64_MAX : r->start);
	out_time(out, EXPLAIN_UNTIL, r->end >= l->in.to ? INT64_MAX : r->end);
	out_text(out, EXPLAIN_REASON, *reason ? reason : NULL);
	return 0;
}

/* Print "alice is lunch-break until 13:00, then available (business hours of schedule office)". */
static int print_decision(struct ctl *ctl, const char *name, int64_t at, const struct ladder *l,
	const struct decision *v, struct err *err)
{
	char reason[REASON_MAX_LEN + 1], text[WHEN_TEXT_SIZE];
	struct rung next;
	struct mode m;
	int64_t end;

	if (store_mode_get(ctl->store, v->winner.mode_id, &m, err) < 0)
		return -1;
	rung_reason(&v->winner, l->schedule, l->has_default, reason);
	if (at != ctl->now) {
		when_short(at, l->zone, ctl->now, text);
		say("%s: ", text);
	}
	say("%s is %s", name, m.name);
	if (v->until == UNTIL_OPEN) {
		say("; no other mode is in sight\n");
		return 0;
	}
	resolve_at(&l->in, v->until, &next, &end);
	when_short(v->until, l->zone, ctl->now, text);
	if (store_mode_get(ctl->store, next.mode_id, &m, err) < 0)
		return -1;
	rung_reason(&next, l->schedule, l->has_default, reason);
	say(" until %s, then %s (%s)\n", text, m.name, reason);
	return 0;
}

static void notice_warning(struct ctl *ctl)
{
	char text[512];

	if (follow_take_warning(ctl->store, text, sizeof(text)))
		ctl_notice("%s", text);
}

static int explain(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options = ctl->out;
	struct rung rungs[RUNGS_MAX];
	struct decision v;
	struct user u;
	int64_t at = ctl->now;
	const char *time = input_opt(in, "at");
	size_t n;

	if (store_user_find(ctl->store, input_arg(in, 0), &u, err) < 0 ||
		(time && when_time(time, ctl->zone, ctl->now, &at, err) < 0) ||
		follow_ladder(ctl->store, u.id, at, ctl->now, &l, &v, err) < 0)
		return -1;
	options.zone = l.zone;
	if (out_new(explain_columns, "explain", &options, &out, err) < 0)
		return -1;
	n = resolve_ladder(&l.in, at, rungs, ARRAY_SIZE(rungs));
	for (size_t i = 0; i < n; i++) {
		if (add_rung(ctl, out, &l, &rungs[i], err) < 0)
			return -1;
	}
	notice_warning(ctl);
	if (!ctl->out.data && !ctl->out.columns && !ctl->out.no_headings &&
		print_decision(ctl, u.name, at, &l, &v, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

static const struct arg user_args[] = { { "user", ARG_USER, 0 }, { 0 } };

static const struct opt explain_opts[] = {
	{ "at", "TIME", ARG_TIME, "at that time instead of now", 0 },
	{ 0 },
};

const struct command cmd_explain = {
	.path = "explain",
	.summary = "print why a user is in a mode, and what changes it",
	.details =
		"It prints the ladder, the strongest rung first: which rung wins, which lose, and which are still to come. For a "
		"time in the past it shows the schedule and the calendars as they are today. Switches and overrides that have "
		"ended are in the log.",
	.args = user_args,
	.opts = explain_opts,
	.columns = explain_columns,
	.noun = "explain",
	.needs = NEED_STORE,
	.run = explain,
};

enum {
	TIMELINE_USER,
	TIMELINE_FROM,
	TIMELINE_UNTIL,
	TIMELINE_MODE,
	TIMELINE_SOURCE,
	TIMELINE_REASON
};

static const struct column timeline_columns[] = {
	[TIMELINE_USER] = { "USER", 0, "name" },
	[TIMELINE_FROM] = { "FROM", COLUMN_TIME, "when it begins" },
	[TIMELINE_UNTIL] = { "UNTIL", COLUMN_TIME, "when the next begins" },
	[TIMELINE_MODE] = { "MODE", 0, "mode" },
	[TIMELINE_SOURCE] = { "SOURCE", 0, "what decides" },
	[TIMELINE_REASON] = { "REASON", COLUMN_WIDE, "why" },
	{ 0 },
};

struct timeline_walk {
	struct ctl *ctl;
	struct out *out;
	int64_t from, to;
	size_t lines;
};

static int add_change(struct timeline_walk *w, const char *user, const struct ladder *l,
	const struct rung *r, int64_t from, int64_t to, struct err *err)
{
	char reason[REASON_MAX_LEN + 1];
	struct mode m;

	if (++w->lines > CHANGES_MAX)
		return err_set(err, ERR_FAILED,
			"there are more than %d changes; ask for a shorter window", CHANGES_MAX);
	if (store_mode_get(w->ctl->store, r->mode_id, &m, err) < 0)
		return -1;
	rung_reason(r, l->schedule, l->has_default, reason);
	out_line(w->out);
	out_text(w->out, TIMELINE_USER, user);
	out_time(w->out, TIMELINE_FROM, from);
	out_time(w->out, TIMELINE_UNTIL, to);
	out_text(w->out, TIMELINE_MODE, m.name);
	out_text(w->out, TIMELINE_SOURCE, source_name(r->source));
	out_text(w->out, TIMELINE_REASON, reason);
	return 0;
}

static int walk_user(struct timeline_walk *w, const struct user *u, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	struct rung here;
	int64_t t, began = w->from, next;

	if (follow_ladder_window(w->ctl->store, u->id, w->ctl->now, w->from, w->to, &l, err) < 0)
		return -1;
	resolve_at(&l.in, w->from, &here, &next);
	for (t = next; t < w->to; t = next) {
		struct rung r;

		resolve_at(&l.in, t, &r, &next);
		if (rung_equal(&r, &here))
			continue;
		if (add_change(w, u->name, &l, &here, began, t, err) < 0)
			return -1;
		here = r;
		began = t;
	}
	notice_warning(w->ctl);
	return add_change(w, u->name, &l, &here, began, w->to, err);
}

static int print_lines(
	struct ctl *ctl, const struct ids *who, int64_t from, int64_t to, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct timeline_walk w = { .ctl = ctl, .from = from, .to = to };

	if (out_new(timeline_columns, "timeline", &ctl->out, &out, err) < 0)
		return -1;
	w.out = out;
	for (size_t i = 0; i < who->n; i++) {
		struct user u;

		if (store_user_get(ctl->store, who->ids[i], &u, err) < 0 ||
			walk_user(&w, &u, err) < 0)
			return -1;
	}
	return out_print(out, stdout, err);
}

/* The block for an instant of a user's day: it shows the source that decides. */
static enum shade shade_at(void *data, int64_t at)
{
	static const enum shade shades[] = {
		[SOURCE_OVERRIDE] = SHADE_SPECIAL,
		[SOURCE_SWITCH] = SHADE_SPECIAL,
		[SOURCE_HOLIDAY] = SHADE_HOLIDAY,
		[SOURCE_OUTSIDE] = SHADE_OFF,
		[SOURCE_BREAK] = SHADE_BREAK,
		[SOURCE_BUSY] = SHADE_BUSY,
		[SOURCE_BUSINESS] = SHADE_OPEN,
		[SOURCE_DEFAULT] = SHADE_OPEN,
	};
	const struct ladder *l = data;
	struct rung r;
	int64_t end;

	if (at < l->in.from || at >= l->in.to)
		return SHADE_OFF;
	resolve_at(&l->in, at, &r, &end);
	return shades[r.source];
}

static int picture_user(struct ctl *ctl, struct picture *p, int64_t day, int64_t from, int64_t to,
	int64_t id, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	struct user u;

	if (store_user_get(ctl->store, id, &u, err) < 0 ||
		follow_ladder_window(ctl->store, id, ctl->now, from, to, &l, err) < 0)
		return -1;
	say("%-16.16s ", u.name);
	picture_day(p, day, shade_at, &l);
	putchar('\n');
	return 0;
}

/* Print a line of blocks for each user and day, all on one wall clock. */
static int print_picture(
	struct ctl *ctl, const struct ids *who, int64_t from, int64_t to, struct err *err)
{
	struct picture p;
	struct civil c;
	int64_t first, last;

	picture_init(&p, ctl->zone, ctl->out.terminal);
	zone_to_local(ctl->zone, from, &c);
	first = civil_days(c.year, c.month, c.day);
	zone_to_local(ctl->zone, to - 1, &c);
	last = civil_days(c.year, c.month, c.day);
	if (last - first > 31)
		return err_set(err, ERR_USAGE,
			"a picture is of at most 31 days; --list prints the changes");
	for (int64_t day = first; day <= last; day++) {
		civil_from_days(day, &c);
		say("%04d-%02d-%02d", c.year, c.month, c.day);
		picture_hours(&p, 7);
		for (size_t i = 0; i < who->n; i++) {
			if (picture_user(ctl, &p, day, day * DAY - DAY, day * DAY + 2 * DAY,
				    who->ids[i], err) < 0)
				return -1;
		}
	}
	picture_legend(&p,
		1u << SHADE_OPEN | 1u << SHADE_BREAK | 1u << SHADE_BUSY | 1u << SHADE_SPECIAL |
			1u << SHADE_HOLIDAY | 1u << SHADE_OFF,
		"override or switch");
	return 0;
}

static int timeline(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	size_t n;
	const char *const *words = input_many(in, &n);
	bool picture;
	int64_t from, to;

	if (store_who(ctl->store, words, n, &who, err) < 0)
		return -1;
	picture = who.n > 1 && !input_has(in, "list") && !ctl->out.data && !ctl->out.columns &&
		!ctl->out.no_headings;
	if (window_read(in, ctl->zone, ctl->now, picture ? 1 : DAY, &from, &to, err) < 0)
		return -1;
	if (!picture)
		return print_lines(ctl, &who, from, to, err);
	return print_picture(ctl, &who, from, to, err);
}

static const struct arg who_args[] = { { "who", ARG_WHO, ARG_MANY }, { 0 } };

static const struct opt timeline_opts[] = {
	WINDOW_OPTS,
	{ "list", NULL, ARG_TEXT, "print a line for each change, also for several users", 0 },
	{ 0 },
};

const struct command cmd_timeline = {
	.path = "timeline",
	.summary = "print which modes come when, and why",
	.details =
		"For one user it prints a line for each change in the window, which is the next 24 hours unless it is given. For "
		"several users it prints a picture: a line of blocks for each user and day. --list, --json, --output and "
		"--no-headings print lines for several users too.",
	.args = who_args,
	.opts = timeline_opts,
	.columns = timeline_columns,
	.noun = "timeline",
	.needs = NEED_STORE,
	.run = timeline,
};
