/* SPDX-License-Identifier: GPL-3.0-or-later */
/* item.h - what we own on a PBX: things with a name and a value. A user's mode becomes items. An item becomes AMI actions. An
 * event of a list from Asterisk becomes an item again. */
#ifndef ITEM_H
#define ITEM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/strbuf.h"
#include "lib/pbx/amimsg.h"
#include "lib/calls/entry.h"
#include "lib/presence/model.h"

enum {
	ITEM_STATE_MAX_LEN = DIAL_MAX_LEN, /* Asterisk cuts device names at 79 bytes */
	ITEM_NAME_SIZE = 128,
	ITEM_VALUE_SIZE = ENTRY_MAX_LEN + 1,
	ITEM_FIELDS = 9,
	ITEM_LISTS = 10,
	ITEM_USER_MAX = 4, /* items of one user in one mode */
	ITEM_RANKS = 3,
};

/* The items by their names:
 *   CustomPresence:<ext>      type,mode,note      the mode, for dialplan and hints
 *   lamps/<ext>               *,mode              the lamps that are lit. '*' is the lamp of the phone's own hint,
 *                                                 Custom:presence-<ext>: BUSY when lit, INVALID, which is neutral,
 *                                                 when out. A mode is its key, Custom:mode-<ext>-<mode>: INUSE when
 *                                                 lit, NOT_INUSE when out. Another state stands behind '=', as of a
 *                                                 mode whose lamp is hold: *=ONHOLD,away. A PBX may hold several,
 *                                                 sorted. =? is a state that is not known
 *   Custom:hours-<schedule>   INUSE while the schedule is open, else NOT_INUSE
 *   Custom:force-open-<schedule>, Custom:force-closed-<schedule>, Custom:force-toggle-<schedule>
 *                             INUSE while the schedule is forced to business hours, to outside, to anything; else
 *                             NOT_INUSE
 *   presence-user/<ext>, presence-mode/<mode>, presence-rule/<ext>.<mode>, presence-ask/<ext>,
 *   presence-until/<ext>, presence-hours/<schedule>, presence-forced/<schedule>
 *                             entries of AstDB, see entry.h; "" is an entry that is not there
 *   queue/<queue>/<interface> a user as a member of a queue, see member.h; "" is a user who is not assigned to it */
#define ITEM_HOURS_LAMP  "Custom:hours-"
#define ITEM_OPEN_LAMP   "Custom:force-open-"
#define ITEM_CLOSED_LAMP "Custom:force-closed-"
#define ITEM_TOGGLE_LAMP "Custom:force-toggle-"
#define ITEM_LAMPS       "lamps/"
#define ITEM_MEMBER      "queue/"

/* Which of these it is: presence, lamps, hours (a lamp of a schedule), ask or until (the entries), entry (any other entry) or member. */
const char *item_kind(const char *name);

struct item {
	char name[ITEM_NAME_SIZE];
	char value[ITEM_VALUE_SIZE];
	/* Lower ones are pushed first: 0 restricts calls, 1 opens or is a lamp of theirs that is lit, 2 is only a lamp; below ITEM_RANKS. At each
	 * change of a lamp Asterisk walks all members of its queues, for longer than it takes to answer: what comes after many of them
	 * waits. */
	int rank;
};

/* What is decided about a user, and becomes items. Everything is lent. */
struct item_source {
	const char *extension;
	const struct mode *mode;
	const char *note;
	const char *ask;  /* the number for a forward to `ask`, or "" */
	int64_t until;    /* when another mode begins; UNTIL_OPEN: no end is known */
	const char *zone; /* the name of the user's zone */
};
/* The items of a user in a mode that are not neutral. Returns how many. Every other item of the user is neutral. A thing that was
 * never set on the PBX counts as neutral too. */
size_t item_of_user(const struct item_source *from, struct item ret[ITEM_USER_MAX]);
/* Refuse a name or a value that none of ours has: another program wrote it into the database. An entry of any name may be deleted. Not
 * for members of queues, see member_parse(). */
int item_check(const char *name, const char *value, struct err *err) MUST_CHECK;
/* Whether the item follows the user's mode, as those of item_of_user() do. All other entries follow edits. Queue members follow the
 * mode too, but the store's queues see to them. */
bool item_follows_mode(const char *name);

/* The neutral value, which an item gets that is no longer wanted: "not_set,,", "NOT_INUSE", or "" for lamps, entries and
 * members. */
const char *item_neutral(const char *name);

/* The header fields for ami_send(), name, value, ..., NULL, of the step-th action that gives item `name` the value. Steps count
 * from 0; false when there are no more. `held` is what the PBX holds, or NULL if that is not known: it says which lamps must go
 * out. Presence is sent with option e, subtype and message in base64: no comma or quote in a note can then change its meaning.
 * Beside it stands our mark, option p: it means nothing to Asterisk, and AstDB keeps it.
 * `scratch` holds texts that the fields point to and must live as long as they. */
bool item_action(size_t step, const char *name, const char *held, const char *value,
	struct strbuf scratch[2], const char *fields[ITEM_FIELDS]);

/* The header fields of the action that reads an item, as item_action() has those that write it: of lamps the one called `lamp`, "*" or
 * a mode. The answer to Getvar says the state of a device, the answer to DBGet an entry, of a presence the one in which Asterisk keeps
 * it, see item_wrote(). Members have member_query(). */
void item_query(const char *name, const char *lamp, struct strbuf scratch[2],
	const char *fields[ITEM_FIELDS]);
/* Whether DBGet read `held` where an entry has this value: Asterisk 16 cuts long ones. */
bool item_is_read(const char *value, const char *held);

/* Whether we wrote a presence: `value` is what it is, `held` is what AstDB holds of it. Asterisk 16 cuts that if the note is long. */
bool item_wrote(const char *value, const char *held);

/* A feature code writes a token beside its word, which no other code has: e=1001:1795304100.12, where the phone is 1001. `row` is what
 * AstDB holds of a presence, and `value` what Asterisk says that it is. The token is "" if there is none, or if the two do not say the
 * same: Asterisk writes AstDB first. */
enum { ITEM_TOKEN_SIZE = 33 };
void item_token(const char *row, const char *value, char ret[ITEM_TOKEN_SIZE]);
/* The options that AstDB holds behind state, subtype and message; "" if there are none. */
const char *item_options(const char *row);

/* Whether the item is a user as a member of a queue. It has no action of its own: member.h has those. */
bool item_is_member(const char *name);

/* Whether the item is an entry of AstDB. Only an AMI user with write = system may change entries. */
bool item_is_entry(const char *name);

/* The actions that list what a PBX holds, as header fields for ami_send(). Every Asterisk that can be used has PresenceStateList and
 * DeviceStateList. The others, DBGetTree, exist since 16.28. The first one lists presences as AstDB holds them: PresenceStateList
 * goes on with one whose entry somebody has deleted, but calls do not see it any more. */
enum { ITEM_LIST_ROWS };
extern const char *const item_lists[ITEM_LISTS][ITEM_FIELDS];

/* Make an item of an event of a list: PresenceStateChange, DeviceStateChange or DBGetTreeResponse. False if we own nothing of such a
 * name. Name and value are as Asterisk has them; what is too long is cut. Each lamp that is lit comes as an item of its own. */
bool item_from_event(const struct amimsg *m, struct item *ret);

/* Make the presence, as AstDB holds it, of an event of the list ITEM_LIST_ROWS. False for any other event. */
bool item_row_from_event(const struct amimsg *m, struct item *ret);
bool item_is_presence(const char *name);

/* Whether the item is the lamps of a user. A list has several events for it, one a lamp. */
bool item_is_lamps(const char *name);
/* Add the lamp of a further event to the lamps held. */
void item_merge(char held[ITEM_VALUE_SIZE], const char *more);
/* Where one lamp, as a list has it, stands among others, counted from 0. -1 if it does not. */
int item_lamp_place(const char *lamps, const char *lamp);
/* The lamps at the places whose bits are set. */
void item_lamps_at(const char *lamps, unsigned places, char ret[ITEM_VALUE_SIZE]);

/* What an event tells of one lamp of a user: the item, which of its lamps ("*" or a mode), and the state that it is in. False for
 * any other event. */
struct item_lamp {
	char name[ITEM_NAME_SIZE], lamp[NAME_MAX_LEN + 1];
	const char *state; /* lent by the event */
};
bool item_lamp_from_event(const struct amimsg *m, struct item_lamp *ret);
/* The lamp in this state, as it stands in a list of lamps. False if it is out. */
bool item_lamp_value(const char *lamp, const char *state, char ret[ITEM_VALUE_SIZE]);
/* Whether the lamp is in this state, as a list of lamps has it. */
bool item_lamps_say(const char *lamps, const char *lamp, const char *state);
/* Whether a list of lamps names the lamp, in whatever state. */
bool item_lamps_name(const char *lamps, const char *lamp);
/* Give the lamps of a list, without their states. */
void item_lamps_each(const char *lamps, void (*fn)(void *data, const char *lamp), void *data);

/* Lamps of which it is not known any more whether they are lit: those that were held and `more`, each as *=? or away=?. From what is
 * held so item_action() puts each of them out, or lights it, whatever is wanted by then. */
void item_doubt(const char *held, const char *more, char ret[ITEM_VALUE_SIZE]);

/* The schedule whose lamp it is, in `name`. NULL if it is no lamp of a schedule. */
const char *item_schedule_of(const char *name);

/* Whether the sweep finds an item that nobody wants: entries of the families that are small. */
bool item_is_swept(const char *name);
extern const char *const item_small_families[]; /* up to NULL */

/* Whether it is the entry that says what is forced of a schedule, which phones write too. */
bool item_is_forced(const char *name);

/* Whether the name is of a kind that only we set. One that is not wanted is put back to neutral. */
bool item_is_ours(const char *name);

#endif
