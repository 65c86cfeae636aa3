/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/scan.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/store/item.h"

enum {
	QUEUE_MAX = 64 << 20, /* of events; what lists hold is bounded by ami_expect() */
	LISTED = 'l',
	CHANGED = 'c',
};

/* What the lists may have at most. */
static int limit(struct scan *s, const struct turn *t, struct err *err)
{
	size_t stuck;

	if (store_scan_owned(s->store, s->pbx->name, &s->wanted, &stuck, err) < 0)
		return -1;
	s->strays = s->wanted + SCAN_STRAYS_MAX;
	s->strays = stuck < s->strays ? s->strays - stuck : 0;
	ami_expect(t->ami, (uint64_t)s->wanted * SCAN_LISTED_MAX);
	return 0;
}

static int prepare(struct scan *s, const struct turn *t, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	int64_t booted_at = t->now.utc - ami_uptime_s(t->ami);

	if (store_begin(s->store, err) < 0)
		return -1;
	tx = s->store;
	if (store_scan_begin(tx, s->pbx->name, err) < 0 || limit(s, t, err) < 0 ||
		readback_begin(s->readback, booted_at, err) < 0)
		return -1;
	return store_commit(tx, err);
}

int scan_begin(struct scan *s, const struct turn *t, uint64_t tag, struct err *err)
{
	if (prepare(s, t, err) < 0)
		return -1;
	s->lists = ITEM_LISTS;
	s->rows_n = 0;
	s->rows_known = false;
	s->has_begun = true;
	for (uint64_t i = 0; i < ITEM_LISTS; i++) {
		if (turn_send(t, tag + i, item_lists[i], err) < 0)
			return -1;
	}
	return 0;
}

static void enqueue(struct scan *s, char kind, const struct item *item)
{
	strbuf_addc(&s->queue, kind);
	strbuf_addc(&s->queue, (char)('0' + item->rank));
	strbuf_add(&s->queue, item->name, strlen(item->name) + 1);
	strbuf_add(&s->queue, item->value, strlen(item->value) + 1);
}

/* FNV-1a. */
static uint64_t hash_of(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * UINT64_C(1099511628211);
	return hash;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Calls do not see a presence that Asterisk lists and AstDB does not have. */
static bool lacks_row(const struct scan *s, const char *name)
{
	uint64_t hash = hash_of(name);

	return s->rows_known && item_is_presence(name) &&
		(!s->rows_n || !bsearch(&hash, s->rows, s->rows_n, sizeof(hash), by_hash));
}

void scan_item(struct scan *s, const struct amimsg *m)
{
	struct item item;

	if (item_row_from_event(m, &item)) {
		s->rows = mem_grow(s->rows, &s->rows_cap, s->rows_n + 1, sizeof(*s->rows));
		s->rows[s->rows_n++] = hash_of(item.name);
	} else if (item_from_event(m, &item)) {
		enqueue(s, LISTED, &item);
	}
}

void scan_event(struct scan *s, const struct item *item)
{
	if (s->queue.len < QUEUE_MAX)
		enqueue(s, CHANGED, item);
}

/* Take the sighting at `at`: where the next one begins. */
static size_t dequeue(const struct scan *s, size_t at, char *ret_kind, struct item *ret)
{
	const char *from = s->queue.s + at, *name = from + 2, *value = name + strlen(name) + 1;

	*ret_kind = *from;
	ret->rank = from[1] - '0';
	text_copy(ret->name, sizeof(ret->name), name);
	text_copy(ret->value, sizeof(ret->value), value);
	return (size_t)(value + strlen(value) + 1 - s->queue.s);
}

static int too_many(const struct scan *s, const struct item *item, struct err *err)
{
	return err_set(err, ERR_FAILED,
		"PBX '%s' holds more than %zu things such as %.40s that this database does not know:"
		" is it another site's? If not, delete them there",
		s->pbx->name, SCAN_STRAYS_MAX + s->wanted, item->name);
}

static int see(struct scan *s, const struct item *item, struct err *err)
{
	int r = store_scan_item(s->store, s->pbx->name, item, err);

	if (r <= 0)
		return r;
	if (!s->strays)
		return too_many(s, item, err);
	s->strays--;
	return 0;
}

static int write_listed(struct scan *s, const struct item *item, struct err *err)
{
	bool foreign;

	if (readback_see_listed(s->readback, item, &foreign, err) < 0)
		return -1;
	if (!foreign && (readback_lacks_mark(s->readback, item->name) || lacks_row(s, item->name)))
		return 0; /* as if it were not there */
	return foreign ? store_scan_seen(s->store, s->pbx->name, item->name, err)
		       : see(s, item, err);
}

static int write_changed(struct scan *s, const struct item *item, struct err *err)
{
	bool foreign;

	if (readback_see_event(s->readback, item, &foreign, err) < 0)
		return -1;
	return foreign ? store_scan_seen(s->store, s->pbx->name, item->name, err) : 0;
}

static int write_queue(struct scan *s, struct err *err)
{
	struct item item;
	char kind;

	for (size_t at = 0; at < s->queue.len;) {
		at = dequeue(s, at, &kind, &item);
		if ((kind == LISTED ? write_listed : write_changed)(s, &item, err) < 0)
			return -1;
	}
	return 0;
}

static int write_all(struct scan *s, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(s->store, err) < 0)
		return -1;
	tx = s->store;
	if (write_queue(s, err) < 0)
		return -1;
	if (!s->lists &&
		(store_scan_end(tx, s->pbx->name, err) < 0 ||
			readback_listed(s->readback, err) < 0))
		return -1;
	return store_commit(tx, err);
}

bool scan_is_due(const struct scan *s)
{
	return s->has_begun && (s->queue.len || !s->lists);
}

int scan_write(struct scan *s, bool *ret_over, struct err *err)
{
	size_t strays = s->strays;

	*ret_over = false;
	if (!scan_is_due(s))
		return 0;
	if (write_all(s, err) < 0) {
		s->strays = strays;
		return -1;
	}
	strbuf_cut(&s->queue, 0);
	*ret_over = !s->lists;
	s->has_begun = s->lists > 0;
	return 0;
}

int scan_answer(struct scan *s, uint64_t list, const struct answer *answer, struct err *err)
{
	const char *action = item_lists[list][1];

	/* Without the entries everything else still works: they are then written again. */
	if (!answer->ok && strcmp(action, "DBGetTree") != 0)
		return err_set(err, ERR_FAILED,
			"PBX '%s' refuses %s: %s; user '%s' of its manager.conf needs write = call",
			s->pbx->name, action, amimsg_reason(answer->message), s->pbx->username);
	if (list == ITEM_LIST_ROWS) {
		if (s->rows_n)
			qsort(s->rows, s->rows_n, sizeof(*s->rows), by_hash);
		s->rows_known = answer->ok;
	}
	s->lists--;
	return 0;
}

void scan_reset(struct scan *s)
{
	strbuf_done(&s->queue);
	free(s->rows);
	s->rows = NULL;
	s->rows_n = s->rows_cap = 0;
	s->has_begun = false;
}
