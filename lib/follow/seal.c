/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/seal.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/binding/hash.h"
#include "lib/store/fact.h"

enum { SEALS_AT_ONCE = 4 };

_Static_assert((int)SEAL_HASH_SIZE == (int)HASH_SIZE, "one size");

static int hash(const struct seal *seal, const char *previous, const struct strbuf *records,
	char ret[SEAL_HASH_SIZE], struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf all = STRBUF_INIT;

	strbuf_addf(&all, "presence log 1\n%s\n%lld %lld %lld %lld\n", previous,
		(long long)seal->id, (long long)seal->first, (long long)seal->last,
		(long long)seal->at);
	strbuf_add(&all, records->s, records->len);
	return hash_sha256(all.s, all.len, ret, err);
}

/* Make the seal behind `newest`, and put it in its place. *ret_n: how many records it has. */
static int next_seal(
	struct store *s, int64_t now, struct seal *newest, int64_t *ret_n, struct err *err)
{
	_cleanup_(sealed_done) struct sealed records = SEALED_INIT;
	struct seal seal = { .id = newest->id + 1, .first = newest->last + 1, .at = now };

	if (store_sealed_read(s, seal.first, INT64_MAX, SEAL_RECORDS_MAX, &records, err) < 0)
		return -1;
	*ret_n = records.n;
	if (!records.n)
		return 0;
	seal.last = records.last;
	if (hash(&seal, newest->hash, &records.bytes, seal.hash, err) < 0)
		return -1;
	*newest = seal;
	return 0;
}

/* The number of the newest seal, and its last record: without it nothing would say that the last seals were deleted, or all. */
#define NEWEST_FACT "log sealed"

static int newest_told(struct store *s, long long *ret_id, long long *ret_record, struct err *err)
{
	char text[48];

	if (store_fact_get(s, NEWEST_FACT, text, sizeof(text), err) < 0)
		return -1;
	if (sscanf(text, "%lld %lld", ret_id, ret_record) != 2)
		*ret_id = *ret_record = 0;
	return 0;
}

static int tell_newest(struct store *s, const struct seal *seal, struct err *err)
{
	char text[48];

	snprintf(text, sizeof(text), "%lld %lld", (long long)seal->id, (long long)seal->last);
	return store_fact_set(s, NEWEST_FACT, text, err);
}

int follow_seal(struct store *s, int64_t now, bool *ret_more, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	struct seal seals[SEALS_AT_ONCE], newest;
	size_t n = 0;
	int64_t records_n = SEAL_RECORDS_MAX;
	long long told_id, told_record;

	*ret_more = false;
	if (store_seal_newest(s, &newest, err) < 0 ||
		newest_told(s, &told_id, &told_record, err) < 0)
		return -1;
	/* No number is left behind what another program wrote. */
	if (newest.id >= SEAL_ID_MAX || newest.last >= SEAL_ID_MAX)
		return 0;
	/* A number that was given is not given again: the gap shows that a seal was deleted. */
	if (told_id > newest.id && told_id < SEAL_ID_MAX)
		newest.id = told_id;
	/* All is read and hashed before the database is locked: a record never changes, and nobody else seals. */
	while (n < SEALS_AT_ONCE && records_n == SEAL_RECORDS_MAX) {
		if (next_seal(s, now, &newest, &records_n, err) < 0)
			return -1;
		if (records_n)
			seals[n++] = newest;
	}
	if (!n)
		return 0;
	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	for (size_t i = 0; i < n; i++) {
		if (store_seal_add(s, &seals[i], err) < 0)
			return -1;
	}
	if (tell_newest(s, &newest, err) < 0)
		return -1;
	*ret_more = records_n == SEAL_RECORDS_MAX;
	return store_commit(s, err);
}

int follow_seal_hash(struct store *s, const struct seal *seal, const char *previous,
	struct sealed *records, char ret[SEAL_HASH_SIZE], struct err *err)
{
	/* One more than there can be: it makes another hash. */
	if (store_sealed_read(s, seal->first, seal->last, SEAL_RECORDS_MAX + 1, records, err) < 0)
		return -1;
	return hash(seal, previous, &records->bytes, ret, err);
}

enum { RECORDS_TEXT_SIZE = 64 };

static const char *name_records(char text[RECORDS_TEXT_SIZE], int64_t first, int64_t last)
{
	if (first == last)
		snprintf(text, RECORDS_TEXT_SIZE, "record %lld", (long long)first);
	else
		snprintf(text, RECORDS_TEXT_SIZE, "records %lld to %lld", (long long)first,
			(long long)last);
	return text;
}

/* Say what is wrong with the records of a seal. */
static void tell(struct seal_verdict *v, const struct seal *seal, const struct sealed *records)
{
	char all[RECORDS_TEXT_SIZE], some[RECORDS_TEXT_SIZE];
	bool one = seal->first == seal->last;

	name_records(all, seal->first, seal->last);
	if (records->missing)
		snprintf(v->fault, sizeof(v->fault), "record %lld is missing, or %s %s changed",
			(long long)records->missing, all, one ? "was" : "were");
	else if (!records->n)
		snprintf(v->fault, sizeof(v->fault),
			"%s %s missing, and no record says that %s pruned", all, one ? "is" : "are",
			one ? "it was" : "they were");
	else if (records->last < seal->last)
		snprintf(v->fault, sizeof(v->fault), "%s %s missing",
			name_records(some, records->last + 1, seal->last),
			records->last + 1 == seal->last ? "is" : "are");
	else
		snprintf(v->fault, sizeof(v->fault),
			"%s%s is not as it was sealed, or the seal is not",
			one ? "" : "one of the ", all);
}

/* Whether this is the seal that pruning has left of those whose records it deleted. */
static bool is_left(const struct seal *seal, const struct seal_verdict *v)
{
	return seal->id > 1 && seal->last <= v->pruned;
}

/* The first seal: nothing was written before it. *ret_is_left: it has no records, and those that it had can be verified no more. */
static int verify_first(struct store *s, const struct seal *seal, struct seal_verdict *v,
	bool *ret_is_left, struct err *err)
{
	_cleanup_(sealed_done) struct sealed records = SEALED_INIT;
	int64_t before;

	*ret_is_left = seal->id && is_left(seal, v);
	before = *ret_is_left ? seal->last : 0;
	if (store_sealed_read(s, INT64_MIN, before, 1, &records, err) < 0)
		return -1;
	if (records.n)
		snprintf(v->fault, sizeof(v->fault),
			"record %lld was not written by these programs", (long long)records.first);
	return 0;
}

/* Verify a seal. `before` is the seal before it, with id 0 if there is none. */
static int verify(struct store *s, const struct seal *before, const struct seal *seal,
	struct seal_verdict *v, struct err *err)
{
	_cleanup_(sealed_done) struct sealed records = SEALED_INIT;
	char is[SEAL_HASH_SIZE];

	if (seal->id != before->id + 1) {
		snprintf(v->fault, sizeof(v->fault), "seal %lld is missing",
			(long long)before->id + 1);
		return 0;
	}
	if (seal->first != before->last + 1 || seal->last < seal->first) {
		snprintf(v->fault, sizeof(v->fault),
			"seal %lld does not begin where seal %lld ends", (long long)seal->id,
			(long long)before->id);
		return 0;
	}
	if (follow_seal_hash(s, seal, before->hash, &records, is, err) < 0)
		return -1;
	v->sealed = seal->last;
	if (!records.n && seal->last <= v->pruned)
		return 0;
	if (strcmp(is, seal->hash) != 0)
		tell(v, seal, &records);
	else
		v->records_n += records.n;
	return 0;
}

/* The last seal that there is must be the last one that was set. */
static int verify_newest(
	struct store *s, const struct seal *last, struct seal_verdict *v, struct err *err)
{
	long long id, record;

	if (newest_told(s, &id, &record, err) < 0)
		return -1;
	if (id > last->id)
		snprintf(v->fault, sizeof(v->fault),
			"seal %lld is missing: there were seals up to %lld, and record %lld",
			(long long)last->id + 1, id, record);
	return 0;
}

int follow_seal_verify(struct store *s, struct seal_verdict *ret, struct err *err)
{
	struct seal before = { 0 }, seal;
	bool is_left;

	*ret = (struct seal_verdict){ 0 };
	if (store_log_pruned(s, &ret->pruned, err) < 0 || store_seal_after(s, 0, &seal, err) < 0 ||
		verify_first(s, &seal, ret, &is_left, err) < 0)
		return -1;
	if (is_left)
		before = seal;
	ret->sealed = before.last;
	ret->first = before.id;
	while (!*ret->fault) {
		if (store_seal_after(s, before.id, &seal, err) < 0)
			return -1;
		if (!seal.id)
			break;
		if (verify(s, &before, &seal, ret, err) < 0)
			return -1;
		before = seal;
	}
	if (!*ret->fault && verify_newest(s, &before, ret, err) < 0)
		return -1;
	return store_log_count_after(s, ret->sealed, &ret->unsealed_n, err);
}
