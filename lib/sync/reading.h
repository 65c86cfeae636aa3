/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading.h - what a PBX holds of one item, asked for with as many actions as it takes: one for each lamp of a user, else one or two. */
#ifndef READING_H
#define READING_H

#include "lib/pbx/member.h"
#include "lib/store/item.h"
#include "lib/sync/turn.h"

/* The names of lamps: modes. */
struct lamp_names {
	char (*list)[NAME_MAX_LEN + 1];
	size_t n, cap;
};
void lamp_names_done(struct lamp_names *names);
void lamp_names_add(struct lamp_names *names, const char *name);
bool lamp_names_have(const struct lamp_names *names, const char *name);

struct item_reading {
	int64_t id; /* 0: nobody wants the item */
	char *name, *wanted, *confirmed, *previous, *sent;
	bool is_vain;                   /* a member who was told to be there in vain */
	const struct lamp_names *modes; /* lent */
	struct lamp_names others;       /* lamps that are no mode of ours any more */
	size_t questions;               /* how many actions it takes */

	/* What the answers said. */
	bool failed; /* one of them was refused, so nothing is known */
	bool there;  /* of an entry or a presence */
	char held[ITEM_VALUE_SIZE];
	struct member_goal goal;
	struct member_held member;
};

/* Begin to read an item of the database. `lamp` is one to look at besides those of modes, or "". `modes` is lent. */
void reading_begin(struct item_reading *r, const struct stored_item *item, const char *lamp,
	const struct lamp_names *modes);
/* The same of an item that nobody wants, and that the PBX may hold. */
void reading_begin_stray(struct item_reading *r, const char *name, const char *lamp);
void reading_done(struct item_reading *r);

/* Send the question number `question`. -1: it cannot be sent. */
int reading_ask(const struct item_reading *r, size_t question, const struct turn *t, uint64_t tag,
	struct err *err) MUST_CHECK;
/* An event of its answer, and the answer. */
void reading_item(struct item_reading *r, const struct amimsg *m);
void reading_answer(struct item_reading *r, size_t question, const struct answer *answer);

enum verdict {
	VERDICT_SAME,
	VERDICT_OTHER, /* the PBX holds `held` */
	VERDICT_LOST,  /* the PBX holds nothing, or a member otherwise: it is to be told again */
	VERDICT_FOREIGN, /* what somebody else put there may be their word: the readback is to judge */
	VERDICT_STRAY, /* the PBX holds `held`, and nobody wants it */
};
/* What all answers together say. */
int reading_judge(const struct item_reading *r, struct store *s, enum verdict *ret,
	struct err *err) MUST_CHECK;

#endif
