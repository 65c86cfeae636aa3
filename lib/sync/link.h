/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h - keeps one PBX in step with the database: connects, reads what the PBX holds, sends the difference,
 * records what it confirms, and connects again when the PBX goes away. Shared by presenced and `push`. The transport, the time and
 * all randomness are its caller's. */
#ifndef LINK_H
#define LINK_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/sync/turn.h"
#include "lib/sync/transport.h"

enum link_state {
	LINK_DOWN,       /* waiting until it is time to try (again) */
	LINK_CONNECTING, /* to the login */
	LINK_BOOTING,    /* logged in, Asterisk still loads its modules */
	LINK_READING,    /* what the PBX holds */
	LINK_CONNECTED,
	LINK_STATE_COUNT
};

const char *link_state_name(enum link_state s);

struct link;

struct link_hooks {
	/* The state has changed; `why` is set when it is LINK_DOWN. A failure that repeats is told again only
	 * when its words change. */
	void (*state)(void *data, struct link *l, enum link_state state, const struct err *why);
	/* The PBX refused one item: told once an item and login. `item` is NULL for a remark about one that it took. */
	void (*refused)(void *data, struct link *l, const char *item, const char *why);
	/* What was done on the PBX is done in the database now: a user's switch, or the force of a schedule. `item` is its item,
	 * CustomPresence:<ext> or presence-forced/<schedule>. */
	void (*adopted)(void *data, struct link *l, const char *item);
};

/* `pbx` and `store` are lent for the life of the link, `transport` is its own from now on. */
struct link *link_new(const struct conf_pbx *pbx, struct transport *transport, struct store *store,
	const struct link_hooks *hooks, void *data);
/* Before the first step: from the next login on also mend what others change on the PBX, see sweep.h, and write down what the users'
 * phones do. Only presenced does: it alone stays, and can tell when that is not true any more. */
void link_watch(struct link *l);
void link_free(struct link *l);
DEFINE_CLEANUP(struct link, link_free)

const struct conf_pbx *link_pbx(const struct link *l);
enum link_state link_state(const struct link *l);
const char *link_version(const struct link *l);     /* of AMI, "" if not connected */
const struct err *link_error(const struct link *l); /* why it is down; msg "" if it never failed */
unsigned link_failures(const struct link *l);       /* in a row */

/* Wait for these events on fd (-1: none now), and no longer than until deadline; then step. */
int link_fd(const struct link *l);
short link_events(const struct link *l);
int64_t link_deadline(const struct link *l); /* monotonic ms */

/* All that can be done without waiting. Failures of the PBX only change the state. -1: the database could not be used. The session
 * goes on, nothing is lost, and the next step tries again; link_deadline() says when. */
int link_step(struct link *l, struct moment now, struct err *err) MUST_CHECK;

/* Whether the database could not be used when it was tried last. */
bool link_is_in_trouble(const struct link *l);

/* Whether this session may write entries of call rules, as far as is known: what a session may do is settled at its login. */
bool link_takes_entries(const struct link *l);

/* The database may hold something new: link_step will look. */
void link_wake(struct link *l);

/* Connected, and nothing differs, is under way or waits to be recorded. */
bool link_in_step(const struct link *l);
/* How often something new was written about what phones do. */
size_t link_phones_written(const struct link *l);
size_t link_confirmed(const struct link *l); /* items since link_new, for progress */

#endif
