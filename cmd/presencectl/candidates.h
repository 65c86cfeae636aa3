/* candidates.h - what a word of the command line could be, as far as only the database and the configuration
 * know it. */
#ifndef CANDIDATES_H
#define CANDIDATES_H

#include "cmd/presencectl/command.h"
#include "lib/base/key.h"

/* Call `add` for each existing thing of type ARG_WHO (users and extensions, groups with @, all), ARG_USER,
 * ARG_MODE (with aliases), ARG_GROUP, ARG_QUEUE, ARG_SCHEDULE, ARG_CALENDAR, ARG_PERIOD, ARG_ZONE, ARG_PBX, ARG_PRESET; and for ARG_KEY for each part and for ARG_EDIT for each value that `key` (NULL
 * for other types) could have: modes, PBXs, zones, schedules, calendars. Those that do not begin with `prefix` may be left
 * out. `value` and `description` (may be NULL) are lent. Opens what it needs; quiet on failure: the shell
 * is waiting for the administrator to type on. Returns how many were added. */
int candidates_get(struct ctl *ctl, enum arg_type type, const struct key *key, const char *prefix,
	void (*add)(void *data, const char *value, const char *description), void *data);

#endif
