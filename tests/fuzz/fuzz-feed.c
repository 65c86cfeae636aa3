/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a calendar, through what the reader answers, the database and the tick: the answer arrives as it was, the clock always goes
 * on, and the mode is one that there is. */
#include <stdint.h>

#include "lib/binding/ics.h"
#include "tests/fuzz/site.h"
#include "tests/fuzz/tick.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What the reader has parsed is what we get of it. */
static void send_over(struct feed_answer *a)
{
	_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT, again = STRBUF_INIT;

	feed_answer_put(a, &sent);
	feed_answer_done(a);
	SITE_MUST(feed_answer_get(sent.s, sent.len, a, NULL));
	feed_answer_put(a, &again);
	if (sent.len != again.len || memcmp(sent.s, again.s, sent.len) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct feed_answer a = { .result = FEED_READ, .report.refusals = STRBUF_INIT };
	struct site *site = site_fresh();
	struct err err;

	site_open(site);
	if (ics_parse(bytes, n, zonefiles_zones(site->zones), &a.calendar, &a.report, &err) == 0) {
		send_over(&a);
		tick_calendar(site, a.calendar);
	}
	feed_answer_done(&a);
	site_close(site);
	return 0;
}
