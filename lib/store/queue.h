/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue.h - the rows of queues, and their users. */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* Find a queue by NAME or NAME@PBX. ERR_NOT_FOUND with did-you-mean. ERR_USAGE if the word is a name, and two PBXs have a queue
 * with this name. */
int store_queue_find(
	struct store *s, const char *word, struct queue *ret, struct err *err) MUST_CHECK;
/* Give all queues, by name. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_queue_each(
	struct store *s, int (*fn)(void *data, const struct queue *q), void *data, struct err *err);
/* id 0 adds a queue. ERR_USAGE if the PBX has another queue with the name. */
int store_queue_write(struct store *s, struct queue *q, struct err *err) MUST_CHECK;
int store_queue_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;

int store_queue_get(struct store *s, int64_t id, struct queue *ret, struct err *err) MUST_CHECK;

/* The penalty of a user in a queue. PENALTY_QUEUE: it is the queue's. PENALTY_ABSENT: the user is not in the queue. */
enum { PENALTY_QUEUE = -1, PENALTY_ABSENT = -2 };
int store_queue_penalty(
	struct store *s, int64_t id, int64_t user_id, int64_t *ret, struct err *err) MUST_CHECK;
/* Put a user into a queue with a penalty. penalty -1: a user who is in the queue keeps theirs, a new one has the queue's. */
enum queue_change { QUEUE_SAME, QUEUE_ADDED, QUEUE_CHANGED };
int store_queue_assign(struct store *s, int64_t id, int64_t user_id, int64_t penalty,
	enum queue_change *ret, struct err *err) MUST_CHECK;
/* Take a user out of a queue. *ret_changed: whether the user was in it. */
int store_queue_unassign(struct store *s, int64_t id, int64_t user_id, bool *ret_changed,
	struct err *err) MUST_CHECK;

/* A user of a queue, and their item there. Strings are lent for the call. */
struct queue_user {
	const char *user, *extension, *mode;
	int64_t penalty;
	const char *wanted;    /* see lib/pbx/member.h */
	const char *confirmed; /* NULL: unknown */
	const char *error;     /* NULL: not refused */
	bool put_off;          /* the item waits for the end of a call */
};
/* Give the users of a queue, by name. */
int store_queue_users(struct store *s, const struct queue *q,
	int (*fn)(void *data, const struct queue_user *u), void *data, struct err *err);
int store_queue_user_ids(struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Add the users who are in a queue and in this mode. */
int store_queue_users_in_mode(
	struct store *s, int64_t mode_id, struct ids *ret, struct err *err) MUST_CHECK;
/* Give the names of a user's queues, by name. */
int store_queue_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);

/* A queue of a user, with all that their item there is made of. Strings are lent for the call. */
struct queue_seat {
	const char *queue, *hints;
	enum queue_members members;
	int64_t penalty;
	const char *user, *extension, *pbx;
	const char *dial; /* dial string of the user's first device; "": they have none */
};
/* Give the queues of a user. */
int store_queue_seats(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct queue_seat *seat), void *data, struct err *err);

/* A user who does not fit a queue they are in. Strings are lent for the call. */
struct queue_misfit {
	const char *user, *extension, *user_pbx, *queue, *queue_pbx;
	bool other_pbx, no_device;
	const char *same; /* another user of the queue, who has the same first device */
	const char *dial; /* dial string of this device */
};
/* Give one misfit of a queue, or of a user. If there is none, `fn` is not called. */
int store_queue_misfit(struct store *s, int64_t id,
	int (*fn)(void *data, const struct queue_misfit *m), void *data, struct err *err);
int store_queue_misfit_of_user(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct queue_misfit *m), void *data, struct err *err);

#endif
