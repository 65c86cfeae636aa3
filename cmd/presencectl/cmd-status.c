/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status, show, watch: what is true now. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd/presencectl/past.h"
#include "cmd/presencectl/people.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/follow/ladder.h"
#include "lib/follow/past.h"
#include "lib/pbx/activity.h"
#include "lib/presence/noun-keys.h"
#include "lib/store/calendar.h"
#include "lib/store/greeting.h"
#include "lib/store/group.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/store/queue.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/time/when.h"

extern const struct command cmd_status, cmd_show, cmd_watch;

enum {
	STATUS_USER,
	STATUS_EXTENSION,
	STATUS_MODE,
	STATUS_NOTE,
	STATUS_SOURCE,
	STATUS_SINCE,
	STATUS_UNTIL,
	STATUS_ACTIVITY,
	STATUS_ACTIVITY_SINCE,
	STATUS_PBX,
	STATUS_PUSHED,
	STATUS_LABEL,
	STATUS_TYPE,
	STATUS_REASON,
	STATUS_KNOWN
};
#define STATUS_AT "user,extension,mode,source,since,until,reason,known"

enum { LATE_S = 5 }; /* A tick takes its time. */

static const struct column status_columns[] = {
	[STATUS_USER] = { "USER", 0, "name" },
	[STATUS_EXTENSION] = { "EXTENSION", 0, "extension" },
	[STATUS_MODE] = { "MODE", 0,
		"mode; in the default table also what the phones do: available (on a call)" },
	[STATUS_NOTE] = { "NOTE", COLUMN_WIDE, "what phones show beside it" },
	[STATUS_SOURCE] = { "SOURCE", 0,
		"what decided: override, switch, holiday, outside, break, busy, business, default" },
	[STATUS_SINCE] = { "SINCE", COLUMN_TIME, "when the mode began" },
	[STATUS_UNTIL] = { "UNTIL", COLUMN_TIME, "when it ends by itself" },
	[STATUS_ACTIVITY] = { "ACTIVITY", COLUMN_HIDDEN,
		"what the phones do: on a call, ringing, on hold, idle, offline" },
	[STATUS_ACTIVITY_SINCE] = { "ACTIVITY_SINCE", COLUMN_TIME | COLUMN_WIDE,
		"since when the phones do so" },
	[STATUS_PBX] = { "PBX", 0, "PBX of the extension" },
	[STATUS_PUSHED] = { "PUSHED", COLUMN_WIDE,
		"yes when the PBX has confirmed it, no, or why it refuses" },
	[STATUS_LABEL] = { "LABEL", COLUMN_HIDDEN, "the mode in words" },
	[STATUS_TYPE] = { "TYPE", COLUMN_HIDDEN, "presence type" },
	[STATUS_REASON] = { "REASON", COLUMN_HIDDEN | COLUMN_WIDE, "the source in words" },
	[STATUS_KNOWN] = { "KNOWN", COLUMN_HIDDEN,
		"log: recorded; now: it holds; foretold: if nobody changes anything; no: not known" },
	{ 0 },
};

struct status_table {
	struct ctl *ctl;
	struct out *out;
	bool has_activity; /* presenced runs, so that the database knows what phones do */
};

/* Scripts name their columns, and find the bare name of the mode. */
static void out_mode(const struct status_table *table, const struct status *st)
{
	const struct out_options *o = &table->ctl->out;
	char text[2 * NAME_MAX_LEN];

	if (!table->has_activity || !st->activity || o->data || o->columns) {
		out_text(table->out, STATUS_MODE, st->mode);
		return;
	}
	snprintf(text, sizeof(text), "%s (%s)", st->mode, st->activity);
	out_text(table->out, STATUS_MODE, text);
}

static void out_activity(const struct status_table *table, const struct status *st)
{
	if (!table->has_activity || !st->activity)
		return;
	out_text(table->out, STATUS_ACTIVITY, st->activity);
	out_time(table->out, STATUS_ACTIVITY_SINCE, st->activity_since);
}

static int add_status(void *data, const struct status *st)
{
	const struct status_table *table = data;
	struct out *out = table->out;

	out_line(out);
	out_text(out, STATUS_USER, st->user);
	out_text(out, STATUS_EXTENSION, st->extension);
	out_mode(table, st);
	out_activity(table, st);
	out_text(out, STATUS_NOTE, *st->note ? st->note : NULL);
	out_text(out, STATUS_SOURCE, st->source);
	out_time(out, STATUS_SINCE, st->since);
	out_time(out, STATUS_UNTIL, st->until);
	out_text(out, STATUS_PBX, st->pbx);
	out_text(out, STATUS_PUSHED, st->error ? st->error : st->confirmed ? "yes" : "no");
	out_text(out, STATUS_LABEL, st->label);
	out_text(out, STATUS_TYPE, st->type);
	out_text(out, STATUS_REASON, st->reason);
	out_text(out, STATUS_KNOWN, known_word(KNOWN_NOW));
	return 0;
}

static int print_status(
	struct ctl *ctl, const struct command *c, const struct input *in, FILE *to, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	struct status_table table = { ctl, NULL, db_is_locked(store_path(ctl->store)) };
	size_t n;
	const char *const *words = input_many(in, &n);

	if (out_new(c->columns, c->noun, &ctl->out, &out, err) < 0)
		return -1;
	table.out = out;
	if ((n && store_who(ctl->store, words, n, &who, err) < 0) ||
		store_status_each(ctl->store, n ? &who : NULL, add_status, &table, err) < 0)
		return -1;
	return out_print(out, to, err);
}

/* Who does not read our standard error must not keep us in the middle of the database: the lines are collected. */
struct feed_lines {
	int64_t now;
	struct strbuf text;
};

static int note_feed(void *data, const struct calendar_info *c, const struct calendar_state *state)
{
	struct feed_lines *lines = data;
	char age[WHEN_TEXT_SIZE];

	if (!*state->error)
		return 0;
	if (state->read_at && state->read_at < lines->now) {
		when_span(lines->now - state->read_at, age);
		strbuf_addf(&lines->text, "calendar '%s' is as of %s ago: %s\n", c->name, age,
			state->error);
	} else {
		strbuf_addf(&lines->text, "calendar '%s' has never been read: %s\n", c->name,
			state->error);
	}
	return 0;
}

static int notice_feeds(struct ctl *ctl, struct err *err)
{
	struct feed_lines lines = { .now = ctl->now, .text = STRBUF_INIT };
	int r = store_calendar_each(ctl->store, note_feed, &lines, err);
	char *rest = lines.text.s, *line;

	while (r == 0 && (line = strsep(&rest, "\n")) && *line)
		ctl_notice("%s", line);
	strbuf_done(&lines.text);
	return r;
}

/* Tell what makes the table less true than it looks: modes that are overdue, calendars that cannot be read. */
static int notice_trouble(struct ctl *ctl, struct err *err)
{
	int64_t late;

	if (store_status_late(ctl->store, ctl->now - LATE_S, &late, err) < 0 ||
		notice_feeds(ctl, err) < 0)
		return -1;
	if (late)
		ctl_notice(
			"the mode of %lld user%s should have changed by now: is presenced running?",
			(long long)late, late == 1 ? "" : "s");
	return 0;
}

/* The table of another time. */
struct status_at {
	struct ctl *ctl;
	struct out *out;
	int64_t at;
	size_t lines_n;
	bool before_log;
};

static int add_past(void *data, const struct past_status *st)
{
	struct status_at *table = data;
	const struct spell *x = &st->spell;
	struct out *out = table->out;

	table->lines_n++;
	table->before_log |= x->known == UNKNOWN_BEFORE;
	out_line(out);
	out_text(out, STATUS_USER, st->user);
	out_text(out, STATUS_EXTENSION, st->extension);
	out_text(out, STATUS_PBX, st->pbx);
	out_text(out, STATUS_MODE, *x->mode ? x->mode : NULL);
	out_text(out, STATUS_NOTE, *x->note ? x->note : NULL);
	out_text(out, STATUS_SOURCE, *x->source ? x->source : NULL);
	out_time(out, STATUS_SINCE, *x->mode && x->since ? x->since : INT64_MAX);
	out_time(out, STATUS_UNTIL, x->until);
	out_text(out, STATUS_REASON,
		*x->mode ? (*x->reason ? x->reason : NULL) : known_why(x->known));
	out_text(out, STATUS_KNOWN, known_word(x->known));
	return 0;
}

/* Whom words name: users of today, and names that only the log knows. */
struct past_who {
	struct ids ids;
	struct past_user *gone;
	size_t gone_n;
};

static void past_who_done(struct past_who *who)
{
	ids_done(&who->ids);
	free(who->gone);
}

/* Who was in a group then, no table says. */
static int read_past_who(
	struct ctl *ctl, const char *const *words, size_t n, struct past_who *ret, struct err *err)
{
	ret->gone = xcalloc(n, sizeof(*ret->gone));
	for (size_t i = 0; i < n; i++) {
		_cleanup_(ids_done) struct ids found = { 0 };

		if (store_who(ctl->store, &words[i], 1, &found, err) == 0) {
			for (size_t k = 0; k < found.n; k++)
				ids_add(&ret->ids, found.ids[k]);
			if (*words[i] == '@')
				ctl_notice("%s: these are the users of today, not those of then",
					words[i]);
		} else if (err->code != ERR_NOT_FOUND ||
			follow_past_user(ctl->store, words[i], &ret->gone[ret->gone_n++], NULL) <
				0) {
			return -1;
		}
	}
	ids_unique(&ret->ids);
	return 0;
}

static int add_gone(struct status_at *table, const struct past_user *user, struct err *err)
{
	struct past_status status = { .user = user->name };
	struct spell given = { 0 };

	if (follow_past(table->ctl->store, user, table->at, &status.spell, &given, err) < 0)
		return -1;
	return add_past(table, &status);
}

/* who NULL: all. */
static int print_past(struct status_at *table, const struct past_who *who, struct err *err)
{
	int64_t log_begin;

	if (store_log_begin(table->ctl->store, &log_begin, err) < 0 ||
		follow_past_each(table->ctl->store, who ? &who->ids : NULL, table->at, add_past,
			table, err) < 0)
		return -1;
	for (size_t i = 0; who && i < who->gone_n; i++) {
		if (add_gone(table, &who->gone[i], err) < 0)
			return -1;
	}
	/* No line may also mean that nobody knows. */
	table->before_log |= !table->lines_n && table->at < log_begin;
	past_notice(table->ctl, table->before_log, log_begin);
	return 0;
}

static int add_future(struct status_at *table, int64_t id, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	struct ctl *ctl = table->ctl;
	struct out *out = table->out;
	char reason[REASON_MAX_LEN + 1];
	struct decision d;
	struct mode m;
	struct user u;

	if (store_user_get(ctl->store, id, &u, err) < 0 ||
		follow_ladder(ctl->store, id, table->at, ctl->now, &l, &d, err) < 0 ||
		store_mode_get(ctl->store, d.winner.mode_id, &m, err) < 0)
		return -1;
	rung_reason(&d.winner, l.schedule, l.has_default, reason);
	out_line(out);
	out_text(out, STATUS_USER, u.name);
	out_text(out, STATUS_EXTENSION, u.extension);
	out_text(out, STATUS_PBX, u.pbx);
	out_text(out, STATUS_MODE, m.name);
	out_text(out, STATUS_SOURCE, source_name(d.winner.source));
	out_time(out, STATUS_SINCE, d.began ? d.since : INT64_MAX);
	out_time(out, STATUS_UNTIL, d.until);
	out_text(out, STATUS_LABEL, m.label);
	out_text(out, STATUS_TYPE, ptype_name(m.type));
	out_text(out, STATUS_REASON, reason);
	out_text(out, STATUS_KNOWN, known_word(KNOWN_FORETOLD));
	return 0;
}

static int print_future(struct status_at *table, const struct ids *who, struct err *err)
{
	static const char *const all[] = { "all" };
	_cleanup_(ids_done) struct ids everybody = { 0 };

	if (!who && store_who(table->ctl->store, all, 1, &everybody, err) < 0)
		return -1;
	who = who ? who : &everybody;
	for (size_t i = 0; i < who->n; i++) {
		if (add_future(table, who->ids[i], err) < 0)
			return -1;
	}
	return 0;
}

static int print_status_at(struct ctl *ctl, const struct input *in, int64_t at, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(past_who_done) struct past_who who = { 0 };
	struct out_options options = ctl->out;
	struct status_at table = { .ctl = ctl, .at = at };
	size_t n;
	const char *const *words = input_many(in, &n);
	bool all = !n || (n == 1 && !strcmp(words[0], "all"));
	bool past = at < ctl->now;
	int r = 0;

	if (!options.columns && !options.data)
		options.columns = STATUS_AT;
	if (out_new(status_columns, "status", &options, &out, err) < 0)
		return -1;
	table.out = out;
	if (!all)
		r = past ? read_past_who(ctl, words, n, &who, err)
			 : store_who(ctl->store, words, n, &who.ids, err);
	if (r == 0)
		r = past ? print_past(&table, all ? NULL : &who, err)
			 : print_future(&table, all ? NULL : &who.ids, err);
	return r < 0 ? -1 : out_print(out, stdout, err);
}

static int status(struct ctl *ctl, const struct input *in, struct err *err)
{
	const char *time = input_opt(in, "at");
	int64_t at = ctl->now;

	if (time && when_time(time, ctl->zone, ctl->now, &at, err) < 0)
		return -1;
	if (at != ctl->now)
		return print_status_at(ctl, in, at, err);
	if (print_status(ctl, &cmd_status, in, stdout, err) < 0)
		return -1;
	return notice_trouble(ctl, err);
}

static const struct arg who_args[] = { { "who", ARG_WHO, ARG_MANY | ARG_OPTIONAL }, { 0 } };

static const struct opt status_opts[] = {
	{ "at", "TIME", ARG_TIME, "at that time instead of now: yesterday 14:00, tomorrow 09:00",
		0 },
	{ 0 },
};

const struct command cmd_status = {
	.path = "status",
	.summary = "print who is in which mode, since when and until when",
	.details =
		"For a time in the past it prints what the log says of all who were users then, also of those who are gone. @group "
		"means who is in it today. For a time to come it prints what will be if nobody changes anything. The column KNOWN says which.",
	.args = who_args,
	.opts = status_opts,
	.columns = status_columns,
	.noun = "status",
	.needs = NEED_STORE,
	.run = status,
};

/* `show` prints names and values, one a line. */
enum { SHOW_KEY, SHOW_VALUE };

static const struct column show_columns[] = {
	[SHOW_KEY] = { "KEY", 0, "what it is" },
	[SHOW_VALUE] = { "VALUE", COLUMN_LIST, "its value" },
	{ 0 },
};

static void add_pair(struct out *out, const char *key, const char *value)
{
	out_line(out);
	out_text(out, SHOW_KEY, key);
	out_text(out, SHOW_VALUE, *value ? value : NULL);
}

struct show {
	struct ctl *ctl;
	struct out *out;
};

static void add_activity(const struct show *show, const struct status *st)
{
	bool known = st->activity && db_is_locked(store_path(show->ctl->store));
	char since[WHEN_TEXT_SIZE] = "";

	if (known)
		when_rfc3339(st->activity_since, show->ctl->zone, since);
	add_pair(show->out, "activity", known ? st->activity : "");
	add_pair(show->out, "activity since", since);
}

static int add_presence(void *data, const struct status *st)
{
	struct show *show = data;
	const struct zone *z = show->ctl->zone;
	char text[WHEN_TEXT_SIZE];

	add_pair(show->out, "mode now", st->mode);
	add_pair(show->out, "label", st->label);
	add_pair(show->out, "note", st->note);
	add_pair(show->out, "source", st->source);
	add_pair(show->out, "reason", st->reason);
	when_rfc3339(st->since, z, text);
	add_pair(show->out, "since", text);
	if (st->until != UNTIL_OPEN)
		when_rfc3339(st->until, z, text);
	add_pair(show->out, "until", st->until == UNTIL_OPEN ? "" : text);
	add_pair(show->out, "pushed", st->error ? st->error : st->confirmed ? "yes" : "no");
	add_activity(show, st);
	return 0;
}

struct told {
	const struct rules *rules;
	struct strbuf text;
};

static int add_told(void *data, const char *queue)
{
	struct told *t = data;

	strbuf_addf(&t->text, "%s%s %s", t->text.len ? ", " : "", queue,
		route_queue_word(rules_queue(t->rules, queue)));
	return 0;
}

static int add_queues(struct ctl *ctl, struct out *out, const struct person *x, struct err *err)
{
	struct told told = { .rules = x->route.rules, .text = STRBUF_INIT };
	int r = store_queue_of_user(ctl->store, x->user.id, add_told, &told, err);

	if (r == 0 && told.text.len)
		add_pair(out, "calls now: queues", told.text.s);
	strbuf_done(&told.text);
	return r;
}

/* Add what callers experience if no one answers. */
static int add_calls(struct ctl *ctl, struct out *out, const struct user *u, struct err *err)
{
	static const enum call_kind kinds[] = { CALL_INTERNAL, CALL_EXTERNAL };
	_cleanup_(people_done) struct people people = {
		.ctl = ctl,
		.at = ctl->now,
		.others = PHONE_NOANSWER,
	};
	const struct person *x;

	if (people_add(&people, u->name, NULL, &x, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
		_cleanup_(route_done) struct route r = { 0 };
		char key[32];
		struct route_input call = {
			.kind = kinds[i],
			.number = "",
		};

		if (people_route(&people, x, &call, &r, err) < 0)
			return -1;
		route_text(&r, &text);
		snprintf(key, sizeof(key), "calls now: %s", call_kind_name(kinds[i]));
		add_pair(out, key, text.s);
	}
	return add_queues(ctl, out, x, err);
}

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	_cleanup_(ladder_done) struct ladder l = { 0 };
	struct decision v;
	struct ids who = { 0 };
	struct user u;

	if (out_new(show_columns, "show", &ctl->out, &out, err) < 0 ||
		store_user_find(ctl->store, input_arg(in, 0), &u, err) < 0)
		return -1;
	add_pair(out, "user", u.name);
	for (const struct key *k = user_keys.list; k->name; k++) {
		strbuf_cut(&text, 0);
		key_get(k, &u, &text);
		add_pair(out, strcmp(k->name, "mode") != 0 ? k->name : "default mode", text.s);
	}
	strbuf_cut(&text, 0);
	who.ids = &u.id;
	who.n = 1;
	if (store_group_of_user(ctl->store, u.id, ctl_join, &text, err) < 0)
		return -1;
	add_pair(out, "groups", text.s);
	strbuf_cut(&text, 0);
	if (store_greetings_of(ctl->store, u.pbx, u.extension, ctl_join, &text, err) < 0)
		return -1;
	add_pair(out, "own greetings", text.s);
	if (follow_ladder(ctl->store, u.id, ctl->now, ctl->now, &l, &v, err) < 0)
		return -1;
	add_pair(out, "schedule now", l.schedule);
	if (store_status_each(ctl->store, &who, add_presence, &(struct show){ ctl, out }, err) <
			0 ||
		add_calls(ctl, out, &u, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

static const struct arg user_args[] = { { "user", ARG_USER, 0 }, { 0 } };

const struct command cmd_show = {
	.path = "show",
	.summary = "print everything about one user",
	.details = "At the end it prints what callers experience now if no one answers; see route.",
	.args = user_args,
	.columns = show_columns,
	.noun = "show",
	.needs = NEED_STORE,
	.run = show,
};

/* Take SIGINT and SIGTERM by a descriptor: the loop ends, and the terminal gets back what it had. */
static int catch_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, old);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void update_width(struct ctl *ctl)
{
	struct winsize size;

	if (ctl->out.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		ctl->out.width = size.ws_col;
}

/* On a terminal draw the screen again. Elsewhere print only what is another text than the last one: *last, which is owned by the
 * caller. Most changes of the database are about other users. */
static int draw(struct ctl *ctl, const struct input *in, bool screen, char **last, struct err *err)
{
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int r;

	if (!to)
		return err_sys(err, "cannot print");
	r = print_status(ctl, &cmd_watch, in, to, err);
	fclose(to);
	if (r < 0 || (!screen && *last && !strcmp(*last, text)))
		return r;
	if (screen)
		fputs("\033[H\033[J", stdout);
	fputs(text, stdout);
	if (!screen && !ctl->out.data)
		putchar('\n');
	free(*last);
	*last = TAKE_PTR(text);
	return fflush(stdout) != 0 ? err_sys(err, "cannot write output") : 0;
}

/* Draw, then sleep until the database changes or the window does. */
static int watch_loop(
	struct ctl *ctl, const struct input *in, int changes, int signals, struct err *err)
{
	struct pollfd fds[] = { { .fd = changes, .events = POLLIN },
		{ .fd = signals, .events = POLLIN } };
	bool screen = ctl->out.terminal && !ctl->out.data;
	_cleanup_(freep) char *last = NULL;
	int64_t seen = -1, version;

	for (;;) {
		struct signalfd_siginfo info;
		bool resized = false;

		while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
			if (info.ssi_signo != SIGWINCH)
				return 0;
			resized = true;
		}
		if (store_data_version(ctl->store, &version, err) < 0)
			return -1;
		if (version != seen || resized) {
			seen = version;
			ctl->now = ctl->out.now = clock_now();
			update_width(ctl);
			if (draw(ctl, in, screen, &last, err) < 0)
				return -1;
		}
		/* Draw again after a minute at most: times are words such as "tomorrow". */
		if (poll(fds, 2, 60000) == 0)
			seen = screen ? -1 : seen;
		db_watch_drain(changes);
	}
}

static int watch(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(closep) int changes = -1, signals = -1;
	bool screen = ctl->out.terminal && !ctl->out.data;
	sigset_t old;
	int r;

	if (db_watch(store_path(ctl->store), &changes, err) < 0)
		return -1;
	signals = catch_signals(&old);
	if (signals < 0)
		return err_sys(err, "signalfd");
	if (screen)
		fputs("\033[?1049h\033[?25l",
			stdout); /* switch to the alternate screen, hide the cursor */
	r = watch_loop(ctl, in, changes, signals, err);
	if (screen)
		fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}

const struct command cmd_watch = {
	.path = "watch",
	.summary = "print the status again whenever it changes",
	.details =
		"On a terminal it fills the screen until Ctrl-C. Elsewhere, and with --json or --csv, each change prints the whole "
		"status again.",
	.args = who_args,
	.columns = status_columns,
	.noun = "status",
	.needs = NEED_STORE,
	.run = watch,
};
