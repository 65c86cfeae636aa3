/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.h - what was true for users, as the log tells it, and how far back the log goes. */
#ifndef FOLLOW_PAST_H
#define FOLLOW_PAST_H

#include "lib/store/store.h"

/* Delete what is older in the log than keep_s. Nobody can tell whether the clock is ahead, so only what a clock called too old a day ago
 * is deleted, if it still is too old. Call it as often as you like, inside a transaction. */
int follow_prune_log(struct store *s, int64_t now, int64_t keep_s, struct err *err) MUST_CHECK;

#endif
