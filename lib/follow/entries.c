/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/entries.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/calls/entry.h"
#include "lib/follow/entry.h"
#include "lib/store/fact.h"

/* The fact with the layout and the prefixes that the entries were compiled with. */
#define FACT "entries"

int entries_follow(struct store *store, const struct prefixes *p, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(strbuf_done) struct strbuf now = STRBUF_INIT;
	_cleanup_(freep) char *known = NULL;

	entry_layout(&now);
	prefix_print(p, &now);
	/* There is room for one byte more. A text that is longer still is cut, and differs all the same. */
	known = xcalloc(1, now.len + 2);
	if (store_fact_get(store, FACT, known, now.len + 2, err) < 0)
		return -1;
	if (!strcmp(known, now.s))
		return 0;
	if (store_begin(store, err) < 0)
		return -1;
	tx = store;
	if (follow_entries(tx, err) < 0 || store_fact_set(tx, FACT, now.s, err) < 0)
		return -1;
	return store_commit(tx, err);
}
