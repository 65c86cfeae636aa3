/* watch.h - tells when the database file may have changed (inotify). */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

#include "lib/base/err.h"

/* Watch the file: *ret is a non-blocking descriptor that polls readable after store_commit() of any process, to be
 * closed by the caller. */
int watch_open(const char *database, int *ret, struct err *err) MUST_CHECK;

/* Take what has come. Returns whether anything had. */
bool watch_drain(int fd);

#endif
