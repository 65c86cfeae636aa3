/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/presence/busy.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* Appointments of one rank that have begun; the last one is on top. Below it may be some that are over. */
struct pile {
	const struct appointment **list;
	size_t n, cap;
};

static void lay(struct pile *p, const struct appointment *a)
{
	p->list = mem_grow(p->list, &p->cap, p->n + 1, sizeof(*p->list));
	p->list[p->n++] = a;
}

/* The one on top that is not over at `at`. Each appointment is taken off once. */
static const struct appointment *top(struct pile *p, int64_t at)
{
	while (p->n && p->list[p->n - 1]->end <= at)
		p->n--;
	return p->n ? p->list[p->n - 1] : NULL;
}

static void add(struct busy_times *b, int64_t start, int64_t end, const struct appointment *a)
{
	struct busy_time *last = b->n ? &b->list[b->n - 1] : NULL;

	if (last && last->end == start && last->appointment == a) {
		last->end = end;
		return;
	}
	b->list = mem_grow(b->list, &b->cap, b->n + 1, sizeof(*b->list));
	b->list[b->n++] = (struct busy_time){ start, end, a };
}

/* What counts from `at` until `to`, when the next appointment begins. */
static void add_until(
	struct busy_times *b, struct pile *oof, struct pile *busy, int64_t at, int64_t to)
{
	const struct appointment *a;

	while (at < to && ((a = top(oof, at)) || (a = top(busy, at)))) {
		int64_t end = a->end < to ? a->end : to;

		add(b, at, end, a);
		at = end;
	}
}

void busy_times_of(const struct appointment *list, size_t n, struct busy_times *ret)
{
	struct pile oof = { 0 }, busy = { 0 };

	for (size_t i = 0; i < n; i++) {
		lay(list[i].kind == EVENT_OOF ? &oof : &busy, &list[i]);
		add_until(
			ret, &oof, &busy, list[i].start, i + 1 < n ? list[i + 1].start : INT64_MAX);
	}
	free(oof.list);
	free(busy.list);
}

void busy_times_done(struct busy_times *b)
{
	free(b->list);
	*b = (struct busy_times){ 0 };
}

const struct appointment *busy_at(const struct busy_times *b, int64_t at, int64_t *next)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->list[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == b->n)
		return NULL;
	if (b->list[low].start > at) {
		if (b->list[low].start < *next)
			*next = b->list[low].start;
		return NULL;
	}
	if (b->list[low].end < *next)
		*next = b->list[low].end;
	return b->list[low].appointment;
}
