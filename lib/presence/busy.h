/* SPDX-License-Identifier: GPL-3.0-or-later */
/* busy.h - which appointment counts at an instant, where several overlap. */
#ifndef BUSY_H
#define BUSY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/calendar/calendar.h"

/* An event of a personal calendar that makes its owner busy, with lead and lag. */
struct appointment {
	int64_t start, end; /* UTC seconds, half-open */
	int64_t mode_id;
	enum event_kind kind; /* EVENT_OOF wins over others at the same time */
	const char *summary;  /* lent, may be "" */
	const char *calendar; /* lent: the name of the calendar */
};

/* A stretch of time in which one appointment counts. */
struct busy_time {
	int64_t start, end;
	const struct appointment *appointment; /* lent */
};

/* Sorted, without overlaps. Zero-initialize. */
struct busy_times {
	struct busy_time *list;
	size_t n, cap;
};
void busy_times_done(struct busy_times *b);

/* Add the stretches of appointments, which are sorted by start. Of several at the same time an out-of-office one wins, else the one
 * that began last. The work grows with their number, however many of them overlap. */
void busy_times_of(const struct appointment *list, size_t n, struct busy_times *ret);

/* The appointment that counts at `at`, or NULL. Lowers *next to the first instant after `at` at which another one counts. */
const struct appointment *busy_at(const struct busy_times *b, int64_t at, int64_t *next);

#endif
