/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/ids.h"

#include <stdlib.h>

#include "lib/base/mem.h"

void ids_add(struct ids *list, int64_t id)
{
	list->ids = mem_grow(list->ids, &list->cap, list->n + 1, sizeof(*list->ids));
	list->ids[list->n++] = id;
}

void ids_done(struct ids *list)
{
	free(list->ids);
	*list = (struct ids){ 0 };
}

/* An ID and its place in the list. */
struct placed_id {
	int64_t id;
	size_t at;
};

static int by_id(const void *a, const void *b)
{
	const struct placed_id *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int by_place(const void *a, const void *b)
{
	const struct placed_id *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Sort by ID, keep the first of each, and sort what is left by place again. */
void ids_unique(struct ids *list)
{
	_cleanup_(freep) struct placed_id *p = xcalloc(list->n, sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		p[i] = (struct placed_id){ list->ids[i], i };
	qsort(p, list->n, sizeof(*p), by_id);
	for (size_t i = 0; i < list->n; i++) {
		if (!n || p[n - 1].id != p[i].id)
			p[n++] = p[i];
	}
	qsort(p, n, sizeof(*p), by_place);
	for (size_t i = 0; i < n; i++)
		list->ids[i] = p[i].id;
	list->n = n;
}
