/* SPDX-License-Identifier: GPL-3.0-or-later */
/* item.h - the rows of items: what a PBX should hold, and what it has confirmed. */
#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "lib/pbx/item.h"
#include "lib/store/store.h"

/* An item. Strings are lent for the call. */
struct stored_item {
	int64_t id, user_id; /* user_id is 0 if it is nobody's */
	const char *pbx, *name, *wanted;
	const char *confirmed; /* NULL if unknown */
	const char *error;     /* NULL if not refused */
	const char *previous;  /* what was confirmed before, or NULL */
	const char *heard;     /* tokens, see store_item_hear(), or NULL */
	const char *sent; /* a pause that we sent and whose answer is not written down, or NULL */
	int64_t leave_by; /* how long it can be put off; UNTIL_OPEN: it was not put off yet */
	bool is_few;      /* a transaction with few items wants it */
};
enum { ITEM_FEW = 100 }; /* so many items of a transaction overtake those of larger ones */
/* Which items of a PBX are due at `now`, UTC seconds, and at most how many. */
struct item_due {
	const char *pbx;
	int64_t now;
	size_t max;
	bool passes_few; /* leave out those of transactions with few items */
};
/* Give the items whose wanted and confirmed values differ: those of transactions with few items first, and of both the restrictive ones
 * first. Refused items are left out, and items that are put off until after `now`. */
int store_item_difference(struct store *s, const struct item_due *due,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);
/* Whether there are such items of a transaction with few. */
int store_item_has_few(
	struct store *s, const char *pbx, int64_t now, bool *ret, struct err *err) MUST_CHECK;
/* Give all items of a PBX, by name. */
int store_item_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);

/* Give the items of a PBX that are in step, with IDs above `after` and up to `upto`. */
int store_item_slice(struct store *s, const char *pbx, int64_t after, int64_t upto,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);
/* The largest ID of all items, 0 if there are none. */
int store_item_last(struct store *s, int64_t *ret, struct err *err) MUST_CHECK;
/* Give the members of queues who are confirmed in vain, with IDs above `after` and in their order. */
int store_item_in_vain(struct store *s, const char *pbx, int64_t after,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);
/* Give the item of this name, if there is one. The name of a member counts in any case, as for Asterisk. */
int store_item_named(struct store *s, const char *pbx, const char *name,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);

/* The items of a user. Zero-initialize. */
struct user_items {
	struct user_item {
		int64_t id;
		char name[ITEM_NAME_SIZE], pbx[NAME_MAX_LEN + 1], wanted[ITEM_VALUE_SIZE];
		bool has_error;
		bool waits; /* for the PBX to be told, behind others */
	} * list;
	size_t n, cap;
};
void user_items_done(struct user_items *items);
int store_item_of_user(
	struct store *s, int64_t user_id, struct user_items *ret, struct err *err) MUST_CHECK;

/* Want an item that the user does not have yet. A row with this name may exist: then it becomes the user's. The row may wait for
 * store_flush(). */
int store_item_want(struct store *s, int64_t user_id, const char *pbx, const struct item *item,
	struct err *err) MUST_CHECK;
/* Want another value of an item that exists. has_error: it was refused, and that no longer counts. The row may wait for
 * store_flush(). */
int store_item_set_wanted(struct store *s, int64_t id, const char *wanted, int rank, bool has_error,
	struct err *err) MUST_CHECK;
/* The value that is wanted was wanted before. If this transaction has few items it does not wait behind those of larger ones any
 * more. The row may wait for store_flush(). */
int store_item_want_soon(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* Want a value on every PBX that has users. */
int store_item_want_everywhere(
	struct store *s, const char *name, const char *value, struct err *err) MUST_CHECK;

/* The PBX holds `value`; NULL: what it holds is not known any more. An item that is no longer wanted and is neutral now is deleted. */
int store_item_confirm(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* The PBX does not have the member of this item, and we did nothing for that. The item is forgotten if it was gone at the last login
 * already. A PBX that is killed, or gets an older AstDB, has removed members again, and nothing else tells them from those whom others
 * have added. */
int store_member_is_gone(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* The PBX has refused `value`. If the item wants another value by now, nothing is written. */
int store_item_refuse(struct store *s, int64_t id, const char *value, const char *error,
	struct err *err) MUST_CHECK;
/* An item whose wanted value has to wait for the end of a call. Commands do not wait for it. If the same value is put off again,
 * its first leave_by stays. Another wanted value is tried at once. After a scan this one is tried at once too. */
struct item_wait {
	int64_t id;
	const char *value, *confirmed; /* the wanted value, and what the PBX holds until then */
	int64_t again_at, leave_by;    /* UTC seconds */
};
int store_item_put_off(struct store *s, const struct item_wait *wait, struct err *err) MUST_CHECK;
/* Write down that we are about to send a pause. If its answer gets lost, store_pause_is_ours() still knows the pause. */
int store_item_send(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* Whether we have paused a member. We have if the reason is a mode, or if what we confirmed or sent last has this reason. */
int store_pause_is_ours(struct store *s, const struct stored_item *row, const char *reason,
	bool *ret, struct err *err) MUST_CHECK;
/* Whether an item of a PBX is put off. */
int store_item_waits(struct store *s, const char *pbx, bool *ret, struct err *err) MUST_CHECK;
/* Forget refusals, so that the items are tried again. What is confirmed in vain stays so. entries false: only of items that follow a
 * mode. Without refusals nothing is written. */
int store_item_retry(struct store *s, const char *pbx, bool entries, struct err *err) MUST_CHECK;
/* Count the items that are neither confirmed nor refused nor put off. With `who`: items that follow the modes of these users. Else
 * with `pbx`: all items of the PBX. Else all items of all users. */
int store_item_pending(struct store *s, const struct ids *who, const char *pbx, size_t *ret,
	struct err *err) MUST_CHECK;
/* Count the items that a PBX refuses, and the members of queues who are confirmed in vain. */
struct item_refusals {
	size_t refused, vain;
};
int store_item_refused(
	struct store *s, const char *pbx, struct item_refusals *ret, struct err *err) MUST_CHECK;
/* Find why an item of one of these users was refused. who NULL: of any user. "": no item was refused. */
int store_item_refusal(
	struct store *s, const struct ids *who, char ret[256], struct err *err) MUST_CHECK;
/* The same for users as members of queues. `queue` is the name of the queue. */
int store_member_refusal(struct store *s, const struct ids *who, char queue[NAME_MAX_LEN + 1],
	char ret[256], struct err *err) MUST_CHECK;

/* Tokens of feature codes, the newest first: so many are remembered of a presence. */
enum { ITEM_HEARD = 8, ITEM_HEARD_SIZE = ITEM_HEARD * ITEM_TOKEN_SIZE };

/* A user's item, as we need it to judge what was read back. */
struct read_back {
	int64_t id, user_id;
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], previous[ITEM_VALUE_SIZE];
	bool is_confirmed;
	char heard[ITEM_HEARD_SIZE]; /* see store_item_hear() */
	bool newer; /* the user was switched here, not on the PBX, and the PBX has not confirmed it */
};
/* `phone` is the giver of switches that are made on a PBX. ret->id is 0 if no user has the item. */
int store_item_read_back(struct store *s, const char *pbx, const char *name, const char *phone,
	struct read_back *ret, struct err *err) MUST_CHECK;
/* The user whose presence this is, unless it was last changed by a word that was said here: a switch, or the end of all; then 0, as where
 * nothing is confirmed. `phone` as above. */
int store_item_unsaid(struct store *s, const char *pbx, const char *presence, const char *phone,
	int64_t *ret_user_id, struct err *err) MUST_CHECK;
/* The same for an item of no user: user_id is 0, and newer is false. ret->id is 0 if there is no such item. */
int store_item_held(struct store *s, const char *pbx, const char *name, struct read_back *ret,
	struct err *err) MUST_CHECK;
/* The PBX holds `value`: it was read back. NULL: what it holds is not known any more. */
int store_item_set_confirmed(
	struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* A feature code with this token was read back. `heard` is what read_back has of the item. */
int store_item_hear(struct store *s, int64_t id, const char *heard, const char *token,
	struct err *err) MUST_CHECK;
/* Whether it was read back before: then the PBX has forgotten what came after it. */
bool store_item_has_heard(const char *heard, const char *token);
/* The same, unless another value than `before` (NULL: unknown) was confirmed meanwhile: then it returns 0, else 1. */
int store_item_found(struct store *s, int64_t id, const char *before, const char *value,
	struct err *err) MUST_CHECK;
/* What the PBX holds is not known any more, and the PBX is to be told again at once. */
int store_item_doubt(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* The PBX holds an item that only we set and that nobody wants: it gets the neutral value. */
int store_item_stray(
	struct store *s, const char *pbx, const struct item *item, struct err *err) MUST_CHECK;
/* What the PBXs hold is not known any more. Nothing waits, and nothing was refused. */
int store_item_doubt_all(struct store *s, struct err *err) MUST_CHECK;
/* Whether a PBX still holds the entry that says when a user's mode ends is not known any more. */
int store_item_doubt_until(
	struct store *s, const char *pbx, int64_t user_id, struct err *err) MUST_CHECK;
/* The lamps of a user on a PBX, and the user's default mode. id 0: the user has none there. */
struct lamps {
	int64_t id;
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], default_mode[NAME_MAX_LEN + 1];
};
int store_item_lamps(struct store *s, const char *pbx, int64_t user_id, struct lamps *ret,
	struct err *err) MUST_CHECK;

/* A user was switched. If the PBX holds the mode already, the PBX is told again: what another program put there meanwhile is older. */
int store_item_say_again(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

/* A scan: begin, one call for each item that the PBX lists, end. Items that the PBX does not list count as unknown. Items that only
 * we set and that nobody wants are strays. They are put back to neutral; until the end nothing is written of them. Each call stands
 * in a transaction, but they may stand in several. */
int store_scan_begin(struct store *s, const char *pbx, struct err *err) MUST_CHECK;
/* How many items of users a PBX should hold, and how many items of nobody it has refused to let go. */
int store_scan_owned(struct store *s, const char *pbx, size_t *ret_wanted, size_t *ret_stuck,
	struct err *err) MUST_CHECK;
/* Returns 1 if the item is a stray that was not seen before, 0, or -1. */
int store_scan_item(
	struct store *s, const char *pbx, const struct item *item, struct err *err) MUST_CHECK;
/* The PBX lists the item, but its value is read back later. */
int store_scan_seen(struct store *s, const char *pbx, const char *name, struct err *err) MUST_CHECK;
int store_scan_end(struct store *s, const char *pbx, struct err *err) MUST_CHECK;

#endif
