/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readback.h - what somebody else put on a PBX is read back, one thing at a time, and becomes a switch of a user, or what is
 * forced of a schedule. An event is only the hint: it
 * can be forged, what the PBX answers to an action cannot. */
#ifndef READBACK_H
#define READBACK_H

#include "lib/binding/conf.h"
#include "lib/pbx/item.h"
#include "lib/store/store.h"
#include "lib/sync/turn.h"

struct readback;

struct readback *readback_new(const struct conf_pbx *pbx, struct store *store); /* lent */
void readback_free(struct readback *r);
DEFINE_CLEANUP(struct readback, readback_free)

/* Forget what is under way: the session is over. */
void readback_reset(struct readback *r);

/* A session is ready; `booted_at` (UTC seconds) tells whether it is the same run of Asterisk as the last one whose lists were read. */
int readback_begin(struct readback *r, int64_t booted_at, struct err *err) MUST_CHECK;

/* The lists have been read: write that down. Inside a transaction. */
int readback_listed(struct readback *r, struct err *err) MUST_CHECK;
/* Whether this item may have been written before we began to write our mark. Then it is written again. */
bool readback_lacks_mark(const struct readback *r, const char *name);
/* What was noted before that is still to be read back: nothing may be pushed over it. */
bool readback_is_first(const struct readback *r);

/* An item that was seen, in a list or an event: *ret_foreign if it is to be read back, which is then noted. */
int readback_see_listed(
	struct readback *r, const struct item *item, bool *ret_foreign, struct err *err) MUST_CHECK;
int readback_see_event(
	struct readback *r, const struct item *item, bool *ret_foreign, struct err *err) MUST_CHECK;
/* Note that what an item tells of is to be read back: a presence, or what is forced of the schedule whose lamp it is. Nothing
 * happens with another item. */
void readback_note(struct readback *r, const char *name);

/* The i-th item that is still to be read back; NULL if there are no more. */
const char *readback_noted(const struct readback *r, size_t i);

bool readback_is_under_way(const struct readback *r); /* something is being read back */
bool readback_is_due(const struct readback *r);       /* something can be sent */
bool readback_is_idle(const struct readback *r);      /* nothing is noted */

enum { READBACK_STEPS = 3 };
/* Send what can be sent now. Answers have `tag` and the numbers after it, READBACK_STEPS of them. */
int readback_step(
	struct readback *r, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An event of an answer. */
void readback_item(struct readback *r, const struct amimsg *m);
/* An answer. If it cannot be written, the same is read back once more. *ret_name: the item that was adopted, CustomPresence:<ext> or presence-forced/<schedule>, lent until the next call, else
 * NULL. */
int readback_answer(struct readback *r, const struct answer *answer, int64_t now,
	const char **ret_name, struct err *err) MUST_CHECK;

#endif
