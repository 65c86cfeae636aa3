/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entry.h - entries of AstDB: call rules compiled for the PBXs. Each user, each mode and each user's version of a mode has one.
 * An entry is an item. */
#ifndef FOLLOW_ENTRY_H
#define FOLLOW_ENTRY_H

#include "lib/calls/rule.h"
#include "lib/store/store.h"

/* Compile all entries again. */
int follow_entries(struct store *s, struct err *err) MUST_CHECK;
/* Compile the entries of a user and of their versions. */
int follow_user_entries(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Compile only the entries of a user's versions. */
int follow_user_rule_entries(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Compile the entry of a mode for every PBX, and the entries of users' versions of it. */
int follow_mode_entry(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
/* Release the entries of a mode, and delete users' versions of it. Call it before the mode is deleted. */
int follow_mode_entry_release(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
/* Compile the entries whose rules name a user, or an extension that was theirs. */
int follow_entries_naming(struct store *s, const struct user *u, const char *was_extension,
	struct err *err) MUST_CHECK;

/* Change rules to what they mean on a PBX: a user of another PBX is only an extension of the dialplan there. */
int follow_rules_on(
	struct store *s, const char *pbx, struct rules *rules, struct err *err) MUST_CHECK;

#endif
