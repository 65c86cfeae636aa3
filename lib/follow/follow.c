#include "lib/follow/follow.h"

#include <stdio.h>

#include "lib/follow/cache.h"
#include "lib/follow/inside.h"
#include "lib/follow/entry.h"
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

static int upgraded(struct store *s, void *zones, struct err *err)
{
	attach(s, zones);
	return follow_entries(s, err);
}

int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err)
{
	if (store_open(path, actor, upgraded, zones, ret, err) < 0)
		return -1;
	attach(*ret, zones);
	return 0;
}

void follow_set_zones(struct store *s, struct zones *zones)
{
	follow_forget(s);
	store_follow(s)->zones = zones;
}

bool follow_take_warning(struct store *s, char *to, size_t size)
{
	struct follow *f = store_follow(s);

	snprintf(to, size, "%s", f->warning);
	*f->warning = '\0';
	return *to;
}

void follow_warn(struct store *s, const char *about, const char *text)
{
	struct follow *f = store_follow(s);

	if (!*f->warning)
		snprintf(f->warning, sizeof(f->warning), "%s: %.400s", about, text);
}

int follow_tolerate(struct store *s, const char *about, const struct err *why, struct err *err)
{
	if (why->code == ERR_STORE) {
		if (err)
			*err = *why;
		return -1;
	}
	follow_warn(s, about, why->msg);
	return 0;
}
