/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <signal.h>
#include <string.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "cmd/presenced/log.h"
#include "cmd/presenced/sealing.h"
#include "lib/binding/clock.h"
#include "lib/binding/countryfile.h"
#include "lib/binding/db.h"
#include "lib/follow/check.h"
#include "lib/follow/follow.h"

enum {
	SEAL_MS = 1000, /* after a change, when it is quiet */
	SEAL_LATEST_MS = 5000,
	LAST_SEALS = 8,
	SEAL_BUSY_MS = 60000, /* so long a link that is sending comes first */
	PRUNE_LATER_MS = 1000,
	FIRST_PUSH_MS = 10000, /* READY=1 is sent after so long at the latest */
	LAST_MS = 300,         /* for the last words to a locked database */
};

/* There may be new records. They are sealed when it is quiet: at one go, and in nobody's way. */
static int want_seal(struct daemon *d)
{
	int64_t now = clock_monotonic_ms(), at = now + SEAL_MS;

	if (!d->unsealed_ms)
		d->unsealed_ms = now;
	return waker_arm_timer(d, d->seal,
		at < d->unsealed_ms + SEAL_LATEST_MS ? at : d->unsealed_ms + SEAL_LATEST_MS);
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
	if (peers_are_sending(d) && now - d->unsealed_ms < SEAL_BUSY_MS)
		return waker_arm_timer(d, d->seal, now + SEAL_MS);
	if (sealing_step(d->store, clock_now(), &more, &err) < 0) {
		chores_trouble(d, &err);
		return waker_arm_timer(d, d->seal, now + SEAL_LATEST_MS);
	}
	if (more)
		return waker_arm_timer(d, d->seal, now);
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
	if (!d->is_away && !peers_are_sending(d) &&
		pruning_step(&d->pruning, d->store, clock_now(), &after_ms, &err) < 0)
		chores_trouble(d, &err);
	return d->pruning.prune.is_on
		? waker_arm_timer(d, d->prune, clock_monotonic_ms() + after_ms)
		: 0;
}

static int on_change(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;
	int64_t version;
	struct err err;

	(void)s;
	(void)revents;
	db_watch_drain(fd);
	if (!database_look(d))
		return minute_arm(d);
	if (store_data_version(d->store, &version, &err) < 0) {
		log_warning("%s", err.msg);
		return 0;
	}
	if (want_seal(d) < 0)
		return -1;
	if (version == d->seen_version)
		return 0; /* it was our own commit */
	d->seen_version = version;
	if (database_is_restored(d)) {
		log_info("the database was restored");
		return database_take_up(d);
	}
	if (database_look_at_wal(d) < 0)
		return -1;
	pause_end(&d->pause); /* who has written holds no lock any more */
	chores_do(d);
	peers_wake(d);
	servers_wake(d, false);
	/* The first tick stays armed for now. */
	return d->time.last ? minute_arm(d) : 0;
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
	if (!database_look(d)) {
		log_error("not reloaded: there is no database");
	} else if (conf_load(d->options->conf_path, &conf, &err) < 0 ||
		check_zones(conf, &zones, &err) < 0) {
		log_error("not reloaded: %s", err.msg);
	} else {
		if (!d->options->db_path && strcmp(conf->database, d->conf->database) != 0)
			log_warning(
				"a new database needs a restart; '%s' stays", d->conf->database);
		chores_close_all(d);
		change_countries(d, conf);
		change_zones(d, strcmp(conf->zone, d->conf->zone) != 0, TAKE_PTR(zones));
		conf_free(d->conf);
		d->conf = TAKE_PTR(conf);
		log_set_level(d->conf->log_level);
		log_info("configuration reloaded");
		d->todo |= TODO_BEGIN;
		chores_do(d);
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
	states_tell_ready(d);
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
		check_r(sd_event_add_io(
				e, &d->step_clock, clock_fd, EPOLLIN, minute_on_step_clock, d),
			"timerfd", err) < 0 ||
		check_r(sd_event_add_time(e, &d->tick, CLOCK_REALTIME,
				(uint64_t)clock_now() * 1000000, 1000, minute_on_tick, d),
			"timer", err) < 0 ||
		check_r(sd_event_add_time_relative(e, &d->seal, CLOCK_MONOTONIC, SEAL_MS * 1000,
				SEAL_MS * 100, on_seal, d),
			"timer", err) < 0 ||
		check_r(sd_event_source_set_priority(d->seal, SD_EVENT_PRIORITY_IDLE), "timer",
			err) < 0 ||
		check_r(sd_event_add_time_relative(
				e, NULL, CLOCK_MONOTONIC, FIRST_PUSH_MS * 1000, 0, on_late, d),
			"timer", err) < 0 ||
		check_r(sd_event_add_time(e, &d->again, CLOCK_MONOTONIC, UINT64_MAX, 1000,
				chores_on_again, d),
			"timer", err) < 0 ||
		check_r(sd_event_add_time(e, &d->empty, CLOCK_MONOTONIC, UINT64_MAX, 1000,
				database_on_empty, d),
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
	if (minute_arm_step_clock(clock_fd, err) < 0 || add_sources(d, clock_fd, err) < 0 ||
		follow_restored_get(d->store, d->restored, err) < 0)
		return -1;
	d->unsealed_ms = clock_monotonic_ms();
	d->todo = TODO_BEGIN;
	chores_do(d);
	r = sd_event_loop(d->event);
	sd_notify(false, "STOPPING=1");
	if (*d->fatal.msg) {
		*err = d->fatal;
		return -1;
	}
	return check_r(r, "sd_event_loop", err);
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
	states_forget(&d);
	store_set_wait(store, 0);
	chores_close_all(&d);
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
