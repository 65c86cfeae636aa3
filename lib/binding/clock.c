/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/clock.h"

#include <sys/timex.h>
#include <time.h>

static struct timespec get(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts;
}

int64_t clock_now(void)
{
	return get(CLOCK_REALTIME).tv_sec;
}

int64_t clock_now_us(void)
{
	struct timespec ts = get(CLOCK_REALTIME);

	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec ts = get(CLOCK_MONOTONIC);

	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int clock_is_synchronised(void)
{
	struct timex t = { 0 };
	int state = adjtimex(&t);

	return state < 0 ? -1 : state != TIME_ERROR && !(t.status & STA_UNSYNC);
}
