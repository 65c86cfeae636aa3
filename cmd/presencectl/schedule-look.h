/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule-look.h - what a schedule says, for the commands that print it. */
#ifndef SCHEDULE_LOOK_H
#define SCHEDULE_LOOK_H

#include "cmd/presencectl/ctl.h"
#include "lib/presence/schedule.h"

/* "hours", "holiday", "special" or "forced". */
const char *schedule_cause_name(enum cause c);

/* Print a year, which is a text such as 2027: a letter for each day, and a line for each day that is not as its week. */
int schedule_show_year(struct ctl *ctl, const struct schedule *sched, const char *year,
	struct err *err) MUST_CHECK;

#endif
