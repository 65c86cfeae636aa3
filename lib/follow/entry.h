/* entry.h - entries of AstDB: call rules compiled for the PBXs. Each of users, of modes and of users' own versions becomes
 * an item. */
#ifndef FOLLOW_ENTRY_H
#define FOLLOW_ENTRY_H

#include "lib/store/store.h"

/* What a PBX wants in front of outside numbers. All is lent for the life of the store. */
struct follow_prefix {
	const char *pbx, *prefix;
};
void follow_set_prefixes(struct store *s, const struct follow_prefix *list, size_t n);

/* Compile all entries again. */
int follow_entries(struct store *s, struct err *err) MUST_CHECK;
/* The entries of a user, with those of their own versions. */
int follow_user_entries(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* Only those of a user's own versions. */
int follow_user_rule_entries(struct store *s, const struct user *u, struct err *err) MUST_CHECK;
/* The entry of a mode on every PBX, and those of users' versions of it. */
int follow_mode_entry(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
/* A mode is about to be deleted: its entries and the versions of users go. */
int follow_mode_entry_release(struct store *s, const struct mode *m, struct err *err) MUST_CHECK;
/* Entries of rules that name a user, or the extension that was theirs. */
int follow_entries_naming(struct store *s, const struct user *u, const char *was_extension,
	struct err *err) MUST_CHECK;

/* As rules are for calls on that PBX: a user of another one is an extension of the dialplan there. */
int follow_rules_on(
	struct store *s, const char *pbx, struct rules *rules, struct err *err) MUST_CHECK;

#endif
