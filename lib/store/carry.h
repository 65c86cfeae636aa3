/* SPDX-License-Identifier: GPL-3.0-or-later */
/* carry.h - what a copy has to know of the database whose place it takes: what the world still holds of that. */
#ifndef STORE_CARRY_H
#define STORE_CARRY_H

#include "lib/store/store.h"

/* Add to the copy `s` the items of `database` that it lacks, so that the PBXs are told that nobody wants them, and the tags under
 * which presence servers hold what was published. What cannot be read is left out: the database may be damaged, older or gone. */
int store_carry(struct store *s, const char *database, struct err *err) MUST_CHECK;

#endif
