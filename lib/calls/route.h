/* route.h - what a caller will experience: the same decisions as the dialplan of share/asterisk/presence.conf, as steps with seconds. */
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
	PHONE_IDLE,      /* answer */
	PHONE_NOANSWER,  /* ring */
	PHONE_BUSY,      /* refuse: on the phone */
	PHONE_DECLINING, /* refuse: declined by hand */
	PHONE_OFFLINE,   /* are not registered */
	PHONE_STATE_COUNT
};

const char *call_kind_name(enum call_kind k);
const char *phone_state_name(enum phone_state s);
/* -1 if there is none of that name. */
int call_kind_parse(const char *s);
int phone_state_parse(const char *s);

/* A user as the PBX sees them now. Everything is lent. */
struct route_user {
	const struct user *user;
	const struct mode *mode;
	const struct rules *rules;      /* of struct effective */
	enum phone_state phone;         /* all devices */
	const enum phone_state *phones; /* or each; NULL: as `phone` */
	const char *ask;                /* the number that `ask` stands for, "" if none was given */
	const char *mobile;             /* as the PBX dials it; NULL: as it stands in `user` */
};

/* What devices do, as an administrator types it: "busy", "desk=busy, app=idle"; those that are not named keep what `ret` says, one
 * state a device of `u`. ERR_USAGE, naming what is wrong. */
int phone_states_parse(const char *text, const struct user *u, enum phone_state ret[DEVICES_MAX],
	struct err *err) MUST_CHECK;

struct route_input {
	const struct route_user *callee;
	enum call_kind kind;
	const char *number; /* of the caller, "" if withheld */
	/* What mobiles, outside numbers, queues and extensions that are nobody's do. A queue lets the caller wait rather than refuse. */
	enum phone_state others;
	int answer_s; /* seconds after which what is idle answers */
	/* The user of a name or extension, lent until route() returns, NULL if there is none. */
	const struct route_user *(*find)(void *ctx, const char *who);
	void *ctx;
};

enum route_action {
	ROUTE_RING,   /* what: devices of `user`, "desk, app", or DEVICE_MOBILE */
	ROUTE_ANSWER, /* somebody speaks */
	ROUTE_FORWARD, /* what: a destination; whatever rings there is not ours to tell unless steps of that user follow */
	ROUTE_QUEUE,     /* what: the queue in which the caller waits */
	ROUTE_GOTO,      /* what: context,exten,prio: the dialplan goes its own way */
	ROUTE_VOICEMAIL, /* what: the mailbox */
	ROUTE_BUSY,      /* the caller is told busy (SIP 486); a queue or group goes on */
	ROUTE_NOANSWER,  /* the caller is told unavailable (SIP 480); a queue or group goes on */
	ROUTE_HANGUP,    /* the caller is refused (SIP 403) */
	ROUTE_ACTION_COUNT
};
const char *route_action_name(enum route_action a);

/* Why. */
enum route_cause {
	ROUTE_CAUSE_CALL,     /* somebody calls */
	ROUTE_CAUSE_ALWAYS,   /* forwarded without ringing */
	ROUTE_CAUSE_NOANSWER, /* rang, or what it was forwarded to did */
	ROUTE_CAUSE_SILENT,   /* nothing rings in this mode */
	ROUTE_CAUSE_BUSY,     /* the devices are busy or declined */
	ROUTE_CAUSE_OFFLINE,  /* there is nothing to ring */
	ROUTE_CAUSE_GROUP,    /* no calls from ring groups */
	ROUTE_CAUSE_LOOP,     /* forwarded in a loop, or too often */
	ROUTE_CAUSE_COUNT
};
const char *route_cause_name(enum route_cause c);

enum { ROUTE_OPEN = -1 };

struct route_step {
	enum route_action action;
	enum route_cause cause;
	int at_s;    /* seconds since the call came in */
	int until_s; /* of ring, forward and queue: when it stops; at_s: at once, as answered or refused; ROUTE_OPEN: the PBX does not
			stop it. Of others at_s. */
	const struct route_user *user; /* whose devices, rules or mailbox, lent from the input */
	char *what;                    /* owned; "" if there is nothing to say */
	char *callerid; /* owned: the number that is shown to whom is called, "" if withheld */
	enum phone_state phone; /* of ring: what the devices do */
	const char *greeting;   /* of a mailbox: the mode's sound, lent, or "" for its own */
	bool busy_greeting;     /* of a mailbox: its own one is that for busy */
};

/* Starts as { 0 }. */
struct route {
	size_t n, cap;
	struct route_step *steps; /* by time */
};

/* Foretell a call. Of a queue: one that it offers to the user. Whether it does, the user being paused, logged out or without a registered
 * phone, and how often it tries, is the queue's; the same holds for what stands behind a number, a group or goto. */
void route(const struct route_input *in, struct route *ret);
void route_done(struct route *r);

/* What a queue is told, in words: "paused"; and what comes of it: "support: paused (away), offers no calls". `hint`: the
 * queue sees by the phone's hint, and thus the lamp of the mode, who is free. */
const char *route_queue_word(enum queue_answer a);
void route_queue_text(
	const char *queue, enum queue_answer a, const struct mode *m, bool hint, struct strbuf *to);

/* One step in words, without its second: "desk, app ring", "no answer → voicemail, greeting vm-lunch". */
void route_step_text(const struct route *r, size_t i, struct strbuf *to);
/* All in one line: "0 s desk, app ring · 20 s no answer → voicemail, greeting vm-lunch". */
void route_text(const struct route *r, struct strbuf *to);

#endif
