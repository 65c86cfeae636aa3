/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/time/span.h"

#include <stdlib.h>

#include "lib/base/mem.h"

void spans_add(struct spans *s, int64_t start, int64_t end)
{
	if (start >= end)
		return;
	s->list = mem_grow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = (struct span){ start, end };
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
				    : (x->end > y->end) - (x->end < y->end);
}

void spans_merge(struct spans *s)
{
	size_t n = 0;

	if (s->n < 2)
		return;
	qsort(s->list, s->n, sizeof(*s->list), by_start);
	for (size_t i = 1; i < s->n; i++) {
		struct span *last = &s->list[n];

		if (s->list[i].start > last->end)
			s->list[++n] = s->list[i];
		else if (s->list[i].end > last->end)
			last->end = s->list[i].end;
	}
	s->n = n + 1;
}

void spans_clip(struct spans *s, int64_t from, int64_t to)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct span x = s->list[i];

		if (x.start < from)
			x.start = from;
		if (x.end > to)
			x.end = to;
		if (x.start < x.end)
			s->list[n++] = x;
	}
	s->n = n;
}

void spans_invert(struct spans *s, int64_t from, int64_t to)
{
	struct spans free_spans = { 0 };
	int64_t at = from;

	spans_clip(s, from, to);
	for (size_t i = 0; i < s->n; i++) {
		spans_add(&free_spans, at, s->list[i].start);
		at = s->list[i].end;
	}
	spans_add(&free_spans, at, to);
	spans_done(s);
	*s = free_spans;
}

void spans_done(struct spans *s)
{
	free(s->list);
	*s = (struct spans){ 0 };
}
