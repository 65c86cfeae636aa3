/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store-help.h - what tests of the store share: a database of its own for each test, people in it, and what is asked about them. */
#ifndef STORE_HELP_H
#define STORE_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/follow/adopt.h"
#include "lib/follow/cache.h"
#include "lib/follow/calendar.h"
#include "lib/follow/entries.h"
#include "lib/follow/entry.h"
#include "lib/follow/follow.h"
#include "lib/follow/group.h"
#include "lib/follow/hours.h"
#include "lib/follow/items.h"
#include "lib/follow/ladder.h"
#include "lib/follow/loop.h"
#include "lib/follow/member.h"
#include "lib/follow/mode.h"
#include "lib/follow/override.h"
#include "lib/follow/queue.h"
#include "lib/follow/resolve.h"
#include "lib/follow/rule.h"
#include "lib/follow/schedule.h"
#include "lib/follow/segments.h"
#include "lib/follow/switch.h"
#include "lib/follow/user.h"
#include "lib/store/calendar.h"
#include "lib/store/entry.h"
#include "lib/store/fact.h"
#include "lib/store/forward.h"
#include "lib/store/group.h"
#include "lib/store/ids.h"
#include "lib/store/item.h"
#include "lib/store/log.h"
#include "lib/store/mode.h"
#include "lib/store/override.h"
#include "lib/store/pbx.h"
#include "lib/store/presence.h"
#include "lib/store/queue.h"
#include "lib/store/rule.h"
#include "lib/store/schedule.h"
#include "lib/store/store.h"
#include "lib/store/switch.h"
#include "lib/store/user.h"
#include "lib/store/who.h"

#define OK(call) assert_int_equal(call, 0)

static const struct actor actor = { .via = "test", .name = "root", .uid = 0 };

struct site {
	char dir[64], path[96];
	struct zonefiles *zones;
	struct store *s;
	/* For the tests that put them there. */
	struct user alice, bob;
	struct mode away;
	struct schedule office;
	struct queue support, sales;
};

/* Open the database, once more or for the first time. No test waits for a disk. */
static inline void site_open(struct site *site)
{
	OK(follow_open(site->path, &actor, zonefiles_zones(site->zones), &site->s, NULL));
	OK(store_set_durable(site->s, false, NULL));
}

/* A new database, open. */
static inline struct site *site_new(void)
{
	struct site *site = xcalloc(1, sizeof(*site));

	snprintf(site->dir, sizeof(site->dir), "/tmp/store.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	snprintf(site->path, sizeof(site->path), "%s/p.db", site->dir);
	OK(store_create(site->path, NULL));
	site->zones = zonefiles_new(NULL, "Europe/Stockholm");
	site_open(site);
	return site;
}

/* The teardown of a test. */
static inline int site_free(void **state)
{
	struct site *site = *state;
	char command[128];

	store_free(site->s);
	zonefiles_free(site->zones);
	snprintf(command, sizeof(command), "rm -rf '%s'", site->dir);
	free(site);
	return system(command);
}

/* A user of PBX main who is not saved yet. */
static inline void user_init(struct user *u, const char *name, const char *extension)
{
	*u = (struct user){ .pbx = "main" };
	text_copy(u->name, sizeof(u->name), name);
	text_copy(u->extension, sizeof(u->extension), extension);
}

/* One device, on which the extension is registered. */
static inline void user_add_desk(struct user *u)
{
	struct device *desk = &u->devices[u->devices_n++];

	text_copy(desk->name, sizeof(desk->name), "desk");
	snprintf(desk->dial, sizeof(desk->dial), "PJSIP/%s", u->extension);
}

/* One user, as those are given who are switched. */
#define ONLY(user_id) (&(struct ids){ .ids = (int64_t[]){ user_id }, .n = 1 })

/* Switch by hand. `until` UNTIL_OPEN: for ever. */
static inline void switch_in(
	struct store *s, const struct user *u, const char *mode, int64_t until, int64_t now)
{
	struct until end = { until == UNTIL_OPEN ? UNTIL_FOREVER : UNTIL_TIME, until };
	struct mode m;
	struct switch_result result;

	OK(store_mode_find(s, mode, &m, NULL));
	OK(follow_switch_users(
		s, ONLY(u->id), &(struct switch_request){ &m, "", end, "" }, now, &result, NULL));
}

/* The same in a transaction of its own. */
static inline void switch_to(
	struct store *s, const struct user *u, const char *mode, int64_t until, int64_t now)
{
	OK(store_begin(s, NULL));
	switch_in(s, u, mode, until, now);
	OK(store_commit(s, NULL));
}

/* A user's presence, as kept. */
struct seen_presence {
	char mode[NAME_MAX_LEN + 1], source[NAME_MAX_LEN + 1];
	char note[NOTE_MAX_LEN + 1], reason[REASON_MAX_LEN + 1];
	int64_t since, until;
};

static inline int keep_presence(void *data, const struct status *st)
{
	struct seen_presence *seen = data;

	text_copy(seen->mode, sizeof(seen->mode), st->mode);
	text_copy(seen->source, sizeof(seen->source), st->source);
	text_copy(seen->note, sizeof(seen->note), st->note);
	text_copy(seen->reason, sizeof(seen->reason), st->reason);
	seen->since = st->since;
	seen->until = st->until;
	return 0;
}

static inline struct seen_presence see_presence(struct store *s, const struct user *u)
{
	struct ids who = { .ids = (int64_t[]){ u->id }, .n = 1 };
	struct seen_presence seen = { .mode = "" };

	OK(store_status_each(s, &who, keep_presence, &seen, NULL));
	return seen;
}

static inline void expect_mode(struct store *s, const struct user *u, const char *mode)
{
	assert_string_equal(see_presence(s, u).mode, mode);
}

/* An item of PBX main. id 0: there is none of that name. */
struct seen_item {
	const char *name;
	int64_t id;
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], error[256];
	bool is_confirmed;
};

static inline void fill_item(struct seen_item *seen, const struct stored_item *row)
{
	seen->id = row->id;
	seen->is_confirmed = row->confirmed;
	text_copy(seen->wanted, sizeof(seen->wanted), row->wanted);
	text_copy(seen->confirmed, sizeof(seen->confirmed), row->confirmed ? row->confirmed : "");
	text_copy(seen->error, sizeof(seen->error), row->error ? row->error : "");
}

static inline int keep_item(void *data, const struct stored_item *row)
{
	struct seen_item *seen = data;

	if (!strcmp(row->name, seen->name))
		fill_item(seen, row);
	return 0;
}

static inline struct seen_item see_item(struct store *s, const char *name)
{
	struct seen_item seen = { .name = name };

	OK(store_item_each(s, "main", keep_item, &seen, NULL));
	return seen;
}

/* `wanted` NULL: there is no such item; "": it is to be deleted. */
static inline void expect_item(struct store *s, const char *name, const char *wanted)
{
	struct seen_item seen = see_item(s, name);

	assert_int_equal(seen.id != 0, wanted != NULL);
	if (wanted)
		assert_string_equal(seen.wanted, wanted);
}

static inline int print_log(void *data, const struct log_record *r)
{
	struct strbuf *to = data;

	strbuf_addf(to, "%s%s %s by %s %s %d", to->len ? "\n" : "", r->what, r->subject, r->via,
		r->actor, (int)r->uid);
	if (r->key)
		strbuf_addf(to, ": %s %s > %s", r->key, r->before ? r->before : "-",
			r->after ? r->after : "-");
	if (r->source)
		strbuf_addf(to, ": %s to %s by %s", r->from_mode ? r->from_mode : "-", r->to_mode,
			r->source);
	if (r->why)
		strbuf_addf(to, " (%s)", r->why);
	return 0;
}

static inline int keep_log_id(void *data, const struct log_record *r)
{
	*(int64_t *)data = r->id;
	return 0;
}

/* Give the newest `limit` records since an instant, the oldest first. */
static inline int log_each(struct store *s, const char *subject, int64_t since, size_t limit,
	int (*fn)(void *data, const struct log_record *r), void *data)
{
	struct log_page page = {
		.subject = subject, .since = since, .max = limit, .newest_first = true
	};
	int64_t first = INT64_MAX;

	OK(store_log_page(s, &page, keep_log_id, &first, NULL));
	page.newest_first = false;
	page.after_id = first - 1;
	return store_log_page(s, &page, fn, data, NULL);
}

/* The last `n` records about somebody (NULL: anybody), a line each. */
static inline void expect_log(struct store *s, const char *subject, size_t n, const char *text)
{
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;

	OK(log_each(s, subject, 0, n, print_log, &got));
	assert_string_equal(got.s, text);
}

static inline int keep_first_item(void *data, const struct stored_item *row)
{
	fill_item(data, row);
	return 1;
}

/* PBX main holds all that is wanted, and has said so. */
static inline void confirm_all(struct store *s)
{
	struct seen_item first;

	OK(store_begin(s, NULL));
	while (store_item_difference(s, &(struct item_due){ "main", 0, 1, false }, keep_first_item,
		       &first, NULL) > 0)
		OK(store_item_confirm(s, first.id, first.wanted, NULL));
	OK(store_commit(s, NULL));
}

#endif
