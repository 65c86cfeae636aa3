/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/switch.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/follow/ladder.h"
#include "lib/follow/resolve.h"
#include "lib/store/item.h"
#include "lib/store/switch.h"

/* What to do with each user after many of them were read. */
struct each_user {
	int (*fn)(void *data, struct store *s, struct ladder_user *u, struct err *err);
	void *data;
};

static int each_of(struct store *s, const int64_t *ids, size_t n, const struct each_user *each,
	struct err *err)
{
	_cleanup_(freep) struct ladder_user *list = xcalloc(n, sizeof(*list));
	size_t found;

	if (store_ladder_users(s, ids, n, list, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found; i++) {
		if (each->fn(each->data, s, &list[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Read the users block by block. Their writes wait until the end, or until one statement has DB_ROWS_MAX rows. A block has at least
 * one user, so the loop ends. */
static int each_user(
	struct store *s, const struct ids *users, const struct each_user *each, struct err *err)
{
	store_hold(s);
	for (size_t i = 0, n; i < users->n; i += n) {
		n = users->n - i < LADDER_USERS_MAX ? users->n - i : LADDER_USERS_MAX;
		if (each_of(s, users->ids + i, n, each, err) < 0)
			return -1;
	}
	return store_flush(s, err);
}

struct switching {
	const struct switch_request *request;
	int64_t now;
	struct switch_result *result;
};

/* A phone is "phone" and its endpoint, if it is known: nobody else's name has a blank there. */
static void name_giver(const struct actor *actor, char *to, size_t size)
{
	bool endpoint = !strcmp(actor->via, ACTOR_PHONE) && strcmp(actor->name, ACTOR_PHONE) != 0;

	snprintf(to, size, "%s%.50s", endpoint ? ACTOR_PHONE " " : "", actor->name);
}

/* Make the switch of a request. It has no ID yet. */
static int new_switch(struct store *s, const struct switching *w, const struct ladder_user *u,
	struct mode_switch *ret, struct err *err)
{
	const struct until *until = &w->request->until;

	*ret = (struct mode_switch){
		.mode_id = w->request->mode->id,
		.since = w->now,
		.until = until->kind == UNTIL_TIME ? until->at : UNTIL_OPEN,
		.next = until->kind == UNTIL_NEXT,
	};
	text_copy(ret->note, sizeof(ret->note), w->request->note);
	name_giver(store_actor(s), ret->giver, sizeof(ret->giver));
	text_copy(ret->forward_to, sizeof(ret->forward_to), w->request->forward_to);
	return ret->next ? ladder_next_start(s, u, w->now, ret, err) : 0;
}

/* Put a switch above the others. Delete those that do not end later: they can never hold again. */
static int push(struct store *s, struct switches *to, const struct mode_switch *m, struct err *err)
{
	struct switches kept = { 0 };

	kept.list = mem_grow(kept.list, &kept.cap, to->n + 1, sizeof(*kept.list));
	kept.list[kept.n++] = *m;
	for (size_t i = 0; i < to->n; i++) {
		if (to->list[i].until > m->until)
			kept.list[kept.n++] = to->list[i];
		else if (store_switch_delete(s, to->list[i].id, err) < 0)
			goto fail;
	}
	switches_done(to);
	*to = kept;
	return 0;
fail:
	switches_done(&kept);
	return -1;
}

/* Something newer is said. */
static int forget_ended(struct store *s, const struct ladder_user *u, struct err *err)
{
	return u->has_ended ? store_switch_forget_ended(s, u->id, err) : 0;
}

static int switch_user(void *data, struct store *s, struct ladder_user *u, struct err *err)
{
	_cleanup_(switches_done) struct switches switches = { 0 };
	struct switching *w = data;
	struct mode_switch m, was;
	struct occasion occasion = { .what = "set", .after = &m };
	enum source source;

	if (new_switch(s, w, u, &m, err) < 0 ||
		(u->has_switches && store_switch_of_user(s, u->id, &switches, err) < 0))
		return -1;
	if (switches.n) {
		was = switches.list[0];
		occasion.before = &was;
	}
	if (push(s, &switches, &m, err) < 0 || forget_ended(s, u, err) < 0)
		return -1;
	u->has_switches = true;
	if (follow_resolve(s, u, &switches, w->now, &occasion, &source, err) < 0)
		return -1;
	w->result->endless += switches.list[0].until == UNTIL_OPEN;
	w->result->overridden += source == SOURCE_OVERRIDE;
	return switches.list[0].until <= w->now
		? 0
		: store_switch_add(s, u->id, &switches.list[0], err);
}

int follow_switch_users(struct store *s, const struct ids *users,
	const struct switch_request *request, int64_t now, struct switch_result *ret,
	struct err *err)
{
	struct switching w = { request, now, ret };

	*ret = (struct switch_result){ 0 };
	if (each_user(s, users, &(struct each_user){ switch_user, &w }, err) < 0)
		return -1;
	store_hold(s);
	for (size_t i = 0; i < users->n; i++) {
		if (store_item_say_again(s, users->ids[i], err) < 0)
			return -1;
	}
	return store_flush(s, err);
}

struct clearing {
	int64_t now;
	size_t n;
};

static int clear_user(void *data, struct store *s, struct ladder_user *u, struct err *err)
{
	_cleanup_(switches_done) struct switches switches = { 0 };
	struct clearing *c = data;
	struct mode_switch was;

	if (forget_ended(s, u, err) < 0)
		return -1;
	if (!u->has_switches)
		return 0;
	if (store_switch_of_user(s, u->id, &switches, err) < 0)
		return -1;
	if (!switches.n)
		return 0;
	for (size_t i = 0; i < switches.n; i++) {
		if (store_switch_delete(s, switches.list[i].id, err) < 0)
			return -1;
	}
	was = switches.list[0];
	switches.n = 0;
	u->has_switches = false;
	c->n++;
	return follow_resolve(
		s, u, &switches, c->now, &(struct occasion){ "clear", &was, NULL }, NULL, err);
}

int follow_clear_users(
	struct store *s, const struct ids *users, int64_t now, size_t *ret_n, struct err *err)
{
	struct clearing c = { .now = now };

	if (each_user(s, users, &(struct each_user){ clear_user, &c }, err) < 0)
		return -1;
	*ret_n = c.n;
	return 0;
}
