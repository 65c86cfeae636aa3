/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher.h - keeps one presence server in step with the database: publishes the presence of each user when it changes and before
 * it expires, takes back that of users who are gone, and publishes all of them again after the server was away. The transport, the
 * time and all randomness are its caller's. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/sync/transport.h"
#include "lib/sync/turn.h"

enum publisher_phase {
	PUBLISHER_IDLE, /* nothing was answered yet */
	PUBLISHER_DOWN, /* waiting until it is time to try again */
	PUBLISHER_UP,   /* the server has answered the last time */
	PUBLISHER_PHASE_COUNT
};

const char *publisher_phase_name(enum publisher_phase p);

struct publisher;

struct publisher_hooks {
	/* The phase has changed; `why` is set when it is PUBLISHER_DOWN. A failure that repeats is told again only when its words
	 * change. */
	void (*phase)(
		void *data, struct publisher *p, enum publisher_phase phase, const struct err *why);
	/* The server refuses a user. Of many that are refused in the same words only the first is told. */
	void (*refused)(void *data, struct publisher *p, const char *uri, const char *why);
};

/* `conf` and `store` are lent for the life of the publisher, `transport` is its own from now on. */
struct publisher *publisher_new(const struct conf_publish *conf, struct transport *transport,
	struct store *store, const struct publisher_hooks *hooks, void *data);
/* What was answered is written down first. */
void publisher_free(struct publisher *p);
DEFINE_CLEANUP(struct publisher, publisher_free)

const struct conf_publish *publisher_conf(const struct publisher *p);
enum publisher_phase publisher_phase(const struct publisher *p);

/* Wait for these events on fd (-1: none now), and no longer than until deadline; then step. */
int publisher_fd(const struct publisher *p);
short publisher_events(const struct publisher *p);
int64_t publisher_deadline(const struct publisher *p); /* monotonic ms */

/* All that can be done without waiting. Failures of the server only change the phase. -1: the database could not be used; nothing is
 * lost, and a later step tries again. */
int publisher_step(struct publisher *p, struct moment now, struct err *err) MUST_CHECK;

/* Whether the database could not be used when it was tried last. */
bool publisher_is_in_trouble(const struct publisher *p);

/* The database may hold something new: publisher_step will look. */
void publisher_wake(struct publisher *p);

#endif
