/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/restored.h"

#include "lib/follow/entries.h"
#include "lib/follow/entry.h"
#include "lib/follow/hours.h"
#include "lib/follow/resolve.h"
#include "lib/store/activity.h"
#include "lib/store/carry.h"
#include "lib/store/fact.h"
#include "lib/store/item.h"
#include "lib/store/log.h"
#include "lib/store/override.h"
#include "lib/store/switch.h"
#include "lib/store/user.h"

#define FACT "restored"

/* Everything that time or an edit can decide is decided again: the copy may be old, or its presence may be lost. */
static int decide_again(struct store *s, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids users = { 0 };

	if (store_switch_revive(s, now, err) < 0 || store_override_revive(s, now, err) < 0 ||
		follow_hours_soon(s, 0, err) < 0 || follow_hours_tick(s, now, err) < 0 ||
		store_switch_forget_next_all(s, now, err) < 0 || store_user_ids(s, &users, err) < 0)
		return -1;
	return follow_users_of(s, &users, now, "follow", err);
}

int follow_restored(struct store *s, const struct prefixes *prefixes, const char *file,
	const char *database, const char *stamp, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;
	const struct log_record record = { .at = now,
		.what = "restore",
		.key = "kept",
		.after = stamp,
		.why = file,
		.until = UNTIL_OPEN };

	if (entries_follow(s, prefixes, err) < 0 || store_activity_forget(s, NULL, err) < 0 ||
		store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_item_doubt_all(tx, err) < 0 || store_carry(tx, database, err) < 0 ||
		decide_again(tx, now, err) < 0 || follow_entries(tx, err) < 0 ||
		store_log(tx, &record, err) < 0 || store_fact_set(tx, FACT, stamp, err) < 0)
		return -1;
	return store_commit(tx, err);
}

int follow_salvaged(struct store *s, int64_t now, struct err *err)
{
	_cleanup_(store_rollbackp) struct store *tx = NULL;

	if (store_begin(s, err) < 0)
		return -1;
	tx = s;
	if (store_item_doubt_all(tx, err) < 0 || decide_again(tx, now, err) < 0 ||
		follow_entries(tx, err) < 0)
		return -1;
	return store_commit(tx, err);
}

int follow_restored_get(struct store *s, char ret[RESTORED_SIZE], struct err *err)
{
	return store_fact_get(s, FACT, ret, RESTORED_SIZE, err);
}
