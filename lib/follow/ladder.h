/* ladder.h - what decides about one user, for the files of the store only. */
#ifndef STORE_LADDER_H
#define STORE_LADDER_H

#include "lib/store/sql.h"

struct memory; /* of memory.c */

/* What this floor keeps with a store. */
struct follow {
	struct zones *zones;   /* lent */
	struct memory *memory; /* until something of it is written or a transaction begins */
	const struct follow_prefix *prefixes; /* lent */
	size_t prefixes_n;
	char warning[512]; /* what could not be used; "" if nothing */
};

enum { LADDER_BACK_S = 8 * 86400 }; /* how far back a window goes, to tell since when */

/* A user as it concerns presence, and what holds until now. */
struct subject {
	int64_t id;
	char name[NAME_MAX_LEN + 1], extension[EXTENSION_MAX_LEN + 1], pbx[NAME_MAX_LEN + 1];
	char zone[ZONE_MAX_LEN + 1];
	int64_t default_mode_id; /* 0 if none */
	bool has_presence;       /* then `was` is what holds until now */
	struct presence was;
	char reason[REASON_MAX_LEN + 1];
	bool has_switches, has_calendars;
	int64_t schedule_id;                  /* 0 if none */
	int64_t period_mode_id[PERIOD_COUNT]; /* 0 for the schedule's */
	char busy[NAME_MAX_LEN + 1], oof[NAME_MAX_LEN + 1];
	int64_t lead_s, lag_s;
	char patterns[PATTERNS_MAX_LEN + 1];
};
int subject_read(struct store *s, int64_t user_id, struct subject *ret, struct err *err) MUST_CHECK;
/* Many of them, at most ROWS_MAX: a statement, and what a row of it says. */
struct db_rows *subjects(struct store *s, const int64_t *ids, size_t n, struct err *err);
void subject_get(struct db_rows *rows, struct subject *ret);

/* The verdict at `at`, with the ladder of a window wide enough for it. Inside a transaction the end of switches until
 * `next` is written down. ladder_done() also after a failure. */
int ladder_decide(struct store *s, const struct subject *u, int64_t at, int64_t now,
	struct ladder *l, struct verdict *v, struct err *err) MUST_CHECK;

/* What is decided, but for when it began if the mode held before. */
struct ruling {
	struct presence now;
	bool began; /* as of struct verdict */
	char reason[REASON_MAX_LEN + 1];
	struct mode mode;
	char ask[NUMBER_MAX_LEN + 1]; /* of a switch: its forward_to */
};

/* A schedule, parsed. */
struct office {
	struct office *next;
	struct schedule schedule;
	struct schedule_rules *rules; /* NULL if its texts cannot be read */
	int64_t mode_id[PERIOD_COUNT];
};

/* What is shared by many users of one transaction: memory.c. To be filled before anything else of it is used. */
int memory_fill(struct store *s, struct err *err) MUST_CHECK;
struct memory_modes {
	int64_t period[PERIOD_COUNT]; /* when neither user nor schedule says one */
	int64_t available, away, off_work;
};
const struct memory_modes *memory_modes(const struct store *s);
bool memory_has_overrides(const struct store *s);
/* The zone of a name, else the default one with a warning, else UTC. Lent. */
const struct zone *memory_zone(struct store *s, const char *name);
int memory_mode_id(struct store *s, const char *name, int64_t *ret, struct err *err) MUST_CHECK;
/* All are lent until follow_forget(). */
int office_get(struct store *s, int64_t id, struct office **ret, struct err *err) MUST_CHECK;
int timeline_get(struct store *s, struct office *office, const struct zone *zone, int64_t from,
	int64_t to, const struct segments **ret, struct err *err) MUST_CHECK;
/* Users who have nothing of their own to decide about them get the same ruling from the same things: NULL if there is none yet,
 * or if this user is none of them. */
const struct ruling *memory_ruling(struct store *s, const struct subject *u, int64_t now);
void memory_rule(struct store *s, const struct subject *u, int64_t now, const struct ruling *r);
/* What is set of call rules before users' own versions. Lent. */
struct mode_rules {
	struct rules base, mode;
};
int memory_mode_rules(struct store *s, const struct mode *m, const struct mode_rules **ret,
	struct err *err) MUST_CHECK;
/* Expand one calendar on the wall clock of `zone`, or if it is the reader's own, on its own. What cannot be read or
 * expanded is a warning, no failure. *ret_calendar, whose strings the occurrences lend, is owned by the caller; NULL if not read. */
int memory_expand(struct store *s, int64_t calendar_id, const struct zone *zone, bool own_zone,
	int64_t from, int64_t to, struct occurrences *ret, struct calendar_info *ret_info,
	struct calendar **ret_calendar, struct err *err) MUST_CHECK;

/* Keep the first warning until somebody asks for it. */
void follow_warn(struct store *s, const char *about, const char *text);
/* What somebody wrote that cannot be understood is a warning, so that it stops nobody else: 0. A database that fails is an error. */
int follow_tolerate(
	struct store *s, const char *about, const struct err *why, struct err *err) MUST_CHECK;

#endif
