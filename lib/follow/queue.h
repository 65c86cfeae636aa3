/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue.h - what follows when queues and their users change. */
#ifndef FOLLOW_QUEUE_H
#define FOLLOW_QUEUE_H

#include "lib/store/queue.h"

/* id 0 adds a queue. The items of its users follow. ERR_USAGE if the PBX has another queue with the name, or if a user does not
 * fit. */
int follow_queue_save(struct store *s, struct queue *q, int64_t now, struct err *err) MUST_CHECK;
/* Delete a queue. Its users leave it on the PBX. *ret_n: how many. */
int follow_queue_delete(struct store *s, const struct queue *q, int64_t now, size_t *ret_n,
	struct err *err) MUST_CHECK;
/* Put a user into a queue, see store_queue_assign(). ERR_USAGE if the user does not fit. */
int follow_queue_assign(struct store *s, const struct queue *q, const struct user *u,
	int64_t penalty, int64_t now, enum queue_change *ret, struct err *err) MUST_CHECK;
/* Take a user out of a queue. *ret_changed: whether the user was in it. */
int follow_queue_unassign(struct store *s, const struct queue *q, const struct user *u, int64_t now,
	bool *ret_changed, struct err *err) MUST_CHECK;
/* Check that a user still fits all their queues. Call it after the user was edited. ERR_USAGE if they do not. */
int follow_queue_check_user(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

#endif
