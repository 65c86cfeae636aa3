/* feed.h - calendars from files and addresses into the database. */
#ifndef FEED_H
#define FEED_H

#include "cmd/presencectl/ctl.h"
#include "lib/binding/ics.h"
#include "lib/store/calendar.h"

/* iCalendar data that was read, and what it said of itself. End with feed_done(). */
struct feed {
	struct calendar *calendar;
	struct ics_report report;
	char etag[256], last_modified[64];
	bool unchanged; /* an address that has nothing new: no calendar */
};
void feed_done(struct feed *f);

/* Read a file; "-" is standard input. The message names it. */
int feed_read(struct zones *zones, const char *path, struct feed *ret, struct err *err) MUST_CHECK;

/* Ask the address of `c`; `state` (may be NULL) says what is there already. */
int feed_fetch(struct ctl *ctl, const struct calendar_info *c, const struct calendar_state *state,
	struct feed *ret, struct err *err) MUST_CHECK;

/* Put it in the place of what calendar `c` had; inside a transaction. */
int feed_save(struct ctl *ctl, const struct calendar_info *c, const struct feed *f,
	struct err *err) MUST_CHECK;

/* Say on standard error what was left out, by UID. */
void feed_notices(const char *name, const struct feed *f);

/* Ask one address and write down what came of it, in a transaction of its own: 0, or -1 with why it failed, which is then also in
 * the database; the events that were there stay. */
int feed_refresh(struct ctl *ctl, const char *name, bool *ret_changed, struct err *err) MUST_CHECK;

#endif
