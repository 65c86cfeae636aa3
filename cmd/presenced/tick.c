/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/tick.h"

#include <string.h>

#include "cmd/presenced/log.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/store/fact.h"
#include "lib/store/presence.h"

#define ZONES_FACT "zones"

/* Whether the database was written with other zone data than the system has now. If so, note the new data. */
static int zones_differ(struct tick *t, bool *ret, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	char stamp[ZONEFILE_STAMP_SIZE], known[ZONEFILE_STAMP_SIZE];

	zonefile_stamp(stamp);
	if (store_fact_get(t->store, ZONES_FACT, known, sizeof(known), err) < 0)
		return -1;
	*ret = *known && strcmp(stamp, known) != 0;
	if (!strcmp(stamp, known))
		return 0;
	if (store_begin(t->store, err) < 0)
		return -1;
	tx = t->store;
	if (store_fact_set(tx, ZONES_FACT, stamp, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static int look_again(struct tick *t, int64_t now, size_t *ret_n, struct err *err)
{
	bool differ = false, ahead = now < t->last, changed = zonefiles_refresh(t->zones);

	*ret_n = 0;
	t->looked_again = false;
	if ((!t->last || changed) && zones_differ(t, &differ, err) < 0)
		return -1;
	if (!t->last && store_is_ahead(t->store, now, &ahead, err) < 0)
		return -1;
	if (!differ && !changed && !ahead)
		return 0;
	if (changed || differ)
		log_info("the time zones are new");
	if (ahead)
		log_info("the clock was set back");
	t->looked_again = true;
	return follow_look_again(t->store, now, ret_n, err);
}

int tick_run(struct tick *t, int64_t now, size_t *ret_n, struct err *err)
{
	char warning[512];
	size_t again = 0;

	if (look_again(t, now, &again, err) < 0 || follow_tick(t->store, now, ret_n, err) < 0)
		return -1;
	if (follow_take_warning(t->store, warning, sizeof(warning)))
		log_warning("%s", warning);
	t->last = now;
	return 0;
}
