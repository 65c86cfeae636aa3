/* SPDX-License-Identifier: GPL-3.0-or-later */
/* override: set, list, clear. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd/presencectl/confirm.h"
#include "cmd/presencectl/lifetime.h"
#include "cmd/presencectl/say.h"
#include "lib/base/text.h"
#include "lib/store/group.h"
#include "lib/store/mode.h"
#include "lib/store/user.h"
#include "lib/store/who.h"
#include "lib/follow/override.h"
#include "lib/store/override.h"

extern const struct command cmd_override_set, cmd_override_list, cmd_override_clear;

/* A word of WHO as the scope of an override. An override for @group or all covers users who join later too. */
struct scope {
	char name[NAME_MAX_LEN + 2];
	int64_t user_id, group_id;
};

static int read_scope(struct ctl *ctl, const char *word, struct scope *ret, struct err *err)
{
	struct group g;
	struct user u;

	*ret = (struct scope){ .name = "all" };
	if (!strcasecmp(word, "all"))
		return 0;
	if (*word == '@') {
		if (store_group_find(ctl->store, word + 1, &g, err) < 0)
			return -1;
		ret->group_id = g.id;
		snprintf(ret->name, sizeof(ret->name), "@%s", g.name);
		return 0;
	}
	if (store_user_find(ctl->store, word, &u, err) < 0)
		return -1;
	ret->user_id = u.id;
	text_copy(ret->name, sizeof(ret->name), u.name);
	return 0;
}

static int read_override(
	struct ctl *ctl, const struct input *in, struct override *o, struct err *err)
{
	const char *reason = input_opt(in, "reason"), *from = input_opt(in, "from");
	struct until until;
	struct mode mode;

	*o = (struct override){ .given = ctl->now, .start = ctl->now };
	if (!reason || !*reason)
		return err_set(
			err, ERR_USAGE, "an override needs a reason: --reason \"fire drill\"");
	if (!text_is_utf8(reason) || text_has_control(reason) || strlen(reason) > REASON_MAX_LEN)
		return err_set(err, ERR_USAGE,
			"the reason is longer than %d bytes or holds control characters",
			REASON_MAX_LEN);
	text_copy(o->reason, sizeof(o->reason), reason);
	if (from && when_time(from, ctl->zone, ctl->now, &o->start, err) < 0)
		return -1;
	if (from && o->start < ctl->now)
		return err_set(err, ERR_USAGE, "'%s' has passed already", from);
	if (lifetime_read(ctl, in, o->start, NULL, &until, err) < 0 ||
		store_mode_find(ctl->store, input_arg(in, 1), &mode, err) < 0)
		return -1;
	o->mode_id = mode.id;
	o->until = lifetime_end(&until);
	return 0;
}

static int set(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	_cleanup_(confirm_done) struct confirm confirm = { .fd = -1 };
	char what[256], remark[64] = "", begin[WHEN_TEXT_SIZE];
	struct override o;
	size_t n;
	const char *const *words = input_many(in, &n);
	int at = 0;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	if (read_override(ctl, in, &o, err) < 0 || store_who(tx, words, n, &who, err) < 0 ||
		ctl_expect(in, who.n, err) < 0 || confirm_begin(ctl, &confirm, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct scope scope;

		if (read_scope(ctl, words[i], &scope, err) < 0)
			return -1;
		text_copy(o.scope, sizeof(o.scope), scope.name);
		if (follow_override_add(tx, &o, scope.user_id, scope.group_id, err) < 0)
			return -1;
		at += snprintf(remark + at, at < 40 ? sizeof(remark) - (size_t)at : 0, "%s%lld",
			i ? ", " : "; override ", (long long)o.id);
		if (at >= 40)
			at = 40;
	}
	if (o.start > ctl->now) {
		when_short(o.start, ctl->zone, ctl->now, begin);
		snprintf(what, sizeof(what), "are overridden from %s on", begin);
	} else {
		snprintf(what, sizeof(what), "are overridden: %s", input_arg(in, 1));
	}
	if (!who.n) {
		if (store_commit(tx, err) < 0)
			return -1;
		say("nobody is there yet%s holds for whoever comes before it ends\n", remark);
		return 0;
	}
	return confirm_finish(ctl, in, &confirm, &who, what, remark, err);
}

static const struct arg set_args[] = { { "who", ARG_WHO, ARG_MANY }, { "mode", ARG_MODE, 0 },
	{ 0 } };

static const struct opt set_opts[] = {
	{ "reason", "TEXT", ARG_TEXT, "why, for explain and the log", 0 },
	{ "from", "TIME", ARG_TIME, "begin then, not at once", 0 },
	LIFETIME_OPTS,
	CONFIRM_OPTS,
	{ 0 },
};

const struct command cmd_override_set = {
	.path = "override set",
	.summary = "override the mode of users, groups or all",
	.details =
		"An override beats switches, schedules and calendars until its end. Of several overrides the one given last "
		"wins, whatever its scope. An override for @group or all covers users who join later too.",
	.args = set_args,
	.opts = set_opts,
	.needs = NEED_STORE,
	.run = set,
};

enum { LIST_ID, LIST_SCOPE, LIST_MODE, LIST_REASON, LIST_FROM, LIST_UNTIL, LIST_BY, LIST_GIVEN };

static const struct column list_columns[] = {
	[LIST_ID] = { "ID", COLUMN_NUMBER, "its number" },
	[LIST_SCOPE] = { "SCOPE", 0, "a user, @group or all" },
	[LIST_MODE] = { "MODE", 0, "mode" },
	[LIST_REASON] = { "REASON", COLUMN_WIDE, "why" },
	[LIST_FROM] = { "FROM", COLUMN_TIME, "when it begins" },
	[LIST_UNTIL] = { "UNTIL", COLUMN_TIME,
		"when it ends; empty if only override clear ends it" },
	[LIST_BY] = { "BY", 0, "who gave it" },
	[LIST_GIVEN] = { "GIVEN", COLUMN_TIME | COLUMN_HIDDEN, "when it was given" },
	{ 0 },
};

struct overrides {
	struct override *list;
	size_t n, cap;
	int64_t now;
};

static int keep(void *data, const struct override *o)
{
	struct overrides *to = data;

	if (o->until <= to->now)
		return 0; /* over, and about to be deleted */
	to->list = mem_grow(to->list, &to->cap, to->n + 1, sizeof(*to->list));
	to->list[to->n++] = *o;
	return 0;
}

static int list(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(freep) struct override *list = NULL;
	struct overrides overrides = { .now = ctl->now };
	int r;

	(void)in;
	if (out_new(list_columns, "overrides", &ctl->out, &out, err) < 0)
		return -1;
	r = store_override_each(ctl->store, keep, &overrides, err);
	list = overrides.list;
	for (size_t i = 0; i < overrides.n && r == 0; i++) {
		const struct override *o = &list[i];
		struct mode m = { .name = "?" };

		if (o->mode_id && (r = store_mode_get(ctl->store, o->mode_id, &m, err)) < 0)
			break;
		out_line(out);
		out_number(out, LIST_ID, o->id);
		out_text(out, LIST_SCOPE, o->scope);
		out_text(out, LIST_MODE, m.name);
		out_text(out, LIST_REASON, o->reason);
		out_time(out, LIST_FROM, o->start);
		out_time(out, LIST_UNTIL, o->until);
		out_text(out, LIST_BY, *o->giver ? o->giver : NULL);
		out_time(out, LIST_GIVEN, o->given);
	}
	return r < 0 ? -1 : out_print(out, stdout, err);
}

const struct command cmd_override_list = {
	.path = "override list",
	.summary = "list the overrides that hold or are to come",
	.columns = list_columns,
	.noun = "overrides",
	.needs = NEED_STORE,
	.run = list,
};

/* Choose the overrides that a word means. A number means the override with that number. A word of WHO means the overrides that
 * were given for exactly that. */
static int choose(struct ctl *ctl, const char *word, const struct overrides *overrides,
	bool *chosen, struct err *err)
{
	bool is_number = text_is_of(word, "0123456789", 18), found = false;
	struct scope scope;

	for (size_t i = 0; i < overrides->n && is_number; i++) {
		if (overrides->list[i].id != strtoll(word, NULL, 10))
			continue;
		chosen[i] = true;
		return 0;
	}
	if (read_scope(ctl, word, &scope, err) < 0) {
		if (!is_number)
			return -1;
		return err_set(err, ERR_NOT_FOUND, "no override %s; see 'override list'", word);
	}
	for (size_t i = 0; i < overrides->n; i++) {
		if (strcasecmp(scope.name, overrides->list[i].scope) != 0)
			continue;
		found = chosen[i] = true;
	}
	return found
		? 0
		: err_set(err, ERR_NOT_FOUND, "no override of %s; see 'override list'", scope.name);
}

static int clear(struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids who = { 0 };
	_cleanup_(confirm_done) struct confirm confirm = { .fd = -1 };
	_cleanup_(freep) struct override *list = NULL;
	_cleanup_(freep) bool *chosen = NULL;
	struct overrides overrides = { .now = ctl->now };
	size_t words_n, n = 0;
	const char *const *words = input_many(in, &words_n);
	char what[96];
	int r;

	if (store_begin(ctl->store, err) < 0)
		return -1;
	tx = ctl->store;
	r = store_override_each(tx, keep, &overrides, err);
	list = overrides.list;
	chosen = xcalloc(overrides.n + 1, sizeof(*chosen));
	for (size_t i = 0; i < words_n && r == 0; i++)
		r = choose(ctl, words[i], &overrides, chosen, err);
	for (size_t i = 0; i < overrides.n && r == 0; i++) {
		if (!chosen[i])
			continue;
		r = follow_override_delete(tx, &overrides.list[i], ctl->now, &who, err);
		n++;
	}
	ids_unique(&who);
	if (r < 0 || ctl_expect(in, who.n, err) < 0 || confirm_begin(ctl, &confirm, err) < 0)
		return -1;
	snprintf(what, sizeof(what), "are free of %zu override%s", n, n == 1 ? "" : "s");
	return confirm_finish(ctl, in, &confirm, &who, what, "", err);
}

static const struct arg clear_args[] = { { "id|who", ARG_WHO, ARG_MANY }, { 0 } };

static const struct opt clear_opts[] = { CONFIRM_OPTS, { 0 } };

const struct command cmd_override_clear = {
	.path = "override clear",
	.summary = "end overrides, by number or by whom they are for",
	.details =
		"For a user, @group or all it ends the overrides that were given for exactly that. A number is the number of an "
		"override. If there is no such override, it is an extension.",
	.args = clear_args,
	.opts = clear_opts,
	.needs = NEED_STORE,
	.run = clear,
};
