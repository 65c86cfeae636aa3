#include "lib/pure/loop.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

static int by_from(const void *a, const void *b)
{
	const struct loop_edge *x = a, *y = b;

	return strcmp(x->from, y->from);
}

/* The first edge that begins at `from`, or n. */
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

static void print(const struct loop_edge *edges, const size_t *before, size_t last, size_t n,
	struct strbuf *way)
{
	_cleanup_(freep) size_t *path = xcalloc(n, sizeof(*path));
	size_t length = 0;

	for (size_t e = last; e < n; e = before[e])
		path[length++] = e;
	strbuf_adds(way, edges[path[length - 1]].from);
	while (length--)
		strbuf_addf(way, " → %s", edges[path[length]].to);
}

/* In breadth, edge by edge: those that leave a user are taken once. */
bool loop_find(struct loop_edge *edges, size_t n, const char *start, struct strbuf *way)
{
	_cleanup_(freep) size_t *before = xcalloc(n + 1, sizeof(*before));
	_cleanup_(freep) size_t *queue = xcalloc(n + 1, sizeof(*queue));
	_cleanup_(freep) bool *taken = xcalloc(n + 1, sizeof(*taken));
	size_t head = 0, tail = 0;

	if (!n)
		return false;
	qsort(edges, n, sizeof(*edges), by_from);
	for (size_t at = n, next = first_of(edges, n, start);; at = queue[head++]) {
		if (at < n) {
			if (!strcmp(edges[at].to, start)) {
				print(edges, before, at, n, way);
				return true;
			}
			next = first_of(edges, n, edges[at].to);
		}
		for (size_t e = next;
			e < n && !taken[next] && !strcmp(edges[e].from, edges[next].from); e++) {
			before[e] = at;
			queue[tail++] = e;
		}
		taken[next] = true;
		if (head == tail)
			return false;
	}
}
