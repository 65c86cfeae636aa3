/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mender.h - what becomes of a difference between a PBX and the database: who mends it, and when. */
#ifndef MENDER_H
#define MENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/strbuf.h"
#include "lib/store/item.h"

enum mender {
	MENDER_NOW,     /* presenced is about to send it */
	MENDER_SWEEP,   /* presenced reads all again */
	MENDER_SWITCH,  /* it is a word of a phone or another tool, which counts */
	MENDER_CALL,    /* after a call */
	MENDER_LOGIN,   /* presenced, when it logs in */
	MENDER_PUSH,    /* nobody but push, since presenced does not run */
	MENDER_HINT,    /* whoever writes the hint */
	MENDER_REFUSED, /* nobody, as long as the PBX refuses it */
	MENDER_COUNT
};

/* What is known of a difference. */
struct difference {
	const struct stored_item *item; /* NULL: nobody wants what the PBX holds */
	const char *name;
	bool is_foreign;         /* a presence that we did not write */
	bool waits;              /* a member for the end of a call */
	bool lacks_hint;         /* a member's queue does not know their hint */
	bool running, connected; /* presenced; to this PBX */
};

enum mender mender_of(const struct difference *d);
/* The word for a table. */
const char *mender_word(enum mender m);
/* Add "2 differences that presenced mends within 15 minutes, ...; 98 differences that the PBX refuses, see ERROR". */
void mender_sum_up(const size_t count[MENDER_COUNT], struct strbuf *to);

#endif
