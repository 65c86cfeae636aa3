/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inside.h - what the files of the store share. Only they may include it. */
#ifndef INSIDE_H
#define INSIDE_H

#include "lib/binding/db.h"
#include "lib/presence/model.h"
#include "lib/store/store.h"

enum { MODES_SIZE = 32 };

struct store {
	struct db *db;
	struct actor actor;
	size_t wanted_n; /* items of which this transaction wants another value */
	/* The modes that were read. The ID modulo the size is the place. They are forgotten when a mode is written and when a
	 * transaction begins. An empty place has id 0. */
	struct mode modes[MODES_SIZE];
	/* What lib/follow keeps with the store, and its functions to forget that and to free it. */
	struct follow *follow;
	void (*follow_forget)(struct store *s);
	void (*follow_free)(struct store *s);
};

/* Set the error "no user 'alise'; did you mean 'alice'?". The first column of `names` has the candidates. It ends `names`.
 * Returns -1. */
int store_not_found(struct err *err, const char *noun, const char *word, struct db_rows *names);

/* Give the first column of each row, lent for the call. If `fn` returns other than 0, the walk ends and returns that. */
int store_each_text(struct db_rows *rows, int (*fn)(void *data, const char *text), void *data,
	struct err *err) MUST_CHECK;

/* A reference to a mode that another program has broken counts as none: *id becomes 0. It stands in `row` of
 * `where`, "users.mode_id where id". */
int store_mode_known(
	struct store *s, int64_t *id, const char *where, int64_t row, struct err *err) MUST_CHECK;

/* Make 0 or -1 of what db_run() returns, which is how many rows it changed, or -1. */
static inline int written(int64_t changed)
{
	return changed < 0 ? -1 : 0;
}

#endif
