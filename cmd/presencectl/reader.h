/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader.h - the reader of feeds from our side: `presencectl _fetch`, a child process that has neither secret nor database. */
#ifndef READER_H
#define READER_H

#include "lib/calendar/feedmsg.h"

struct feed_reader;

int reader_new(struct feed_reader **ret, struct err *err) MUST_CHECK;
void reader_free(struct feed_reader *r); /* ends it, whatever it does */
DEFINE_CLEANUP(struct feed_reader, reader_free)

/* Give it a job. It must have none. */
int reader_ask(struct feed_reader *r, const struct feed_job *job, int64_t now_ms,
	struct err *err) MUST_CHECK;

int reader_fd(const struct feed_reader *r);           /* to wait for its answer */
int64_t reader_deadline(const struct feed_reader *r); /* when to call reader_step() in any case */

size_t reader_pending(
	const struct feed_reader *r); /* bytes of the answer that it has begun to give, or 0 */

/* Leave its answer where it is for now. That does not count as its time. */
void reader_hold(struct feed_reader *r, int64_t now_ms);

/* Returns 1 with its answer, which holds what feedmsg.h promises; the caller ends it. Returns 0 if there is none yet. ERR_FAILED if
 * there will be none: it has ended, takes too long, or says what is no answer. Then it can only be freed. */
int reader_step(
	struct feed_reader *r, int64_t now_ms, struct feed_answer *ret, struct err *err) MUST_CHECK;

#endif
