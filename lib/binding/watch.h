/* watch.h - tells when the database file may have changed (inotify). */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

#include "lib/base/err.h"

/* Watch the file. *ret is a non-blocking descriptor that can be read after a store_commit() of any process. The caller closes
 * it. */
int watch_open(const char *database, int *ret, struct err *err) MUST_CHECK;

/* Take all events. Returns whether there were any. */
bool watch_drain(int fd);

#endif
