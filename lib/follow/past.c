/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/past.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/presence/model.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/store/user.h"

enum { GIVEN_MAX = 1000 }; /* so many older records are looked at to find who gave an order */

struct past_user past_user(int64_t id, const char *name, int64_t newest)
{
	struct past_user ret = { .id = id, .newest = newest };

	text_copy(ret.name, sizeof(ret.name), name);
	return ret;
}

int follow_past_user(struct store *s, const char *name, struct past_user *ret, struct err *err)
{
	struct user u;
	int64_t id, newest;

	if (store_user_find(s, name, &u, err) == 0) {
		*ret = past_user(u.id, u.name, INT64_MAX);
		return 0;
	}
	if (store_log_find_user(s, name, &id, &newest, NULL) < 0 || !id)
		return -1;
	*ret = past_user(id, name, newest);
	return 0;
}

static bool is_by_hand(const struct log_record *r)
{
	return r->what && !strcmp(r->what, "set");
}

/* A switch is recorded with its note. Its reason is who switched; under an override it is that of the override, which an older record
 * has. */
static const char *reason_of(const struct log_record *r, char text[REASON_MAX_LEN + 1])
{
	if (!is_by_hand(r))
		return r->why;
	if (r->source && strcmp(r->source, source_name(SOURCE_SWITCH)) != 0)
		return NULL;
	snprintf(text, REASON_MAX_LEN + 1, "switched%s%s", r->actor && *r->actor ? " by " : "",
		r->actor ? r->actor : "");
	return text;
}

static struct recorded recorded_of(const struct log_record *r, char reason[REASON_MAX_LEN + 1])
{
	bool goes_on = r->from_mode && r->to_mode && !strcmp(r->from_mode, r->to_mode);

	return (struct recorded){
		.kind = r->to_mode                        ? RECORDED_MODE
			: !strcmp(r->what, "user delete") ? RECORDED_DELETE
							  : RECORDED_ADD,
		.id = r->id,
		.at = r->at,
		.is_first = r->source && !r->from_mode,
		.before = r->from_mode,
		.mode = r->to_mode,
		.source = r->source,
		.reason = reason_of(r, reason),
		.note = is_by_hand(r) ? r->why : NULL,
		.what = r->what,
		.actor = r->actor,
		.via = r->via,
		.since = goes_on && r->since ? r->since : r->at,
		.due = !goes_on && r->since && r->since < r->at ? r->since : r->at,
		.until = r->until,
	};
}

/* What a user is in now, in place of records. */
static int read_now(struct store *s, const struct past_user *user, struct ladder_user *u,
	struct mode *m, struct recorded *ret, const struct recorded **ret_now, struct err *err)
{
	struct err gone;

	*ret_now = NULL;
	if (user->newest != INT64_MAX || store_ladder_user_get(s, user->id, u, &gone) < 0 ||
		!u->has_presence)
		return 0;
	if (store_mode_get(s, u->was.mode_id, m, err) < 0)
		return -1;
	*ret = (struct recorded){
		.mode = m->name,
		.source = source_name(u->was.source),
		.reason = u->reason,
		.note = u->was.note,
		.at = u->was.since,
		.since = u->was.since,
		.due = u->was.since,
		.until = u->was.until,
	};
	*ret_now = ret;
	return 0;
}

static int end_history(
	struct store *s, const struct past_user *user, struct history *h, struct err *err)
{
	struct ladder_user u;
	struct mode m;
	struct recorded is;
	const struct recorded *now;
	int64_t begin;

	if (store_log_begin(s, &begin, err) < 0 || read_now(s, user, &u, &m, &is, &now, err) < 0)
		return -1;
	history_end(h, begin, now);
	return 0;
}

static int add_record(void *data, const struct log_record *r)
{
	char reason[REASON_MAX_LEN + 1];
	struct recorded record = recorded_of(r, reason);

	return !history_add(data, &record);
}

int follow_history(struct store *s, const struct past_user *user, int64_t from, int64_t to,
	struct history *ret, struct err *err)
{
	history_begin(ret, from, to);
	if (store_log_of_user(s, user->id, user->name, user->newest, add_record, ret, err) < 0)
		return -1;
	return end_history(s, user, ret, err);
}

static void keep_given(struct spell *given, const struct log_record *r)
{
	given->id = r->id;
	given->at = r->at;
	text_copy(given->what, sizeof(given->what), r->what);
	text_copy(given->actor, sizeof(given->actor), r->actor ? r->actor : "");
	text_copy(given->via, sizeof(given->via), r->via ? r->via : "");
	text_copy(given->note, sizeof(given->note), is_by_hand(r) && r->why ? r->why : "");
}

/* Whether this record is of the switch that gave the mode: the mode chosen, also under an override. */
static bool gave_switch(const struct spell *given, const struct log_record *r)
{
	const char *chosen = r->after ? r->after : r->to_mode;

	return is_by_hand(r) && chosen && !strcmp(chosen, given->mode);
}

/* Look at a record that is older than those seen, for the order that decides in `given`. Returns whether an older one may be it. */
static bool look_for_order(struct spell *given, const struct log_record *r)
{
	bool same = r->to_mode && r->source && !strcmp(r->to_mode, given->mode) &&
		!strcmp(r->source, given->source);

	if (!strcmp(given->source, source_name(SOURCE_SWITCH))) {
		if (gave_switch(given, r))
			keep_given(given, r);
		return !gave_switch(given, r);
	}
	if (!same || (!is_by_hand(r) && r->why && strcmp(r->why, given->reason) != 0))
		return false;
	keep_given(given, r);
	return true;
}

/* The walk over the records of a user, the newest first, for one instant. */
struct past_walk {
	struct history *history;
	struct spell *given;
	int64_t at, until; /* the instant; the earliest record after it */
	size_t looked_at;
	bool is_told; /* the history wants no more */
};

static int walk_record(void *data, const struct log_record *r)
{
	struct past_walk *w = data;

	if (r->at > w->at && r->at < w->until && !w->is_told)
		w->until = r->at;
	if (!w->is_told) {
		w->is_told = add_record(w->history, r);
		if (w->history->n && w->history->list[0].id)
			*w->given = w->history->list[0];
	}
	if (!w->given->id)
		return w->is_told;
	return ++w->looked_at > GIVEN_MAX || (!look_for_order(w->given, r) && w->is_told);
}

/* The spell of an instant, with the bounds that it had. */
static void widen(struct spell *spell, const struct history *h, int64_t until)
{
	*spell = h->list[0];
	if (*spell->mode && (spell->id || spell->known == KNOWN_NOW))
		spell->from = spell->at;
	spell->until = until;
	if (until == UNTIL_OPEN && spell->known == KNOWN_LOG)
		spell->known = KNOWN_NOW;
}

int follow_past(struct store *s, const struct past_user *user, int64_t at, struct spell *ret,
	struct spell *ret_given, struct err *err)
{
	_cleanup_(history_done) struct history h = { 0 };
	struct past_walk w = { &h, ret_given, at, UNTIL_OPEN, 0, false };

	*ret_given = (struct spell){ 0 };
	history_begin(&h, at, at + 1);
	if (store_log_of_user(s, user->id, user->name, user->newest, walk_record, &w, err) < 0 ||
		end_history(s, user, &h, err) < 0)
		return -1;
	widen(ret, &h, w.until);
	return 0;
}

struct past_each {
	struct store *s;
	int64_t at, log_begin;
	bool all;
	int (*fn)(void *data, const struct past_status *status);
	void *data;
	struct history history;
	struct err *err;
};

static void add_moment(struct history *h, const struct log_moment *m)
{
	if (m->next.id)
		(void)!add_record(h, &m->next);
	if (m->held.id)
		(void)!add_record(h, &m->held);
}

static int give_moment(void *data, const struct log_moment *m)
{
	struct past_each *e = data;
	struct history *h = &e->history;
	struct past_status status = { m->user, m->extension, m->pbx, { 0 } };
	struct recorded now = { .mode = m->mode,
		.source = m->source,
		.reason = m->reason,
		.note = m->note,
		.at = m->since,
		.since = m->since,
		.due = m->since,
		.until = UNTIL_OPEN };

	history_begin(h, e->at, e->at + 1);
	add_moment(h, m);
	history_end(h, e->log_begin, m->mode ? &now : NULL);
	widen(&status.spell, h, m->until);
	if (*status.spell.source && !*status.spell.reason && m->held.id) {
		struct past_user user = past_user(m->user_id, m->user, m->held.id);
		struct spell given = { 0 };

		if (follow_past(e->s, &user, e->at, &status.spell, &given, e->err) < 0)
			return -1;
		status.spell.until = m->until;
	}
	if (e->all && (h->list[0].known == UNKNOWN_NOT_YET || h->list[0].known == UNKNOWN_GONE))
		return 0;
	return e->fn(e->data, &status);
}

int follow_past_each(struct store *s, const struct ids *who, int64_t at,
	int (*fn)(void *data, const struct past_status *status), void *data, struct err *err)
{
	struct past_each e = { .s = s, .at = at, .all = !who, .fn = fn, .data = data, .err = err };
	int r = store_log_begin(s, &e.log_begin, err);

	if (r == 0)
		r = store_log_at(s, who, at, give_moment, &e, err);
	history_done(&e.history);
	return r;
}
