/* queue.h - what follows when queues, and who is in them, change. */
#ifndef FOLLOW_QUEUE_H
#define FOLLOW_QUEUE_H

#include "lib/store/queue.h"

/* id 0 adds. Its users' items follow. ERR_USAGE if the name is taken or a user does not fit it. */
int follow_queue_save(struct store *s, struct queue *q, int64_t now, struct err *err) MUST_CHECK;
/* Its users, *ret_n of them, are released from it on the PBX. */
int follow_queue_delete(struct store *s, const struct queue *q, int64_t now, size_t *ret_n,
	struct err *err) MUST_CHECK;
/* A user into a queue, see store_queue_assign(). ERR_USAGE if the user does not fit it. */
int follow_queue_assign(struct store *s, const struct queue *q, const struct user *u,
	int64_t penalty, int64_t now, enum queue_change *ret, struct err *err) MUST_CHECK;
/* *ret_changed: whether the user was in it. */
int follow_queue_unassign(struct store *s, const struct queue *q, const struct user *u, int64_t now,
	bool *ret_changed, struct err *err) MUST_CHECK;
/* A user still fits all their queues after the user was edited: ERR_USAGE. */
int follow_queue_check_user(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

#endif
