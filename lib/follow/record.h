/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - what edits write into the log. An edit that changes nothing writes nothing. */
#ifndef FOLLOW_RECORD_H
#define FOLLOW_RECORD_H

#include "lib/base/key.h"
#include "lib/store/store.h"

/* An edit of an object that has keys. */
struct edit {
	const char *what, *subject;
	const struct keys *keys;
	const void *before; /* NULL: it is new */
	const void *after;  /* NULL: it is deleted */
	size_t size;        /* of the object */
	const char *mode;   /* NULL, or the mode of a user's rules: it stands before the key */
};
/* Write a record for each key that differs. What is new or deleted is compared with an object whose keys have their fallbacks, and
 * has one record at least. */
int follow_record_edit(
	struct store *s, const struct edit *edit, int64_t now, struct err *err) MUST_CHECK;

/* Write a record of one key. `before` and `after` may be NULL. */
int follow_record(struct store *s, int64_t now, const char *what, const char *subject,
	const char *key, const char *before, const char *after, struct err *err) MUST_CHECK;

/* Write a record of each of these users: they had `name` as `key`, and have it no more. */
int follow_record_members(struct store *s, const struct ids *users, int64_t now, const char *what,
	const char *key, const char *name, struct err *err) MUST_CHECK;

/* The subject of a record about a group: @sales. */
enum { GROUP_SUBJECT_SIZE = NAME_MAX_LEN + 2 };
void follow_group_subject(const char *group, char ret[GROUP_SUBJECT_SIZE]);

#endif
