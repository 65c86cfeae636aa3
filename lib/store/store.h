/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - the shared database: opening, transactions, and who writes. Each noun has a header of its own beside this one.
 *
 * A process has one handle. It belongs to one thread. A function that fails returns -1 and fills *err: ERR_STORE if the database is
 * at fault (missing, full, damaged, newer), ERR_LOCKED if another program has locked it, ERR_NOT_FOUND with did-you-mean if a name
 * is. Write between store_begin() and store_commit(). */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/ids.h"
#include "lib/base/mem.h"
#include "lib/binding/actor.h"
#include "lib/presence/model.h"

struct store;

/* Create the database `path` with its schema and the built-in modes. ERR_FAILED if it exists. */
int store_create(const char *path, struct err *err) MUST_CHECK;

/* Open the database and bring its schema up to date in one transaction. The strings of `actor` are lent for the life of the store.
 * The caller owns *ret. Programs call follow_open() instead. */
int store_open(const char *path, const struct actor *actor, struct store **ret,
	struct err *err) MUST_CHECK;
/* The same with store_set_wait() before the first look into the file. */
int store_open_within(const char *path, int wait_ms, const struct actor *actor, struct store **ret,
	struct err *err) MUST_CHECK;
void store_free(struct store *s); /* rolls back an open transaction; takes NULL */
DEFINE_CLEANUP(struct store, store_free)

const char *store_path(const struct store *s);

/* Write a copy to a file, see db_backup(). */
struct db_progress;
int store_backup(struct store *s, const char *path, int flags, const struct db_progress *progress,
	struct err *err) MUST_CHECK;
/* Make the new, empty database `s` hold what can be read of a damaged one, see db_salvage(). Decide everything again afterwards. */
struct db_salvaged;
int store_salvage(struct store *s, const char *damaged,
	void (*fn)(void *data, const struct db_salvaged *table), void *data,
	struct err *err) MUST_CHECK;
/* *ret is a copy in memory, for what changes nothing. Programs call follow_copy(). */
int store_copy(struct store *s, struct store **ret, struct err *err) MUST_CHECK;
/* Give what is wrong with the database, see db_check(). */
enum store_check { STORE_CHECK_PAGES, STORE_CHECK_SCHEMA, STORE_CHECK_REFERENCES };
int store_check(struct store *s, enum store_check what, int (*fn)(void *data, const char *finding),
	void *data, struct err *err) MUST_CHECK;
/* Check a file that is to take the place of `database`, and write a copy of it to `to`, which store_open() opens. */
int store_take_file(
	const char *file, const char *database, const char *to, struct err *err) MUST_CHECK;

/* Whether the database that is open still stands at its path, see db_look(). */
int store_look(struct store *s, struct err *err) MUST_CHECK;
/* Open what stands there now, and bring its schema up to date, see db_reopen(). */
int store_reopen(struct store *s, struct err *err) MUST_CHECK;
/* presenced: tell all who open the database which files we have open, see db_tell_files(). store_reopen() tells again. */
int store_tell_files(struct store *s, int lock, struct err *err) MUST_CHECK;

/* One transaction at a time, see db_begin() and db_commit(). The store forgets what it has read when a transaction begins and when
 * one is rolled back. */
int store_begin(struct store *s, struct err *err) MUST_CHECK;
/* Until store_rollback() all that is read is of one instant, see db_begin_read(). */
int store_begin_read(struct store *s, struct err *err) MUST_CHECK;
int store_commit(struct store *s, struct err *err) MUST_CHECK;
void store_rollback(struct store *s); /* does nothing without a transaction; takes NULL */
static inline void store_rollbackp(struct store **s)
{
	store_rollback(*s);
}

/* Between store_hold() and store_flush(), some functions collect their rows: their headers say that a row may wait. One statement
 * then writes many rows. A read in between does not see them. */
void store_hold(struct store *s);
int store_flush(struct store *s, struct err *err) MUST_CHECK;

bool store_in_transaction(const struct store *s);
/* How long to wait for a lock of another program before ERR_LOCKED; STORE_WAIT_MS if nothing else is said. */
enum { STORE_WAIT_MS = 5000 };
void store_set_wait(struct store *s, int ms);
/* The size in bytes of SQLite's log, and to make it empty, see db_empty_wal(). */
enum { STORE_WAL_WARN = 64 << 20 }; /* then it is worth a word */
int64_t store_wal_size(const struct store *s);
int store_empty_wal(struct store *s, struct err *err) MUST_CHECK;
/* true: commits leave the data in SQLite's log. false: the next commit may move the log into the database. */
void store_checkpoint_later(struct store *s, bool later);

/* Take the name of the first value that was read since and that only another program can have written, in a sentence for people. */
bool store_take_odd(struct store *s, char *to, size_t size);

/* The number changes when another handle commits. */
int store_data_version(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* false: commits do not wait for the disk. This is for confirmations: the PBX can give them again. Not inside a transaction. */
int store_set_durable(struct store *s, bool durable, struct err *err) MUST_CHECK;

/* Who writes, as the log and switches say it. Lent. */
const struct actor *store_actor(const struct store *s);
void store_set_actor(struct store *s, const struct actor *actor);

/* What lib/follow keeps with the store. The store calls `forget` when a transaction begins and when one is rolled back. It calls
 * `free_follow` when it is freed itself. */
struct follow;
struct follow *store_follow(const struct store *s);
void store_set_follow(struct store *s, struct follow *follow, void (*forget)(struct store *s),
	void (*free_follow)(struct store *s));

#endif
