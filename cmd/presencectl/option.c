/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/option.h"

#include <string.h>

#include "lib/base/mem.h"

const struct opt *option_at(const struct command *c, size_t i)
{
	const struct opt *const lists[] = { c->opts, c->columns ? table_options : NULL,
		help_option };

	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		for (const struct opt *o = lists[l]; o && o->name; o++) {
			if (!i--)
				return o;
		}
	}
	return NULL;
}

int option_find(const struct command *c, const char *name, const struct opt **ret)
{
	const struct opt *hit = NULL, *o;
	int hits = 0;

	for (size_t i = 0; (o = option_at(c, i)) != NULL; i++) {
		if (!strcmp(o->name, name)) {
			*ret = o;
			return 1;
		}
		if (*name && !strncmp(o->name, name, strlen(name))) {
			if (!hits++)
				hit = o;
		}
	}
	if (hits)
		*ret = hit;
	return hits > 1 ? -1 : hits;
}
