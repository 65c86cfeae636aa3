/* SPDX-License-Identifier: GPL-3.0-or-later */
/* items.h - the items of users, which follow their modes. */
#ifndef FOLLOW_ITEMS_H
#define FOLLOW_ITEMS_H

#include "lib/pbx/item.h"
#include "lib/store/store.h"

/* Bring a user's items in line with what is decided about them. Rows may wait for store_flush(). */
int follow_items(struct store *s, int64_t user_id, const char *pbx, const struct item_source *from,
	struct err *err) MUST_CHECK;
/* Set all items of a user to neutral. Call it before the user is deleted. */
int follow_items_release(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

#endif
