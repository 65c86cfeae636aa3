/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/verify.h"

#include "lib/follow/entry.h"
#include "lib/follow/resolve.h"
#include "lib/store/user.h"

int follow_verify(struct store *copy, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_begin(copy, err) < 0)
		return -1;
	tx = copy;
	if (store_verify_begin(tx, err) < 0 || store_user_ids(tx, &users, err) < 0 ||
		follow_users_of(tx, &users, now, "check", err) < 0 || follow_entries(tx, err) < 0)
		return -1;
	return store_commit(tx, err);
}
