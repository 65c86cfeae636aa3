/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adopt.h - switches that somebody makes on the PBX: with a phone, a feature code or another tool. */
#ifndef FOLLOW_ADOPT_H
#define FOLLOW_ADOPT_H

#include "lib/pbx/item.h"
#include "lib/store/store.h"

/* Where an item was seen: in an event, in a list, or in a list after the PBX was restarted. */
enum sighting { SEEN_EVENT, SEEN_LIST, SEEN_RESTARTED };

/* Whether somebody else has put an item of a user on the PBX. They have if it holds neither the wanted nor the confirmed value.
 * It is then read back. An item that is under way is not asked for, so an event of what is wanted is not ours. In a list there is an exception: if we want another value than the confirmed one, only a value from a
 * feature code counts, and only if the user has no newer switch here. */
int follow_is_foreign(struct store *s, const char *pbx, const struct item *item, enum sighting seen,
	bool *ret, struct err *err) MUST_CHECK;

/* A user's presence as it was read back. All is lent. */
struct adoption {
	const char *name;                      /* of the item */
	const char *state, *subtype, *message; /* from PRESENCE_STATE() */
	const char *ask;                       /* the number in presence-ask, or "" */
	const char *row; /* what AstDB holds of it; "" if we may not read it, NULL if it has none */
	enum sighting seen; /* why it was read back */
};
/* Make it the user's switch, given by "phone", unless it is an older value: one that we wrote ourselves, or a feature code that was
 * read back before. Of a word without a token, if the PBX was restarted, the previous value counts as older. The state not_set deletes the user's switches.
 * *ret_adopted: whether it was still foreign. */
int follow_adopt(struct store *s, const char *pbx, const struct adoption *a, int64_t now,
	bool *ret_adopted, struct err *err) MUST_CHECK;

#endif
