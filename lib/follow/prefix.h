/* prefix.h - the prefixes of mobile numbers. The configuration has them, and the compiled entries of the PBXs contain them. */
#ifndef PREFIX_H
#define PREFIX_H

#include "lib/binding/conf.h"
#include "lib/follow/entry.h"

struct prefixes {
	size_t n;
	struct follow_prefix list[CONF_PBX_MAX];
};

/* Tell the store the prefixes of the configuration. `p` and `conf` are lent to it. */
void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store);

/* The prefix on a PBX, or "". */
const char *prefix_of(const struct prefixes *p, const char *pbx);

/* If the database was written with other prefixes, compile all entries again. It begins a transaction of its own. */
int prefix_follow(const struct prefixes *p, struct store *store, struct err *err) MUST_CHECK;

#endif
