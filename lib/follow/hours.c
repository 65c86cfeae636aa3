/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/hours.h"

#include <stdio.h>

#include "lib/follow/inside.h"
#include "lib/follow/segments.h"
#include "lib/follow/warning.h"
#include "lib/store/item.h"
#include "lib/store/schedule.h"

enum {
	DAY = 86400,
	AHEAD_DAYS = 60, /* how far we look for the next change; then we look again */
};

static int want(struct store *s, const char *prefix, const char *schedule, const char *value,
	struct err *err)
{
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), "%s%s", prefix, schedule);
	return store_item_want_everywhere(s, name, value, err);
}

static const char *lamp(bool on)
{
	return on ? "INUSE" : "NOT_INUSE";
}

/* What a schedule says. */
struct hours_now {
	enum period period; /* what holds */
	bool forced;        /* by hand */
	enum period own;    /* what would hold without that */
	int64_t end;        /* the first end of the two */
};

static int say(struct store *s, const char *schedule, const struct hours_now *is, struct err *err)
{
	bool open = is->period == PERIOD_BUSINESS, closed = is->period == PERIOD_OUTSIDE;
	char forced[ITEM_NAME_SIZE];

	snprintf(forced, sizeof(forced), "%s|%s",
		is->forced ? period_name(is->period) : FORCED_NONE, period_name(is->own));
	if (want(s, ITEM_HOURS_LAMP, schedule, lamp(open), err) < 0 ||
		want(s, ITEM_OPEN_LAMP, schedule, lamp(is->forced && open), err) < 0 ||
		want(s, ITEM_CLOSED_LAMP, schedule, lamp(is->forced && closed), err) < 0 ||
		want(s, ITEM_TOGGLE_LAMP, schedule, lamp(is->forced), err) < 0 ||
		want(s, ENTRY_FORCED "/", schedule, forced, err) < 0)
		return -1;
	return want(s, ENTRY_HOURS "/", schedule, period_name(is->period), err);
}

static int read_now(
	struct store *s, int64_t id, int64_t now, struct hours_now *ret, struct err *err)
{
	int64_t to = now + AHEAD_DAYS * DAY;
	const struct segments *segments;
	const struct segment *here, *own;
	const struct zone *zone;

	if (follow_segments(s, id, "", now, now, to, &segments, &zone, err) < 0)
		return -1;
	here = segments_find(segments, now);
	if (follow_own_segments(s, id, now, to, &segments, err) < 0)
		return -1;
	own = segments_find(segments, now);
	*ret = (struct hours_now){
		.period = here->period,
		.forced = here->cause == CAUSE_FORCED,
		.own = own->period,
		.end = here->end < own->end ? here->end : own->end,
	};
	return 0;
}

int follow_hours_refresh(struct store *s, int64_t id, int64_t now, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	struct hours_now is = { .end = now + DAY };
	struct err why;

	if (store_schedule_get(s, id, sched, err) < 0)
		return -1;
	if (read_now(s, id, now, &is, &why) < 0)
		follow_warn(s, sched->name, why.msg);
	else if (say(s, sched->name, &is, err) < 0)
		return -1;
	return store_schedule_set_next_change(s, id, is.end, err);
}

int follow_hours_tick(struct store *s, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids due = { 0 };

	if (store_schedule_due(s, now, &due, err) < 0)
		return -1;
	for (size_t i = 0; i < due.n; i++) {
		if (follow_hours_refresh(s, due.ids[i], now, err) < 0)
			return -1;
	}
	return 0;
}

int follow_hours_soon(struct store *s, int64_t calendar_id, struct err *err)
{
	return store_schedule_make_due(s, calendar_id, err);
}

int follow_hours_release(struct store *s, const char *schedule, struct err *err)
{
	static const char *const lamps[] = { ITEM_HOURS_LAMP, ITEM_OPEN_LAMP, ITEM_CLOSED_LAMP,
		ITEM_TOGGLE_LAMP };

	for (size_t i = 0; i < ARRAY_SIZE(lamps); i++) {
		if (want(s, lamps[i], schedule, lamp(false), err) < 0)
			return -1;
	}
	if (want(s, ENTRY_FORCED "/", schedule, "", err) < 0)
		return -1;
	return want(s, ENTRY_HOURS "/", schedule, "", err);
}
