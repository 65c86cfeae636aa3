/* item.h - items as rows: what each should hold on its PBX. */
#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "lib/pbx/item.h"
#include "lib/store/store.h"

/* The items of a user. Zero-initialize. */
struct user_items {
	struct user_item {
		int64_t id;
		char name[ITEM_NAME_SIZE], pbx[NAME_MAX_LEN + 1], wanted[ITEM_VALUE_SIZE];
		bool has_error;
	} * list;
	size_t n, cap;
};
void user_items_done(struct user_items *items);
int store_item_of_user(
	struct store *s, int64_t user_id, struct user_items *ret, struct err *err) MUST_CHECK;

/* An item that the user does not have yet; a row of its name may be there, without a user or of another. */
int store_item_want(struct store *s, int64_t user_id, const char *pbx, const struct item *item,
	struct err *err) MUST_CHECK;
/* What an item that is there should hold, if that is something else than until now. */
int store_item_set_wanted(struct store *s, int64_t id, const char *wanted, int rank, bool has_error,
	struct err *err) MUST_CHECK;

#endif
