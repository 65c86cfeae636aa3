/* switch.h - switches as rows. */
#ifndef STORE_SWITCH_H
#define STORE_SWITCH_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* The end of a user's switches until `next` is to be worked out again, but for those that have ended. */
int store_switch_next_anew(
	struct store *s, int64_t now, int64_t user_id, struct err *err) MUST_CHECK;
int store_switch_next_anew_of(
	struct store *s, int64_t now, const struct ids *users, struct err *err) MUST_CHECK;

#endif
