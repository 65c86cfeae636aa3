/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/follow.h"

#include "lib/follow/cache.h"
#include "lib/follow/inside.h"
#include "lib/store/mode.h"

void follow_forget(struct store *s)
{
	struct follow *f = store_follow(s);

	store_mode_forget(s);
	cache_free(f->cache);
	f->cache = NULL;
}

static void follow_free(struct store *s)
{
	follow_forget(s);
	ids_done(&store_follow(s)->later.left);
	free(store_follow(s));
}

static void attach(struct store *s, struct zones *zones)
{
	struct follow *f = store_follow(s);

	if (!f) {
		f = xcalloc(1, sizeof(*f));
		store_set_follow(s, f, follow_forget, follow_free);
	}
	f->zones = zones;
}

int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err)
{
	return follow_open_within(path, STORE_WAIT_MS, actor, zones, ret, err);
}

int follow_open_within(const char *path, int wait_ms, const struct actor *actor,
	struct zones *zones, struct store **ret, struct err *err)
{
	if (store_open_within(path, wait_ms, actor, ret, err) < 0)
		return -1;
	attach(*ret, zones);
	return 0;
}

void follow_set_enough(struct store *s, bool (*is_enough)(void *data), void *data)
{
	struct follow *f = store_follow(s);

	f->is_enough = is_enough;
	f->enough_data = data;
}

int follow_copy(struct store *s, struct store **ret, struct err *err)
{
	if (store_copy(s, ret, err) < 0)
		return -1;
	attach(*ret, store_follow(s)->zones);
	store_follow(*ret)->countries = store_follow(s)->countries;
	return 0;
}

void follow_set_countries(struct store *s, struct countries *countries)
{
	follow_forget(s);
	store_follow(s)->countries = countries;
}

void follow_set_zones(struct store *s, struct zones *zones)
{
	follow_forget(s);
	store_follow(s)->zones = zones;
}
