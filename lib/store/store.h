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
int store_create(const char *path, int64_t now, struct err *err) MUST_CHECK;

/* Open the existing database and bring its schema up to date in one transaction. `zones` is lent for the life of the store, as
 * are the strings of `actor`. On success *ret is owned by the caller. */
int store_open(const char *path, const struct actor *actor, struct zones *zones, struct store **ret,
	struct err *err) MUST_CHECK;
/* Other zones from now on, lent; whoever they concern is resolved by store_look_again(). */
void store_set_zones(struct store *s, struct zones *zones);
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

/* Rules of call handling: those that are set of a mode, or of a user's version of it. Saving compiles the rows of the PBX. */
int store_mode_rules(
	struct store *s, int64_t mode_id, struct rules *ret, struct err *err) MUST_CHECK;
int store_mode_rules_save(struct store *s, const struct mode *m, const struct rules *rules,
	int64_t now, struct err *err) MUST_CHECK;
int store_user_rules(struct store *s, int64_t user_id, int64_t mode_id, struct rules *ret,
	struct err *err) MUST_CHECK;
/* ERR_USAGE if calls would be forwarded in a circle; so is the mode's. */
int store_user_rules_save(struct store *s, const struct user *u, const struct mode *m,
	const struct rules *rules, int64_t now, struct err *err) MUST_CHECK;
/* What holds for a user (0: for everybody) in a mode. */
int store_effective(struct store *s, int64_t user_id, const struct mode *m, struct effective *ret,
	struct err *err) MUST_CHECK;
/* As rules are for calls on that PBX: a user of another one is an extension of the dialplan there. */
int store_rules_on(
	struct store *s, const char *pbx, struct rules *rules, struct err *err) MUST_CHECK;
/* What a PBX wants in front of outside numbers. All is lent for the life of the store. */
struct store_prefix {
	const char *pbx, *prefix;
};
void store_set_prefixes(struct store *s, const struct store_prefix *list, size_t n);
/* Compile all entries again. */
int store_entries(struct store *s, struct err *err) MUST_CHECK;

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
int store_user_save(struct store *s, struct user *u, int64_t now, struct err *err) MUST_CHECK;
int store_user_delete(
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
int store_group_delete(
	struct store *s, const struct group *g, int64_t now, struct err *err) MUST_CHECK;
/* *ret_changed: whether it was not so before. */
int store_group_assign(struct store *s, const struct group *g, const struct user *u, bool member,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int store_group_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err);

/* Queues. find takes a name, or name@PBX (ERR_USAGE if two PBXs have a queue of that name). */
int store_queue_find(
	struct store *s, const char *word, struct queue *ret, struct err *err) MUST_CHECK;
int store_queue_each(
	struct store *s, int (*fn)(void *data, const struct queue *q), void *data, struct err *err);
/* id 0 adds. Its users' items follow. ERR_USAGE if the name is taken or a user does not fit it. */
int store_queue_save(struct store *s, struct queue *q, int64_t now, struct err *err) MUST_CHECK;
/* Its users, *ret_n of them, are released from it on the PBX. */
int store_queue_delete(struct store *s, const struct queue *q, int64_t now, size_t *ret_n,
	struct err *err) MUST_CHECK;
/* A user into a queue, with a penalty, or with -1 the one that there is, else the queue's. ERR_USAGE if the user does not fit it. */
enum queue_change { QUEUE_SAME, QUEUE_ADDED, QUEUE_CHANGED };
int store_queue_assign(struct store *s, const struct queue *q, const struct user *u,
	int64_t penalty, int64_t now, enum queue_change *ret, struct err *err) MUST_CHECK;
/* *ret_changed: whether the user was in it. */
int store_queue_unassign(struct store *s, const struct queue *q, const struct user *u, int64_t now,
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

/* Schedules. */
int store_schedule_find(
	struct store *s, const char *name, struct schedule *ret, struct err *err) MUST_CHECK;
int store_schedule_get(
	struct store *s, int64_t id, struct schedule *ret, struct err *err) MUST_CHECK;
int store_schedule_each(struct store *s, int (*fn)(void *data, const struct schedule *h),
	void *data, struct err *err);
/* How many users it counts for, of their own or by a group. */
int store_schedule_users(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
/* id 0 adds. Its users are resolved again. ERR_USAGE if the name is taken. */
int store_schedule_save(
	struct store *s, struct schedule *h, int64_t now, struct err *err) MUST_CHECK;
/* Set the period by hand until then, or end that (-1). */
int store_schedule_force(struct store *s, struct schedule *h, int period, int64_t until,
	int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is assigned. */
int store_schedule_delete(
	struct store *s, const struct schedule *h, int64_t now, struct err *err) MUST_CHECK;
/* NULL for h: none. *ret_changed: whether it was not so before. */
int store_schedule_assign_user(struct store *s, const struct schedule *h, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int store_schedule_assign_group(struct store *s, const struct schedule *h, const struct group *g,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
/* From all users and groups; *ret_n: of how many of them. */
int store_schedule_unassign_all(struct store *s, const struct schedule *h, int64_t now,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* What it says of a window, on its own wall clock or on that of `zone` (if not ""). Lent until the next call. */
int store_schedule_segments(struct store *s, int64_t id, const char *zone, int64_t from, int64_t to,
	const struct segments **ret, const struct zone **ret_zone, struct err *err) MUST_CHECK;

/* Calendars. */
struct calendar_state {
	char title[201];             /* what the data calls itself, "" if nothing */
	char zone[ZONE_MAX_LEN + 1]; /* X-WR-TIMEZONE, "" if none */
	int64_t events_n, refused_n; /* components kept, and left out as broken */
	char etag[256], last_modified[64];
	int64_t read_at;  /* UTC seconds, when the data was read or confirmed; 0 if never */
	int64_t tried_at; /* the same, with failures */
	char error[256];  /* why the last try failed, "" if it did not */
};
/* ret_state may be NULL. */
int store_calendar_find(struct store *s, const char *name, struct calendar_info *ret,
	struct calendar_state *ret_state, struct err *err) MUST_CHECK;
int store_calendar_each(struct store *s,
	int (*fn)(void *data, const struct calendar_info *c, const struct calendar_state *state),
	void *data, struct err *err);
/* id 0 adds, without events. A new address forgets what was known of the old one, but keeps the events. */
int store_calendar_save(
	struct store *s, struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is in use. */
int store_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* New events, settled, for old; of `state` title, zone, refused_n, etag and last_modified count. Whom it can decide about is resolved. */
int store_calendar_replace(struct store *s, const struct calendar_info *c,
	const struct calendar *data, const struct calendar_state *state, int64_t now,
	struct err *err) MUST_CHECK;
/* It was asked, and has not changed ("") or failed. */
int store_calendar_tried(struct store *s, const struct calendar_info *c, const char *error,
	int64_t now, struct err *err) MUST_CHECK;
/* Those by address whose time to be asked has come. */
int store_calendar_due(struct store *s, int64_t now, int (*fn)(void *data, const char *name),
	void *data, struct err *err);
/* With what can matter in [from, to). *ret is owned by the caller. */
int store_calendar_load(struct store *s, int64_t id, int64_t from, int64_t to,
	struct calendar_info *ret_info, struct calendar_state *ret_state, struct calendar **ret,
	struct err *err) MUST_CHECK;

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

/* Overrides. */
int store_override_each(struct store *s, int (*fn)(void *data, const struct override *o),
	void *data, struct err *err);
/* For a user, or a group, or all if both are 0; o->scope says it in words. The users are resolved. */
int store_override_add(struct store *s, struct override *o, int64_t user_id, int64_t group_id,
	struct err *err) MUST_CHECK;
/* ret_covered: whom it was for. */
int store_override_delete(struct store *s, const struct override *o, int64_t now,
	struct ids *ret_covered, struct err *err) MUST_CHECK;

/* All that decides about a user in a window. What `in` points to is lent until ladder_done() or the next call on the store. */
struct ladder {
	struct resolve_input in;
	char schedule[NAME_MAX_LEN + 1]; /* "" if none */
	bool has_default;
	const struct zone *zone; /* the user's wall clock */

	/* Owned. */
	struct override *overrides;
	struct mode_switch *switches;
	struct appointment *appointments;
	size_t appointments_cap;
	struct ladder_source {
		char name[NAME_MAX_LEN + 1];
		struct calendar *calendar;
	} * sources; /* of the appointments */
	size_t sources_n;
};
void ladder_done(struct ladder *l);

/* The ladder around `at`, in a window wide enough to tell when it changes, and the verdict. */
int store_ladder(struct store *s, int64_t user_id, int64_t at, int64_t now, struct ladder *ret,
	struct verdict *v, struct err *err) MUST_CHECK;
int store_ladder_window(struct store *s, int64_t user_id, int64_t now, int64_t from, int64_t to,
	struct ladder *ret, struct err *err) MUST_CHECK;

/* Switches and presence. */
struct status {
	int64_t user_id;
	const char *user, *extension, *pbx;
	const char *mode, *label, *type, *note, *source, *reason;
	int64_t since;
	int64_t until;     /* when another mode begins, UNTIL_OPEN if none is foreseen */
	bool confirmed;    /* every item is on the PBX */
	const char *error; /* the PBX's refusal, NULL if none */
};

/* What is ordered by hand. All is lent. */
struct switch_request {
	const struct mode *mode;
	const char *note; /* "" for the mode's */
	struct until until;
	const char *forward_to; /* the number that a forward to `ask` stands for, or "" */
};

/* Switch a user by hand. UNTIL_NEXT of a user without a schedule never comes. *ret_ends: whether it has an end. Older switches
 * that end no later can never hold again and go. Resolves the user. */
int store_switch(struct store *s, int64_t user_id, const struct switch_request *request,
	int64_t now, bool *ret_ends, struct err *err) MUST_CHECK;
/* Drop a user's switches. *ret_n: how many there were. */
int store_clear(
	struct store *s, int64_t user_id, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Resolve the users whose next_change_at has come; *ret_n: how many. No write when none has. */
int store_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Resolve everybody whom time can decide about: after a clock that was set back or new zone data. */
int store_look_again(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Whether presence was written by a clock that is ahead of `now`. */
int store_is_ahead(struct store *s, int64_t now, bool *ret, struct err *err) MUST_CHECK;
/* What could not be used when users were resolved (a zone that is gone, a hostile rule), once. */
bool store_take_warning(struct store *s, char *to, size_t size);
/* The next instant at which something changes by itself, UNTIL_OPEN if none. */
int store_next_change(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* ids NULL: all users, by name. Strings are lent for the call. */
int store_status_each(struct store *s, const struct ids *who,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err);

/* Items on the PBX. `id` names the row for confirm and refuse. */
struct stored_item {
	int64_t id;
	const char *pbx, *name, *wanted;
	const char *confirmed; /* NULL if unknown */
	const char *error;     /* NULL if not refused */
	const char *previous;  /* what was confirmed before that, or NULL */
	const char *sent; /* a pause that may have been done without being confirmed, or NULL */
	int64_t leave_by; /* until when it can be put off, UNTIL_OPEN if it was not yet */
};
/* What differs from what was confirmed and is not put off beyond `now`, restrictive first, at most `limit`. */
int store_item_difference(struct store *s, const char *pbx, int64_t now, size_t limit,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);
/* All items of a PBX, for diff. */
int store_item_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);
int store_item_confirm(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* Of `value`; nothing if something else is wanted by now. */
int store_item_refuse(struct store *s, int64_t id, const char *value, const char *error,
	struct err *err) MUST_CHECK;
/* `value` has to wait, and nobody is to wait for it. `leave_by` only counts the first time. Any other value than this is tried at
 * once; after a scan, so is this. */
struct item_wait {
	int64_t id;
	const char *value, *confirmed; /* what is wanted, and what holds until then */
	int64_t again_at, leave_by;    /* UTC seconds */
};
int store_item_put_off(struct store *s, const struct item_wait *wait, struct err *err) MUST_CHECK;
/* A pause is about to be sent: should the answer never be written down, it is known as ours all the same. */
int store_item_send(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* Whether a member was paused by us: the reason is a mode, or what we last confirmed or sent there had it. */
int store_pause_is_ours(struct store *s, const struct stored_item *row, const char *reason,
	bool *ret, struct err *err) MUST_CHECK;
/* Whether anything is put off. */
int store_item_waits(struct store *s, const char *pbx, bool *ret, struct err *err) MUST_CHECK;
/* Try refused items again, with or without the rows of call rules. No write if there are none. */
int store_item_retry(struct store *s, const char *pbx, bool rows, struct err *err) MUST_CHECK;
/* How many items that follow the mode of these users (NULL: all items of the PBX, or of all users if that is NULL too) are not
 * confirmed, refused or put off. */
int store_item_pending(struct store *s, const struct ids *who, const char *pbx, size_t *ret,
	struct err *err) MUST_CHECK;

/* One refusal of such an item of these users (NULL: of any), "" if there is none. */
int store_item_refusal(
	struct store *s, const struct ids *who, char ret[256], struct err *err) MUST_CHECK;
/* One of theirs as members of queues, and of which queue. */
int store_member_refusal(struct store *s, const struct ids *who, char queue[NAME_MAX_LEN + 1],
	char ret[256], struct err *err) MUST_CHECK;

/* Take in what a PBX really holds, read as a list after login: begin, one call an item, end. Items that were
 * not seen count as unknown; strays of ours are put back to neutral. Each inside a transaction, not
 * necessarily the same. */
int store_scan_begin(struct store *s, struct err *err) MUST_CHECK;
int store_scan_item(
	struct store *s, const char *pbx, const struct item *item, struct err *err) MUST_CHECK;
/* It is there, but what it holds is to be read back. */
int store_scan_seen(struct store *s, const char *pbx, const char *name, struct err *err) MUST_CHECK;
int store_scan_end(struct store *s, const char *pbx, struct err *err) MUST_CHECK;

/* Where an item was seen: in an event, in a list, or in a list after the PBX was restarted. */
enum sighting { SEEN_EVENT, SEEN_LIST, SEEN_RESTARTED };

/* What somebody else put on the PBX. An item of a user that holds neither what we want nor what we last had confirmed is foreign: a hint
 * to read it back. If something else is wanted by the time of a list, only a feature code's word counts, and that only where nobody was
 * switched here meanwhile; and a restarted PBX that holds what it held before has only forgotten. */
int store_is_foreign(struct store *s, const char *pbx, const struct item *item, enum sighting seen,
	bool *ret, struct err *err) MUST_CHECK;

/* What was read back of a user's presence. All is lent. */
struct adoption {
	const char *name;                      /* of the item */
	const char *state, *subtype, *message; /* as PRESENCE_STATE() gives them */
	const char *ask;                       /* the number in presence-ask, "" if none */
};
/* Make it the user's switch (not_set: drop the switches), given by "phone". *ret_adopted: whether it was still foreign. */
int store_adopt(struct store *s, const char *pbx, const struct adoption *a, int64_t now,
	bool *ret_adopted, struct err *err) MUST_CHECK;

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

/* Facts about the database as a whole. A fact that was never set is "". */
int store_fact_get(
	struct store *s, const char *name, char *ret, size_t size, struct err *err) MUST_CHECK;
int store_fact_set(
	struct store *s, const char *name, const char *value, struct err *err) MUST_CHECK;

/* The log. */
struct log_record {
	int64_t at;
	const char *via;
	int64_t uid;                                                    /* -1 if none */
	const char *actor, *what, *subject, *from_mode, *to_mode, *why; /* NULL if none */
	int64_t until;                                                  /* UNTIL_OPEN if none */
};
/* Newest `limit` entries since `since`, oldest first; subject NULL for all. */
int store_log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err);
int store_log_prune(struct store *s, int64_t before, struct err *err) MUST_CHECK;

#endif
