/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/world.h"

#include <stdio.h>
#include <string.h>

#include "lib/store/item.h"
#include "lib/store/pbx.h"

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

int world_pbx(struct store *s, const char *pbx, bool running,
	void (*fn)(void *data, enum world_what what, const char *text), void *data, struct err *err)
{
	struct item_refusals refusals;
	struct pbx_state state;
	size_t pending;
	char text[400];

	if (store_pbx_get(s, pbx, &state, err) < 0 ||
		store_item_pending(s, NULL, pbx, &pending, err) < 0 ||
		store_item_refused(s, pbx, &refusals, err) < 0)
		return -1;
	if (running && strcmp(state.state, "connected") != 0) {
		snprintf(text, sizeof(text), "is %s%s%s",
			*state.state ? state.state : "not reached", *state.error ? ": " : "",
			state.error);
		fn(data, WORLD_STATE, text);
	}
	if (pending) {
		snprintf(text, sizeof(text), "has not confirmed %zu item%s", pending,
			plural(pending));
		fn(data, WORLD_PENDING, text);
	}
	if (refusals.refused) {
		snprintf(text, sizeof(text), "refuses %zu item%s", refusals.refused,
			plural(refusals.refused));
		fn(data, WORLD_REFUSED, text);
	}
	if (refusals.vain) {
		snprintf(text, sizeof(text), "lacks the hint of %zu member%s of queues",
			refusals.vain, plural(refusals.vain));
		fn(data, WORLD_VAIN, text);
	}
	return 0;
}

bool world_wal(struct store *s, char *ret, size_t size)
{
	int64_t bytes = store_wal_size(s);

	if (bytes <= STORE_WAL_WARN)
		return false;
	snprintf(ret, size, "SQLite's log has %lld MB", (long long)(bytes >> 20));
	return true;
}
