/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue: list, show, add, set, unset, delete, assign, unassign. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/confirm.h"
#include "cmd/presencectl/edit.h"
#include "cmd/presencectl/say.h"
#include "lib/base/text.h"
#include "lib/follow/queue.h"
#include "lib/store/item.h"
#include "lib/store/user.h"
#include "lib/store/who.h"

extern const struct command cmd_queue_list, cmd_queue_show, cmd_queue_add, cmd_queue_set,
	cmd_queue_unset, cmd_queue_delete, cmd_queue_assign, cmd_queue_unassign;

enum { LIST_QUEUE, LIST_PBX, LIST_PENALTY, LIST_MEMBERS, LIST_HINTS, LIST_USERS };

static const struct column list_columns[] = {
	[LIST_QUEUE] = { "QUEUE", 0, "name, as the PBX knows it" },
	[LIST_PBX] = { "PBX", 0, "PBX of the queue" },
	[LIST_PENALTY] = { "PENALTY", COLUMN_NUMBER, "of users without a penalty of their own" },
	[LIST_MEMBERS] = { "MEMBERS", 0, "rules or device: how it calls its users" },
	[LIST_HINTS] = { "HINTS", 0, "context of the hints that tell it whether a user is free" },
	[LIST_USERS] = { "USERS", COLUMN_NUMBER, "how many users are in it" },
	{ 0 },
};

static int add_queue(void *data, const struct queue *q)
{
	out_line(data);
	out_text(data, LIST_QUEUE, q->name);
	out_text(data, LIST_PBX, q->pbx);
	out_number(data, LIST_PENALTY, q->penalty);
	out_text(data, LIST_MEMBERS, queue_members_name(q->members));
	out_text(data, LIST_HINTS, q->hints);
	out_number(data, LIST_USERS, q->users_n);
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;

	(void)in;
	if (out_new(list_columns, "queues", &ctl->out, &out, err) < 0 ||
		store_queue_each(ctl->store, add_queue, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

const struct command cmd_queue_list = {
	.path = "queue list",
	.summary = "list the queues",
	.columns = list_columns,
	.noun = "queues",
	.needs = NEED_STORE,
	.run = list,
};

enum { SHOW_USER, SHOW_EXTENSION, SHOW_PENALTY, SHOW_ANSWER, SHOW_MODE, SHOW_STATE };

static const struct column show_columns[] = {
	[SHOW_USER] = { "USER", 0, "name" },
	[SHOW_EXTENSION] = { "EXTENSION", 0, "extension" },
	[SHOW_PENALTY] = { "PENALTY", COLUMN_NUMBER, "the user's own, else the queue's" },
	[SHOW_ANSWER] = { "ANSWER", 0,
		"what the mode tells the queue: login, logout, pause or none" },
	[SHOW_MODE] = { "MODE", 0, "the mode that holds" },
	[SHOW_STATE] = { "STATE", COLUMN_WIDE,
		"in step as the PBX last confirmed, pending, after the call, or what the PBX refused" },
	{ 0 },
};

static const char *state_of(const struct queue_user *u)
{
	if (u->error)
		return u->error;
	if (u->confirmed && !strcmp(u->wanted, u->confirmed))
		return "in step";
	return u->put_off ? "after the call" : "pending";
}

static int add_user(void *data, const struct queue_user *u)
{
	char answer[16];

	snprintf(answer, sizeof(answer), "%.*s", (int)strcspn(u->wanted, ","), u->wanted);
	out_line(data);
	out_text(data, SHOW_USER, u->user);
	out_text(data, SHOW_EXTENSION, u->extension);
	out_number(data, SHOW_PENALTY, u->penalty);
	out_text(data, SHOW_ANSWER, answer);
	out_text(data, SHOW_MODE, u->mode);
	out_text(data, SHOW_STATE, state_of(u));
	return 0;
}

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	struct queue q;

	if (store_queue_find(ctl->store, input_arg(in, 0), &q, err) < 0 ||
		out_new(show_columns, "users", &ctl->out, &out, err) < 0 ||
		store_queue_users(ctl->store, &q, add_user, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

static const struct arg queue_args[] = { { "queue", ARG_QUEUE, 0 }, { 0 } };

const struct command cmd_queue_show = {
	.path = "queue show",
	.summary = "list the users of a queue and what they tell it",
	.args = queue_args,
	.columns = show_columns,
	.noun = "users",
	.needs = NEED_STORE,
	.run = show,
};

static int find_queue(struct store *s, const char *word, void *object, struct err *err)
{
	return store_queue_find(s, word, object, err);
}

static int check(struct ctl *ctl, void *object, struct err *err)
{
	struct queue *q = object;

	return ctl_pbx(ctl, q->pbx, err);
}

static int save_queue(struct store *s, void *object, int64_t now, struct err *err)
{
	return follow_queue_save(s, object, now, err);
}

static const struct edit_noun noun = {
	.name = "queue",
	.keys = &queue_keys,
	.size = sizeof(struct queue),
	.name_offset = offsetof(struct queue, name),
	.find = find_queue,
	.check = check,
	.save = save_queue,
};

static int add(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct queue q = { 0 };

	keys_reset(&queue_keys, &q);
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (edit_noun_add(ctl, in, &noun, &q, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static const struct arg add_args[] = { { "name", ARG_NEW_NAME, 0 },
	{ "key=value", ARG_EDIT, ARG_OPTIONAL | ARG_MANY }, { 0 } };

const struct command cmd_queue_add = {
	.path = "queue add",
	.summary = "name a queue of a PBX, to put users into it",
	.details =
		"The queue itself is made on the PBX (queues.conf), under the same name. The key pbx is needed if the "
		"configuration has several PBXs.",
	.args = add_args,
	.keys = &queue_keys,
	.needs = NEED_STORE,
	.run = add,
};

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_set, err);
}

static const struct arg set_args[] = { { "queue", ARG_QUEUE, 0 },
	{ "key=value", ARG_EDIT, ARG_MANY }, { 0 } };

const struct command cmd_queue_set = {
	.path = "queue set",
	.summary = "change settings of a queue",
	.args = set_args,
	.keys = &queue_keys,
	.needs = NEED_STORE,
	.run = set,
};

static int unset(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_unset, err);
}

static const struct arg unset_args[] = { { "queue", ARG_QUEUE, 0 }, { "key", ARG_KEY, ARG_MANY },
	{ 0 } };

const struct command cmd_queue_unset = {
	.path = "queue unset",
	.summary = "put settings of a queue back to what they were",
	.args = unset_args,
	.keys = &queue_keys,
	.needs = NEED_STORE,
	.run = unset,
};

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int run_delete(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct queue q;
	size_t n;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_queue_find(tx, input_arg(in, 0), &q, err) < 0 ||
		follow_queue_delete(tx, &q, ctl->now, &n, err) < 0 || store_commit(tx, err) < 0)
		return -1;
	if (n)
		say("%zu user%s removed from '%s'\n", n, plural(n), q.name);
	return 0;
}

const struct command cmd_queue_delete = {
	.path = "queue delete",
	.summary = "forget a queue; its users are taken out of it",
	.details = "The queue stays on the PBX. The members that we put into it are removed.",
	.args = queue_args,
	.needs = NEED_STORE,
	.run = run_delete,
};

/* The queue and the users that the arguments name. */
static int find_all(
	struct ctl *ctl, const struct input *in, struct queue *q, struct ids *who, struct err *err)
{
	size_t n;
	const char *const *words = input_many(in, &n);

	if (store_queue_find(ctl->store, input_arg(in, 0), q, err) < 0 ||
		store_who(ctl->store, words, n, who, err) < 0)
		return -1;
	return ctl_expect(in, who->n, err);
}

static int read_penalty(const char *text, int64_t *ret, struct err *err)
{
	struct queue q = { 0 };

	if (keys_set(&queue_keys, &q, "penalty", text, err) < 0)
		return -1;
	*ret = q.penalty;
	return 0;
}

/* Wait until the PBX has taken or refused them. */
static int wait_for_queue(struct ctl *ctl, const struct input *in, struct confirm *c,
	const struct ids *who, struct err *err)
{
	char refusal[256], queue[NAME_MAX_LEN + 1];
	double ms;

	if (input_has(in, "no-wait"))
		return 0;
	if (confirm_wait(ctl, c, who, &ms, err) < 0 ||
		store_member_refusal(ctl->store, who, queue, refusal, err) < 0)
		return -1;
	if (*refusal)
		return err_set(err, ERR_PENDING,
			"recorded, but queue '%s' does not do what the mode says: %s", queue,
			refusal);
	return 0;
}

static int assign(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	_cleanup_(confirm_done) struct confirm confirm = { .fd = -1 };
	const char *text = input_opt(in, "penalty");
	size_t count[QUEUE_CHANGED + 1] = { 0 };
	int64_t penalty = -1;
	struct queue q;

	if ((text && read_penalty(text, &penalty, err) < 0) || store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (find_all(ctl, in, &q, &who, err) < 0 || confirm_begin(ctl, &confirm, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		enum queue_change change;
		struct user u;

		if (store_user_get(tx, who.ids[i], &u, err) < 0 ||
			follow_queue_assign(tx, &q, &u, penalty, ctl->now, &change, err) < 0)
			return -1;
		count[change]++;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	say("%zu user%s added to '%s'", count[QUEUE_ADDED], plural(count[QUEUE_ADDED]), q.name);
	if (count[QUEUE_CHANGED])
		say(", penalty of %zu user%s changed", count[QUEUE_CHANGED],
			plural(count[QUEUE_CHANGED]));
	putchar('\n');
	return wait_for_queue(ctl, in, &confirm, &who, err);
}

static int unassign(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	size_t changed = 0;
	struct queue q;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (find_all(ctl, in, &q, &who, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		struct user u;
		bool one;

		if (store_user_get(tx, who.ids[i], &u, err) < 0 ||
			follow_queue_unassign(tx, &q, &u, ctl->now, &one, err) < 0)
			return -1;
		changed += one;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	say("%zu user%s removed from '%s'\n", changed, plural(changed), q.name);
	return 0;
}

static const struct arg assign_args[] = { { "queue", ARG_QUEUE, 0 }, { "who", ARG_WHO, ARG_MANY },
	{ 0 } };

#define EXPECT                                                                                     \
	{                                                                                          \
		"expect", "N", ARG_NUMBER, "change nothing unless exactly N users are meant", 0    \
	}

static const struct opt assign_opts[] = {
	{ "penalty", "N", ARG_NUMBER, "their own penalty instead of the queue's, 0 to 1000", 0 },
	CONFIRM_OPTS,
	{ 0 },
};

static const struct opt unassign_opts[] = { EXPECT, { 0 } };

const struct command cmd_queue_assign = {
	.path = "queue assign",
	.summary = "put users into a queue",
	.details =
		"From now on a user's mode logs them in, logs them out or pauses them, as its rules queue and queue.NAME say. To "
		"change the penalty of a user, assign them again with another --penalty. It waits until the PBX "
		"knows, 2 seconds at most, and exits with 4 if the PBX does not, if presenced does not run, or if the queue does not do what the mode says.",
	.args = assign_args,
	.opts = assign_opts,
	.needs = NEED_STORE,
	.run = assign,
};

const struct command cmd_queue_unassign = {
	.path = "queue unassign",
	.summary = "take users out of a queue",
	.args = assign_args,
	.opts = unassign_opts,
	.needs = NEED_STORE,
	.run = unassign,
};
