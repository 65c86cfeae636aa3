/* cache.h - what many users share, read once and kept until something that it was read from is written: the modes that the ladder
 * names, schedules, what they say of a window, rules of modes, and decisions that are the same for many. */
#ifndef FOLLOW_CACHE_H
#define FOLLOW_CACHE_H

#include "lib/calendar/calendar.h"
#include "lib/calls/rule.h"
#include "lib/presence/schedule.h"
#include "lib/store/presence.h"

struct cache;
void cache_free(struct cache *c); /* takes NULL */

/* To be called before anything else of it is used. */
int cache_fill(struct store *s, struct err *err) MUST_CHECK;

struct cache_modes {
	int64_t period[PERIOD_COUNT]; /* when neither user nor schedule says one */
	int64_t available, away, off_work;
};
const struct cache_modes *cache_modes(const struct store *s);
bool cache_has_overrides(const struct store *s);

/* The zone of a name, else the default one with a warning, else UTC. Lent. */
const struct zone *cache_zone(struct store *s, const char *name);

/* A schedule with its rules, lent until follow_forget(). */
struct parsed_schedule {
	struct parsed_schedule *next;
	struct schedule schedule;
	struct schedule_rules *rules; /* NULL if its texts cannot be read */
	int64_t mode_id[PERIOD_COUNT];
};
int cache_schedule(
	struct store *s, int64_t id, struct parsed_schedule **ret, struct err *err) MUST_CHECK;
/* What it says of a window on a wall clock, lent until follow_forget(). */
int cache_segments(struct store *s, struct parsed_schedule *parsed, const struct zone *zone,
	int64_t from, int64_t to, const struct segments **ret, struct err *err) MUST_CHECK;
/* Expand one calendar on the wall clock of `zone`, or if it is the reader's own, on its own. What cannot be read or
 * expanded is a warning, no failure. *ret_calendar, whose strings the occurrences lend, is owned by the caller; NULL if not read. */
int cache_expand(struct store *s, int64_t calendar_id, const struct zone *zone, bool own_zone,
	int64_t from, int64_t to, struct occurrences *ret, struct calendar_info *ret_info,
	struct calendar **ret_calendar, struct err *err) MUST_CHECK;

/* What is true for a user now, but for when it began if the mode held before. */
struct resolved {
	struct presence now;
	bool began; /* as of struct decision */
	char reason[REASON_MAX_LEN + 1];
	struct mode mode;
	char ask[NUMBER_MAX_LEN + 1]; /* of a switch: its forward_to */
};
/* Users who have nothing of their own to decide about them are resolved alike from the same things: NULL if nobody was yet, or if
 * this user is none of them. */
const struct resolved *cache_resolved(struct store *s, const struct ladder_user *u, int64_t now);
void cache_keep_resolved(
	struct store *s, const struct ladder_user *u, int64_t now, const struct resolved *r);

/* What is set of call rules before users' own versions. Lent. */
struct mode_rules {
	struct rules base, mode;
};
int cache_mode_rules(struct store *s, const struct mode *m, const struct mode_rules **ret,
	struct err *err) MUST_CHECK;

#endif
