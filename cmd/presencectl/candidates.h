/* SPDX-License-Identifier: GPL-3.0-or-later */
/* candidates.h - what a word of the command line could be. These are the candidates that the database, the configuration and
 * the system's zones know. */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include "cmd/presencectl/command.h"
#include "lib/base/key.h"

/* Call `add` for each existing thing of a type: ARG_WHO (users and extensions, groups with @, all), ARG_USER, ARG_MODE (with
 * aliases), ARG_GROUP, ARG_QUEUE, ARG_SCHEDULE, ARG_CALENDAR, ARG_PERIOD, ARG_ZONE, ARG_HOLIDAYS, ARG_PBX, ARG_PRESET. For ARG_KEY call it
 * for each part that `key` could have, and for ARG_EDIT for each value: modes, PBXs, zones, schedules, calendars. `key` is NULL
 * for other types. Things that do not begin with `prefix` may be left out. `value` and `description` (may be NULL) are lent. It
 * opens what it needs, and says nothing if it fails: the administrator is in the middle of a line. Returns how many were added. */
int candidates_get(struct ctl *ctl, enum arg_type type, const struct key *key, const char *prefix,
	void (*add)(void *data, const char *value, const char *description), void *data);

#endif
