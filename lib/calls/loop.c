/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calls/loop.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define NONE SIZE_MAX

static int by_from(const void *a, const void *b)
{
	const struct loop_edge *x = a, *y = b;

	return strcmp(x->from, y->from);
}

/* The index of the first edge that leaves `from`. n if there is no such edge. */
static size_t first_of(const struct loop_edge *edges, size_t n, const char *from)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(edges[mid].from, from) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && !strcmp(edges[low].from, from) ? low : n;
}

/* An edge on a way from the start. */
struct step {
	size_t edge, before; /* before: the step before it; NONE: it is the first */
	bool own;            /* this edge or one before it comes from a user's own rule */
};

static void print(
	const struct loop_edge *edges, const struct step *steps, size_t last, struct strbuf *way)
{
	_cleanup_(freep) size_t *path = xcalloc(last + 1, sizeof(*path));
	size_t length = 0;

	for (size_t i = last; i != NONE; i = steps[i].before)
		path[length++] = steps[i].edge;
	strbuf_adds(way, edges[path[length - 1]].from);
	while (length--)
		strbuf_addf(way, " → %s", edges[path[length]].to);
}

/* Append the edges that leave `from` as steps behind step `before`. Returns how many. `taken` has two places for each user, at
 * twice the index of their first edge. */
static size_t add_steps(const struct loop_edge *edges, size_t n, const char *from, size_t before,
	bool own, bool *taken, struct step *to)
{
	size_t first = first_of(edges, n, from), added = 0;

	if (first == n || taken[2 * first + own])
		return 0;
	taken[2 * first + own] = true;
	for (size_t e = first; e < n && !strcmp(edges[e].from, from); e++)
		to[added++] = (struct step){ e, before, own || !edges[e].shared };
	return added;
}

/* A search in breadth, so the first way back to `start` is a shortest one. A way counts only if a user's own rule is in it. So
 * the edges that leave a user are taken twice at most: for the first way that comes there, and for the first way with an own
 * rule. That bounds the steps, and the search ends. */
bool loop_find(struct loop_edge *edges, size_t n, const char *start, struct strbuf *way)
{
	_cleanup_(freep) struct step *steps = xcalloc(2 * n + 1, sizeof(*steps));
	_cleanup_(freep) bool *taken = xcalloc(2 * n + 1, sizeof(*taken));
	size_t end;

	if (!n)
		return false;
	qsort(edges, n, sizeof(*edges), by_from);
	end = add_steps(edges, n, start, NONE, false, taken, steps);
	for (size_t i = 0; i < end; i++) {
		const char *to = edges[steps[i].edge].to;

		if (steps[i].own && !strcmp(to, start)) {
			print(edges, steps, i, way);
			return true;
		}
		end += add_steps(edges, n, to, i, steps[i].own, taken, &steps[end]);
	}
	return false;
}
