/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/loop.h"

#include "lib/base/ids.h"
#include "lib/base/text.h"
#include "lib/calls/loop.h"
#include "lib/store/forward.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"

struct edges {
	struct loop_edge *list;
	char (*names)[NAME_MAX_LEN + 1]; /* two for each edge */
	size_t n, cap, names_cap;
};

static void edges_done(struct edges *e)
{
	free(e->list);
	free(e->names);
}

static int add_edge(void *data, const char *from, const char *to, bool shared)
{
	struct edges *e = data;

	e->list = mem_grow(e->list, &e->cap, e->n + 1, sizeof(*e->list));
	e->names = mem_grow(e->names, &e->names_cap, 2 * e->n + 2, sizeof(*e->names));
	text_copy(e->names[2 * e->n], sizeof(e->names[0]), from);
	text_copy(e->names[2 * e->n + 1], sizeof(e->names[0]), to);
	e->list[e->n++].shared = shared;
	return 0;
}

/* Whether calls for `u` come back, and by which way. Point to the names only now: the array has moved while it grew. */
static bool find_loop(struct edges *e, const struct user *u, struct strbuf *way)
{
	for (size_t i = 0; i < e->n; i++) {
		e->list[i].from = e->names[2 * i];
		e->list[i].to = e->names[2 * i + 1];
	}
	return loop_find(e->list, e->n, u->name, way);
}

/* The circle may lead through users in different modes, and modes change all the time. So the rules of all modes count. */
static int check_own(struct store *s, const struct user *u, enum caller caller, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf way = STRBUF_INIT;
	_cleanup_(edges_done) struct edges edges = { 0 };

	if (store_forward_own(s, u->id, caller, add_edge, &edges, err) < 0)
		return -1;
	if (find_loop(&edges, u, &way))
		return err_set(err, ERR_USAGE,
			"calls would always go round in a circle, and nothing would ring: %s",
			way.s);
	return 0;
}

/* Check the calls of one kind of caller, while all users are in mode `m`. */
static int check_caller(struct store *s, const struct user *u, const struct mode *m,
	enum caller caller, const struct rules *rules, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf way = STRBUF_INIT, always = STRBUF_INIT;
	_cleanup_(edges_done) struct edges edges = { 0 };

	destination_print(&rules->forward[caller][FORWARD_ALWAYS], &always);
	if (store_forward_in_mode(s, u->id, m->id, caller, always.s, add_edge, &edges, err) < 0)
		return -1;
	if (!find_loop(&edges, u, &way))
		return 0;
	return err_set(err, ERR_USAGE,
		"in mode %s calls would always go round in a circle, and nothing would ring: %s; "
		"give one of them another rule: presencectl rule set",
		m->name, way.s);
}

static int check_mode(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, struct err *err)
{
	for (int c = 0; c < CALLER_COUNT; c++) {
		if (check_caller(s, u, m, (enum caller)c, rules, err) < 0)
			return -1;
	}
	return 0;
}

int follow_user_loops(struct store *s, const struct user *u, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	for (int c = 0; c < CALLER_COUNT; c++) {
		if (check_own(s, u, (enum caller)c, err) < 0)
			return -1;
	}
	if (store_forward_modes(s, &modes, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct effective e;
		struct mode m;

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			store_effective(s, 0, &m, &e, err) < 0 ||
			check_mode(s, u, &m, &e.rules, err) < 0)
			return -1;
	}
	return 0;
}

/* If a rule of the mode is part of a circle, the circle leads through the user to whom this rule forwards. So check these users. */
int follow_mode_loops(
	struct store *s, const struct mode *m, const struct rules *rules, struct err *err)
{
	for (int c = 0; c < CALLER_COUNT; c++) {
		const struct destination *d = &rules->forward[c][FORWARD_ALWAYS];
		struct user u = { 0 };

		if (d->kind != DESTINATION_USER)
			continue;
		if (store_user_named(s, d->value, &u, err) < 0 ||
			(u.id && check_mode(s, &u, m, rules, err) < 0))
			return -1;
	}
	return 0;
}
