/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder.h - all that can decide about one user in a window of time, gathered from the database. */
#ifndef FOLLOW_LADDER_H
#define FOLLOW_LADDER_H

#include "lib/calendar/calendar.h"
#include "lib/presence/resolve.h"
#include "lib/store/presence.h"
#include "lib/store/switch.h"
#include "lib/time/zone.h"

enum { LADDER_BACK_S = 8 * 86400 }; /* how far back a window goes, to show when a mode began */

/* A ladder. What `in` points to is lent until ladder_done() or the next call on the store. */
struct ladder {
	struct resolve_input in;
	char schedule[NAME_MAX_LEN + 1]; /* "": no schedule */
	bool has_default;
	const struct zone *zone; /* the user's wall clock */

	/* Owned. */
	struct override *overrides;
	struct switches switches;
	struct appointment *appointments;
	size_t appointments_cap;
	struct ladder_source {
		char name[NAME_MAX_LEN + 1];
		struct calendar *calendar;
	} * sources; /* the calendars of the appointments */
	size_t sources_n;
};
void ladder_done(struct ladder *l);

/* Read the ladder around `at` and decide. The window is as wide as it takes to see the next change. */
int follow_ladder(struct store *s, int64_t user_id, int64_t at, int64_t now, struct ladder *ret,
	struct decision *d, struct err *err) MUST_CHECK;
/* Read the ladder in the window from `from` to `to`. */
int follow_ladder_window(struct store *s, int64_t user_id, int64_t now, int64_t from, int64_t to,
	struct ladder *ret, struct err *err) MUST_CHECK;

/* Decide at `at` with these switches. They are lent to the ladder. If the end of a switch until `next` is not known yet, it is
 * filled in, and written if a transaction is open. Call ladder_done() after a failure too. */
int ladder_decide(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t at, int64_t now, struct ladder *l, struct decision *d, struct err *err) MUST_CHECK;
/* Fill in of a new switch until `next` when it ends for a user, which is the next start of their schedule, and in which period it is
 * made. Its end is UNTIL_OPEN if we see none in the window. */
int ladder_next_start(struct store *s, const struct ladder_user *u, int64_t now,
	struct mode_switch *m, struct err *err) MUST_CHECK;

#endif
