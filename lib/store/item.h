/* item.h - items on the PBX: what each should hold, and what the PBX confirmed. */
#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "lib/pbx/item.h"
#include "lib/store/store.h"

/* `id` names the item for confirm and refuse. */
struct stored_item {
	int64_t id;
	const char *pbx, *name, *wanted;
	const char *confirmed; /* NULL if unknown */
	const char *error;     /* NULL if not refused */
	const char *previous;  /* what was confirmed before that, or NULL */
	const char *sent; /* a pause that may have been done without being confirmed, or NULL */
	int64_t leave_by; /* until when it can be put off, UNTIL_OPEN if it was not yet */
};
/* What differs from what was confirmed and is not put off beyond `now`, restrictive first, at most `limit`. */
int store_item_difference(struct store *s, const char *pbx, int64_t now, size_t limit,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);
/* All items of a PBX, for diff. */
int store_item_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err);

/* The items of a user. Zero-initialize. */
struct user_items {
	struct user_item {
		int64_t id;
		char name[ITEM_NAME_SIZE], pbx[NAME_MAX_LEN + 1], wanted[ITEM_VALUE_SIZE];
		bool has_error;
	} * list;
	size_t n, cap;
};
void user_items_done(struct user_items *items);
int store_item_of_user(
	struct store *s, int64_t user_id, struct user_items *ret, struct err *err) MUST_CHECK;

/* These two may wait for store_flush(). An item that the user does not have yet; one of its name may be there, without a user or of
 * another. */
int store_item_want(struct store *s, int64_t user_id, const char *pbx, const struct item *item,
	struct err *err) MUST_CHECK;
/* An item that is there wants something else; has_error: it was refused. */
int store_item_set_wanted(struct store *s, int64_t id, const char *wanted, int rank, bool has_error,
	struct err *err) MUST_CHECK;
/* On every PBX that has users. */
int store_item_want_everywhere(
	struct store *s, const char *name, const char *value, struct err *err) MUST_CHECK;

int store_item_confirm(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* Of `value`; nothing if something else is wanted by now. */
int store_item_refuse(struct store *s, int64_t id, const char *value, const char *error,
	struct err *err) MUST_CHECK;
/* `value` has to wait, and no command waits for it. `leave_by` only counts the first time. Any other value than this is tried at
 * once; after a scan, so is this. */
struct item_wait {
	int64_t id;
	const char *value, *confirmed; /* what is wanted, and what holds until then */
	int64_t again_at, leave_by;    /* UTC seconds */
};
int store_item_put_off(struct store *s, const struct item_wait *wait, struct err *err) MUST_CHECK;
/* A pause is about to be sent: should the answer never be written down, it is known as ours all the same. */
int store_item_send(struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* Whether a member was paused by us: the reason is a mode, or what we last confirmed or sent there had it. */
int store_pause_is_ours(struct store *s, const struct stored_item *row, const char *reason,
	bool *ret, struct err *err) MUST_CHECK;
/* Whether anything is put off. */
int store_item_waits(struct store *s, const char *pbx, bool *ret, struct err *err) MUST_CHECK;
/* Try refused items again, with or without entries. No write if there are none. */
int store_item_retry(struct store *s, const char *pbx, bool entries, struct err *err) MUST_CHECK;
/* How many items that follow the mode of these users (NULL: all items of the PBX, or of all users if that is NULL too) are not
 * confirmed, refused or put off. */
int store_item_pending(struct store *s, const struct ids *who, const char *pbx, size_t *ret,
	struct err *err) MUST_CHECK;
/* One refusal of such an item of these users (NULL: of any), "" if there is none. */
int store_item_refusal(
	struct store *s, const struct ids *who, char ret[256], struct err *err) MUST_CHECK;
/* One of theirs as members of queues, and of which queue. */
int store_member_refusal(struct store *s, const struct ids *who, char queue[NAME_MAX_LEN + 1],
	char ret[256], struct err *err) MUST_CHECK;

/* What was read back of a user's item. */
struct read_back {
	int64_t id, user_id;
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], previous[ITEM_VALUE_SIZE];
	bool is_confirmed;
	bool newer; /* somebody was switched here, not on the PBX, and the PBX has not confirmed it */
};
/* id 0: no user has such an item. */
int store_item_read_back(struct store *s, const char *pbx, const char *name, const char *phone,
	struct read_back *ret, struct err *err) MUST_CHECK;
/* What the PBX holds of it, as it was read back. */
int store_item_set_confirmed(
	struct store *s, int64_t id, const char *value, struct err *err) MUST_CHECK;
/* The lamps of a user on a PBX, with the mode that the user is in by default. id 0: none. */
struct lamps {
	int64_t id;
	char wanted[ITEM_VALUE_SIZE], confirmed[ITEM_VALUE_SIZE], default_mode[NAME_MAX_LEN + 1];
};
int store_item_lamps(struct store *s, const char *pbx, int64_t user_id, struct lamps *ret,
	struct err *err) MUST_CHECK;

/* A user was switched: where the PBX holds that already, it is told again. What somebody else may have put there meanwhile is older. */
int store_item_say_again(struct store *s, int64_t user_id, struct err *err) MUST_CHECK;

/* Take in what a PBX really holds, read as a list after login: begin, one call an item, end. Items that were
 * not seen count as unknown; strays of ours are put back to neutral. Each inside a transaction, not
 * necessarily the same. */
int store_scan_begin(struct store *s, struct err *err) MUST_CHECK;
int store_scan_item(
	struct store *s, const char *pbx, const struct item *item, struct err *err) MUST_CHECK;
/* It is there, but what it holds is to be read back. */
int store_scan_seen(struct store *s, const char *pbx, const char *name, struct err *err) MUST_CHECK;
int store_scan_end(struct store *s, const char *pbx, struct err *err) MUST_CHECK;

#endif
