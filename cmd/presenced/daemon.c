/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "lib/follow/check.h"
#include "lib/sync/link.h"
#include "lib/follow/entries.h"
#include "lib/follow/prefix.h"
#include "lib/sync/network.h"
#include "lib/sync/pause.h"
#include "lib/sync/network-sip.h"
#include "lib/sync/publisher.h"
#include "cmd/presenced/feeds.h"
#include "cmd/presenced/log.h"
#include "cmd/presenced/pruning.h"
#include "cmd/presenced/sealing.h"
#include "cmd/presenced/tick.h"
#include "cmd/presenced/wal.h"
#include "lib/binding/clock.h"
#include "lib/binding/countryfile.h"
#include "lib/binding/db.h"
#include "lib/base/text.h"
#include "lib/store/activity.h"
#include "lib/store/publication.h"
#include "lib/store/user.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/follow/restored.h"
#include "lib/store/item.h"
#include "lib/store/pbx.h"
#include "lib/store/presence.h"

enum {
	SEAL_MS = 1000, /* after a change, when it is quiet */
	SEAL_LATEST_MS = 5000,
	LAST_SEALS = 8,
	SEAL_BUSY_MS = 60000, /* so long a link that is sending comes first */
	PRUNE_LATER_MS = 1000,
	TICK_REST_US = 100000, /* between two slices of a tick: others write then */
	MINUTE = 60,
	FIRST_PUSH_MS = 10000, /* READY=1 is sent after so long at the latest */
	LOCKED_MS = 1000,      /* so long a lock of another program is not worth a word */
	WAL_MS =
		2000, /* so long after SQLite's log was seen to be large, and between attempts to empty it */
	LAST_MS = 300, /* for the last words to a locked database */
};

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

static int check_r(int r, const char *what, struct err *err)
{
	if (r >= 0)
		return 0;
	errno = -r;
	return err_sys(err, "%s", what);
}

/* The database cannot be used at the moment. A lock that another program holds for a moment is nothing to talk about. */
static void note_trouble(struct daemon *d, const struct err *why)
{
	int64_t now = clock_monotonic_ms();

	if (!d->trouble_ms)
		d->trouble_ms = now;
	if (!strcmp(d->trouble.msg, why->msg) ||
		(why->code == ERR_LOCKED && now - d->trouble_ms < LOCKED_MS))
		return;
	d->trouble = *why;
	log_warning("%s%s", why->msg, why->code == ERR_LOCKED ? "; trying again" : "");
}

static bool is_in_trouble(const struct daemon *d)
{
	bool any = d->todo != 0;

	for (size_t i = 0; i < d->peers_n; i++)
		any |= link_is_in_trouble(d->peers[i].link);
	for (size_t i = 0; i < d->servers_n; i++)
		any |= publisher_is_in_trouble(d->servers[i].publisher);
	return any;
}

static void note_no_trouble(struct daemon *d)
{
	if (!d->trouble_ms || is_in_trouble(d))
		return;
	if (*d->trouble.msg)
		log_info("the database can be used again");
	d->trouble_ms = 0;
	d->trouble.msg[0] = '\0';
}

static int arm_timer(struct daemon *d, sd_event_source *timer, int64_t at_ms)
{
	if (check_r(sd_event_source_set_time(timer, (uint64_t)at_ms * 1000), "sd_event",
		    &d->fatal) < 0 ||
		check_r(sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT), "sd_event",
			&d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

static int do_later(struct daemon *d, unsigned todo, const struct err *why)
{
	int64_t now = clock_monotonic_ms();

	d->todo |= todo;
	note_trouble(d, why);
	pause_begin(&d->pause, now);
	return arm_timer(d, d->again, d->pause.until_ms);
}

static void tell_status(struct daemon *d)
{
	char pbxs[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < d->peers_n && n < sizeof(pbxs); i++)
		n += (size_t)snprintf(pbxs + n, sizeof(pbxs) - n, ", %s %s",
			link_pbx(d->peers[i].link)->name,
			link_state_name(link_state(d->peers[i].link)));
	sd_notifyf(false, "STATUS=%lld users%s; last tick %lld%s", (long long)d->users, pbxs,
		(long long)d->time.last,
		d->wal.is_told ? "; a program that reads makes SQLite's log grow" : "");
}

/* Look whether SQLite's log has become large. It is emptied a moment later: who reads now is gone by then. */
static int look_at_wal(struct daemon *d)
{
	if (d->empties || d->is_away || !(d->wal.is_told || wal_is_large(d->store)))
		return 0;
	d->empties = true;
	return arm_timer(d, d->empty, clock_monotonic_ms() + WAL_MS);
}

static int on_empty(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;
	bool was_told = d->wal.is_told;

	(void)s;
	(void)usec;
	d->empties = !d->is_away && !wal_step(&d->wal, d->store);
	if (d->wal.is_told != was_told)
		tell_status(d);
	return d->empties ? arm_timer(d, d->empty, clock_monotonic_ms() + WAL_MS) : 0;
}

static void tell_ready(struct daemon *d)
{
	bool all = !(d->todo & TODO_OPEN);

	for (size_t i = 0; i < d->peers_n; i++)
		all &= d->peers[i].tried;
	if (d->ready || !(all || d->late))
		return;
	d->ready = true;
	sd_notify(false, "READY=1");
	log_info("ready: %lld users on %zu PBX%s", (long long)d->users, d->peers_n,
		d->peers_n == 1 ? "" : "s");
}

/* Write the states of PBXs and presence servers to the database, where presencectl reads them. */
static int write_states(struct daemon *d, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(d->store, err) < 0)
		return -1;
	tx = d->store;
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct peer *p = &d->peers[i];

		if (!p->is_written &&
			store_pbx_set(tx, link_pbx(p->link)->name, &p->state, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < d->servers_n; i++) {
		const struct server *x = &d->servers[i];

		if (!x->is_written &&
			store_publisher_set(
				tx, publisher_conf(x->publisher)->name, &x->state, err) < 0)
			return -1;
	}
	if (store_commit(tx, err) < 0)
		return -1;
	for (size_t i = 0; i < d->peers_n; i++)
		d->peers[i].is_written = true;
	for (size_t i = 0; i < d->servers_n; i++)
		d->servers[i].is_written = true;
	return 0;
}

static void record_states(struct daemon *d)
{
	struct err err;

	if (!(d->todo & TODO_STATES) && write_states(d, &err) < 0)
		do_later(d, TODO_STATES, &err);
}

static void record_state(struct daemon *d, struct link *l, const char *error)
{
	struct peer *p = d->peers;

	while (p->link != l)
		p++;
	p->state = (struct pbx_state){ .since = clock_now() };
	snprintf(p->state.state, sizeof(p->state.state), "%s", link_state_name(link_state(l)));
	snprintf(p->state.error, sizeof(p->state.error), "%.255s", error);
	snprintf(p->state.version, sizeof(p->state.version), "%s", link_version(l));
	p->is_written = false;
	record_states(d);
}

static void on_state(void *data, struct link *l, enum link_state state, const struct err *why)
{
	struct daemon *d = data;

	if (state == LINK_DOWN)
		log_warning("%s", why->msg);
	else if (state == LINK_CONNECTED)
		log_info("PBX '%s' connected, manager %s", link_pbx(l)->name, link_version(l));
	else
		log_debug("PBX '%s': %s", link_pbx(l)->name, link_state_name(state));
	/* Do not write the other states on the way up: they last milliseconds, and a write would only slow them. A PBX may boot for
	 * long. */
	if (state == LINK_DOWN || state == LINK_CONNECTED || state == LINK_BOOTING)
		record_state(d, l, why ? why->msg : "");
	tell_status(d);
}

static void on_refused(void *data, struct link *l, const char *item, const char *why)
{
	(void)data;
	log_refused(link_pbx(l)->name, item, why);
}

static void on_adopted(void *data, struct link *l, const char *item)
{
	const char *name = strpbrk(item, ":/") + 1;
	struct daemon *d = data;

	d->adopted = true;
	if (item_is_entry(item))
		log_info("PBX '%s': schedule %s was forced there", link_pbx(l)->name, name);
	else
		log_info("PBX '%s': extension %s was switched there", link_pbx(l)->name, name);
}

static int on_io(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct waker *w = data;

	(void)s;
	(void)fd;
	(void)revents;
	return w->step(w);
}

static int on_deadline(sd_event_source *s, uint64_t usec, void *data)
{
	struct waker *w = data;

	(void)s;
	(void)usec;
	return w->step(w);
}

/* Make the sources watch for what is waited for now. */
static int arm(struct waker *w, int fd, short events, int64_t due, struct err *err)
{
	int64_t now = clock_monotonic_ms(), deadline = due < now ? now : due;
	uint64_t usec = deadline == INT64_MAX ? UINT64_MAX : (uint64_t)deadline * 1000;
	uint32_t mask =
		(uint32_t)((events & POLLIN ? EPOLLIN : 0) | (events & POLLOUT ? EPOLLOUT : 0));

	if (fd != w->fd || fd < 0) {
		w->io = sd_event_source_disable_unref(w->io);
		w->fd = fd;
	}
	if (fd >= 0 && !w->io) {
		if (check_r(sd_event_add_io(w->daemon->event, &w->io, fd, mask, on_io, w),
			    "sd_event_add_io", err) < 0)
			return -1;
	} else if (fd >= 0 &&
		check_r(sd_event_source_set_io_events(w->io, mask), "sd_event", err) < 0) {
		return -1;
	}
	if (!w->timer)
		return check_r(sd_event_add_time(w->daemon->event, &w->timer, CLOCK_MONOTONIC, usec,
				       1000, on_deadline, w),
			"sd_event_add_time", err);
	if (check_r(sd_event_source_set_time(w->timer, usec), "sd_event", err) < 0)
		return -1;
	return check_r(sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT), "sd_event", err);
}

static void disarm(struct waker *w)
{
	w->io = sd_event_source_disable_unref(w->io);
	w->timer = sd_event_source_disable_unref(w->timer);
}

static int arm_peer(struct peer *p, struct err *err)
{
	return arm(&p->waker, link_fd(p->link), link_events(p->link), link_deadline(p->link), err);
}

static int arm_server(struct server *x, struct err *err)
{
	return arm(&x->waker, publisher_fd(x->publisher), publisher_events(x->publisher),
		publisher_deadline(x->publisher), err);
}

static int step_server(struct waker *w)
{
	struct server *x = (struct server *)w;
	struct daemon *d = w->daemon;
	const struct moment now = { clock_monotonic_ms(), clock_now() };
	struct err err;

	if (publisher_step(x->publisher, now, &err) < 0)
		note_trouble(d, &err);
	else
		note_no_trouble(d);
	if (arm_server(x, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

/* Make every publisher look for what is new: if we have changed something, or another program has. */
static void wake_publishers(struct daemon *d, bool changed)
{
	int64_t version = d->published_version;
	struct err err;

	if (!d->servers_n)
		return;
	if (store_data_version(d->store, &version, &err) < 0)
		log_warning("%s", err.msg);
	if (!changed && version == d->published_version)
		return;
	d->published_version = version;
	for (size_t i = 0; i < d->servers_n; i++) {
		publisher_wake(d->servers[i].publisher);
		step_server(&d->servers[i].waker);
	}
}

static int step(struct waker *w)
{
	struct peer *p = (struct peer *)w;
	struct daemon *d = w->daemon;
	const struct moment now = { clock_monotonic_ms(), clock_now() };
	struct err err;

	/* The link may close its descriptor in here: arm() looks for a new one. */
	if (link_step(p->link, now, &err) < 0)
		note_trouble(d, &err);
	else
		note_no_trouble(d);
	if (!p->tried && (link_in_step(p->link) || link_failures(p->link))) {
		p->tried = true;
		tell_ready(d);
	}
	if (d->adopted || p->phones_written != link_phones_written(p->link)) {
		d->adopted = false;
		p->phones_written = link_phones_written(p->link);
		wake_publishers(d, true);
	}
	if (arm_peer(p, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

/* Make every link look for differences. */
static void wake_links(struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		link_wake(d->peers[i].link);
		step(&d->peers[i].waker);
	}
}

/* Prune the log, once a day and at the start, when nothing else is to be done. */
static int begin_pruning(struct daemon *d, int64_t now, struct err *err)
{
	if (pruning_begin(&d->pruning, d->store, now, d->conf->log_days, err) < 0)
		return -1;
	return d->pruning.prune.is_on ? arm_timer(d, d->prune, clock_monotonic_ms()) : 0;
}

/* Count the users, but only if the database has changed: it takes a walk over all of them. */
static int count_users(struct daemon *d, struct err *err)
{
	int64_t version;

	if (store_data_version(d->store, &version, err) < 0)
		return -1;
	if (version == d->users_version)
		return 0;
	if (store_user_count(d->store, &d->users, err) < 0)
		return -1;
	d->users_version = version;
	return 0;
}

static int retry_refused(struct daemon *d, struct err *err)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct link *l = d->peers[i].link;

		if (store_item_retry(d->store, link_pbx(l)->name, link_takes_entries(l), err) < 0)
			return -1;
	}
	return 0;
}

static int on_feeds_ended(sd_event_source *s, const siginfo_t *si, void *data)
{
	struct daemon *d = data;

	(void)s;
	(void)si;
	feeds_ended(d->feeds);
	d->feeds_child = sd_event_source_disable_unref(d->feeds_child);
	return 0;
}

static int ask_feeds(struct daemon *d, int64_t now, struct err *err)
{
	pid_t pid;

	if (feeds_tick(d->feeds, now, &pid, err) < 0)
		return -1;
	if (!pid)
		return 0;
	return check_r(
		sd_event_add_child(d->event, &d->feeds_child, pid, WEXITED, on_feeds_ended, d),
		"sd_event_add_child", err);
}

static int arm_tick_us(struct daemon *d, int64_t at_us)
{
	if (check_r(sd_event_source_set_time(d->tick, (uint64_t)at_us), "sd_event", &d->fatal) < 0)
		return -1;
	return check_r(
		sd_event_source_set_enabled(d->tick, SD_EVENT_ONESHOT), "sd_event", &d->fatal);
}

static int arm_tick_at(struct daemon *d, int64_t at)
{
	return arm_tick_us(d, at * 1000000);
}

static void close_all(struct daemon *d);
static void do_chores(struct daemon *d);
static int arm_tick(struct daemon *d);

/* Leave the sessions as they are, and do nothing with them: the PBXs go on by themselves. */
static void pause_all(struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++)
		disarm(&d->peers[i].waker);
	for (size_t i = 0; i < d->servers_n; i++)
		disarm(&d->servers[i].waker);
}

static void lose_database(struct daemon *d, const struct err *why)
{
	log_warning("%s", why->msg);
	d->is_away = true;
	d->away.msg[0] = '\0';
	pause_all(d);
	sd_notifyf(false, "STATUS=no database: %s", why->msg);
}

/* Another database stands where ours did, or ours is back. Nothing that we know of the PBXs can be trusted with it: log in again, read
 * all, and push what it wants. */
static int take_up_database(struct daemon *d)
{
	struct err err;

	db_watch_again(d->watch_fd, store_path(d->store));
	d->is_away = false;
	d->seen_version = d->published_version = d->users_version = -1;
	d->time.last = 0; /* as at the start: other zone data, another clock */
	d->pruning = (struct pruning){ 0 };
	close_all(d);
	if (follow_restored_get(d->store, d->restored, &err) < 0)
		log_warning("%s", err.msg);
	d->todo |= TODO_BEGIN;
	pause_end(&d->pause);
	do_chores(d);
	if (arm_tick_at(d, clock_now()) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

/* `presencectl restore` has written a copy over the database. */
static bool is_restored(struct daemon *d)
{
	char stamp[RESTORED_SIZE];
	struct err err;

	return follow_restored_get(d->store, stamp, &err) == 0 && strcmp(stamp, d->restored) != 0;
}

/* The file of the database may be another one by now, or be gone. Returns whether there is a database to work with. */
static bool look_at_database(struct daemon *d)
{
	struct err err;

	if (!d->is_away) {
		if (store_look(d->store, &err) == 0)
			return true;
		lose_database(d, &err);
	}
	if (store_reopen(d->store, &err) < 0) {
		if (strcmp(d->away.msg, err.msg) != 0)
			log_warning("%s; trying again", err.msg);
		d->away = err;
		return false;
	}
	log_info("the database was opened again");
	return take_up_database(d) == 0;
}

/* What is done already is not due any more, so after a failure all is tried again. */
static int run_tick(struct daemon *d, int64_t now, struct err *err)
{
	struct err ignored;
	size_t n = 0;
	int r = store_set_durable(d->store, true, err);

	if (r == 0)
		r = tick_run(&d->time, now, &n, err);
	d->changed += n;
	if (r == 0 &&
		(count_users(d, err) < 0 || begin_pruning(d, now, err) < 0 ||
			retry_refused(d, err) < 0 || ask_feeds(d, now, err) < 0))
		r = -1;
	/* Until the next tick only confirmations are written. These need not be durable. */
	if (store_set_durable(d->store, false, r == 0 ? err : &ignored) < 0)
		r = -1;
	return r;
}

static int do_tick(struct daemon *d, struct err *err)
{
	size_t n;

	if (run_tick(d, clock_now(), err) < 0)
		return -1;
	n = d->changed;
	d->changed = 0;
	if (n)
		log_info("%zu user%s changed by time", n, n == 1 ? "" : "s");
	wake_links(d);
	wake_publishers(d, n || d->time.looked_again);
	tell_status(d);
	return look_at_wal(d) < 0 ? -1 : arm_tick(d);
}

static void tick(struct daemon *d)
{
	if (!look_at_database(d))
		return;
	d->todo |= TODO_TICK;
	do_chores(d);
}

/* Set the timer to the next minute of the wall clock, or to the next change if that is earlier. */
static int arm_tick(struct daemon *d)
{
	int64_t now = clock_now(), at = now - now % MINUTE + MINUTE, due;
	struct err err;

	if (!d->is_away && !(d->todo & TODO_TICK) && d->time.last && !d->time.is_over)
		return arm_tick_us(d, clock_now_us() + TICK_REST_US) < 0
			? sd_event_exit(d->event, -1)
			: 0;
	if (d->is_away || d->todo & TODO_TICK)
		at = now + 1;
	else if (now < d->time.last)
		at = now; /* the clock was set back, and no step was told, as inside a container */
	else if (store_next_change(d->store, &due, &err) < 0)
		log_warning("%s", err.msg);
	else if (due < at)
		at = due > now ? due : now + 1; /* a tick has failed: try again after a second */
	return arm_tick_at(d, at) < 0 ? sd_event_exit(d->event, -1) : 0;
}

static int on_tick(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;

	(void)s;
	(void)usec;
	tick(d);
	return arm_tick(d);
}

/* Arm a timer that never expires, but that the kernel cancels when the clock is stepped. */
static int arm_step_clock(int fd, struct err *err)
{
	struct itimerspec never = { .it_value.tv_sec = INT32_MAX };

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0)
		return err_sys(err, "timerfd_settime");
	return 0;
}

static int on_step_clock(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;
	uint64_t count;
	struct err err;

	(void)s;
	(void)revents;
	(void)!read(fd, &count, sizeof(count));
	if (arm_step_clock(fd, &err) < 0)
		log_warning("%s", err.msg);
	log_info("the clock was stepped");
	tick(d);
	return arm_tick(d);
}

/* There may be new records. They are sealed when it is quiet: at one go, and in nobody's way. */
static int want_seal(struct daemon *d)
{
	int64_t now = clock_monotonic_ms(), at = now + SEAL_MS;

	if (!d->unsealed_ms)
		d->unsealed_ms = now;
	return arm_timer(d, d->seal,
		at < d->unsealed_ms + SEAL_LATEST_MS ? at : d->unsealed_ms + SEAL_LATEST_MS);
}

static bool is_sending(const struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct link *l = d->peers[i].link;

		if (link_state(l) == LINK_CONNECTED && !link_in_step(l))
			return true;
	}
	return false;
}

/* One slice. The next one is taken when nothing else is to be done. */
static int on_seal(sd_event_source *s, uint64_t usec, void *data)
{
	int64_t now = clock_monotonic_ms();
	struct daemon *d = data;
	bool more = false;
	struct err err;

	(void)s;
	(void)usec;
	if (is_sending(d) && now - d->unsealed_ms < SEAL_BUSY_MS)
		return arm_timer(d, d->seal, now + SEAL_MS);
	if (sealing_step(d->store, clock_now(), &more, &err) < 0) {
		note_trouble(d, &err);
		return arm_timer(d, d->seal, now + SEAL_LATEST_MS);
	}
	if (more)
		return arm_timer(d, d->seal, now);
	d->unsealed_ms = 0;
	return 0;
}

/* One slice. What is sent to the PBXs comes first. */
static int on_prune(sd_event_source *s, uint64_t usec, void *data)
{
	int64_t after_ms = PRUNE_LATER_MS;
	struct daemon *d = data;
	struct err err;

	(void)s;
	(void)usec;
	if (!d->is_away && !is_sending(d) &&
		pruning_step(&d->pruning, d->store, clock_now(), &after_ms, &err) < 0)
		note_trouble(d, &err);
	return d->pruning.prune.is_on ? arm_timer(d, d->prune, clock_monotonic_ms() + after_ms) : 0;
}

static int on_change(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;
	int64_t version;
	struct err err;

	(void)s;
	(void)revents;
	db_watch_drain(fd);
	if (!look_at_database(d))
		return arm_tick(d);
	if (store_data_version(d->store, &version, &err) < 0) {
		log_warning("%s", err.msg);
		return 0;
	}
	if (want_seal(d) < 0)
		return -1;
	if (version == d->seen_version)
		return 0; /* it was our own commit */
	d->seen_version = version;
	if (is_restored(d)) {
		log_info("the database was restored");
		return take_up_database(d);
	}
	if (look_at_wal(d) < 0)
		return -1;
	pause_end(&d->pause); /* who has written holds no lock any more */
	do_chores(d);
	wake_links(d);
	wake_publishers(d, false);
	/* The first tick stays armed for now. */
	return d->time.last ? arm_tick(d) : 0;
}

static void close_peers(struct peer *peers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		disarm(&peers[i].waker);
		link_free(peers[i].link);
	}
	free(peers);
}

static int open_peers(struct daemon *d, struct err *err)
{
	static const struct link_hooks hooks = {
		.state = on_state, .refused = on_refused, .adopted = on_adopted
	};

	d->peers = xcalloc(d->conf->pbx_n, sizeof(*d->peers));
	d->peers_n = d->conf->pbx_n;
	for (size_t i = 0; i < d->peers_n; i++) {
		const struct conf_pbx *pbx = &d->conf->pbx[i];

		d->peers[i] = (struct peer){
			.waker = { .daemon = d, .step = step, .fd = -1 },
			.link = link_new(pbx, network_new(d->conf, pbx), d->store, &hooks, d),
		};
		link_watch(d->peers[i].link);
	}
	for (size_t i = 0; i < d->peers_n; i++) {
		if (arm_peer(&d->peers[i], err) < 0)
			return -1;
	}
	return 0;
}

static void on_phase(
	void *data, struct publisher *p, enum publisher_phase phase, const struct err *why)
{
	struct daemon *d = data;
	struct server *x = d->servers;

	if (why)
		log_warning("%s", why->msg);
	else
		log_info("presence server '%s' answers", publisher_conf(p)->name);
	while (x->publisher != p)
		x++;
	x->state = (struct publisher_state){ .since = clock_now() };
	text_copy(x->state.state, sizeof(x->state.state), publisher_phase_name(phase));
	snprintf(x->state.error, sizeof(x->state.error), "%.255s", why ? why->msg : "");
	x->is_written = false;
	record_states(d);
}

static void on_user_refused(void *data, struct publisher *p, const char *uri, const char *why)
{
	(void)data;
	log_warning("presence server '%s' refuses %s: %s", publisher_conf(p)->name, uri, why);
}

static void close_servers(struct daemon *d)
{
	for (size_t i = 0; i < d->servers_n; i++) {
		disarm(&d->servers[i].waker);
		publisher_free(d->servers[i].publisher);
	}
	free(d->servers);
	d->servers = NULL;
	d->servers_n = 0;
}

static int open_servers(struct daemon *d, struct err *err)
{
	static const struct publisher_hooks hooks = { .phase = on_phase,
		.refused = on_user_refused };

	d->servers = xcalloc(d->conf->publish_n, sizeof(*d->servers));
	d->servers_n = d->conf->publish_n;
	for (size_t i = 0; i < d->servers_n; i++) {
		const struct conf_publish *conf = &d->conf->publish[i];

		d->servers[i] = (struct server){
			.waker = { .daemon = d, .step = step_server, .fd = -1 },
			.publisher =
				publisher_new(conf, network_sip_new(conf), d->store, &hooks, d),
		};
	}
	for (size_t i = 0; i < d->servers_n; i++) {
		if (arm_server(&d->servers[i], err) < 0)
			return -1;
	}
	return 0;
}

static void close_all(struct daemon *d)
{
	close_peers(d->peers, d->peers_n);
	d->peers = NULL;
	d->peers_n = 0;
	close_servers(d);
	d->todo &= ~(unsigned)TODO_STATES;
}

/* Chores. */

/* What phones do is true as long as a link says so. A PBX may also have gone from the configuration. */
static int forget_activity(struct daemon *d, struct err *err)
{
	return store_activity_forget(d->store, NULL, err);
}

static int look_again(struct daemon *d, struct err *err)
{
	size_t n;

	return follow_look_again(d->store, clock_now(), &n, err);
}

static int compile_entries(struct daemon *d, struct err *err)
{
	prefix_set(&d->prefixes, d->conf, d->store);
	return entries_follow(d->store, &d->prefixes, err);
}

static int open_all(struct daemon *d, struct err *err)
{
	(void)err;
	if (open_peers(d, &d->fatal) < 0 || open_servers(d, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	tell_ready(d); /* without a PBX there is nothing to try first */
	return 0;
}

static void do_chores(struct daemon *d)
{
	static const struct {
		unsigned todo;
		int (*run)(struct daemon *d, struct err *err);
	} chores[] = {
		{ TODO_FORGET, forget_activity },
		{ TODO_ZONES, look_again },
		{ TODO_ENTRIES, compile_entries },
		{ TODO_OPEN, open_all },
		{ TODO_STATES, write_states },
		{ TODO_TICK, do_tick },
	};
	struct err err;

	if (d->is_away || !pause_is_over(&d->pause, clock_monotonic_ms()))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(chores); i++) {
		if (!(d->todo & chores[i].todo))
			continue;
		d->todo &= ~chores[i].todo;
		if (chores[i].run(d, &err) < 0) {
			do_later(d, chores[i].todo, &err);
			return;
		}
	}
	pause_end(&d->pause);
	note_no_trouble(d);
}

static int on_again(sd_event_source *s, uint64_t usec, void *data)
{
	(void)s;
	(void)usec;
	do_chores(data);
	return 0;
}

/* Take over the zones of a new configuration. A default zone counts for those without a zone of their own. */
static void change_zones(struct daemon *d, bool another_default, struct zonefiles *zones)
{
	follow_set_zones(d->store, zonefiles_zones(zones));
	zonefiles_free(d->zones);
	d->zones = d->time.zones = zones;
	if (another_default)
		d->todo |= TODO_ZONES;
}

/* Their files may say something else now. The tick finds out. */
static void change_countries(struct daemon *d, const struct conf *conf)
{
	struct countryfiles *countries = countryfiles_new(conf->holidays);

	follow_set_countries(d->store, countryfiles_countries(countries));
	countryfiles_free(d->countries);
	d->countries = countries;
	d->time.countries = countries;
	d->time.knows_countries = false;
	d->todo |= TODO_TICK;
}

/* SIGHUP: take the new configuration as a whole, or keep the old one as a whole. The database stays, because the lock is beside
 * it. */
static int on_hup(sd_event_source *s, const struct signalfd_siginfo *info, void *data)
{
	struct daemon *d = data;
	_cleanup_(conf_freep) struct conf *conf = NULL;
	_cleanup_(zonefiles_freep) struct zonefiles *zones = NULL;
	struct err err;

	(void)s;
	(void)info;
	sd_notifyf(
		false, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_monotonic_ms() * 1000);
	if (!look_at_database(d)) {
		log_error("not reloaded: there is no database");
	} else if (conf_load(d->options->conf_path, &conf, &err) < 0 ||
		check_zones(conf, &zones, &err) < 0) {
		log_error("not reloaded: %s", err.msg);
	} else {
		if (!d->options->db_path && strcmp(conf->database, d->conf->database) != 0)
			log_warning(
				"a new database needs a restart; '%s' stays", d->conf->database);
		close_all(d);
		change_countries(d, conf);
		change_zones(d, strcmp(conf->zone, d->conf->zone) != 0, TAKE_PTR(zones));
		conf_free(d->conf);
		d->conf = TAKE_PTR(conf);
		log_set_level(d->conf->log_level);
		log_info("configuration reloaded");
		d->todo |= TODO_BEGIN;
		do_chores(d);
	}
	sd_notify(false, "READY=1");
	return 0;
}

static int on_late(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;

	(void)s;
	(void)usec;
	d->late = true;
	tell_ready(d);
	return 0;
}

static int add_sources(struct daemon *d, int clock_fd, struct err *err)
{
	sd_event *e = d->event;

	if (check_r(sd_event_add_signal(e, NULL, SIGTERM, NULL, NULL), "SIGTERM", err) < 0 ||
		check_r(sd_event_add_signal(e, NULL, SIGINT, NULL, NULL), "SIGINT", err) < 0 ||
		check_r(sd_event_add_signal(e, NULL, SIGHUP, on_hup, d), "SIGHUP", err) < 0 ||
		check_r(sd_event_add_io(e, NULL, d->watch_fd, EPOLLIN, on_change, d), "inotify",
			err) < 0 ||
		check_r(sd_event_add_io(e, &d->step_clock, clock_fd, EPOLLIN, on_step_clock, d),
			"timerfd", err) < 0 ||
		check_r(sd_event_add_time(e, &d->tick, CLOCK_REALTIME,
				(uint64_t)clock_now() * 1000000, 1000, on_tick, d),
			"timer", err) < 0 ||
		check_r(sd_event_add_time_relative(e, &d->seal, CLOCK_MONOTONIC, SEAL_MS * 1000,
				SEAL_MS * 100, on_seal, d),
			"timer", err) < 0 ||
		check_r(sd_event_source_set_priority(d->seal, SD_EVENT_PRIORITY_IDLE), "timer",
			err) < 0 ||
		check_r(sd_event_add_time_relative(
				e, NULL, CLOCK_MONOTONIC, FIRST_PUSH_MS * 1000, 0, on_late, d),
			"timer", err) < 0 ||
		check_r(sd_event_add_time(
				e, &d->again, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_again, d),
			"timer", err) < 0 ||
		check_r(sd_event_add_time(
				e, &d->empty, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_empty, d),
			"timer", err) < 0 ||
		check_r(sd_event_source_set_priority(d->empty, SD_EVENT_PRIORITY_IDLE), "timer",
			err) < 0 ||
		check_r(sd_event_add_time(
				e, &d->prune, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_prune, d),
			"timer", err) < 0 ||
		check_r(sd_event_source_set_priority(d->prune, SD_EVENT_PRIORITY_IDLE), "timer",
			err) < 0)
		return -1;
	return check_r(sd_event_set_watchdog(e, true), "watchdog", err);
}

static int loop(struct daemon *d, struct err *err)
{
	_cleanup_(closep) int clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	int r;

	if (clock_fd < 0)
		return err_sys(err, "timerfd_create");
	if (arm_step_clock(clock_fd, err) < 0 || add_sources(d, clock_fd, err) < 0 ||
		follow_restored_get(d->store, d->restored, err) < 0)
		return -1;
	d->unsealed_ms = clock_monotonic_ms();
	d->todo = TODO_BEGIN;
	do_chores(d);
	r = sd_event_loop(d->event);
	sd_notify(false, "STOPPING=1");
	if (*d->fatal.msg) {
		*err = d->fatal;
		return -1;
	}
	return check_r(r, "sd_event_loop", err);
}

/* Write "down" for each PBX: no states of ours may stay in the database when we are gone. If it is locked, they do: presencectl knows
 * that we do not run, and our next run writes what is true. */
static void forget_states(struct daemon *d)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	const struct pbx_state down = {
		.state = "down", .error = "presenced was stopped", .since = clock_now()
	};
	struct err err;

	if (store_begin(d->store, &err) < 0)
		return;
	tx = d->store;
	for (size_t i = 0; i < d->conf->pbx_n; i++) {
		if (store_pbx_set(tx, d->conf->pbx[i].name, &down, &err) < 0)
			return;
	}
	if (store_commit(TAKE_PTR(tx), &err) < 0)
		return;
	(void)!store_activity_forget(d->store, NULL, &err);
}

/* What has come last. Whoever stops presenced does not wait for more than that: the rest is sealed when it runs again. */
static void seal_last(struct daemon *d)
{
	bool more = d->unsealed_ms != 0;
	struct err err;

	for (int i = 0; more && i < LAST_SEALS; i++) {
		if (sealing_step(d->store, clock_now(), &more, &err) < 0) {
			log_warning("log: %s", err.msg);
			return;
		}
	}
}

int daemon_run(const struct daemon_options *o, struct conf *conf, struct zonefiles *zones,
	struct store *store, struct err *err)
{
	struct daemon d = {
		.options = o,
		.conf = conf,
		.zones = zones,
		.store = store,
		.feeds = feeds_new(store, o->conf_path),
		.time = { .store = store, .zones = zones },
		.watch_fd = -1,
		.seen_version = -1,
		.ready = o->is_ready,
	};
	int r = -1;

	change_countries(&d, conf);

	if (db_watch(store_path(store), &d.watch_fd, err) == 0 &&
		check_r(sd_event_default(&d.event), "sd_event_default", err) == 0)
		r = loop(&d, err);
	seal_last(&d);
	sd_event_source_disable_unref(d.feeds_child);
	feeds_free(d.feeds);
	store_set_wait(store, LAST_MS);
	forget_states(&d);
	store_set_wait(store, 0);
	close_all(&d);
	sd_event_source_unref(d.tick);
	sd_event_source_unref(d.again);
	sd_event_source_unref(d.empty);
	sd_event_source_unref(d.prune);
	sd_event_source_unref(d.step_clock);
	sd_event_source_unref(d.seal);
	sd_event_unref(d.event);
	closep(&d.watch_fd);
	conf_free(d.conf);
	zonefiles_free(d.zones);
	countryfiles_free(d.countries);
	return r;
}
