/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule.h - what follows when call rules change. */
#ifndef FOLLOW_RULE_H
#define FOLLOW_RULE_H

#include "lib/calls/rule.h"
#include "lib/store/store.h"

/* Write the rules of a mode, or of a user's version of it. Entries and the items of queues follow. ERR_USAGE if calls would be
 * forwarded in a circle. */
int follow_mode_rules_save(struct store *s, const struct mode *m, const struct rules *rules,
	int64_t now, struct err *err) MUST_CHECK;
int follow_user_rules_save(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, int64_t now, struct err *err) MUST_CHECK;
/* Check that a user's rules still fit them, by rules_check_user(), and that calls go in no circle. Call it after the user was
 * edited. */
int follow_user_rules_check(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Check that no rule forwards calls to a user. ERR_FAILED names one that does. */
int follow_user_rules_unused(struct store *s, const struct user *u, struct err *err) MUST_CHECK;

#endif
