/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/rule.h"

#include "lib/follow/entry.h"
#include "lib/follow/inside.h"
#include "lib/follow/later.h"
#include "lib/follow/loop.h"
#include "lib/follow/member.h"
#include "lib/follow/record.h"
#include "lib/store/forward.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"

/* Whether callers hear when the mode ends. Then the PBX is told of the end. */
static bool says_end(const struct rules *r)
{
	return rules_has(r, RULE_ANNOUNCE) && r->announce == ANNOUNCE_UNTIL;
}

int follow_mode_rules_save(struct store *s, const struct mode *m, const struct rules *rules,
	int64_t now, struct err *err)
{
	struct rules before;
	struct edit edit = { "mode rule", m->name, &rule_keys, &before, rules, sizeof(before),
		NULL };
	struct effective e;

	if (store_mode_rules(s, m->id, &before, err) < 0)
		return -1;
	if (store_mode_rules_write(s, m->id, rules, err) < 0)
		return -1;
	follow_forget(s);
	if (store_effective(s, 0, m, &e, err) < 0 || rules_check_steps(&e.rules, err) < 0 ||
		follow_mode_loops(s, m, &e.rules, err) < 0 || follow_mode_entry(s, m, err) < 0 ||
		follow_members_in_mode(s, m->id, err) < 0 ||
		(says_end(&before) != says_end(rules) &&
			follow_users_in_mode_later(s, m->id, now, edit.what, err) < 0))
		return -1;
	return follow_record_edit(s, &edit, now, err);
}

int follow_user_rules_save(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, int64_t now, struct err *err)
{
	struct rules before;
	struct edit edit = { "rule", u->name, &rule_keys, &before, rules, sizeof(before), m->name };
	struct effective e;
	int64_t mode_id;

	if (store_user_rules(s, u->id, m->id, &before, err) < 0 ||
		store_user_mode(s, u->id, &mode_id, err) < 0)
		return -1;
	if (store_user_rules_write(s, u->id, m->id, rules, err) < 0)
		return -1;
	follow_forget(s);
	if (store_effective(s, u->id, m, &e, err) < 0 || rules_check_steps(&e.rules, err) < 0 ||
		follow_user_loops(s, u, err) < 0 || follow_user_rule_entries(s, u, err) < 0 ||
		(mode_id == m->id && follow_members(s, u->id, m, err) < 0) ||
		(says_end(&before) != says_end(rules) &&
			follow_users_in_mode_later(s, m->id, now, edit.what, err) < 0))
		return -1;
	return follow_record_edit(s, &edit, now, err);
}

int follow_user_rules_check(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	if (store_rule_modes(s, u->id, &modes, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct rules rules;
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			store_user_rules(s, u->id, m.id, &rules, err) < 0)
			return -1;
		if (rules_check_user(&rules, u, err) < 0)
			return err_wrap(err, "call rules of %s in mode %s", u->name, m.name);
	}
	return follow_user_loops(s, u, err);
}

struct refusal_to {
	const struct user *user;
	struct err *err;
};

static int refuse(void *data, const char *owner, const char *mode, const char *key)
{
	const struct refusal_to *to = data;
	const char *name = to->user->name;

	if (owner)
		return err_set(to->err, ERR_FAILED,
			"calls are forwarded to %s; first: presencectl rule unset %s %s %s", name,
			owner, mode, key);
	return err_set(to->err, ERR_FAILED,
		"calls are forwarded to %s; first: presencectl mode unset %s %s", name, mode, key);
}

int follow_user_rules_unused(struct store *s, const struct user *u, struct err *err)
{
	return store_forward_to(s, u, refuse, &(struct refusal_to){ u, err }, err);
}
