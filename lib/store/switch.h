/* switch.h - switches: modes that were chosen by hand and have not ended. */
#ifndef STORE_SWITCH_H
#define STORE_SWITCH_H

#include "lib/store/store.h"

/* A user's, newest first. Zero-initialize. */
struct switches {
	struct mode_switch *list;
	size_t n, cap;
};
void switches_done(struct switches *w);

int store_switch_of_user(
	struct store *s, int64_t user_id, struct switches *ret, struct err *err) MUST_CHECK;
/* These may wait for store_flush(). */
int store_switch_add(
	struct store *s, int64_t user_id, const struct mode_switch *m, struct err *err) MUST_CHECK;
int store_switch_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
int store_switch_set_until(struct store *s, int64_t id, int64_t until, struct err *err) MUST_CHECK;

/* Where switches until `next` end is to be worked out again, but for those that have ended: of a user, of many, of those whom a
 * schedule counts for, of those whom a calendar can decide about, of all. */
int store_switch_next_anew(
	struct store *s, int64_t now, int64_t user_id, struct err *err) MUST_CHECK;
int store_switch_next_anew_of(
	struct store *s, int64_t now, const struct ids *users, struct err *err) MUST_CHECK;
int store_switch_next_anew_by_schedule(
	struct store *s, int64_t now, int64_t schedule_id, struct err *err) MUST_CHECK;
int store_switch_next_anew_by_calendar(
	struct store *s, int64_t now, int64_t calendar_id, struct err *err) MUST_CHECK;
int store_switch_next_anew_all(struct store *s, int64_t now, struct err *err) MUST_CHECK;

#endif
