/* SPDX-License-Identifier: GPL-3.0-or-later */
/* greetings.h - which users of one PBX have recorded a greeting. The entries of AstDB are read after a login. A feature code that changes
 * one also changes the device state Custom:greetings: an event that may be forged, so all of them are read again. */
#ifndef GREETINGS_H
#define GREETINGS_H

#include "lib/binding/conf.h"
#include "lib/store/greeting.h"
#include "lib/sync/turn.h"

enum { GREETINGS_RETRY_MS = 1000 };

struct greetings {
	/* Lent. */
	const struct conf_pbx *pbx;
	struct store *store;

	bool due, busy;   /* to be read; being read */
	int64_t retry_ms; /* not before this: the database was locked */
	char (*keys)[GREETING_KEY_MAX_LEN + 1];
	size_t n, cap;
};

void greetings_done(struct greetings *g);
/* A session begins: nothing has been read. */
void greetings_reset(struct greetings *g);
void greetings_event(struct greetings *g, const struct amimsg *m);

bool greetings_is_due(const struct greetings *g, const struct turn *t);
int greetings_step(
	struct greetings *g, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An item of the list, and its end. If the database cannot be written, they are read again after GREETINGS_RETRY_MS. */
void greetings_item(struct greetings *g, const struct amimsg *m);
int greetings_answer(struct greetings *g, const struct answer *answer, int64_t now_ms,
	struct err *err) MUST_CHECK;

#endif
