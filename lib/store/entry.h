/* entry.h - entries of AstDB that hold call rules, as items. A name is a family and a key, "presence-user/1001". */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include "lib/store/store.h"

/* What an entry should hold, of a user or, with user_id 0, of none. Nothing happens if that is wanted already. */
int store_entry_want(struct store *s, int64_t user_id, const char *pbx, const char *name,
	const char *value, struct err *err) MUST_CHECK;
/* The entry is not wanted any more on any PBX. */
int store_entry_release(struct store *s, const char *name, struct err *err) MUST_CHECK;
/* Those of a user in a family are not wanted any more, but for the entry of this name and PBX; NULL: all of them. */
int store_entry_release_of(struct store *s, int64_t user_id, const char *family, const char *pbx,
	const char *name, struct err *err) MUST_CHECK;
/* Whether an entry is wanted on a PBX. */
int store_entry_is_wanted(
	struct store *s, const char *pbx, const char *name, bool *ret, struct err *err) MUST_CHECK;

#endif
