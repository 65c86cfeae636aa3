/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/follow/entry.h"
#include "lib/store/mode.h"
#include "lib/store/rule.h"
#include "lib/store/user.h"
#include "lib/follow/ladder.h"

void people_done(struct people *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->list[i]);
}

/* Find the mode, when it ends, and the number that was given with the switch to it. */
static int mode_at(struct people *p, struct person *x, const char *mode, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	struct store *s = p->ctl->store;
	struct decision v;

	if (follow_ladder(s, x->user.id, p->at, p->ctl->now, &l, &v, err) < 0 ||
		(mode ? store_mode_find(s, mode, &x->mode, err)
		      : store_mode_get(s, v.winner.mode_id, &x->mode, err)) < 0)
		return -1;
	if (v.winner.mode_switch && v.winner.mode_id == x->mode.id)
		text_copy(x->ask, sizeof(x->ask), v.winner.mode_switch->forward_to);
	if (v.until != UNTIL_OPEN && v.winner.mode_id == x->mode.id)
		when_zoned(v.until, l.zone, p->ctl->zone, p->at, x->until);
	return 0;
}

static int add(
	struct people *p, const char *who, const char *mode, struct person *x, struct err *err)
{
	if (store_user_find(p->ctl->store, who, &x->user, err) < 0 ||
		mode_at(p, x, mode, err) < 0 ||
		store_effective(p->ctl->store, x->user.id, &x->mode, &x->effective, err) < 0 ||
		follow_rules_on(p->ctl->store, x->user.pbx, &x->effective.rules, err) < 0)
		return -1;
	for (size_t i = 0; i < DEVICES_MAX; i++)
		x->phones[i] = p->n ? p->others : PHONE_NOANSWER;
	if (!p->n && p->phones && phone_states_parse(p->phones, &x->user, x->phones, err) < 0)
		return -1;
	if (*x->user.mobile)
		snprintf(x->mobile, sizeof(x->mobile), "%s%s",
			prefix_of(&p->ctl->prefixes, x->user.pbx), x->user.mobile);
	x->route = (struct route_user){
		.user = &x->user,
		.mode = &x->mode,
		.rules = &x->effective.rules,
		.phones = x->phones,
		.ask = x->ask,
		.mobile = x->mobile,
		.until = *x->until ? x->until : NULL,
	};
	return 0;
}

int people_add(struct people *p, const char *who, const char *mode, const struct person **ret,
	struct err *err)
{
	_cleanup_(freep) struct person *x = NULL;

	if (p->n == PEOPLE_MAX)
		return err_set(err, ERR_FAILED, "the call is forwarded too often to foretell");
	x = xcalloc(1, sizeof(*x));
	if (add(p, who, mode, x, err) < 0)
		return -1;
	*ret = p->list[p->n++] = TAKE_PTR(x);
	return 0;
}

static const struct route_user *find(void *ctx, const char *who)
{
	struct people *p = ctx;
	const struct person *x;
	struct err err;

	for (size_t i = 0; i < p->n; i++) {
		if (!strcasecmp(p->list[i]->user.name, who) ||
			!strcasecmp(p->list[i]->user.extension, who))
			return &p->list[i]->route;
	}
	if (people_add(p, who, NULL, &x, &err) == 0)
		return &x->route;
	if (err.code != ERR_NOT_FOUND)
		p->err = err;
	return NULL;
}

int people_route(struct people *p, const struct person *x, struct route_input *call,
	struct route *ret, struct err *err)
{
	call->callee = &x->route;
	call->others = p->others;
	call->find = find;
	call->ctx = p;
	route(call, ret);
	if (!*p->err.msg)
		return 0;
	if (err)
		*err = p->err;
	return -1;
}
