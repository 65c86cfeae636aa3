/* adopt.h - switches that were made on the PBX: by a phone, a feature code or another tool. */
#ifndef FOLLOW_ADOPT_H
#define FOLLOW_ADOPT_H

#include "lib/pbx/item.h"
#include "lib/store/store.h"

/* Where an item was seen: in an event, in a list, or in a list after the PBX was restarted. */
enum sighting { SEEN_EVENT, SEEN_LIST, SEEN_RESTARTED };

/* What somebody else put on the PBX. An item of a user that holds neither what we want nor what we last had confirmed is foreign: a hint
 * to read it back. If something else is wanted by the time of a list, only a feature code's word counts, and that only where nobody was
 * switched here meanwhile; and a restarted PBX that holds what it held before has only forgotten. */
int follow_is_foreign(struct store *s, const char *pbx, const struct item *item, enum sighting seen,
	bool *ret, struct err *err) MUST_CHECK;

/* What was read back of a user's presence. All is lent. */
struct adoption {
	const char *name;                      /* of the item */
	const char *state, *subtype, *message; /* as PRESENCE_STATE() gives them */
	const char *ask;                       /* the number in presence-ask, "" if none */
};
/* Make it the user's switch (not_set: drop the switches), given by "phone". *ret_adopted: whether it was still foreign. */
int follow_adopt(struct store *s, const char *pbx, const struct adoption *a, int64_t now,
	bool *ret_adopted, struct err *err) MUST_CHECK;

#endif
