/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.h - the changes that are under way to one PBX: read from the database, sent in order, answered, and
 * written down when all is answered. */
#ifndef BATCH_H
#define BATCH_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/sync/readback.h"
#include "lib/sync/turn.h"

enum {
	BATCH_MAX = 1000, /* items at a time; tags of their actions are below */
	BATCH_ROOM = 100, /* in the window that is worth a write */
};

struct batch;

/* `pbx` and `store` are lent for the life of the batch. */
struct batch *batch_new(const struct conf_pbx *pbx, struct store *store);
void batch_free(struct batch *b);

/* Forget what is under way, and what the session before was not permitted. */
void batch_reset(struct batch *b);

/* Fill an empty batch with what differs at `now`, UTC seconds. What follows the mode of a user is left out if `unread` has noted their presence,
 * unless that was last changed by a word that was said here: somebody's word may stand on the PBX, which is read back first. unread NULL: nothing is. */
struct batch_filling {
	const struct readback *unread;
	bool waits;    /* it has become nothing, but something waits for the end of a call */
	bool left_out; /* something was left out */
};
int batch_read(
	struct batch *b, int64_t now, struct batch_filling *filling, struct err *err) MUST_CHECK;

/* If a transaction with few items has come, leave out of the batch what was not sent yet: the next batch begins with these few.
 * *ret_looked: there is no need to look again until the database changes. */
int batch_give_way(struct batch *b, int64_t now, bool *ret_looked, struct err *err) MUST_CHECK;

bool batch_is_empty(const struct batch *b);
bool batch_is_answered(const struct batch *b); /* all of it, and it is not empty */

/* Whether it is time to fill up the window. */
bool batch_is_due(const struct batch *b, const struct ami *ami);
/* Send what the window has room for. */
void batch_send(struct batch *b, const struct turn *t);

/* An event of the list that was asked for with that tag. */
void batch_see(struct batch *b, uint64_t tag, const struct amimsg *m);
/* An event of no list: it may be what a caller has torn off one. */
void batch_event(struct batch *b, const struct amimsg *m);
/* The answer to the action with that tag, after the events of its list. It may send the next action, to a member of a queue. -1:
 * with this login there is no use in going on; or the database failed, and the batch is still good. */
int batch_answer(struct batch *b, const struct turn *t, const struct answer *answer,
	struct err *err) MUST_CHECK;

/* The value with which an item is under way, lent, or NULL if it is not. An event is compared with it: if this value is refused, it is
 * not known what the PBX holds. */
const char *batch_value(struct batch *b, const char *name);

/* Whether an answered batch has a member who is there in vain. */
bool batch_has_vain(const struct batch *b);
/* Whether an item is under way. */
bool batch_has(const struct batch *b, int64_t id);

/* One transaction at `now`, UTC seconds, that writes down what the PBX confirmed and what it refused. Then `refused` is told of each
 * that was refused, without an item of what is in vain though confirmed, and the batch is empty. Returns how many were confirmed, or
 * -1 and the batch is as it was. */
int batch_record(struct batch *b, int64_t now,
	void (*refused)(void *data, const char *item, const char *why), void *data,
	struct err *err) MUST_CHECK;

/* Whether this session may write entries of call rules, as far as is known. */
bool batch_takes_entries(const struct batch *b);

#endif
