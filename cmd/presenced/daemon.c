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
#include "cmd/presenced/feeds.h"
#include "cmd/presenced/log.h"
#include "cmd/presenced/tick.h"
#include "lib/binding/clock.h"
#include "lib/binding/db.h"
#include "lib/store/activity.h"
#include "lib/store/user.h"
#include "lib/follow/follow.h"
#include "lib/follow/resolve.h"
#include "lib/store/item.h"
#include "lib/store/log.h"
#include "lib/store/pbx.h"
#include "lib/store/presence.h"

enum {
	MINUTE = 60,
	PRUNE_S = 86400,
	FIRST_PUSH_MS = 10000 /* READY=1 is sent after so long at the latest */
};

struct daemon;

/* The link to a PBX, and its sources on the loop. */
struct peer {
	struct daemon *daemon;
	struct link *link;
	sd_event_source *io, *timer;
	int fd;     /* `io` watches it */
	bool tried; /* since the start the link was in step or has failed */
};

struct daemon {
	const struct daemon_options *options;
	struct conf *conf;
	struct zonefiles *zones;
	struct store *store;
	struct prefixes prefixes; /* of the configuration, once it was reloaded */
	struct feeds *feeds;
	struct tick time;
	sd_event *event;
	sd_event_source *tick, *step_clock, *feeds_child;
	int watch_fd;
	size_t peers_n;
	struct peer *peers;
	int64_t seen_version; /* the data_version at which the links looked last */
	int64_t last_prune;
	int64_t users, users_version; /* how many users there were, and at which data_version */
	bool ready;
	struct err fatal;
};

static int check_r(int r, const char *what, struct err *err)
{
	if (r >= 0)
		return 0;
	errno = -r;
	return err_sys(err, "%s", what);
}

static void tell_status(struct daemon *d)
{
	char pbxs[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < d->peers_n && n < sizeof(pbxs); i++)
		n += (size_t)snprintf(pbxs + n, sizeof(pbxs) - n, ", %s %s",
			link_pbx(d->peers[i].link)->name,
			link_state_name(link_state(d->peers[i].link)));
	sd_notifyf(false, "STATUS=%lld users%s; last tick %lld", (long long)d->users, pbxs,
		(long long)d->time.last);
}

static void tell_ready(struct daemon *d)
{
	if (d->ready)
		return;
	for (size_t i = 0; i < d->peers_n; i++) {
		if (!d->peers[i].tried)
			return;
	}
	d->ready = true;
	sd_notify(false, "READY=1");
	log_info("ready: %lld users on %zu PBX%s", (long long)d->users, d->peers_n,
		d->peers_n == 1 ? "" : "s");
}

/* Write the state of a PBX to the database, where presencectl reads it. */
static void record_state(struct daemon *d, struct link *l, const char *error)
{
	struct pbx_state state = { .since = clock_now() };
	struct err err;

	snprintf(state.state, sizeof(state.state), "%s", link_state_name(link_state(l)));
	snprintf(state.error, sizeof(state.error), "%s", error);
	snprintf(state.version, sizeof(state.version), "%s", link_version(l));
	if (store_begin(d->store, &err) < 0 ||
		store_pbx_set(d->store, link_pbx(l)->name, &state, &err) < 0 ||
		store_commit(d->store, &err) < 0) {
		log_warning("%s", err.msg);
		store_rollback(d->store);
	}
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

static void on_adopted(void *data, struct link *l, const char *extension)
{
	(void)data;
	log_info("PBX '%s': extension %s was switched there", link_pbx(l)->name, extension);
}

static int on_io(sd_event_source *s, int fd, uint32_t revents, void *data);
static int on_deadline(sd_event_source *s, uint64_t usec, void *data);

/* Make the sources watch what the link waits for now. */
static int arm(struct peer *p, struct err *err)
{
	int fd = link_fd(p->link);
	int64_t now = clock_monotonic_ms(), due = link_deadline(p->link);
	int64_t deadline = due < now ? now : due;
	uint64_t usec = deadline == INT64_MAX ? UINT64_MAX : (uint64_t)deadline * 1000;
	short events = link_events(p->link);
	uint32_t mask =
		(uint32_t)((events & POLLIN ? EPOLLIN : 0) | (events & POLLOUT ? EPOLLOUT : 0));

	if (fd != p->fd || fd < 0) {
		p->io = sd_event_source_disable_unref(p->io);
		p->fd = fd;
	}
	if (fd >= 0 && !p->io) {
		if (check_r(sd_event_add_io(p->daemon->event, &p->io, fd, mask, on_io, p),
			    "sd_event_add_io", err) < 0)
			return -1;
	} else if (fd >= 0 &&
		check_r(sd_event_source_set_io_events(p->io, mask), "sd_event", err) < 0) {
		return -1;
	}
	if (!p->timer)
		return check_r(sd_event_add_time(p->daemon->event, &p->timer, CLOCK_MONOTONIC, usec,
				       1000, on_deadline, p),
			"sd_event_add_time", err);
	if (check_r(sd_event_source_set_time(p->timer, usec), "sd_event", err) < 0)
		return -1;
	return check_r(sd_event_source_set_enabled(p->timer, SD_EVENT_ONESHOT), "sd_event", err);
}

static int step(struct peer *p)
{
	struct daemon *d = p->daemon;
	const struct moment now = { clock_monotonic_ms(), clock_now() };
	struct err err;

	/* The link may close its descriptor in here: arm() looks for a new one. */
	if (link_step(p->link, now, &err) < 0)
		log_warning("%s", err.msg);
	if (!p->tried && (link_in_step(p->link) || link_failures(p->link))) {
		p->tried = true;
		tell_ready(d);
	}
	if (arm(p, &d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

static int on_io(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	(void)s;
	(void)fd;
	(void)revents;
	return step(data);
}

static int on_deadline(sd_event_source *s, uint64_t usec, void *data)
{
	(void)s;
	(void)usec;
	return step(data);
}

/* Make every link look for differences. */
static void wake_links(struct daemon *d)
{
	for (size_t i = 0; i < d->peers_n; i++) {
		link_wake(d->peers[i].link);
		step(&d->peers[i]);
	}
}

/* Prune the log once a day. On all other minutes nothing is written for it. */
static int prune(struct daemon *d, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (now - d->last_prune < PRUNE_S && now >= d->last_prune)
		return 0;
	d->last_prune = now;
	if (store_begin(d->store, err) < 0)
		return -1;
	tx = d->store;
	if (store_log_prune(tx, now - d->conf->log_days * PRUNE_S, err) < 0)
		return -1;
	return store_commit(tx, err);
}

/* Count the users, but only if the database has changed: it takes a walk over all of them. */
static int count_users(struct daemon *d, struct err *err)
{
	int64_t version;

	if (store_data_version(d->store, &version, err) < 0)
		return -1;
	if (version == d->users_version)
		return 0;
	d->users_version = version;
	return store_user_count(d->store, &d->users, err);
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

static void tick(struct daemon *d, int64_t now)
{
	struct err err;
	size_t n = 0;

	if (store_set_durable(d->store, true, &err) < 0 || tick_run(&d->time, now, &n, &err) < 0 ||
		count_users(d, &err) < 0 || prune(d, now, &err) < 0 || retry_refused(d, &err) < 0 ||
		ask_feeds(d, now, &err) < 0)
		log_warning("tick: %s", err.msg);
	/* Until the next tick only confirmations are written. These need not be durable. */
	if (store_set_durable(d->store, false, &err) < 0)
		log_warning("%s", err.msg);
	if (n)
		log_info("%zu user%s changed by time", n, n == 1 ? "" : "s");
	wake_links(d);
	tell_status(d);
}

/* Set the timer to the next minute of the wall clock, or to the next change if that is earlier. */
static int arm_tick(struct daemon *d)
{
	int64_t now = clock_now(), at = now - now % MINUTE + MINUTE, due;
	struct err err;

	if (now < d->time.last)
		at = now; /* the clock was set back, and no step was told, as inside a container */
	else if (store_next_change(d->store, &due, &err) < 0)
		log_warning("%s", err.msg);
	else if (due < at)
		at = due > now ? due : now + 1; /* a tick has failed: try again after a second */
	if (check_r(sd_event_source_set_time(d->tick, (uint64_t)at * 1000000), "sd_event",
		    &d->fatal) < 0 ||
		check_r(sd_event_source_set_enabled(d->tick, SD_EVENT_ONESHOT), "sd_event",
			&d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
}

static int on_tick(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;

	(void)s;
	(void)usec;
	tick(d, clock_now());
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
	tick(d, clock_now());
	return arm_tick(d);
}

static int on_change(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;
	int64_t version;
	struct err err;

	(void)s;
	(void)revents;
	db_watch_drain(fd);
	if (store_data_version(d->store, &version, &err) < 0) {
		log_warning("%s", err.msg);
		return 0;
	}
	if (version == d->seen_version)
		return 0; /* it was our own commit */
	d->seen_version = version;
	wake_links(d);
	/* The first tick stays armed for now. */
	return d->time.last ? arm_tick(d) : 0;
}

/* What phones do is true as long as a link says so. A PBX may also have gone from the configuration. */
static void forget_activity(struct daemon *d)
{
	struct err err;

	if (store_activity_forget(d->store, NULL, &err) < 0)
		log_warning("%s", err.msg);
}

static void close_peers(struct peer *peers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sd_event_source_disable_unref(peers[i].io);
		sd_event_source_disable_unref(peers[i].timer);
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
			.daemon = d,
			.link = link_new(pbx, network_new(d->conf, pbx), d->store, &hooks, d),
			.fd = -1,
		};
		link_watch_phones(d->peers[i].link);
	}
	for (size_t i = 0; i < d->peers_n; i++) {
		if (arm(&d->peers[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Take over the zones of a new configuration. If its default zone is another, look again at all users: it counts for those without
 * a zone of their own. */
static void change_zones(struct daemon *d, bool another_default, struct zonefiles *zones)
{
	struct err err;
	size_t n;

	follow_set_zones(d->store, zonefiles_zones(zones));
	zonefiles_free(d->zones);
	d->zones = d->time.zones = zones;
	if (another_default && follow_look_again(d->store, clock_now(), &n, &err) < 0)
		log_warning("%s", err.msg);
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
	if (conf_load(d->options->conf_path, &conf, &err) < 0 ||
		check_zones(conf, &zones, &err) < 0) {
		log_error("not reloaded: %s", err.msg);
	} else {
		if (!d->options->db_path && strcmp(conf->database, d->conf->database) != 0)
			log_warning(
				"a new database needs a restart; '%s' stays", d->conf->database);
		close_peers(d->peers, d->peers_n);
		forget_activity(d);
		change_zones(d, strcmp(conf->zone, d->conf->zone) != 0, TAKE_PTR(zones));
		conf_free(d->conf);
		d->conf = TAKE_PTR(conf);
		prefix_set(&d->prefixes, d->conf, d->store);
		if (entries_follow(d->store, &d->prefixes, &err) < 0)
			log_warning("%s", err.msg);
		log_set_level(d->conf->log_level);
		if (open_peers(d, &d->fatal) < 0)
			return sd_event_exit(d->event, -1);
		log_info("configuration reloaded");
	}
	sd_notify(false, "READY=1");
	return 0;
}

static int on_late(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;

	(void)s;
	(void)usec;
	for (size_t i = 0; i < d->peers_n; i++)
		d->peers[i].tried = true;
	tell_ready(d);
	return 0;
}

static int block_signals(struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? err_sys(err, "sigprocmask") : 0;
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
		check_r(sd_event_add_time_relative(
				e, NULL, CLOCK_MONOTONIC, FIRST_PUSH_MS * 1000, 0, on_late, d),
			"timer", err) < 0)
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
		open_peers(d, err) < 0)
		return -1;
	tell_ready(d); /* without a PBX there is nothing to try first */
	r = sd_event_loop(d->event);
	sd_notify(false, "STOPPING=1");
	if (*d->fatal.msg) {
		*err = d->fatal;
		return -1;
	}
	return check_r(r, "sd_event_loop", err);
}

/* Write "down" for each PBX: no states of ours may stay in the database when we are gone. */
static void forget_states(struct daemon *d)
{
	struct err err;

	forget_activity(d);
	for (size_t i = 0; i < d->conf->pbx_n; i++) {
		struct pbx_state state = {
			.state = "down", .error = "presenced was stopped", .since = clock_now()
		};

		if (store_begin(d->store, &err) < 0 ||
			store_pbx_set(d->store, d->conf->pbx[i].name, &state, &err) < 0 ||
			store_commit(d->store, &err) < 0)
			store_rollback(d->store);
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
	};
	int r = -1;

	if (block_signals(err) == 0 && db_watch(store_path(store), &d.watch_fd, err) == 0 &&
		check_r(sd_event_default(&d.event), "sd_event_default", err) == 0)
		r = loop(&d, err);
	sd_event_source_disable_unref(d.feeds_child);
	feeds_free(d.feeds);
	close_peers(d.peers, d.peers_n);
	forget_states(&d);
	sd_event_source_unref(d.tick);
	sd_event_source_unref(d.step_clock);
	sd_event_unref(d.event);
	closep(&d.watch_fd);
	conf_free(d.conf);
	zonefiles_free(d.zones);
	return r;
}
