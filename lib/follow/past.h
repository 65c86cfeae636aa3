/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.h - what was true for users, as the log tells it, and how far back the log goes. */
#ifndef FOLLOW_PAST_H
#define FOLLOW_PAST_H

#include "lib/presence/history.h"
#include "lib/store/ids.h"
#include "lib/store/store.h"

/* A user of the past: one of today's, or one whom only the log knows by this name. */
struct past_user {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	int64_t newest; /* their newest record; newer ones may be about another user who has the ID now */
};
struct past_user past_user(int64_t id, const char *name, int64_t newest);
/* Find a user by name, today's first. ERR_NOT_FOUND if neither the database nor the log knows them. */
int follow_past_user(
	struct store *s, const char *name, struct past_user *ret, struct err *err) MUST_CHECK;

/* What a user was in, in the window [from, to), which ends at `now` or before. *ret is zero-initialized or was used before; the caller
 * ends it with history_done(). */
int follow_history(struct store *s, const struct past_user *user, int64_t from, int64_t to,
	struct history *ret, struct err *err) MUST_CHECK;

/* What a user was in at an instant, the whole of it: from when until when (UNTIL_OPEN: it still holds). `given` is the record of the
 * order that decided, or of the instant at which presenced noticed: a record of the same mode and reason, or of the switch. Its id is 0
 * if there is none. */
int follow_past(struct store *s, const struct past_user *user, int64_t at, struct spell *ret,
	struct spell *ret_given, struct err *err) MUST_CHECK;

/* The same for many, without `given`. */
struct past_status {
	const char *user, *extension, *pbx; /* extension and pbx are NULL for a user who is gone */
	struct spell spell;
};
/* who NULL: all who were users then, by name. */
int follow_past_each(struct store *s, const struct ids *who, int64_t at,
	int (*fn)(void *data, const struct past_status *status), void *data,
	struct err *err) MUST_CHECK;

#endif
