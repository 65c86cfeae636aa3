/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heap.h - things that are due at some time, the earliest first. A thing knows its place, so it can be moved and taken out. */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

/* Part of a thing that can be due. Starts as zeros: not in a heap. */
struct heap_node {
	int64_t at;
	size_t place; /* in the heap, from 1; 0: in none */
};

/* Starts as zeros. It does not own the things. */
struct heap {
	struct heap_node **nodes;
	size_t n, cap;
};

void heap_done(struct heap *h);
/* Put a node in, or move the one that is in already. */
void heap_set(struct heap *h, struct heap_node *node, int64_t at);
/* Take a node out, if it is in. */
void heap_remove(struct heap *h, struct heap_node *node);
/* The node that is due first, or NULL. */
struct heap_node *heap_first(const struct heap *h);

#endif
