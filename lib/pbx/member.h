/* member.h - users as members of the PBX's queues: what their modes ask for, as items, and which AMI action comes next to get there
 * from what the PBX holds. */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/pbx/amimsg.h"
#include "lib/pbx/item.h"
#include "lib/calls/rule.h"

/* Its item is queue/<queue>/<interface>, as queue/support/Local/1001@presence-queue/n, with the value
 *   login,<penalty>,<member name>,<state interface>   pause,<mode>   logout,<mode>   none
 *   "" for a user who is no longer assigned to the queue, which is the neutral value */

/* One assignment of a user to a queue, in the user's mode. */
struct member {
	const char *queue, *interface;
	const char *name; /* of the user */
	const char *
		state; /* interface whose state tells whether the member is free, hint:1001@presence-hints; "": `interface` */
	const char *mode;
	int64_t penalty;
	enum queue_answer answer;
	bool assigned;
};

void item_of_member(const struct member *m, struct item *ret);

/* An item again. */
struct member_goal {
	char queue[NAME_MAX_LEN + 1], interface[DIAL_MAX_LEN + 1];
	char name[NAME_MAX_LEN + 1], state[DIAL_MAX_LEN + 1]; /* of a login */
	char reason[NAME_MAX_LEN + 1]; /* of a pause; "" for a login and none */
	int penalty;
	enum queue_answer answer;
	bool assigned;
};

/* Asterisk keeps members in its database with ';', '|' and ',' between the fields, and reads back what it finds: ERR_FAILED for anything
 * that is not of a strict set. */
int member_parse(
	const char *name, const char *value, struct member_goal *ret, struct err *err) MUST_CHECK;

/* What a PBX holds of a member, by the events of a QueueStatus. */
struct member_held {
	bool queue, there; /* there is such a queue, and such a member of it */
	bool dynamic;      /* not of queues.conf or realtime: can be removed */
	bool paused;
	bool ours;    /* to be set by the caller: it was us who paused, as `reason` tells */
	bool busy;    /* on a call of this queue */
	bool no_hint; /* the queue does not know the state, and never offers a call */
	bool unseen;  /* just added: whether the hint is there is to be read again */
	bool lost;    /* when it was added again: the reason of a pause that is not ours */
	bool over;    /* the list has come to the callers: they can forge what follows */
	int penalty;
	/* "?" for what is longer, and thus none of ours; "" if it is not known */
	char reason[NAME_MAX_LEN + 1]; /* of the pause */
	char interface[DIAL_MAX_LEN + 1], name[NAME_MAX_LEN + 1], state[DIAL_MAX_LEN + 1];
};

/* The event of a caller who waits. */
#define MEMBER_CALLER "QueueEntry"

/* One event of the list. Those of other queues and members pass by. Asterisk lists the callers of a queue after its members; an event
 * of theirs, even if it has lost its ActionID, is to be shown too, since no other is believed after it. */
void member_see(const struct member_goal *g, const struct amimsg *event, struct member_held *held);

/* Whether a login is in vain because its hint is missing, and what to say of it. */
bool member_is_deaf(const struct member_goal *g, const struct member_held *held, struct err *why);

enum member_next {
	MEMBER_DONE,
	MEMBER_ADD,
	MEMBER_PENALTY,
	MEMBER_PAUSE,
	MEMBER_PAUSE_AGAIN, /* with the reason that it had */
	MEMBER_UNPAUSE,
	MEMBER_REMOVE,
	MEMBER_WAIT, /* on a call: to be removed after it, paused until then; or removed and added, for a login */
	MEMBER_NO_QUEUE, /* the PBX does not have it */
};

/* The reason of a pause until a member who is no longer assigned can be removed. */
#define MEMBER_RELEASED "released"

/* Whether an item of this value (NULL: none) pauses with this reason. */
bool member_pauses_as(const char *value, const char *reason);

/* What is to be done next. `may_leave`: also in the middle of a call. */
enum member_next member_next(
	const struct member_goal *g, const struct member_held *held, bool may_leave);
/* An action has succeeded. */
void member_did(const struct member_goal *g, enum member_next action, struct member_held *held);

enum { MEMBER_FIELDS = 15 };

/* Header fields for ami_send. `number` holds the penalty and must live as long as the fields. */
void member_action(const struct member_goal *g, enum member_next action,
	const struct member_held *held, char number[12], const char *fields[MEMBER_FIELDS]);
/* The list that member_see() reads: of the member, or of the whole `queue`, since Asterisk finds members without case, but lists them
 * with it. */
void member_query(const struct member_goal *g, bool queue, const char *fields[MEMBER_FIELDS]);

#endif
