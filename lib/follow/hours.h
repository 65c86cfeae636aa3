/* hours.h - what each schedule says now, on every PBX: a lamp, and an entry for routing by time. */
#ifndef FOLLOW_HOURS_H
#define FOLLOW_HOURS_H

#include "lib/store/store.h"

/* Of one schedule; of all that are due; those with a calendar (0: all) become due at once; one is gone. */
int follow_hours_refresh(struct store *s, int64_t id, int64_t now, struct err *err) MUST_CHECK;
int follow_hours_tick(struct store *s, int64_t now, struct err *err) MUST_CHECK;
int follow_hours_soon(struct store *s, int64_t calendar_id, struct err *err) MUST_CHECK;
int follow_hours_release(struct store *s, const char *schedule, struct err *err) MUST_CHECK;

#endif
