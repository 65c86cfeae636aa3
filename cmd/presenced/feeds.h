/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feeds.h - fetch calendars by address. A child process does it, `presencectl calendar refresh --due`: no server can hold up the
 * loop, and no answer can harm it. The child writes what it reads to the database, and that wakes us. */
#ifndef FEEDS_H
#define FEEDS_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/store/store.h"

struct feeds;

/* The child gets `conf_path` (NULL: the default) and the database of `store`. All is lent. */
struct feeds *feeds_new(struct store *store, const char *conf_path);
void feeds_free(struct feeds *f); /* ends a child that is under way */
DEFINE_CLEANUP(struct feeds, feeds_free)

/* If a calendar is due and no child is under way, start the child. End a child that takes longer than FEEDS_MAX_S. *ret_pid is the
 * new child, or 0. */
int feeds_tick(struct feeds *f, int64_t now, pid_t *ret_pid, struct err *err) MUST_CHECK;

/* Tell that the child has ended and was waited for. */
void feeds_ended(struct feeds *f);

/* If a child is under way, wait for it, at most `ms` milliseconds. It goes on alone after that. */
void feeds_wait(struct feeds *f, int ms);

enum { FEEDS_MAX_S = 900 };

#endif
