/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.h - what many users share: the modes that the ladder names, schedules, their segments, rules of modes, and decisions.
 * Each is read once. follow_forget() drops all of it: each writer of a row that it was read from calls that. */
#ifndef FOLLOW_CACHE_H
#define FOLLOW_CACHE_H

#include "lib/calendar/calendar.h"
#include "lib/calls/rule.h"
#include "lib/presence/schedule.h"
#include "lib/store/presence.h"

struct cache;
void cache_free(struct cache *c); /* takes NULL */

/* Read the modes, which of them say when they end, and whether there are overrides, if they are not in the cache yet. Call it before the other functions. */
int cache_fill(struct store *s, struct err *err) MUST_CHECK;

struct cache_modes {
	int64_t period[PERIOD_COUNT]; /* if neither the user nor the schedule has one */
	int64_t available, away, off_work;
};
const struct cache_modes *cache_modes(const struct store *s);
bool cache_has_overrides(const struct store *s);
/* Whether callers of some user hear when a mode ends. */
bool cache_says_end(const struct store *s, int64_t mode_id);

/* Find a zone by name. Without it there is a warning, and the zone is the default, or UTC if that is missing too. Lent. */
const struct zone *cache_zone(struct store *s, const char *name);

/* A schedule with its rules. Lent until follow_forget(). A period that was forced by a clock that was ahead has been forced since `now`:
 * an order holds from when it was given. */
struct parsed_schedule {
	struct parsed_schedule *next;
	struct schedule schedule;
	struct schedule_rules *rules; /* NULL if its texts cannot be read */
	int64_t mode_id[PERIOD_COUNT];
};
int cache_schedule(struct store *s, int64_t id, int64_t now, struct parsed_schedule **ret,
	struct err *err) MUST_CHECK;
/* What a schedule says in a window, on the wall clock of `zone`; `own`: as if no period was forced. *ret is lent until
 * follow_forget(). */
int cache_segments(struct store *s, struct parsed_schedule *parsed, bool own,
	const struct zone *zone, int64_t from, int64_t to, const struct segments **ret,
	struct err *err) MUST_CHECK;
/* Expand a calendar on the wall clock of `zone`. own_zone: a zone of the calendar's own counts instead. A calendar that cannot be
 * read or expanded is a warning, no failure. The occurrences point to strings of *ret_calendar. The caller owns it. It is NULL if
 * the calendar was not read. */
int cache_expand(struct store *s, int64_t calendar_id, const struct zone *zone, bool own_zone,
	int64_t from, int64_t to, struct occurrences *ret, struct calendar_info *ret_info,
	struct calendar **ret_calendar, struct err *err) MUST_CHECK;

/* A decision with all that is written of it. If the user was in this mode before, `since` may be another: see follow_resolve(). */
struct resolved {
	struct presence now;
	bool began; /* see struct decision */
	char reason[REASON_MAX_LEN + 1];
	struct mode mode;
	char ask[NUMBER_MAX_LEN + 1]; /* forward_to of the switch that wins, or "" */
	char zone[ZONE_MAX_LEN + 1];  /* the name of the user's zone */
};
/* Find a decision that another user shares with this one. NULL if no such user was resolved yet. NULL too if this user has a
 * switch or a calendar, and while there is an override for anybody. */
const struct resolved *cache_resolved(struct store *s, const struct ladder_user *u, int64_t now);
/* Keep a decision for such users. */
void cache_keep_resolved(
	struct store *s, const struct ladder_user *u, int64_t now, const struct resolved *r);

/* The call rules of a mode without users' own versions. Lent until follow_forget(). */
struct mode_rules {
	struct rules base, mode;
};
int cache_mode_rules(struct store *s, const struct mode *m, const struct mode_rules **ret,
	struct err *err) MUST_CHECK;

#endif
