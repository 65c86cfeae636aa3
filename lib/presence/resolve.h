/* resolve.h - who wins. The precedence of everything that wants to set a mode lives here and nowhere else. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/presence/model.h"
#include "lib/presence/schedule.h"

/* An event of a personal calendar that makes its owner busy, with lead and lag. */
struct appointment {
	int64_t start, end; /* UTC seconds, half-open */
	int64_t mode_id;
	enum event_kind kind; /* EVENT_OOF wins over others at the same time */
	const char *summary;  /* lent; "" if there is none */
	const char *calendar; /* lent: its name */
};

/* All that can decide a user's mode in the window [from, to). Everything is lent. */
struct resolve_input {
	const struct override *overrides; /* that cover the user, the one given last first */
	size_t overrides_n;
	const struct mode_switch *switches; /* newest first */
	size_t switches_n;
	const struct segments
		*segments; /* of the user's schedule, covering the window; NULL without one */
	int64_t period_mode_id[PERIOD_COUNT];
	const struct appointment *appointments; /* sorted by start */
	size_t appointments_n;
	int64_t default_mode_id; /* the user's default mode, or available */
	int64_t now; /* when this was read: from then on a switch holds even if its `since` is later (a stepped clock) */
	int64_t from, to; /* UTC seconds; INT64_MIN and UNTIL_OPEN when nothing depends on time */
};

enum rung_state {
	RUNG_WINS,
	RUNG_BEATEN, /* it holds, but a stronger one does too */
	RUNG_LATER,  /* it begins at `start` */
	RUNG_SILENT, /* nothing of the kind in the window */
};

/* One step of the ladder at an instant. */
struct rung {
	enum source source;
	enum rung_state state;
	int64_t mode_id; /* 0 when silent */
	int64_t start,
		end; /* UTC seconds, cut to the window; INT64_MIN and UNTIL_OPEN without bounds */
	/* Lent from the input; at most one is not NULL. */
	const struct override *override;
	const struct mode_switch *mode_switch;
	const struct segment *segment;
	const struct appointment *appointment;
};

/* The ladder at `at`, strongest first: every override and switch that holds or is to come, then each kind of period, of event
 * and the default, those without an answer as RUNG_SILENT. Exactly one rung wins. At most `max` of them (at least SOURCE_COUNT)
 * are written, weaker overrides and switches being left out; returns how many. */
size_t resolve_ladder(const struct resolve_input *in, int64_t at, struct rung *ret, size_t max);

struct decision {
	struct rung winner;
	int64_t since; /* when this mode began, as far as `back` goes back */
	bool began;    /* it began there; else it held already at `back` */
	int64_t until; /* first instant of another mode; UNTIL_OPEN if none in the window, or only after thousands of changes */
	/* First instant at which another rung wins, or the window ends: when to look again. UNTIL_OPEN if never. */
	int64_t next_change_at;
};

/* The mode at instant `at` (inside the window), and since when, looking back to `back` at most (from <= back <= at). */
void resolve(const struct resolve_input *in, int64_t at, int64_t back, struct decision *ret);

/* Who wins at `at`, and until when no rung begins or ends (*ret_until, at most `to`). For walking a window. */
void resolve_at(const struct resolve_input *in, int64_t at, struct rung *ret, int64_t *ret_until);

/* Whether two winners are the same answer for the same reason. */
bool rung_equal(const struct rung *a, const struct rung *b);

/* Why, in words: "override of all by root: fire drill", "holiday Christmas Day", "switched by alice". `schedule` is the name of the
 * user's schedule, "" without one. */
void rung_reason(
	const struct rung *r, const char *schedule, bool has_default, char ret[REASON_MAX_LEN + 1]);

#endif
