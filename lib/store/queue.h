/* queue.h - queues as rows, and who is in them. */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* A name, or name@PBX. ERR_NOT_FOUND with did-you-mean, ERR_USAGE if two PBXs have a queue of that name. */
int store_queue_find(
	struct store *s, const char *word, struct queue *ret, struct err *err) MUST_CHECK;
/* By name. A callback that returns other than 0 ends the walk, and that is what the walk returns. */
int store_queue_each(
	struct store *s, int (*fn)(void *data, const struct queue *q), void *data, struct err *err);
/* id 0 adds. ERR_USAGE if the PBX has a queue of that name. */
int store_queue_write(struct store *s, struct queue *q, struct err *err) MUST_CHECK;
int store_queue_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;

/* Put a user into a queue, with a penalty or with -1 the one that there is, else the queue's. */
enum queue_change { QUEUE_SAME, QUEUE_ADDED, QUEUE_CHANGED };
int store_queue_assign(struct store *s, int64_t id, int64_t user_id, int64_t penalty,
	enum queue_change *ret, struct err *err) MUST_CHECK;
/* *ret_changed: whether the user was in it. */
int store_queue_unassign(struct store *s, int64_t id, int64_t user_id, bool *ret_changed,
	struct err *err) MUST_CHECK;

/* The users of a queue as a PBX has them, by name. Strings are lent for the call. */
struct queue_user {
	const char *user, *extension, *mode;
	int64_t penalty;
	const char *wanted;    /* value of the item, as of member.h */
	const char *confirmed; /* NULL if unknown */
	const char *error;     /* NULL if not refused */
	bool put_off;          /* waits for the end of a call */
};
int store_queue_users(struct store *s, const struct queue *q,
	int (*fn)(void *data, const struct queue_user *u), void *data, struct err *err);
int store_queue_user_ids(struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Users in queues who are in a mode. */
int store_queue_users_in_mode(
	struct store *s, int64_t mode_id, struct ids *ret, struct err *err) MUST_CHECK;
/* The names of a user's queues, by name. */
int store_queue_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);

/* The queues of a user. Strings are lent for the call. */
struct queue_seat {
	const char *queue, *hints;
	enum queue_members members;
	int64_t penalty;
	const char *user, *extension, *pbx;
	const char *dial; /* of the user's first device, "" if there is none */
};
int store_queue_seats(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct queue_seat *seat), void *data, struct err *err);

/* An assignment that cannot be. Strings are lent for the call. */
struct queue_misfit {
	const char *user, *extension, *user_pbx, *queue, *queue_pbx;
	bool other_pbx, no_device;
	const char *same; /* otherwise the other user of the queue who has the same first device */
	const char *dial; /* of it */
};
/* Give one of a queue, or of a user, if there is any. */
int store_queue_misfit(struct store *s, int64_t id,
	int (*fn)(void *data, const struct queue_misfit *m), void *data, struct err *err);
int store_queue_misfit_of_user(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct queue_misfit *m), void *data, struct err *err);

#endif
