/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/heap.h"

#include "lib/base/mem.h"

void heap_done(struct heap *h)
{
	free(h->nodes);
	*h = (struct heap){ 0 };
}

static void put(struct heap *h, size_t place, struct heap_node *node)
{
	h->nodes[place - 1] = node;
	node->place = place;
}

/* Bring the node at `place` to where it belongs: up while its parent is later, then down while a child is earlier. Places count from 1:
 * the children of place i are at 2i and 2i + 1. */
static void settle(struct heap *h, size_t place)
{
	struct heap_node *node = h->nodes[place - 1];

	for (; place > 1 && h->nodes[place / 2 - 1]->at > node->at; place /= 2)
		put(h, place, h->nodes[place / 2 - 1]);
	for (;;) {
		size_t child = 2 * place;

		if (child < h->n && h->nodes[child]->at < h->nodes[child - 1]->at)
			child++;
		if (child > h->n || h->nodes[child - 1]->at >= node->at)
			break;
		put(h, place, h->nodes[child - 1]);
		place = child;
	}
	put(h, place, node);
}

void heap_set(struct heap *h, struct heap_node *node, int64_t at)
{
	node->at = at;
	if (!node->place) {
		h->nodes = mem_grow(h->nodes, &h->cap, h->n + 1, sizeof(struct heap_node *));
		h->n++;
		put(h, h->n, node);
	}
	settle(h, node->place);
}

void heap_remove(struct heap *h, struct heap_node *node)
{
	size_t place = node->place;

	if (!place)
		return;
	put(h, place, h->nodes[h->n - 1]);
	h->n--;
	node->place = 0;
	if (place <= h->n)
		settle(h, place);
}

struct heap_node *heap_first(const struct heap *h)
{
	return h->n ? h->nodes[0] : NULL;
}
