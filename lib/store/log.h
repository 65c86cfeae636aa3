/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - the log: who did what, to what, and why. A record never changes. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "lib/store/store.h"

struct log_record {
	int64_t at;
	const char *via;
	int64_t uid;                                                    /* -1: no uid */
	const char *actor, *what, *subject, *from_mode, *to_mode, *why; /* NULL: not said */
	int64_t until;                                                  /* UNTIL_OPEN: no end */
};

/* Write a record. The actor is the store's. The record may wait for store_flush(). */
int store_log(struct store *s, int64_t at, const char *what, const char *subject,
	const char *from_mode, const char *to_mode, int64_t until, const char *why,
	struct err *err) MUST_CHECK;
/* Give the newest `limit` records since `since`, the oldest first. subject NULL: records about any subject. */
int store_log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err);
/* Delete the records from before an instant. */
int store_log_prune(struct store *s, int64_t before, struct err *err) MUST_CHECK;

#endif
