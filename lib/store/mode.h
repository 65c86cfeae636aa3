/* mode.h - modes as rows. */
#ifndef STORE_MODE_H
#define STORE_MODE_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* By name or alias. ERR_NOT_FOUND with did-you-mean. */
int store_mode_find(
	struct store *s, const char *word, struct mode *ret, struct err *err) MUST_CHECK;
int store_mode_get(struct store *s, int64_t id, struct mode *ret, struct err *err) MUST_CHECK;
/* In the order in which they were added. A callback that returns other than 0 ends the walk, and that is what the walk
 * returns. */
int store_mode_each(
	struct store *s, int (*fn)(void *data, const struct mode *m), void *data, struct err *err);
/* id 0 adds. ERR_USAGE if the name or alias is taken. */
int store_mode_write(struct store *s, struct mode *m, struct err *err) MUST_CHECK;
/* Nothing may refer to it any more. */
int store_mode_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* Forget the modes that were read. */
void store_mode_forget(struct store *s);

/* Users who are in it. */
int store_mode_users(struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* How many users, schedules and overrides use it: users who are in it, who have it by default, below the switch that holds,
 * or for a period or an appointment. */
int store_mode_uses(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
/* Whatever refers to a mode refers to `heir` from now on. Presence is for the caller to resolve. */
int store_mode_replace(
	struct store *s, const struct mode *m, const struct mode *heir, struct err *err) MUST_CHECK;

#endif
