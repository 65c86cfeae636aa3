/* tick.h - what time does to the database. */
#ifndef TICK_H
#define TICK_H

#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

struct tick {
	struct store *store;
	struct zonefiles *zones;
	int64_t last; /* UTC seconds of the one before, 0 if there was none */
};

/* Resolve whoever is due; *ret_n: how many. Late, doubled or missed ticks need no special case: what should hold now is computed.
 * Everybody is looked at again after a clock that was set back, and with new zone data, also if that happened while nothing
 * ran. Warnings are logged. On an idle minute nothing is written. */
int tick_run(struct tick *t, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;

#endif
