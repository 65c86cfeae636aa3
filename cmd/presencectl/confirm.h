/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confirm.h - wait until the PBX knows of a switch, and say so. */
#ifndef CONFIRM_H
#define CONFIRM_H

#include "cmd/presencectl/ctl.h"

enum { CONFIRM_MS = 2000 };

struct confirm {
	int fd;           /* watches the database */
	int64_t began_us; /* when the switch was committed */
};

/* Begin before the commit: no confirmation is missed then. */
int confirm_begin(struct ctl *ctl, struct confirm *c, struct err *err) MUST_CHECK;
void confirm_done(struct confirm *c);

#define CONFIRM_OPTS                                                                               \
	{ "expect", "N", ARG_NUMBER, "change nothing unless exactly N users are meant", 0 },       \
	{                                                                                          \
		"no-wait", NULL, ARG_TEXT, "do not wait until the PBX knows", 0                    \
	}

/* After the commit: wait until the PBX has everything of these users, or refuses it. ERR_PENDING if presenced or the PBX is away. */
int confirm_wait(struct ctl *ctl, struct confirm *c, const struct ids *who, double *ret_ms,
	struct err *err) MUST_CHECK;

/* Commit, and wait until the PBX has everything of these users, unless --no-wait is given. Print what is true now: for one user
 * in full, for several "N users WHAT", then `remark`. ERR_PENDING if presenced or the PBX is away, or the PBX refuses; it says
 * which of them, and the way out. */
int confirm_finish(struct ctl *ctl, const struct input *in, struct confirm *c,
	const struct ids *who, const char *what, const char *remark, struct err *err) MUST_CHECK;

#endif
