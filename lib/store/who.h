/* who.h - WHO: the users that words name. */
#ifndef WHO_H
#define WHO_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* A user's name or extension, @group or all. Each user comes once, in the order of the words, and within a word by name.
 * *ret is for the caller to end with ids_done(). */
int store_who(struct store *s, const char *const *words, size_t n, struct ids *ret,
	struct err *err) MUST_CHECK;

#endif
