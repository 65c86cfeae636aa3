/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/resolve.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/follow/cache.h"
#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/items.h"
#include "lib/follow/ladder.h"
#include "lib/follow/record.h"
#include "lib/presence/note.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/override.h"
#include "lib/store/switch.h"

enum { KEEP_ENDED_S = 86400 };

/* What is chosen by hand before and after: names of modes, "" for none. */
struct choice {
	char before[NAME_MAX_LEN + 1], after[NAME_MAX_LEN + 1];
};

static int read_choice(
	struct store *s, const struct occasion *occasion, struct choice *ret, struct err *err)
{
	struct mode before = { 0 }, after = { 0 };

	if ((occasion->before && store_mode_get(s, occasion->before->mode_id, &before, err) < 0) ||
		(occasion->after && store_mode_get(s, occasion->after->mode_id, &after, err) < 0))
		return -1;
	text_copy(ret->before, sizeof(ret->before), before.name);
	text_copy(ret->after, sizeof(ret->after), after.name);
	return 0;
}

/* What was said to a switch: the note as phones show it, if they do. */
static const char *note_of(const struct occasion *occasion, const struct presence *now)
{
	return now->source == SOURCE_SWITCH ? now->note : occasion->after->note;
}

/* The number that calls go to while the switch holds has a record of its own. */
static int log_number(struct store *s, const char *user, const struct occasion *occasion,
	int64_t at, struct err *err)
{
	const char *before = occasion->before ? occasion->before->forward_to : "";
	const char *after = occasion->after ? occasion->after->forward_to : "";

	return !strcmp(before, after)
		? 0
		: follow_record(s, at, occasion->what, user, "switch.to", *before ? before : NULL,
			  *after ? after : NULL, err);
}

/* Whether it is the same switch, given again. */
static bool is_same_switch(const struct mode_switch *a, const struct mode_switch *b)
{
	return a && b && a->mode_id == b->mode_id && a->until == b->until && a->next == b->next &&
		!strcmp(a->note, b->note) && !strcmp(a->giver, b->giver) &&
		!strcmp(a->forward_to, b->forward_to);
}

/* Write a record, unless mode, source, reason and switch are as they were. */
static int log_change(struct store *s, const struct ladder_user *u, const struct presence *now,
	const char *reason, int64_t at, const struct occasion *occasion, struct err *err)
{
	bool by_hand = occasion->before || occasion->after;
	bool same = u->has_presence && u->was.mode_id == now->mode_id &&
		u->was.source == now->source && !strcmp(u->reason, reason);
	struct mode from = { 0 }, to;
	struct choice choice = { 0 };

	if (same && (!by_hand || is_same_switch(occasion->before, occasion->after)))
		return 0;
	if ((u->has_presence && store_mode_get(s, u->was.mode_id, &from, err) < 0) ||
		store_mode_get(s, now->mode_id, &to, err) < 0 ||
		read_choice(s, occasion, &choice, err) < 0)
		return -1;
	if (store_log(s,
		    &(struct log_record){ .at = at,
			    .what = occasion->what,
			    .subject = u->name,
			    .key = by_hand ? "switch" : NULL,
			    .before = *choice.before ? choice.before : NULL,
			    .after = *choice.after ? choice.after : NULL,
			    .from_mode = *from.name ? from.name : NULL,
			    .to_mode = to.name,
			    .source = source_name(now->source),
			    .since = now->since,
			    .until = now->until,
			    .why = occasion->after ? note_of(occasion, now) : reason,
			    .user_id = u->id },
		    err) < 0)
		return -1;
	return log_number(s, u->name, occasion, at, err);
}

static int decide(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t now, struct resolved *ret, struct err *err)
{
	_cleanup_(ladder_done) struct ladder l = { 0 };
	const struct mode_switch *by_hand;
	struct decision d;

	if (ladder_decide(s, u, switches, now, now, &l, &d, err) < 0 ||
		store_mode_get(s, d.winner.mode_id, &ret->mode, err) < 0)
		return -1;
	by_hand = d.winner.mode_switch;
	ret->now = (struct presence){
		.mode_id = d.winner.mode_id,
		.source = d.winner.source,
		.since = d.since,
		.until = d.until,
		.next_change_at = d.next_change_at,
	};
	ret->began = d.began;
	text_copy(ret->ask, sizeof(ret->ask), by_hand ? by_hand->forward_to : "");
	text_copy(ret->zone, sizeof(ret->zone), zone_name(l.zone));
	note_fill(by_hand && *by_hand->note ? by_hand->note : ret->mode.note, d.until, l.zone,
		cache_zone(s, ""), now, ret->now.note);
	rung_reason(&d.winner, l.schedule, l.has_default, ret->reason);
	return 0;
}

static bool is_same(const struct ladder_user *u, const struct presence *p, const char *reason)
{
	const struct presence *was = &u->was;

	return u->has_presence && p->mode_id == was->mode_id && p->source == was->source &&
		p->since == was->since && p->next_change_at == was->next_change_at &&
		p->until == was->until && !strcmp(p->note, was->note) && !strcmp(reason, u->reason);
}

static int end_switches(
	struct store *s, const struct switches *switches, int64_t now, struct err *err)
{
	for (size_t i = 0; i < switches->n; i++) {
		const struct mode_switch *m = &switches->list[i];

		if (m->id && m->until <= now && store_switch_end(s, m->id, now, err) < 0)
			return -1;
	}
	return 0;
}

/* The end that the PBX is told, or UNTIL_OPEN. Where a schedule opens, thousands change at once: of its periods the PBX learns the end
 * only if callers hear it. */
static int64_t known_end(const struct store *s, const struct presence *p)
{
	bool own = p->source == SOURCE_OVERRIDE || p->source == SOURCE_SWITCH ||
		p->source == SOURCE_BUSY;

	return own || cache_says_end(s, p->mode_id) ? p->until : UNTIL_OPEN;
}

int follow_resolve(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t now, const struct occasion *occasion, enum source *ret_source, struct err *err)
{
	const struct resolved *r = cache_resolved(s, u, now);
	struct resolved own;
	struct presence p;

	if (!r) {
		if (decide(s, u, switches, now, &own, err) < 0)
			return -1;
		cache_keep_resolved(s, u, now, &own);
		r = &own;
	}
	p = r->now;
	if (u->has_presence && u->was.mode_id == p.mode_id && !r->began && u->was.since <= now)
		p.since = u->was.since; /* the mode goes on */
	if (ret_source)
		*ret_source = p.source;
	if (end_switches(s, switches, now, err) < 0)
		return -1;
	if (!is_same(u, &p, r->reason) &&
		store_presence_write(s, u->id, &p, r->reason, now, err) < 0)
		return -1;
	if (log_change(s, u, &p, r->reason, now, occasion, err) < 0)
		return -1;
	return follow_items(s, u->id, u->pbx,
		&(struct item_source){
			u->extension, &r->mode, p.note, r->ask, known_end(s, &p), r->zone },
		err);
}

static int resolve_one(struct store *s, const struct ladder_user *u, int64_t now, const char *what,
	struct err *err)
{
	_cleanup_(switches_done) struct switches switches = { 0 };

	if (u->has_switches && store_switch_of_user(s, u->id, &switches, err) < 0)
		return -1;
	return follow_resolve(s, u, &switches, now, &(struct occasion){ .what = what }, NULL, err);
}

/* A batch of users that is being resolved. `follow` NULL: nobody says that it is enough. */
struct resolving {
	const char *what;
	const struct follow *follow;
	size_t n;
	bool is_enough;
};

static int resolve_many(struct store *s, const int64_t *ids, size_t n, int64_t now,
	struct resolving *r, struct err *err)
{
	_cleanup_(freep) struct ladder_user *list = xcalloc(n, sizeof(*list));
	size_t found;

	if (store_ladder_users(s, ids, n, list, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found && !r->is_enough; i++) {
		if (resolve_one(s, &list[i], now, r->what, err) < 0)
			return -1;
		r->n++;
		r->is_enough = r->follow && r->follow->is_enough(r->follow->enough_data);
	}
	return 0;
}

static int resolve_all(
	struct store *s, const struct ids *users, int64_t now, struct resolving *r, struct err *err)
{
	store_hold(s);
	for (size_t i = 0, n; i < users->n && !r->is_enough; i += n) {
		n = users->n - i < LADDER_USERS_MAX ? users->n - i : LADDER_USERS_MAX;
		if (resolve_many(s, users->ids + i, n, now, r, err) < 0)
			return -1;
	}
	return store_flush(s, err);
}

int follow_users_of(
	struct store *s, const struct ids *users, int64_t now, const char *what, struct err *err)
{
	struct resolving r = { .what = what };

	return resolve_all(s, users, now, &r, err);
}

int follow_users_in_mode(
	struct store *s, int64_t mode_id, int64_t now, const char *what, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_mode_users(s, mode_id, &users, err) < 0)
		return -1;
	return follow_users_of(s, &users, now, what, err);
}

int follow_user(struct store *s, int64_t user_id, int64_t now, const char *what, struct err *err)
{
	struct ladder_user u;

	if (store_ladder_user_get(s, user_id, &u, err) < 0)
		return -1;
	store_hold(s);
	if (resolve_one(s, &u, now, what, err) < 0)
		return -1;
	return store_flush(s, err);
}

/* What has ended by a clock that is ahead has not ended. Nobody knows which clock is right, so it is kept for a day. */
static int purge(struct store *s, int64_t before, struct err *err)
{
	return store_switch_purge(s, before, err) < 0 ? -1 : store_override_purge(s, before, err);
}

/* Who is not resolved because it was enough is still due: the next tick goes on there. */
int follow_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids users = { 0 };
	const struct follow *f = store_follow(s);
	struct resolving resolving = { .what = "follow", .follow = f->is_enough ? f : NULL };
	int64_t due;
	int r;

	*ret_n = 0;
	if (store_next_change(s, &due, err) < 0)
		return -1;
	if (due > now)
		return 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_presence_due(s, now, &users, err) < 0 ||
		resolve_all(s, &users, now, &resolving, err) < 0 ||
		store_override_expire(s, now, err) < 0 || purge(s, now - KEEP_ENDED_S, err) < 0 ||
		follow_hours_tick(s, now, err) < 0)
		return -1;
	*ret_n = resolving.n;
	/* The PBX waits for this commit, so leave the checkpoint to the next one. */
	store_checkpoint_later(s, true);
	r = store_commit(s, err);
	store_checkpoint_later(s, false);
	return r;
}

int follow_look_again(struct store *s, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	*ret_n = 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_switch_revive(s, now, err) < 0 || store_override_revive(s, now, err) < 0 ||
		follow_hours_soon(s, 0, err) < 0 || follow_hours_tick(s, now, err) < 0 ||
		store_switch_forget_next_all(s, now, err) < 0 ||
		store_presence_make_due(s, now, err) < 0 || store_commit(s, err) < 0)
		return -1;
	return follow_tick(s, now, ret_n, err);
}
