/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule: set, unset, show: a user's own version of how a mode handles calls. */
#include <stdio.h>
#include <string.h>

#include "cmd/presencectl/ruleedit.h"
#include "lib/follow/rule.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"

extern const struct command cmd_rule_set, cmd_rule_unset, cmd_rule_show;

static int find(
	struct ctl *ctl, const struct input *in, struct user *u, struct mode *m, struct err *err)
{
	if (store_user_find(ctl->store, input_arg(in, 0), u, err) < 0)
		return -1;
	return store_mode_find(ctl->store, input_arg(in, 1), m, err);
}

typedef int rules_editor(struct rules *r, const char *const *words, size_t n, struct err *err);

static int change(struct ctl *ctl, const struct input *in, rules_editor *edit, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct rules rules;
	struct user u;
	struct mode m;
	size_t n;
	const char *const *words = input_many(in, &n);

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (find(ctl, in, &u, &m, err) < 0 || store_user_rules(tx, u.id, m.id, &rules, err) < 0 ||
		edit(&rules, words, n, err) < 0 || rules_check_user(&rules, &u, err) < 0 ||
		rules_check_type(&rules, m.type, err) < 0 ||
		follow_user_rules_save(tx, &u, &m, &rules, ctl->now, err) < 0)
		return -1;
	if (edit == rules_edit_set && rules_edit_notices(ctl, NULL, words, n, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	return change(ctl, in, rules_edit_set, err);
}

static const struct arg set_args[] = { { "user", ARG_USER, 0 }, { "mode", ARG_MODE, 0 },
	{ "key=value", ARG_RULE_EDIT, ARG_MANY }, { 0 } };

const struct command cmd_rule_set = {
	.path = "rule set",
	.summary = "give a user call rules of their own in a mode",
	.details =
		"A rule that is not set here is the mode's. 'mode set' changes the rules of a mode, for all its users. "
		"presence-calls(7) says what each rule and destination means.",
	.args = set_args,
	.rules = true,
	.needs = NEED_ENTRIES,
	.run = set,
};

static int unset(struct ctl *ctl, const struct input *in, struct err *err)
{
	return change(ctl, in, rules_edit_unset, err);
}

static const struct arg unset_args[] = { { "user", ARG_USER, 0 }, { "mode", ARG_MODE, 0 },
	{ "key", ARG_RULE, ARG_MANY }, { 0 } };

const struct command cmd_rule_unset = {
	.path = "rule unset",
	.summary = "take call rules of their own from a user in a mode",
	.args = unset_args,
	.rules = true,
	.needs = NEED_ENTRIES,
	.run = unset,
};

static int show(struct ctl *ctl, const struct input *in, struct err *err)
{
	struct effective effective;
	struct user u;
	struct mode m;

	if (find(ctl, in, &u, &m, err) < 0 ||
		store_effective(ctl->store, u.id, &m, &effective, err) < 0)
		return -1;
	return rules_show(ctl, &effective, err);
}

static const struct arg show_args[] = { { "user", ARG_USER, 0 }, { "mode", ARG_MODE, 0 }, { 0 } };

const struct command cmd_rule_show = {
	.path = "rule show",
	.summary = "print how a mode handles a user's calls, and who said so",
	.args = show_args,
	.columns = rules_columns,
	.noun = "rules",
	.needs = NEED_STORE,
	.run = show,
};
