/* calendar.h - edits of calendars, with what follows from them. */
#ifndef FOLLOW_CALENDAR_H
#define FOLLOW_CALENDAR_H

#include "lib/store/calendar.h"

/* id 0 adds, without events. A new address forgets what was known of the old one, but keeps the events. ERR_USAGE if the name is
 * taken. */
int follow_calendar_save(
	struct store *s, struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* ERR_FAILED while it is in use. */
int follow_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err) MUST_CHECK;
/* New events, as of store_calendar_replace(). Whom it can decide about is resolved. */
int follow_calendar_replace(struct store *s, const struct calendar_info *c,
	const struct calendar *data, const struct calendar_state *state, int64_t now,
	struct err *err) MUST_CHECK;

#endif
