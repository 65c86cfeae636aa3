/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adopt-hours.h - the period of a schedule that a phone forces on the PBX, with a key or a feature code. */
#ifndef FOLLOW_ADOPT_HOURS_H
#define FOLLOW_ADOPT_HOURS_H

#include "lib/follow/adopt.h"

/* Whether somebody else has put there a lamp or the entry presence-forced of a schedule. A lamp tells in an event, since no event tells
 * of an entry. In a list the entry tells: it has the mark of a phone. What a restarted PBX has only forgotten is not foreign. */
int follow_is_foreign_hours(struct store *s, const char *pbx, const struct item *item,
	enum sighting seen, bool *ret, struct err *err) MUST_CHECK;

/* The entry presence-forced of a schedule was read back and holds `value`. What a phone has forced becomes the period that is forced by
 * hand, given by that phone, until the schedule's next start of business, outside hours or a holiday. An administrator who has
 * forced a period here that the PBX has not confirmed has the newer word. All lamps of the schedule are sent again. *ret_adopted:
 * whether the period was still foreign. */
int follow_adopt_hours(struct store *s, const char *pbx, const char *schedule, const char *value,
	int64_t now, bool *ret_adopted, struct err *err) MUST_CHECK;

#endif
