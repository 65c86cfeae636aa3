/* SPDX-License-Identifier: GPL-3.0-or-later */
/* who.h - WHO: the users whom words name. */
#ifndef WHO_H
#define WHO_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* A word is a user's name or extension, @group or all. Each user comes once, in the order of the words. The users of one word
 * come by name. The caller ends *ret with ids_done(). */
int store_who(struct store *s, const char *const *words, size_t n, struct ids *ret,
	struct err *err) MUST_CHECK;

#endif
