/* forward.h - whom rules forward calls to. */
#ifndef STORE_FORWARD_H
#define STORE_FORWARD_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* Users who have a rule of their own that forwards to a user, or to the extension that was theirs. */
int store_forward_owners(struct store *s, const struct user *to, const char *was_extension,
	struct ids *ret, struct err *err) MUST_CHECK;
/* Whether a mode has a rule that does. */
int store_forward_any_mode(struct store *s, const struct user *to, const char *was_extension,
	bool *ret, struct err *err) MUST_CHECK;
/* Give one rule of another user, or else of a mode, that forwards to a user: `owner` is whose version it is, NULL for the
 * mode's own. Nothing is given if there is none. */
int store_forward_to(struct store *s, const struct user *to,
	int (*fn)(void *data, const char *owner, const char *mode, const char *key), void *data,
	struct err *err) MUST_CHECK;
/* Modes that forward calls by rules of their own. */
int store_forward_modes(struct store *s, struct ids *ret, struct err *err) MUST_CHECK;

/* That calls for one user can be forwarded to another, whoever can be reached from the first one. Names are lent for the
 * call; `shared` says that the rule is the mode's. */
typedef int store_forward_fn(void *data, const char *from, const char *to, bool shared);
/* By users' own rules, in whatever mode. */
int store_forward_own(struct store *s, int64_t user_id, store_forward_fn *fn, void *data,
	struct err *err) MUST_CHECK;
/* If everybody were in one mode: what the mode forwards is in `values`, by enum forward_when, and users' own versions of it
 * differ from that. */
int store_forward_in_mode(struct store *s, int64_t user_id, int64_t mode_id, enum caller caller,
	const char *const values[FORWARD_COUNT], store_forward_fn *fn, void *data,
	struct err *err) MUST_CHECK;

#endif
