/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seal.h - the chain of seals that shows whether the log is as it was written.
 *
 * presenced sets a seal over at most SEAL_RECORDS_MAX records. Its hash is the SHA-256 of the hash of the seal before it, of its own IDs
 * and time, and of all columns of its records. Whoever changes, deletes, inserts or moves a record breaks its seal. Whoever may write the
 * database can set all seals again: what was sent to the journal shows that. */
#ifndef FOLLOW_SEAL_H
#define FOLLOW_SEAL_H

#include "lib/store/seal.h"

enum { SEAL_RECORDS_MAX = 256 };

/* Seal at most 4 seals' worth of records, in a transaction of its own if there are any. *ret_more: whether there may be more. */
int follow_seal(struct store *s, int64_t now, bool *ret_more, struct err *err) MUST_CHECK;

/* The hash that a seal should have, from the records and the hash of the seal before it, "" for the first. `records` is empty; it says
 * then what records there are. */
int follow_seal_hash(struct store *s, const struct seal *seal, const char *previous,
	struct sealed *records, char ret[SEAL_HASH_SIZE], struct err *err) MUST_CHECK;

/* What verifying has found. */
struct seal_verdict {
	int64_t records_n; /* that are as they were sealed */
	int64_t pruned;    /* the records up to this ID were deleted for their age; 0: none was */
	int64_t first;     /* the number of the seal that is left of those that were pruned, or 0 */
	int64_t sealed;    /* the ID of the last record that has a seal */
	int64_t unsealed_n; /* records that have none yet */
	char fault[512];    /* what is wrong first, or "" */
};
/* Verify all seals, the oldest first, up to the first fault. */
int follow_seal_verify(struct store *s, struct seal_verdict *ret, struct err *err) MUST_CHECK;

#endif
