/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/greetings.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/calls/entry.h"

enum { GREETINGS_MAX = 100000 }; /* the rest is not shown */

#define HINT "Custom:greetings"

void greetings_done(struct greetings *g)
{
	free(g->keys);
	*g = (struct greetings){ 0 };
}

void greetings_reset(struct greetings *g)
{
	g->due = true;
	g->busy = false;
	g->retry_ms = 0;
	g->n = 0;
}

void greetings_event(struct greetings *g, const struct amimsg *m)
{
	if (!strcmp(amimsg_text(m, "Event"), "DeviceStateChange") &&
		!strcmp(amimsg_text(m, "Device"), HINT))
		g->due = true;
}

bool greetings_is_due(const struct greetings *g, const struct turn *t)
{
	return g->due && !g->busy && t->now.ms >= g->retry_ms && ami_room(t->ami) > 0;
}

int greetings_step(struct greetings *g, const struct turn *t, uint64_t tag, struct err *err)
{
	static const char *const list[] = { "Action", "DBGetTree", "Family", ENTRY_GREETING, NULL };

	g->due = false;
	g->busy = true;
	g->n = 0;
	return turn_send(t, tag, list, err);
}

void greetings_item(struct greetings *g, const struct amimsg *m)
{
	static const char family[] = "/" ENTRY_GREETING "/";
	const char *name = amimsg_text(m, "Key"), *slot = amimsg_text(m, "Val"),
		   *key = name + sizeof(family) - 1;

	if (g->n >= GREETINGS_MAX || strncmp(name, family, sizeof(family) - 1) != 0 ||
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

int greetings_answer(
	struct greetings *g, const struct answer *answer, int64_t now_ms, struct err *err)
{
	g->busy = false;
	/* An AMI user without write = system may not read them. */
	if (!answer->ok)
		return 0;
	if (g->n)
		qsort(g->keys, g->n, sizeof(*g->keys), by_key);
	if (store_greetings_write(g->store, g->pbx->name,
		    (const char(*)[GREETING_KEY_MAX_LEN + 1]) g->keys, g->n, err) == 0)
		return 0;
	g->due = true;
	g->retry_ms = now_ms + GREETINGS_RETRY_MS;
	return -1;
}
