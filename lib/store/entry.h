/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entry.h - the items that are entries of AstDB with call rules. A name is a family and a key: "presence-user/1001". */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include "lib/store/store.h"

/* Set what an entry should hold. user_id 0: it belongs to no user. Nothing is written if the item says so already. */
int store_entry_want(struct store *s, int64_t user_id, const char *pbx, const char *name,
	const char *value, struct err *err) MUST_CHECK;
/* No PBX should hold the entry any more. */
int store_entry_release(struct store *s, const char *name, struct err *err) MUST_CHECK;
/* No PBX should hold a user's entries of a family any more, except the entry `name` on `pbx`. name NULL: no exception. */
int store_entry_release_of(struct store *s, int64_t user_id, const char *family, const char *pbx,
	const char *name, struct err *err) MUST_CHECK;
/* Whether a PBX should hold an entry. */
int store_entry_is_wanted(
	struct store *s, const char *pbx, const char *name, bool *ret, struct err *err) MUST_CHECK;

#endif
