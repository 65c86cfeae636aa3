/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/adopt-hours.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/follow/schedule.h"
#include "lib/follow/segments.h"
#include "lib/store/item.h"
#include "lib/store/schedule.h"

enum {
	DAY = 86400,
	AHEAD_DAYS = 60, /* how far the next start of the schedule is looked for */
};

#define BY '=' /* the phone stands behind it */

/* The length of what is forced, without the phone that has forced it. */
static size_t forced_len(const char *value)
{
	return strcspn(value, "=|");
}

static bool is_by_phone(const char *value)
{
	return value[forced_len(value)] == BY;
}

static bool is_same_force(const char *a, const char *b)
{
	size_t n = forced_len(a);

	return n == forced_len(b) && !strncmp(a, b, n);
}

int follow_is_foreign_hours(struct store *s, const char *pbx, const struct item *item,
	enum sighting seen, bool *ret, struct err *err)
{
	bool lamp = item_schedule_of(item->name);
	struct read_back held;

	*ret = false;
	if (lamp != (seen == SEEN_EVENT) || (!lamp && !is_by_phone(item->value)))
		return 0;
	if (store_item_held(s, pbx, item->name, &held, err) < 0)
		return -1;
	*ret = held.id && held.is_confirmed && strcmp(held.confirmed, item->value) != 0 &&
		strcmp(held.wanted, item->value) != 0;
	if (*ret && seen == SEEN_RESTARTED)
		*ret = strcmp(held.previous, item->value) != 0;
	return 0;
}

static int forget(
	struct store *s, const char *pbx, const char *prefix, const char *schedule, struct err *err)
{
	struct read_back held;
	char name[ITEM_NAME_SIZE];

	snprintf(name, sizeof(name), "%s%s", prefix, schedule);
	if (store_item_held(s, pbx, name, &held, err) < 0)
		return -1;
	return held.id ? store_item_set_confirmed(s, held.id, NULL, err) : 0;
}

/* A key sets the lamps itself, and the period for routing by time. */
static int forget_all(struct store *s, const char *pbx, const char *schedule, struct err *err)
{
	static const char *const prefixes[] = { ITEM_HOURS_LAMP, ITEM_OPEN_LAMP, ITEM_CLOSED_LAMP,
		ITEM_TOGGLE_LAMP, (ENTRY_HOURS "/") };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (forget(s, pbx, prefixes[i], schedule, err) < 0)
			return -1;
	}
	return 0;
}

static int next_start(struct store *s, int64_t id, int64_t now, int64_t *ret, struct err *err)
{
	const struct segments *segments;

	if (follow_own_segments(s, id, now, now + AHEAD_DAYS * DAY, &segments, err) < 0)
		return -1;
	*ret = segments_next_start(segments, now);
	return 0;
}

/* Returns 1, or 0 for a period that there is not. */
static int force(
	struct store *s, struct schedule *sched, const char *value, int64_t now, struct err *err)
{
	const struct actor ours = *store_actor(s);
	char word[16], phone[NAME_MAX_LEN + 1];
	const char *by = value + forced_len(value) + 1;
	const struct actor giver = { ACTOR_PHONE, phone, -1 };
	int64_t until = UNTIL_OPEN;
	int period, r;

	snprintf(word, sizeof(word), "%.*s", (int)forced_len(value), value);
	snprintf(phone, sizeof(phone), "%.*s", (int)strcspn(by, "|"), by);
	if (!text_is_of(phone, TEXT_ALNUM "._-", NAME_MAX_LEN))
		text_copy(phone, sizeof(phone), ACTOR_PHONE);
	period = strcmp(word, FORCED_NONE) != 0 ? period_parse(word) : -1;
	if (period < 0 && strcmp(word, FORCED_NONE) != 0)
		return 0;
	if (period >= 0 && next_start(s, sched->id, now, &until, err) < 0)
		return -1;
	store_set_actor(s, &giver);
	r = follow_schedule_force(s, sched, period, until, now, err);
	store_set_actor(s, &ours);
	return r < 0 ? -1 : 1;
}

int follow_adopt_hours(struct store *s, const char *pbx, const char *schedule, const char *value,
	int64_t now, bool *ret_adopted, struct err *err)
{
	_cleanup_(freep) struct schedule *sched = xcalloc(1, sizeof(*sched));
	struct read_back held;
	char name[ITEM_NAME_SIZE];
	int r;

	*ret_adopted = false;
	snprintf(name, sizeof(name), ENTRY_FORCED "/%s", schedule);
	if (store_item_held(s, pbx, name, &held, err) < 0)
		return -1;
	if (!held.id || !*held.wanted)
		return 0;
	if (store_item_set_confirmed(s, held.id, value, err) < 0 ||
		forget_all(s, pbx, schedule, err) < 0)
		return -1;
	if (!is_by_phone(value) || !held.is_confirmed || !strcmp(held.confirmed, value) ||
		!is_same_force(held.wanted, held.confirmed))
		return 0;
	if (store_schedule_find(s, schedule, sched, err) < 0)
		return -1;
	r = force(s, sched, value, now, err);
	*ret_adopted = r > 0;
	return r < 0 ? -1 : 0;
}
