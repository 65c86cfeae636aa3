/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ami.h - one dialogue with Asterisk's manager: login, actions and their answers, lists, timeouts, ping.
 * Bytes and times go in, bytes and callbacks come out. It owns no socket and reads no clock. */
#ifndef AMI_H
#define AMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/pbx/amimsg.h"

enum ami_phase {
	AMI_BANNER,  /* it waits for "Asterisk Call Manager/..." */
	AMI_LOGIN,   /* challenge and login are under way */
	AMI_BOOTING, /* it is logged in and waits for FullyBooted: modules may still load */
	AMI_READY,   /* actions may be sent */
};

/* Why a dialogue failed. The owner tells the administrator by it and decides how soon to try again. */
enum ami_failure {
	AMI_FAIL_NONE,
	AMI_FAIL_PROTOCOL, /* it is not Asterisk, or sends a line or a list without end */
	AMI_FAIL_LOGIN,    /* user name or secret is wrong, or a second login is not allowed */
	AMI_FAIL_SILENT,   /* the banner or an answer did not come in time */
	AMI_FAIL_LOST,     /* an answer was lost: a later action is answered */
};

struct ami_conf {
	const char *username;
	const char *secret;
	bool plain; /* send the secret itself instead of answering a challenge */
	/* Event mask for Login ("system,call,agent"), or "off". FullyBooted needs system. */
	const char *events;
	unsigned window;  /* how many actions may be under way at a time; at least 1 */
	int64_t greet_ms; /* for the banner, and for each step of the login */
	int64_t boot_ms;  /* how long to wait for FullyBooted */
	/* Once ready. If an action has no answer for answer_ms, a ping goes out behind it. Asterisk answers in order. So if only the
	 * ping is answered, the answer before it is lost, and the dialogue is dead. If neither is answered, Asterisk is slow or
	 * away: the dialogue is dead when for silence_ms no action was answered and no list went on. */
	int64_t answer_ms, silence_ms;
	int64_t ping_ms; /* ping if nothing came for so long and no action is under way; 0: never */
	/* 8 to 40 letters and digits. They must be hard to guess and differ from connection to connection. */
	const char *id_prefix;
	/* MD5 of `a` followed by `b`, as 32 hexadecimal digits. Returns 0, or -1 if this system has no MD5. */
	int (*md5)(const char *a, const char *b, char ret[33]);
};

/* What the dialogue tells its owner. Messages are lent for the time of the call. A callback may call
 * ami_send(), but not ami_input() or ami_free(). */
struct ami_handlers {
	/* The answer to an action. `ok`: it is "Response: Success" or Goodbye. The answer to a list comes after its last item, and
	 * `m` is then the closing event (...Complete); a list that is refused is answered at once. `m` is NULL if the answer does
	 * not come: the dialogue is then dead, every action under way is answered so, and ami_timeout() or ami_input() returns -1. */
	void (*answer)(void *data, uint64_t tag, bool ok, const struct amimsg *m);
	/* One event of a list that was asked for with ami_send(). */
	void (*item)(void *data, uint64_t tag, const struct amimsg *m);
	/* Any other event but FullyBooted. A caller can forge events: an event is a hint to look, no more. */
	void (*event)(void *data, const struct amimsg *m);
	/* The phase has changed to AMI_BOOTING or AMI_READY. */
	void (*phase)(void *data, enum ami_phase phase);
};

struct ami;

/* The strings of `conf` are copied. The caller owns the dialogue. */
struct ami *ami_new(
	const struct ami_conf *conf, const struct ami_handlers *h, void *data, int64_t now_ms);
void ami_free(struct ami *a);
DEFINE_CLEANUP(struct ami, ami_free)

enum ami_phase ami_phase(const struct ami *a);
enum ami_failure ami_failure(const struct ami *a);
/* The version in the banner, "11.0.0". "" before the banner. */
const char *ami_version(const struct ami *a);

/* For how many seconds Asterisk has been up, as it said when it was ready. 0 before. */
int64_t ami_uptime_s(const struct ami *a);

/* The connection is up: the time for the banner begins. */
void ami_connected(struct ami *a, int64_t now_ms);

/* Take bytes that came. -1: the dialogue is dead, and `err` says why; close the connection. */
int ami_input(
	struct ami *a, const char *bytes, size_t n, int64_t now_ms, struct err *err) MUST_CHECK;

/* The bytes to send, lent until the next call. Returns how many. Tell ami_sent() how many were taken. */
size_t ami_output(const struct ami *a, const char **ret);
void ami_sent(struct ami *a, size_t n);

enum {
	AMI_LIST_EVENTS = 100000, /* of a list, when nothing more is expected */
	AMI_LIST_MS = 300000,     /* from the sending of an action to the end of its list */
};
/* A list may have so many events besides AMI_LIST_EVENTS. One that has more, or does not end in time, ends the dialogue. */
void ami_expect(struct ami *a, uint64_t events);

/* How many more actions may be sent now. 0 unless the phase is AMI_READY. */
unsigned ami_room(const struct ami *a);
unsigned ami_pending(const struct ami *a); /* how many actions wait for their answer */

/* Send an action. `fields` is name, value, name, value ... NULL and begins with "Action"; ActionID is added. `tag` comes back with
 * the answer. -1 if there is no room, see ami_room(), or if amimsg_end() refuses a value. Nothing was sent then, and the
 * dialogue goes on. */
int ami_send(struct ami *a, uint64_t tag, const char *const *fields, int64_t now_ms,
	struct err *err) MUST_CHECK;

/* When to call ami_timeout() next, in the milliseconds of now_ms. INT64_MAX: never. */
int64_t ami_deadline(const struct ami *a);
/* The deadline has come: send a ping. -1 if Asterisk was silent for too long; close the connection. */
int ami_timeout(struct ami *a, int64_t now_ms, struct err *err) MUST_CHECK;

#endif
