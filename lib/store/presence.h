/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presence.h - the rows of presence: the last decision about each user. And all that the ladder needs from the row of a user. */
#ifndef STORE_PRESENCE_H
#define STORE_PRESENCE_H

#include "lib/store/store.h"

/* A user as the ladder needs them, and their presence until now. */
struct ladder_user {
	int64_t id;
	char name[NAME_MAX_LEN + 1], extension[EXTENSION_MAX_LEN + 1], pbx[NAME_MAX_LEN + 1];
	char zone[ZONE_MAX_LEN + 1];
	int64_t default_mode_id; /* 0: no mode of their own */
	bool has_presence;       /* `was` and `reason` are set */
	struct presence was;
	char reason[REASON_MAX_LEN + 1];
	bool has_switches, has_calendars;
	bool has_ended;                       /* switches whose rows are kept */
	int64_t schedule_id;                  /* 0: no schedule */
	int64_t period_mode_id[PERIOD_COUNT]; /* 0: the schedule's */
	char busy[NAME_MAX_LEN + 1], oof[NAME_MAX_LEN + 1];
	int64_t lead_s, lag_s;
	char patterns[PATTERNS_MAX_LEN + 1];
};
int store_ladder_user_get(
	struct store *s, int64_t id, struct ladder_user *ret, struct err *err) MUST_CHECK;
/* Read many users, at most LADDER_USERS_MAX. Unknown IDs are left out. *ret_n is the number of users that were found. */
enum { LADDER_USERS_MAX = 1000 };
int store_ladder_users(struct store *s, const int64_t *ids, size_t n, struct ladder_user *ret,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* Add the personal calendars of a user, in their order. */
int store_ladder_calendars(
	struct store *s, int64_t user_id, struct ids *ret, struct err *err) MUST_CHECK;

/* Write the presence of a user, as decided at `now`. The row may wait for store_flush(). */
int store_presence_write(struct store *s, int64_t user_id, const struct presence *p,
	const char *reason, int64_t now, struct err *err) MUST_CHECK;
/* Add the users whose next_change_at has come. */
int store_presence_due(struct store *s, int64_t now, struct ids *ret, struct err *err) MUST_CHECK;
/* Make a user due. The row may wait for store_flush(). */
int store_presence_make_user_due(
	struct store *s, int64_t user_id, int64_t now, struct err *err) MUST_CHECK;
/* Make the users due who have a next_change_at, and those whose presence a clock that is ahead of `now` has written. */
int store_presence_make_due(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* Whether a clock that is ahead of `now` has written presence. */
int store_is_ahead(struct store *s, int64_t now, bool *ret, struct err *err) MUST_CHECK;
/* The first instant at which time changes the presence of a user or the period of a schedule; UNTIL_OPEN if no change is known. */
int store_next_change(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* A user's presence, as it is shown. */
struct status {
	int64_t user_id;
	const char *user, *extension, *pbx;
	const char *mode, *label, *type, *note, *source, *reason;
	int64_t since;
	int64_t until;     /* when another mode begins; UNTIL_OPEN: we see no end */
	bool confirmed;    /* the PBX holds every item */
	const char *error; /* the PBX's refusal, or NULL */
	/* What the phones do, or NULL, and since when. True while presenced runs. */
	const char *activity;
	int64_t activity_since;
};
/* Give the presence of these users. who NULL: of all users, by name. Strings are lent for the call. */
int store_status_each(struct store *s, const struct ids *who,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err);
/* Give at most `limit` users whose name, or extension, begins with `prefix`, in the order of that. Capitals do not count. `confirmed`
 * and `error` are not read. */
enum status_key { STATUS_BY_NAME, STATUS_BY_EXTENSION };
int store_status_prefix(struct store *s, enum status_key by, const char *prefix, int64_t limit,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err);
/* Count the users whose mode should have ended by `at`. */
int store_status_late(struct store *s, int64_t at, int64_t *ret, struct err *err) MUST_CHECK;

#endif
