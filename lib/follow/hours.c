/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/hours.h"

#include <stdio.h>

#include "lib/follow/inside.h"
#include "lib/follow/segments.h"
#include "lib/store/item.h"
#include "lib/store/schedule.h"

enum {
	DAY = 86400,
	AHEAD_DAYS = 60, /* how far we look for the next change; then we look again */
};

static int say(
	struct store *s, const char *schedule, const char *period, bool open, struct err *err)
{
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), ITEM_HOURS_LAMP "%s", schedule);
	if (store_item_want_everywhere(s, name, open ? "INUSE" : "NOT_INUSE", err) < 0)
		return -1;
	snprintf(name, sizeof(name), ENTRY_HOURS "/%s", schedule);
	return store_item_want_everywhere(s, name, period, err);
}

int follow_hours_refresh(struct store *s, int64_t id, int64_t now, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	const struct segments *segments;
	const struct segment *here;
	const struct zone *zone;
	int64_t to = now + AHEAD_DAYS * DAY;
	struct err why;

	if (store_schedule_get(s, id, sched, err) < 0)
		return -1;
	if (follow_segments(s, id, "", now, to, &segments, &zone, &why) == 0) {
		here = segments_find(segments, now);
		to = here->end;
		if (say(s, sched->name, period_name(here->period), here->period == PERIOD_BUSINESS,
			    err) < 0)
			return -1;
	} else {
		follow_warn(s, sched->name, why.msg);
		to = now + DAY;
	}
	return store_schedule_set_next_change(s, id, to, err);
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
	return say(s, schedule, "", false, err);
}
