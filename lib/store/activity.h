/* SPDX-License-Identifier: GPL-3.0-or-later */
/* activity.h - the rows of activity: what the phones of users do. presenced writes them, and they are true while it runs. */
#ifndef STORE_ACTIVITY_H
#define STORE_ACTIVITY_H

#include "lib/pbx/activity.h"
#include "lib/store/store.h"

/* Add the users on a PBX who have this device. */
int store_activity_users(struct store *s, const char *pbx, const char *device, struct ids *ret,
	struct err *err) MUST_CHECK;
/* Add the users on a PBX who were edited since their phones were read. */
int store_activity_edited(
	struct store *s, const char *pbx, struct ids *ret, struct err *err) MUST_CHECK;
/* Add the first `max` users on a PBX who have devices and an ID above `after`, by ID. */
int store_activity_next(struct store *s, const char *pbx, int64_t after, size_t max,
	struct ids *ret, struct err *err) MUST_CHECK;

/* A device of a user, and what is written of the user. */
struct activity_known {
	int64_t user_id;
	const char *dial; /* lent for the call; NULL if the user has no device */
	enum activity was;
	int64_t edits;
};
/* Give the devices of these users, those of one user after each other. A callback that returns other than 0 ends the walk. */
int store_activity_devices(struct store *s, const struct ids *who,
	int (*fn)(void *data, const struct activity_known *d), void *data, struct err *err);

/* Write what the phones of a user do, if the user is on this PBX. `since` counts if that is another activity than before. `edits` is
 * the number that store_activity_devices() gave: an edit after it stays to be read. The row may wait for store_flush(). */
struct activity_found {
	int64_t user_id;
	enum activity activity;
	int64_t since, edits;
};
int store_activity_write(struct store *s, const char *pbx, const struct activity_found *found,
	struct err *err) MUST_CHECK;
/* The devices of a user may be others now: presenced is to read them. */
int store_activity_edit(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
/* Nothing is known of the phones on a PBX any more. pbx NULL: on all. Outside a transaction. If nothing was known, nothing is
 * written. */
int store_activity_forget(struct store *s, const char *pbx, struct err *err) MUST_CHECK;

#endif
