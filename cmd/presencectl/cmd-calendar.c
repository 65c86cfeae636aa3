/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar: list, show, add, set, unset, delete, import, refresh. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/edit.h"
#include "cmd/presencectl/feed.h"
#include "cmd/presencectl/feeding.h"
#include "cmd/presencectl/say.h"
#include "lib/base/text.h"
#include "lib/binding/fetch.h"
#include "lib/follow/calendar.h"
#include "lib/store/calendar.h"
#include "lib/time/holidays.h"
#include "lib/time/when.h"

extern const struct command cmd_calendar_list, cmd_calendar_show, cmd_calendar_add,
	cmd_calendar_set, cmd_calendar_unset, cmd_calendar_delete, cmd_calendar_import,
	cmd_calendar_refresh;

static const char *kind(const struct calendar_info *c)
{
	return *c->url ? "address" : *c->hours ? "hours" : *c->holidays ? "holidays" : "file";
}

enum {
	LIST_NAME,
	LIST_KIND,
	LIST_EVENTS,
	LIST_READ,
	LIST_AGE,
	LIST_ERROR,
	LIST_SOURCE,
	LIST_REFUSED,
	LIST_TITLE,
	LIST_ZONE,
	LIST_OWNER,
	LIST_TRIED
};

static const struct column list_columns[] = {
	[LIST_NAME] = { "NAME", 0, "name" },
	[LIST_KIND] = { "KIND", 0, "address, file, hours or holidays" },
	[LIST_EVENTS] = { "EVENTS", COLUMN_NUMBER, "how many events are in use" },
	[LIST_READ] = { "READ", COLUMN_TIME, "when its data was read or found unchanged" },
	[LIST_AGE] = { "AGE", 0, "how long ago that is, or not read yet" },
	[LIST_ERROR] = { "ERROR", COLUMN_WIDE,
		"why the last try failed; the last good copy stays in use" },
	[LIST_SOURCE] = { "SOURCE", COLUMN_WIDE,
		"its address without the secret part, its hours or holidays" },
	[LIST_REFUSED] = { "REFUSED", COLUMN_NUMBER | COLUMN_HIDDEN,
		"how many events were left out as broken" },
	[LIST_TITLE] = { "TITLE", COLUMN_HIDDEN, "what the data calls itself" },
	[LIST_ZONE] = { "ZONE", COLUMN_HIDDEN,
		"zone of its floating times: its own setting, else the data's" },
	[LIST_OWNER] = { "OWNER", COLUMN_HIDDEN, "address of its owner" },
	[LIST_TRIED] = { "TRIED", COLUMN_TIME | COLUMN_HIDDEN, "when its address was last asked" },
	{ 0 },
};

struct calendar_list {
	struct ctl *ctl;
	struct out *out;
};

static int add_line(void *data, const struct calendar_info *c, const struct calendar_state *state)
{
	_cleanup_(strbuf_done) struct strbuf source = STRBUF_INIT;
	struct calendar_list *l = data;
	struct out *out = l->out;
	char span[WHEN_TEXT_SIZE];
	const char *age = NULL;

	if (*c->url)
		fetch_show_url(c->url, &source);
	else
		strbuf_adds(&source, *c->hours ? c->hours : c->holidays);
	if (state->read_at && l->ctl->now > state->read_at) {
		when_span(l->ctl->now - state->read_at, span);
		age = span;
	} else if (!state->read_at && *c->url && !l->ctl->out.data) {
		age = "not read yet";
	}
	out_line(out);
	out_text(out, LIST_NAME, c->name);
	out_text(out, LIST_KIND, kind(c));
	if (!*c->hours && !*c->holidays)
		out_number(out, LIST_EVENTS, state->events_n);
	out_time(out, LIST_READ, state->read_at ? state->read_at : INT64_MAX);
	out_text(out, LIST_AGE, age);
	out_text(out, LIST_ERROR, *state->error ? state->error : NULL);
	out_text(out, LIST_SOURCE, source.len ? source.s : NULL);
	out_number(out, LIST_REFUSED, state->refused_n);
	out_text(out, LIST_TITLE, *state->title ? state->title : NULL);
	out_text(out, LIST_ZONE, *c->zone ? c->zone : *state->zone ? state->zone : NULL);
	out_text(out, LIST_OWNER, *c->owner ? c->owner : NULL);
	out_time(out, LIST_TRIED, state->tried_at ? state->tried_at : INT64_MAX);
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct calendar_list l = { .ctl = ctl };

	(void)in;
	if (out_new(list_columns, "calendars", &ctl->out, &out, err) < 0)
		return -1;
	l.out = out;
	if (store_calendar_each(ctl->store, add_line, &l, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

const struct command cmd_calendar_list = {
	.path = "calendar list",
	.summary = "list the calendars, their age and their errors",
	.columns = list_columns,
	.noun = "calendars",
	.needs = NEED_STORE,
	.run = list,
};

static int find_calendar(struct store *s, const char *word, void *object, struct err *err)
{
	return store_calendar_find(s, word, object, NULL, err);
}

static int save_calendar(struct store *s, void *object, int64_t now, struct err *err)
{
	return follow_calendar_save(s, object, now, err);
}

static int check(struct ctl *ctl, void *object, struct err *err)
{
	_cleanup_(holidays_freep) struct holidays *holidays = NULL;
	struct calendar_info *c = object;

	if (!!*c->url + !!*c->hours + !!*c->holidays > 1)
		return err_set(err, ERR_USAGE,
			"calendar '%s' comes from one of url, hours and holidays; unset the other",
			c->name);
	if (*c->url && fetch_check_url(c->url, err) < 0)
		return -1;
	if (holidays_parse(c->holidays, &holidays, err) < 0 ||
		holidays_bind(holidays, ctl_countries(ctl), err) < 0)
		return -1;
	return !*c->zone || ctl->zones->get(ctl->zones, c->zone, err) ? 0 : -1;
}

static const struct edit_noun noun = {
	.name = "calendar",
	.keys = &calendar_keys,
	.size = sizeof(struct calendar_info),
	.name_offset = offsetof(struct calendar_info, name),
	.find = find_calendar,
	.check = check,
	.save = save_calendar,
};

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_show(ctl, in, &noun, err);
}

static const struct arg calendar_args[] = { { "calendar", ARG_CALENDAR, 0 }, { 0 } };

const struct command cmd_calendar_show = {
	.path = "calendar show",
	.summary = "print the settings of a calendar",
	.details =
		"It prints the whole address, also its secret part. Whoever may read the database may read that too.",
	.args = calendar_args,
	.columns = edit_columns,
	.noun = "calendar",
	.needs = NEED_STORE,
	.run = show,
};

/* Fill in where the new calendar comes from. */
static int from_options(const struct input *in, struct calendar_info *c, struct err *err)
{
	static const char *const keys[] = { "url", "hours", "holidays" };

	size_t n;
	const char *const *words = input_many(in, &n);

	keys_reset(&calendar_keys, c);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = input_opt(in, keys[i]);

		if (value && !*value)
			return err_set(err, ERR_USAGE, "--%s is empty", keys[i]);
		if (value && keys_set(&calendar_keys, c, keys[i], value, err) < 0)
			return -1;
	}
	if (edit_set(&calendar_keys, c, words, n, err) < 0)
		return -1;
	if (!input_has(in, "file") && !*c->url && !*c->hours && !*c->holidays)
		return err_set(err, ERR_USAGE,
			"say where it comes from: --file, --url, --hours or --holidays");
	return 0;
}

static int read_source(struct ctl *ctl, const struct input *in, const struct calendar_info *c,
	struct feed_answer *feed, struct err *err)
{
	if (input_has(in, "file"))
		return feed_read(ctl->zones, input_opt(in, "file"), feed, err);
	if (!*c->url || input_has(in, "later"))
		return 0;
	if (feed_fetch(ctl, c, feed, err) < 0)
		return err_hint(err, "; nothing was added (--later adds it without fetching it)");
	return 0;
}

static void print_read(const char *name, const struct feed_answer *f)
{
	say("%s: %zu event%s", name, f->report.events, f->report.events == 1 ? "" : "s");
	if (f->report.refused)
		say(", %zu left out", f->report.refused);
	putchar('\n');
}

static int add(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(feed_answer_done) struct feed_answer feed = FEED_ANSWER_INIT;
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));

	if (from_options(in, c, err) < 0)
		return -1;
	/* The network may be slow: fetch before the transaction, which locks the database. */
	if ((*c->url && fetch_check_url(c->url, err) < 0) ||
		read_source(ctl, in, c, &feed, err) < 0 || store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (edit_noun_add(ctl, in, &noun, c, err) < 0 ||
		(feed.calendar && feed_save(ctl, c, &feed, err) < 0) || store_commit(tx, err) < 0)
		return -1;
	if (feed.calendar) {
		feed_notices(c->name, &feed);
		print_read(c->name, &feed);
	}
	return 0;
}

static const struct arg add_args[] = { { "name", ARG_NEW_NAME, 0 },
	{ "key=value", ARG_EDIT, ARG_MANY | ARG_OPTIONAL }, { 0 } };

static const struct opt add_opts[] = {
	{ "file", "FILE", ARG_FILE, "read iCalendar data from a file, - for standard input", 's' },
	{ "url", "URL", ARG_TEXT, "fetch it from an http or https address, now and later", 's' },
	{ "hours", "TEXT", ARG_TEXT, "make it of hours: Mon-Fri 09:00-17:00", 's' },
	{ "holidays", "TEXT", ARG_TEXT, "make it of holiday rules: 12-25; easter+1", 's' },
	{ "later", NULL, ARG_TEXT, "do not ask the address yet", 0 },
	{ 0 },
};

const struct command cmd_calendar_add = {
	.path = "calendar add",
	.summary = "make a calendar from a file, an address or a text",
	.details =
		"presenced fetches an address every 15 minutes, or as often as the key refresh says. While that fails, the last "
		"good copy stays in use.",
	.args = add_args,
	.opts = add_opts,
	.keys = &calendar_keys,
	.needs = NEED_STORE,
	.run = add,
};

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_set, err);
}

static const struct arg set_args[] = { { "calendar", ARG_CALENDAR, 0 },
	{ "key=value", ARG_EDIT, ARG_MANY }, { 0 } };

const struct command cmd_calendar_set = {
	.path = "calendar set",
	.summary = "change settings of a calendar",
	.args = set_args,
	.keys = &calendar_keys,
	.needs = NEED_STORE,
	.run = set,
};

static int unset(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_unset, err);
}

static const struct arg unset_args[] = { { "calendar", ARG_CALENDAR, 0 },
	{ "key", ARG_KEY, ARG_MANY }, { 0 } };

const struct command cmd_calendar_unset = {
	.path = "calendar unset",
	.summary = "remove settings of a calendar",
	.args = unset_args,
	.keys = &calendar_keys,
	.needs = NEED_STORE,
	.run = unset,
};

static int run_delete(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_calendar_find(tx, input_arg(in, 0), c, NULL, err) < 0 ||
		follow_calendar_delete(tx, c, ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

const struct command cmd_calendar_delete = {
	.path = "calendar delete",
	.summary = "delete a calendar that is not in use",
	.args = calendar_args,
	.needs = NEED_STORE,
	.run = run_delete,
};

static int import(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(feed_answer_done) struct feed_answer feed = FEED_ANSWER_INIT;
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));

	if (store_calendar_find(ctl->store, input_arg(in, 0), c, NULL, err) < 0)
		return -1;
	if (*c->url || *c->hours || *c->holidays)
		return err_set(err, ERR_USAGE,
			"calendar '%s' is made of %s, not of a file; 'calendar set' changes it",
			c->name, *c->url ? "an address" : kind(c));
	if (feed_read(ctl->zones, input_arg(in, 1), &feed, err) < 0 ||
		store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (feed_save(ctl, c, &feed, err) < 0 || store_commit(tx, err) < 0)
		return -1;
	feed_notices(c->name, &feed);
	print_read(c->name, &feed);
	return 0;
}

static const struct arg import_args[] = { { "calendar", ARG_CALENDAR, 0 }, { "file", ARG_FILE, 0 },
	{ 0 } };

const struct command cmd_calendar_import = {
	.path = "calendar import",
	.summary = "read a calendar again from a file",
	.details =
		"The events of the file replace those that the calendar had. If the file cannot be read, nothing changes. - is "
		"standard input.",
	.args = import_args,
	.needs = NEED_STORE,
	.run = import,
};

static int keep_name(struct calendar_names *to, const char *name)
{
	to->list = mem_grow(to->list, &to->cap, to->n + 1, sizeof(*to->list));
	text_copy(to->list[to->n++], sizeof(*to->list), name);
	return 0;
}

static int keep_due(void *data, const char *name)
{
	return keep_name(data, name);
}

static int keep_address(
	void *data, const struct calendar_info *c, const struct calendar_state *state)
{
	(void)state;
	return *c->url ? keep_name(data, c->name) : 0;
}

struct refreshing {
	size_t n, failed;
	bool quiet;
	struct err last;
};

static void tell_refreshed(void *data, const char *name, bool changed, const struct err *why)
{
	struct refreshing *r = data;

	if (why) {
		r->failed++;
		r->last = *why;
		if (r->n > 1)
			ctl_notice("%s", why->msg);
	} else if (!r->quiet || changed) {
		say("%s: %s\n", name, changed ? "read" : "unchanged");
	}
}

static int refresh_names(
	struct ctl *ctl, const struct calendar_names *names, bool quiet, struct err *err)
{
	struct refreshing r = { .n = names->n, .quiet = quiet };

	if (feeding_run(ctl, names, tell_refreshed, &r, err) < 0)
		return -1;
	if (!r.failed)
		return 0;
	if (r.n == 1) {
		*err = r.last;
		return -1;
	}
	return err_set(err, ERR_FAILED, "%zu of %zu calendars could not be read", r.failed, r.n);
}

static int refresh(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(freep) struct calendar_info *c = xcalloc(1, sizeof(*c));
	struct calendar_names names = { 0 };
	bool due = input_has(in, "due");
	size_t n;
	const char *const *words = input_many(in, &n);
	int r = 0;

	if (n && due)
		return err_set(err, ERR_USAGE, "give either names or --due");
	for (size_t i = 0; i < n && r == 0; i++) {
		r = store_calendar_find(ctl->store, words[i], c, NULL, err);
		if (r == 0 && !*c->url)
			r = err_set(err, ERR_USAGE,
				"calendar '%s' has no address; 'calendar import' reads a file",
				c->name);
		if (r == 0)
			keep_name(&names, c->name);
	}
	if (r == 0 && due)
		r = store_calendar_due(ctl->store, ctl->now, keep_due, &names, err);
	else if (r == 0 && !n)
		r = store_calendar_each(ctl->store, keep_address, &names, err);
	if (r >= 0)
		r = refresh_names(ctl, &names, due, err);
	free(names.list);
	return r;
}

static const struct arg refresh_args[] = { { "calendar", ARG_CALENDAR, ARG_MANY | ARG_OPTIONAL },
	{ 0 } };

static const struct opt refresh_opts[] = {
	{ "due", NULL, ARG_TEXT, "ask only those that are due, as presenced does", 0 },
	{ 0 },
};

const struct command cmd_calendar_refresh = {
	.path = "calendar refresh",
	.summary = "ask the addresses of calendars now",
	.details =
		"Without names all calendars by address are asked. If one cannot be read, its last good copy stays in use, "
		"and the exit status is 1.",
	.args = refresh_args,
	.opts = refresh_opts,
	.needs = NEED_STORE,
	.run = refresh,
};
