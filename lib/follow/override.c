/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/override.h"

#include "lib/base/text.h"
#include "lib/follow/inside.h"
#include "lib/follow/later.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/override.h"

static int record(
	struct store *s, const struct override *o, int64_t now, bool is_set, struct err *err)
{
	struct mode mode = { .name = "?" };

	if (o->mode_id && store_mode_get(s, o->mode_id, &mode, err) < 0)
		return -1;
	return store_log(s,
		&(struct log_record){ .at = now,
			.what = is_set ? "override set" : "override clear",
			.subject = o->scope,
			.key = "override",
			.before = is_set ? NULL : mode.name,
			.after = is_set ? mode.name : NULL,
			.since = is_set ? o->start : 0,
			.until = is_set ? o->until : 0,
			.why = o->reason },
		err);
}

int follow_override_add(
	struct store *s, struct override *o, int64_t user_id, int64_t group_id, struct err *err)
{
	_cleanup_(ids_done) struct ids covered = { 0 };

	text_copy(o->giver, sizeof(o->giver), store_actor(s)->name);
	if (store_override_add(s, o, user_id, group_id, err) < 0)
		return -1;
	follow_forget(s);
	if (record(s, o, o->given, true, err) < 0 ||
		store_override_covered(s, o->id, &covered, err) < 0)
		return -1;
	return follow_users_later(s, &covered, o->given, "override", err);
}

int follow_override_delete(struct store *s, const struct override *o, int64_t now,
	struct ids *ret_covered, struct err *err)
{
	if (store_override_covered(s, o->id, ret_covered, err) < 0 ||
		store_override_delete(s, o->id, err) < 0)
		return -1;
	follow_forget(s);
	if (record(s, o, now, false, err) < 0)
		return -1;
	return follow_users_later(s, ret_covered, now, "override clear", err);
}
