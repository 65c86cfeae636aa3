/* override.h - overrides: what an administrator ordered for a user, a group or all. */
#ifndef STORE_OVERRIDE_H
#define STORE_OVERRIDE_H

#include "lib/store/store.h"

int store_override_each(struct store *s, int (*fn)(void *data, const struct override *o),
	void *data, struct err *err);
/* Those that cover a user, the one given last first. */
int store_override_of_user(struct store *s, int64_t user_id, struct override *ret, size_t max,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* Whether there is any. */
int store_override_any(struct store *s, bool *ret, struct err *err) MUST_CHECK;
/* Whom it is for, by name. */
int store_override_covered(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* For a user, or a group, or all if both are 0. */
int store_override_add(struct store *s, struct override *o, int64_t user_id, int64_t group_id,
	struct err *err) MUST_CHECK;
int store_override_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
int store_override_expire(struct store *s, int64_t now, struct err *err) MUST_CHECK;

#endif
