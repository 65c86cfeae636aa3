/* item.h - items as rows: what each should hold on its PBX. */
#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "lib/store/store.h"

/* An item of a user. Strings are lent for the call. */
struct user_item {
	int64_t id;
	const char *name, *pbx, *wanted;
	bool has_error;
};
int store_item_of_user(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct user_item *item), void *data, struct err *err);
/* An item that the user does not have yet; a row of its name may be there, without a user or of another. */
int store_item_want(struct store *s, int64_t user_id, const char *pbx, const struct item *item,
	struct err *err) MUST_CHECK;
/* What an item that is there should hold, if that is something else than until now. */
int store_item_set_wanted(struct store *s, int64_t id, const char *wanted, int rank, bool has_error,
	struct err *err) MUST_CHECK;

#endif
