/* lock.h - presenced.lock beside the database. The process that holds it is the daemon of this database. The kernel drops the lock
 * when the process ends. */
#ifndef LOCK_H
#define LOCK_H

#include <stdbool.h>

#include "lib/base/err.h"

/* Take the lock. It is held until the caller closes *ret. ERR_FAILED if another presenced holds it; the message has its PID. */
int lock_take(const char *database, int *ret, struct err *err) MUST_CHECK;

/* Whether a presenced runs on this database. False if that cannot be seen. */
bool lock_is_held(const char *database);

#endif
