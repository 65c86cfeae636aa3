/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pbx list, pbx test, pbx diff: the state of each PBX, what it permits, and what differs on it. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/held.h"
#include "cmd/presencectl/mender.h"
#include "cmd/presencectl/queues.h"
#include "cmd/presencectl/say.h"
#include "cmd/presencectl/talk.h"
#include "lib/base/text.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/pbx/item.h"
#include "lib/store/item.h"
#include "lib/store/pbx.h"
#include "lib/sync/link.h"
#include "lib/sync/scan.h"

extern const struct command cmd_pbx_list, cmd_pbx_test, cmd_pbx_diff;

enum {
	LIST_PBX,
	LIST_HOST,
	LIST_PORT,
	LIST_TLS,
	LIST_STATE,
	LIST_SINCE,
	LIST_PENDING,
	LIST_ERROR,
	LIST_VERSION
};

static const struct column list_columns[] = {
	[LIST_PBX] = { "PBX", 0, "name" },
	[LIST_HOST] = { "HOST", 0, "address of its manager interface" },
	[LIST_PORT] = { "PORT", COLUMN_NUMBER, "port" },
	[LIST_TLS] = { "TLS", COLUMN_BOOL, "encrypted" },
	[LIST_STATE] = { "STATE", 0,
		"connected, connecting, booting, reading or down; unknown while presenced does not run" },
	[LIST_SINCE] = { "SINCE", COLUMN_TIME, "since when" },
	[LIST_PENDING] = { "PENDING", COLUMN_NUMBER, "what it has not confirmed yet" },
	[LIST_ERROR] = { "ERROR", COLUMN_WIDE, "why it is down" },
	[LIST_VERSION] = { "VERSION", COLUMN_HIDDEN, "version of its manager interface" },
	{ 0 },
};

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	bool running = db_is_locked(store_path(ctl->store));

	(void)in;
	if (out_new(list_columns, "pbxs", &ctl->out, &out, err) < 0)
		return -1;
	for (size_t i = 0; i < ctl->conf->pbx_n; i++) {
		const struct conf_pbx *p = &ctl->conf->pbx[i];
		struct pbx_state state;
		size_t pending;

		if (store_pbx_get(ctl->store, p->name, &state, err) < 0 ||
			store_item_pending(ctl->store, NULL, p->name, &pending, err) < 0)
			return -1;
		out_line(out);
		out_text(out, LIST_PBX, p->name);
		out_text(out, LIST_HOST, p->host);
		out_number(out, LIST_PORT, p->port);
		out_bool(out, LIST_TLS, p->tls);
		out_text(out, LIST_STATE, running && *state.state ? state.state : "unknown");
		if (running && state.since)
			out_time(out, LIST_SINCE, state.since);
		out_number(out, LIST_PENDING, (int64_t)pending);
		out_text(out, LIST_ERROR,
			!running               ? "presenced is not running"
				: *state.error ? state.error
					       : NULL);
		out_text(out, LIST_VERSION, *state.version ? state.version : NULL);
	}
	return out_print(out, stdout, err);
}

const struct command cmd_pbx_list = {
	.path = "pbx list",
	.summary = "list the PBXs and how presenced gets on with them",
	.columns = list_columns,
	.noun = "pbxs",
	.needs = NEED_STORE,
	.run = list,
};

/* Some actions, all of which are sent, and what the PBX says to them. */
enum { ASKED_MAX = ITEM_LISTS + 1 };
_Static_assert((int)TALK_FIELDS == (int)ITEM_FIELDS, "an action of items is one of a talk");

struct pbx_asking {
	struct talk talk;
	const char *const (*actions)[ITEM_FIELDS];
	size_t actions_n;
	bool ok[ASKED_MAX];
	char message[ASKED_MAX][128];
	const char *const (*more)[ITEM_FIELDS]; /* further actions, or NULL */
	size_t more_n;
	size_t sent;
	void (*event)(void *data, uint64_t tag, const struct amimsg *m); /* of a list, or NULL */
	void *data;
};

static bool next_action(void *data, uint64_t *ret_tag, const char *fields[TALK_FIELDS])
{
	struct pbx_asking *a = data;
	size_t i = a->sent;

	if (i == a->actions_n + a->more_n)
		return false;
	memcpy(fields, i < a->actions_n ? a->actions[i] : a->more[i - a->actions_n],
		sizeof(a->actions[0]));
	*ret_tag = a->sent++;
	return true;
}

static void on_answer(void *data, uint64_t tag, bool ok, const struct amimsg *m)
{
	struct pbx_asking *a = data;
	const char *text = m ? amimsg_get(m, "Message") : NULL;

	a->ok[tag] = ok;
	snprintf(a->message[tag], sizeof(a->message[0]), "%s", text ? text : "");
}

static void on_item(void *data, uint64_t tag, const struct amimsg *m)
{
	struct pbx_asking *a = data;

	if (a->event)
		a->event(a->data, tag, m);
}

/* Log in, send the actions and wait for all answers. The caller calls talk_done(), on failure too. */
static int ask_all(
	struct ctl *ctl, const struct conf_pbx *pbx, struct pbx_asking *a, struct err *err)
{
	a->talk.next = next_action;
	a->talk.answer = on_answer;
	a->talk.item = on_item;
	a->talk.data = a;
	return talk_hold(ctl, pbx, &a->talk, err);
}

static int find_pbxs(struct ctl *ctl, const struct input *in, const struct conf_pbx **ret,
	size_t *ret_n, struct err *err)
{
	const char *name = input_arg(in, 0);

	*ret = ctl->conf->pbx;
	*ret_n = ctl->conf->pbx_n;
	if (!name)
		return *ret_n ? 0 : err_set(err, ERR_CONF, "%s names no PBX", ctl->conf->path);
	*ret_n = 1;
	return conf_find_pbx(ctl->conf, name, ret, err);
}

/* Send actions that lack a field: the answer shows whether they are permitted, and nothing changes on the PBX. */
static int test_one(struct ctl *ctl, const struct conf_pbx *pbx, struct err *err)
{
	static const char *const actions[][ITEM_FIELDS] = {
		{ "Action", "PresenceStateList" },
		{ "Action", "DeviceStateList" },
		{ "Action", "Setvar" },
		{ "Action", "DBPut" },
		{ "Action", "QueueAdd" },
	};
	struct pbx_asking t = { .actions = actions, .actions_n = ARRAY_SIZE(actions) };
	int64_t began = clock_now_us();
	int r = ask_all(ctl, pbx, &t, err);

	if (r == 0)
		say("%s: connected to %s:%d, manager %s, login as '%s', %.1f ms\n", pbx->name,
			pbx->host, (int)pbx->port, talk_version(&t.talk), pbx->username,
			(double)(clock_now_us() - began) / 1000);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(actions); i++) {
		bool entry = !strcmp(actions[i][1], "DBPut"),
		     queue = !strcmp(actions[i][1], "QueueAdd"),
		     fine = t.ok[i] || !strncmp(t.message[i], "No ", 3) ||
			strstr(t.message[i], "not specified");

		if (!fine && queue && strcmp(t.message[i], "Permission denied") != 0)
			say("%s: it has no queues: app_queue is not loaded\n", pbx->name);
		else if (!fine && queue)
			r = err_set(err, ERR_FAILED,
				"PBX '%s' refuses QueueAdd: %s; members of queues need user '%s' of its manager.conf"
				" to have write = system,call,agent",
				pbx->name, t.message[i], pbx->username);
		else if (!fine && entry)
			r = err_set(err, ERR_FAILED,
				"PBX '%s' refuses DBPut: %s; call rules need user '%s' of its manager.conf to have"
				" write = system,call",
				pbx->name, t.message[i], pbx->username);
		else if (!fine)
			r = err_set(err, ERR_FAILED,
				"PBX '%s' refuses %s: %s; user '%s' of its manager.conf needs write = call,"
				" and the modules func_presencestate, func_devstate, res_manager_presencestate and"
				" res_manager_devicestate must be loaded",
				pbx->name, actions[i][1], t.message[i], pbx->username);
		else
			say("%s: %s is permitted\n", pbx->name, actions[i][1]);
	}
	talk_done(&t.talk);
	return r;
}

static int test(struct ctl *ctl, const struct input *in, struct err *err)
{
	const struct conf_pbx *pbx;
	struct err one;
	size_t n, failed = 0;

	if (find_pbxs(ctl, in, &pbx, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (test_one(ctl, &pbx[i], &one) == 0)
			continue;
		fflush(stdout);
		if (n > 1)
			ctl_notice("%s", one.msg);
		failed++;
	}
	if (failed && n > 1)
		return err_set(err, ERR_FAILED, "%zu of %zu PBXs failed", failed, n);
	if (failed)
		*err = one;
	return failed ? -1 : 0;
}

static const struct arg pbx_args[] = { { "pbx", ARG_PBX, ARG_OPTIONAL }, { 0 } };

const struct command cmd_pbx_test = {
	.path = "pbx test",
	.summary = "log in to a PBX and see what it permits",
	.details = "It changes nothing on the PBX.",
	.args = pbx_args,
	.needs = NEED_CONF,
	.run = test,
};

/* The presences as AstDB has them come last, when it is known which of them differ. */
enum { LISTS = ITEM_LISTS - 1, TAG_QUEUES = LISTS, TAG_WRITTEN };
_Static_assert(ITEM_LIST_ROWS == 0, "the other lists stand together");

/* What a PBX holds. */
struct holding {
	struct held items;
	struct queues queues;
};

static void hold(void *data, uint64_t tag, const struct amimsg *m)
{
	struct holding *h = data;

	if (tag == TAG_QUEUES)
		queues_see(&h->queues, m);
	else if (tag == TAG_WRITTEN)
		held_see_written(&h->items, m);
	else if (tag < LISTS)
		held_see(&h->items, m);
}

enum { DIFF_PBX, DIFF_ITEM, DIFF_WANTED, DIFF_HELD, DIFF_MENDED, DIFF_CONFIRMED, DIFF_ERROR };

static const struct column diff_columns[] = {
	[DIFF_PBX] = { "PBX", 0, "name of the PBX" },
	[DIFF_ITEM] = { "ITEM", 0, "name of the item" },
	[DIFF_WANTED] = { "WANTED", 0, "what the PBX should hold" },
	[DIFF_HELD] = { "HELD", 0, "what it holds" },
	[DIFF_MENDED] = { "MENDED", 0,
		"now: presenced sends it; 15 min, login: presenced reads it within 15 minutes, or at its next login;"
		" push: presenced does not run; a switch: of a phone, which counts; after the call; hint: once the"
		" PBX has it; refused: see ERROR" },
	[DIFF_CONFIRMED] = { "CONFIRMED", COLUMN_HIDDEN, "what it last confirmed" },
	[DIFF_ERROR] = { "ERROR", COLUMN_WIDE, "why it refused" },
	{ 0 },
};

struct diff {
	struct out *out;
	struct store *store;
	struct holding held;
	const char *pbx, *no_queues; /* why its queues cannot be read, or NULL */
	bool running, connected;     /* presenced; to this PBX */
	size_t count[MENDER_COUNT];
	struct err err; /* of the database */
};

static void add_difference(
	struct diff *d, const struct difference *what, const char *held, const char *error)
{
	const struct stored_item *item = what->item;
	struct difference known = *what;
	enum mender mender;

	known.running = d->running;
	known.connected = d->connected;
	mender = mender_of(&known);
	out_line(d->out);
	out_text(d->out, DIFF_PBX, d->pbx);
	out_text(d->out, DIFF_ITEM, what->name);
	out_text(d->out, DIFF_WANTED, item ? item->wanted : item_neutral(what->name));
	out_text(d->out, DIFF_HELD, held);
	out_text(d->out, DIFF_MENDED, mender_word(mender));
	out_text(d->out, DIFF_CONFIRMED, item ? item->confirmed : NULL);
	out_text(d->out, DIFF_ERROR, error);
	d->count[mender]++;
}

/* What ERROR says of a member; of a missing hint it is in *err already. */
static void why_not(const struct diff *d, const struct difference *what,
	const struct member_goal *goal, const struct member_held *held, struct err *err)
{
	const char *why = what->item->error ? what->item->error : d->no_queues;

	if (what->waits)
		err_set(err, ERR_FAILED, "on a call, and %s after it",
			goal->assigned && goal->answer == QUEUE_LOGIN ? "is added again"
								      : "leaves");
	else if (!what->lacks_hint && why)
		err_set(err, ERR_FAILED, "%s", why);
	else if (!what->lacks_hint && !held->queue)
		err_set(err, ERR_FAILED, "no such queue '%s' on PBX '%s'", goal->queue, d->pbx);
}

/* A queue member differs if there is an action left that presenced would send, or if the queue cannot tell whether the member is
 * free. Where a member is on a call of the queue, ERROR says so: the wanted value waits for the end of the call. */
static int compare_member(struct diff *d, const struct stored_item *item)
{
	struct difference what = { .item = item, .name = item->name };
	char text[NAME_MAX_LEN + 16];
	struct member_held held;
	struct member_goal goal;
	enum member_next next;
	struct err err = { 0 };

	if (member_parse(item->name, item->wanted, &goal, &err) < 0) {
		add_difference(d, &what, NULL, err.msg);
		return 0;
	}
	queues_find(&d->held.queues, &goal, &held);
	if (held.paused && store_pause_is_ours(d->store, item, held.reason, &held.ours, &err) < 0) {
		d->err = err;
		return -1;
	}
	next = member_next(&goal, &held, false);
	what.waits = next == MEMBER_WAIT;
	what.lacks_hint = next == MEMBER_DONE && member_is_deaf(&goal, &held, &err);
	if (next == MEMBER_DONE && !what.lacks_hint)
		return 0;
	if (held.paused)
		snprintf(text, sizeof(text), "pause,%s", held.reason);
	else
		snprintf(text, sizeof(text), "login,%d", held.penalty);
	why_not(d, &what, &goal, &held, &err);
	add_difference(d, &what, held.there ? text : NULL, *err.msg ? err.msg : NULL);
	return 0;
}

/* Whether a presence is somebody's switch: it has not our mark, was never confirmed, and is no feature code that was read back. */
static bool is_foreign(struct diff *d, const struct stored_item *item, const char *value)
{
	const char *written = held_written(&d->held.items, item->name);
	char token[ITEM_TOKEN_SIZE];

	item_token(written ? written : "", value, token);
	return item_is_presence(item->name) && item->confirmed &&
		strcmp(item->confirmed, value) != 0 && !(written && item_wrote(value, written)) &&
		!(item->heard && store_item_has_heard(item->heard, token));
}

/* Compare an item of the database with what the PBX holds. */
static int compare(void *data, const struct stored_item *item)
{
	struct difference what = { .item = item, .name = item->name };
	char value[ITEM_VALUE_SIZE];
	struct diff *d = data;
	bool held;

	if (item_is_member(item->name))
		return compare_member(d, item);
	held = held_find(&d->held.items, item, value);
	what.is_foreign = held && is_foreign(d, item, value);
	if (held && !what.is_foreign && held_lacks_row(&d->held.items, item))
		held = false; /* calls do not see it */
	if (!held && !strcmp(item->wanted, item_neutral(item->name)))
		return 0;
	if (held && !strcmp(value, item->wanted))
		return 0;
	add_difference(d, &what, held ? value : NULL, item->error);
	return 0;
}

static int read_held(struct ctl *ctl, const struct conf_pbx *pbx, struct pbx_asking *t,
	struct held *held, struct err *err)
{
	size_t wanted, stuck;
	int r;

	if (store_scan_owned(ctl->store, pbx->name, &wanted, &stuck, err) < 0)
		return -1;
	t->talk.expected = (uint64_t)wanted * SCAN_LISTED_MAX;
	held_init(held, ctl->store, pbx->name, wanted * SCAN_LISTED_MAX + SCAN_STRAYS_MAX);
	r = ask_all(ctl, pbx, t, err);
	talk_done(&t->talk);
	if (r == 0 && *held->err.msg) {
		*err = held->err;
		return -1;
	}
	if (r == 0 && held->n > held->max)
		return err_set(err, ERR_FAILED,
			"PBX '%s' holds more than %zu things such as %.40s that this database does not"
			" know: is it another site's? If not, delete them there",
			pbx->name, held->max, held->last);
	return r;
}

/* What the PBX holds and the database has no item of is a difference too. */
static void add_stray(void *data, const char *name, const char *value)
{
	const struct difference what = { .name = name };

	add_difference(data, &what, value, NULL);
}

/* Read all that we own on the PBX and compare it with the items of the database. */
static int diff_one(struct ctl *ctl, const struct conf_pbx *pbx, struct diff *d, struct err *err)
{
	static const char *const more[][ITEM_FIELDS] = {
		{ "Action", "QueueStatus" },
		{ "Action", "DBGetTree", "Family",
			"CustomPresence" }, /* item_lists[ITEM_LIST_ROWS] */
	};
	struct pbx_asking t = { .actions = item_lists + 1,
		.actions_n = LISTS,
		.more = more,
		.more_n = ARRAY_SIZE(more),
		.event = hold,
		.data = &d->held };
	struct pbx_state state;

	if (store_pbx_get(ctl->store, pbx->name, &state, err) < 0 ||
		read_held(ctl, pbx, &t, &d->held.items, err) < 0)
		return -1;
	for (size_t i = 0; i < LISTS; i++) {
		if (!t.ok[i])
			return err_set(err, ERR_FAILED, "PBX '%s' refuses %s: %s", pbx->name,
				t.actions[i][1], t.message[i]);
	}
	queues_sort(&d->held.queues);
	d->pbx = pbx->name;
	d->connected = !strcmp(state.state, link_state_name(LINK_CONNECTED));
	d->held.items.has_rows = t.ok[TAG_WRITTEN];
	d->no_queues = t.ok[TAG_QUEUES] ? NULL : t.message[TAG_QUEUES];
	*d->err.msg = '\0';
	if (store_item_each(ctl->store, pbx->name, compare, d, err) < 0) {
		if (*d->err.msg)
			*err = d->err;
		return -1;
	}
	held_strays(&d->held.items, add_stray, d);
	return 0;
}

static int diff(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf summary = STRBUF_INIT;
	_cleanup_(out_freep) struct out *out = NULL;
	const struct conf_pbx *pbx;
	struct diff d = { .store = ctl->store, .running = db_is_locked(store_path(ctl->store)) };
	size_t n;
	int r = 0;

	if (find_pbxs(ctl, in, &pbx, &n, err) < 0 ||
		out_new(diff_columns, "differences", &ctl->out, &out, err) < 0)
		return -1;
	d.out = out;
	for (size_t i = 0; i < n && r == 0; i++) {
		r = diff_one(ctl, &pbx[i], &d, err);
		held_done(&d.held.items);
		queues_done(&d.held.queues);
	}
	if (r < 0 || out_print(out, stdout, err) < 0)
		return -1;
	mender_sum_up(d.count, &summary);
	return summary.len ? err_set(err, ERR_FAILED, "%s", summary.s) : 0;
}

const struct command cmd_pbx_diff = {
	.path = "pbx diff",
	.summary = "compare what a PBX holds with what it should hold",
	.details =
		"It prints what differs, and in MENDED who mends it and when, and exits with 1. If nothing differs, it prints "
		"nothing and exits with 0. It changes nothing.",
	.args = pbx_args,
	.columns = diff_columns,
	.noun = "differences",
	.needs = NEED_STORE,
	.run = diff,
};
