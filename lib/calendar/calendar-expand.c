/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar_expand(): the occurrences of a calendar in a window.
 *
 * Events are sorted by UID, so all that belongs together is one group: the master, which has the rules, and its overrides,
 * which have a RECURRENCE-ID each. A plain override replaces one instance: the master's instances leave its RECURRENCE-ID
 * out, and the override is added like an event that takes place once. A THISANDFUTURE override changes all instances from its
 * RECURRENCE-ID on. It cuts the time of the master into stretches: in each stretch the master's instances are found as
 * ever, then moved and given the length and the words of the override that rules there.
 *
 * Everything is bounded: stretches by STRETCHES_MAX, instances by instances_find(), the whole by OCCURRENCES_MAX. */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/calendar/calendar.h"
#include "lib/calendar/instances.h"

enum {
	DAY = 86400,
	STRETCHES_MAX = 100,  /* of an event */
	HOLIDAYS_DAYS = 3650, /* asked for in one call; holidays_between() answers no more */
};

struct expansion {
	const struct calendar *calendar;
	const struct calendar_view *view;
	int64_t from, to;
	struct clocks clocks;
	struct instances instances;
	struct stretch *stretches;
	size_t stretches_n, stretches_cap;
	struct occurrences *ret;
	bool is_full; /* there are too many occurrences: the expansion fails, not an event alone */
	/* The last AVAILABLE that was looked at, its VAVAILABILITY, and when that is in force. */
	const struct event *child, *parent;
	struct span bounds;
};

static int add(struct expansion *x, const struct occurrence *o, struct err *err)
{
	struct occurrences *ret = x->ret;

	if (o->start >= x->to || (o->start < x->from && o->end <= x->from))
		return 0;
	if (ret->n == OCCURRENCES_MAX) {
		x->is_full = true;
		return err_set(err, ERR_FAILED,
			"more than %d things take place in the time looked at, look at a shorter one",
			OCCURRENCES_MAX);
	}
	ret->list = mem_grow(ret->list, &ret->cap, ret->n + 1, sizeof(*ret->list));
	ret->list[ret->n++] = *o;
	return 0;
}

static bool has_line(const char *lines, const char *line)
{
	size_t n = strlen(line);

	for (const char *p = lines; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (strcspn(p, "\n") == n && memcmp(p, line, n) == 0)
			return true;
	}
	return false;
}

static bool is_left_out(const struct expansion *x, const struct event *e)
{
	size_t first = strcspn(e->declined, "\n");

	if (e->cancelled)
		return true;
	if (*x->view->owner)
		return has_line(e->declined, x->view->owner);
	return first && (!e->declined[first] || !e->declined[first + 1]);
}

static enum wall_reading reading(const struct event *e)
{
	return e->form == TIME_DATE ? WALL_BEGIN : WALL_RFC5545;
}

struct length {
	int64_t days, seconds; /* nominal, then exact */
};

static struct length length_of(const struct event *e)
{
	struct length l = { .days = e->days > 0 ? e->days : 0,
		.seconds = e->seconds > 0 ? e->seconds : 0 };

	if (l.seconds > CALENDAR_LAST)
		l.seconds = CALENDAR_LAST;
	if (e->form == TIME_DATE && e->kind != EVENT_UNAVAILABLE && !l.days && !l.seconds)
		l.days = 1;
	return l;
}

static int64_t end_of(const struct event *e, struct wall *clock, int64_t wall, int64_t at)
{
	struct length l = length_of(e);
	int64_t end = at, last = wall + l.days * DAY;

	if (l.days)
		end = wall_to_utc(clock, last < CALENDAR_LAST ? last : CALENDAR_LAST, reading(e));
	end += l.seconds;
	return end > at ? end : at;
}

/* From when to when a VAVAILABILITY is in force. Without a length it is for ever. */
static int bounds_of(struct expansion *x, const struct event *e, struct span *ret, struct err *err)
{
	struct wall *clock = clocks_of(&x->clocks, e, e->form, err);
	int64_t wall = event_start(e);

	if (!clock)
		return -1;
	ret->start = wall_to_utc(clock, wall, reading(e));
	ret->end = end_of(e, clock, wall, ret->start);
	if (ret->end <= ret->start || ret->end > CALENDAR_LAST)
		ret->end = CALENDAR_LAST;
	return 0;
}

/* The VAVAILABILITY around an AVAILABLE. Events are sorted by UID, and of one UID the event without RECURRENCE-ID is
 * first: the search stops there. */
static const struct event *parent_of(const struct expansion *x, const struct event *e)
{
	const struct event *list = x->calendar->events;
	size_t low = 0, high = x->calendar->events_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(list[mid].uid, e->parent) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->calendar->events_n && strcmp(list[low].uid, e->parent) == 0 &&
			list[low].kind == EVENT_UNAVAILABLE
		? &list[low]
		: NULL;
}

static int priority_of(const struct event *e)
{
	return e->priority < 0 || e->priority > 9 ? 0 : e->priority;
}

/* Cut an AVAILABLE to its VAVAILABILITY. */
static int cut_to_parent(
	struct expansion *x, const struct event *e, struct occurrence *o, struct err *err)
{
	if (x->child != e) {
		x->parent = parent_of(x, e);
		if (!x->parent)
			return err_set(
				err, ERR_FAILED, "its VAVAILABILITY '%.80s' is missing", e->parent);
		if (bounds_of(x, x->parent, &x->bounds, err) < 0)
			return -1;
		x->child = e;
	}
	o->priority = priority_of(x->parent);
	if (o->start < x->bounds.start)
		o->start = x->bounds.start;
	if (o->end > x->bounds.end)
		o->end = x->bounds.end;
	return 0;
}

static int put(struct expansion *x, const struct event *e, struct wall *clock,
	const struct instance *i, struct err *err)
{
	struct occurrence o = {
		.start = i->at,
		.end = i->length < 0 ? end_of(e, clock, i->wall, i->at) : i->at + i->length,
		.kind = e->kind,
		.uid = e->uid,
		.summary = e->secret ? "(private)" : e->summary,
		.categories = e->categories,
		.all_day = e->form == TIME_DATE,
	};

	if (e->kind == EVENT_AVAILABLE) {
		if (cut_to_parent(x, e, &o, err) < 0)
			return -1;
		if (o.start >= o.end)
			return 0;
	}
	return add(x, &o, err);
}

static int check_length(const struct event *e, int64_t *ret, struct err *err)
{
	struct length l = length_of(e);

	if (l.days * DAY + l.seconds > EVENT_LENGTH_MAX_S)
		return err_set(
			err, ERR_FAILED, "it is longer than %d days", EVENT_LENGTH_MAX_S / DAY);
	*ret = l.days * DAY + l.seconds;
	return 0;
}

static int add_unavailable(struct expansion *x, const struct event *e, struct err *err)
{
	struct occurrence o = {
		.kind = e->kind,
		.priority = priority_of(e),
		.uid = e->uid,
		.summary = e->secret ? "(private)" : e->summary,
		.categories = e->categories,
		.all_day = e->form == TIME_DATE,
	};
	struct span bounds;

	if (is_left_out(x, e))
		return 0;
	if (bounds_of(x, e, &bounds, err) < 0)
		return -1;
	o.start = bounds.start;
	o.end = bounds.end;
	return add(x, &o, err);
}

/* An event that takes place once. */
static int add_single(struct expansion *x, const struct event *e, struct err *err)
{
	struct instance i = { .wall = event_start(e), .length = -1 };
	struct wall *clock;
	int64_t length = 0;

	if (is_left_out(x, e))
		return 0;
	if (check_length(e, &length, err) < 0)
		return -1;
	if (i.wall - 3 * DAY > x->to || i.wall + length + 3 * DAY < x->from)
		return 0;
	clock = clocks_of(&x->clocks, e, e->form, err);
	if (!clock)
		return -1;
	i.at = wall_to_utc(clock, i.wall, reading(e));
	return put(x, e, clock, &i, err);
}

/* The time from one THISANDFUTURE to the next, or before the first. */
struct stretch {
	const struct event *event; /* gives the length, the time of day and the words */
	int64_t from;              /* UTC */
};

static void add_stretch(struct expansion *x, const struct event *e, int64_t from)
{
	x->stretches = mem_grow(
		x->stretches, &x->stretches_cap, x->stretches_n + 1, sizeof(*x->stretches));
	x->stretches[x->stretches_n++] = (struct stretch){ .event = e, .from = from };
}

/* How a THISANDFUTURE moves the instances of its master (RFC 5545 3.8.4.4): the instance that it names has moved from its
 * RECURRENCE-ID to the override's DTSTART, and every later one moves by as much on the wall clock. */
struct move {
	struct wall *clock;
	bool same_clock, to_date;
	int64_t by; /* wall seconds */
};

/* Both times are told by the override's clock. A RECURRENCE-ID that is a date stands for the instance of that day: it has the
 * master's time of day. */
static int move_of(struct expansion *x, const struct event *master, const struct stretch *s,
	struct move *ret, struct err *err)
{
	const struct event *e = s->event;
	struct wall *from = clocks_of(&x->clocks, master, master->form, err);
	struct wall *id = clocks_of(&x->clocks, e, e->instance.form, err);
	int64_t was = calendar_clamp(e->instance.at);

	ret->clock = clocks_of(&x->clocks, e, e->form, err);
	if (!from || !id || !ret->clock)
		return -1;
	ret->to_date = e->form == TIME_DATE;
	ret->same_clock = from == ret->clock && ret->to_date == (master->form == TIME_DATE);
	if (id != ret->clock && e->instance.form != TIME_DATE)
		was = wall_from_utc(ret->clock, s->from);
	if (ret->to_date || e->instance.form == TIME_DATE)
		was = wall_day(was) * DAY;
	if (!ret->to_date && e->instance.form == TIME_DATE)
		was += event_start(master) - wall_day(event_start(master)) * DAY;
	ret->by = event_start(e) - was;
	if (ret->by > EVENT_LENGTH_MAX_S || ret->by < -EVENT_LENGTH_MAX_S)
		return err_set(err, ERR_FAILED, "it is moved by more than %d days",
			EVENT_LENGTH_MAX_S / DAY);
	return 0;
}

static void move(const struct move *m, struct instance *i)
{
	int64_t wall = m->same_clock ? i->wall : wall_from_utc(m->clock, i->at);

	if (m->to_date)
		wall = wall_day(wall) * DAY;
	i->wall = wall + m->by;
	i->at = wall_to_utc(m->clock, i->wall, m->to_date ? WALL_BEGIN : WALL_RFC5545);
}

/* The longest length that an instance of `master` may have: its RDATEs may be periods. */
static int64_t longest(const struct event *master, int64_t length)
{
	for (size_t i = 0; i < master->rdates_n; i++) {
		if (master->rdates[i].length > length)
			length = master->rdates[i].length;
	}
	return length < EVENT_LENGTH_MAX_S ? length : EVENT_LENGTH_MAX_S;
}

/* Add the instances of `master` in stretch `s`, which ends at `end`. The window is put back to where the master has its
 * instances, before they are moved, and begins earlier by the longest length: an instance may begin before the window and
 * reach into it. add() drops what the window does not touch after all. */
static int expand_stretch(struct expansion *x, const struct event *master,
	const struct event *overrides, size_t overrides_n, const struct stretch *s, int64_t end,
	struct err *err)
{
	const struct event *e = s->event;
	int64_t length = 0, slack, from, to;
	struct move moved = { 0 };

	if (check_length(e, &length, err) < 0)
		return -1;
	if (e != master && move_of(x, master, s, &moved, err) < 0)
		return -1;
	/* Allow for nominal days that are longer than 24 hours and for clocks that differ. */
	slack = e != master || e->form == TIME_DATE || e->days ? 3 * DAY : 0;
	from = x->from - longest(master, length) - moved.by - slack;
	to = x->to - moved.by + slack;
	if (from < s->from)
		from = s->from;
	if (to > end)
		to = end;
	if (from >= to)
		return 0;
	if (instances_find(
		    &x->instances, &x->clocks, master, overrides, overrides_n, from, to, err) < 0)
		return -1;
	if (e == master)
		moved.clock = clocks_of(&x->clocks, e, e->form, err);
	for (size_t i = 0; i < x->instances.n; i++) {
		struct instance instance = x->instances.list[i];

		if (e != master)
			move(&moved, &instance);
		if (put(x, e, moved.clock, &instance, err) < 0)
			return -1;
	}
	return 0;
}

static int by_from(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* An override that is older than the cancellation of its master is cancelled with it. */
static bool is_obsolete(const struct event *master, const struct event *instead)
{
	return master && master->cancelled && instead->sequence < master->sequence;
}

/* Add the instances of a master. Each override with THISANDFUTURE begins a stretch, in which it says what the instances are; before
 * the first stretch the master itself says it. A stretch ends where the next one begins. */
static int add_series(struct expansion *x, const struct event *master,
	const struct event *overrides, size_t overrides_n, struct err *err)
{
	x->stretches_n = 0;
	add_stretch(x, master, INT64_MIN);
	for (size_t i = 0; i < overrides_n; i++) {
		const struct event *o = &overrides[i];
		struct wall *clock = clocks_of(&x->clocks, o, o->instance.form, NULL);

		if (!o->future || !clock || is_obsolete(master, o))
			continue;
		if (x->stretches_n == STRETCHES_MAX)
			return err_set(err, ERR_FAILED,
				"it has %d changes for all that is to come, or more",
				STRETCHES_MAX);
		add_stretch(x, o, wall_to_utc(clock, calendar_clamp(o->instance.at), WALL_RFC5545));
	}
	qsort(x->stretches, x->stretches_n, sizeof(*x->stretches), by_from);
	for (size_t i = 0; i < x->stretches_n; i++) {
		int64_t end = i + 1 < x->stretches_n ? x->stretches[i + 1].from : INT64_MAX;

		if (!is_left_out(x, x->stretches[i].event) &&
			expand_stretch(
				x, master, overrides, overrides_n, &x->stretches[i], end, err) < 0)
			return -1;
	}
	return 0;
}

static void refuse(struct expansion *x, const struct event *e, struct err *err)
{
	err_wrap(err, "event '%.100s'", e->uid);
	if (!x->ret->refused_n++) {
		err->msg[sizeof(x->ret->error) - 1] = '\0';
		text_cut(err->msg, sizeof(x->ret->error) - 1);
		text_copy(x->ret->error, sizeof(x->ret->error), err->msg);
	}
}

/* After an event: if it failed, take back the occurrences that it added and count it as refused. */
static int settle(struct expansion *x, const struct event *e, size_t before, int r, struct err *err)
{
	if (r == 0)
		return 0;
	if (x->is_full)
		return -1;
	x->ret->n = before;
	refuse(x, e, err);
	return 0;
}

/* Events of one UID. */
static int add_group(struct expansion *x, const struct event *list, size_t n, struct err *err)
{
	const struct event *master = list[0].is_override ? NULL : list;
	size_t overrides_n = n - (master ? 1 : 0);
	const struct event *overrides = list + (n - overrides_n);
	size_t before = x->ret->n;
	int r = 0;

	if (!master)
		;
	else if (master->kind == EVENT_UNAVAILABLE)
		r = add_unavailable(x, master, err);
	else if (!*master->rule && !master->rdates_n && !master->exdates_n && !overrides_n)
		r = add_single(x, master, err);
	else
		r = add_series(x, master, overrides, overrides_n, err);
	if (settle(x, list, before, r, err) < 0)
		return -1;
	for (size_t i = 0; i < overrides_n; i++) {
		before = x->ret->n;
		r = is_obsolete(master, &overrides[i]) ? 0 : add_single(x, &overrides[i], err);
		if (settle(x, &overrides[i], before, r, err) < 0)
			return -1;
	}
	return 0;
}

/* Go through the events. calendar_settle() has put them in order: a master, then the overrides with its UID. */
static int add_events(struct expansion *x, struct err *err)
{
	const struct calendar *c = x->calendar;
	struct err why;

	for (size_t i = 0, n; i < c->events_n; i += n) {
		for (n = 1; i + n < c->events_n && c->events[i + n].is_override &&
			strcmp(c->events[i].uid, c->events[i + n].uid) == 0;
			n++)
			;
		if (add_group(x, &c->events[i], n, &why) < 0) {
			if (err)
				*err = why;
			return -1;
		}
	}
	return 0;
}

/* A range belongs to the day on which it begins, and may end on a later one. So the days begin before the window, and add() drops
 * what the window does not touch. */
static int add_hours(struct expansion *x, struct err *err)
{
	struct wall *clock = &x->clocks.floating;
	int64_t first = wall_day(wall_from_utc(clock, x->from)) - 3,
		last = wall_day(wall_from_utc(clock, x->to)) + 1;
	struct hours_range ranges[HOURS_OF_DAY_MAX];

	for (int64_t day = first; day <= last; day++) {
		int n = hours_on(x->calendar->hours, day, ranges);

		for (int i = 0; i < n; i++) {
			struct occurrence o = {
				.start =
					wall_to_utc(clock, day * DAY + ranges[i].start, WALL_BEGIN),
				.end = wall_to_utc(clock, day * DAY + ranges[i].end, WALL_END),
				.kind = EVENT_BUSY,
				.uid = "",
				.summary = "",
				.categories = "",
			};

			if (o.start < o.end && add(x, &o, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int add_holiday(struct expansion *x, const struct holiday *h, struct err *err)
{
	struct wall *clock = &x->clocks.floating;
	struct occurrence o = {
		.start = wall_to_utc(clock, h->day * DAY + h->start, WALL_BEGIN),
		.end = wall_to_utc(
			clock, h->day * DAY + h->end, h->end == DAY ? WALL_BEGIN : WALL_END),
		.kind = EVENT_BUSY,
		.uid = "",
		.summary = h->name,
		.categories = "",
		.all_day = h->start == 0 && h->end == DAY,
	};

	return o.start < o.end ? add(x, &o, err) : 0;
}

static int add_holidays(struct expansion *x, struct err *err)
{
	struct wall *clock = &x->clocks.floating;
	int64_t first = wall_day(wall_from_utc(clock, x->from)) - 1,
		last = wall_day(wall_from_utc(clock, x->to)) + 1;

	for (int64_t day = first; day <= last; day += HOLIDAYS_DAYS) {
		_cleanup_(freep) struct holiday *list = NULL;
		int64_t end = day + HOLIDAYS_DAYS - 1;
		size_t n = 0;

		holidays_between(x->calendar->holidays, day, end < last ? end : last, &list, &n);
		for (size_t i = 0; i < n; i++) {
			if (add_holiday(x, &list[i], err) < 0)
				return -1;
		}
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct occurrence *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return strcmp(x->uid, y->uid);
}

int calendar_expand(const struct calendar *c, const struct calendar_view *view, int64_t from,
	int64_t to, struct occurrences *ret, struct err *err)
{
	struct expansion x = { .calendar = c,
		.view = view,
		.from = calendar_clamp(from),
		.to = calendar_clamp(to),
		.ret = ret };
	int r = 0;

	if (x.from >= x.to)
		return 0;
	if (x.to - x.from > CALENDAR_WINDOW_MAX_S)
		return err_set(err, ERR_FAILED, "more than a hundred years of a calendar");
	clocks_init(&x.clocks, c, view);
	switch (c->kind) {
	case CALENDAR_EVENTS: r = add_events(&x, err); break;
	case CALENDAR_HOURS: r = add_hours(&x, err); break;
	case CALENDAR_HOLIDAYS: r = add_holidays(&x, err); break;
	}
	instances_done(&x.instances);
	free(x.stretches);
	if (r < 0)
		occurrences_done(ret);
	else if (ret->n)
		qsort(ret->list, ret->n, sizeof(*ret->list), by_start);
	return r;
}
