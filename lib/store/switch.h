/* SPDX-License-Identifier: GPL-3.0-or-later */
/* switch.h - the rows of switches: modes that were chosen by hand. */
#ifndef STORE_SWITCH_H
#define STORE_SWITCH_H

#include "lib/store/store.h"

/* The switches of a user, the newest first. Zero-initialize. */
struct switches {
	struct mode_switch *list;
	size_t n, cap;
};
void switches_done(struct switches *w);

int store_switch_of_user(
	struct store *s, int64_t user_id, struct switches *ret, struct err *err) MUST_CHECK;
/* The rows of these five may wait for store_flush(). */
int store_switch_add(
	struct store *s, int64_t user_id, const struct mode_switch *m, struct err *err) MUST_CHECK;
int store_switch_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* Write when a switch until `next` ends, and in which period it was made. */
int store_switch_set_next(struct store *s, const struct mode_switch *m, struct err *err) MUST_CHECK;

/* A clock says that a switch has ended. It counts no more, but its row stays. */
int store_switch_end(struct store *s, int64_t id, int64_t now, struct err *err) MUST_CHECK;
/* Delete the switches of a user that have ended: something newer was said. */
int store_switch_forget_ended(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;
/* The clock was set back: what has not ended by `now` counts again. */
int store_switch_revive(struct store *s, int64_t now, struct err *err) MUST_CHECK;
/* Delete what has ended, as clocks said until `before`. */
int store_switch_purge(struct store *s, int64_t before, struct err *err) MUST_CHECK;

/* Forget when switches until `next` end, so that the ladder works it out again. Switches that have ended by `now` stay as they
 * are. Of a user, of several users, of the users of a schedule, of the users whom a calendar can decide about, of all users. The
 * last one takes only switches that were made by `now`. */
int store_switch_forget_next(
	struct store *s, int64_t now, int64_t user_id, struct err *err) MUST_CHECK;
int store_switch_forget_next_of(
	struct store *s, int64_t now, const struct ids *users, struct err *err) MUST_CHECK;
int store_switch_forget_next_by_schedule(
	struct store *s, int64_t now, int64_t schedule_id, struct err *err) MUST_CHECK;
int store_switch_forget_next_by_calendar(
	struct store *s, int64_t now, int64_t calendar_id, struct err *err) MUST_CHECK;
int store_switch_forget_next_all(struct store *s, int64_t now, struct err *err) MUST_CHECK;

#endif
