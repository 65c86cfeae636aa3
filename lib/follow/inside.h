/* inside.h - what the files of lib/follow share. For them only. */
#ifndef FOLLOW_INSIDE_H
#define FOLLOW_INSIDE_H

#include "lib/follow/follow.h"

struct cache; /* of cache.c */

/* What this floor keeps with a store. */
struct follow {
	struct zones *zones; /* lent */
	struct cache *
		cache; /* until something that it was read from is written or a transaction begins */
	const struct follow_prefix *prefixes; /* lent */
	size_t prefixes_n;
	char warning[512]; /* what could not be used; "" if nothing */
};

/* Something is written that users share: nothing that was read of it counts any more. */
void follow_forget(struct store *s);

/* Keep the first warning until somebody asks for it. */
void follow_warn(struct store *s, const char *about, const char *text);
/* What somebody wrote that cannot be understood is a warning, so that it stops nobody else: 0. A database that fails is an error. */
int follow_tolerate(
	struct store *s, const char *about, const struct err *why, struct err *err) MUST_CHECK;

#endif
