/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what the reader of feeds answers: it is refused, or it is a calendar that the database and the tick can take. */
#include <stdint.h>

#include "tests/fuzz/site.h"
#include "tests/fuzz/tick.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What was taken once is taken again, as the same. */
static void send_again(const struct feed_answer *a)
{
	_cleanup_(strbuf_done) struct strbuf sent = STRBUF_INIT, again = STRBUF_INIT;
	_cleanup_(feed_answer_done) struct feed_answer b = FEED_ANSWER_INIT;

	feed_answer_put(a, &sent);
	SITE_MUST(feed_answer_get(sent.s, sent.len, &b, NULL));
	feed_answer_put(&b, &again);
	if (sent.len != again.len || memcmp(sent.s, again.s, sent.len) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(feed_answer_done) struct feed_answer a = FEED_ANSWER_INIT;
	struct feed_job job;
	struct site *site;
	struct err err;

	if (feed_job_get(bytes, n, &job, &err) < 0 && text_has_control(err.msg))
		abort();
	if (feed_answer_get(bytes, n, &a, &err) < 0) {
		if (text_has_control(err.msg) || !text_is_utf8(err.msg))
			abort();
		return 0;
	}
	send_again(&a);
	if (a.result != FEED_READ)
		return 0;
	site = site_fresh();
	site_open(site);
	tick_calendar(site, a.calendar);
	site_close(site);
	return 0;
}
