/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/user.h"

#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/follow/entry.h"
#include "lib/follow/items.h"
#include "lib/follow/queue.h"
#include "lib/follow/record.h"
#include "lib/follow/resolve.h"
#include "lib/follow/rule.h"
#include "lib/store/activity.h"
#include "lib/presence/noun-keys.h"
#include "lib/store/group.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/presence.h"
#include "lib/store/queue.h"
#include "lib/store/rule.h"
#include "lib/store/switch.h"
#include "lib/store/user.h"

/* Write a user who was, or NULL, and now is. */
static int write_user(
	struct store *s, const struct user *was, struct user *u, int64_t now, struct err *err)
{
	struct user is; /* with the names of modes and schedules in place of aliases */
	struct edit edit = { was ? "user set" : "user add", u->name, &user_keys, was, &is,
		sizeof(is), NULL };

	if (store_user_write(s, u, err) < 0 || store_activity_edit(s, u->id, err) < 0 ||
		store_switch_forget_next(s, now, u->id, err) < 0 ||
		store_user_get(s, u->id, &is, err) < 0)
		return -1;
	return follow_record_edit(s, &edit, now, err);
}

int follow_user_save(struct store *s, struct user *u, int64_t now, struct err *err)
{
	bool is_new = u->id == 0;
	struct user was = *u;

	if ((!is_new && store_user_get(s, u->id, &was, err) < 0) ||
		write_user(s, is_new ? NULL : &was, u, now, err) < 0 ||
		follow_user_rules_check(s, u, err) < 0 ||
		follow_queue_check_user(s, u->id, err) < 0 || follow_user_entries(s, u, err) < 0)
		return -1;
	if ((is_new || strcmp(was.extension, u->extension) != 0 || strcmp(was.pbx, u->pbx) != 0) &&
		follow_entries_naming(s, u, was.extension, err) < 0)
		return -1;
	return follow_user(s, u->id, now, is_new ? "user add" : "user set", err);
}

/* Names of groups or queues, each with a newline. */
static int add_name(void *data, const char *name)
{
	strbuf_addf(data, "%s\n", name);
	return 0;
}

static int log_left(struct store *s, const struct user *u, const char *key, char *names,
	int64_t now, struct err *err)
{
	char *name;

	while ((name = strsep(&names, "\n")) && *name) {
		if (follow_record(s, now, "user delete", u->name, key, name, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int log_rules(struct store *s, const struct user *u, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids modes = { 0 };

	if (store_rule_modes(s, u->id, &modes, err) < 0)
		return -1;
	for (size_t i = 0; i < modes.n; i++) {
		struct rules rules;
		struct mode m;
		struct edit edit = { "user delete", u->name, &rule_keys, &rules, NULL,
			sizeof(rules), m.name };

		if (store_mode_get(s, modes.ids[i], &m, err) < 0 ||
			store_user_rules(s, u->id, m.id, &rules, err) < 0 ||
			follow_record_edit(s, &edit, now, err) < 0)
			return -1;
	}
	return 0;
}

/* The groups, queues and rules of a user are gone with them. */
static int log_had(struct store *s, const struct user *u, int64_t now, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf groups = STRBUF_INIT, queues = STRBUF_INIT;

	if (store_group_of_user(s, u->id, add_name, &groups, err) < 0 ||
		store_queue_of_user(s, u->id, add_name, &queues, err) < 0 ||
		log_rules(s, u, now, err) < 0 || log_left(s, u, "group", groups.s, now, err) < 0)
		return -1;
	return log_left(s, u, "queue", queues.s, now, err);
}

/* The presence of a user ends with them. */
static int log_end(
	struct store *s, const struct user *u, const char *mode, int64_t now, struct err *err)
{
	return store_log(s,
		&(struct log_record){ .at = now,
			.what = "user delete",
			.subject = u->name,
			.from_mode = *mode ? mode : NULL,
			.user_id = u->id },
		err);
}

int follow_user_delete(struct store *s, const struct user *u, int64_t now, struct err *err)
{
	struct edit edit = { "user delete", u->name, &user_keys, u, NULL, sizeof(*u), NULL };
	struct ladder_user was;
	struct mode mode = { 0 };

	if (store_ladder_user_get(s, u->id, &was, err) < 0 ||
		(was.has_presence && store_mode_get(s, was.was.mode_id, &mode, err) < 0))
		return -1;
	if (follow_user_rules_unused(s, u, err) < 0 || log_had(s, u, now, err) < 0 ||
		follow_items_release(s, u->id, err) < 0 || store_user_delete(s, u->id, err) < 0 ||
		follow_record_edit(s, &edit, now, err) < 0)
		return -1;
	return log_end(s, u, mode.name, now, err);
}
