/* store.h - the shared database: modes, users, groups, switches, presence, items on the PBX, log. SQLite.
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
#include "lib/pure/item.h"
#include "lib/pure/model.h"

struct store;

/* Who writes, for the log. Strings are lent for the life of the store. */
struct actor {
	const char *via;  /* cli, presenced */
	const char *name; /* "root", "alice (sudo)", "uid 1234"; "" if nobody in particular */
	int64_t uid;      /* -1 if nobody in particular */
};

/* Create the database `path` with its schema and the built-in modes. ERR_FAILED if it exists. */
int store_create(const char *path, int64_t now, struct err *err) MUST_CHECK;

/* Open the existing database and bring its schema up to date in one transaction. On success *ret is owned by
 * the caller. */
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

/* A number that changes when another connection has committed. */
int store_data_version(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* Commit without waiting for the disk until told otherwise: for confirmations, which can be had again from
 * the PBX. Not inside a transaction. */
int store_set_durable(struct store *s, bool durable, struct err *err) MUST_CHECK;

/* Modes. A callback that returns other than 0 ends the walk, and that is what the walk returns. */
int store_mode_find(
	struct store *s, const char *word, struct mode *ret, struct err *err) MUST_CHECK;
int store_mode_get(struct store *s, int64_t id, struct mode *ret, struct err *err) MUST_CHECK;
int store_mode_each(
	struct store *s, int (*fn)(void *data, const struct mode *m), void *data, struct err *err);
/* id 0 adds. Users in the mode are resolved again. ERR_USAGE if the name or alias is taken. */
int store_mode_save(struct store *s, struct mode *m, int64_t now, struct err *err) MUST_CHECK;
/* Who uses it: users in it, users whose default it is, switches below the one that holds. */
int store_mode_uses(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
/* Delete; what uses it goes over to `heir`, NULL if nothing does. */
int store_mode_delete(struct store *s, const struct mode *m, const struct mode *heir, int64_t now,
	struct err *err) MUST_CHECK;

/* Users. find takes a name or an extension (ERR_USAGE if two PBXs have that extension). */
int store_user_find(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
int store_user_get(struct store *s, int64_t id, struct user *ret, struct err *err) MUST_CHECK;
int store_user_each(
	struct store *s, int (*fn)(void *data, const struct user *u), void *data, struct err *err);
int store_user_save(struct store *s, struct user *u, int64_t now, struct err *err) MUST_CHECK;
int store_user_delete(
	struct store *s, const struct user *u, int64_t now, struct err *err) MUST_CHECK;
int store_user_count(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* PBX names that users have, each once. */
int store_user_pbxs(
	struct store *s, int (*fn)(void *data, const char *pbx), void *data, struct err *err);

/* Groups. */
struct group {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	int64_t members;
};
int store_group_find(
	struct store *s, const char *name, struct group *ret, struct err *err) MUST_CHECK;
int store_group_each(
	struct store *s, int (*fn)(void *data, const struct group *g), void *data, struct err *err);
int store_group_add(struct store *s, const char *name, int64_t now, struct err *err) MUST_CHECK;
int store_group_delete(
	struct store *s, const struct group *g, int64_t now, struct err *err) MUST_CHECK;
/* *ret_changed: whether it was not so before. */
int store_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);

/* WHO: users that words name, each once, in the order of their names within a word. */
struct who {
	int64_t *ids;
	size_t n, cap;
};
int store_who(struct store *s, const char *const *words, size_t n, struct who *ret,
	struct err *err) MUST_CHECK;
void who_done(struct who *w);

/* Switches and presence. */
struct status {
	int64_t user_id;
	const char *user, *extension, *pbx;
	const char *mode, *label, *type, *note, *source, *reason;
	int64_t since;
	int64_t until;     /* next_change_at, UNTIL_OPEN if none */
	bool confirmed;    /* every item is on the PBX */
	const char *error; /* the PBX's refusal, NULL if none */
};

/* Switch a user by hand: note "" takes the mode's. Older switches that end no later can never hold again and
 * go. Resolves the user. */
int store_switch(struct store *s, int64_t user_id, const struct mode *mode, const char *note,
	int64_t until, int64_t now, struct err *err) MUST_CHECK;
/* Drop a user's switches. *ret_n: how many there were. */
int store_clear(
	struct store *s, int64_t user_id, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Resolve the users whose next_change_at has come; *ret_n: how many. No write when none has. */
int store_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* The next instant at which something changes by itself, UNTIL_OPEN if none. */
int store_next_change(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* ids NULL: all users, by name. Strings are lent for the call. */
int store_status_each(struct store *s, const struct who *who,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err);

/* Items on the PBX. `id` names the row for confirm and refuse. */
struct item_row {
	int64_t id;
	const char *pbx, *name, *wanted;
	const char *confirmed; /* NULL if unknown */
	const char *error;     /* NULL if not refused */
};
/* What differs from what was confirmed, restrictive first, at most `limit`. */
int store_item_difference(struct store *s, const char *pbx, size_t limit,
	int (*fn)(void *data, const struct item_row *row), void *data, struct err *err);
/* All items of a PBX, for diff. */
int store_item_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct item_row *row), void *data, struct err *err);
int store_item_confirm(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
int store_item_refuse(struct store *s, int64_t id, const char *error, struct err *err) MUST_CHECK;
/* Try refused items again. No write if there are none. */
int store_item_retry(struct store *s, const char *pbx, struct err *err) MUST_CHECK;
/* How many items of these users (NULL: of the PBX, or of all if that is NULL too) are not confirmed. */
int store_item_pending(struct store *s, const struct who *who, const char *pbx, size_t *ret,
	struct err *err) MUST_CHECK;

/* One refusal of an item of these users (NULL: of all), "" if there is none. */
int store_item_refusal(
	struct store *s, const struct who *who, char ret[256], struct err *err) MUST_CHECK;

/* Take in what a PBX really holds, read as a list after login: begin, one call an item, end. Items that were
 * not seen count as unknown; strays of ours are put back to neutral. Each inside a transaction, not
 * necessarily the same. */
int store_scan_begin(struct store *s, struct err *err) MUST_CHECK;
int store_scan_item(
	struct store *s, const char *pbx, const struct item *item, struct err *err) MUST_CHECK;
int store_scan_end(struct store *s, const char *pbx, struct err *err) MUST_CHECK;

/* How presenced gets on with a PBX. */
struct pbx_state {
	char state[NAME_MAX_LEN + 1]; /* connected, down ...; "" if never told */
	char error[256];              /* "" if none */
	char version[32];             /* of AMI, "" if unknown */
	int64_t since;
};
int store_pbx_get(
	struct store *s, const char *pbx, struct pbx_state *ret, struct err *err) MUST_CHECK;
int store_pbx_set(struct store *s, const char *pbx, const struct pbx_state *state,
	struct err *err) MUST_CHECK;

/* The log. */
struct log_row {
	int64_t at;
	const char *via;
	int64_t uid;                                                    /* -1 if none */
	const char *actor, *what, *subject, *from_mode, *to_mode, *why; /* NULL if none */
	int64_t until;                                                  /* UNTIL_OPEN if none */
};
/* Newest `limit` entries since `since`, oldest first; subject NULL for all. */
int store_log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_row *row), void *data, struct err *err);
int store_log_prune(struct store *s, int64_t before, struct err *err) MUST_CHECK;

#endif
