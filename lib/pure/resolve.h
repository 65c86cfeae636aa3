/* resolve.h - who wins. The precedence of everything that wants to set a mode lives here and nowhere else. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/pure/model.h"

/* All that can decide a user's mode. */
struct resolve_input {
	const struct manual *manuals; /* newest first */
	size_t manuals_n;
	int64_t default_mode_id; /* the user's default mode, or available */
};

struct verdict {
	enum source source;
	int64_t mode_id;
	int64_t next_change_at; /* UTC seconds, first instant at which the verdict may differ; UNTIL_OPEN if none */
	const struct manual
		*manual; /* the switch that won, lent from the input; NULL if none did */
};

/* The mode at instant `at` (UTC seconds): the newest switch that has not ended, else the default mode.
 * A switch holds from when it was given, whatever a stepped clock says of that time, and has ended at
 * its `until`. */
void resolve(const struct resolve_input *in, int64_t at, struct verdict *ret);

#endif
