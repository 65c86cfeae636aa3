/* user.h - users as rows, with their devices and calendars. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "lib/base/ids.h"
#include "lib/store/store.h"

/* By name or extension. ERR_NOT_FOUND with did-you-mean, ERR_USAGE if two PBXs have that extension. */
int store_user_find(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
/* The same, only the ID. */
int store_user_find_id(struct store *s, const char *word, int64_t *ret, struct err *err) MUST_CHECK;
/* The same without asking who else was meant: of `ret` only id (0: nobody), name, extension and mailbox are filled in. */
int store_user_named(
	struct store *s, const char *word, struct user *ret, struct err *err) MUST_CHECK;
/* The same, where somebody on this PBX goes before others. Of `ret` only id (0: nobody), name, extension and pbx are
 * filled in. */
int store_user_near(struct store *s, const char *word, const char *pbx, struct user *ret,
	struct err *err) MUST_CHECK;
int store_user_get(struct store *s, int64_t id, struct user *ret, struct err *err) MUST_CHECK;
/* By name. A callback that returns other than 0 ends the walk, and that is what the walk returns. */
int store_user_each(
	struct store *s, int (*fn)(void *data, const struct user *u), void *data, struct err *err);
/* All, by name. */
int store_user_ids(struct store *s, struct ids *ret, struct err *err) MUST_CHECK;
/* The mode that a user is in; 0 if none was decided yet. */
int store_user_mode(struct store *s, int64_t id, int64_t *ret, struct err *err) MUST_CHECK;
int store_user_count(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* How many characters the longest extension has; 0 without users. */
int store_extension_longest(struct store *s, size_t *ret, struct err *err) MUST_CHECK;
/* Each PBX that has users, once, in small letters. Lent for the call. */
int store_user_pbxs(
	struct store *s, int (*fn)(void *data, const char *pbx), void *data, struct err *err);

/* id 0 adds. Modes by name are brought to their proper names. ERR_USAGE if the name or extension is taken. */
int store_user_write(struct store *s, struct user *u, struct err *err) MUST_CHECK;
int store_user_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;

#endif
