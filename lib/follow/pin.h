/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pin.h - wrong PINs that phones have keyed in become records of the log. */
#ifndef FOLLOW_PIN_H
#define FOLLOW_PIN_H

#include "lib/store/pin.h"

enum {
	PINS_LOCKED = 6,   /* the dialplan does not ask a phone again that has keyed in so many */
	PINS_AT_ONCE = 10, /* records */
};

/* The counts of a PBX are these now, sorted by key. Write a record for each that is new, and keep them: in a transaction of its own, if
 * there is anything to write. After PINS_AT_ONCE records the rest waits for the next time, and *ret_more is true. */
int follow_wrong_pins(struct store *s, const char *pbx, const struct wrong_pins *list, size_t n,
	int64_t now, bool *ret_more, struct err *err) MUST_CHECK;

#endif
