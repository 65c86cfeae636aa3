/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/presenced/log.h"
#include "lib/binding/clock.h"
#include "lib/store/item.h"
#include "lib/store/presence.h"
#include "lib/store/user.h"

enum {
	TICK_REST_US = 100000, /* between two slices of a tick: others write then */
	MINUTE = 60,
};

/* Prune the log, once a day and at the start, when nothing else is to be done. */
static int begin_pruning(struct daemon *d, int64_t now, struct err *err)
{
	if (pruning_begin(&d->pruning, d->store, now, d->conf->log_days, err) < 0)
		return -1;
	return d->pruning.prune.is_on ? waker_arm_timer(d, d->prune, clock_monotonic_ms()) : 0;
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

int minute_arm_at(struct daemon *d, int64_t at)
{
	return arm_tick_us(d, at * 1000000);
}

/* Set the timer to the next minute of the wall clock, or to the next change if that is earlier. */
int minute_arm(struct daemon *d)
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
	return minute_arm_at(d, at) < 0 ? sd_event_exit(d->event, -1) : 0;
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

int minute_do(struct daemon *d, struct err *err)
{
	size_t n;

	if (run_tick(d, clock_now(), err) < 0)
		return -1;
	n = d->changed;
	d->changed = 0;
	if (n)
		log_info("%zu user%s changed by time", n, n == 1 ? "" : "s");
	peers_wake(d);
	servers_wake(d, n || d->time.looked_again);
	states_tell(d);
	return database_look_at_wal(d) < 0 ? -1 : minute_arm(d);
}

static void tick(struct daemon *d)
{
	if (!database_look(d))
		return;
	d->todo |= TODO_TICK;
	chores_do(d);
}

int minute_on_tick(sd_event_source *s, uint64_t usec, void *data)
{
	struct daemon *d = data;

	(void)s;
	(void)usec;
	tick(d);
	return minute_arm(d);
}

/* Arm a timer that never expires, but that the kernel cancels when the clock is stepped. */
int minute_arm_step_clock(int fd, struct err *err)
{
	struct itimerspec never = { .it_value.tv_sec = INT32_MAX };

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0)
		return err_sys(err, "timerfd_settime");
	return 0;
}

int minute_on_step_clock(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;
	uint64_t count;
	struct err err;

	(void)s;
	(void)revents;
	(void)!read(fd, &count, sizeof(count));
	if (minute_arm_step_clock(fd, &err) < 0)
		log_warning("%s", err.msg);
	log_info("the clock was stepped");
	tick(d);
	return minute_arm(d);
}
