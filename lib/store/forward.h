/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forward.h - the users to whom rules forward calls. */
#ifndef STORE_FORWARD_H
#define STORE_FORWARD_H

#include "lib/base/ids.h"
#include "lib/calls/rule.h"
#include "lib/store/store.h"

/* Add the users who have a rule of their own that forwards calls to user `to`, or to an extension that was theirs. */
int store_forward_owners(struct store *s, const struct user *to, const char *was_extension,
	struct ids *ret, struct err *err) MUST_CHECK;
/* Whether a mode has a rule that forwards calls to them. */
int store_forward_any_mode(struct store *s, const struct user *to, const char *was_extension,
	bool *ret, struct err *err) MUST_CHECK;
/* Give one rule that forwards calls to a user. The rule belongs to another user, `owner`, or to the mode: then `owner` is NULL. If
 * there is no rule, `fn` is not called. */
int store_forward_to(struct store *s, const struct user *to,
	int (*fn)(void *data, const char *owner, const char *mode, const char *key), void *data,
	struct err *err) MUST_CHECK;
/* Add the modes with rules that forward calls. */
int store_forward_modes(struct store *s, struct ids *ret, struct err *err) MUST_CHECK;

/* Calls for user `from` can go to user `to`. `shared`: the rule is the mode's, not the user's. Names are lent for the call. */
typedef int store_forward_fn(void *data, const char *from, const char *to, bool shared);
/* Give all steps that calls of one kind of caller for a user take by the rules forward.CALLER.always of users' own versions. The rules
 * of all modes count. */
int store_forward_own(struct store *s, int64_t user_id, enum caller caller, store_forward_fn *fn,
	void *data, struct err *err) MUST_CHECK;
/* Give all steps that they take by such rules while all users are in one mode. `always` is the destination of the mode. The rules of
 * users' own versions count before it. */
int store_forward_in_mode(struct store *s, int64_t user_id, int64_t mode_id, enum caller caller,
	const char *always, store_forward_fn *fn, void *data, struct err *err) MUST_CHECK;

#endif
