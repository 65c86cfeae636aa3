/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route.h - what a caller will experience, as steps with seconds. It makes the same decisions as the dialplan of
 * share/asterisk/presence.conf; tests/calls compares the two. */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/presence/model.h"
#include "lib/calls/rule.h"

/* Who or what places the call. */
enum call_kind { CALL_INTERNAL, CALL_EXTERNAL, CALL_QUEUE, CALL_GROUP, CALL_KIND_COUNT };

/* What a device does with a call. */
enum phone_state {
	PHONE_IDLE,      /* it is answered */
	PHONE_NOANSWER,  /* it rings, and that is all */
	PHONE_BUSY,      /* it refuses: the user is on the phone */
	PHONE_DECLINING, /* it refuses: the user declines */
	PHONE_OFFLINE,   /* it is not registered */
	PHONE_ONCALL,    /* it is on a call, holds one or is rung; for one more it would ring */
	PHONE_STATE_COUNT
};
#define PHONE_STATES "idle, noanswer, busy, declining, offline, oncall"

const char *call_kind_name(enum call_kind k);
const char *phone_state_name(enum phone_state s);
/* -1 if there is no such name. */
int call_kind_parse(const char *s);
int phone_state_parse(const char *s);

/* A user as the PBX sees them now. Everything is lent. */
struct route_user {
	const struct user *user;
	const struct mode *mode;
	const struct rules *rules;      /* those in force: of struct effective */
	enum phone_state phone;         /* what all devices do, if `phones` is NULL */
	const enum phone_state *phones; /* what each device does */
	const char *ask;                /* the number given with the switch for `ask`, or "" */
	const char *mobile;             /* as the PBX dials it; NULL: as it stands in `user` */
	const char *until;              /* when the mode ends, in words, or NULL */
};

/* Read what an administrator types: "busy", "desk=busy, app=idle". `ret` has a state for each device of `u`; a device that is
 * not named keeps its state. ERR_USAGE names what is wrong. */
int phone_states_parse(const char *text, const struct user *u, enum phone_state ret[DEVICES_MAX],
	struct err *err) MUST_CHECK;

struct route_input {
	const struct route_user *callee;
	enum call_kind kind;
	const char *number; /* of the caller, "" if withheld */
	/* What mobiles, outside numbers, queues and extensions without a user do. A queue never refuses, the caller waits. */
	enum phone_state others;
	int answer_s; /* an idle device answers after so many seconds */
	/* The user of a name or extension, lent until route() returns. NULL if there is no such user. */
	const struct route_user *(*find)(void *ctx, const char *who);
	void *ctx;
};

enum route_action {
	ROUTE_RING,   /* what: devices of `user`, "desk, app", or DEVICE_MOBILE */
	ROUTE_ANSWER, /* a person answers */
	/* what: a destination. If it is a user, their steps follow. Of any other we do not know what rings there. */
	ROUTE_FORWARD,
	ROUTE_QUEUE,     /* what: the queue in which the caller waits */
	ROUTE_GOTO,      /* what: context,exten,prio; from there the dialplan goes its own way */
	ROUTE_VOICEMAIL, /* what: the mailbox */
	ROUTE_BUSY,      /* the caller is told busy (SIP 486); a queue or group goes on */
	ROUTE_NOANSWER,  /* the caller is told unavailable (SIP 480); a queue or group goes on */
	ROUTE_HANGUP,    /* the caller is refused (SIP 403) */
	/* what: the sound, or "unavailable", and until when. The call is answered for it. It takes no time here: how long a sound
	 * is we do not know. */
	ROUTE_ANNOUNCE,
	ROUTE_ACTION_COUNT
};
const char *route_action_name(enum route_action a);

/* Why a step happens. */
enum route_cause {
	ROUTE_CAUSE_CALL,     /* the call has come */
	ROUTE_CAUSE_ALWAYS,   /* the rules forward it without ringing */
	ROUTE_CAUSE_NOANSWER, /* the devices, or the destination, rang and nobody answered */
	ROUTE_CAUSE_SILENT,   /* nothing rings in this mode */
	ROUTE_CAUSE_BUSY,     /* the devices were busy or declined */
	ROUTE_CAUSE_OFFLINE,  /* there was nothing to ring */
	ROUTE_CAUSE_ONCALL,   /* the user is on a call, and the rules take no other */
	ROUTE_CAUSE_GROUP,    /* the rules take no calls from ring groups */
	ROUTE_CAUSE_LOOP,     /* it was forwarded in a loop, or too often */
	ROUTE_CAUSE_COUNT
};
const char *route_cause_name(enum route_cause c);

enum { ROUTE_OPEN = -1 };

struct route_step {
	enum route_action action;
	enum route_cause cause;
	int at_s; /* seconds since the call came in */
	/* When a ring, a forward or a queue stops. at_s: at once, because it is answered or refused. ROUTE_OPEN: the PBX does not
	 * stop it. For other actions at_s. */
	int until_s;
	const struct route_user *user; /* whose devices, rules or mailbox; lent from the input */
	char *what;                    /* owned; see route_action */
	char *callerid;                /* owned: the number that is shown, "" if withheld */
	enum phone_state phone;        /* of ring: what the devices do */
	const char *greeting;          /* of a mailbox: the mode's sound, lent; else "" */
	bool busy_greeting;            /* of a mailbox: it plays its greeting for busy */
};

/* Start with { 0 }. */
struct route {
	size_t n, cap;
	struct route_step *steps; /* by time */
};

/* Foretell a call. A call of a queue is one that the queue offers to the user. The queue itself decides whether it offers one to a
 * member who is paused, logged out or without a registered phone, and how often it tries: route() does not foretell that. It does
 * not foretell what stands behind a number, a group or a goto either. */
void route(const struct route_input *in, struct route *ret);
void route_done(struct route *r);

/* What a queue is told, in words: "paused". And what follows: "support: paused (away), offers no calls". `hint`: the queue asks
 * the hint of a phone whether it is free, and so sees the lamp of the mode. */
const char *route_queue_word(enum queue_answer a);
void route_queue_text(
	const char *queue, enum queue_answer a, const struct mode *m, bool hint, struct strbuf *to);

/* Append one step in words, without its second: "desk, app ring", "no answer → voicemail, greeting vm-lunch". */
void route_step_text(const struct route *r, size_t i, struct strbuf *to);
/* Append all steps in one line: "0 s desk, app ring · 20 s no answer → voicemail, greeting vm-lunch". */
void route_text(const struct route *r, struct strbuf *to);

#endif
