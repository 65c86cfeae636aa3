/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain, timeline: which rung wins, which lose, and what comes. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/past.h"
#include "cmd/presencectl/picture.h"
#include "cmd/presencectl/window.h"
#include "cmd/presencectl/say.h"
#include "lib/base/text.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/follow/follow.h"
#include "lib/follow/ladder.h"
#include "lib/follow/past.h"
#include "lib/follow/warning.h"
#include "lib/store/log.h"
#include "lib/time/when.h"

extern const struct command cmd_explain, cmd_timeline;

enum { MINUTE = 60, DAY = 86400, RUNGS_MAX = 64, PART_LINES = 1000 };

enum {
	EXPLAIN_SOURCE,
	EXPLAIN_RESULT,
	EXPLAIN_MODE,
	EXPLAIN_FROM,
	EXPLAIN_UNTIL,
	EXPLAIN_REASON,
	EXPLAIN_GIVEN,
	EXPLAIN_BY,
	EXPLAIN_RECORD,
	EXPLAIN_KNOWN
};
#define EXPLAIN_PAST "source,result,mode,from,until,reason,given,by,record"

static const struct column explain_columns[] = {
	[EXPLAIN_SOURCE] = { "SOURCE", 0,
		"override, switch, holiday, outside, break, busy, business or default, strongest first" },
	[EXPLAIN_RESULT] = { "RESULT", 0,
		"wins, loses, later (not begun), or - when there is nothing of the kind; in the past won, or unknown" },
	[EXPLAIN_MODE] = { "MODE", 0, "the mode that it would give" },
	[EXPLAIN_FROM] = { "FROM", COLUMN_TIME, "when it began or begins" },
	[EXPLAIN_UNTIL] = { "UNTIL", COLUMN_TIME, "when it ends" },
	[EXPLAIN_REASON] = { "REASON", COLUMN_WIDE, "what it is, and by whom" },
	[EXPLAIN_GIVEN] = { "GIVEN", COLUMN_TIME | COLUMN_HIDDEN,
		"in the past: when that was said" },
	[EXPLAIN_BY] = { "BY", COLUMN_HIDDEN, "in the past: who said it" },
	[EXPLAIN_RECORD] = { "RECORD", COLUMN_NUMBER | COLUMN_HIDDEN,
		"in the past: number of the record of the log that it is read from" },
	[EXPLAIN_KNOWN] = { "KNOWN", COLUMN_HIDDEN,
		"log: recorded; now: it holds; foretold: if nobody changes anything; no: not known" },
	{ 0 },
};

static int add_rung(struct ctl *ctl, struct out *out, const struct ladder *l, const struct rung *r,
	int64_t at, struct err *err)
{
	static const char *const results[] = {
		[RUNG_WINS] = "wins",
		[RUNG_BEATEN] = "loses",
		[RUNG_LATER] = "later",
		[RUNG_SILENT] = "-",
	};
	/* A rung that is cut at the window has no known begin or end. What was chosen by hand knows both. */
	bool is_cut = !r->override && !r->mode_switch;
	char reason[REASON_MAX_LEN + 1];
	struct mode m = { 0 };

	if (r->mode_id && store_mode_get(ctl->store, r->mode_id, &m, err) < 0)
		return -1;
	rung_reason(r, l->schedule, l->has_default, reason);
	out_line(out);
	out_text(out, EXPLAIN_SOURCE, source_name(r->source));
	out_text(out, EXPLAIN_RESULT, results[r->state]);
	out_text(out, EXPLAIN_MODE, *m.name ? m.name : NULL);
	out_time(out, EXPLAIN_FROM,
		(is_cut && r->start <= l->in.from) || r->start == INT64_MIN ? INT64_MAX : r->start);
	out_time(out, EXPLAIN_UNTIL, is_cut && r->end >= l->in.to ? INT64_MAX : r->end);
	out_text(out, EXPLAIN_REASON, *reason ? reason : NULL);
	out_text(out, EXPLAIN_KNOWN, known_word(at > ctl->now ? KNOWN_FORETOLD : KNOWN_NOW));
	return 0;
}

/* Print "alice is lunch-break until 13:00, then available (business hours of schedule office)". */
static int print_decision(struct ctl *ctl, const struct out_options *o, const char *name,
	int64_t at, const struct ladder *l, const struct decision *v, struct err *err)
{
	char reason[REASON_MAX_LEN + 1], text[OUT_WHEN_SIZE];
	struct rung next;
	struct mode m;
	int64_t end;

	if (store_mode_get(ctl->store, v->winner.mode_id, &m, err) < 0)
		return -1;
	rung_reason(&v->winner, l->schedule, l->has_default, reason);
	if (at != ctl->now) {
		out_when(o, at, text);
		say("%s: ", text);
	}
	say("%s is %s", name, m.name);
	if (v->until == UNTIL_OPEN) {
		say("; no other mode is in sight\n");
		return 0;
	}
	resolve_at(&l->in, v->until, &next, &end);
	out_when(o, v->until, text);
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

/* Print "yesterday 14:00: alice was away from 13:50 until 14:20 (override of all by root: drill)". */
static void print_past(struct ctl *ctl, const char *name, int64_t at, const struct spell *x)
{
	char time[WHEN_TEXT_SIZE], from[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];

	when_short(at, ctl->zone, ctl->now, time);
	when_short(x->from, ctl->zone, ctl->now, from);
	when_short(x->until, ctl->zone, ctl->now, until);
	say("%s: ", time);
	if (!*x->mode) {
		say("it is not known what %s was: %s\n", name, known_why(x->known));
		return;
	}
	say("%s was %s", name, x->mode);
	if (x->from < at || x->id)
		say(" from %s", from);
	say(" until %s", x->until == UNTIL_OPEN ? "now" : until);
	say("%s%s%s\n", *x->reason ? " (" : "", x->reason, *x->reason ? ")" : "");
	if (x->id && x->due < x->at) {
		when_short(x->due, ctl->zone, ctl->now, time);
		say("It was due at %s. presenced looked at %s; until then the PBX held the mode before.\n",
			time, from);
	}
	if (x->id && x->until != UNTIL_OPEN && x->meant_until != UNTIL_OPEN &&
		x->meant_until > x->until + MINUTE) {
		when_short(x->meant_until, ctl->zone, ctl->now, time);
		say("It was to hold until %s.\n", time);
	}
}

static void add_past(struct out *out, const struct spell *x, const struct spell *given)
{
	out_line(out);
	out_text(out, EXPLAIN_SOURCE, *x->source ? x->source : NULL);
	out_text(out, EXPLAIN_RESULT, *x->mode ? "won" : "unknown");
	out_text(out, EXPLAIN_MODE, *x->mode ? x->mode : NULL);
	out_time(out, EXPLAIN_FROM, *x->mode ? x->from : INT64_MAX);
	out_time(out, EXPLAIN_UNTIL, x->until);
	out_text(out, EXPLAIN_REASON, *x->mode ? x->reason : known_why(x->known));
	out_time(out, EXPLAIN_GIVEN, given->id ? given->at : INT64_MAX);
	out_text(out, EXPLAIN_BY, *given->actor ? given->actor : given->id ? given->via : NULL);
	if (x->id)
		out_number(out, EXPLAIN_RECORD, x->id);
	out_text(out, EXPLAIN_KNOWN, known_word(x->known));
}

/* What was is read from the log: schedules, calendars and orders may be others by now. */
static int explain_past(struct ctl *ctl, const char *name, int64_t at, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options = ctl->out;
	struct past_user user;
	struct spell spell = { 0 }, given = { 0 };
	int64_t log_begin;

	if (!options.columns && !options.data)
		options.columns = EXPLAIN_PAST;
	if (follow_past_user(ctl->store, name, &user, err) < 0 ||
		follow_past(ctl->store, &user, at, &spell, &given, err) < 0 ||
		store_log_begin(ctl->store, &log_begin, err) < 0 ||
		out_new(explain_columns, "explain", &options, &out, err) < 0)
		return -1;
	add_past(out, &spell, &given);
	if (!ctl->out.data && !ctl->out.columns && !ctl->out.no_headings)
		print_past(ctl, name, at, &spell);
	past_notice(ctl, spell.known == UNKNOWN_BEFORE, log_begin);
	return out_print(out, stdout, err);
}

static int explain_ladder(struct ctl *ctl, const char *name, int64_t at, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	_cleanup_(out_freep) struct out *out = NULL;
	struct out_options options = ctl->out;
	struct rung rungs[RUNGS_MAX];
	struct decision v;
	struct user u;
	size_t n;

	if (store_user_find(ctl->store, name, &u, err) < 0 ||
		follow_ladder(ctl->store, u.id, at, ctl->now, &l, &v, err) < 0)
		return -1;
	options.also = l.zone;
	if (out_new(explain_columns, "explain", &options, &out, err) < 0)
		return -1;
	n = resolve_ladder(&l.in, at, rungs, ARRAY_SIZE(rungs));
	for (size_t i = 0; i < n; i++) {
		if (add_rung(ctl, out, &l, &rungs[i], at, err) < 0)
			return -1;
	}
	notice_warning(ctl);
	if (!ctl->out.data && !ctl->out.columns && !ctl->out.no_headings &&
		print_decision(ctl, &options, u.name, at, &l, &v, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

static int explain(struct ctl *ctl, const struct input *in, struct err *err)
{
	const char *time = input_opt(in, "at"), *name = input_arg(in, 0);
	int64_t at = ctl->now;

	if (time && when_time(time, ctl->zone, ctl->now, &at, err) < 0)
		return -1;
	return at < ctl->now ? explain_past(ctl, name, at, err)
			     : explain_ladder(ctl, name, at, err);
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
		"time in the past it prints what won then, who said so and when, as the log has it. It also knows users who are "
		"gone.",
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
	TIMELINE_REASON,
	TIMELINE_KNOWN
};

static const struct column timeline_columns[] = {
	[TIMELINE_USER] = { "USER", 0, "name" },
	[TIMELINE_FROM] = { "FROM", COLUMN_TIME, "when it begins" },
	[TIMELINE_UNTIL] = { "UNTIL", COLUMN_TIME, "when the next begins" },
	[TIMELINE_MODE] = { "MODE", 0, "mode" },
	[TIMELINE_SOURCE] = { "SOURCE", 0, "what decides" },
	[TIMELINE_REASON] = { "REASON", COLUMN_WIDE, "why" },
	[TIMELINE_KNOWN] = { "KNOWN", 0,
		"log: recorded; now: it holds; foretold: if nobody changes anything; no: not known" },
	{ 0 },
};

/* Whom a timeline is about. */
struct timeline_who {
	struct ids ids;
	const char *gone; /* a user whom only the log knows, or NULL */
	struct past_user past;
};

struct timeline_walk {
	struct ctl *ctl;
	struct out *out;
	int64_t from, to;
	size_t lines;      /* that are not printed yet */
	bool before_log;   /* the log does not go back to the begin of the window */
	struct spell line; /* the line that has not been printed yet; until 0: there is none */
	const char *user;
};

static int print_line(struct timeline_walk *w, struct err *err)
{
	const struct spell *x = &w->line;

	if (!x->until)
		return 0;
	w->before_log |= x->known == UNKNOWN_BEFORE;
	out_line(w->out);
	out_text(w->out, TIMELINE_USER, w->user);
	out_time(w->out, TIMELINE_FROM, x->from);
	out_time(w->out, TIMELINE_UNTIL, x->until);
	out_text(w->out, TIMELINE_MODE, *x->mode ? x->mode : NULL);
	out_text(w->out, TIMELINE_SOURCE, *x->source ? x->source : NULL);
	out_text(w->out, TIMELINE_REASON,
		*x->mode ? (*x->reason ? x->reason : NULL) : known_why(x->known));
	out_text(w->out, TIMELINE_KNOWN, known_word(x->known));
	w->line.until = 0;
	if (++w->lines < PART_LINES)
		return 0;
	w->lines = 0;
	return out_part(w->out, stdout, err);
}

/* Add a spell. It is no line of its own if the line before goes on. */
static int add_spell(struct timeline_walk *w, const struct spell *x, struct err *err)
{
	if (w->line.until && spell_goes_on(&w->line, x)) {
		w->line.until = x->until;
		return 0;
	}
	if (print_line(w, err) < 0)
		return -1;
	w->line = *x;
	return 0;
}

static int walk_past(struct timeline_walk *w, const struct past_user *user, struct err *err)
{
	_cleanup_(history_done) struct history h = { 0 };
	/* What was recorded in this second holds now. */
	int64_t to = w->to <= w->ctl->now ? w->to : w->ctl->now + 1;

	if (w->from >= w->ctl->now)
		return 0;
	if (follow_history(w->ctl->store, user, w->from, to, &h, err) < 0)
		return -1;
	for (size_t i = 0; i < h.n; i++) {
		if (add_spell(w, &h.list[i], err) < 0)
			return -1;
	}
	return 0;
}

static int foretold(struct timeline_walk *w, const struct ladder *l, const struct rung *r,
	int64_t from, int64_t to, struct spell *ret, struct err *err)
{
	struct mode m;

	if (store_mode_get(w->ctl->store, r->mode_id, &m, err) < 0)
		return -1;
	*ret = (struct spell){ .from = from, .until = to, .known = KNOWN_FORETOLD };
	text_copy(ret->mode, sizeof(ret->mode), m.name);
	text_copy(ret->source, sizeof(ret->source), source_name(r->source));
	rung_reason(r, l->schedule, l->has_default, ret->reason);
	return 0;
}

/* What holds now began in the past, unless presenced has not looked yet. */
static void join_now(struct timeline_walk *w, struct spell *x)
{
	bool is_same = !strcmp(w->line.mode, x->mode) &&
		(!*w->line.source || !strcmp(w->line.source, x->source));

	if (x->from != w->ctl->now)
		return;
	if (w->line.until && !is_same) {
		w->line.until = w->line.from < w->ctl->now ? w->ctl->now : 0;
		return;
	}
	x->known = KNOWN_NOW;
	if (w->line.until)
		x->from = w->line.from;
	w->line.until = 0;
}

static int walk_future(struct timeline_walk *w, int64_t user_id, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	int64_t t, began = w->from > w->ctl->now ? w->from : w->ctl->now, next;
	struct rung here, r;
	struct spell x;

	if (began >= w->to)
		return 0;
	if (follow_ladder_window(w->ctl->store, user_id, w->ctl->now, began, w->to, &l, err) < 0)
		return -1;
	resolve_at(&l.in, began, &here, &next);
	for (t = next;; t = next) {
		if (t < w->to)
			resolve_at(&l.in, t, &r, &next);
		if (t < w->to && rung_equal(&r, &here))
			continue;
		if (foretold(w, &l, &here, began, t < w->to ? t : w->to, &x, err) < 0)
			return -1;
		join_now(w, &x);
		if (add_spell(w, &x, err) < 0)
			return -1;
		if (t >= w->to)
			return 0;
		here = r;
		began = t;
	}
}

static int walk_user(
	struct timeline_walk *w, const struct past_user *user, const char *name, struct err *err)
{
	w->user = name;
	if (walk_past(w, user, err) < 0 ||
		(user->newest == INT64_MAX && walk_future(w, user->id, err) < 0))
		return -1;
	notice_warning(w->ctl);
	return print_line(w, err);
}

static int print_lines(
	struct ctl *ctl, const struct timeline_who *who, int64_t from, int64_t to, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct timeline_walk w = { .ctl = ctl, .from = from, .to = to };
	int64_t log_begin;

	if (out_new(timeline_columns, "timeline", &ctl->out, &out, err) < 0 ||
		store_log_begin(ctl->store, &log_begin, err) < 0)
		return -1;
	w.out = out;
	if (who->gone && walk_user(&w, &who->past, who->gone, err) < 0)
		return -1;
	for (size_t i = 0; i < who->ids.n; i++) {
		struct past_user past;
		struct user u;

		if (store_user_get(ctl->store, who->ids.ids[i], &u, err) < 0)
			return -1;
		past = past_user(u.id, u.name, INT64_MAX);
		if (walk_user(&w, &past, u.name, err) < 0)
			return -1;
	}
	past_notice(ctl, w.before_log, log_begin);
	return out_print(out, stdout, err);
}

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

/* A user's day: what was, and what will be. */
struct day {
	int64_t now;
	struct history history;
	struct ladder ladder;
	bool has_unknown;
};

static enum shade past_shade(struct day *d, int64_t at)
{
	const struct history *h = &d->history;
	int source = -1;

	for (size_t i = 0; i < h->n && h->list[i].from <= at; i++) {
		if (at < h->list[i].until)
			source = source_parse(h->list[i].source);
	}
	d->has_unknown |= source < 0;
	return source < 0 ? SHADE_UNKNOWN : shades[source];
}

/* The block for an instant of a user's day: it shows the source that decides. */
static enum shade shade_at(void *data, int64_t at)
{
	struct day *d = data;
	struct rung r;
	int64_t end;

	if (at < d->now)
		return past_shade(d, at);
	if (at < d->ladder.in.from || at >= d->ladder.in.to)
		return SHADE_OFF;
	resolve_at(&d->ladder.in, at, &r, &end);
	return shades[r.source];
}

static int picture_user(
	struct ctl *ctl, struct picture *p, int64_t day, int64_t id, bool *unknown, struct err *err)
{
	int64_t from = day * DAY - DAY, to = day * DAY + 2 * DAY;
	struct past_user user;
	struct day d = { .now = ctl->now };
	struct user u;
	int r = store_user_get(ctl->store, id, &u, err);

	user = past_user(id, r == 0 ? u.name : "", INT64_MAX);
	if (r == 0 && from < ctl->now)
		r = follow_history(
			ctl->store, &user, from, to < ctl->now ? to : ctl->now, &d.history, err);
	if (r == 0 && to > ctl->now)
		r = follow_ladder_window(ctl->store, id, ctl->now,
			from > ctl->now ? from : ctl->now, to, &d.ladder, err);
	if (r == 0) {
		say("%-16.16s ", u.name);
		picture_day(p, day, shade_at, &d);
		putchar('\n');
	}
	*unknown |= d.has_unknown;
	history_done(&d.history);
	ladder_done(&d.ladder);
	return r;
}

/* Print a line of blocks for each user and day, all on one wall clock. */
static int print_picture(
	struct ctl *ctl, const struct ids *who, int64_t from, int64_t to, struct err *err)
{
	struct picture p;
	struct civil c;
	int64_t first, last;
	bool unknown = false;

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
			if (picture_user(ctl, &p, day, who->ids[i], &unknown, err) < 0)
				return -1;
		}
	}
	picture_legend(&p,
		1u << SHADE_OPEN | 1u << SHADE_BREAK | 1u << SHADE_BUSY | 1u << SHADE_SPECIAL |
			1u << SHADE_HOLIDAY | 1u << SHADE_OFF | (unknown ? 1u << SHADE_UNKNOWN : 0),
		"override or switch");
	return 0;
}

/* A single name may be of a user who is gone. */
static int read_who(struct ctl *ctl, const char *const *words, size_t n, struct timeline_who *ret,
	struct err *err)
{
	if (store_who(ctl->store, words, n, &ret->ids, err) == 0)
		return 0;
	if (n != 1 || err->code != ERR_NOT_FOUND ||
		follow_past_user(ctl->store, words[0], &ret->past, NULL) < 0)
		return -1;
	ret->gone = words[0];
	return 0;
}

static int timeline(struct ctl *ctl, const struct input *in, struct err *err)
{
	struct timeline_who who = { .gone = NULL };
	size_t n;
	const char *const *words = input_many(in, &n);
	bool picture;
	int64_t from, to;
	int r = read_who(ctl, words, n, &who, err);

	picture = who.ids.n > 1 && !input_has(in, "list") && !ctl->out.data && !ctl->out.columns &&
		!ctl->out.no_headings;
	if (r == 0)
		r = window_read(
			in, ctl->zone, ctl->zone, ctl->now, picture ? 1 : DAY, &from, &to, err);
	if (r == 0)
		r = picture ? print_picture(ctl, &who.ids, from, to, err)
			    : print_lines(ctl, &who, from, to, err);
	ids_done(&who.ids);
	return r;
}

static const struct arg who_args[] = { { "who", ARG_WHO, ARG_MANY }, { 0 } };

static const struct opt timeline_opts[] = {
	WINDOW_OPTS,
	{ "list", NULL, ARG_TEXT, "print a line for each change, also for several users", 0 },
	{ 0 },
};

const struct command cmd_timeline = {
	.path = "timeline",
	.summary = "print which modes came and come when, and why",
	.details =
		"For one user it prints a line for each change in the window, which is the next 24 hours unless it is given. What "
		"was is read from the log, what will be is foretold: the column KNOWN says which. It also knows users who are gone. For "
		"several users it prints a picture: a line of blocks for each user and day. --list, --json, --output and "
		"--no-headings print lines for several users too.",
	.args = who_args,
	.opts = timeline_opts,
	.columns = timeline_columns,
	.noun = "timeline",
	.needs = NEED_STORE,
	.run = timeline,
};
