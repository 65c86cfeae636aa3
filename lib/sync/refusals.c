/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/refusals.h"

#include <string.h>

#include "lib/base/mem.h"

void refusals_forget(struct refusals *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->told[i]);
	free(r->told);
	*r = (struct refusals){ 0 };
}

bool refusals_is_news(struct refusals *r, const struct refusal *what)
{
	size_t low = 0, high = r->n;

	if (!what->once)
		return true;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcasecmp(r->told[middle], what->what);

		if (order == 0)
			return false;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	r->told = mem_grow(r->told, &r->cap, r->n + 1, sizeof(*r->told));
	memmove(r->told + low + 1, r->told + low, (r->n++ - low) * sizeof(*r->told));
	r->told[low] = xstrdup(what->what);
	return true;
}
