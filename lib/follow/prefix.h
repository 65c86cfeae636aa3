/* prefix.h - what the configuration says of outside numbers, for the rows of the PBXs. */
#ifndef PREFIX_H
#define PREFIX_H

#include "lib/binding/conf.h"
#include "lib/follow/entry.h"

struct prefixes {
	size_t n;
	struct follow_prefix list[CONF_PBX_MAX];
};

/* Tell the store; `p` and `conf` are lent to it. */
void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store);

/* What stands in front of numbers on a PBX, "" if nothing does. */
const char *prefix_of(const struct prefixes *p, const char *pbx);

/* Compile all rows again if the database was written with other prefixes. Not inside a transaction. */
int prefix_follow(const struct prefixes *p, struct store *store, struct err *err) MUST_CHECK;

#endif
