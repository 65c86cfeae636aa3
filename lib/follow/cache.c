/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/cache.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/follow/inside.h"
#include "lib/follow/warning.h"
#include "lib/store/calendar.h"
#include "lib/store/mode.h"
#include "lib/store/override.h"
#include "lib/store/rule.h"
#include "lib/store/schedule.h"

enum {
	BUCKETS = 256,
	RESOLVED_MAX = 4096, /* further decisions are not kept */
};

/* What a schedule says in a window, on one wall clock. Many users share it. The key is the schedule, the zone and the window: all
 * else that it is made of is in the database, and each writer of it calls follow_forget(). */
struct schedule_window {
	struct schedule_window *next;
	int64_t schedule_id;
	const struct zone *zone; /* lent */
	bool own;
	int64_t from, to;
	struct occurrences days_off;
	struct calendar **calendars; /* the occurrences point to their strings */
	size_t calendars_n;
	struct spans open;
	struct segments segments;
};

/* A decision, and all that it follows from. Only users share it who have no switch and no calendar, while there is no override.
 * Then the ladder has two kinds of rungs: the segments of the schedule on the user's wall clock, each with the mode of its
 * period, and the default mode. These, `now` and the instant from which the ladder looks back (was_until and was_ahead, see
 * look_back()) are the key. */
struct known_resolved {
	struct known_resolved *next;
	struct resolved_key {
		int64_t now, was_until, schedule_id, default_mode_id, period_mode_id[PERIOD_COUNT];
		char zone[ZONE_MAX_LEN + 1];
		bool was_ahead; /* a clock that was ahead wrote the presence */
	} from;
	struct resolved resolved;
};

struct known_rules {
	struct known_rules *next;
	int64_t mode_id;
	struct mode_rules rules;
};

struct cache {
	struct known_resolved *resolved[BUCKETS];
	size_t resolved_n;
	struct schedule_window *windows[BUCKETS];
	struct parsed_schedule *schedules[BUCKETS];
	struct known_rules *rules; /* of modes that users in queues are in: they are few */
	struct cache_modes modes;
	struct ids say_end; /* modes */
	bool has_overrides;
};

static void schedule_window_free(struct schedule_window *w)
{
	if (!w)
		return;
	occurrences_done(&w->days_off);
	for (size_t i = 0; i < w->calendars_n; i++)
		calendar_free(w->calendars[i]);
	free(w->calendars);
	spans_done(&w->open);
	segments_done(&w->segments);
	free(w);
}
DEFINE_CLEANUP(struct schedule_window, schedule_window_free)

static void buckets_free(struct cache *c, size_t i)
{
	while (c->windows[i]) {
		struct schedule_window *w = c->windows[i];

		c->windows[i] = w->next;
		schedule_window_free(w);
	}
	while (c->schedules[i]) {
		struct parsed_schedule *p = c->schedules[i];

		c->schedules[i] = p->next;
		schedule_rules_free(p->rules);
		free(p);
	}
	while (c->resolved[i]) {
		struct known_resolved *r = c->resolved[i];

		c->resolved[i] = r->next;
		free(r);
	}
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		buckets_free(c, i);
	while (c->rules) {
		struct known_rules *k = c->rules;

		c->rules = k->next;
		free(k);
	}
	ids_done(&c->say_end);
	free(c);
}
DEFINE_CLEANUP(struct cache, cache_free)

static struct cache *cache_of(const struct store *s)
{
	return store_follow(s)->cache;
}

/* A mode that the ladder itself names. One walk over the modes finds all of them. */
struct named_mode {
	const char *name;
	int64_t *id;
};

struct named_modes {
	struct named_mode list[PERIOD_COUNT + 4];
	int64_t first; /* the first one that is available, or the first at all */
	bool is_available;
};

static int keep_mode(void *data, const struct mode *m)
{
	struct named_modes *modes = data;

	if (!modes->first || (!modes->is_available && m->type == PTYPE_AVAILABLE)) {
		modes->first = m->id;
		modes->is_available = m->type == PTYPE_AVAILABLE;
	}
	for (struct named_mode *n = modes->list; n->name; n++) {
		if (!strcasecmp(n->name, m->name) || !strcasecmp(n->name, m->alias))
			*n->id = m->id;
	}
	return 0;
}

/* Nobody can delete a built-in mode, but another program can. Then one that is available stands in for it. */
static int read_modes(struct store *s, struct cache_modes *ret, struct err *err)
{
	struct named_modes named = { .list = { { "available", &ret->available },
					     { "away", &ret->away },
					     { "off-work", &ret->off_work } } };
	struct err why;
	struct mode none;

	for (int i = 0; i < PERIOD_COUNT; i++)
		named.list[3 + i] =
			(struct named_mode){ period_default_mode((enum period)i), &ret->period[i] };
	if (store_mode_each(s, keep_mode, &named, err) < 0)
		return -1;
	if (!named.first)
		return err_set(err, ERR_STORE, "the database has no modes");
	for (struct named_mode *n = named.list; n->name; n++) {
		if (*n->id)
			continue;
		if (store_mode_find(s, n->name, &none, &why) < 0 &&
			follow_tolerate(s, "the database", &why, err) < 0)
			return -1;
		*n->id = named.first;
	}
	return 0;
}

int cache_fill(struct store *s, struct err *err)
{
	_cleanup_(cache_freep) struct cache *c = NULL;

	if (cache_of(s))
		return 0;
	c = xcalloc(1, sizeof(*c));
	if (read_modes(s, &c->modes, err) < 0 ||
		store_override_any(s, &c->has_overrides, err) < 0 ||
		store_rule_say_end(s, &c->say_end, err) < 0)
		return -1;
	store_follow(s)->cache = TAKE_PTR(c);
	return 0;
}

const struct cache_modes *cache_modes(const struct store *s)
{
	return &cache_of(s)->modes;
}

bool cache_has_overrides(const struct store *s)
{
	return cache_of(s)->has_overrides;
}

bool cache_says_end(const struct store *s, int64_t mode_id)
{
	const struct ids *modes = &cache_of(s)->say_end;
	size_t i = 0;

	while (i < modes->n && modes->ids[i] != mode_id)
		i++;
	return i < modes->n;
}

const struct zone *cache_zone(struct store *s, const char *name)
{
	const struct zone *z;
	struct zones *zones = store_follow(s)->zones;
	struct err err;

	if ((z = zones->get(zones, name, &err)))
		return z;
	follow_warn(s, name, err.msg);
	z = zones->get(zones, "", NULL);
	return z ? z : zones->get(zones, "UTC", NULL);
}

/* Decisions that many users share. */

static bool is_like_others(const struct store *s, const struct ladder_user *u)
{
	return !u->has_switches && !u->has_calendars && !cache_of(s)->has_overrides;
}

static bool is_same_key(const struct resolved_key *a, const struct resolved_key *b)
{
	return a->now == b->now && a->was_until == b->was_until &&
		a->schedule_id == b->schedule_id && a->default_mode_id == b->default_mode_id &&
		!memcmp(a->period_mode_id, b->period_mode_id, sizeof(a->period_mode_id)) &&
		!strcmp(a->zone, b->zone) && a->was_ahead == b->was_ahead;
}

static struct resolved_key resolved_key(const struct ladder_user *u, int64_t now)
{
	struct resolved_key key = { 0 };

	key.now = now;
	key.was_until = u->has_presence ? u->was.next_change_at : UNTIL_OPEN;
	key.was_ahead = u->has_presence && u->was.since > now;
	key.schedule_id = u->schedule_id;
	key.default_mode_id = u->default_mode_id;
	memcpy(key.period_mode_id, u->period_mode_id, sizeof(key.period_mode_id));
	text_copy(key.zone, sizeof(key.zone), u->zone);
	return key;
}

const struct resolved *cache_resolved(struct store *s, const struct ladder_user *u, int64_t now)
{
	struct resolved_key key;

	if (!cache_of(s) || !is_like_others(s, u))
		return NULL;
	key = resolved_key(u, now);
	for (struct known_resolved *r = cache_of(s)->resolved[(uint64_t)u->schedule_id % BUCKETS];
		r; r = r->next) {
		if (is_same_key(&r->from, &key))
			return &r->resolved;
	}
	return NULL;
}

void cache_keep_resolved(
	struct store *s, const struct ladder_user *u, int64_t now, const struct resolved *resolved)
{
	struct known_resolved **bucket = &cache_of(s)->resolved[(uint64_t)u->schedule_id % BUCKETS],
			      *r;

	if (!is_like_others(s, u) || cache_of(s)->resolved_n == RESOLVED_MAX)
		return;
	cache_of(s)->resolved_n++;
	r = xmalloc(sizeof(*r));
	*r = (struct known_resolved){ *bucket, resolved_key(u, now), *resolved };
	*bucket = r;
}

int cache_mode_rules(
	struct store *s, const struct mode *m, const struct mode_rules **ret, struct err *err)
{
	struct known_rules *k;

	if (cache_fill(s, err) < 0)
		return -1;
	for (k = cache_of(s)->rules; k && k->mode_id != m->id; k = k->next)
		;
	if (!k) {
		k = xcalloc(1, sizeof(*k));
		k->next = cache_of(s)->rules;
		cache_of(s)->rules = k;
		k->mode_id = m->id;
		rules_base(m->name, &k->rules.base);
		if (store_mode_rules(s, m->id, &k->rules.mode, err) < 0)
			return -1;
	}
	*ret = &k->rules;
	return 0;
}

/* Schedules. */

/* A country that cannot be looked up is a warning. All other holidays count. */
static void bind_holidays(struct store *s, const char *about, struct holidays *h)
{
	struct err why;

	if (holidays_bind(h, store_follow(s)->countries, &why) < 0)
		follow_warn(s, about, why.msg);
}

int cache_schedule(
	struct store *s, int64_t id, int64_t now, struct parsed_schedule **ret, struct err *err)
{
	struct parsed_schedule **bucket = &cache_of(s)->schedules[(uint64_t)id % BUCKETS], *o;
	struct err why;

	for (o = *bucket; o; o = o->next) {
		if (o->schedule.id == id) {
			*ret = o;
			return 0;
		}
	}
	o = xcalloc(1, sizeof(*o));
	o->next = *bucket;
	*bucket = o;
	o->schedule.id = id;
	if (store_schedule_get(s, id, &o->schedule, &why) < 0) {
		o->schedule = (struct schedule){ .id = id };
		if (follow_tolerate(s, "the database", &why, err) < 0)
			return -1;
	} else if (schedule_parse(&o->schedule, &o->rules, &why) < 0) {
		follow_warn(s, o->schedule.name, why.msg);
	} else if (o->rules->holidays) {
		bind_holidays(s, o->schedule.name, o->rules->holidays);
	}
	if (o->schedule.forced_since > now)
		o->schedule.forced_since = now;
	if (store_period_modes(s, o->schedule.period_mode, o->mode_id, err) < 0)
		return -1;
	for (int i = 0; i < PERIOD_COUNT; i++) {
		if (!o->mode_id[i])
			o->mode_id[i] = cache_of(s)->modes.period[i];
	}
	*ret = o;
	return 0;
}

int cache_expand(struct store *s, int64_t calendar_id, const struct zone *zone, bool own_zone,
	int64_t from, int64_t to, struct occurrences *ret, struct calendar_info *ret_info,
	struct calendar **ret_calendar, struct err *err)
{
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct calendar_state state;
	struct calendar_view view = { .zones = store_follow(s)->zones, .floating = zone };
	struct err why;

	*ret_calendar = NULL;
	ret_info->name[0] = '\0';
	if (store_calendar_load(s, calendar_id, from, to, ret_info, &state, &c, &why) < 0)
		return follow_tolerate(s, ret_info->name, &why, err);
	if (c->holidays)
		bind_holidays(s, ret_info->name, c->holidays);
	if (own_zone && (*ret_info->zone || *state.zone))
		view.floating = cache_zone(s, *ret_info->zone ? ret_info->zone : state.zone);
	view.owner = ret_info->owner;
	if (calendar_expand(c, &view, from, to, ret, &why) < 0)
		follow_warn(s, ret_info->name, why.msg);
	occurrences_calm(ret);
	if (*ret->error)
		follow_warn(s, ret_info->name, ret->error);
	*ret_calendar = TAKE_PTR(c);
	return 0;
}

static int add_days_off(struct store *s, const struct schedule_rules *rules,
	struct schedule_window *w, int64_t calendar_id, const char *pattern, struct err *err)
{
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	struct occurrences *all = &w->days_off;
	struct calendar_info info;
	int64_t to = w->to;

	schedule_days_off_reach(rules, &to);
	w->calendars = xreallocarray(w->calendars, w->calendars_n + 1, sizeof(struct calendar *));
	w->calendars[w->calendars_n] = NULL;
	if (cache_expand(s, calendar_id, w->zone, false, w->from, to, &o, &info,
		    &w->calendars[w->calendars_n], err) < 0)
		return -1;
	w->calendars_n++;
	if (!o.n)
		return 0;
	all->list = mem_grow(all->list, &all->cap, all->n + o.n, sizeof(*all->list));
	for (size_t i = 0; i < o.n; i++) {
		if (closure_has(pattern, o.list[i].summary, o.list[i].categories))
			all->list[all->n++] = o.list[i];
	}
	return 0;
}

static int add_open(struct store *s, const struct schedule_rules *rules, struct schedule_window *w,
	int64_t calendar_id, struct err *err)
{
	int64_t from = w->from, to = w->to;
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	struct calendar_info info;

	if (!calendar_id)
		return 0;
	schedule_open_reach(rules, &from, &to);
	if (cache_expand(s, calendar_id, w->zone, false, from, to, &o, &info, &c, err) < 0)
		return -1;
	calendar_open(&o, from, to, &w->open);
	return 0;
}

static int add_calendars(struct store *s, const struct schedule_rules *rules,
	struct schedule_window *w, struct err *err)
{
	struct schedule_holidays holidays;
	int64_t open;

	if (store_schedule_calendars(s, w->schedule_id, &open, &holidays, err) < 0)
		return -1;
	for (size_t i = 0; i < holidays.n; i++) {
		if (add_days_off(s, rules, w, holidays.calendar_id[i], holidays.pattern[i], err) <
			0)
			return -1;
	}
	return *rules->hours_calendar ? add_open(s, rules, w, open, err) : 0;
}

int cache_segments(struct store *s, struct parsed_schedule *parsed, bool own,
	const struct zone *zone, int64_t from, int64_t to, const struct segments **ret,
	struct err *err)
{
	_cleanup_(schedule_window_freep) struct schedule_window *w = NULL;
	const struct schedule *sched = &parsed->schedule;
	struct schedule_window **bucket = &cache_of(s)->windows[(uint64_t)sched->id % BUCKETS];
	bool has_open = *parsed->rules->hours_calendar;
	struct schedule_view view;

	for (w = *bucket; w; w = w->next) {
		if (w->schedule_id == sched->id && w->zone == zone && w->own == own &&
			w->from == from && w->to == to) {
			*ret = &TAKE_PTR(w)->segments;
			return 0;
		}
	}
	w = xcalloc(1, sizeof(*w));
	w->schedule_id = sched->id;
	w->zone = zone;
	w->own = own;
	w->from = from;
	w->to = to;
	if (add_calendars(s, parsed->rules, w, err) < 0)
		return -1;
	view = (struct schedule_view){
		.zone = zone,
		.open = has_open ? &w->open : NULL,
		.days_off = w->days_off.list,
		.days_off_n = w->days_off.n,
		.forced = own ? -1 : sched->forced,
		.forced_since = sched->forced_since,
		.forced_until = sched->forced_until,
	};
	schedule_segments(parsed->rules, &view, from, to, &w->segments);
	w->next = *bucket;
	*bucket = w;
	*ret = &TAKE_PTR(w)->segments;
	return 0;
}
