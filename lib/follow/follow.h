/* SPDX-License-Identifier: GPL-3.0-or-later */
/* follow.h - a store whose writes also write what follows from them: who wins, presence, items, entries, the log. All functions of
 * lib/follow need such a store. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "lib/store/store.h"
#include "lib/time/holidays-country.h"
#include "lib/time/zone.h"

/* Like store_open(). `zones` is lent for the life of the store. */
int follow_open(const char *path, const struct actor *actor, struct zones *zones,
	struct store **ret, struct err *err) MUST_CHECK;
/* The same with store_set_wait() before the first look into the file. */
int follow_open_within(const char *path, int wait_ms, const struct actor *actor,
	struct zones *zones, struct store **ret, struct err *err) MUST_CHECK;
/* *ret is a copy in memory: what is tried there changes nothing. */
int follow_copy(struct store *s, struct store **ret, struct err *err) MUST_CHECK;
/* Use other zones from now on. They are lent. follow_look_again() resolves the users. */
void follow_set_zones(struct store *s, struct zones *zones);
/* Where holidays of countries come from. They are lent. NULL: no country has any. */
void follow_set_countries(struct store *s, struct countries *countries);
/* follow_tick() asks after each user whether that is enough for one transaction. NULL: it never is. */
void follow_set_enough(struct store *s, bool (*is_enough)(void *data), void *data);

#endif
