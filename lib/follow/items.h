/* items.h - the items of users follow their mode. */
#ifndef FOLLOW_ITEMS_H
#define FOLLOW_ITEMS_H

#include "lib/store/store.h"

/* Bring a user's items in line with the mode and note that hold, and the number that a forward to `ask` stands for. What is written may
 * wait for store_flush(). */
int follow_items(struct store *s, int64_t user_id, const char *pbx, const char *extension,
	const struct mode *m, const char *note, const char *ask, struct err *err) MUST_CHECK;
/* None of the user's items is wanted any more. */
int follow_items_release(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

#endif
