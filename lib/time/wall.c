/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/wall.h"

#include "lib/time/civil.h"

/* Two offsets of a zone differ by less than MARGIN. Further than MARGIN from a change, a wall time has one reading. */
enum { DAY = 86400, MARGIN = 53 * 3600 };

/* Keep the offset at `at` for further calls, up to MARGIN before the next change. Do not if a change is near. */
static void learn(struct wall *w, int64_t at)
{
	int64_t next = zone_next_transition(w->zone, at);

	w->low = w->high = 0;
	if (zone_next_transition(w->zone, at - MARGIN) != next || next - MARGIN <= at)
		return;
	w->low = at;
	w->high = next - MARGIN;
	w->offset = zone_offset(w->zone, at);
}

int64_t wall_to_utc(struct wall *w, int64_t seconds, enum wall_reading how)
{
	int64_t at, other;
	enum zone_fit fit;
	struct civil c;

	if (!w->zone)
		return seconds;
	at = seconds - w->offset;
	if (at >= w->low && at < w->high)
		return at;
	civil_from_seconds(seconds, &c);
	fit = zone_to_utc(w->zone, &c, &at, &other);
	learn(w, at);
	if (how == WALL_RFC5545 || fit == ZONE_EXACT || (how == WALL_BEGIN && fit == ZONE_FOLD))
		return at;
	return other;
}

int64_t wall_from_utc(const struct wall *w, int64_t at)
{
	return w->zone ? at + zone_offset(w->zone, at) : at;
}

void wall_range(const struct wall *w, int64_t from, int64_t to, int64_t *ret_low, int64_t *ret_high)
{
	*ret_low = from;
	*ret_high = to;
	if (!w->zone)
		return;
	*ret_low = INT64_MAX;
	*ret_high = INT64_MIN;
	for (int i = -1; i <= 1; i++) {
		int64_t low = from + zone_offset(w->zone, from + i * DAY),
			high = to + zone_offset(w->zone, to + i * DAY);

		if (low < *ret_low)
			*ret_low = low;
		if (high > *ret_high)
			*ret_high = high;
	}
}

int64_t wall_day(int64_t seconds)
{
	return seconds / DAY - (seconds % DAY < 0);
}
