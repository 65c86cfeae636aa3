/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.h - a child process that works on what strangers wrote. It is a program that is started afresh: of us it has neither memory nor
 * open files, and nothing of the environment. Its standard input and output are one socket, over which messages go both ways: four
 * bytes with the length, the highest first, and the bytes. What a worker says is as little to be trusted as what it reads. */
#ifndef WORKER_H
#define WORKER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

struct worker;

/* Start a program: argv[0] is its path, or, without a slash, a name for our own program. ERR_FAILED if it cannot be started. */
int worker_start(char *const argv[], struct worker **ret, struct err *err) MUST_CHECK;
/* End it at once, whatever it does, and wait for it. */
void worker_free(struct worker *w);
DEFINE_CLEANUP(struct worker, worker_free)

int worker_fd(const struct worker *w); /* readable when it has said something, or has ended */

/* Send a message, which it must answer within `limit_ms`. It never waits: ERR_FAILED if the worker does not take it. */
int worker_ask(struct worker *w, const struct strbuf *message, int64_t now_ms, int64_t limit_ms,
	struct err *err) MUST_CHECK;
int64_t worker_deadline(const struct worker *w);
void worker_prolong(struct worker *w, int64_t deadline_ms); /* let it have time until then */

/* Read some of what it has said, without waiting. Returns 1 if a whole message of at most `max` bytes is there: it is lent, until the
 * next call. Returns 0 if more is to come. ERR_FAILED if the worker has ended, says how; if it takes too long; or if it says what is no
 * such message. A worker that has failed is good for nothing more. */
int worker_receive(struct worker *w, int64_t now_ms, size_t max, const char **ret, size_t *ret_n,
	struct err *err) MUST_CHECK;

/* How long the message is that it has begun to say, in bytes; 0: it has not said. */
size_t worker_pending(const struct worker *w);

/* For the worker itself. Wait for a message: 1 if there is one, 0 if who started us has gone. */
int worker_await(size_t max, struct strbuf *ret, struct err *err) MUST_CHECK;
int worker_answer(const struct strbuf *message, struct err *err) MUST_CHECK;

/* Give up for good what a worker does not need, before it reads what strangers wrote: the rights of root, if only the effective IDs are
 * another's; new privileges; writing files; core dumps; more than `memory_max` bytes of memory; and, where the kernel has Landlock, all
 * files but those below `paths` (the last is NULL; what is not there is left out), programs, and signals to others. It dies with who
 * started it. */
int worker_confine(const char *const paths[], size_t memory_max, struct err *err) MUST_CHECK;

#endif
