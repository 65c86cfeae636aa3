/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.h - which devices of a user ring, and when. */
#ifndef RING_H
#define RING_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/presence/model.h"

enum { RING_END_MAX_S = 300, RING_WINDOWS_MAX = DEVICES_MAX };

enum ring_kind { RING_ALL, RING_NONE, RING_WINDOWS, RING_STEPS };

/* A device rings from second `from_s` to second `to_s` of the call. */
struct window {
	char device[NAME_MAX_LEN + 1]; /* or DEVICE_MOBILE */
	int from_s,
		to_s; /* of RING_STEPS: as ring_place() has put it. If they are equal, it does not ring. */
	/* Of RING_STEPS: the number of the step, from 0, and how long it lasts; 0: as long as ring.timeout. */
	int step, seconds;
};

struct ring {
	enum ring_kind kind;
	size_t n; /* at least 1 for RING_WINDOWS and RING_STEPS, else 0 */
	/* In the order typed. Windows of the same device do not overlap. */
	struct window windows[RING_WINDOWS_MAX];
};

/* Read what an administrator types:
 *   all   none   desk 0-20, mobile 10-30   desk app 0-20
 *   first desk app, then mobile            each step lasts as long as ring.timeout
 *   first desk app 15, then mobile 30      or as many seconds as it says
 * ERR_USAGE names the window. */
int ring_parse(const char *text, struct ring *ret, struct err *err) MUST_CHECK;
/* Append the canonical text, "desk 0-20, app 0-20" or "first desk app, then mobile 30": parse -> print -> parse is stable. */
void ring_print(const struct ring *r, struct strbuf *to);

/* Put the windows of RING_STEPS where they belong if ring.timeout is `step_s`. What is behind RING_END_MAX_S does not ring. Returns
 * when the last step ends; 0 for all others. */
int ring_place(struct ring *r, int step_s);

/* Add a window. ERR_USAGE if it is no window, if it overlaps another window of the device, or if there are too many. */
int ring_add(struct ring *r, const char *device, int from_s, int to_s, struct err *err) MUST_CHECK;

#endif
