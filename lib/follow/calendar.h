/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h - what follows when calendars change. */
#ifndef FOLLOW_CALENDAR_H
#define FOLLOW_CALENDAR_H

#include "lib/store/calendar.h"

/* Write the settings, see store_calendar_write(). Resolve the users whom the calendar can decide about. */
int follow_calendar_save(
	struct store *s, struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while a user or a schedule uses it. */
int follow_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* Write new events, see store_calendar_replace(). Resolve the users whom the calendar can decide about. */
int follow_calendar_replace(struct store *s, const struct calendar_info *c,
	const struct calendar *data, const struct calendar_state *state, int64_t now,
	struct err *err) MUST_CHECK;

#endif
