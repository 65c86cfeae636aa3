/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/entry.h"

#include <stdio.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/calls/entry.h"
#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/prefix.h"
#include "lib/pbx/item.h"
#include "lib/store/entry.h"
#include "lib/store/forward.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"

static int destination_on(struct store *s, const char *pbx, struct destination *d, struct err *err)
{
	struct user u;

	if (store_user_near(s, d->value, pbx, &u, err) < 0)
		return -1;
	if (!u.id)
		return 0;
	if (strcasecmp(u.pbx, pbx) != 0)
		d->kind = DESTINATION_GROUP;
	text_copy(d->value, sizeof(d->value), d->kind == DESTINATION_USER ? u.name : u.extension);
	return 0;
}

int follow_rules_on(struct store *s, const char *pbx, struct rules *rules, struct err *err)
{
	for (int i = 0; i < CALLER_COUNT * FORWARD_COUNT; i++) {
		struct destination *d = &rules->forward[i / FORWARD_COUNT][i % FORWARD_COUNT];

		if (d->kind == DESTINATION_USER && destination_on(s, pbx, d, err) < 0)
			return -1;
	}
	return 0;
}

/* Find the extension of a user for destination_compile(). The text is lent until the next call. */
struct lookup {
	struct store *store;
	char extension[EXTENSION_MAX_LEN + 1];
};

static const char *find_extension(void *ctx, const char *who)
{
	struct lookup *l = ctx;
	struct user u;
	struct err ignored;

	if (store_user_named(l->store, who, &u, &ignored) < 0 || !u.id)
		return NULL;
	text_copy(l->extension, sizeof(l->extension), u.extension);
	return l->extension;
}

/* Compile the rules as they are on a PBX. */
static int compile(struct store *s, const char *pbx, const struct mode *m, struct rules rules,
	struct strbuf *to, struct err *err)
{
	struct lookup lookup = { .store = s };

	if (follow_rules_on(s, pbx, &rules, err) < 0)
		return -1;
	return entry_mode(m, &rules, find_extension, &lookup, to, err);
}

/* Users' own versions. */

static int version_entry(
	struct store *s, const struct user *u, const struct mode *m, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
	char key[ENTRY_KEY_MAX_LEN + 1], name[ITEM_NAME_SIZE];
	struct effective e;

	if (store_effective(s, u->id, m, &e, err) < 0)
		return -1;
	if (compile(s, u->pbx, m, e.rules, &value, err) < 0)
		return err_wrap(err, "user '%s'", u->name);
	entry_rule_key(u->extension, m->name, key);
	snprintf(name, sizeof(name), ENTRY_RULE "/%.*s",
		(int)(sizeof(name) - sizeof(ENTRY_RULE "/")), key);
	return store_entry_want(s, u->id, u->pbx, name, value.s, err);
}

/* Release all entries of the user's versions. Then want an entry for each version that there still is. */
int follow_user_rule_entries(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	if (store_rule_modes(s, u->id, &modes, err) < 0 ||
		store_entry_release_of(s, u->id, ENTRY_RULE, NULL, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			version_entry(s, u, &m, err) < 0)
			return -1;
	}
	return 0;
}

static int rule_entries_of(struct store *s, const struct ids *users, struct err *err)
{
	for (size_t i = 0; i < users->n; i++) {
		struct user u;

		if (store_user_get(s, users->ids[i], &u, err) < 0 ||
			follow_user_rule_entries(s, &u, err) < 0)
			return -1;
	}
	return 0;
}

/* Modes. */

struct pbx_names {
	char (*list)[NAME_MAX_LEN + 1];
	size_t n, cap;
};

static void pbx_names_done(struct pbx_names *p)
{
	free(p->list);
}

static int add_pbx(void *data, const char *pbx)
{
	struct pbx_names *p = data;

	p->list = mem_grow(p->list, &p->cap, p->n + 1, sizeof(*p->list));
	text_copy(p->list[p->n++], sizeof(*p->list), pbx);
	return 0;
}

static int mode_entry_on(struct store *s, const char *pbx, const struct mode *m,
	const struct rules *rules, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), ENTRY_MODE "/%s", m->name);
	if (compile(s, pbx, m, *rules, &value, err) < 0)
		return -1;
	return store_entry_want(s, 0, pbx, name, value.s, err);
}

/* The entry of a user's version holds all effective rules, also those of the mode. So it is compiled again with the mode. */
int follow_mode_entry(struct store *s, const struct mode *m, struct err *err)
{
	_cleanup_(pbx_names_done) struct pbx_names pbxs = { 0 };
	_cleanup_(ids_done) struct ids owners = { 0 };
	struct effective e;

	if (store_user_pbxs(s, add_pbx, &pbxs, err) < 0 || store_effective(s, 0, m, &e, err) < 0 ||
		store_rule_owners(s, m->id, &owners, err) < 0)
		return -1;
	for (size_t i = 0; i < pbxs.n; i++) {
		if (mode_entry_on(s, pbxs.list[i], m, &e.rules, err) < 0)
			return -1;
	}
	return rule_entries_of(s, &owners, err);
}

static int add_mode(void *data, const struct mode *m)
{
	ids_add(data, m->id);
	return 0;
}

static int mode_entries(struct store *s, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	if (store_mode_each(s, add_mode, &modes, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			follow_mode_entry(s, &m, err) < 0)
			return -1;
	}
	return 0;
}

int follow_mode_entry_release(struct store *s, const struct mode *m, struct err *err)
{
	_cleanup_(ids_done) struct ids owners = { 0 };
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), ENTRY_MODE "/%s", m->name);
	if (store_rule_owners(s, m->id, &owners, err) < 0 ||
		store_entry_release(s, name, err) < 0 || store_rule_forget(s, m->id, err) < 0)
		return -1;
	return rule_entries_of(s, &owners, err);
}

/* Users. */

int follow_user_entries(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
	char name[ITEM_NAME_SIZE];
	bool has_modes;

	if (entry_user(u, prefix_of(store_follow(s)->prefixes, u->pbx), &value, err) < 0)
		return -1;
	snprintf(name, sizeof(name), ENTRY_USER "/%s", u->extension);
	if (store_entry_release_of(s, u->id, ENTRY_USER, u->pbx, name, err) < 0 ||
		store_entry_want(s, u->id, u->pbx, name, value.s, err) < 0 ||
		follow_user_rule_entries(s, u, err) < 0 ||
		store_entry_is_wanted(s, u->pbx, ENTRY_MODE "/available", &has_modes, err) < 0)
		return -1;
	/* With its first user, a PBX also needs the entries of modes and schedules. */
	if (has_modes)
		return 0;
	return mode_entries(s, err) < 0 ? -1 : follow_hours_soon(s, 0, err);
}

int follow_entries(struct store *s, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_user_ids(s, &users, err) < 0)
		return -1;
	for (size_t i = 0; i < users.n; i++) {
		struct user u;

		if (store_user_get(s, users.ids[i], &u, err) < 0 ||
			follow_user_entries(s, &u, err) < 0)
			return -1;
	}
	return mode_entries(s, err);
}

int follow_entries_naming(
	struct store *s, const struct user *u, const char *was_extension, struct err *err)
{
	_cleanup_(ids_done) struct ids owners = { 0 };
	bool any;

	if (store_forward_owners(s, u, was_extension, &owners, err) < 0 ||
		store_forward_any_mode(s, u, was_extension, &any, err) < 0 ||
		rule_entries_of(s, &owners, err) < 0)
		return -1;
	return any ? mode_entries(s, err) : 0;
}
