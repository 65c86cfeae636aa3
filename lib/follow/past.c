/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/past.h"

#include <stdio.h>

#include "lib/store/fact.h"
#include "lib/store/log.h"

enum { DAY = 86400 };

/* Two instants: up to where the log was too old, and when a clock said so. */
#define PRUNE_FACT "log too old"

int follow_prune_log(struct store *s, int64_t now, int64_t keep_s, struct err *err)
{
	int64_t before = now - keep_s;
	long long known, said;
	char text[64];
	bool is_said;

	if (store_fact_get(s, PRUNE_FACT, text, sizeof(text), err) < 0)
		return -1;
	is_said = sscanf(text, "%lld %lld", &known, &said) == 2 && said <= now;
	if (is_said && now - said < DAY)
		return 0;
	if (is_said && store_log_prune(s, known < before ? known : before, err) < 0)
		return -1;
	snprintf(text, sizeof(text), "%lld %lld", (long long)before, (long long)now);
	return store_fact_set(s, PRUNE_FACT, text, err);
}
