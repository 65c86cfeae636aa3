/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/ladder.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/calendar/pattern.h"
#include "lib/follow/cache.h"
#include "lib/follow/inside.h"
#include "lib/follow/warning.h"
#include "lib/store/mode.h"
#include "lib/store/override.h"

enum {
	DAY = 86400,
	OVERRIDES_MAX = 64, /* of one user; older ones do not count */
	SWITCHES_MAX = 64,  /* of one user; older ones do not count, though they end later */
};

static int read_overrides(
	struct store *s, const struct ladder_user *u, struct ladder *l, struct err *err)
{
	if (!cache_has_overrides(s))
		return 0;
	l->overrides = xcalloc(OVERRIDES_MAX, sizeof(*l->overrides));
	l->in.overrides = l->overrides;
	return store_override_of_user(
		s, u->id, l->overrides, OVERRIDES_MAX, &l->in.overrides_n, err);
}

/* The modes that a user's texts give to appointments. 0: the appointment does not count. */
struct busy_rules {
	int64_t busy_id, oof_id;
	struct patterns patterns;
	int64_t pattern_id[PATTERNS_MAX];
};

static int named_mode(struct store *s, const struct ladder_user *u, const char *name,
	int64_t fallback, int64_t *ret, struct err *err)
{
	struct mode m;
	struct err why;

	*ret = fallback;
	if (!strcasecmp(name, "none")) {
		*ret = 0;
	} else if (*name) {
		if (store_mode_find(s, name, &m, &why) < 0)
			return follow_tolerate(s, u->name, &why, err);
		*ret = m.id;
	}
	return 0;
}

static int read_busy_rules(
	struct store *s, const struct ladder_user *u, struct busy_rules *ret, struct err *err)
{
	struct err why;

	if (named_mode(s, u, u->busy, cache_modes(s)->away, &ret->busy_id, err) < 0 ||
		named_mode(s, u, u->oof, cache_modes(s)->off_work, &ret->oof_id, err) < 0)
		return -1;
	if (patterns_parse(u->patterns, &ret->patterns, &why) < 0) {
		ret->patterns.n = 0;
		return follow_tolerate(s, u->name, &why, err);
	}
	for (size_t i = 0; i < ret->patterns.n; i++) {
		if (named_mode(s, u, ret->patterns.list[i].mode, ret->busy_id, &ret->pattern_id[i],
			    err) < 0)
			return -1;
	}
	return 0;
}

static void add_appointment(struct ladder *l, const struct ladder_user *u, int64_t start,
	int64_t end, int64_t mode, enum event_kind kind, const char *summary, const char *calendar)
{
	if (!mode || start >= end)
		return;
	l->appointments = mem_grow(l->appointments, &l->appointments_cap, l->in.appointments_n + 1,
		sizeof(*l->appointments));
	l->appointments[l->in.appointments_n++] = (struct appointment){
		.start = start - u->lead_s,
		.end = end + u->lag_s,
		.mode_id = mode,
		.kind = kind,
		.summary = summary,
		.calendar = calendar,
	};
}

/* A VAVAILABILITY says when its owner is free. They are busy in the rest of it. */
static void add_unavailable(struct ladder *l, const struct ladder_user *u,
	const struct occurrences *o, int64_t from, int64_t to, int64_t mode, const char *calendar)
{
	struct occurrences some = { 0 };
	struct spans busy = { 0 };

	for (size_t i = 0; i < o->n; i++) {
		if (o->list[i].kind != EVENT_UNAVAILABLE && o->list[i].kind != EVENT_AVAILABLE)
			continue;
		some.list = mem_grow(some.list, &some.cap, some.n + 1, sizeof(*some.list));
		some.list[some.n++] = o->list[i];
	}
	if (some.n)
		calendar_busy(&some, from, to, &busy);
	for (size_t i = 0; i < busy.n; i++)
		add_appointment(
			l, u, busy.list[i].start, busy.list[i].end, mode, EVENT_BUSY, "", calendar);
	spans_done(&busy);
	free(some.list);
}

static void add_occurrences(struct ladder *l, const struct ladder_user *u,
	const struct busy_rules *rules, const struct occurrences *o, const char *calendar)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *x = &o->list[i];
		const char *word = patterns_match(&rules->patterns, x->summary, x->categories);
		int64_t mode = x->kind == EVENT_OOF ? rules->oof_id : rules->busy_id;

		if (x->kind != EVENT_BUSY && x->kind != EVENT_OOF)
			continue;
		for (size_t k = 0; word && k < rules->patterns.n; k++) {
			if (rules->patterns.list[k].mode == word)
				mode = rules->pattern_id[k];
		}
		add_appointment(l, u, x->start, x->end, mode, x->kind, x->summary, calendar);
	}
}

static int by_start(const void *a, const void *b)
{
	const struct appointment *x = a, *y = b;

	return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
				    : (x->end > y->end) - (x->end < y->end);
}

static int read_appointments(
	struct store *s, const struct ladder_user *u, struct ladder *l, struct err *err)
{
	_cleanup_(ids_done) struct ids ids = { 0 };
	struct busy_rules rules = { 0 };
	int64_t from = l->in.from - u->lag_s, to = l->in.to + u->lead_s;

	if (!u->has_calendars)
		return 0;
	if (store_ladder_calendars(s, u->id, &ids, err) < 0 ||
		read_busy_rules(s, u, &rules, err) < 0)
		return -1;
	l->sources = xcalloc(ids.n, sizeof(*l->sources));
	for (; l->sources_n < ids.n; l->sources_n++) {
		struct ladder_source *source = &l->sources[l->sources_n];
		struct calendar_info info;
		struct occurrences o = { 0 };

		if (cache_expand(s, ids.ids[l->sources_n], l->zone, true, from, to, &o, &info,
			    &source->calendar, err) < 0)
			return -1;
		text_copy(source->name, sizeof(source->name), info.name);
		add_occurrences(l, u, &rules, &o, source->name);
		add_unavailable(l, u, &o, from, to, rules.busy_id, source->name);
		occurrences_done(&o);
	}
	if (l->in.appointments_n > 1)
		qsort(l->appointments, l->in.appointments_n, sizeof(*l->appointments), by_start);
	l->in.appointments = l->appointments;
	busy_times_of(l->appointments, l->in.appointments_n, &l->in.busy);
	return 0;
}

/* When a switch until `next` ends. An edit or a forced period may have brought another period than the one in which the switch was
 * made: then that one has begun now. A clock that was ahead may have made the switch later than now. */
static int64_t next_end(const struct ladder *l, struct mode_switch *m)
{
	int64_t at = m->since > l->in.now ? m->since : l->in.now;
	enum period here = segments_period(l->in.segments, at);

	if (m->during == PERIOD_COUNT)
		m->during = here;
	return here == m->during ? segments_next_start(l->in.segments, at) : at;
}

/* Find the ends of switches until `next` that are not known yet. */
static int settle_next(
	struct store *s, const struct ladder *l, struct switches *switches, struct err *err)
{
	for (size_t i = 0; i < l->in.switches_n && l->in.segments; i++) {
		struct mode_switch *m = &switches->list[i];
		enum period was;

		if (!m->next || m->until != UNTIL_OPEN)
			continue;
		was = m->during;
		m->until = next_end(l, m);
		if ((m->until != UNTIL_OPEN || m->during != was) && m->id &&
			store_in_transaction(s) && store_switch_set_next(s, m, err) < 0)
			return -1;
	}
	return 0;
}

static void use_switches(struct ladder *l, const struct switches *switches)
{
	l->in.switches = switches->list;
	l->in.switches_n = switches->n < SWITCHES_MAX ? switches->n : SWITCHES_MAX;
}

/* Read the user's schedule, their wall clock, and the mode of each period. */
static int read_schedule(struct store *s, const struct ladder_user *u, int64_t from, int64_t to,
	struct ladder *l, struct err *err)
{
	struct parsed_schedule *parsed = NULL;

	if (u->schedule_id && cache_schedule(s, u->schedule_id, l->in.now, &parsed, err) < 0)
		return -1;
	l->zone = cache_zone(s, *u->zone || !parsed ? u->zone : parsed->schedule.zone);
	if (parsed && parsed->rules) {
		text_copy(l->schedule, sizeof(l->schedule), parsed->schedule.name);
		if (cache_segments(s, parsed, false, l->zone, from, to, &l->in.segments, err) < 0)
			return -1;
	}
	for (int i = 0; i < PERIOD_COUNT; i++)
		l->in.period_mode_id[i] = u->period_mode_id[i] ? u->period_mode_id[i]
			: parsed                               ? parsed->mode_id[i]
							       : cache_modes(s)->period[i];
	return 0;
}

static int ladder_read(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t now, int64_t from, int64_t to, struct ladder *l, struct err *err)
{
	if (cache_fill(s, err) < 0)
		return -1;
	*l = (struct ladder){ .has_default = u->default_mode_id };
	l->in.default_mode_id = u->default_mode_id ? u->default_mode_id : cache_modes(s)->available;
	l->in.now = now;
	l->in.from = from;
	l->in.to = to;
	if (!u->schedule_id && !u->has_calendars) {
		l->in.from = INT64_MIN;
		l->in.to = UNTIL_OPEN;
	}
	use_switches(l, switches);
	if (read_overrides(s, u, l, err) < 0 || read_schedule(s, u, from, to, l, err) < 0 ||
		read_appointments(s, u, l, err) < 0)
		return -1;
	return settle_next(s, l, switches, err);
}

int ladder_next_start(struct store *s, const struct ladder_user *u, int64_t now,
	struct mode_switch *m, struct err *err)
{
	struct ladder l = { .in.now = now };

	if (cache_fill(s, err) < 0 || read_schedule(s, u, now, now + LADDER_BACK_S, &l, err) < 0)
		return -1;
	m->during = PERIOD_COUNT;
	m->until = l.in.segments ? next_end(&l, m) : UNTIL_OPEN;
	return 0;
}

void ladder_done(struct ladder *l)
{
	for (size_t i = 0; i < l->sources_n; i++)
		calendar_free(l->sources[i].calendar);
	free(l->sources);
	free(l->overrides);
	switches_done(&l->switches);
	free(l->appointments);
	busy_times_done(&l->in.busy);
	*l = (struct ladder){ 0 };
}

/* How many days a window goes ahead. 8 days show the next opening in nearly all cases. 60 days are for long holidays, 400 for what
 * comes once a year. */
static const int ahead_days[] = { 8, 60, 400 };

/* True if only an administrator or the user can end the rung. A wider window then shows no end either. */
static bool is_open(const struct ladder *l, const struct rung *r)
{
	if (r->end != UNTIL_OPEN)
		return false;
	return r->override || (r->mode_switch && !(r->mode_switch->next && l->in.segments));
}

/* From where resolve() walks to find when the mode began. The presence in the database was right until its next_change_at. If
 * that has passed, walk from there: nobody has looked since. Else time has changed nothing: begin at `at`. If a clock that was
 * ahead wrote the presence, it proves nothing: walk from the begin of the window. */
static int64_t look_back(const struct ladder_user *u, int64_t at, int64_t from)
{
	int64_t back = at;

	if (u->has_presence && u->was.since > at)
		back = from;
	else if (u->has_presence && u->was.next_change_at < at)
		back = u->was.next_change_at;
	return back < from ? from : back;
}

/* Decide in a short window first, because a wide one costs more. Take the next wider one if no other mode is in sight, unless it
 * cannot show one: the window has no end already, or only a person ends the rung that wins. The last window is taken as it is. */
int ladder_decide(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t at, int64_t now, struct ladder *l, struct decision *d, struct err *err)
{
	int64_t from = at - LADDER_BACK_S, back;

	for (size_t i = 0;; i++) {
		if (ladder_read(s, u, switches, now, from, at + ahead_days[i] * DAY, l, err) < 0)
			return -1;
		back = look_back(u, at, from);
		resolve(&l->in, at, back, d);
		if (d->until != UNTIL_OPEN || l->in.to == UNTIL_OPEN ||
			i + 1 == ARRAY_SIZE(ahead_days) || is_open(l, &d->winner))
			return 0;
		ladder_done(l);
	}
}

/* Outside of a transaction others may write between two calls. So the cache is dropped at each call. */
static int read_user(struct store *s, int64_t user_id, struct ladder_user *ret,
	struct switches *ret_switches, struct err *err)
{
	if (!store_in_transaction(s))
		follow_forget(s);
	if (store_ladder_user_get(s, user_id, ret, err) < 0)
		return -1;
	return ret->has_switches ? store_switch_of_user(s, user_id, ret_switches, err) : 0;
}

/* Give the switches to the ladder, which points to them. */
static int give(struct ladder *l, struct switches *switches, int r)
{
	l->switches = *switches;
	*switches = (struct switches){ 0 };
	if (r < 0)
		ladder_done(l);
	return r;
}

int follow_ladder(struct store *s, int64_t user_id, int64_t at, int64_t now, struct ladder *ret,
	struct decision *d, struct err *err)
{
	_cleanup_(switches_done) struct switches switches = { 0 };
	struct ladder_user u;

	*ret = (struct ladder){ 0 };
	if (read_user(s, user_id, &u, &switches, err) < 0)
		return -1;
	u.has_presence = u.has_presence && at == now;
	return give(ret, &switches, ladder_decide(s, &u, &switches, at, now, ret, d, err));
}

int follow_ladder_window(struct store *s, int64_t user_id, int64_t now, int64_t from, int64_t to,
	struct ladder *ret, struct err *err)
{
	_cleanup_(switches_done) struct switches switches = { 0 };
	struct ladder_user u;
	int r;

	*ret = (struct ladder){ 0 };
	if (read_user(s, user_id, &u, &switches, err) < 0)
		return -1;
	r = give(ret, &switches, ladder_read(s, &u, &switches, now, from, to, ret, err));
	if (r < 0)
		return -1;
	ret->in.from = from;
	ret->in.to = to;
	return 0;
}
