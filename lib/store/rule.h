/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule.h - the rows of call rules: the rules of a mode, and of a user's version of a mode. */
#ifndef STORE_RULE_H
#define STORE_RULE_H

#include "lib/base/ids.h"
#include "lib/calls/rule.h"
#include "lib/store/store.h"

int store_mode_rules(
	struct store *s, int64_t mode_id, struct rules *ret, struct err *err) MUST_CHECK;
int store_mode_rules_write(
	struct store *s, int64_t mode_id, const struct rules *rules, struct err *err) MUST_CHECK;
int store_user_rules(struct store *s, int64_t user_id, int64_t mode_id, struct rules *ret,
	struct err *err) MUST_CHECK;
int store_user_rules_write(struct store *s, int64_t user_id, int64_t mode_id,
	const struct rules *rules, struct err *err) MUST_CHECK;
/* The effective rules of a user in a mode. user_id 0: of a user without a version of it. */
int store_effective(struct store *s, int64_t user_id, const struct mode *m, struct effective *ret,
	struct err *err) MUST_CHECK;

/* Add the modes of which a user has a version. */
int store_rule_modes(struct store *s, int64_t user_id, struct ids *ret, struct err *err) MUST_CHECK;
/* Add the users who have a version of a mode. */
int store_rule_owners(
	struct store *s, int64_t mode_id, struct ids *ret, struct err *err) MUST_CHECK;
/* Add the modes in which callers of some user hear when the mode ends: announce=until, of the mode or of a user's version. */
int store_rule_say_end(struct store *s, struct ids *ret, struct err *err) MUST_CHECK;
/* Delete all users' versions of a mode. */
int store_rule_forget(struct store *s, int64_t mode_id, struct err *err) MUST_CHECK;

#endif
