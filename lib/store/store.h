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

/* Open the existing database and bring its schema up to date in one transaction, in which `upgraded` (may be NULL) is called if
 * there was something to do. The strings of `actor` are lent for the life of the store. *ret is owned by the caller. Programs
 * use follow_open(). */
int store_open(const char *path, const struct actor *actor,
	int (*upgraded)(struct store *s, void *data, struct err *err), void *data,
	struct store **ret, struct err *err) MUST_CHECK;
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

/* Modes. A callback that returns other than 0 ends the walk, and that is what the walk returns. */
int store_mode_find(
	struct store *s, const char *word, struct mode *ret, struct err *err) MUST_CHECK;
int store_mode_get(struct store *s, int64_t id, struct mode *ret, struct err *err) MUST_CHECK;
int store_mode_each(
	struct store *s, int (*fn)(void *data, const struct mode *m), void *data, struct err *err);
/* Only the row: id 0 adds. ERR_USAGE if the name or alias is taken. */
int store_mode_write(struct store *s, struct mode *m, struct err *err) MUST_CHECK;
/* id 0 adds. Users in the mode are resolved again. ERR_USAGE if the name or alias is taken. */
int follow_mode_save(struct store *s, struct mode *m, int64_t now, struct err *err) MUST_CHECK;
/* Who uses it: users in it, users whose default it is, switches below the one that holds. */
int store_mode_uses(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
/* Delete; what uses it goes over to `heir`, NULL if nothing does. */
int follow_mode_delete(struct store *s, const struct mode *m, const struct mode *heir, int64_t now,
	struct err *err) MUST_CHECK;

/* Rules of call handling: those that are set of a mode, or of a user's version of it. Saving compiles the rows of the PBX. */
int store_mode_rules(
	struct store *s, int64_t mode_id, struct rules *ret, struct err *err) MUST_CHECK;
int follow_mode_rules_save(struct store *s, const struct mode *m, const struct rules *rules,
	int64_t now, struct err *err) MUST_CHECK;
int store_user_rules(struct store *s, int64_t user_id, int64_t mode_id, struct rules *ret,
	struct err *err) MUST_CHECK;
/* ERR_USAGE if calls would be forwarded in a circle; so is the mode's. */
int follow_user_rules_save(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, int64_t now, struct err *err) MUST_CHECK;
/* What holds for a user (0: for everybody) in a mode. */
int store_effective(struct store *s, int64_t user_id, const struct mode *m, struct effective *ret,
	struct err *err) MUST_CHECK;
/* As rules are for calls on that PBX: a user of another one is an extension of the dialplan there. */
int follow_rules_on(
	struct store *s, const char *pbx, struct rules *rules, struct err *err) MUST_CHECK;
/* What a PBX wants in front of outside numbers. All is lent for the life of the store. */
struct follow_prefix {
	const char *pbx, *prefix;
};
void follow_set_prefixes(struct store *s, const struct follow_prefix *list, size_t n);
/* Compile all rows again. */
int follow_entries(struct store *s, struct err *err) MUST_CHECK;

/* Users. find takes a name or an extension (ERR_USAGE if two PBXs have that extension). */
int store_user_find(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
/* The same without asking who else was meant: of `ret` only id (0: nobody), name, extension and mailbox are filled in. */
int store_user_named(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
/* How many characters the longest extension has; 0 without users. */
int store_extension_longest(struct store *s, size_t *ret, struct err *err) MUST_CHECK;
int store_user_get(struct store *s, int64_t id, struct user *ret, struct err *err) MUST_CHECK;
int store_user_each(
	struct store *s, int (*fn)(void *data, const struct user *u), void *data, struct err *err);
int follow_user_save(struct store *s, struct user *u, int64_t now, struct err *err) MUST_CHECK;
int follow_user_delete(
	struct store *s, const struct user *u, int64_t now, struct err *err) MUST_CHECK;
int store_user_count(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* Groups. */
struct group {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	int64_t members;
	char schedule[NAME_MAX_LEN + 1]; /* of its members who have none of their own; "" if none */
};
int store_group_find(
	struct store *s, const char *name, struct group *ret, struct err *err) MUST_CHECK;
int store_group_each(
	struct store *s, int (*fn)(void *data, const struct group *g), void *data, struct err *err);
int store_group_add(struct store *s, const char *name, int64_t now, struct err *err) MUST_CHECK;
int follow_group_delete(
	struct store *s, const struct group *g, int64_t now, struct err *err) MUST_CHECK;
/* *ret_changed: whether it was not so before. */
int follow_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);

/* Queues. find takes a name, or name@PBX (ERR_USAGE if two PBXs have a queue of that name). */
int store_queue_find(
	struct store *s, const char *word, struct queue *ret, struct err *err) MUST_CHECK;
int store_queue_each(
	struct store *s, int (*fn)(void *data, const struct queue *q), void *data, struct err *err);
/* id 0 adds. Its users' items follow. ERR_USAGE if the name is taken or a user does not fit it. */
int follow_queue_save(struct store *s, struct queue *q, int64_t now, struct err *err) MUST_CHECK;
/* Its users, *ret_n of them, are released from it on the PBX. */
int follow_queue_delete(struct store *s, const struct queue *q, int64_t now, size_t *ret_n,
	struct err *err) MUST_CHECK;
/* A user into a queue, with a penalty, or with -1 the one that there is, else the queue's. ERR_USAGE if the user does not fit it. */
enum queue_change { QUEUE_SAME, QUEUE_ADDED, QUEUE_CHANGED };
int follow_queue_assign(struct store *s, const struct queue *q, const struct user *u,
	int64_t penalty, int64_t now, enum queue_change *ret, struct err *err) MUST_CHECK;
/* *ret_changed: whether the user was in it. */
int follow_queue_unassign(struct store *s, const struct queue *q, const struct user *u, int64_t now,
	bool *ret_changed, struct err *err) MUST_CHECK;
struct queue_user {
	const char *user, *extension, *mode;
	int64_t penalty;
	const char *wanted;    /* value of the item, as of member.h */
	const char *confirmed; /* NULL if unknown */
	const char *error;     /* NULL if not refused */
	bool put_off;          /* waits for the end of a call */
};
/* The users of a queue, by name. Strings are lent for the call. */
int store_queue_users(struct store *s, const struct queue *q,
	int (*fn)(void *data, const struct queue_user *u), void *data, struct err *err);
int store_queue_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);

/* WHO: users that words name, each once, in the order of their names within a word. */
struct ids {
	int64_t *ids;
	size_t n, cap;
};
int store_who(struct store *s, const char *const *words, size_t n, struct ids *ret,
	struct err *err) MUST_CHECK;
/* Each user once, where it came first. */
void ids_unique(struct ids *w);
void ids_done(struct ids *w);
int ids_add(struct ids *w, int64_t id);

#endif
