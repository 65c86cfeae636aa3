/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/instances.h"

#include <stdlib.h>
#include <string.h>

#include "lib/calendar/recur.h"

enum {
	DAY = 86400,
	/* The steps that one expansion may take in all: an event after STEPS_MAX may take STEPS_LEAST, which is enough for a
	 * COUNT of some years, an event after twice STEPS_MAX only STEPS_BARE, which is enough without COUNT. Honest events
	 * thus come out behind hostile ones, and 50,000 hostile ones still end. */
	STEPS_MAX = 4000000,
	STEPS_LEAST = 500,
	STEPS_BARE = 50,
};

void clocks_init(
	struct clocks *c, const struct calendar *calendar, const struct calendar_view *view)
{
	*c = (struct clocks){
		.calendar = calendar,
		.zones = view->zones,
		.floating = { .zone = view->floating },
	};
}

static const struct zone *find_zone(struct clocks *c, const char *name, struct err *err)
{
	const struct zone *z;
	size_t i = 0;

	for (size_t j = 0; j < c->calendar->zones_n; j++) {
		if (strcmp(zone_name(c->calendar->zones[j]), name) == 0)
			return c->calendar->zones[j];
	}
	while (i < c->missing_n && strcmp(c->missing[i], name) != 0)
		i++;
	/* The search for a name that does not exist is slow, and a hostile calendar can have any number of names: remember
	 * some that are missing, then look for no further ones. */
	if (!c->zones || i < c->missing_n || i == CLOCKS_MISSING_MAX) {
		err_set(err, ERR_NOT_FOUND, "there is no time zone '%s'", name);
		return NULL;
	}
	z = c->zones->get(c->zones, name, err);
	if (!z)
		c->missing[c->missing_n++] = name;
	return z;
}

static struct wall *named(struct clocks *c, const char *name, struct err *err)
{
	const struct zone *z;
	size_t i;

	if (c->last < c->named_n && strcmp(c->named[c->last].name, name) == 0)
		return &c->named[c->last].wall;
	for (i = 0; i < c->named_n && strcmp(c->named[i].name, name) != 0; i++)
		;
	if (i == CLOCKS_MAX) {
		err_set(err, ERR_FAILED, "the calendar uses more than %d time zones", CLOCKS_MAX);
		return NULL;
	}
	if (i == c->named_n) {
		z = find_zone(c, name, err);
		if (!z)
			return NULL;
		c->named[i].name = name;
		c->named[i].wall = (struct wall){ .zone = z };
		c->named_n++;
	}
	c->last = i;
	return &c->named[i].wall;
}

struct wall *clocks_of(
	struct clocks *c, const struct event *e, enum time_form form, struct err *err)
{
	switch (form) {
	case TIME_IN_UTC: return &c->utc;
	case TIME_ZONED: return named(c, e->zone, err);
	default: return &c->floating;
	}
}

int64_t calendar_clamp(int64_t at)
{
	return at < CALENDAR_FIRST ? CALENDAR_FIRST : at > CALENDAR_LAST ? CALENDAR_LAST : at;
}

int64_t event_start(const struct event *e)
{
	int64_t start = calendar_clamp(e->start);

	return e->form == TIME_DATE ? wall_day(start) * DAY : start;
}

/* The day that a time names. Some programs write a day as midnight in UTC: that is the same day wherever the viewer is. */
static int64_t day_of(struct clocks *c, enum time_form form, int64_t at)
{
	if (form == TIME_IN_UTC && at % DAY != 0)
		at = wall_from_utc(&c->floating, at);
	return wall_day(at);
}

static void moments_add(struct moments *m, int64_t at)
{
	m->list = mem_grow(m->list, &m->cap, m->n + 1, sizeof(*m->list));
	m->list[m->n++] = at;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool moments_have(const struct moments *m, int64_t at)
{
	return m->n && bsearch(&at, m->list, m->n, sizeof(*m->list), by_value);
}

static int add(struct instances *s, int64_t at, int64_t wall, int64_t length, struct err *err)
{
	if (s->n == EVENT_INSTANCES_MAX)
		return err_set(err, ERR_FAILED,
			"it takes place more than %d times in the time looked at",
			EVENT_INSTANCES_MAX);
	s->list = mem_grow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = (struct instance){ .at = at, .wall = wall, .length = length };
	return 0;
}

/* One search for instances: for which event, by which clocks, in which window. */
struct search {
	struct instances *to;
	struct clocks *clocks;
	const struct event *event;
	struct wall *wall;
	int64_t from, until;
};

static int64_t to_utc(const struct search *s, int64_t wall)
{
	return wall_to_utc(s->wall, wall, s->event->form == TIME_DATE ? WALL_BEGIN : WALL_RFC5545);
}

static int add_wall(const struct search *s, bool is_out, int64_t wall, struct err *err)
{
	int64_t at = to_utc(s, wall);

	if (is_out)
		moments_add(&s->to->gone, at);
	return is_out || at < s->from || at >= s->until ? 0 : add(s->to, at, wall, -1, err);
}

/* A rule of an event. */
struct search_rule {
	const char *text;
	bool is_out; /* EXRULE: its instances are taken out */
	bool has_last;
	int64_t low, high,
		last; /* on the wall from low to high; last is UTC, or on the wall if the event has dates */
};

/* Add the instances of a rule in [low, high), up to `last`. The
 * loop ends: the iterator stops at `high` or after `bound` steps of its own, and no more than `bound` instances are taken. */
static int add_found(const struct search *s, struct recur_iter *it, const struct search_rule *rule,
	struct err *err)
{
	bool is_date = s->event->form == TIME_DATE;
	int64_t steps = 0, bound = STEPS_MAX - s->to->steps, wall;
	int r;

	if (bound < STEPS_LEAST)
		bound = bound > -STEPS_MAX ? STEPS_LEAST : STEPS_BARE;
	recur_iter_bound(it, bound);
	recur_iter_seek(it, rule->low);
	while ((r = recur_iter_next(it, rule->high, &wall)) > 0 && ++steps <= bound) {
		if (rule->has_last && (is_date ? wall : to_utc(s, wall)) > rule->last)
			continue;
		if (add_wall(s, rule->is_out, wall, err) < 0)
			break;
	}
	s->to->steps += steps + recur_iter_steps(it);
	if (r == 0)
		return 0;
	if (r > 0 && steps <= bound)
		return -1;
	return err_set(err, ERR_FAILED, "its rule '%.60s' takes too long to follow", rule->text);
}

static int add_rule(const struct search *s, const char *text, struct err *err)
{
	struct search_rule found = { .text = text + (*text == '-'), .is_out = *text == '-' };
	_cleanup_(recur_freep) struct recur *rule = NULL;
	_cleanup_(recur_iter_freep) struct recur_iter *it = NULL;
	bool is_date = s->event->form == TIME_DATE;

	if (recur_parse(found.text, &rule, err) < 0)
		return -1;
	if (is_date && recur_is_subdaily(rule))
		return err_set(err, ERR_FAILED,
			"it is for whole days, but its rule '%.60s' is for hours", found.text);
	wall_range(s->wall, s->from, s->until, &found.low, &found.high);
	found.has_last = recur_until(rule, &found.last) == RECUR_UNTIL_UTC;
	if (found.has_last) {
		/* Stop the iterator at UNTIL on the wall, and two days later to allow for clocks that change. */
		int64_t end;

		found.last = calendar_clamp(found.last);
		if (is_date)
			found.last = day_of(s->clocks, TIME_IN_UTC, found.last) * DAY;
		end = (is_date ? found.last : wall_from_utc(s->wall, found.last)) + 2 * DAY;
		if (found.high > end)
			found.high = end;
	}
	if (found.low >= found.high)
		return 0;
	it = (is_date ? recur_iter_new_date : recur_iter_new)(rule, event_start(s->event));
	if (found.is_out)
		recur_iter_drop_first(it);
	return add_found(s, it, &found, err);
}

static int add_rules(const struct search *s, struct err *err)
{
	_cleanup_(freep) char *rules = NULL;
	char *rest, *text;

	if (add_wall(s, false, event_start(s->event), err) < 0)
		return -1;
	if (!*s->event->rule)
		return 0;
	rest = rules = xstrdup(s->event->rule);
	for (int n = 0; (text = strsep(&rest, "\n")); n++) {
		if (n == EVENT_RULES_MAX)
			return err_set(
				err, ERR_FAILED, "it has more than %d rules", EVENT_RULES_MAX);
		if (add_rule(s, text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_rdate(const struct search *s, const struct event_date *d, struct err *err)
{
	const struct event *e = s->event;
	int64_t at = calendar_clamp(d->at), wall, length = d->length;
	struct wall *clock;

	if (length < 0)
		length = -1;
	if (length > EVENT_LENGTH_MAX_S)
		length = EVENT_LENGTH_MAX_S;
	if (at - 3 * DAY > s->until || at + 3 * DAY < s->from)
		return 0;
	if (e->form == TIME_DATE || d->form == TIME_DATE) {
		/* A date that stands among times has the time of day of DTSTART. */
		wall = day_of(s->clocks, d->form, at) * DAY + event_start(e) -
			wall_day(event_start(e)) * DAY;
		at = to_utc(s, wall);
	} else {
		clock = clocks_of(s->clocks, e, d->form, err);
		if (!clock)
			return -1;
		wall = at;
		at = wall_to_utc(clock, wall, WALL_RFC5545);
		if (clock != s->wall)
			wall = wall_from_utc(s->wall, at);
	}
	return at < s->from || at >= s->until ? 0 : add(s->to, at, wall, length, err);
}

/* Note an EXDATE or RECURRENCE-ID of `e`. A date takes out every instance of its day, a time the instance at that instant. */
static void add_gone(const struct search *s, const struct event *e, const struct event_date *d)
{
	const struct instances *to = s->to;
	int64_t at = calendar_clamp(d->at);
	struct wall *clock;

	if (at < to->list[0].at - 3 * DAY || at > to->list[to->n - 1].at + 3 * DAY)
		return;
	if (s->event->form == TIME_DATE || d->form == TIME_DATE) {
		moments_add(&s->to->gone_days, day_of(s->clocks, d->form, at));
		return;
	}
	/* A time whose zone does not exist takes nothing out. */
	clock = clocks_of(s->clocks, e, d->form, NULL);
	if (clock)
		moments_add(&s->to->gone, wall_to_utc(clock, at, WALL_RFC5545));
}

/* Sort by time. Of two at the same instant the one with a length of its own is first: filter() keeps the first. */
static int by_time(const void *a, const void *b)
{
	const struct instance *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->length < y->length) - (x->length > y->length);
}

static void moments_sort(struct moments *m)
{
	if (m->n)
		qsort(m->list, m->n, sizeof(*m->list), by_value);
}

/* Drop doubles and what is taken out. */
static void filter(struct instances *s)
{
	int64_t last = INT64_MIN;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct instance x = s->list[i];

		if (x.at == last)
			continue;
		last = x.at;
		if (!moments_have(&s->gone, x.at) && !moments_have(&s->gone_days, wall_day(x.wall)))
			s->list[n++] = x;
	}
	s->n = n;
}

int instances_find(struct instances *s, struct clocks *clocks, const struct event *e,
	const struct event *overrides, size_t overrides_n, int64_t from, int64_t to,
	struct err *err)
{
	struct search search = { .to = s, .clocks = clocks, .event = e, .from = from, .until = to };

	s->n = s->gone.n = s->gone_days.n = 0;
	search.wall = clocks_of(clocks, e, e->form, err);
	if (!search.wall || add_rules(&search, err) < 0)
		return -1;
	for (size_t i = 0; i < e->rdates_n; i++) {
		if (add_rdate(&search, &e->rdates[i], err) < 0)
			return -1;
	}
	if (!s->n)
		return 0;
	qsort(s->list, s->n, sizeof(*s->list), by_time);
	for (size_t i = 0; i < e->exdates_n; i++)
		add_gone(&search, e, &e->exdates[i]);
	for (size_t i = 0; i < overrides_n; i++)
		add_gone(&search, &overrides[i], &overrides[i].instance);
	moments_sort(&s->gone);
	moments_sort(&s->gone_days);
	filter(s);
	return 0;
}

void instances_done(struct instances *s)
{
	free(s->list);
	free(s->gone.list);
	free(s->gone_days.list);
	*s = (struct instances){ 0 };
}
