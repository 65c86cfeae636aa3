/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - the log: who did what, to what, and why. A record never changes. IDs ascend in the order of the commits, without gaps. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "lib/store/store.h"

/* A text that is NULL, and a time that is 0, was not said. There are two kinds of records.
 *
 * An edit: `subject` is what was edited, @sales for a group. One record stands for one key: its value before and after, NULL where
 * there was none or is none any more. Only an edit that has no keys at all has a record without a key.
 *
 * A presence: `source` is given, and `subject` is a user. from_mode, to_mode, source, why (the reason), since and until are the
 * decision, as struct presence has it. from_mode is NULL for a user who had none. If the user was switched, key is "switch", `before`
 * and `after` are the modes chosen by hand before and after, and why is the note. Records that were written before version 5 of the
 * schema have no source, but a to_mode. */
struct log_record {
	int64_t id; /* given by the database */
	int64_t at;
	const char *via; /* cli, presenced, phone; the store's actor */
	int64_t uid;     /* -1: no uid; the store's actor */
	const char *actor;
	const char *what; /* "user set", "rule", "set", "clear", "follow" (time) ... */
	const char *subject;
	const char *key, *before, *after;
	const char *from_mode, *to_mode, *source;
	int64_t since, until; /* UNTIL_OPEN: no end */
	const char *why;
	/* Of a presence, and of a user who is added or deleted: the user, whatever they are called later. 0: no user. An ID is used again
	 * after its user was deleted. */
	int64_t user_id;
};

/* Write a record. id, via, uid and actor are not read. The record may wait for store_flush(). */
int store_log(struct store *s, const struct log_record *record, struct err *err) MUST_CHECK;
/* Which records. A field that is 0 does not limit them. */
struct log_page {
	const char *subject;   /* lent; NULL: any. Case does not count */
	int64_t since, before; /* of their time: since <= at < before */
	int64_t after_id, before_id;
	bool newest_first;
	size_t max;
};
/* Give a page of records, in the order of their IDs. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_log_page(struct store *s, const struct log_page *page,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err);
/* Give the records about the user who has this ID and name, with an `id` of at most `newest`, the newest first. */
int store_log_of_user(struct store *s, int64_t user_id, const char *name, int64_t newest,
	int (*fn)(void *data, const struct log_record *row), void *data, struct err *err);
/* Find the user_id of the newest record about a user of this name, and the record: a user who is called otherwise by now, or is gone.
 * *ret_user_id is 0 if there is none. */
int store_log_find_user(struct store *s, const char *name, int64_t *ret_user_id,
	int64_t *ret_record, struct err *err) MUST_CHECK;
/* When the oldest record was written; INT64_MAX if there is none. */
int store_log_begin(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;

/* What a user was in at an instant. What records before and after it say of them, and what they are now. */
struct log_moment {
	int64_t user_id;
	const char *user, *extension, *pbx; /* extension and pbx are NULL for a user who is gone */
	struct log_record held;             /* the last record before; id 0: there is none */
	struct log_record
		next;  /* the first after it; id 0: there is none. why and who are not given */
	int64_t until; /* the earliest instant of a later record; UNTIL_OPEN: there is none */
	/* The presence now. mode NULL: the user is gone. */
	const char *mode, *source, *reason, *note;
	int64_t since;
};
/* Give these users at an instant. who NULL: all whom the log or the database knows, by name, with one statement. */
int store_log_at(struct store *s, const struct ids *who, int64_t at,
	int (*fn)(void *data, const struct log_moment *row), void *data, struct err *err);
/* Set the error that no record is about `word`, with did-you-mean. Returns -1. */
int store_log_unknown(struct store *s, const char *word, struct err *err);

/* The ID of the oldest record, 1 if there is none. */
int store_log_first(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* The ID of the first record, of those above `after` and up to `upto`, that was not written before an instant; 0 if there is none. */
int store_log_young(struct store *s, int64_t after, int64_t upto, int64_t before, int64_t *ret,
	struct err *err) MUST_CHECK;
/* Delete the records up to an ID, where a seal ends, and the seals before this one, which stays: the next one has its hash. */
int store_log_delete(struct store *s, int64_t upto, struct err *err) MUST_CHECK;
#define LOG_PRUNE "log prune" /* a record of this says up to which ID, as its new value */

#endif
