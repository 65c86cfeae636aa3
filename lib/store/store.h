/* store.h - the shared database: modes, users, groups, schedules, calendars, switches, overrides, presence,
 * items on the PBX, log. SQLite.
 * One handle a process; not thread-safe. Every function that can fail returns 0 or -1 with *err filled:
 * ERR_STORE when the database is at fault (missing, locked, full, corrupt, newer), ERR_NOT_FOUND with
 * did-you-mean when a name is. Writes need store_begin; nothing is kept without store_commit. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/ids.h"
#include "lib/base/mem.h"
#include "lib/binding/actor.h"
#include "lib/pbx/item.h"
#include "lib/calendar/calendar.h"
#include "lib/presence/model.h"
#include "lib/presence/resolve.h"
#include "lib/calls/rule.h"
#include "lib/time/when.h"

struct store;

/* Create the database `path` with its schema and the built-in modes. ERR_FAILED if it exists. */
int store_create(const char *path, struct err *err) MUST_CHECK;

/* Open the existing database and bring its schema up to date in one transaction. The strings of `actor` are lent for the life of
 * the store. *ret is owned by the caller. Programs use follow_open(). */
int store_open(const char *path, const struct actor *actor, struct store **ret,
	struct err *err) MUST_CHECK;
void store_free(struct store *s); /* rolls back what is not committed */
DEFINE_CLEANUP(struct store, store_free)

const char *store_path(const struct store *s);

/* One transaction a command. begin takes the write lock at once (waiting up to 5 s for another writer). After
 * a commit the database file is touched, so that inotify wakes whoever waits for changes: SQLite makes a
 * commit visible after its last write to the log, so that write itself comes too early. */
int store_begin(struct store *s, struct err *err) MUST_CHECK;
int store_commit(struct store *s, struct err *err) MUST_CHECK;
void store_rollback(struct store *s); /* nothing happens if there is no transaction */
static inline void store_rollbackp(struct store **s)
{
	store_rollback(*s);
}

/* Between hold and flush, writes that may wait are collected and written together: what is read in between does not see them. */
void store_hold(struct store *s);
int store_flush(struct store *s, struct err *err) MUST_CHECK;
bool store_in_transaction(const struct store *s);
/* Leave it to a later commit to move what was written from the log of the database into its file. */
void store_checkpoint_later(struct store *s, bool later);

/* A number that changes when another connection has committed. */
int store_data_version(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* Commit without waiting for the disk until told otherwise: for confirmations, which can be had again from
 * the PBX. Not inside a transaction. */
int store_set_durable(struct store *s, bool durable, struct err *err) MUST_CHECK;

/* Who writes: what the log and a switch say. Lent. */
const struct actor *store_actor(const struct store *s);
void store_set_actor(struct store *s, const struct actor *actor);

/* What the floor above remembers of this database. It is told to forget when a transaction begins or is rolled back, and freed
 * with the store. */
struct follow;
struct follow *store_follow(const struct store *s);
void store_set_follow(struct store *s, struct follow *follow, void (*forget)(struct store *s),
	void (*free_follow)(struct store *s));

#endif
