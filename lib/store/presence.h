/* presence.h - what is true for each user now, as it was decided last, and what the decision needs of the user. */
#ifndef STORE_PRESENCE_H
#define STORE_PRESENCE_H

#include "lib/store/store.h"

/* A user as the ladder needs them, and what holds until now. */
struct ladder_user {
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
int store_ladder_user_get(
	struct store *s, int64_t id, struct ladder_user *ret, struct err *err) MUST_CHECK;
/* Many, at most LADDER_USERS_MAX. Those who are not there are left out: *ret_n are. */
enum { LADDER_USERS_MAX = 1000 };
int store_ladder_users(struct store *s, const int64_t *ids, size_t n, struct ladder_user *ret,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* The personal calendars of a user, in their order. */
int store_ladder_calendars(
	struct store *s, int64_t user_id, struct ids *ret, struct err *err) MUST_CHECK;

/* Write it down; `now` is the clock that says so. May wait for store_flush(). */
int store_presence_write(struct store *s, int64_t user_id, const struct presence *p,
	const char *reason, int64_t now, struct err *err) MUST_CHECK;
/* Users whose next_change_at has come; all whom time can decide about, or whose row is from a clock that is ahead. */
int store_presence_due(struct store *s, int64_t now, struct ids *ret, struct err *err) MUST_CHECK;
int store_presence_timed(struct store *s, int64_t now, struct ids *ret, struct err *err) MUST_CHECK;
/* Whether presence was written by a clock that is ahead of `now`. */
int store_is_ahead(struct store *s, int64_t now, bool *ret, struct err *err) MUST_CHECK;
/* The next instant at which something changes by itself, UNTIL_OPEN if none. */
int store_next_change(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* What is said of a user's presence. */
struct status {
	int64_t user_id;
	const char *user, *extension, *pbx;
	const char *mode, *label, *type, *note, *source, *reason;
	int64_t since;
	int64_t until;     /* when another mode begins, UNTIL_OPEN if none is foreseen */
	bool confirmed;    /* every item is on the PBX */
	const char *error; /* the PBX's refusal, NULL if none */
};
/* ids NULL: all users, by name. Strings are lent for the call. */
int store_status_each(struct store *s, const struct ids *who,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err);

#endif
