/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turn.h - what the machines of a link give each other: what time it is, where actions go, and what came back. None of them reads a
 * clock, so that a test can let years pass. */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/pbx/ami.h"

struct moment {
	int64_t ms;  /* monotonic, for what has to wait */
	int64_t utc; /* seconds, for what is written down */
};

/* One turn of a machine: it may send, and this is the time. */
struct turn {
	struct ami *ami;
	struct moment now;
};

/* The answer to the action that was sent with `tag`. */
struct answer {
	uint64_t tag;
	bool ok;
	const struct amimsg *message;
};

static inline int turn_send(
	const struct turn *t, uint64_t tag, const char *const *fields, struct err *err)
{
	return ami_send(t->ami, tag, fields, t->now.ms, err);
}

#endif
