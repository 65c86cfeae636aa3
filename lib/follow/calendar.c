/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/calendar.h"

#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/resolve.h"
#include "lib/store/log.h"
#include "lib/store/switch.h"

/* Resolve the users whom the calendar can decide about. */
static int changed(struct store *s, int64_t id, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	follow_forget(s);
	if (store_calendar_user_ids(s, id, &users, err) < 0 ||
		store_switch_forget_next_by_calendar(s, now, id, err) < 0 ||
		follow_hours_soon(s, id, err) < 0)
		return -1;
	return follow_users_of(s, &users, now, "calendar", err);
}

int follow_calendar_save(struct store *s, struct calendar_info *c, int64_t now, struct err *err)
{
	bool is_new = c->id == 0;

	if (store_calendar_write(s, c, err) < 0 ||
		store_log(s, now, is_new ? "calendar add" : "calendar set", c->name, NULL, NULL,
			UNTIL_OPEN, NULL, err) < 0)
		return -1;
	return is_new ? 0 : changed(s, c->id, now, err);
}

int follow_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err)
{
	char noun[NAME_MAX_LEN + 1], name[NAME_MAX_LEN + 1];

	if (store_calendar_user(s, c->id, noun, name, err) < 0)
		return -1;
	if (*name)
		return err_set(err, ERR_FAILED,
			"calendar '%s' is in use by %s '%s'; take it from its hours or calendars first",
			c->name, noun, name);
	if (store_calendar_delete(s, c->id, err) < 0)
		return -1;
	return store_log(s, now, "calendar delete", c->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_calendar_replace(struct store *s, const struct calendar_info *c,
	const struct calendar *data, const struct calendar_state *state, int64_t now,
	struct err *err)
{
	if (store_calendar_replace(s, c->id, data, state, now, err) < 0 ||
		store_log(s, now, "calendar import", c->name, NULL, NULL, UNTIL_OPEN, NULL, err) <
			0)
		return -1;
	return changed(s, c->id, now, err);
}
