/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/calendar.h"

#include <stdio.h>

#include "lib/follow/hours.h"
#include "lib/follow/inside.h"
#include "lib/follow/later.h"
#include "lib/follow/record.h"
#include "lib/presence/noun-keys.h"
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
	return follow_users_later(s, &users, now, "calendar", err);
}

int follow_calendar_save(struct store *s, struct calendar_info *c, int64_t now, struct err *err)
{
	_cleanup_(freep) struct calendar_info *was = xcalloc(1, sizeof(*was));
	bool is_new = c->id == 0;
	struct edit edit = { is_new ? "calendar add" : "calendar set", c->name, &calendar_keys,
		is_new ? NULL : was, c, sizeof(*c), NULL };

	if ((!is_new && store_calendar_get(s, c->id, was, err) < 0) ||
		store_calendar_write(s, c, err) < 0 || follow_record_edit(s, &edit, now, err) < 0)
		return -1;
	return is_new ? 0 : changed(s, c->id, now, err);
}

int follow_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err)
{
	struct edit edit = { "calendar delete", c->name, &calendar_keys, c, NULL, sizeof(*c),
		NULL };
	char noun[NAME_MAX_LEN + 1], name[NAME_MAX_LEN + 1];

	if (store_calendar_user(s, c->id, noun, name, err) < 0)
		return -1;
	if (*name)
		return err_set(err, ERR_FAILED,
			"calendar '%s' is in use by %s '%s'; take it from its hours or calendars first",
			c->name, noun, name);
	if (store_calendar_delete(s, c->id, err) < 0)
		return -1;
	return follow_record_edit(s, &edit, now, err);
}

int follow_calendar_replace(struct store *s, const struct calendar_info *c,
	const struct calendar *data, const struct calendar_state *state, int64_t now,
	struct err *err)
{
	struct calendar_sum was, is;
	char before[24], after[24];

	if (store_calendar_sum(s, c->id, &was, err) < 0 ||
		store_calendar_replace(s, c->id, data, state, now, err) < 0 ||
		store_calendar_sum(s, c->id, &is, err) < 0)
		return -1;
	if (was.sum == is.sum)
		return 0;
	snprintf(before, sizeof(before), "%lld", (long long)was.events_n);
	snprintf(after, sizeof(after), "%lld", (long long)is.events_n);
	if (follow_record(s, now, "calendar import", c->name, "events", before, after, err) < 0)
		return -1;
	return changed(s, c->id, now, err);
}
