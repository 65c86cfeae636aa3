/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phones.h - what the phones of the users on one PBX do. After a login the list of device states tells it of all users. Later an
 * event, or an edit of a user, only notes the user: the states of their devices are read back, since an event can be forged. This
 * goes in rounds, at most four a second, and a round that finds something new ends with one transaction. */
#ifndef PHONES_H
#define PHONES_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/sync/turn.h"

enum {
	PHONES_ROUND_MS = 250,
	PHONES_ROUND_USERS = 10000, /* at most, in one round */
};

struct phones;

struct phones *phones_new(const struct conf_pbx *pbx, struct store *store); /* lent */
void phones_free(struct phones *p);
DEFINE_CLEANUP(struct phones, phones_free)

/* The session is over: nothing is known any more. */
void phones_reset(struct phones *p);
/* After phones_new() and phones_reset(): delete what is written, which is not true any more. If that fails, do it again later. */
int phones_forget(struct phones *p, int64_t now_ms, struct err *err) MUST_CHECK;

/* An item of the list of device states. */
void phones_list(struct phones *p, const struct amimsg *m);
/* The lists have been read: all users are looked at. */
void phones_listed(struct phones *p);
/* An event, also one that came before the lists had been read. If the database fails, it is asked again later whose device it is. */
int phones_event(struct phones *p, const struct amimsg *m, struct err *err) MUST_CHECK;
/* Users may have been edited. */
void phones_look(struct phones *p);

/* Whether something can be done now, and when that is if nothing comes. INT64_MAX: never. */
bool phones_is_due(const struct phones *p, const struct turn *t);
int64_t phones_deadline(const struct phones *p);
/* Do it. Answers have `tag` and the numbers behind it. */
int phones_step(struct phones *p, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* How often something new was written. */
size_t phones_written(const struct phones *p);
/* The answer to `tag` + `number`. */
void phones_answer(struct phones *p, uint64_t number, const struct answer *answer);

#endif
