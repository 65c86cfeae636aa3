/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feeding.h - ask the addresses of many calendars, several at a time, and write what they say. */
#ifndef FEEDING_H
#define FEEDING_H

#include "cmd/presencectl/ctl.h"
#include "lib/base/limits.h"

struct calendar_names {
	char (*list)[NAME_MAX_LEN + 1];
	size_t n, cap;
};

/* What became of a calendar. `why` is NULL if its address has answered. */
typedef void feeding_told(void *data, const char *name, bool changed, const struct err *why);

/* Ask all, those first that stand first, fair by host (turns.h), and tell in the order of the names. What is new of a calendar is
 * written in a transaction of its own; what is not, and why an address has failed, in one for all that came within a second. -1 if the
 * database cannot be used. */
int feeding_run(struct ctl *ctl, const struct calendar_names *names, feeding_told *told, void *data,
	struct err *err) MUST_CHECK;

#endif
