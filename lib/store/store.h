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
struct group;

/* Create the database `path` with its schema and the built-in modes. ERR_FAILED if it exists. */
int store_create(const char *path, struct err *err) MUST_CHECK;

/* Open the existing database and bring its schema up to date in one transaction, in which `upgraded` (may be NULL) is called if
 * there was something to do. The strings of `actor` are lent for the life of the store. *ret is owned by the caller. Programs
 * use follow_open(). */
int store_open(const char *path, const struct actor *actor,
	int (*upgraded)(struct store *s, void *data, struct err *err), void *data,
	struct store **ret, struct err *err) MUST_CHECK;
/* The same, for all that follow_* does with it. `zones` is lent for the life of the store. */
int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err) MUST_CHECK;
/* Other zones from now on, lent; whoever they concern is resolved by follow_look_again(). */
void follow_set_zones(struct store *s, struct zones *zones);
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
int follow_schedule_save(
	struct store *s, struct schedule *h, int64_t now, struct err *err) MUST_CHECK;
/* Set the period by hand until then, or end that (-1). */
int follow_schedule_force(struct store *s, struct schedule *h, int period, int64_t until,
	int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is assigned. */
int follow_schedule_delete(
	struct store *s, const struct schedule *h, int64_t now, struct err *err) MUST_CHECK;
/* NULL for h: none. *ret_changed: whether it was not so before. */
int follow_schedule_assign_user(struct store *s, const struct schedule *h, int64_t user_id,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
int follow_schedule_assign_group(struct store *s, const struct schedule *h, const struct group *g,
	int64_t now, bool *ret_changed, struct err *err) MUST_CHECK;
/* From all users and groups; *ret_n: of how many of them. */
int follow_schedule_unassign_all(struct store *s, const struct schedule *h, int64_t now,
	size_t *ret_n, struct err *err) MUST_CHECK;
/* What it says of a window, on its own wall clock or on that of `zone` (if not ""). Lent until the next call. */
int follow_segments(struct store *s, int64_t id, const char *zone, int64_t from, int64_t to,
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
int follow_calendar_save(
	struct store *s, struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is in use. */
int follow_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* New events, settled, for old; of `state` title, zone, refused_n, etag and last_modified count. Whom it can decide about is resolved. */
int follow_calendar_replace(struct store *s, const struct calendar_info *c,
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

/* Overrides. */
int store_override_each(struct store *s, int (*fn)(void *data, const struct override *o),
	void *data, struct err *err);
/* For a user, or a group, or all if both are 0; o->scope says it in words. The users are resolved. */
int follow_override_add(struct store *s, struct override *o, int64_t user_id, int64_t group_id,
	struct err *err) MUST_CHECK;
/* ret_covered: whom it was for. */
int follow_override_delete(struct store *s, const struct override *o, int64_t now,
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
int follow_ladder(struct store *s, int64_t user_id, int64_t at, int64_t now, struct ladder *ret,
	struct verdict *v, struct err *err) MUST_CHECK;
int follow_ladder_window(struct store *s, int64_t user_id, int64_t now, int64_t from, int64_t to,
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
int follow_switch(struct store *s, int64_t user_id, const struct switch_request *request,
	int64_t now, bool *ret_ends, struct err *err) MUST_CHECK;
/* Drop a user's switches. *ret_n: how many there were. */
int follow_clear(
	struct store *s, int64_t user_id, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Resolve the users whose next_change_at has come; *ret_n: how many. No write when none has. */
int follow_tick(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Resolve everybody whom time can decide about: after a clock that was set back or new zone data. */
int follow_look_again(struct store *s, int64_t now, size_t *ret_n, struct err *err) MUST_CHECK;
/* Whether presence was written by a clock that is ahead of `now`. */
int store_is_ahead(struct store *s, int64_t now, bool *ret, struct err *err) MUST_CHECK;
/* What could not be used when users were resolved (a zone that is gone, a hostile rule), once. */
bool follow_take_warning(struct store *s, char *to, size_t size);
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
int follow_is_foreign(struct store *s, const char *pbx, const struct item *item, enum sighting seen,
	bool *ret, struct err *err) MUST_CHECK;

/* What was read back of a user's presence. All is lent. */
struct adoption {
	const char *name;                      /* of the item */
	const char *state, *subtype, *message; /* as PRESENCE_STATE() gives them */
	const char *ask;                       /* the number in presence-ask, "" if none */
};
/* Make it the user's switch (not_set: drop the switches), given by "phone". *ret_adopted: whether it was still foreign. */
int follow_adopt(struct store *s, const char *pbx, const struct adoption *a, int64_t now,
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
