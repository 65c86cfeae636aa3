/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prefix.h - the prefix of outside numbers on each PBX, from the configuration. */
#ifndef PREFIX_H
#define PREFIX_H

#include "lib/base/strbuf.h"
#include "lib/binding/conf.h"
#include "lib/follow/entry.h"

struct prefixes {
	size_t n;
	struct follow_prefix list[CONF_PBX_MAX];
};

/* Tell the store the prefixes: users' entries are compiled with them. `p` and `conf` are lent to the store. */
void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store);

/* The prefix on a PBX, or "". */
const char *prefix_of(const struct prefixes *p, const char *pbx);

/* Print the prefixes that are not "", each behind a blank: " main=9". */
void prefix_print(const struct prefixes *p, struct strbuf *to);

#endif
