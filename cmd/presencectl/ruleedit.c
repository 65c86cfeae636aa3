/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/ruleedit.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/key.h"
#include "lib/store/queue.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"

int rules_edit_set(struct rules *r, const char *const *words, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		char key[KEY_WORD_SIZE];
		const char *value;

		if (key_split(words[i], key, &value, err) < 0 || rules_set(r, key, value, err) < 0)
			return -1;
	}
	return 0;
}

int rules_edit_unset(struct rules *r, const char *const *keys, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (rules_unset(r, keys[i], err) < 0)
			return -1;
	}
	return 0;
}

bool rules_edit_is(const char *word)
{
	return keys_of(&rule_keys, word, strcspn(word, "=")) != NULL;
}

/* Tell that we do not know the queue of a rule. It is not an error: the PBX may have such a queue. */
static int notice_queue(struct ctl *ctl, const char *name, struct err *err)
{
	struct queue q;
	struct err why;

	if (store_queue_find(ctl->store, name, &q, &why) == 0 ||
		why.code == ERR_USAGE) /* on several PBXs */
		return 0;
	if (why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.msg);
	ctl_notice("%s (queue.%s is kept, for when there is one)", why.msg, name);
	return 0;
}

/* No user has the extension `d`. If it looks like an outside number, tell how to write one. */
static int notice_number(
	struct ctl *ctl, const char *key, const struct destination *d, struct err *err)
{
	size_t longest;

	if (store_extension_longest(ctl->store, &longest, err) < 0)
		return -1;
	if (destination_is_outside(d->value, longest))
		ctl_notice(
			"%s=%s is dialled as an extension of the PBX, which nobody has; an outside "
			"number is written number:%s",
			key, d->value, d->value);
	return 0;
}

static int notice_circle(struct ctl *ctl, const struct mode *m, const char *key, size_t i,
	const struct user *u, struct err *err)
{
	const struct destination *d;
	struct effective e;
	struct user to;

	if (store_effective(ctl->store, u->id, m, &e, err) < 0)
		return -1;
	d = &e.rules.forward[i / FORWARD_COUNT][i % FORWARD_COUNT];
	if (d->kind != DESTINATION_USER)
		return 0;
	if (store_user_named(ctl->store, d->value, &to, err) < 0)
		return -1;
	if (to.id == u->id)
		ctl_notice("in mode %s calls for %s would come back by %s: %s", m->name, u->name,
			key, *u->mailbox ? "they end in the mailbox" : "nobody takes them");
	return 0;
}

int rules_edit_notices(
	struct ctl *ctl, const struct mode *m, const char *const *words, size_t n, struct err *err)
{
	struct rules rules = { 0 };

	if (rules_edit_set(&rules, words, n, err) < 0)
		return -1;
	for (size_t i = 0; i < rules.queues_n; i++) {
		if (notice_queue(ctl, rules.queues[i].queue, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++) {
		enum rule_id id = (enum rule_id)(RULE_INTERNAL_ALWAYS + i);
		const char *key = rule_table[id].name;
		const struct destination *d = &rules.forward[i / FORWARD_COUNT][i % FORWARD_COUNT];
		struct user u;

		if (!rules_has(&rules, id) || d->kind != DESTINATION_USER)
			continue;
		if (store_user_named(ctl->store, d->value, &u, err) < 0 ||
			(!u.id && notice_number(ctl, key, d, err) < 0) ||
			(u.id && m && notice_circle(ctl, m, key, i, &u, err) < 0))
			return -1;
	}
	return 0;
}

enum { RULES_KEY, RULES_VALUE, RULES_ORIGIN, RULES_HELP };

const struct column rules_columns[] = {
	[RULES_KEY] = { "KEY", 0, "as in rule set and mode set" },
	[RULES_VALUE] = { "VALUE", 0, "its value" },
	[RULES_ORIGIN] = { "ORIGIN", 0, "who says so: built-in, mode or user" },
	[RULES_HELP] = { "HELP", COLUMN_HIDDEN, "what it is" },
	{ 0 },
};

int rules_show(struct ctl *ctl, const struct effective *e, struct err *err)
{
	_cleanup_(out_freep) struct out *out = NULL;
	_cleanup_(key_pair_done) struct key_pair p = KEY_PAIR_INIT;

	if (out_new(rules_columns, "rules", &ctl->out, &out, err) < 0)
		return -1;
	while (keys_next(&rule_keys, &e->rules, &p)) {
		out_line(out);
		out_text(out, RULES_KEY, p.word.s);
		out_text(out, RULES_VALUE, p.value.len ? p.value.s : NULL);
		out_text(out, RULES_ORIGIN, origin_name(rules_origin(e, &p)));
		out_text(out, RULES_HELP, p.key->help);
	}
	return out_print(out, stdout, err);
}
