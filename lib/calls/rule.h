/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule.h - how calls are handled in a mode: the rules that are set, and those that hold. */
#ifndef RULE_H
#define RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/key.h"
#include "lib/calls/destination.h"
#include "lib/presence/model.h"
#include "lib/calls/ring.h"

enum {
	QUEUE_RULES_MAX = 32, /* of one mode or user's version */
	SOUND_MAX_LEN = 80,
	ALLOW_MAX = 32,
	ALLOW_MAX_LEN = 400,
};

enum rule_id {
	RULE_RING,
	RULE_RING_TIMEOUT,
	RULE_RING_MOBILE,
	RULE_INTERNAL_ALWAYS, /* eight forwards: caller by caller, each in the order of enum forward_when */
	RULE_INTERNAL_NOANSWER,
	RULE_INTERNAL_BUSY,
	RULE_INTERNAL_OFFLINE,
	RULE_EXTERNAL_ALWAYS,
	RULE_EXTERNAL_NOANSWER,
	RULE_EXTERNAL_BUSY,
	RULE_EXTERNAL_OFFLINE,
	RULE_FORWARD_VOICEMAIL,
	RULE_DIRECT_ONLY,
	RULE_CALLERID,
	RULE_GROUP_CALLS,
	RULE_QUEUE,
	RULE_QUEUES, /* queue.NAME */
	RULE_GREETING,
	RULE_ALLOW,
	RULE_NOTIFY,
	RULE_CALL_WAITING,
	RULE_ANNOUNCE,
	RULE_ANNOUNCE_SOUND,
	RULE_COUNT
};

#define GREETING_OWN "own" /* the greeting that a user has recorded for the mode by phone */

enum caller { CALLER_INTERNAL, CALLER_EXTERNAL, CALLER_COUNT };
enum forward_when {
	FORWARD_ALWAYS,
	FORWARD_NOANSWER,
	FORWARD_BUSY,
	FORWARD_OFFLINE, /* no device is registered */
	FORWARD_COUNT
};
enum callerid { CALLERID_CALLER, CALLERID_USER, CALLERID_COUNT };
enum announce {
	ANNOUNCE_NONE,
	ANNOUNCE_MODE,
	ANNOUNCE_UNTIL, /* the mode, and when it ends */
	ANNOUNCE_COUNT
};
enum queue_answer { QUEUE_NONE, QUEUE_LOGIN, QUEUE_LOGOUT, QUEUE_PAUSE, QUEUE_ANSWER_COUNT };

struct queue_rule {
	char queue[NAME_MAX_LEN + 1];
	enum queue_answer answer;
};

/* Rules that are set; what is not set is undefined. No pointers: copy freely. {0} is none set. */
struct rules {
	uint32_t set; /* one bit a rule_id, but for RULE_QUEUES */
	struct ring ring;
	int64_t timeout_s;
	bool mobile;
	struct destination forward[CALLER_COUNT][FORWARD_COUNT];
	bool forward_voicemail;
	bool direct_only;
	enum callerid callerid;
	bool group_calls;
	enum queue_answer queue;
	size_t queues_n;
	struct queue_rule queues[QUEUE_RULES_MAX];
	char greeting[SOUND_MAX_LEN + 1]; /* "" is none, or GREETING_OWN */
	char allow[ALLOW_MAX_LEN + 1];    /* patterns separated by ", ", "" is none */
	bool notify;
	bool call_waiting;
	enum announce announce;
	char announce_sound[SOUND_MAX_LEN + 1]; /* "" is none */
};

extern const struct key rule_table[RULE_COUNT + 1]; /* by rule_id */
extern const struct keys rule_keys;                 /* the same, of struct rules */
extern const struct key_type key_queue_rules;       /* of RULE_QUEUES */

static inline bool rules_has(const struct rules *r, enum rule_id id)
{
	return r->set & UINT32_C(1) << id;
}

/* Set a rule from text. ERR_USAGE with `r` unharmed. */
int rules_set(struct rules *r, const char *word, const char *value, struct err *err) MUST_CHECK;
/* Forget a rule; one that is not set is no error. ERR_USAGE for an unknown rule. */
int rules_unset(struct rules *r, const char *word, struct err *err) MUST_CHECK;

/* What the queue `name` is to be told: its own answer, else that of all queues. `r` is of struct effective. */
enum queue_answer rules_queue(const struct rules *r, const char *name);
const char *queue_answer_name(enum queue_answer a);
extern const struct key_type key_queue_answer;

/* Whether a caller's number is on the allow-list; allow and number as in the rules and as the PBX has it. */
bool rules_allow(const char *allow, const char *number);

/* What must hold of the rules of a mode of that type. ERR_USAGE. */
int rules_check_type(const struct rules *r, enum ptype type, struct err *err) MUST_CHECK;
/* What must hold of effective rules: all steps of `ring` end in time. ERR_USAGE. */
int rules_check_steps(const struct rules *r, struct err *err) MUST_CHECK;
/* What must hold of one user's rules: the devices exist, the mobile has a number, no call is forwarded to whom it is for. ERR_USAGE. */
int rules_check_user(const struct rules *r, const struct user *u, struct err *err) MUST_CHECK;

/* What holds in a mode before anybody sets a rule: the fallbacks of the table, and what the built-in modes and those of
 * model_freepbx_modes do as their names promise. Every rule is set. */
void rules_base(const char *mode, struct rules *ret);

enum origin { ORIGIN_BUILTIN, ORIGIN_MODE, ORIGIN_USER, ORIGIN_COUNT };
const char *origin_name(enum origin o);

/* What holds for a user in a mode: every rule is set. */
struct effective {
	struct rules rules;
	enum origin origin[RULE_COUNT];
	enum origin queue_origin[QUEUE_RULES_MAX]; /* of rules.queues[i] */
};

/* The rules of the mode over `base` (of rules_base()), the user's version over both; each of these may be NULL. A user's answer for
 * all queues does not touch the mode's answer for one queue. Of more than QUEUE_RULES_MAX queues the rest is left out. The steps of
 * `ring` are placed by the ring.timeout that holds. */
void rules_effective(const struct rules *base, const struct rules *mode, const struct rules *user,
	struct effective *ret);
/* Who says so of a pair of e->rules. */
enum origin rules_origin(const struct effective *e, const struct key_pair *pair);

#endif
