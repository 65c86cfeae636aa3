/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/schedule.h"

#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/time/civil.h"

_Static_assert((int)HOURS_MAX_LEN == HOURS_TEXT_MAX && (int)HOLIDAYS_MAX_LEN == HOLIDAYS_TEXT_MAX,
	"the model has room for what is read");

enum { DAY = 86400 };

#define CALENDAR_PREFIX "calendar:"

const char *schedule_hours_calendar(const char *hours)
{
	size_t n = strlen(CALENDAR_PREFIX);

	return strncasecmp(hours, CALENDAR_PREFIX, n) ? NULL : hours + n;
}

int schedule_parse(const struct schedule *s, struct schedule_rules **ret, struct err *err)
{
	_cleanup_(schedule_rules_freep) struct schedule_rules *r = xcalloc(1, sizeof(*r));
	const char *calendar = schedule_hours_calendar(s->hours);

	if (calendar)
		text_copy(r->hours_calendar, sizeof(r->hours_calendar), calendar);
	else if (hours_parse(s->hours, &r->hours, err) < 0)
		return err_wrap(err, "hours");
	if (*s->breaks && hours_parse(s->breaks, &r->breaks, err) < 0)
		return err_wrap(err, "breaks");
	if (specials_parse(s->special, &r->special, err) < 0)
		return -1;
	r->has_before_holiday = *s->before_holiday;
	if (r->has_before_holiday && special_parse(s->before_holiday, &r->before_holiday, err) < 0)
		return err_wrap(err, "before-holiday");
	if (*s->holidays && holidays_parse(s->holidays, &r->holidays, err) < 0)
		return err_wrap(err, "holidays");
	*ret = TAKE_PTR(r);
	return 0;
}

void schedule_rules_free(struct schedule_rules *r)
{
	if (!r)
		return;
	hours_free(r->hours);
	hours_free(r->breaks);
	specials_done(&r->special);
	holidays_free(r->holidays);
	free(r);
}

void segments_done(struct segments *s)
{
	free(s->list);
	*s = (struct segments){ 0 };
}

/* How segments are made. Each rank of the precedence is a layer: the times at which it has a say, sorted and without overlap.
 * A sweep goes through the window. decide() looks at all layers at one instant and says which rank wins and until when no
 * layer changes; there the sweep goes on. Each step is later than the one before, so the sweep ends. */
struct layer {
	struct piece {
		int64_t start, end;
		const char *name;
	} * list;
	size_t n, cap;
	size_t at; /* where the sweep is */
};

static void layer_done(struct layer *l)
{
	free(l->list);
}

static void layer_add(struct layer *l, int64_t start, int64_t end, const char *name)
{
	if (start >= end)
		return;
	l->list = mem_grow(l->list, &l->cap, l->n + 1, sizeof(*l->list));
	l->list[l->n++] = (struct piece){ start, end, name };
}

static int by_start(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Sort the pieces and take overlaps out: a piece that begins first holds to its end. */
static void layer_settle(struct layer *l)
{
	size_t n = 0;

	if (l->n > 1)
		qsort(l->list, l->n, sizeof(*l->list), by_start);
	for (size_t i = 0; i < l->n; i++) {
		struct piece p = l->list[i];

		if (n && p.start < l->list[n - 1].end)
			p.start = l->list[n - 1].end;
		if (p.start < p.end)
			l->list[n++] = p;
	}
	l->n = n;
}

/* The piece that holds at `t`, NULL if there is none. *next is lowered to the instant at which that changes. `t` never goes
 * back. */
static const struct piece *layer_step(struct layer *l, int64_t t, int64_t *next)
{
	const struct piece *p;

	while (l->at < l->n && l->list[l->at].end <= t)
		l->at++;
	if (l->at == l->n)
		return NULL;
	p = &l->list[l->at];
	if (p->start > t) {
		if (p->start < *next)
			*next = p->start;
		return NULL;
	}
	if (p->end < *next)
		*next = p->end;
	return p;
}

static int64_t instant(const struct zone *z, int64_t day, int32_t seconds, bool is_end)
{
	struct civil c;
	int64_t first, other;
	enum zone_fit fit;

	civil_from_seconds(day * DAY + seconds, &c);
	fit = zone_to_utc(z, &c, &first, &other);
	return fit == ZONE_GAP || (fit == ZONE_FOLD && is_end) ? other : first;
}

static int64_t wall(const struct zone *z, int64_t at)
{
	return at + zone_offset(z, at);
}

static int64_t local_day(const struct zone *z, int64_t at)
{
	int64_t local = wall(z, at);

	return (local - (local % DAY + DAY) % DAY) / DAY;
}

enum { FORCED, SPECIAL, HOLIDAY, BREAK, BUSINESS, LAYERS };

static void add_ranges(
	struct layer *l, const struct zone *z, int64_t day, const struct hours_range *ranges, int n)
{
	for (int i = 0; i < n; i++)
		layer_add(l, instant(z, day, ranges[i].start, false),
			instant(z, day, ranges[i].end, true), "");
}

static void add_hours(
	struct layer *l, const struct zone *z, const struct hours *h, int64_t day, int64_t as_day)
{
	struct hours_range ranges[HOURS_OF_DAY_MAX];

	add_ranges(l, z, day, ranges, hours_on(h, as_day, ranges));
}

/* The dates around the window, and what is special about each: a special day, or the day before a holiday. */
struct days {
	int64_t first;
	size_t n;
	const struct special **special;
	bool *is_off, *has_hours; /* only with before_holiday */
};

static const struct special *special_of(const struct days *days, int64_t day)
{
	return day < days->first || day >= days->first + (int64_t)days->n
		? NULL
		: days->special[day - days->first];
}

static void mark(const struct days *days, bool *list, int64_t day)
{
	if (day >= days->first && day < days->first + (int64_t)days->n)
		list[day - days->first] = true;
}

static void add_day(struct layer layers[LAYERS], const struct schedule_rules *r,
	const struct schedule_view *v, const struct days *days, int64_t day)
{
	const struct special *s = special_of(days, day);
	int64_t as_day = day;

	if (s) {
		layer_add(&layers[SPECIAL], instant(v->zone, day, 0, false),
			instant(v->zone, day, DAY, false), s->name);
		if (s->kind == SPECIAL_HOURS)
			add_ranges(&layers[BUSINESS], v->zone, day, s->ranges, s->ranges_n);
		if (s->kind != SPECIAL_AS)
			return;
		as_day = day - civil_weekday(day) + s->weekday;
	}
	if (r->hours)
		add_hours(&layers[BUSINESS], v->zone, r->hours, day, as_day);
	if (r->breaks)
		add_hours(&layers[BREAK], v->zone, r->breaks, day, as_day);
}

void schedule_open_reach(const struct schedule_rules *r, int64_t *from, int64_t *to)
{
	bool far = r->special.n || r->has_before_holiday;

	*from -= (far ? 9 : 2) * DAY;
	*to += far ? 9 * DAY : 0;
}

void schedule_days_off_reach(const struct schedule_rules *r, int64_t *to)
{
	*to += r->has_before_holiday ? 3 * DAY : 0;
}

/* A walk over the hours of a calendar, piece by piece. A piece belongs to `day`. */
struct open_walk {
	struct layer *layer; /* NULL: only note which days have hours */
	const struct zone *zone;
	const struct days *days;
};

/* Add a piece of hours that belongs to `day`: on that day, unless it is special, and on each special day of its week that is as this
 * weekday, at the same time of the wall clock. */
static void add_piece(const struct open_walk *w, int64_t day, int64_t start, int64_t end)
{
	int64_t monday = day - civil_weekday(day);

	if (!w->layer) {
		mark(w->days, w->days->has_hours, day);
		return;
	}
	if (!special_of(w->days, day))
		layer_add(w->layer, start, end, "");
	for (int64_t d = monday; d < monday + 7; d++) {
		const struct special *s = special_of(w->days, d);

		if (s && s->kind == SPECIAL_AS && s->weekday == day - monday)
			layer_add(w->layer,
				instant(w->zone, d, (int32_t)(wall(w->zone, start) - day * DAY),
					false),
				instant(w->zone, d, (int32_t)(wall(w->zone, end) - day * DAY),
					true),
				"");
	}
}

/* Go through the hours of a calendar between two dates. Each turn of the inner loop ends at a later midnight. */
static void walk_open(
	const struct open_walk *w, const struct spans *open, int64_t first, int64_t last)
{
	const struct zone *z = w->zone;
	int64_t low = instant(z, first, 0, false), high = instant(z, last, DAY, false);

	for (size_t i = 0; i < open->n; i++) {
		int64_t start = open->list[i].start, end = open->list[i].end;
		bool whole = wall(z, end) - wall(z, start) <= DAY;

		if (!whole && start < low)
			start = low;
		if (!whole && end > high)
			end = high;
		while (start < end) {
			int64_t day = local_day(z, start);
			int64_t next = whole ? end : instant(z, day, DAY, false);

			if (next > end || next <= start)
				next = end;
			add_piece(w, day, start, next);
			start = next;
		}
	}
}

/* Note the dates that are holidays from midnight to midnight. */
static void mark_holidays(
	struct days *days, const struct schedule_rules *r, const struct schedule_view *v)
{
	_cleanup_(freep) struct holiday *list = NULL;
	size_t n = 0;

	if (r->holidays)
		holidays_between(
			r->holidays, days->first, days->first + (int64_t)days->n - 1, &list, &n);
	for (size_t i = 0; i < n; i++) {
		if (!list[i].start && list[i].end == DAY)
			mark(days, days->is_off, list[i].day);
	}
	for (size_t i = 0; i < v->days_off_n; i++) {
		int64_t day = local_day(v->zone, v->days_off[i].start), end = v->days_off[i].end;

		if (instant(v->zone, day, 0, false) < v->days_off[i].start)
			day++;
		if (day < days->first)
			day = days->first;
		for (; day < days->first + (int64_t)days->n &&
			instant(v->zone, day, DAY, false) <= end;
			day++)
			mark(days, days->is_off, day);
	}
}

/* A day of business before a holiday is special, unless it is a holiday or special itself. */
static void find_before_holidays(
	struct days *days, const struct schedule_rules *r, const struct schedule_view *v)
{
	struct open_walk walk = { NULL, v->zone, days };
	struct hours_range ranges[HOURS_OF_DAY_MAX];

	days->is_off = xcalloc(days->n, sizeof(*days->is_off));
	days->has_hours = xcalloc(days->n, sizeof(*days->has_hours));
	mark_holidays(days, r, v);
	if (v->open)
		walk_open(&walk, v->open, days->first, days->first + (int64_t)days->n - 1);
	for (size_t i = 0; r->hours && i < days->n; i++)
		days->has_hours[i] = hours_on(r->hours, days->first + (int64_t)i, ranges);
	for (size_t i = 0; i + 1 < days->n; i++) {
		if (!days->special[i] && !days->is_off[i] && days->has_hours[i] &&
			days->is_off[i + 1] && !days->special[i + 1])
			days->special[i] = &r->before_holiday;
	}
}

static void days_init(struct days *days, const struct schedule_rules *r,
	const struct schedule_view *v, int64_t first, int64_t last)
{
	*days = (struct days){ .first = first - 14, .n = (size_t)(last - first) + 29 };
	days->special = xcalloc(days->n, sizeof(struct special *));
	for (size_t i = 0; r->special.n && i < days->n; i++)
		days->special[i] = specials_find(&r->special, days->first + (int64_t)i);
	if (r->has_before_holiday)
		find_before_holidays(days, r, v);
}

static void days_done(struct days *days)
{
	free(days->special);
	free(days->is_off);
	free(days->has_hours);
}

static void add_holidays(struct layer *l, const struct schedule_rules *r,
	const struct schedule_view *v, int64_t first, int64_t last)
{
	_cleanup_(freep) struct holiday *list = NULL;
	size_t n = 0;

	if (r->holidays)
		holidays_between(r->holidays, first, last, &list, &n);
	for (size_t i = 0; i < n; i++)
		layer_add(l, instant(v->zone, list[i].day, list[i].start, false),
			instant(v->zone, list[i].day, list[i].end, list[i].end < DAY),
			list[i].name);
	for (size_t i = 0; i < v->days_off_n; i++)
		layer_add(l, v->days_off[i].start, v->days_off[i].end, v->days_off[i].summary);
}

static void append(struct segments *s, const struct segment *next)
{
	struct segment *last = s->n ? &s->list[s->n - 1] : NULL;

	if (last && last->period == next->period && last->cause == next->cause &&
		!strcmp(last->name, next->name)) {
		last->end = next->end;
		return;
	}
	s->list = mem_grow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = *next;
}

/* What holds from `t` to *next. */
static struct segment decide(
	struct layer layers[LAYERS], const struct schedule_view *v, int64_t t, int64_t *next)
{
	const struct piece *p[LAYERS];
	struct segment s = { .start = t, .name = "" };

	for (int i = 0; i < LAYERS; i++)
		p[i] = layer_step(&layers[i], t, next);
	s.period = !p[BUSINESS] ? PERIOD_OUTSIDE : p[BREAK] ? PERIOD_BREAK : PERIOD_BUSINESS;
	s.cause = CAUSE_HOURS;
	if (p[FORCED]) {
		s.period = (enum period)v->forced;
		s.cause = CAUSE_FORCED;
	} else if (p[SPECIAL]) {
		s.cause = CAUSE_SPECIAL;
		s.name = p[SPECIAL]->name;
	} else if (p[HOLIDAY]) {
		s.period = PERIOD_HOLIDAY;
		s.cause = CAUSE_HOLIDAY;
		s.name = p[HOLIDAY]->name;
	}
	s.end = *next;
	return s;
}

void schedule_segments(const struct schedule_rules *r, const struct schedule_view *view,
	int64_t from, int64_t to, struct segments *ret)
{
	struct layer layers[LAYERS] = { 0 };
	struct open_walk walk;
	struct days days;
	/* Begin two days early: ranges of the day before may cross midnight, and a zone may have skipped a day. */
	int64_t first = local_day(view->zone, from) - 2, last = local_day(view->zone, to) + 1;

	ret->n = 0;
	days_init(&days, r, view, first, last);
	for (int64_t day = first; day <= last; day++)
		add_day(layers, r, view, &days, day);
	walk = (struct open_walk){ &layers[BUSINESS], view->zone, &days };
	if (view->open)
		walk_open(&walk, view->open, first - 7, last + 7);
	days_done(&days);
	add_holidays(&layers[HOLIDAY], r, view, first, last);
	if (view->forced >= 0)
		layer_add(&layers[FORCED], view->forced_since, view->forced_until, "");
	for (int i = 0; i < LAYERS; i++)
		layer_settle(&layers[i]);
	for (int64_t t = from; t < to;) {
		int64_t next = to;
		struct segment s = decide(layers, view, t, &next);

		append(ret, &s);
		t = next;
	}
	for (int i = 0; i < LAYERS; i++)
		layer_done(&layers[i]);
}

const struct segment *segments_find(const struct segments *s, int64_t at)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->list[mid].end <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->list[low].start <= at ? &s->list[low] : NULL;
}

static enum period office_period(enum period p)
{
	return p == PERIOD_BREAK ? PERIOD_BUSINESS : p;
}

enum period segments_period(const struct segments *s, int64_t at)
{
	const struct segment *here = segments_find(s, at);

	return here ? office_period(here->period) : PERIOD_COUNT;
}

int64_t segments_next_start(const struct segments *s, int64_t at)
{
	const struct segment *here = segments_find(s, at);

	if (!here)
		return UNTIL_OPEN;
	for (const struct segment *x = here + 1; x < s->list + s->n; x++) {
		if (office_period(x->period) != office_period(x[-1].period))
			return x->start;
	}
	return UNTIL_OPEN;
}
