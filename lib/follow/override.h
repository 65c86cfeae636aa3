/* SPDX-License-Identifier: GPL-3.0-or-later */
/* override.h - what follows when overrides are given and cleared. */
#ifndef FOLLOW_OVERRIDE_H
#define FOLLOW_OVERRIDE_H

#include "lib/store/store.h"

/* Add an override for a user or a group. If both IDs are 0, it is for all. o->scope says for whom in words. The users are
 * resolved. */
int follow_override_add(struct store *s, struct override *o, int64_t user_id, int64_t group_id,
	struct err *err) MUST_CHECK;
/* Delete an override and resolve its users. ret_covered: who they are. */
int follow_override_delete(struct store *s, const struct override *o, int64_t now,
	struct ids *ret_covered, struct err *err) MUST_CHECK;

#endif
