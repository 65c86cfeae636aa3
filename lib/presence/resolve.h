/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.h - who wins: the precedence of everything that can set a mode. No other file knows it. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/presence/busy.h"
#include "lib/presence/model.h"
#include "lib/presence/schedule.h"

/* All that can decide a user's mode in the window [from, to). Everything is lent. */
struct resolve_input {
	const struct override
		*overrides; /* those that cover the user; the one given last is first */
	size_t overrides_n;
	const struct mode_switch *switches; /* newest first */
	size_t switches_n;
	const struct segments *segments; /* the user's schedule in the window; NULL without one */
	int64_t period_mode_id[PERIOD_COUNT];
	const struct appointment *appointments; /* sorted by start */
	size_t appointments_n;
	struct busy_times busy;  /* of the appointments, by busy_times_of() */
	int64_t default_mode_id; /* the user's default mode, or available */
	/* When this was read. A switch that was read holds from now on, also if its `since` is later because the clock was
	 * set back. */
	int64_t now;
	int64_t from, to; /* UTC seconds; INT64_MIN and UNTIL_OPEN when nothing depends on time */
};

enum rung_state {
	RUNG_WINS,
	RUNG_BEATEN, /* it holds, but a stronger rung holds too */
	RUNG_LATER,  /* it begins at `start` */
	RUNG_SILENT, /* there is nothing of its kind in the window */
};

/* One step of the ladder at an instant. */
struct rung {
	enum source source;
	enum rung_state state;
	int64_t mode_id; /* 0 when silent */
	/* UTC seconds, cut to the window; INT64_MIN and UNTIL_OPEN: it has no bounds. */
	int64_t start, end;
	/* Lent from the input; at most one is not NULL. */
	const struct override *override;
	const struct mode_switch *mode_switch;
	const struct segment *segment;
	const struct appointment *appointment;
};

/* Write the ladder at `at`, strongest first: every override and switch that holds or is to come, then each kind of period, the
 * events and the default. A kind without an answer is RUNG_SILENT. Exactly one rung wins. Returns how many rungs were written, at
 * most `max`, which must be SOURCE_COUNT or more. If there is no room for all, weaker overrides and switches are left out. */
size_t resolve_ladder(const struct resolve_input *in, int64_t at, struct rung *ret, size_t max);

struct decision {
	struct rung winner;
	int64_t since; /* when this mode began, or `back` if it began earlier */
	bool began;    /* false: it held at `back` already */
	/* First instant of another mode. UNTIL_OPEN if the window has no other, or only behind thousands of changes. */
	int64_t until;
	/* When to look again: the first instant at which another rung wins, or the end of the window. UNTIL_OPEN: never. */
	int64_t next_change_at;
};

/* Decide for instant `at` of the window. The look for the begin of the mode goes back to `back` at most (from <= back <= at). */
void resolve(const struct resolve_input *in, int64_t at, int64_t back, struct decision *ret);

/* Who wins at `at`. No rung begins or ends between `at` and *ret_until, which is `to` at most: a walk of the window goes on
 * there. */
void resolve_at(const struct resolve_input *in, int64_t at, struct rung *ret, int64_t *ret_until);

/* Whether two winners give the same mode for the same reason. */
bool rung_equal(const struct rung *a, const struct rung *b);

/* The reason in words: "override of all by root: fire drill", "switched by alice". `schedule` is the name of the user's
 * schedule, "" without one. `has_default`: the user has a default mode of their own. */
void rung_reason(
	const struct rung *r, const char *schedule, bool has_default, char ret[REASON_MAX_LEN + 1]);

#endif
