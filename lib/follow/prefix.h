/* prefix.h - what stands in front of outside numbers on each PBX, as the configuration says. */
#ifndef PREFIX_H
#define PREFIX_H

#include "lib/base/strbuf.h"
#include "lib/binding/conf.h"
#include "lib/follow/entry.h"

struct prefixes {
	size_t n;
	struct follow_prefix list[CONF_PBX_MAX];
};

/* Tell the store, which compiles users' entries with them; `p` and `conf` are lent to it. */
void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store);

/* What stands in front of numbers on a PBX, "" if nothing does. */
const char *prefix_of(const struct prefixes *p, const char *pbx);

/* Those that are not "", each behind a blank: " main=9". */
void prefix_print(const struct prefixes *p, struct strbuf *to);

#endif
