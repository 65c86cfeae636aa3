/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prefix.h - the prefix of outside numbers on each PBX, from the configuration. */
#ifndef PREFIX_H
#define PREFIX_H

#include "lib/base/strbuf.h"
#include "lib/binding/conf.h"
#include "lib/store/store.h"

struct prefixes {
	size_t n;
	struct {
		const char *pbx, *prefix;
	} list[CONF_PBX_MAX];
};

/* Take the prefixes from the configuration, and tell the store: users' entries are compiled with them. `p` and `conf` are lent
 * to the store. */
void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store);
/* Tell the store only. */
void prefix_lend(const struct prefixes *p, struct store *store);

/* The prefix on a PBX, or "". `p` may be NULL. */
const char *prefix_of(const struct prefixes *p, const char *pbx);

/* Print the prefixes that are not "", each behind a blank: " main=9". */
void prefix_print(const struct prefixes *p, struct strbuf *to);

#endif
