/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/turns.h"

#include <string.h>

struct turn_host {
	size_t first,
		end; /* its feeds are order[first] to order[end - 1]; those before `next` have begun */
	size_t next;
	size_t under_way;
	bool is_slow;
};

struct turns {
	size_t *order;   /* feeds, by host, and of one host by their number */
	size_t *host_of; /* feed -> host */
	bool *is_slow;   /* feed: it counts among the slow ones */
	struct turn_host *hosts;
	size_t hosts_n;
	size_t *waiting; /* hosts with feeds that have not begun, in any order */
	size_t waiting_n;
	size_t quick, slow; /* how many are under way */
};

struct named_feed {
	const char *host;
	size_t feed;
};

static int by_host(const void *a, const void *b)
{
	const struct named_feed *x = a, *y = b;
	int r = strcmp(x->host, y->host);

	return r ? r : (x->feed > y->feed) - (x->feed < y->feed);
}

struct turns *turns_new(const char *const hosts[], size_t n)
{
	_cleanup_(freep) struct named_feed *list = xcalloc(n, sizeof(*list));
	struct turns *t = xcalloc(1, sizeof(*t));

	t->order = xcalloc(n, sizeof(*t->order));
	t->host_of = xcalloc(n, sizeof(*t->host_of));
	t->is_slow = xcalloc(n, sizeof(*t->is_slow));
	t->hosts = xcalloc(n, sizeof(*t->hosts));
	t->waiting = xcalloc(n, sizeof(*t->waiting));
	for (size_t i = 0; i < n; i++)
		list[i] = (struct named_feed){ hosts[i], i };
	if (n)
		qsort(list, n, sizeof(*list), by_host);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(list[i].host, list[i - 1].host) != 0) {
			t->hosts[t->hosts_n] = (struct turn_host){ .first = i, .next = i };
			t->waiting[t->waiting_n++] = t->hosts_n++;
		}
		t->hosts[t->hosts_n - 1].end = i + 1;
		t->order[i] = list[i].feed;
		t->host_of[list[i].feed] = t->hosts_n - 1;
	}
	return t;
}

void turns_free(struct turns *t)
{
	if (!t)
		return;
	free(t->order);
	free(t->host_of);
	free(t->is_slow);
	free(t->hosts);
	free(t->waiting);
	free(t);
}

static bool may_begin(const struct turns *t, const struct turn_host *h)
{
	if (h->is_slow)
		return h->under_way == 0 && t->slow < TURNS_SLOW_MAX;
	return h->under_way < TURNS_HOST_MAX;
}

static bool is_before(const struct turns *t, const struct turn_host *a, const struct turn_host *b)
{
	if (a->under_way != b->under_way)
		return a->under_way < b->under_way;
	return t->order[a->next] < t->order[b->next];
}

bool turns_next(struct turns *t, size_t *ret_feed)
{
	struct turn_host *best = NULL;
	size_t place = 0;

	if (t->quick >= TURNS_QUICK_MAX)
		return false;
	for (size_t i = 0; i < t->waiting_n; i++) {
		struct turn_host *h = &t->hosts[t->waiting[i]];

		if (may_begin(t, h) && (!best || is_before(t, h, best))) {
			best = h;
			place = i;
		}
	}
	if (!best)
		return false;
	*ret_feed = t->order[best->next++];
	best->under_way++;
	t->quick++;
	if (best->next == best->end)
		t->waiting[place] = t->waiting[--t->waiting_n];
	return true;
}

size_t turns_host(const struct turns *t, size_t feed)
{
	return t->host_of[feed];
}

bool turns_waits(const struct turns *t, size_t host)
{
	return t->hosts[host].next < t->hosts[host].end;
}

void turns_slow(struct turns *t, size_t feed)
{
	t->hosts[t->host_of[feed]].is_slow = true;
	if (t->is_slow[feed] || t->slow == TURNS_SLOW_MAX)
		return;
	t->is_slow[feed] = true;
	t->quick--;
	t->slow++;
}

void turns_ended(struct turns *t, size_t feed)
{
	t->hosts[t->host_of[feed]].under_way--;
	if (t->is_slow[feed])
		t->slow--;
	else
		t->quick--;
	t->is_slow[feed] = false;
}
