/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - how presenced and its links are, as the database knows: for `check` and `doctor`. */
#ifndef WORLD_H
#define WORLD_H

#include "lib/store/store.h"

enum world_what {
	WORLD_STATE,   /* presenced is not connected */
	WORLD_PENDING, /* the PBX has not confirmed all */
	WORLD_REFUSED, /* it refuses something */
	WORLD_VAIN,    /* it lacks the hints of members of queues */
};

/* Give what is wrong with a PBX, in words behind its name. `running`: presenced. */
int world_pbx(struct store *s, const char *pbx, bool running,
	void (*fn)(void *data, enum world_what what, const char *text), void *data,
	struct err *err) MUST_CHECK;
/* Whether SQLite's log is too large, in words. */
bool world_wal(struct store *s, char *ret, size_t size);

#endif
