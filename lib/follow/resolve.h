/* resolve.h - what is true for users is worked out and written down: every write that can change it ends here. */
#ifndef FOLLOW_RESOLVE_H
#define FOLLOW_RESOLVE_H

#include "lib/store/presence.h"
#include "lib/store/switch.h"

/* Resolve a user, and bring presence and items in line. A change is logged as `what`; NULL: it is not. */
int follow_user(struct store *s, int64_t user_id, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* The same for each of them: what many share is worked out once, and written together. */
int follow_users_of(struct store *s, const struct ids *users, int64_t now, const char *what,
	struct err *err) MUST_CHECK;
/* Of one who was read, with these switches. What is written may wait for store_flush(). *ret_source (may be NULL): of who wins. */
int follow_resolve(struct store *s, const struct ladder_user *u, struct switches *switches,
	int64_t now, const char *what, enum source *ret_source, struct err *err) MUST_CHECK;

/* Resolve the users whose next_change_at has come; *ret_n: how many. No write when none has. */
int follow_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Resolve everybody whom time can decide about: after a clock that was set back or new zone data. */
int follow_look_again(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;

#endif
