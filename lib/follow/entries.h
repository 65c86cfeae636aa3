/* entries.h - compiled entries of AstDB, and what they were compiled with. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "lib/follow/prefix.h"

/* Compile all entries again if the database holds those of a program that lays entries out in another way, or those for other prefixes. Not
 * inside a transaction. */
int entries_follow(struct store *store, const struct prefixes *p, struct err *err) MUST_CHECK;

#endif
