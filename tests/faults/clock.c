/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - a shim for LD_PRELOAD: the wall clock is ahead or behind by as many seconds as FAULTS_CLOCK says.
 *
 * That file holds one int64_t. It may change at any time: then the clock is stepped, as by settimeofday(). Timers of the wall clock
 * move with it, and those that the kernel cancels when the clock is stepped become readable. CLOCK_MONOTONIC stays as it is. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	FDS = 1024,
	LOOK_US = 2000, /* between two looks at the file */
};

static const volatile int64_t *ahead; /* seconds; NULL: as it is */
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_settime)(int, int, const struct itimerspec *, struct itimerspec *);
static int (*real_create)(int, int);

/* What each descriptor is, if it is a timer of the wall clock. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct timer {
	bool is;
	int flags;
	struct itimerspec set; /* as the program said it */
} timers[FDS];

static int64_t offset(void)
{
	return ahead ? *ahead : 0;
}

static int settime(int fd, const struct timer *t)
{
	struct itimerspec set = t->set;

	if (t->flags & TFD_TIMER_ABSTIME && (set.it_value.tv_sec || set.it_value.tv_nsec)) {
		set.it_value.tv_sec -= offset();
		if (set.it_value.tv_sec < 0)
			set.it_value = (struct timespec){ .tv_nsec = 1 };
	}
	return real_settime(fd, t->flags, &set, NULL);
}

static void *watch(void *data)
{
	int64_t seen = offset();

	(void)data;
	for (;;) {
		usleep(LOOK_US);
		if (offset() == seen)
			continue;
		seen = offset();
		pthread_mutex_lock(&mutex);
		for (int fd = 0; fd < FDS; fd++) {
			const struct itimerspec at_once = { .it_value.tv_nsec = 1 };

			if (!timers[fd].is)
				continue;
			if (timers[fd].flags & TFD_TIMER_CANCEL_ON_SET)
				real_settime(fd, 0, &at_once, NULL);
			else
				settime(fd, &timers[fd]);
		}
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULTS_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);

	real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	real_settime = dlsym(RTLD_NEXT, "timerfd_settime");
	real_create = dlsym(RTLD_NEXT, "timerfd_create");
	if (fd >= 0)
		close(fd);
	if (at != MAP_FAILED)
		ahead = at;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	int r;

	if (!real_gettime) /* another library's constructor came first */
		begin();
	r = real_gettime(id, ret);
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		ret->tv_sec += offset();
	return r;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*ret = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return 0;
}

time_t time(time_t *ret)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

int timerfd_create(int clock, int flags)
{
	static bool begun;
	int fd = real_create(clock, flags);
	pthread_t thread;

	if (fd < 0 || fd >= FDS || !ahead)
		return fd;
	pthread_mutex_lock(&mutex);
	timers[fd] = (struct timer){ .is = clock == CLOCK_REALTIME };
	if (!begun)
		begun = pthread_create(&thread, NULL, watch, NULL) == 0;
	pthread_mutex_unlock(&mutex);
	return fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *set, struct itimerspec *old)
{
	int r;

	if (fd < 0 || fd >= FDS || !timers[fd].is)
		return real_settime(fd, flags, set, old);
	pthread_mutex_lock(&mutex);
	timers[fd].flags = flags;
	timers[fd].set = *set;
	r = settime(fd, &timers[fd]);
	pthread_mutex_unlock(&mutex);
	return r;
}
