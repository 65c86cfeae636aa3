/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h - calls that are forwarded in a circle. */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/strbuf.h"

/* Calls for user `from` can be forwarded to user `to`. The names are lent. */
struct loop_edge {
	const char *from, *to;
	bool shared; /* a rule of a mode says so, not one of the user's own */
};

/* Whether calls for `start` can come back to `start`. If so, append the shortest way to `way`: "alice → bob → alice". A circle of
 * shared edges alone does not count. Neither does a circle that `start` leads into without being part of it. Sorts `edges`. */
bool loop_find(struct loop_edge *edges, size_t n, const char *start, struct strbuf *way);

#endif
