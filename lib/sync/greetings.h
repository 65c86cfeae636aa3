/* SPDX-License-Identifier: GPL-3.0-or-later */
/* greetings.h - which users of one PBX have recorded a greeting. A feature code that changes one says so. */
#ifndef GREETINGS_H
#define GREETINGS_H

#include "lib/binding/conf.h"
#include "lib/store/greeting.h"
#include "lib/sync/family.h"

enum { GREETINGS_RETRY_MS = 1000 };

struct greetings {
	/* Lent. */
	const struct conf_pbx *pbx;
	struct store *store;

	struct family family;
	char (*keys)[GREETING_KEY_MAX_LEN + 1];
	size_t n, cap;
};

void greetings_init(struct greetings *g, const struct conf_pbx *pbx, struct store *store);
void greetings_done(struct greetings *g);
void greetings_reset(struct greetings *g);

int greetings_step(
	struct greetings *g, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An item of the list, and its end. If the database cannot be written, they are read again after GREETINGS_RETRY_MS. */
void greetings_item(struct greetings *g, const struct amimsg *m);
void greetings_answer(struct greetings *g, const struct answer *answer, int64_t now_ms);

#endif
