/* loop.h - calls that would be forwarded in a circle, by the rules as they are in the database. */
#ifndef FOLLOW_LOOP_H
#define FOLLOW_LOOP_H

#include "lib/store/store.h"

/* Calls for a user do not come back to them: ERR_USAGE with the circle. */
int follow_user_loops(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* The same of everybody in a mode, with its effective rules. */
int follow_mode_loops(struct store *s, const struct mode *m, const struct rules *rules,
	struct err *err) MUST_CHECK;

#endif
