/* ami.h - one dialogue with Asterisk's manager: login, actions and their answers, lists, timeouts, ping.
 * Bytes and times go in, bytes and callbacks come out; it owns no socket and reads no clock. */
#ifndef AMI_H
#define AMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/pbx/amimsg.h"

enum ami_phase {
	AMI_BANNER,  /* waiting for "Asterisk Call Manager/..." */
	AMI_LOGIN,   /* challenge and login under way */
	AMI_BOOTING, /* logged in; modules may still load: waiting for FullyBooted */
	AMI_READY,   /* actions may be sent */
	AMI_PHASE_COUNT
};

/* Why a dialogue failed; decides what to tell the administrator and how soon to try again. */
enum ami_failure {
	AMI_FAIL_NONE,
	AMI_FAIL_PROTOCOL, /* not Asterisk, or a line without end */
	AMI_FAIL_LOGIN,    /* wrong user name or secret, or a second login that is not allowed */
	AMI_FAIL_SILENT,   /* no banner, no answer in time */
};

struct ami_conf {
	const char *username;
	const char *secret;
	bool plain; /* send the secret itself instead of answering a challenge */
	/* Event mask for Login ("system,call"); "off" for none. FullyBooted needs system. */
	const char *events;
	unsigned window;    /* actions under way at a time, at most; at least 1 */
	int64_t timeout_ms; /* for the banner, each step of the login, and each action */
	int64_t boot_ms;    /* how long to wait for FullyBooted */
	/* Ping after so long without anything received and nothing under way (an action under way has its
	 * own timeout); the Ping's answer has timeout_ms. 0: never. */
	int64_t ping_ms;
	/* Unguessable, fresh for each connection, 8 to 40 letters and digits. */
	const char *id_prefix;
	/* MD5 of a followed by b, as 32 hexadecimal digits; 0, or -1 if there is no MD5 here. */
	int (*md5)(const char *a, const char *b, char ret[33]);
};

/* What the dialogue tells its owner. Messages are lent for the time of the call. A callback may call
 * ami_send, but not ami_input or ami_free. */
struct ami_handlers {
	/* The answer to an action. `ok` is Response: Success (Goodbye counts too); m is NULL if an action
	 * timed out (the dialogue is then dead, ami_timeout returns -1; every action under way is answered
	 * so). A list's answer comes after its last item, and m is then the closing event (...Complete), or
	 * at once when the list is refused. */
	void (*answer)(void *data, uint64_t tag, bool ok, const struct amimsg *m);
	/* One event of a list that was asked for with ami_send. */
	void (*item)(void *data, uint64_t tag, const struct amimsg *m);
	/* Any other event, FullyBooted not included. Events can be forged: a hint to look, no more. */
	void (*event)(void *data, const struct amimsg *m);
	/* The phase has changed to AMI_BOOTING or AMI_READY. */
	void (*phase)(void *data, enum ami_phase phase);
};

struct ami;

/* Strings of `conf` are copied. Owned by the caller. */
struct ami *ami_new(
	const struct ami_conf *conf, const struct ami_handlers *h, void *data, int64_t now_ms);
void ami_free(struct ami *a);
DEFINE_CLEANUP(struct ami, ami_free)

enum ami_phase ami_phase(const struct ami *a);
enum ami_failure ami_failure(const struct ami *a);
/* The banner's version, "11.0.0"; "" before. */
const char *ami_version(const struct ami *a);

/* Seconds for which Asterisk has been up, as it said when it was ready; 0 before. */
int64_t ami_uptime_s(const struct ami *a);

/* Bytes that came. -1: the dialogue is dead (err says why); close the connection. */
int ami_input(
	struct ami *a, const char *bytes, size_t n, int64_t now_ms, struct err *err) MUST_CHECK;

/* Bytes to be sent: *ret is lent until the next call; returns their number. Tell with ami_sent how many
 * of them were taken. */
size_t ami_output(const struct ami *a, const char **ret);
void ami_sent(struct ami *a, size_t n);

/* How many more actions may be sent now: 0 unless AMI_READY. */
unsigned ami_room(const struct ami *a);
unsigned ami_pending(const struct ami *a); /* actions sent whose answer has not come */

/* Send an action: `fields` is name, value, name, value ... NULL, beginning with "Action". ActionID is
 * added. `tag` comes back with the answer. Needs ami_room() > 0. -1 (nothing sent, dialogue unharmed)
 * if a value is refused by amimsg_end(), or if there is no room. */
int ami_send(struct ami *a, uint64_t tag, const char *const *fields, int64_t now_ms,
	struct err *err) MUST_CHECK;

/* When ami_timeout must be called next, in the milliseconds of now_ms; INT64_MAX if never. */
int64_t ami_deadline(const struct ami *a);
/* A time has come: sends a ping, or -1 if the other side did not answer in time: close the connection. */
int ami_timeout(struct ami *a, int64_t now_ms, struct err *err) MUST_CHECK;

#endif
