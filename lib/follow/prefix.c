/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/prefix.h"

#include <string.h>
#include <strings.h>

void prefix_set(struct prefixes *p, const struct conf *conf, struct store *store)
{
	p->n = conf->pbx_n;
	for (size_t i = 0; i < p->n; i++)
		p->list[i] =
			(struct follow_prefix){ conf->pbx[i].name, conf->pbx[i].mobile_prefix };
	follow_set_prefixes(store, p->list, p->n);
}

const char *prefix_of(const struct prefixes *p, const char *pbx)
{
	for (size_t i = 0; i < p->n; i++) {
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
