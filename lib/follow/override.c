/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/override.h"

#include "lib/base/text.h"
#include "lib/follow/inside.h"
#include "lib/follow/resolve.h"
#include "lib/store/log.h"
#include "lib/store/override.h"

int follow_override_add(
	struct store *s, struct override *o, int64_t user_id, int64_t group_id, struct err *err)
{
	_cleanup_(ids_done) struct ids covered = { 0 };

	text_copy(o->giver, sizeof(o->giver), store_actor(s)->name);
	if (store_override_add(s, o, user_id, group_id, err) < 0)
		return -1;
	follow_forget(s);
	if (store_log(s, o->given, "override set", o->scope, NULL, NULL, o->until, o->reason, err) <
			0 ||
		store_override_covered(s, o->id, &covered, err) < 0)
		return -1;
	return follow_users_of(s, &covered, o->given, "override", err);
}

int follow_override_delete(struct store *s, const struct override *o, int64_t now,
	struct ids *ret_covered, struct err *err)
{
	if (store_override_covered(s, o->id, ret_covered, err) < 0 ||
		store_override_delete(s, o->id, err) < 0)
		return -1;
	follow_forget(s);
	if (store_log(s, now, "override clear", o->scope, NULL, NULL, UNTIL_OPEN, o->reason, err) <
		0)
		return -1;
	return follow_users_of(s, ret_covered, now, "override clear", err);
}
