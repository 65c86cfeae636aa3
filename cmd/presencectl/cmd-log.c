/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log: who switched what, when and why. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "lib/base/strbuf.h"
#include "lib/base/mem.h"
#include "lib/binding/db.h"
#include "lib/store/group.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"
#include "lib/time/when.h"

extern const struct command cmd_log;

enum {
	LOG_AT,
	LOG_SUBJECT,
	LOG_WHAT,
	LOG_FROM,
	LOG_TO,
	LOG_CHANGE,
	LOG_UNTIL,
	LOG_WHY,
	LOG_BY,
	LOG_VIA,
	LOG_UID,
	LOG_ID,
	LOG_KEY,
	LOG_OLD,
	LOG_NEW,
	LOG_SOURCE,
	LOG_SINCE
};
enum {
	PAGE = 1000,       /* records that are read and printed at once */
	FOLLOW_MS = 60000, /* to look again, should nobody tell */
	WIDE_WIDTH = 120,  /* of a terminal that has room for all columns */
};
#define NARROW       "at,subject,what,change,why,by"
#define FOLLOW_LIMIT "10"

static const struct column columns[] = {
	[LOG_AT] = { "AT", COLUMN_TIME, "when" },
	[LOG_SUBJECT] = { "SUBJECT", 0, "the user, mode or group it happened to" },
	[LOG_WHAT] = { "WHAT", 0, "set, clear, follow (time), user add ..." },
	[LOG_FROM] = { "FROM", 0, "mode of the user before" },
	[LOG_TO] = { "TO", 0, "mode of the user after" },
	[LOG_CHANGE] = { "CHANGE", COLUMN_WRAP,
		"what was edited: key, old and new value; or what was chosen, where another mode is in force" },
	[LOG_UNTIL] = { "UNTIL", COLUMN_TIME, "when it ends by itself" },
	[LOG_WHY] = { "WHY", COLUMN_WRAP, "note of the switch, or reason" },
	[LOG_BY] = { "BY", 0, "who did it; of a phone its endpoint" },
	[LOG_VIA] = { "VIA", 0, "by which way: cli, presenced, phone" },
	[LOG_UID] = { "UID", COLUMN_NUMBER | COLUMN_HIDDEN, "user ID of whoever did it" },
	[LOG_ID] = { "ID", COLUMN_NUMBER | COLUMN_HIDDEN,
		"number of the record, in the order in which they were written" },
	[LOG_KEY] = { "KEY", COLUMN_HIDDEN,
		"the key that was edited; switch if a mode was chosen" },
	[LOG_OLD] = { "OLD", COLUMN_HIDDEN, "its value before" },
	[LOG_NEW] = { "NEW", COLUMN_HIDDEN, "its value after" },
	[LOG_SOURCE] = { "SOURCE", COLUMN_HIDDEN, "what decided about the mode, as in status" },
	[LOG_SINCE] = { "SINCE", COLUMN_TIME | COLUMN_HIDDEN, "since when the mode holds" },
	{ 0 },
};

/* "available -> away", also where one of them is not known. */
static void add_arrow(struct strbuf *to, const char *before, const char *after)
{
	if (before)
		strbuf_addf(to, "%s ", before);
	strbuf_adds(to, "->");
	if (after)
		strbuf_addf(to, " %s", after);
}

/* "ring.timeout 20 -> 30". Of a switch only what FROM and TO do not say. `modes`: what they say too. */
static void add_change(struct out *out, const struct log_record *record, bool modes)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;
	const char *chosen = record->after ? record->after : "";
	bool is_told = record->source &&
		(!record->after || !record->to_mode || !strcmp(chosen, record->to_mode));

	if (modes && (record->from_mode || record->to_mode))
		add_arrow(&text, record->from_mode, record->to_mode);
	if (record->key && !is_told) {
		strbuf_addf(&text, "%s%s ", text.len ? "; " : "", record->key);
		add_arrow(&text, record->before, record->after);
	}
	if (text.len)
		out_text(out, LOG_CHANGE, text.s);
}

static void add(struct out *out, const struct log_record *record, bool modes)
{
	out_line(out);
	out_time(out, LOG_AT, record->at);
	out_text(out, LOG_SUBJECT, record->subject);
	out_text(out, LOG_WHAT, record->what);
	out_text(out, LOG_FROM, record->from_mode);
	out_text(out, LOG_TO, record->to_mode);
	add_change(out, record, modes);
	if (record->until)
		out_time(out, LOG_UNTIL, record->until);
	out_text(out, LOG_WHY, record->why);
	out_text(out, LOG_BY, record->actor && *record->actor ? record->actor : NULL);
	out_text(out, LOG_VIA, record->via);
	if (record->uid >= 0)
		out_number(out, LOG_UID, record->uid);
	out_number(out, LOG_ID, record->id);
	out_text(out, LOG_KEY, record->key);
	out_text(out, LOG_OLD, record->before);
	out_text(out, LOG_NEW, record->after);
	out_text(out, LOG_SOURCE, record->source);
	if (record->since)
		out_time(out, LOG_SINCE, record->since);
}

/* Names whose records are wanted. */
struct names {
	char **list;
	size_t n, cap;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
}

static void add_name(struct names *names, const char *name)
{
	names->list = mem_grow(names->list, &names->cap, names->n + 1, sizeof(*names->list));
	names->list[names->n++] = xstrdup(name);
}

static int compare(const void *a, const void *b)
{
	return strcasecmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct names *names)
{
	size_t kept = 0;

	if (names->n)
		qsort(names->list, names->n, sizeof(*names->list), compare);
	for (size_t i = 0; i < names->n; i++) {
		if (kept && !strcasecmp(names->list[kept - 1], names->list[i]))
			free(names->list[i]);
		else
			names->list[kept++] = names->list[i];
	}
	names->n = kept;
}

static bool is_named(const struct names *names, const char *subject)
{
	return subject && bsearch(&subject, names->list, names->n, sizeof(*names->list), compare);
}

static int find_one(void *data, const struct log_record *record)
{
	(void)record;
	*(bool *)data = true;
	return 0;
}

/* Add a name if there is a record about it. */
static int add_if_known(struct ctl *ctl, struct names *names, const char *name, struct err *err)
{
	struct log_page page = { .subject = name, .max = 1 };
	bool known = false;

	if (store_log_page(ctl->store, &page, find_one, &known, err) < 0)
		return -1;
	if (known)
		add_name(names, name);
	return 0;
}

static int add_members(
	struct ctl *ctl, struct names *names, const char *group, bool *ret_known, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };
	char name[NAME_MAX_LEN + 1];
	struct group g;

	*ret_known = store_group_find(ctl->store, group, &g, NULL) == 0;
	if (!*ret_known)
		return 0;
	if (store_group_users(ctl->store, g.id, &users, err) < 0)
		return -1;
	for (size_t i = 0; i < users.n; i++) {
		if (store_user_name(ctl->store, users.ids[i], name, err) < 0)
			return -1;
		add_name(names, name);
	}
	return 0;
}

/* A word is a user, an extension, @group, or the name of anything that is or was: what is gone still has its records. */
static int add_word(struct ctl *ctl, struct names *names, const char *word, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf group = STRBUF_INIT;
	size_t before = names->n;
	bool known = false;
	struct mode mode;
	struct user u;

	if (add_if_known(ctl, names, word, err) < 0)
		return -1;
	if (*word == '@') {
		if (add_members(ctl, names, word + 1, &known, err) < 0)
			return -1;
	} else {
		strbuf_addf(&group, "@%s", word);
		if (store_user_named(ctl->store, word, &u, err) < 0 ||
			add_if_known(ctl, names, group.s, err) < 0)
			return -1;
		known = u.id != 0;
		if (known && strcasecmp(u.name, word) != 0)
			add_name(names, u.name);
		if (store_mode_find(ctl->store, word, &mode, NULL) == 0) {
			known = true;
			add_name(names, mode.name);
		}
	}
	if (names->n > before)
		return 0;
	if (!known)
		return store_log_unknown(ctl->store, word, err);
	add_name(names, word);
	return 0;
}

/* What is read, and how far. */
struct log_reading {
	struct ctl *ctl;
	struct log_page page;
	struct names names; /* if page.subject does not say it already */
	struct out *out;
	size_t seen_n;   /* of this page */
	size_t wanted_n; /* of the newest, when the first of them is looked for */
	int64_t first_id;
	bool is_narrow; /* the terminal */
};

static bool is_wanted(const struct log_reading *r, const struct log_record *record)
{
	return !r->names.n || is_named(&r->names, record->subject);
}

static int count_back(void *data, const struct log_record *record)
{
	struct log_reading *r = data;

	r->seen_n++;
	r->page.before_id = record->id;
	if (!is_wanted(r, record))
		return 0;
	r->first_id = record->id;
	return --r->wanted_n == 0;
}

/* Find the first of the newest n records. The database is read in pages: nobody who reads slowly makes it grow. */
static int find_newest(struct log_reading *r, size_t n, struct err *err)
{
	int got = 0;

	r->page.newest_first = true;
	r->wanted_n = n ? n : 1;
	r->first_id = INT64_MAX;
	do {
		r->seen_n = 0;
		got = store_log_page(r->ctl->store, &r->page, count_back, r, err);
	} while (got == 0 && r->seen_n == PAGE);
	r->page.newest_first = false;
	r->page.before_id = 0;
	if (r->first_id == INT64_MAX)
		r->page.after_id = 0;
	else
		r->page.after_id = n ? r->first_id - 1 : r->first_id;
	return got < 0 ? -1 : 0;
}

static int add_record(void *data, const struct log_record *record)
{
	struct log_reading *r = data;

	r->seen_n++;
	r->page.after_id = record->id;
	if (is_wanted(r, record))
		add(r->out, record, r->is_narrow);
	return 0;
}

static int print_all(struct log_reading *r, struct err *err)
{
	do {
		r->seen_n = 0;
		if (store_log_page(r->ctl->store, &r->page, add_record, r, err) < 0 ||
			out_part(r->out, stdout, err) < 0)
			return -1;
	} while (r->seen_n == PAGE && !ferror(stdout));
	return 0;
}

/* Print what is written from now on, until a signal comes or nobody reads any more. */
static int follow(struct log_reading *r, int changes, int signals, struct err *err)
{
	struct pollfd fds[] = { { .fd = changes, .events = POLLIN },
		{ .fd = signals, .events = POLLIN }, { .fd = STDOUT_FILENO } };

	while (print_all(r, err) == 0) {
		fflush(stdout);
		if (ferror(stdout) || fds[1].revents || fds[2].revents & (POLLERR | POLLNVAL))
			return 0;
		if (poll(fds, ARRAY_SIZE(fds), FOLLOW_MS) > 0)
			db_watch_drain(changes);
	}
	return -1;
}

static int follow_until_signal(struct log_reading *r, struct err *err)
{
	_cleanup_(closep) int changes = -1, signals = -1;
	struct signalfd_siginfo info;
	sigset_t ends, old;
	int result;

	if (db_watch(store_path(r->ctl->store), &changes, err) < 0)
		return -1;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0 || sigprocmask(SIG_BLOCK, &ends, &old) < 0)
		return err_sys(err, "signalfd");
	result = follow(r, changes, signals, err);
	/* Left there, the signal would end us when it is allowed again. */
	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return result;
}

/* "2h" means two hours ago. Anything else is a point in time. */
static int instant(struct ctl *ctl, const char *text, int64_t *ret, struct err *err)
{
	int64_t ago;

	if (!text)
		return 0;
	if (when_duration(text, &ago, NULL) == 0) {
		*ret = ctl->now - ago;
		return 0;
	}
	return when_time(text, ctl->zone, ctl->now, ret, err);
}

static int choose(struct log_reading *r, const struct input *in, struct err *err)
{
	size_t n;
	const char *const *words = input_many(in, &n);

	if (instant(r->ctl, input_opt(in, "since"), &r->page.since, err) < 0 ||
		instant(r->ctl, input_opt(in, "until"), &r->page.before, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!strcasecmp(words[i], "all"))
			return 0;
		if (add_word(r->ctl, &r->names, words[i], err) < 0)
			return -1;
	}
	sort_names(&r->names);
	if (r->names.n == 1) /* an index finds them */
		r->page.subject = r->names.list[0];
	return 0;
}

static int read_log(struct log_reading *r, const struct input *in, struct err *err)
{
	const char *limit = input_opt(in, "limit");
	bool follows = input_has(in, "follow");
	struct out_options options = r->ctl->out;

	if (follows && r->ctl->out.json && !r->ctl->out.json_lines)
		return err_set(err, ERR_USAGE,
			"--follow never ends the array of --json; use --json-lines");
	if (choose(r, in, err) < 0)
		return -1;
	if (!limit && follows)
		limit = FOLLOW_LIMIT;
	if (limit && find_newest(r, (size_t)strtoull(limit, NULL, 10), err) < 0)
		return -1;
	r->is_narrow =
		options.width && options.width < WIDE_WIDTH && !options.columns && !options.data;
	if (r->is_narrow)
		options.columns = NARROW;
	if (out_new(columns, "log", &options, &r->out, err) < 0)
		return -1;
	if (follows)
		return follow_until_signal(r, err);
	return print_all(r, err) < 0 ? -1 : out_print(r->out, stdout, err);
}

static int run(struct ctl *ctl, const struct input *in, struct err *err)
{
	struct log_reading r = { .ctl = ctl, .page.max = PAGE };
	int result = read_log(&r, in, err);

	out_free(r.out);
	names_done(&r.names);
	return result;
}

static const struct arg args[] = { { "name", ARG_NAME, ARG_OPTIONAL | ARG_MANY }, { 0 } };

static const struct opt opts[] = {
	{ "since", "TIME", ARG_TEXT, "only from then on: 2h, yesterday 14:00, 2026-12-24 12:00",
		0 },
	{ "until", "TIME", ARG_TEXT, "only before then", 'u' },
	{ "limit", "N", ARG_NUMBER, "print only the N newest of these", 0 },
	{ "follow", NULL, ARG_TEXT, "print the 10 newest, or as --limit says, and then what comes",
		'u' },
	{ "json-lines", NULL, ARG_TEXT, "print JSON, an object for each record, each on a line",
		'f' },
	{ 0 },
};

const struct command cmd_log = {
	.path = "log",
	.summary = "print who switched what, when and why",
	.details =
		"Without --limit all records are printed that the log has of the time. A name may be that of a user, an extension, "
		"@group, a mode, a queue, a schedule or a calendar, also of one that is gone. @group means its users too.",
	.args = args,
	.opts = opts,
	.columns = columns,
	.noun = "log",
	.needs = NEED_STORE,
	.run = run,
};
