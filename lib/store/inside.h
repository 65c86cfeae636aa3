/* inside.h - what the files of the store share. For them only. */
#ifndef INSIDE_H
#define INSIDE_H

#include "lib/binding/db.h"
#include "lib/presence/model.h"
#include "lib/store/store.h"

enum { MODES_SIZE = 32 };

struct store {
	struct db *db;
	struct actor actor;
	/* Modes that were read, at their ID modulo the size, until one is written or a transaction begins. id 0: none. */
	struct mode modes[MODES_SIZE];
	/* What the floor above remembers of this database, and how that is forgotten and freed. */
	struct follow *follow;
	void (*follow_forget)(struct store *s);
	void (*follow_free)(struct store *s);
};

/* "no user 'alise'; did you mean 'alice'?": candidates are the first column of `names`, which it ends. Returns -1. */
int store_not_found(struct err *err, const char *noun, const char *word, struct db_rows *names);

/* Every row's first column, lent, until `fn` returns anything but 0, which is then returned. */
int store_each_text(struct db_rows *rows, int (*fn)(void *data, const char *text), void *data,
	struct err *err) MUST_CHECK;

/* A function that writes and only says whether that failed: db_run() also says how many rows it changed. */
static inline int written(int64_t changed)
{
	return changed < 0 ? -1 : 0;
}

#endif
