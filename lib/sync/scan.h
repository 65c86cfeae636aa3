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

	/* The presences that AstDB has, as hashes of their names; sorted, and of use, once its list has ended. */
	uint64_t *rows;
	size_t rows_n, rows_cap;
	bool rows_known;
	unsigned lists; /* still to be read */
	bool has_begun; /* the lists were asked for, and not all is written yet */
	/* What was seen and is not written yet, one after the other: the kind of sighting, the rank, the name with its NUL, the value
	 * with its NUL. Usually that is what came in one step; more if the database cannot be used. */
	struct strbuf queue;
	size_t wanted; /* items that the PBX should hold */
	size_t strays; /* that may still come: more are not from a database of ours */
};

/* Ask for the lists: their answers have `tag` and the numbers after it, ITEM_LISTS of them. If that fails nothing was asked for. */
int scan_begin(struct scan *s, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An item of a list. */
void scan_item(struct scan *s, const struct amimsg *m);
/* Somebody else has changed an item while the lists are read, also one that they do not have. */
void scan_event(struct scan *s, const struct item *item);
/* The list number `list`, from 0, has ended. */
int scan_answer(
	struct scan *s, uint64_t list, const struct answer *answer, struct err *err) MUST_CHECK;
/* Whether there is something to write. */
bool scan_is_due(const struct scan *s);
/* Write down what was seen, in one transaction: others can write before the next step. *ret_over: the last list has ended. If it fails
 * it can be tried again, unless the PBX is to blame: then the code is ERR_FAILED. */
int scan_write(struct scan *s, bool *ret_over, struct err *err) MUST_CHECK;
/* The session is over: forget what was not written. */
void scan_reset(struct scan *s);

#endif
