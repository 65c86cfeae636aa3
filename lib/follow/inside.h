/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inside.h - what the files of lib/follow share. Only they may include it. */
#ifndef FOLLOW_INSIDE_H
#define FOLLOW_INSIDE_H

#include "lib/base/ids.h"
#include "lib/follow/follow.h"

struct cache; /* of cache.c */

/* Users who are left to slices, see later.h. */
struct later {
	size_t above;
	struct ids left;
	int64_t now;      /* of the edit */
	const char *what; /* of the edit that was the last one */
};

/* What this floor keeps with a store. */
struct follow {
	struct zones *zones;             /* lent */
	struct countries *countries;     /* lent, or NULL */
	struct cache *cache;             /* until follow_forget(), or NULL */
	const struct prefixes *prefixes; /* lent, or NULL */
	bool (*is_enough)(void *data);   /* of follow_tick(), or NULL */
	void *enough_data;
	struct later later;
	char warning[512]; /* the first thing that could not be used, or "" */
};

/* Drop the cache. Call it after each write of rows that many users share. The store calls it when a transaction begins. */
void follow_forget(struct store *s);

#endif
