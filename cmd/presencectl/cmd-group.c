/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group: list, show, add, delete, assign, unassign. */
#include <stdio.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/follow/group.h"
#include "lib/store/user.h"
#include "lib/store/who.h"

extern const struct command cmd_group_list, cmd_group_show, cmd_group_add, cmd_group_delete,
	cmd_group_assign, cmd_group_unassign;

enum { LIST_GROUP, LIST_USERS };

static const struct column list_columns[] = {
	[LIST_GROUP] = { "GROUP", 0, "name; as WHO it is written @name" },
	[LIST_USERS] = { "USERS", COLUMN_NUMBER, "how many users are in it" },
	{ 0 },
};

static int add_group(void *data, const struct group *g)
{
	out_line(data);
	out_text(data, LIST_GROUP, g->name);
	out_number(data, LIST_USERS, g->members);
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;

	(void)in;
	if (out_new(list_columns, "groups", &ctl->out, &out, err) < 0 ||
		store_group_each(ctl->store, add_group, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

const struct command cmd_group_list = {
	.path = "group list",
	.summary = "list the groups",
	.columns = list_columns,
	.noun = "groups",
	.needs = NEED_STORE,
	.run = list,
};

enum { SHOW_USER, SHOW_EXTENSION, SHOW_PBX };

static const struct column show_columns[] = {
	[SHOW_USER] = { "USER", 0, "name" },
	[SHOW_EXTENSION] = { "EXTENSION", 0, "extension" },
	[SHOW_PBX] = { "PBX", 0, "PBX of the extension" },
	{ 0 },
};

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	char word[NAME_MAX_LEN + 2];
	const char *words[] = { word };
	struct group g;

	if (store_group_find(ctl->store, input_arg(in, 0), &g, err) < 0)
		return -1;
	snprintf(word, sizeof(word), "@%s", g.name);
	if (out_new(show_columns, "members", &ctl->out, &out, err) < 0 ||
		store_who(ctl->store, words, 1, &who, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		struct user u;

		if (store_user_get(ctl->store, who.ids[i], &u, err) < 0)
			return -1;
		out_line(out);
		out_text(out, SHOW_USER, u.name);
		out_text(out, SHOW_EXTENSION, u.extension);
		out_text(out, SHOW_PBX, u.pbx);
	}
	return out_print(out, stdout, err);
}

static const struct arg group_args[] = { { "group", ARG_GROUP, 0 }, { 0 } };

const struct command cmd_group_show = {
	.path = "group show",
	.summary = "list the users of a group",
	.args = group_args,
	.columns = show_columns,
	.noun = "members",
	.needs = NEED_STORE,
	.run = show,
};

static int add(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (follow_group_add(tx, input_arg(in, 0), ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static const struct arg add_args[] = { { "name", ARG_NEW_NAME, 0 }, { 0 } };

const struct command cmd_group_add = {
	.path = "group add",
	.summary = "make a group",
	.args = add_args,
	.needs = NEED_STORE,
	.run = add,
};

static int run_delete(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct group g;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_group_find(tx, input_arg(in, 0), &g, err) < 0 ||
		follow_group_delete(tx, &g, ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

const struct command cmd_group_delete = {
	.path = "group delete",
	.summary = "delete a group; its users stay",
	.args = group_args,
	.needs = NEED_STORE,
	.run = run_delete,
};

static int change(struct ctl *ctl, const struct input *in, bool member, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	size_t n, changed = 0;
	const char *const *words = input_many(in, &n);
	struct group g;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_group_find(tx, input_arg(in, 0), &g, err) < 0 ||
		store_who(tx, words, n, &who, err) < 0 || ctl_expect(in, who.n, err) < 0)
		return -1;
	for (size_t i = 0; i < who.n; i++) {
		struct user u;
		bool one;

		if (store_user_get(tx, who.ids[i], &u, err) < 0 ||
			follow_group_assign(tx, &g, &u, member, ctl->now, &one, err) < 0)
			return -1;
		changed += one;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	say("%zu user%s %s '%s'\n", changed, changed == 1 ? "" : "s",
		member ? "added to" : "removed from", g.name);
	return 0;
}

static int assign(struct ctl *ctl, const struct input *in, struct err *err)
{
	return change(ctl, in, true, err);
}

static int unassign(struct ctl *ctl, const struct input *in, struct err *err)
{
	return change(ctl, in, false, err);
}

static const struct arg assign_args[] = { { "group", ARG_GROUP, 0 }, { "who", ARG_WHO, ARG_MANY },
	{ 0 } };

static const struct opt assign_opts[] = {
	{ "expect", "N", ARG_NUMBER, "change nothing unless exactly N users are meant", 0 },
	{ 0 },
};

const struct command cmd_group_assign = {
	.path = "group assign",
	.summary = "put users into a group",
	.args = assign_args,
	.opts = assign_opts,
	.needs = NEED_STORE,
	.run = assign,
};

const struct command cmd_group_unassign = {
	.path = "group unassign",
	.summary = "take users out of a group",
	.args = assign_args,
	.opts = assign_opts,
	.needs = NEED_STORE,
	.run = unassign,
};
