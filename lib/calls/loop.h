/* loop.h - calls that are forwarded in a circle. */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/strbuf.h"

/* Calls for `from` can be forwarded to `to`: names of users. Lent. */
struct loop_edge {
	const char *from, *to;
	bool shared; /* by a rule that is nobody's own: circles of such alone are none */
};

/* Whether calls for `start` can come back to `start`; if so the shortest such way is appended to `way`: "alice → bob → alice". Sorts
 * `edges`. A circle that `start` only leads into is not theirs. */
bool loop_find(struct loop_edge *edges, size_t n, const char *start, struct strbuf *way);

#endif
