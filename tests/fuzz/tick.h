/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tick.h - a calendar in the database of a site, and the clock that goes on for a year. */
#ifndef TICK_H
#define TICK_H

#include "lib/follow/resolve.h"
#include "lib/store/presence.h"
#include "tests/fuzz/site.h"

static inline int tick_check(void *data, const struct status *st)
{
	(void)data;
	if (!*st->mode || text_has_control(st->mode) || st->since > st->until)
		abort();
	return 0;
}

static inline void tick_at(struct store *s, int64_t now)
{
	int64_t next;
	size_t ticked;

	SITE_MUST(follow_tick(s, now, &ticked, NULL));
	SITE_MUST(store_next_change(s, &next, NULL));
	if (next <= now)
		abort();
	SITE_MUST(store_status_each(s, NULL, tick_check, NULL, NULL));
}

/* Make it the calendar of all users. The site is open. */
static inline void tick_calendar(struct site *site, const struct calendar *c)
{
	struct calendar_state state = { .title = "" };

	SITE_MUST(store_begin(site->store, NULL));
	SITE_MUST(follow_calendar_replace(site->store, &site->own, c, &state, SITE_NOW, NULL));
	SITE_MUST(store_commit(site->store, NULL));
	tick_at(site->store, SITE_NOW + 3600);
	tick_at(site->store, SITE_NOW + 9 * 86400);
	tick_at(site->store, SITE_NOW + 400 * 86400);
}

#endif
