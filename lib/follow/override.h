/* override.h - overrides are given and cleared, with what follows from that. */
#ifndef FOLLOW_OVERRIDE_H
#define FOLLOW_OVERRIDE_H

#include "lib/store/override.h"

/* For a user, or a group, or all if both are 0; o->scope says it in words. The users are resolved. */
int follow_override_add(struct store *s, struct override *o, int64_t user_id, int64_t group_id,
	struct err *err) MUST_CHECK;
/* ret_covered: whom it was for. */
int follow_override_delete(struct store *s, const struct override *o, int64_t now,
	struct ids *ret_covered, struct err *err) MUST_CHECK;

#endif
