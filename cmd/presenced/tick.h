/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tick.h - bring the database to the present: modes that time changes. */
#ifndef TICK_H
#define TICK_H

#include <stdbool.h>

#include "lib/binding/countryfile.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

struct tick {
	struct store *store;
	struct zonefiles *zones;
	const struct countryfiles *countries;
	bool knows_countries; /* their files were compared with those that the database was written with */
	int64_t last;         /* UTC seconds of the tick before, or 0 */
	bool looked_again; /* at all users, in the last tick */
	bool is_over;      /* the last tick has resolved all who were due */
	char odd[512];     /* what was said of a value that another program wrote */
	int64_t began_ms;  /* monotonic: when its transaction began */
};

/* Resolve the users who are due; *ret_n is how many. After a fifth of a second it stops, so that others can write and the PBXs get their turn:
 * then is_over is false, and those who are left are still due. It computes what should hold now, so ticks that come late, twice or not at all
 * need no special case. If the clock was set back, or the zone data or the holidays of countries are new, it looks at all users again, also if that happened
 * while no presenced ran. Warnings are logged. On an idle minute nothing is written. */
int tick_run(struct tick *t, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;

/* Say which value another program has written, unless that was the last thing that was said of it. */
void tick_tell_odd(struct tick *t);

#endif
