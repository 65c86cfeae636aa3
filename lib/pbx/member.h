/* SPDX-License-Identifier: GPL-3.0-or-later */
/* member.h - users as members of the PBX's queues: the items that their modes ask for, and the AMI actions that lead there from what
 * the PBX holds. */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/pbx/amimsg.h"
#include "lib/pbx/item.h"
#include "lib/calls/rule.h"

/* The item of a member is queue/<queue>/<interface>, such as queue/support/Local/1001@presence-queue/n. Its value is
 *   login,<penalty>,<member name>,<state interface>   pause,<mode>   logout,<mode>   none
 * or "", which is neutral: the user is no longer assigned to the queue. */

/* One assignment of a user to a queue, in the user's mode. */
struct member {
	const char *queue, *interface;
	const char *name; /* of the user */
	/* The interface whose state says whether the member is free: hint:1001@presence-hints. "": that is `interface`. */
	const char *state;
	const char *mode;
	int64_t penalty;
	enum queue_answer answer;
	bool assigned;
};

void item_of_member(const struct member *m, struct item *ret);

enum { MEMBER_FIELDS = 15 };

/* What an item asks for. */
struct member_goal {
	char queue[NAME_MAX_LEN + 1], interface[DIAL_MAX_LEN + 1];
	char name[NAME_MAX_LEN + 1], state[DIAL_MAX_LEN + 1]; /* of a login */
	char reason[NAME_MAX_LEN + 1]; /* of a pause; a login and `none` have "" */
	int penalty;
	enum queue_answer answer;
	bool assigned;
};

/* Read an item. Asterisk stores members in its database with ';', '|' and ',' between the fields, and does not escape them: a
 * character outside a strict set is ERR_FAILED. */
int member_parse(
	const char *name, const char *value, struct member_goal *ret, struct err *err) MUST_CHECK;

/* What a PBX holds of a member, as the events of a QueueStatus say. */
struct member_held {
	bool queue, there; /* the queue exists, and the member is in it */
	bool dynamic;      /* the member can be removed: it is not from queues.conf or realtime */
	bool paused;
	bool ours;      /* we paused; the caller sets it, and `reason` tells */
	bool busy;      /* the member is on a call of this queue, or may be offered one now */
	bool no_hint;   /* the queue does not know the state, and so never offers a call */
	bool renewable; /* the hint exists by now: the queue knows it once the member is removed and added again. The caller sets it */
	bool unseen;    /* the member was just added: read again whether there is a hint */
	bool lost;      /* the member was added again, and the reason of a foreign pause was lost */
	bool over;      /* the list has come to the callers, who can forge what follows */
	int penalty;
	/* "" if it is not known. "?" if it is longer than any of ours. */
	char reason[NAME_MAX_LEN + 1]; /* of the pause */
	char interface[DIAL_MAX_LEN + 1], name[NAME_MAX_LEN + 1], state[DIAL_MAX_LEN + 1];
};

/* The event of a caller who waits. */
#define MEMBER_CALLER "QueueEntry"

/* Take an event of the list. Events of other queues and members are ignored. Asterisk lists the callers of a queue after its members,
 * and a caller can forge events. So show the events of callers too, also those without an ActionID: nothing behind the first of
 * them is believed. */
void member_see(const struct member_goal *g, const struct amimsg *event, struct member_held *held);

/* Take an event that tells of a member who was added, removed, paused or given a penalty: false if it is another event. ret_name is then
 * the item, in the case that Asterisk uses. */
bool member_from_event(
	const struct amimsg *event, char ret_name[ITEM_NAME_SIZE], struct member_held *ret);

/* Whether a login is in vain because its hint does not exist. `why` then tells the administrator. */
bool member_is_deaf(const struct member_goal *g, const struct member_held *held, struct err *why);
/* The header fields of the action that asks for the hint of a state interface, and whether its answer says that the hint exists. False
 * if the interface is no hint. Asterisk watches a hint from the moment on in which a member is added: one that is written later
 * counts only when the member is removed and added again. */
bool member_hint_query(
	const char *state, char extension[DIAL_MAX_LEN + 1], const char *fields[MEMBER_FIELDS]);
bool member_hint_exists(const struct amimsg *answer);

enum member_next {
	MEMBER_DONE,
	MEMBER_ADD,
	MEMBER_PENALTY,
	MEMBER_PAUSE,
	MEMBER_PAUSE_AGAIN, /* pause with the reason that was lost */
	MEMBER_UNPAUSE,
	MEMBER_REMOVE,
	MEMBER_WAIT,     /* the member is on a call: remove it, or remove and add it, after that */
	MEMBER_NO_QUEUE, /* the PBX does not have the queue */
};

/* The reason of the pause of a member who is no longer assigned and waits to be removed. */
#define MEMBER_RELEASED "released"

/* Whether an item of this value pauses with this reason. `value` may be NULL: then not. */
bool member_pauses_as(const char *value, const char *reason);

/* What to do next. `may_leave`: a member may be removed in the middle of a call. */
enum member_next member_next(
	const struct member_goal *g, const struct member_held *held, bool may_leave);
/* Note that an action has succeeded. */
void member_did(const struct member_goal *g, enum member_next action, struct member_held *held);

/* The header fields of an action, for ami_send(). `number` holds the penalty and must live as long as the fields. */
void member_action(const struct member_goal *g, enum member_next action,
	const struct member_held *held, char number[12], const char *fields[MEMBER_FIELDS]);
/* The header fields of the action that lists what member_see() reads: the member, or with `queue` the whole queue. The whole queue
 * is needed where the case of an interface differs: Asterisk finds members in any case, but lists only those in the case asked for. */
void member_query(const struct member_goal *g, bool queue, const char *fields[MEMBER_FIELDS]);

#endif
