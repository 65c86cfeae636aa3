/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a calendar, through the database and the tick: the clock always goes on, and the mode is one that there is. */
#include <stdint.h>

#include "lib/binding/ics.h"
#include "lib/follow/resolve.h"
#include "lib/store/presence.h"
#include "tests/fuzz/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int check(void *data, const struct status *st)
{
	(void)data;
	if (!*st->mode || text_has_control(st->mode) || st->since > st->until)
		abort();
	return 0;
}

static void tick(struct store *s, int64_t now)
{
	int64_t next;
	size_t ticked;

	SITE_MUST(follow_tick(s, now, &ticked, NULL));
	SITE_MUST(store_next_change(s, &next, NULL));
	if (next <= now)
		abort();
	SITE_MUST(store_status_each(s, NULL, check, NULL, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct site *site = site_fresh();
	_cleanup_(calendar_freep) struct calendar *c = NULL;
	struct ics_report report = { .refusals = STRBUF_INIT };
	struct calendar_state state = { .title = "" };
	struct err err;

	site_open(site);
	if (ics_parse(bytes, n, zonefiles_zones(site->zones), &c, &report, &err) == 0) {
		SITE_MUST(store_begin(site->store, NULL));
		SITE_MUST(follow_calendar_replace(
			site->store, &site->own, c, &state, SITE_NOW, NULL));
		SITE_MUST(store_commit(site->store, NULL));
		tick(site->store, SITE_NOW + 3600);
		tick(site->store, SITE_NOW + 9 * 86400);
		tick(site->store, SITE_NOW + 400 * 86400);
	}
	ics_report_done(&report);
	site_close(site);
	return 0;
}
