/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/tick.h"

#include <string.h>

#include "cmd/presenced/log.h"
#include "lib/binding/clock.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/follow/warning.h"
#include "lib/store/fact.h"
#include "lib/store/presence.h"

#define ZONES_FACT    "zones"
#define HOLIDAYS_FACT "holidays"

enum {
	TRANSACTION_MS = 200, /* what others write waits for it */
	STAMP_SIZE = ZONEFILE_STAMP_SIZE,
};
_Static_assert((int)STAMP_SIZE >= COUNTRYFILES_STAMP_SIZE, "room for either");

/* Whether the database was written with other data than there are now. If so, note the new stamp. */
static int differs(struct tick *t, const char *fact, const char *stamp, bool *ret, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	char known[STAMP_SIZE];

	if (store_fact_get(t->store, fact, known, sizeof(known), err) < 0)
		return -1;
	*ret = *known && strcmp(stamp, known) != 0;
	if (!strcmp(stamp, known))
		return 0;
	if (store_begin(t->store, err) < 0)
		return -1;
	tx = t->store;
	if (store_fact_set(tx, fact, stamp, err) < 0)
		return -1;
	return store_commit(tx, err);
}

static int zones_differ(struct tick *t, bool *ret, struct err *err)
{
	char stamp[ZONEFILE_STAMP_SIZE];

	zonefile_stamp(stamp);
	return differs(t, ZONES_FACT, stamp, ret, err);
}

/* The files are read when presenced starts and at SIGHUP. Nothing looks at them in between. */
static int countries_differ(struct tick *t, bool *ret, struct err *err)
{
	char stamp[COUNTRYFILES_STAMP_SIZE];

	if (t->knows_countries)
		return 0;
	countryfiles_stamp(t->countries, stamp);
	if (differs(t, HOLIDAYS_FACT, stamp, ret, err) < 0)
		return -1;
	t->knows_countries = true;
	return 0;
}

static int look_again(struct tick *t, int64_t now, size_t *ret_n, struct err *err)
{
	bool differ = false, ahead = now < t->last, changed = zonefiles_refresh(t->zones);
	bool holidays = false;

	*ret_n = 0;
	t->looked_again = false;
	if ((!t->last || changed) && zones_differ(t, &differ, err) < 0)
		return -1;
	if (countries_differ(t, &holidays, err) < 0)
		return -1;
	if (!t->last && store_is_ahead(t->store, now, &ahead, err) < 0)
		return -1;
	if (!differ && !changed && !ahead && !holidays)
		return 0;
	if (changed || differ)
		log_info("the time zones are new");
	if (holidays)
		log_info("the holidays of countries are new");
	if (ahead)
		log_info("the clock was set back");
	t->looked_again = true;
	return follow_look_again(t->store, now, ret_n, err);
}

static bool is_enough(void *data)
{
	struct tick *t = data;

	t->is_over = clock_monotonic_ms() - t->began_ms < TRANSACTION_MS;
	return !t->is_over;
}

static int resolve(struct tick *t, int64_t now, size_t *ret_n, struct err *err)
{
	size_t again = 0;
	int r;

	t->is_over = true;
	t->began_ms = clock_monotonic_ms();
	follow_set_enough(t->store, is_enough, t);
	r = look_again(t, now, &again, err);
	*ret_n = again;
	if (r == 0 && t->is_over) {
		r = follow_tick(t->store, now, ret_n, err);
		*ret_n += again;
	}
	follow_set_enough(t->store, NULL, NULL);
	return r;
}

void tick_tell_odd(struct tick *t)
{
	char odd[sizeof(t->odd)];

	if (!store_take_odd(t->store, odd, sizeof(odd)) || !strcmp(odd, t->odd))
		return;
	memcpy(t->odd, odd, sizeof(odd));
	log_warning("%s", odd);
}

int tick_run(struct tick *t, int64_t now, size_t *ret_n, struct err *err)
{
	char warning[512];

	if (resolve(t, now, ret_n, err) < 0)
		return -1;
	if (follow_take_warning(t->store, warning, sizeof(warning)))
		log_warning("%s", warning);
	tick_tell_odd(t);
	t->last = now;
	return 0;
}
