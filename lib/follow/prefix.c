#include "lib/follow/prefix.h"

#include <string.h>
#include <strings.h>

#include "lib/base/strbuf.h"
#include "lib/follow/entry.h"
#include "lib/store/fact.h"

#define FACT "prefixes"

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

int prefix_follow(const struct prefixes *p, struct store *store, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	_cleanup_(strbuf_done) struct strbuf now = STRBUF_INIT;
	char known[1024];

	for (size_t i = 0; i < p->n; i++) {
		if (*p->list[i].prefix)
			strbuf_addf(&now, "%s=%s ", p->list[i].pbx, p->list[i].prefix);
	}
	if (store_fact_get(store, FACT, known, sizeof(known), err) < 0)
		return -1;
	if (!strcmp(known, now.s))
		return 0;
	if (store_begin(store, err) < 0)
		return -1;
	tx = store;
	if (follow_entries(tx, err) < 0 || store_fact_set(tx, FACT, now.s, err) < 0)
		return -1;
	return store_commit(tx, err);
}
