/* open.h - the way for programs to open a store: all of lib/follow works on it. */
#ifndef OPEN_H
#define OPEN_H

#include "lib/store/store.h"
#include "lib/time/zone.h"

/* Like store_open(); entries are compiled in the transaction that brings an older schema up to date. `zones` is lent for the
 * life of the store. */
int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err) MUST_CHECK;

#endif
