/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seal.h - the rows of seals of the log, and the bytes of records of which a seal has the hash. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "lib/base/strbuf.h"
#include "lib/store/store.h"

enum { SEAL_HASH_SIZE = 65 };
#define SEAL_ID_MAX                                                                                \
	(INT64_C(1) << 62) /* a greater number is read as this one: another program wrote it */

/* A seal. It covers the records with the IDs from first to last. Its number is 1 more than that of the seal before it, and so is
 * `first` than the `last` of that one. */
struct seal {
	int64_t id, first, last;
	int64_t at; /* when it was set, UTC seconds */
	char hash[SEAL_HASH_SIZE];
};

/* The newest seal; id 0 if there is none. */
int store_seal_newest(struct store *s, struct seal *ret, struct err *err) MUST_CHECK;
/* The first seal whose number is greater; id 0 if there is none. */
int store_seal_after(struct store *s, int64_t id, struct seal *ret, struct err *err) MUST_CHECK;
/* The seal that covers these records exactly; id 0 if there is none. */
int store_seal_find(
	struct store *s, int64_t first, int64_t last, struct seal *ret, struct err *err) MUST_CHECK;
/* Where the n-th seal behind a record ends, or the last before the newest one; 0 if there is none before that. */
int store_seal_end(
	struct store *s, int64_t after, size_t n, int64_t *ret, struct err *err) MUST_CHECK;
/* Where the last seal ends that ends before a record; 0 if there is none. */
int store_seal_before(struct store *s, int64_t record, int64_t *ret, struct err *err) MUST_CHECK;
int store_seal_add(struct store *s, const struct seal *seal, struct err *err) MUST_CHECK;

/* The records of a range, as bytes. */
struct sealed {
	struct strbuf bytes;
	int64_t first,
		last; /* the IDs of the first and the last record that there is; 0: there is none */
	int64_t n;
	int64_t missing; /* the first ID that there is not, before one that there is; 0 without such a gap */
};
#define SEALED_INIT                                                                                \
	{                                                                                          \
		.bytes = STRBUF_INIT                                                               \
	}
void sealed_done(struct sealed *b);

/* Append the records from `first` to `last`, at most `max`, in the order of their IDs. A record is the list of its columns; a column is
 * its length in bytes, ':', its bytes and ',', or "-," for NULL. So no two records have the same bytes. */
int store_sealed_read(struct store *s, int64_t first, int64_t last, size_t max, struct sealed *to,
	struct err *err) MUST_CHECK;

/* Up to which ID the log was pruned, as records say. 0: it never was. */
int store_log_pruned(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* How many records there are with a greater ID. */
int store_log_count_after(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;

#endif
