/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hours.h - what each schedule says now, for every PBX: lamps, an entry for routing by time, and one that says what is forced by hand. */
#ifndef FOLLOW_HOURS_H
#define FOLLOW_HOURS_H

#include "lib/store/store.h"

/* Bring the lamps and the entries of a schedule in line. */
int follow_hours_refresh(struct store *s, int64_t id, int64_t now, struct err *err) MUST_CHECK;
/* The same for all schedules that are due. */
int follow_hours_tick(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* Make the schedules due that use a calendar. calendar_id 0: all schedules. */
int follow_hours_soon(struct store *s, int64_t calendar_id, struct err *err) MUST_CHECK;
/* Put out the lamps of a schedule that is about to be deleted, and release its entries. */
int follow_hours_release(struct store *s, const char *schedule, struct err *err) MUST_CHECK;

#endif
