/* lock.h - presenced.lock beside the database: who holds it is the daemon. The kernel drops it with the process. */
#ifndef LOCK_H
#define LOCK_H

#include <stdbool.h>

#include "lib/base/err.h"

/* Take the lock for the life of the process: *ret is the descriptor, to be closed by the caller. ERR_FAILED if another
 * presenced holds it (the message has its pid). */
int lock_take(const char *database, int *ret, struct err *err) MUST_CHECK;

/* Whether a presenced runs on this database. False if that cannot be told. */
bool lock_is_held(const char *database);

#endif
