/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/member.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/follow/cache.h"
#include "lib/pbx/member.h"
#include "lib/store/item.h"
#include "lib/store/mode.h"
#include "lib/store/queue.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"

/* The items that a user should have as a member of queues. */
struct member_goals {
	const struct mode *mode;
	const struct rules *rules;
	char pbx[NAME_MAX_LEN + 1];
	struct item *list;
	size_t n, cap;
};

static void member_goals_done(struct member_goals *g)
{
	free(g->list);
}

static int add_goal(void *data, const struct queue_seat *seat)
{
	char interface[DIAL_MAX_LEN + 1], state[DIAL_MAX_LEN + 1] = "";
	struct member_goals *g = data;
	struct member member = {
		.queue = seat->queue,
		.interface = interface,
		.name = seat->user,
		.state = state,
		.mode = g->mode->name,
		.penalty = seat->penalty,
		.answer = rules_queue(g->rules, seat->queue),
		.assigned = true,
	};

	text_copy(g->pbx, sizeof(g->pbx), seat->pbx);
	if (seat->members == QUEUE_MEMBERS_DEVICE) {
		text_copy(interface, sizeof(interface), seat->dial);
	} else {
		snprintf(
			interface, sizeof(interface), "Local/%s@presence-queue/n", seat->extension);
		snprintf(state, sizeof(state), "hint:%s@%s", seat->extension, seat->hints);
	}
	/* Such a queue takes no user without a device, so another program wrote this row. */
	if (!*interface)
		return 0;
	g->list = mem_grow(g->list, &g->cap, g->n + 1, sizeof(*g->list));
	item_of_member(&member, &g->list[g->n++]);
	return 0;
}

/* Find the goal of an item. For Asterisk, names that differ only in case are one member. */
static struct item *find_goal(struct member_goals *g, const struct user_item *item)
{
	for (size_t i = 0; i < g->n; i++) {
		if (!strcasecmp(g->list[i].name, item->name) && !strcasecmp(g->pbx, item->pbx))
			return &g->list[i];
	}
	return NULL;
}

static int write_item(
	struct store *s, const struct user_item *item, const struct item *goal, struct err *err)
{
	const char *wanted = goal ? goal->value : "";

	if (!strcmp(item->wanted, wanted))
		return item->waits ? store_item_want_soon(s, item->id, err) : 0;
	return store_item_set_wanted(
		s, item->id, wanted, goal ? goal->rank : 0, item->has_error, err);
}

/* Bring the items that are there in line with the goals. A goal that has its item is taken off the list. The goals that are left
 * need a new item. */
static int write_items(struct store *s, int64_t user_id, struct member_goals *g,
	const struct user_items *there, struct err *err)
{
	for (size_t i = 0; i < there->n; i++) {
		const struct user_item *item = &there->list[i];
		struct item *goal = find_goal(g, item);

		if (!item_is_member(item->name) || (goal && strcmp(goal->name, item->name) != 0))
			continue; /* store_item_want() gives the member its new name */
		if (write_item(s, item, goal, err) < 0)
			return -1;
		if (goal)
			*goal = g->list[--g->n];
	}
	for (size_t i = 0; i < g->n; i++) {
		if (store_item_want(s, user_id, g->pbx, &g->list[i], err) < 0)
			return -1;
	}
	return 0;
}

int follow_members(struct store *s, int64_t user_id, const struct mode *m, struct err *err)
{
	_cleanup_(user_items_done) struct user_items there = { 0 };
	_cleanup_(member_goals_done) struct member_goals goals = { .mode = m };
	const struct mode_rules *of_mode;
	struct effective e;
	struct rules own;

	if (cache_mode_rules(s, m, &of_mode, err) < 0 ||
		store_user_rules(s, user_id, m->id, &own, err) < 0)
		return -1;
	rules_effective(&of_mode->base, &of_mode->mode, &own, &e);
	goals.rules = &e.rules;
	if (store_queue_seats(s, user_id, add_goal, &goals, err) < 0 ||
		store_item_of_user(s, user_id, &there, err) < 0)
		return -1;
	return write_items(s, user_id, &goals, &there, err);
}

int follow_member_refresh(struct store *s, int64_t user_id, struct err *err)
{
	int64_t mode_id;
	struct mode m;

	if (store_user_mode(s, user_id, &mode_id, err) < 0 ||
		store_mode_get(s, mode_id, &m, err) < 0)
		return -1;
	return follow_members(s, user_id, &m, err);
}

int follow_members_refresh(struct store *s, const struct ids *users, struct err *err)
{
	for (size_t i = 0; i < users->n; i++) {
		if (follow_member_refresh(s, users->ids[i], err) < 0)
			return -1;
	}
	return 0;
}

int follow_members_in_mode(struct store *s, int64_t mode_id, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_queue_users_in_mode(s, mode_id, &users, err) < 0)
		return -1;
	return follow_members_refresh(s, &users, err);
}
