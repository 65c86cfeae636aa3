/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user: list, show, add, set, unset, delete. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/edit.h"
#include "cmd/presencectl/ruleedit.h"
#include "lib/base/text.h"
#include "lib/follow/user.h"
#include "lib/store/queue.h"
#include "lib/store/user.h"

extern const struct command cmd_user_list, cmd_user_show, cmd_user_add, cmd_user_set,
	cmd_user_unset, cmd_user_delete;

enum {
	LIST_NAME,
	LIST_EXTENSION,
	LIST_PBX,
	LIST_MODE,
	LIST_ZONE,
	LIST_MAILBOX,
	LIST_MOBILE,
	LIST_DEVICES
};

static const struct column list_columns[] = {
	[LIST_NAME] = { "NAME", 0, "name" },
	[LIST_EXTENSION] = { "EXTENSION", 0, "extension" },
	[LIST_PBX] = { "PBX", 0, "PBX of the extension" },
	[LIST_MODE] = { "MODE", 0, "default mode" },
	[LIST_ZONE] = { "ZONE", 0, "time zone, if not the configuration's" },
	[LIST_MAILBOX] = { "MAILBOX", 0, "voice mailbox" },
	[LIST_MOBILE] = { "MOBILE", 0, "mobile number" },
	[LIST_DEVICES] = { "DEVICES", COLUMN_LIST | COLUMN_WIDE, "devices and their dial strings" },
	{ 0 },
};

static int add_line(void *data, const struct user *u)
{
	_cleanup_(strbuf_done) struct strbuf devices = STRBUF_INIT;
	struct out *out = data;

	for (size_t i = 0; i < u->devices_n; i++)
		strbuf_addf(
			&devices, "%s%s=%s", i ? "\n" : "", u->devices[i].name, u->devices[i].dial);
	out_line(out);
	out_text(out, LIST_NAME, u->name);
	out_text(out, LIST_EXTENSION, u->extension);
	out_text(out, LIST_PBX, u->pbx);
	out_text(out, LIST_MODE, *u->mode ? u->mode : NULL);
	out_text(out, LIST_ZONE, *u->zone ? u->zone : NULL);
	out_text(out, LIST_MAILBOX, *u->mailbox ? u->mailbox : NULL);
	out_text(out, LIST_MOBILE, *u->mobile ? u->mobile : NULL);
	out_text(out, LIST_DEVICES, devices.len ? devices.s : NULL);
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;

	(void)in;
	if (out_new(list_columns, "users", &ctl->out, &out, err) < 0 ||
		store_user_each(ctl->store, add_line, out, err) < 0)
		return -1;
	return out_print(out, stdout, err);
}

const struct command cmd_user_list = {
	.path = "user list",
	.summary = "list the users",
	.columns = list_columns,
	.noun = "users",
	.needs = NEED_STORE,
	.run = list,
};

/* Check what the table of keys cannot know: that the PBX and the zone exist. The store checks the mode. */
static int check(struct ctl *ctl, void *object, struct err *err)
{
	struct user *u = object;

	if (!*u->extension)
		return err_set(
			err, ERR_USAGE, "user '%s' needs an extension: extension=1001", u->name);
	if (ctl_pbx(ctl, u->pbx, err) < 0)
		return -1;
	return ctl->zones->get(ctl->zones, u->zone, err) ? 0 : -1;
}

static int find_user(struct store *s, const char *word, void *object, struct err *err)
{
	return store_user_find(s, word, object, err);
}

static int save_user(struct store *s, void *object, int64_t now, struct err *err)
{
	return follow_user_save(s, object, now, err);
}

static int add_queues(struct ctl *ctl, const void *object, struct out *out, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT;
	const struct user *u = object;

	if (store_queue_of_user(ctl->store, u->id, ctl_join, &names, err) < 0)
		return -1;
	out_line(out);
	out_text(out, EDIT_KEY, "queues");
	out_text(out, EDIT_VALUE, names.len ? names.s : NULL);
	return 0;
}

static const struct edit_noun noun = {
	.name = "user",
	.keys = &user_keys,
	.size = sizeof(struct user),
	.name_offset = offsetof(struct user, name),
	.find = find_user,
	.check = check,
	.save = save_user,
	.more = add_queues,
};

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_show(ctl, in, &noun, err);
}

static const struct arg user_args[] = { { "user", ARG_USER, 0 }, { 0 } };

const struct command cmd_user_show = {
	.path = "user show",
	.summary = "print the settings of a user, and the queues",
	.args = user_args,
	.columns = edit_columns,
	.noun = "user",
	.needs = NEED_STORE,
	.run = show,
};

static int add(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct user u = { 0 };

	keys_reset(&user_keys, &u);
	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (edit_noun_add(ctl, in, &noun, &u, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static const struct arg add_args[] = { { "name", ARG_NEW_NAME, 0 },
	{ "key=value", ARG_EDIT, ARG_MANY }, { 0 } };

const struct command cmd_user_add = {
	.path = "user add",
	.summary = "add a user",
	.details =
		"The key extension is needed, and the key pbx if the configuration has several PBXs:\n\n"
		"presencectl user add alice extension=1001 devices.desk=PJSIP/1001",
	.args = add_args,
	.keys = &user_keys,
	.needs = NEED_ENTRIES,
	.run = add,
};

/* Set keys of a user. A call rule is refused: it belongs to a mode, or to a user in a mode. */
static int edit_user(
	const struct keys *keys, void *object, const char *const *words, size_t n, struct err *err)
{
	const struct user *u = object;

	for (size_t i = 0; i < n; i++) {
		if (rules_edit_is(words[i]))
			return err_set(err, ERR_USAGE,
				"'%.*s' is a call rule, which holds in a mode: presencectl rule set %s available %s",
				(int)strcspn(words[i], "="), words[i], u->name, words[i]);
	}
	return edit_set(keys, object, words, n, err);
}

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_user, err);
}

static const struct arg set_args[] = { { "user", ARG_USER, 0 }, { "key=value", ARG_EDIT, ARG_MANY },
	{ 0 } };

const struct command cmd_user_set = {
	.path = "user set",
	.summary = "change settings of a user",
	.args = set_args,
	.keys = &user_keys,
	.needs = NEED_ENTRIES,
	.run = set,
};

static int unset(struct ctl *ctl, const struct input *in, struct err *err)
{
	return edit_noun_change(ctl, in, &noun, edit_unset, err);
}

static const struct arg unset_args[] = { { "user", ARG_USER, 0 }, { "key", ARG_KEY, ARG_MANY },
	{ 0 } };

const struct command cmd_user_unset = {
	.path = "user unset",
	.summary = "remove settings of a user",
	.args = unset_args,
	.keys = &user_keys,
	.needs = NEED_ENTRIES,
	.run = unset,
};

static int run_delete(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct user u;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (store_user_find(tx, input_arg(in, 0), &u, err) < 0 ||
		follow_user_delete(tx, &u, ctl->now, err) < 0)
		return -1;
	return store_commit(tx, err);
}

const struct command cmd_user_delete = {
	.path = "user delete",
	.summary = "delete a user; the PBX forgets the presence",
	.args = user_args,
	.needs = NEED_ENTRIES,
	.run = run_delete,
};
