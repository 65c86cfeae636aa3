/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/inside.h"

#include <errno.h>
#include <poll.h>

#include "lib/binding/clock.h"

int check_r(int r, const char *what, struct err *err)
{
	if (r >= 0)
		return 0;
	errno = -r;
	return err_sys(err, "%s", what);
}

int waker_arm_timer(struct daemon *d, sd_event_source *timer, int64_t at_ms)
{
	if (check_r(sd_event_source_set_time(timer, (uint64_t)at_ms * 1000), "sd_event",
		    &d->fatal) < 0 ||
		check_r(sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT), "sd_event",
			&d->fatal) < 0)
		return sd_event_exit(d->event, -1);
	return 0;
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
int waker_arm(struct waker *w, int fd, short events, int64_t due, struct err *err)
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

void waker_disarm(struct waker *w)
{
	w->io = sd_event_source_disable_unref(w->io);
	w->timer = sd_event_source_disable_unref(w->timer);
}
