/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan.h - the reading of all that we own on a PBX, after a login: lists, whose items become what is confirmed. What others put there
 * is noted for the readback instead. Queue members are not in the lists: each is read when its enrolment begins. */
#ifndef SCAN_H
#define SCAN_H

#include "lib/binding/conf.h"
#include "lib/pbx/item.h"
#include "lib/store/store.h"
#include "lib/sync/readback.h"
#include "lib/sync/turn.h"

enum {
	SCAN_STRAYS_MAX = 20000, /* besides as many as we want there */
	SCAN_LISTED_MAX =
		40, /* events of one list that an item of ours may have: a lamp for each mode */
};

struct scan {
	/* Lent. */
	const struct conf_pbx *pbx;
	struct store *store;
	struct readback *readback;

	unsigned lists; /* still to be read */
	size_t wanted;  /* items that the PBX should hold */
	size_t strays;  /* that may still come: more are not from a database of ours */
	bool open;      /* a transaction: what comes in one step is written in one */
};

/* Ask for the lists: their answers have `tag` and the numbers after it, ITEM_LISTS of them. */
int scan_begin(struct scan *s, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An item of a list. */
int scan_item(struct scan *s, const struct amimsg *m, struct err *err) MUST_CHECK;
/* Somebody else has changed an item while the lists are read, also one that they do not have. */
int scan_event(struct scan *s, const struct item *item, struct err *err) MUST_CHECK;
/* The list number `list`, from 0, has ended. *ret_over: it was the last one. */
int scan_answer(struct scan *s, uint64_t list, const struct answer *answer, bool *ret_over,
	struct err *err) MUST_CHECK;
/* The step is over: others can write before the next one. */
int scan_pause(struct scan *s, struct err *err) MUST_CHECK;
/* The session is over: forget what was not written. */
void scan_reset(struct scan *s);

#endif
