/* log.h - who did what, to what, and why: one record each, which is never changed. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "lib/store/store.h"

struct log_record {
	int64_t at;
	const char *via;
	int64_t uid;                                                    /* -1 if none */
	const char *actor, *what, *subject, *from_mode, *to_mode, *why; /* NULL if none */
	int64_t until;                                                  /* UNTIL_OPEN if none */
};

/* A record of the store's actor. May wait for store_flush(). */
int store_log(struct store *s, int64_t at, const char *what, const char *subject,
	const char *from_mode, const char *to_mode, int64_t until, const char *why,
	struct err *err) MUST_CHECK;
/* Newest `limit` records since `since`, oldest first; subject NULL for all. */
int store_log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err);
int store_log_prune(struct store *s, int64_t before, struct err *err) MUST_CHECK;

#endif
