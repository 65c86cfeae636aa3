/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/later.h"

#include "lib/follow/inside.h"
#include "lib/follow/resolve.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"

enum { SLICE = 2000 };

void follow_later_above(struct store *s, size_t users)
{
	store_follow(s)->later.above = users;
}

static int leave(
	struct store *s, const struct ids *users, int64_t now, const char *what, struct err *err)
{
	struct later *l = &store_follow(s)->later;

	store_hold(s);
	for (size_t i = 0; i < users->n; i++) {
		if (store_presence_make_user_due(s, users->ids[i], now, err) < 0)
			return -1;
		ids_add(&l->left, users->ids[i]);
	}
	l->now = now;
	l->what = what;
	return store_flush(s, err);
}

int follow_users_later(
	struct store *s, const struct ids *users, int64_t now, const char *what, struct err *err)
{
	size_t above = store_follow(s)->later.above;

	if (!above || users->n <= above)
		return follow_users_of(s, users, now, what, err);
	return leave(s, users, now, what, err);
}

int follow_users_in_mode_later(
	struct store *s, int64_t mode_id, int64_t now, const char *what, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_mode_users(s, mode_id, &users, err) < 0)
		return -1;
	return follow_users_later(s, &users, now, what, err);
}

size_t follow_later_left(const struct store *s)
{
	const struct follow *f = store_follow(s);

	return f ? f->later.left.n : 0;
}

int follow_later_step(struct store *s, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct later *l = &store_follow(s)->later;
	size_t n = l->left.n < SLICE ? l->left.n : SLICE;
	struct ids slice = { .ids = l->left.ids + l->left.n - n, .n = n };

	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (follow_users_of(s, &slice, now > l->now ? now : l->now, l->what, err) < 0 ||
		store_commit(s, err) < 0)
		return -1;
	l->left.n -= n;
	return 0;
}

void follow_later_drop(struct store *s)
{
	struct follow *f = store_follow(s);

	if (f)
		ids_done(&f->later.left);
}
