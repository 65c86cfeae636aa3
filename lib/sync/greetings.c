/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/greetings.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/calls/entry.h"

enum { GREETINGS_MAX = 100000 }; /* the rest is not shown */

void greetings_init(struct greetings *g, const struct conf_pbx *pbx, struct store *store)
{
	*g = (struct greetings){ .pbx = pbx,
		.store = store,
		.family = { .name = ENTRY_GREETING, .hint = "Custom:greetings" } };
	family_reset(&g->family);
}

void greetings_done(struct greetings *g)
{
	free(g->keys);
}

void greetings_reset(struct greetings *g)
{
	family_reset(&g->family);
	g->n = 0;
}

int greetings_step(struct greetings *g, const struct turn *t, uint64_t tag, struct err *err)
{
	g->n = 0;
	return family_step(&g->family, t, tag, err);
}

void greetings_item(struct greetings *g, const struct amimsg *m)
{
	const char *key = family_key(&g->family, m), *slot = amimsg_text(m, "Val");

	if (g->n >= GREETINGS_MAX || !key ||
		!text_is_of(key, TEXT_ALNUM "._-", GREETING_KEY_MAX_LEN) || !strchr(key, '.') ||
		(strcmp(slot, "a") != 0 && strcmp(slot, "b") != 0))
		return;
	g->keys = mem_grow(g->keys, &g->cap, g->n + 1, sizeof(*g->keys));
	text_copy(g->keys[g->n++], sizeof(*g->keys), key);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* That a greeting is shown too late is no reason to end the session. An AMI user without write = system may not read them. */
void greetings_answer(struct greetings *g, const struct answer *answer, int64_t now_ms)
{
	struct err ignored;
	bool failed;

	if (g->n)
		qsort(g->keys, g->n, sizeof(*g->keys), by_key);
	failed = answer->ok &&
		store_greetings_write(g->store, g->pbx->name,
			(const char(*)[GREETING_KEY_MAX_LEN + 1]) g->keys, g->n, &ignored) < 0;
	family_end(&g->family, failed, now_ms, failed ? GREETINGS_RETRY_MS : 0);
}
