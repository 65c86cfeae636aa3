/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site.h - a small site in memory for fuzzers: a database with two users, a schedule, a calendar and a queue, as it was at first for
 * each input. */
#ifndef SITE_H
#define SITE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/binding/zonefile.h"
#include "lib/follow/calendar.h"
#include "lib/follow/follow.h"
#include "lib/follow/queue.h"
#include "lib/follow/schedule.h"
#include "lib/follow/user.h"
#include "lib/store/calendar.h"

#define SITE_NOW INT64_C(1781506800) /* Monday 2026-06-15 07:00 UTC */

#define SITE_MUST(call)                                                                            \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			abort();                                                                   \
	} while (0)

struct site {
	char dir[64], path[96];
	struct zonefiles *zones;
	struct store *store;
	char *plain; /* the bytes of the file, as it was at first */
	size_t size;
	struct user alice, bob;
	struct calendar_info own;
};

static const struct actor site_actor = { .via = "fuzz", .name = "root", .uid = 0 };

static inline void site_open(struct site *s)
{
	SITE_MUST(follow_open(s->path, &site_actor, zonefiles_zones(s->zones), &s->store, NULL));
	SITE_MUST(store_set_durable(s->store, false, NULL));
}

static inline void site_user(
	struct site *s, struct user *u, const char *name, const char *extension)
{
	*u = (struct user){ .devices_n = 1 };
	text_copy(u->name, sizeof(u->name), name);
	text_copy(u->extension, sizeof(u->extension), extension);
	text_copy(u->pbx, sizeof(u->pbx), "main");
	text_copy(u->schedule, sizeof(u->schedule), "office");
	text_copy(u->calendars, sizeof(u->calendars), "own");
	text_copy(u->devices[0].name, sizeof(u->devices[0].name), "desk");
	snprintf(u->devices[0].dial, sizeof(u->devices[0].dial), "PJSIP/%s", extension);
	SITE_MUST(follow_user_save(s->store, u, SITE_NOW, NULL));
}

static inline void site_fill(struct site *s)
{
	struct schedule office = { .name = "office", .hours = "Mon-Fri 09:00-17:00", .forced = -1 };
	struct queue support = { .name = "support", .pbx = "main" };
	enum queue_change change;

	SITE_MUST(store_begin(s->store, NULL));
	text_copy(s->own.name, sizeof(s->own.name), "own");
	SITE_MUST(follow_calendar_save(s->store, &s->own, SITE_NOW, NULL));
	SITE_MUST(follow_schedule_save(s->store, &office, SITE_NOW, NULL));
	site_user(s, &s->alice, "alice", "1001");
	site_user(s, &s->bob, "bob", "1002");
	text_copy(support.hints, sizeof(support.hints), QUEUE_HINTS);
	SITE_MUST(follow_queue_save(s->store, &support, SITE_NOW, NULL));
	SITE_MUST(follow_queue_assign(s->store, &support, &s->alice, -1, SITE_NOW, &change, NULL));
	SITE_MUST(store_commit(s->store, NULL));
}

static inline void site_close(struct site *s)
{
	store_free(s->store);
	s->store = NULL;
}

static inline struct site *site_new(void)
{
	struct site *s = xcalloc(1, sizeof(*s));
	struct stat st;
	FILE *f;

	snprintf(s->dir, sizeof(s->dir), "%s/fuzz.XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(s->dir))
		abort();
	snprintf(s->path, sizeof(s->path), "%s/p.db", s->dir);
	s->zones = zonefiles_new(NULL, "UTC");
	SITE_MUST(store_create(s->path, NULL));
	site_open(s);
	site_fill(s);
	site_close(s);
	if (stat(s->path, &st) < 0 || !(f = fopen(s->path, "r")))
		abort();
	s->size = (size_t)st.st_size;
	s->plain = xmalloc(s->size);
	if (fread(s->plain, 1, s->size, f) != s->size)
		abort();
	fclose(f);
	return s;
}

/* The database as it was at first, closed. The first call makes it. */
static inline struct site *site_fresh(void)
{
	static struct site *s;
	static const char *const ends[] = { "-wal", "-shm" };
	FILE *f;

	if (!s)
		s = site_new();
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s%s", s->path, ends[i]);
		unlink(path);
	}
	f = fopen(s->path, "w");
	if (!f || fwrite(s->plain, 1, s->size, f) != s->size)
		abort();
	fclose(f);
	return s;
}

#endif
