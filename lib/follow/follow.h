/* follow.h - a store of which every write brings in line what follows from it: who wins, presence, items, entries, the log. All of
 * lib/follow works on one. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "lib/store/store.h"
#include "lib/time/zone.h"

/* Like store_open(). `zones` is lent for the life of the store. */
int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err) MUST_CHECK;
/* Other zones from now on, lent; whoever they concern is resolved by follow_look_again(). */
void follow_set_zones(struct store *s, struct zones *zones);
/* What could not be used when users were resolved (a zone that is gone, a hostile rule), once. */
bool follow_take_warning(struct store *s, char *to, size_t size);

#endif
