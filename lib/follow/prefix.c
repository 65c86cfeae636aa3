/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/prefix.h"

#include <string.h>
#include <strings.h>

#include "lib/follow/inside.h"

void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store)
{
	p->n = conf->pbx_n;
	for (size_t i = 0; i < p->n; i++) {
		p->list[i].pbx = conf->pbx[i].name;
		p->list[i].prefix = conf->pbx[i].mobile_prefix;
	}
	prefix_lend(p, store);
}

void prefix_lend(const struct prefixes *p, struct store *store)
{
	store_follow(store)->prefixes = p;
}

const char *prefix_of(const struct prefixes *p, const char *pbx)
{
	for (size_t i = 0; p && i < p->n; i++) {
		if (!strcasecmp(p->list[i].pbx, pbx))
			return p->list[i].prefix;
	}
	return "";
}

void prefix_print(const struct prefixes *p, struct strbuf *to)
{
	for (size_t i = 0; i < p->n; i++) {
		if (*p->list[i].prefix)
			strbuf_addf(to, " %s=%s", p->list[i].pbx, p->list[i].prefix);
	}
}
