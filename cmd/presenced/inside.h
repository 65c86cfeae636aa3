/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inside.h - what the files of the daemon share: its loop, whom it talks to, and what is still to be done. A fault of the loop itself
 * is written to `fatal`, and the loop ends. */
#ifndef PRESENCED_INSIDE_H
#define PRESENCED_INSIDE_H

#include <systemd/sd-event.h>

#include "cmd/presenced/daemon.h"
#include "cmd/presenced/feeds.h"
#include "cmd/presenced/pruning.h"
#include "cmd/presenced/tick.h"
#include "cmd/presenced/wal.h"
#include "lib/follow/past.h"
#include "lib/follow/prefix.h"
#include "lib/follow/restored.h"
#include "lib/store/pbx.h"
#include "lib/store/publication.h"
#include "lib/sync/link.h"
#include "lib/sync/pause.h"
#include "lib/sync/publisher.h"

/* What presenced has to do with the database, besides what its links and publishers do by themselves. It never waits for a lock: what
 * cannot be done is done later. The order counts. */
enum {
	TODO_FORGET =
		1,      /* what phones do, as another run or another configuration has written it */
	TODO_ZONES = 2, /* look again at all users: the default zone is another */
	TODO_ENTRIES = 4, /* compile entries again, if they were compiled with something else */
	TODO_OPEN = 8,    /* the links and publishers */
	TODO_STATES = 16, /* write down how PBXs and presence servers are */
	TODO_TICK = 32,
	TODO_BEGIN = TODO_FORGET | TODO_ENTRIES | TODO_OPEN
};

struct daemon;

/* What wakes one who talks to another machine: bytes, or a point in time. */
struct waker {
	struct daemon *daemon;
	int (*step)(struct waker *w);
	sd_event_source *io, *timer;
	int fd; /* `io` watches it */
};

/* The link to a PBX, and its sources on the loop. */
struct peer {
	struct waker waker; /* first: each is a pointer to the other */
	struct link *link;
	struct pbx_state state; /* as the database should have it */
	bool is_written;
	bool tried;            /* since the start the link was in step or has failed */
	size_t phones_written; /* link_phones_written() when it was looked at last */
};

/* A presence server, and its sources on the loop. */
struct server {
	struct waker waker; /* first */
	struct publisher *publisher;
	struct publisher_state state; /* as the database should have it */
	bool is_written;
};

struct daemon {
	const struct daemon_options *options;
	struct conf *conf;
	struct zonefiles *zones;
	struct countryfiles *countries;
	struct store *store;
	struct prefixes prefixes; /* of the configuration, once it was reloaded */
	struct feeds *feeds;
	struct tick time;
	sd_event *event;
	sd_event_source *tick, *step_clock, *feeds_child, *again, *seal, *empty, *prune;
	int64_t unsealed_ms; /* when the first change came that may have no seal yet, or 0 */
	int watch_fd;
	size_t peers_n;
	struct peer *peers;
	size_t servers_n;
	struct server *servers;
	int64_t seen_version; /* the data_version at which the links looked last */
	struct pruning pruning;
	int64_t published_version;    /* the one at which the publishers looked last */
	bool adopted;                 /* a link has made a switch of what was switched on its PBX */
	int64_t users, users_version; /* how many users there were, and at which data_version */
	bool ready, late;             /* late: READY=1 waits for nothing more */
	unsigned todo;                /* bits TODO_ */
	size_t changed;               /* users, by the tick that is to be finished */
	struct pause pause;
	struct wal wal;
	bool empties;                 /* `empty` is armed */
	int64_t trouble_ms;           /* since when the database cannot be used; 0: it can */
	struct err trouble;           /* what was said about that last */
	char restored[RESTORED_SIZE]; /* which copy of the database was restored last */
	bool is_away;                 /* there is no database at the moment */
	struct err away;              /* what was said about that last */
	struct err fatal;
};

/* daemon-waker: sources on the loop. */

/* Say what a call of sd-event says. */
int check_r(int r, const char *what, struct err *err);
/* Let `timer` expire once, at this time of the monotonic clock. Returns what a handler of sd-event returns. */
int waker_arm_timer(struct daemon *d, sd_event_source *timer, int64_t at_ms);
/* Make the sources watch for what is waited for now. */
int waker_arm(struct waker *w, int fd, short events, int64_t due, struct err *err);
void waker_disarm(struct waker *w);

/* daemon-states: what presenced says of itself, to systemd and in the database. */

void states_tell(struct daemon *d);
void states_tell_ready(struct daemon *d);
/* Write the states of PBXs and presence servers to the database, where presencectl reads them. states_record() does it later if it
 * cannot be done now. */
int states_write(struct daemon *d, struct err *err);
void states_record(struct daemon *d);
/* Write that we are gone. */
void states_forget(struct daemon *d);

/* daemon-peers: the links to PBXs. */

int peers_open(struct daemon *d, struct err *err);
void peers_close(struct daemon *d);
/* Make every link look for differences. */
void peers_wake(struct daemon *d);
/* Whether a PBX is being brought in step. */
bool peers_are_sending(const struct daemon *d);

/* daemon-servers: the publishers to presence servers. */

int servers_open(struct daemon *d, struct err *err);
void servers_close(struct daemon *d);
/* Make every publisher look for what is new: if we have changed something, or another program has. */
void servers_wake(struct daemon *d, bool changed);

/* daemon-chores: what is to be done, and is done later if the database cannot be used. */

void chores_trouble(struct daemon *d, const struct err *why);
void chores_no_trouble(struct daemon *d);
int chores_later(struct daemon *d, unsigned todo, const struct err *why);
void chores_do(struct daemon *d);
int chores_on_again(sd_event_source *s, uint64_t usec, void *data);
/* Close all links and publishers. */
void chores_close_all(struct daemon *d);

/* daemon-database: the file, which may be replaced, be gone, or have a log that grows. */

/* Returns whether there is a database to work with. */
bool database_look(struct daemon *d);
/* Whether `presencectl restore` has written a copy over it, and what is done then. */
bool database_is_restored(struct daemon *d);
int database_take_up(struct daemon *d);
int database_look_at_wal(struct daemon *d);
int database_on_empty(sd_event_source *s, uint64_t usec, void *data);

/* daemon-minute: the tick, and what comes with it. */

int minute_do(struct daemon *d, struct err *err);
int minute_arm(struct daemon *d);
int minute_arm_at(struct daemon *d, int64_t at);
int minute_on_tick(sd_event_source *s, uint64_t usec, void *data);
/* A descriptor that can be read when the clock was stepped. */
int minute_arm_step_clock(int fd, struct err *err);
int minute_on_step_clock(sd_event_source *s, int fd, uint32_t revents, void *data);

#endif
