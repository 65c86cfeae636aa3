/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/queues.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"

void queues_done(struct queues *q)
{
	free(q->list);
	*q = (struct queues){ 0 };
}

void queues_see(struct queues *q, const struct amimsg *event)
{
	const char *queue = amimsg_get(event, "Queue"), *who = amimsg_get(event, "Location");
	struct queue_seen e = { 0 };

	if (!queue || strlen(queue) >= sizeof(e.who.queue) ||
		(who && strlen(who) >= sizeof(e.who.interface)))
		return; /* not one of ours */
	text_copy(e.who.queue, sizeof(e.who.queue), queue);
	if (who)
		text_copy(e.who.interface, sizeof(e.who.interface), who);
	member_see(&e.who, event, &e.held);
	if (!e.held.queue && !e.held.there)
		return;
	q->list = mem_grow(q->list, &q->cap, q->n + 1, sizeof(*q->list));
	q->list[q->n++] = e;
}

static int by_name(const void *a, const void *b)
{
	const struct member_goal *x = &((const struct queue_seen *)a)->who,
				 *y = &((const struct queue_seen *)b)->who;
	int r = strcasecmp(x->queue, y->queue);

	return r ? r : strcasecmp(x->interface, y->interface);
}

void queues_sort(struct queues *q)
{
	if (q->n)
		qsort(q->list, q->n, sizeof(*q->list), by_name);
}

void queues_find(const struct queues *q, const struct member_goal *who, struct member_held *ret)
{
	struct queue_seen key = { .who = *who };
	const struct queue_seen *e;

	*ret = (struct member_held){ 0 };
	if (!q->n)
		return;
	if ((e = bsearch(&key, q->list, q->n, sizeof(key), by_name)))
		*ret = e->held;
	*key.who.interface = '\0';
	ret->queue = bsearch(&key, q->list, q->n, sizeof(key), by_name) != NULL;
}
