/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enrolment.h - brings one user in step as a member of one queue. That takes a chain of actions, one at a time: what the PBX holds of
 * the member is read, what is missing is done, and so on until it is as the item says. What comes next is for member_next() to say. */
#ifndef ENROLMENT_H
#define ENROLMENT_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/sync/refusals.h"
#include "lib/sync/turn.h"
#include "lib/store/item.h"

enum {
	ENROLMENT_AGAIN_S =
		5, /* how often a member on a call is looked at who is to leave after it */
	ENROLMENT_CALL_S = 2 * 60 * 60 /* so long a call can put that off */
};

/* What all enrolments of a PBX share. */
struct enrolment_desk {
	const struct conf_pbx *pbx;
	struct store *store;
	struct refusals *refusals;
};

struct enrolment;

/* `desk` is lent for the life of the enrolment, `now` is UTC seconds. */
struct enrolment *enrolment_new(
	const struct enrolment_desk *desk, const struct stored_item *item, int64_t now);
void enrolment_free(struct enrolment *e);

/* Whether it may come to a pause that is not written down yet; and write it down, before the first action. */
bool enrolment_is_new_pause(const struct enrolment *e);
int enrolment_announce(const struct enrolment *e, struct err *err) MUST_CHECK;

/* The first action. -1: there is nothing that could be sent. */
int enrolment_send(
	struct enrolment *e, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An event of the list that it has asked for. */
void enrolment_see(struct enrolment *e, const struct amimsg *event);

enum enrolment_end {
	ENROLMENT_GOES_ON, /* another action has been sent, with the same tag */
	ENROLMENT_CONFIRMED,
	ENROLMENT_IN_VAIN, /* confirmed, but it is of no use: why in *err */
	ENROLMENT_WAITS,   /* for the end of a call */
	ENROLMENT_REFUSED,
};

/* The answer to its action came: *ret, and if it is refused or in vain, why in *err. -1: the database failed. */
int enrolment_answer(struct enrolment *e, const struct turn *t, const struct answer *answer,
	enum enrolment_end *ret, struct err *err) MUST_CHECK;

/* Whether the PBX was told anything, and is not asked only. */
bool enrolment_has_acted(const struct enrolment *e);

/* Write down that it waits. */
int enrolment_put_off(struct enrolment *e, int64_t now, struct err *err) MUST_CHECK;

/* How it is told that it was refused or is in vain. */
void enrolment_refusal(const struct enrolment *e, struct refusal *ret);

#endif
