/* item.h - what we own on the PBX: named things with a value each. A user's mode becomes items; an item
 * becomes an AMI action; a list event from Asterisk becomes an item again. */
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
	ITEM_LISTS = 7,
	ITEM_USER_MAX = 3, /* items of one user in one mode */
};

/* By name:
 *   CustomPresence:<ext>      type,mode,note      the mode, for dialplan and hints
 *   lamps/<ext>               *,mode              the lamps that are lit: * when Custom:presence-<ext>, for the phone's
 *                                                 own hint, is BUSY and not the neutral INVALID; and the key of the mode
 *                                                 when Custom:mode-<ext>-<mode> is INUSE and not NOT_INUSE. Held may be
 *                                                 several, sorted, and in other states: *=RINGING,away. =? is unknown
 *   Custom:hours-<schedule>   INUSE while it is open, else NOT_INUSE
 *   presence-user/<ext>, presence-mode/<mode>, presence-rule/<ext>.<mode>, presence-ask/<ext>,
 *   presence-hours/<schedule>
 *                             rows of AstDB, see entry.h; "" when there is none
 *   queue/<queue>/<interface> a user as a member of a queue, see member.h; "" when not assigned to it */
#define ITEM_HOURS_LAMP "Custom:hours-"
#define ITEM_LAMPS      "lamps/"
#define ITEM_MEMBER     "queue/"

struct item {
	char name[ITEM_NAME_SIZE];
	char value[ITEM_VALUE_SIZE];
	int rank; /* the lower, the earlier it is pushed: 0 restricts calls, 1 opens, 2 is only a lamp */
};

/* The items of a user in a mode that are not neutral, `ask` being the number that a forward to `ask` stands for, or ""; returns how
 * many. Every other item of the user has its neutral value, which is also what a thing that was never set counts as. */
size_t item_of_user(const char *extension, const struct mode *mode, const char *note,
	const char *ask, struct item ret[ITEM_USER_MAX]);
/* Whether it follows the user's mode, as those above; the other rows follow what is edited, and members are for the store's queues. */
bool item_follows_mode(const char *name);

/* The value of an item that nobody wants any more: not_set,, or NOT_INUSE, or "" for lamps, rows and members. */
const char *item_neutral(const char *name);

/* Header fields for ami_send of the step-th action, from 0, that gives item `name` the value: name, value, ..., NULL; false when
 * there are no more. `held` is what the PBX holds, NULL if that is not known: lamps that are lit go out by it. Presence goes
 * with option e, subtype and message in base64, so that no comma or quote in a note can change its meaning. `scratch` holds the
 * composed texts and must live as long as the fields. */
bool item_action(size_t step, const char *name, const char *held, const char *value,
	struct strbuf scratch[2], const char *fields[ITEM_FIELDS]);

/* Whether it is a user as a member of a queue: not one action, but those of member.h. */
bool item_is_member(const char *name);

/* Whether it is a row of AstDB, which only a user with write = system may change. */
bool item_is_entry(const char *name);

/* The actions that list what a PBX holds: header fields as for ami_send. The first two are there in every Asterisk that can be used; the
 * others, DBGetTree, since 16.28. */
extern const char *const item_lists[ITEM_LISTS][ITEM_FIELDS];

/* A PresenceStateChange, DeviceStateChange or DBGetTreeResponse list event as an item: true if its name is of the kinds that we own.
 * The name and value are as Asterisk has them; too long ones are cut. Each lamp that is lit is an item. */
bool item_from_event(const struct amimsg *m, struct item *ret);

/* The lamps of a user, of which a list has several events for one item. */
bool item_is_lamps(const char *name);
/* Add what another event says of the same user's lamps to what is held. */
void item_merge(char held[ITEM_VALUE_SIZE], const char *more);

/* Lamps of which it is not known any more whether they are lit: those that were held and `more`, each as *=? or away=?. From what is
 * held so item_action() puts each of them out, or lights it, whatever is wanted by then. */
void item_doubt(const char *held, const char *more, char ret[ITEM_VALUE_SIZE]);

/* Names of the kinds that nobody but us sets: a stray one is put back to neutral. */
bool item_is_ours(const char *name);

#endif
