/* shim.h - what the other files of this floor give, until they have headers of their own. */
#ifndef FOLLOW_SHIM_H
#define FOLLOW_SHIM_H

#include "lib/store/store.h"

int follow_entries(struct store *s, struct err *err) MUST_CHECK;
int follow_members(
	struct store *s, int64_t user_id, const struct mode *m, struct err *err) MUST_CHECK;
int follow_group_changed(struct store *s, int64_t group_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
void store_mode_forget(struct store *s);

#endif
