/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feedmsg.h - what goes between us and the reader of feeds: the process that asks an address and parses the answer. A job goes to the
 * reader, an answer comes back. The reader has read bytes of strangers, so its answer passes the same checks as they would. */
#ifndef FEEDMSG_H
#define FEEDMSG_H

#include <limits.h>

#include "lib/calendar/calendar.h"
#include "lib/calendar/icslines.h"
#include "lib/calendar/url.h"

enum {
	FEED_JOB_MAX = 16 << 10, /* bytes of a job */
	FEED_ANSWER_MAX =
		2 * ICS_BYTES_MAX, /* bytes of an answer: the form is shorter than iCalendar */
	FEED_TIMEOUT_MAX_S = 3600,
};

/* What the server said of the copy that we have: each "" if it said nothing, or if it was longer. */
struct feed_copy {
	char etag[256], last_modified[64];
	char hash[65]; /* of the bytes, in hexadecimal digits */
};

struct feed_job {
	char url[URL_MAX + 1];
	struct feed_copy copy;
	int64_t timeout_s;
	bool allow_private;
	char ca_file[PATH_MAX]; /* "" means the system's certificates */
};

enum feed_result {
	FEED_FAILED,
	FEED_UNCHANGED, /* the copy that we have still holds; there is no calendar */
	FEED_READ,
	FEED_RESULT_COUNT
};

struct feed_answer {
	enum feed_result result;
	char why[512]; /* FEED_FAILED */
	struct feed_copy copy;
	struct calendar *calendar; /* FEED_READ; settled */
	struct ics_report report;
};
#define FEED_ANSWER_INIT                                                                           \
	{                                                                                          \
		.report.refusals = STRBUF_INIT                                                     \
	}
void feed_answer_done(struct feed_answer *a);

void feed_job_put(const struct feed_job *job, struct strbuf *to);
void feed_answer_put(const struct feed_answer *a, struct strbuf *to);

/* Read a message. It may hold any bytes. ERR_FAILED says what of it cannot be. What is in *ret then counts for nothing. End an answer
 * with feed_answer_done() in any case. */
int feed_job_get(const void *bytes, size_t n, struct feed_job *ret, struct err *err) MUST_CHECK;
int feed_answer_get(
	const void *bytes, size_t n, struct feed_answer *ret, struct err *err) MUST_CHECK;

#endif
