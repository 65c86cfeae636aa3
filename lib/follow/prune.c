/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/prune.h"

#include <stdio.h>

#include "lib/follow/record.h"
#include "lib/store/fact.h"
#include "lib/store/log.h"
#include "lib/store/seal.h"

enum {
	DAY = 86400,
	LOOK_SEALS = 32, /* whose records are looked at in a step */
	FIRST_SEALS = 4, /* that a slice has at first */
};

/* Two instants: up to where the log was too old, and when a clock said so. It stays as it was until all that is deleted which was too old
 * then: so whoever comes after a process that ended begins again. */
#define FACT "log too old"

static int note(struct store *s, const struct prune *p, struct err *err)
{
	char text[64];

	snprintf(text, sizeof(text), "%lld %lld", (long long)p->too_old, (long long)p->said);
	return store_fact_set(s, FACT, text, err);
}

static int note_alone(struct store *s, const struct prune *p, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (note(s, p, err) < 0)
		return -1;
	return store_commit(s, err);
}

int follow_prune_begin(
	struct store *s, int64_t now, int64_t keep_s, struct prune *ret, struct err *err)
{
	int64_t too_old = now - keep_s, first;
	long long known, said;
	char text[64];
	bool is_said;

	*ret = (struct prune){ .seals = FIRST_SEALS, .too_old = too_old, .said = now };
	if (store_fact_get(s, FACT, text, sizeof(text), err) < 0 ||
		store_log_first(s, &first, err) < 0)
		return -1;
	is_said = sscanf(text, "%lld %lld", &known, &said) == 2 && said <= now;
	if (!is_said)
		return note_alone(s, ret, err);
	ret->is_on = said <= now - DAY;
	ret->before = known < too_old ? known : too_old;
	ret->deleted = ret->upto = first - 1;
	return 0;
}

/* Look at some records more, and see where those end that are too old. */
static int look(struct store *s, struct prune *p, struct err *err)
{
	int64_t end, young = 0;

	if (store_seal_end(s, p->upto, LOOK_SEALS, &end, err) < 0 ||
		(end && store_log_young(s, p->upto, end, p->before, &young, err) < 0))
		return -1;
	if (end && !young) {
		p->upto = end;
		return 0;
	}
	if (young && store_seal_before(s, young, &end, err) < 0)
		return -1;
	if (end > p->upto)
		p->upto = end;
	p->is_looked = true;
	if (p->upto > p->deleted)
		return 0;
	if (note_alone(s, p, err) < 0)
		return -1;
	p->is_on = false;
	return 0;
}

static int tell(struct store *s, int64_t now, const struct prune *p, struct err *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)p->upto);
	return p->is_told ? 0 : follow_record(s, now, LOG_PRUNE, NULL, "records", NULL, text, err);
}

static int delete_slice(struct store *s, int64_t now, struct prune *p, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	int64_t end;

	if (store_seal_end(s, p->deleted, p->seals, &end, err) < 0)
		return -1;
	if (!end || end > p->upto)
		end = p->upto;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (tell(s, now, p, err) < 0 || store_log_delete(s, end, err) < 0 ||
		(end == p->upto && note(s, p, err) < 0) || store_commit(s, err) < 0)
		return -1;
	p->is_told = true;
	p->deleted = end;
	p->is_on = end < p->upto;
	return 0;
}

int follow_prune_step(struct store *s, int64_t now, struct prune *p, struct err *err)
{
	return p->is_looked ? delete_slice(s, now, p, err) : look(s, p, err);
}
