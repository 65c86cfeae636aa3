/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - reads the time of day. No other file does. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_now(void);          /* UTC seconds */
int64_t clock_now_us(void);       /* UTC microseconds */
int64_t clock_monotonic_ms(void); /* milliseconds; a step of the clock does not change them */
/* Whether the kernel says that somebody, such as an NTP client, keeps the clock right. -1: it does not say. */
int clock_is_synchronised(void);

#endif
