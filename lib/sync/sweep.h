/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - what we own on a PBX is read again while the session lasts, and mended where it is not as it should be. Two things make an
 * item be read: an event that tells of another value, and time. Each minute takes a slice, and all slices take SWEEP_CYCLE_MS. An
 * event is only a hint, since it can be forged: it is read what the PBX holds. This goes in rounds, at most four a second. */
#ifndef SWEEP_H
#define SWEEP_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/sync/batch.h"
#include "lib/sync/readback.h"
#include "lib/sync/turn.h"

enum {
	/* The first slice comes so long after the login, which has read everything, or up to SWEEP_SPREAD_MS later. */
	SWEEP_FIRST_MS = 210000,
	SWEEP_SPREAD_MS = 30000,
	SWEEP_SLICE_MS = 60000,
	SWEEP_SLICES = 10,
	SWEEP_CYCLE_MS = SWEEP_SLICES * SWEEP_SLICE_MS,
	/* What an event tells of is read so long after it: a feature code changes several things, one after the other. What a slice
	 * finds is read once more after so long, and mended only then. */
	SWEEP_EVENT_MS = 500,
	SWEEP_AGAIN_MS = 1000,
	/* How often it is looked whether there is a hint by now that a queue lacks. */
	SWEEP_HINTS_MS = 3000,
	SWEEP_QUESTIONS = 4096, /* at most, in one round */
};

struct sweep;

/* `readback` judges what may be a word of somebody else. All is lent. */
struct sweep *sweep_new(const struct conf_pbx *pbx, struct store *store, struct readback *readback);
void sweep_free(struct sweep *s);
DEFINE_CLEANUP(struct sweep, sweep_free)

/* The session is over: forget what was noted. */
void sweep_reset(struct sweep *s);
/* The lists have been read. `lot` is random: links that log in together do not read together. */
void sweep_begin(struct sweep *s, int64_t now_ms, uint32_t lot);

/* An event. `batch` says what is under way. */
int sweep_event(struct sweep *s, const struct amimsg *m, struct batch *batch, int64_t now_ms,
	struct err *err) MUST_CHECK;
/* A batch has begun: what is asked about its items may be answered with an old value or a new one. */
void sweep_yield(struct sweep *s, const struct batch *batch);
/* A batch has left members in vain, whose hints are missing. */
void sweep_look_for_hints(struct sweep *s, int64_t now_ms);

/* Nothing is noted, and nothing is being read. */
bool sweep_is_idle(const struct sweep *s);
/* Whether something can be done now, and when that is if nothing comes. INT64_MAX: never. */
bool sweep_is_due(const struct sweep *s, const struct turn *t);
int64_t sweep_deadline(const struct sweep *s);
/* Do it. Answers have `tag` and the numbers behind it, SWEEP_QUESTIONS of them. *ret_differs: the database differs from the PBX by
 * now. */
int sweep_step(struct sweep *s, const struct turn *t, uint64_t tag, bool *ret_differs,
	struct err *err) MUST_CHECK;
/* An event of the answer to `tag` + `number`, one of no list, and the answer. */
void sweep_item(struct sweep *s, uint64_t number, const struct amimsg *m);
void sweep_caller(struct sweep *s, const struct amimsg *m);
void sweep_answer(struct sweep *s, uint64_t number, const struct answer *answer);

#endif
