/* What each schedule says now, on every PBX: a lamp, and a row for routing by time. */
#include <stdio.h>
#include <string.h>

#include "lib/follow/ladder.h"

enum {
	DAY = 86400,
	AHEAD_DAYS = 60, /* at the latest then it is looked at again */
};

/* On every PBX that has users: there the modes are already, and finding those is no walk over all users. */
static int want_everywhere(struct store *s, const char *name, const char *value, struct err *err)
{
	return sql_run(s, err,
		"INSERT INTO item (pbx, name, wanted, rank) SELECT pbx, ?1, ?2, 1 FROM item"
		" WHERE name = '" ENTRY_MODE "/available' AND wanted <> ''"
		" ON CONFLICT (name, pbx) DO UPDATE SET wanted = ?2, error = NULL WHERE wanted IS NOT ?2",
		"tt", name, value);
}

static int say(
	struct store *s, const char *schedule, const char *period, bool open, struct err *err)
{
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), ITEM_HOURS_LAMP "%s", schedule);
	if (want_everywhere(s, name, open ? "INUSE" : "NOT_INUSE", err) < 0)
		return -1;
	snprintf(name, sizeof(name), ENTRY_HOURS "/%s", schedule);
	return want_everywhere(s, name, period, err);
}

int follow_hours_refresh(struct store *s, int64_t id, int64_t now, struct err *err)
{
	const struct segments *segments;
	const struct segment *here;
	const struct zone *zone;
	struct schedule *h = xcalloc(1, sizeof(*h));
	int64_t to = now + AHEAD_DAYS * DAY;
	struct err why;
	int r = store_schedule_get(s, id, h, err);

	if (r == 0 && follow_segments(s, id, "", now, to, &segments, &zone, &why) == 0) {
		here = segments_find(segments, now);
		r = say(s, h->name, period_name(here->period), here->period == PERIOD_BUSINESS,
			err);
		to = here->end;
	} else if (r == 0) {
		follow_warn(s, h->name, why.msg);
		to = now + DAY;
	}
	free(h);
	if (r < 0)
		return -1;
	return sql_run(
		s, err, "UPDATE schedule SET next_change_at = ?2 WHERE id = ?1", "ii", id, to);
}

int follow_hours_tick(struct store *s, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids ids = { 0 };
	sqlite3_stmt *st =
		sql(s, err, "SELECT id FROM schedule WHERE next_change_at <= ?", "i", now);

	if (!st || ids_collect(s, st, &ids, err) < 0)
		return -1;
	sqlite3_reset(st);
	for (size_t i = 0; i < ids.n; i++) {
		if (follow_hours_refresh(s, ids.ids[i], now, err) < 0)
			return -1;
	}
	return 0;
}

int follow_hours_soon(struct store *s, int64_t calendar_id, struct err *err)
{
	return sql_run(s, err,
		"UPDATE schedule SET next_change_at = 0 WHERE ?1 = 0 OR id IN"
		" (SELECT schedule_id FROM schedule_calendar WHERE calendar_id = ?1)",
		"i", calendar_id);
}

int follow_hours_release(struct store *s, const char *schedule, struct err *err)
{
	return say(s, schedule, "", false, err);
}
