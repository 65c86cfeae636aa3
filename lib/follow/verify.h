/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify.h - whether the database says what follows from it: everything is decided again in a copy, and compared. */
#ifndef FOLLOW_VERIFY_H
#define FOLLOW_VERIFY_H

#include "lib/follow/follow.h"
#include "lib/store/verify.h"

/* Decide everything again. `copy` is a copy in memory, see follow_copy(). Then store_verify_presence() and the others say what
 * differs. */
int follow_verify(struct store *copy, int64_t now, struct err *err) MUST_CHECK;

#endif
