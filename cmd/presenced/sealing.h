/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sealing.h - the log is sealed, and what people did goes to the journal. */
#ifndef SEALING_H
#define SEALING_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/store/store.h"

/* Seal some records, or send some to the journal. It takes some milliseconds. *ret_more: whether there is more to do. */
int sealing_step(struct store *s, int64_t now, bool *ret_more, struct err *err) MUST_CHECK;
/* Do all of it, up to a bound. */
int sealing_all(struct store *s, int64_t now, struct err *err) MUST_CHECK;

#endif
