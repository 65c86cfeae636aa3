/* What schedules say, read once and kept until something that it was read from is written. */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/follow/entry.h"
#include "lib/follow/ladder.h"

enum {
	BUCKETS = 256,
	RULINGS_MAX = 4096, /* further ones are made anew for each user */
};

/* What a schedule says in a window on one wall clock. Many users share it. */
struct timeline {
	struct timeline *next;
	int64_t schedule_id;
	const struct zone *zone; /* lent */
	int64_t from, to;
	struct occurrences days_off;
	struct calendar **calendars; /* whose strings the occurrences lend */
	size_t calendars_n;
	struct spans open;
	struct segments segments;
};

/* What was decided, and from what. */
struct known_ruling {
	struct known_ruling *next;
	struct ruling_key {
		int64_t now, was_until, schedule_id, default_mode_id, period_mode_id[PERIOD_COUNT];
		char zone[ZONE_MAX_LEN + 1];
		bool was_ahead; /* written by a clock that was */
	} from;
	struct ruling ruling;
};

struct known_rules {
	struct known_rules *next;
	int64_t mode_id;
	struct mode_rules rules;
};

/* Read once and kept until something that it was read from is written. */
struct memory {
	struct known_ruling *rulings[BUCKETS];
	size_t rulings_n;
	struct timeline *timelines[BUCKETS];
	struct office *offices[BUCKETS];
	struct known_rules *rules; /* of modes that users in queues are in: few */
	struct memory_modes modes;
	bool has_overrides;
};

static void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	occurrences_done(&t->days_off);
	for (size_t i = 0; i < t->calendars_n; i++)
		calendar_free(t->calendars[i]);
	free(t->calendars);
	spans_done(&t->open);
	segments_done(&t->segments);
	free(t);
}
DEFINE_CLEANUP(struct timeline, timeline_free)

static void follow_free(struct store *s)
{
	follow_forget(s);
	free(s->follow);
}

static void attach(struct store *s, struct zones *zones)
{
	if (!s->follow)
		s->follow = xcalloc(1, sizeof(*s->follow));
	s->follow->zones = zones;
	s->follow_forget = follow_forget;
	s->follow_free = follow_free;
}

static int upgraded(struct store *s, void *zones, struct err *err)
{
	attach(s, zones);
	return follow_entries(s, err);
}

int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err)
{
	if (store_open(path, actor, upgraded, zones, ret, err) < 0)
		return -1;
	attach(*ret, zones);
	return 0;
}

void follow_set_zones(struct store *s, struct zones *zones)
{
	follow_forget(s);
	s->follow->zones = zones;
}

void follow_forget(struct store *s)
{
	struct memory *m = s->follow->memory;

	store_mode_forget(s);
	if (!m)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (m->timelines[i]) {
			struct timeline *t = m->timelines[i];

			m->timelines[i] = t->next;
			timeline_free(t);
		}
		while (m->offices[i]) {
			struct office *o = m->offices[i];

			m->offices[i] = o->next;
			schedule_rules_free(o->rules);
			free(o);
		}
		while (m->rulings[i]) {
			struct known_ruling *r = m->rulings[i];

			m->rulings[i] = r->next;
			free(r);
		}
	}
	while (m->rules) {
		struct known_rules *k = m->rules;

		m->rules = k->next;
		free(k);
	}
	free(m);
	s->follow->memory = NULL;
}

int memory_mode_id(struct store *s, const char *name, int64_t *ret, struct err *err)
{
	struct mode m;

	if (store_mode_find(s, name, &m, err) < 0)
		return -1;
	*ret = m.id;
	return 0;
}

int memory_fill(struct store *s, struct err *err)
{
	_cleanup_(freep) struct memory *m = NULL;
	int64_t n;

	if (s->follow->memory)
		return 0;
	m = xcalloc(1, sizeof(*m));
	for (int i = 0; i < PERIOD_COUNT; i++) {
		if (memory_mode_id(
			    s, period_default_mode((enum period)i), &m->modes.period[i], err) < 0)
			return -1;
	}
	if (memory_mode_id(s, "available", &m->modes.available, err) < 0 ||
		memory_mode_id(s, "away", &m->modes.away, err) < 0 ||
		memory_mode_id(s, "off-work", &m->modes.off_work, err) < 0 ||
		sql_number(s, err, 0, &n, "SELECT EXISTS (SELECT 1 FROM override)", "") < 0)
		return -1;
	m->has_overrides = n;
	s->follow->memory = TAKE_PTR(m);
	return 0;
}

const struct memory_modes *memory_modes(const struct store *s)
{
	return &s->follow->memory->modes;
}

bool memory_has_overrides(const struct store *s)
{
	return s->follow->memory->has_overrides;
}

bool follow_take_warning(struct store *s, char *to, size_t size)
{
	snprintf(to, size, "%s", s->follow->warning);
	*s->follow->warning = '\0';
	return *to;
}

void follow_warn(struct store *s, const char *about, const char *text)
{
	if (!*s->follow->warning)
		snprintf(s->follow->warning, sizeof(s->follow->warning), "%s: %.400s", about, text);
}

int follow_tolerate(struct store *s, const char *about, const struct err *why, struct err *err)
{
	if (why->code == ERR_STORE) {
		if (err)
			*err = *why;
		return -1;
	}
	follow_warn(s, about, why->msg);
	return 0;
}

const struct zone *memory_zone(struct store *s, const char *name)
{
	const struct zone *z;
	struct err err;

	if ((z = s->follow->zones->get(s->follow->zones, name, &err)))
		return z;
	follow_warn(s, name, err.msg);
	z = s->follow->zones->get(s->follow->zones, "", NULL);
	return z ? z : s->follow->zones->get(s->follow->zones, "UTC", NULL);
}

/* Rulings. */

static bool is_like_others(const struct store *s, const struct subject *u)
{
	return !u->has_switches && !u->has_calendars && !s->follow->memory->has_overrides;
}

static bool is_same_key(const struct ruling_key *a, const struct ruling_key *b)
{
	return a->now == b->now && a->was_until == b->was_until &&
		a->schedule_id == b->schedule_id && a->default_mode_id == b->default_mode_id &&
		!memcmp(a->period_mode_id, b->period_mode_id, sizeof(a->period_mode_id)) &&
		!strcmp(a->zone, b->zone) && a->was_ahead == b->was_ahead;
}

static struct ruling_key ruling_key(const struct subject *u, int64_t now)
{
	struct ruling_key key = { 0 };

	key.now = now;
	key.was_until = u->has_presence ? u->was.next_change_at : UNTIL_OPEN;
	key.was_ahead = u->has_presence && u->was.since > now;
	key.schedule_id = u->schedule_id;
	key.default_mode_id = u->default_mode_id;
	memcpy(key.period_mode_id, u->period_mode_id, sizeof(key.period_mode_id));
	text_copy(key.zone, sizeof(key.zone), u->zone);
	return key;
}

const struct ruling *memory_ruling(struct store *s, const struct subject *u, int64_t now)
{
	struct ruling_key key;

	if (!s->follow->memory || !is_like_others(s, u))
		return NULL;
	key = ruling_key(u, now);
	for (struct known_ruling *r = s->follow->memory->rulings[u->schedule_id % BUCKETS]; r;
		r = r->next) {
		if (is_same_key(&r->from, &key))
			return &r->ruling;
	}
	return NULL;
}

void memory_rule(struct store *s, const struct subject *u, int64_t now, const struct ruling *ruling)
{
	struct known_ruling **bucket = &s->follow->memory->rulings[u->schedule_id % BUCKETS], *r;

	if (!is_like_others(s, u) || s->follow->memory->rulings_n == RULINGS_MAX)
		return;
	s->follow->memory->rulings_n++;
	r = xmalloc(sizeof(*r));
	*r = (struct known_ruling){ *bucket, ruling_key(u, now), *ruling };
	*bucket = r;
}

int memory_mode_rules(
	struct store *s, const struct mode *m, const struct mode_rules **ret, struct err *err)
{
	struct known_rules *k;

	if (memory_fill(s, err) < 0)
		return -1;
	for (k = s->follow->memory->rules; k && k->mode_id != m->id; k = k->next)
		;
	if (!k) {
		k = xcalloc(1, sizeof(*k));
		k->next = s->follow->memory->rules;
		s->follow->memory->rules = k;
		k->mode_id = m->id;
		rules_base(m->name, &k->rules.base);
		if (store_mode_rules(s, m->id, &k->rules.mode, err) < 0)
			return -1;
	}
	*ret = &k->rules;
	return 0;
}

/* Offices. */

int office_get(struct store *s, int64_t id, struct office **ret, struct err *err)
{
	struct office **bucket = &s->follow->memory->offices[id % BUCKETS], *o;
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
	if (store_schedule_get(s, id, &o->schedule, err) < 0)
		return -1;
	if (schedule_parse(&o->schedule, &o->rules, &why) < 0)
		follow_warn(s, o->schedule.name, why.msg);
	if (store_period_modes(s, o->schedule.period_mode, o->mode_id, err) < 0)
		return -1;
	for (int i = 0; i < PERIOD_COUNT; i++) {
		if (!o->mode_id[i])
			o->mode_id[i] = s->follow->memory->modes.period[i];
	}
	*ret = o;
	return 0;
}

/* Expand one calendar on the wall clock of `zone`. What cannot be read or expanded is a warning, no failure. */
int memory_expand(struct store *s, int64_t calendar_id, const struct zone *zone, bool own_zone,
	int64_t from, int64_t to, struct occurrences *ret, struct calendar_info *ret_info,
	struct calendar **ret_calendar, struct err *err)
{
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct calendar_state state;
	struct calendar_view view = { .zones = s->follow->zones, .floating = zone };
	struct err why;

	*ret_calendar = NULL;
	ret_info->name[0] = '\0';
	if (store_calendar_load(s, calendar_id, from, to, ret_info, &state, &c, &why) < 0)
		return follow_tolerate(s, ret_info->name, &why, err);
	if (own_zone && (*ret_info->zone || *state.zone))
		view.floating = memory_zone(s, *ret_info->zone ? ret_info->zone : state.zone);
	view.owner = ret_info->owner;
	if (calendar_expand(c, &view, from, to, ret, &why) < 0)
		follow_warn(s, ret_info->name, why.msg);
	else if (*ret->error)
		follow_warn(s, ret_info->name, ret->error);
	*ret_calendar = TAKE_PTR(c);
	return 0;
}

static int add_days_off(struct store *s, struct timeline *t, struct err *err)
{
	_cleanup_(ids_done) struct ids ids = { 0 };
	sqlite3_stmt *st = sql(s, err,
		"SELECT calendar_id FROM schedule_calendar WHERE schedule_id = ? AND position > 0",
		"i", t->schedule_id);

	if (!st || ids_collect(s, st, &ids, err) < 0)
		return -1;
	sqlite3_reset(st);
	for (size_t i = 0; i < ids.n; i++) {
		_cleanup_(occurrences_done) struct occurrences o = { 0 };
		struct occurrences *all = &t->days_off;
		struct calendar_info info;

		t->calendars =
			xreallocarray(t->calendars, t->calendars_n + 1, sizeof(struct calendar *));
		t->calendars[t->calendars_n] = NULL;
		if (memory_expand(s, ids.ids[i], t->zone, false, t->from, t->to, &o, &info,
			    &t->calendars[t->calendars_n], err) < 0)
			return -1;
		t->calendars_n++;
		if (!o.n)
			continue;
		all->list = mem_grow(all->list, &all->cap, all->n + o.n, sizeof(*all->list));
		memcpy(all->list + all->n, o.list, o.n * sizeof(*o.list));
		all->n += o.n;
	}
	return 0;
}

static int add_open(struct store *s, struct timeline *t, struct err *err)
{
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	_cleanup_(occurrences_done) struct occurrences o = { 0 };
	struct calendar_info info;
	int64_t id;

	if (sql_number(s, err, 0, &id,
		    "SELECT calendar_id FROM schedule_calendar WHERE schedule_id = ? AND position = 0",
		    "i", t->schedule_id) < 0)
		return -1;
	if (!id)
		return 0;
	if (memory_expand(s, id, t->zone, false, t->from, t->to, &o, &info, &c, err) < 0)
		return -1;
	calendar_open(&o, t->from, t->to, &t->open);
	return 0;
}

int timeline_get(struct store *s, struct office *office, const struct zone *zone, int64_t from,
	int64_t to, const struct segments **ret, struct err *err)
{
	_cleanup_(timeline_freep) struct timeline *t = NULL;
	const struct schedule *h = &office->schedule;
	struct timeline **bucket = &s->follow->memory->timelines[h->id % BUCKETS];
	struct schedule_view view;

	for (t = *bucket; t; t = t->next) {
		if (t->schedule_id == h->id && t->zone == zone && t->from == from && t->to == to) {
			*ret = &TAKE_PTR(t)->segments;
			return 0;
		}
	}
	t = xcalloc(1, sizeof(*t));
	t->schedule_id = h->id;
	t->zone = zone;
	t->from = from;
	t->to = to;
	if (add_days_off(s, t, err) < 0 ||
		(*office->rules->hours_calendar && add_open(s, t, err) < 0))
		return -1;
	view = (struct schedule_view){
		.zone = zone,
		.open = *office->rules->hours_calendar ? &t->open : NULL,
		.days_off = t->days_off.list,
		.days_off_n = t->days_off.n,
		.forced = h->forced,
		.forced_since = h->forced_since,
		.forced_until = h->forced_until,
	};
	schedule_segments(office->rules, &view, from, to, &t->segments);
	t->next = *bucket;
	*bucket = t;
	*ret = &TAKE_PTR(t)->segments;
	return 0;
}

int follow_segments(struct store *s, int64_t id, const char *zone, int64_t from, int64_t to,
	const struct segments **ret, const struct zone **ret_zone, struct err *err)
{
	struct office *o;

	if (sqlite3_get_autocommit(s->db->sqlite))
		follow_forget(s);
	if (memory_fill(s, err) < 0 || office_get(s, id, &o, err) < 0)
		return -1;
	if (!o->rules)
		return err_set(err, ERR_STORE, "schedule '%s' cannot be read", o->schedule.name);
	*ret_zone = memory_zone(s, *zone ? zone : o->schedule.zone);
	return timeline_get(s, o, *ret_zone, from, to, ret, err);
}
