/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pins.h - the wrong PINs that the phones of one PBX have keyed in. The dialplan counts them and locks phones out; what is new goes into
 * the log. A phone may key in as fast as it likes: they are read at most once in PINS_PAUSE_MS. */
#ifndef PINS_H
#define PINS_H

#include "lib/binding/conf.h"
#include "lib/follow/pin.h"
#include "lib/sync/family.h"

enum { PINS_PAUSE_MS = 3000 };

struct pins {
	/* Lent. */
	const struct conf_pbx *pbx;
	struct store *store;

	struct family family;
	struct wrong_pins *list;
	size_t n, cap;
};

void pins_init(struct pins *p, const struct conf_pbx *pbx, struct store *store);
void pins_done(struct pins *p);
void pins_reset(struct pins *p);

int pins_step(struct pins *p, const struct turn *t, uint64_t tag, struct err *err) MUST_CHECK;
/* An item of the list, and its end. */
void pins_item(struct pins *p, const struct amimsg *m);
void pins_answer(struct pins *p, const struct answer *answer, struct moment now);

#endif
