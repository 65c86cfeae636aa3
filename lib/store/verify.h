/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify.h - what presence and items said before all of it was decided again, and where that differs. Only for a copy in memory. */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "lib/store/store.h"

enum { ITEM_TEXT_SIZE = 512 };

/* Remember presence and items as they are. */
int store_verify_begin(struct store *s, struct err *err) MUST_CHECK;
/* Give what is another by now, one sentence each. Users whose next change is not after `now` are left out: it is presenced's turn. If
 * `fn` returns other than 0, the walk ends and returns that. */
int store_verify_presence(struct store *s, int64_t now, int (*fn)(void *data, const char *finding),
	void *data, struct err *err) MUST_CHECK;
int store_verify_items(struct store *s, int64_t now, int (*fn)(void *data, const char *finding),
	void *data, struct err *err) MUST_CHECK;
/* Count the users whose change was due before `before`. */
int store_verify_overdue(struct store *s, int64_t before, int64_t *ret, struct err *err) MUST_CHECK;

#endif
