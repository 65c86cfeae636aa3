/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user.h - the rows of users, with their devices and calendars. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* Find a user by name or extension. ERR_NOT_FOUND with did-you-mean. ERR_USAGE if two PBXs have the extension. */
int store_user_find(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
/* Find only the ID. */
int store_user_find_id(struct store *s, const char *word, int64_t *ret, struct err *err) MUST_CHECK;
/* Find a user by name or extension. It is no failure if there is no such user (id 0), or if there are several: take one of them.
 * Only id, name, extension, pbx and mailbox are filled in. */
int store_user_named(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
/* The same. Of several users with the extension, take the one on this PBX. */
int store_user_near(struct store *s, const char *word, const char *pbx, struct user *ret,
	struct err *err) MUST_CHECK;
int store_user_get(struct store *s, int64_t id, struct user *ret, struct err *err) MUST_CHECK;
int store_user_name(
	struct store *s, int64_t id, char ret[NAME_MAX_LEN + 1], struct err *err) MUST_CHECK;
/* Give all users, by name. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_user_each(
	struct store *s, int (*fn)(void *data, const struct user *u), void *data, struct err *err);
/* Add all users, by name. */
int store_user_ids(struct store *s, struct ids *ret, struct err *err) MUST_CHECK;
/* The mode that a user is in. 0: nothing was decided yet. */
int store_user_mode(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
int store_user_count(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* *ret is the length of the longest extension in characters, 0 without users. */
int store_extension_longest(struct store *s, size_t *ret, struct err *err) MUST_CHECK;
/* Give each PBX that has users, once, in small letters. The name is lent for the call. */
int store_user_pbxs(
	struct store *s, int (*fn)(void *data, const char *pbx), void *data, struct err *err);

/* id 0 adds a user. In busy, oof and patterns, an alias of a mode is replaced by its name. ERR_USAGE if another user has the name
 * or the extension. */
int store_user_write(struct store *s, struct user *u, struct err *err) MUST_CHECK;
int store_user_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;

#endif
