/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/reader.h"

#include "lib/binding/worker.h"

enum { PARSE_MS = 20000 }; /* so long it may take besides the time limit of the transfer */

struct feed_reader {
	struct worker *worker;
	bool has_copy; /* the server was told which copy we have */
};

int reader_new(struct feed_reader **ret, struct err *err)
{
	char *const argv[] = { (char *)"presencectl", (char *)"_fetch", NULL };
	struct worker *w;

	if (worker_start(argv, &w, err) < 0)
		return -1;
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->worker = w;
	return 0;
}

void reader_free(struct feed_reader *r)
{
	if (!r)
		return;
	worker_free(r->worker);
	free(r);
}

int reader_ask(struct feed_reader *r, const struct feed_job *job, int64_t now_ms, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf message = STRBUF_INIT;

	feed_job_put(job, &message);
	r->has_copy = *job->copy.etag || *job->copy.last_modified || *job->copy.hash;
	return worker_ask(r->worker, &message, now_ms, job->timeout_s * 1000 + PARSE_MS, err);
}

int reader_fd(const struct feed_reader *r)
{
	return worker_fd(r->worker);
}

int64_t reader_deadline(const struct feed_reader *r)
{
	return worker_deadline(r->worker);
}

size_t reader_pending(const struct feed_reader *r)
{
	return worker_pending(r->worker);
}

void reader_hold(struct feed_reader *r, int64_t now_ms)
{
	worker_prolong(r->worker, now_ms + PARSE_MS);
}

int reader_step(struct feed_reader *r, int64_t now_ms, struct feed_answer *ret, struct err *err)
{
	const char *bytes;
	size_t n;
	int got = worker_receive(r->worker, now_ms, FEED_ANSWER_MAX, &bytes, &n, err);

	if (got <= 0)
		return got;
	if (feed_answer_get(bytes, n, ret, err) < 0) {
		feed_answer_done(ret);
		return err_wrap(err, "the child process");
	}
	if (ret->result == FEED_UNCHANGED && !r->has_copy) {
		feed_answer_done(ret);
		return err_set(
			err, ERR_FAILED, "the child process calls unchanged what was never read");
	}
	return 1;
}
