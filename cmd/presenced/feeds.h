/* feeds.h - calendars by address are asked by a child process, so that no server holds up the loop and no answer can harm it:
 * `presencectl calendar refresh --due` writes what it reads to the database, and that wakes us. */
#ifndef FEEDS_H
#define FEEDS_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/store/store.h"

struct feeds;

/* `conf_path` (NULL for the default) and the database of `store` are handed to the child. All is lent. */
struct feeds *feeds_new(struct store *store, const char *conf_path);
void feeds_free(struct feeds *f); /* ends a child that is under way */
DEFINE_CLEANUP(struct feeds, feeds_free)

/* Start the child if the time of a calendar has come and none is under way; ends one that takes longer than FEEDS_MAX_S. *ret_pid
 * is the new child's, 0 if none was started. */
int feeds_tick(struct feeds *f, int64_t now, pid_t *ret_pid, struct err *err) MUST_CHECK;

/* The child has ended and was waited for. */
void feeds_ended(struct feeds *f);

/* Wait at most `ms` milliseconds for the child, if one is under way; it goes on alone if that is not enough. */
void feeds_wait(struct feeds *f, int ms);

enum { FEEDS_MAX_S = 900 };

#endif
