/* SPDX-License-Identifier: GPL-3.0-or-later */
/* held.h - what a PBX holds of ours. It is compared with the database while it is read, and only what differs is kept: what is in step
 * takes a byte an item. */
#ifndef HELD_H
#define HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/strbuf.h"
#include "lib/pbx/item.h"
#include "lib/store/item.h"

/* A name and a value that the PBX holds, as offsets in held.text. */
struct held_pair {
	size_t name, value;
	bool is_stray; /* the database has no item of that name */
};

struct held_pairs {
	struct held_pair *list;
	size_t n, cap;
	bool is_sorted;
};

struct held {
	struct store *store;
	const char *pbx;
	size_t max, n;             /* items that it may list, and that it has listed */
	char last[ITEM_NAME_SIZE]; /* the last one, if it has listed more */
	uint8_t *
		right; /* by the ID of an item, a bit for each wanted lamp that is lit; of any other item the first bit. The second one of a presence: AstDB has it */
	size_t right_n;
	bool has_rows; /* AstDB has told of all presences; set by the caller */
	struct strbuf text;
	struct held_pairs other; /* what the database does not want */
	struct held_pairs
		written; /* those of them that are presences, as AstDB has them: with our mark or without */
	struct err err; /* of the database */
};

/* `pbx` is lent. The caller calls held_done(), which may be called again. */
void held_init(struct held *h, struct store *store, const char *pbx, size_t max);
void held_done(struct held *h);

/* Take in an event of the lists of what the PBX holds, item_lists. */
void held_see(struct held *h, const struct amimsg *m);
/* Then those of the presences as AstDB has them. */
void held_see_written(struct held *h, const struct amimsg *m);

/* What the PBX holds of an item. False if it does not list it. */
bool held_find(struct held *h, const struct stored_item *item, char ret[ITEM_VALUE_SIZE]);
/* Whether it is a presence that AstDB does not have, though Asterisk lists it. */
bool held_lacks_row(const struct held *h, const struct stored_item *item);
/* NULL if AstDB has no such presence, or if the database wants what it is. */
const char *held_written(struct held *h, const char *presence);
/* What only we set and the database has no item of. */
void held_strays(
	struct held *h, void (*fn)(void *data, const char *name, const char *value), void *data);

#endif
