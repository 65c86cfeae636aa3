/* SPDX-License-Identifier: GPL-3.0-or-later */
/* await.h - open the database at the start, however long another program has locked it. */
#ifndef AWAIT_H
#define AWAIT_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/binding/actor.h"
#include "lib/store/store.h"
#include "lib/time/zone.h"

struct await {
	const char *database;
	const struct actor *actor;
	struct zones *zones;
};

/* Block the signals that the loop takes, then open the database. systemd is told that we live, and after a while that we are ready:
 * *ret_is_ready. From here on the handle waits for no lock. Returns 1 if SIGTERM or SIGINT came first; -1 if the database cannot be
 * used, whoever lets go of it. */
int await_store(
	const struct await *a, struct store **ret, bool *ret_is_ready, struct err *err) MUST_CHECK;

#endif
