/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entries.h - whether the entries of AstDB must be compiled again. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "lib/follow/prefix.h"

/* Compile all entries again if a program with another layout of entries has compiled them, or if they have other prefixes. Not
 * inside a transaction. */
int entries_follow(struct store *store, const struct prefixes *p, struct err *err) MUST_CHECK;

#endif
