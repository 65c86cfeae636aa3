/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/segments.h"

#include "lib/follow/cache.h"
#include "lib/follow/inside.h"

static int read_segments(struct store *s, int64_t id, bool own, const char *zone, int64_t now,
	int64_t from, int64_t to, const struct segments **ret, const struct zone **ret_zone,
	struct err *err)
{
	struct parsed_schedule *parsed;

	if (!store_in_transaction(s))
		follow_forget(s);
	if (cache_fill(s, err) < 0 || cache_schedule(s, id, now, &parsed, err) < 0)
		return -1;
	if (!parsed->rules)
		return err_set(
			err, ERR_STORE, "schedule '%s' cannot be read", parsed->schedule.name);
	*ret_zone = cache_zone(s, *zone ? zone : parsed->schedule.zone);
	return cache_segments(s, parsed, own, *ret_zone, from, to, ret, err);
}

int follow_segments(struct store *s, int64_t id, const char *zone, int64_t now, int64_t from,
	int64_t to, const struct segments **ret, const struct zone **ret_zone, struct err *err)
{
	return read_segments(s, id, false, zone, now, from, to, ret, ret_zone, err);
}

int follow_own_segments(struct store *s, int64_t id, int64_t now, int64_t to,
	const struct segments **ret, struct err *err)
{
	const struct zone *zone;

	return read_segments(s, id, true, "", now, now, to, ret, &zone, err);
}
