/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/item.h"

#include <stdio.h>
#include <string.h>

#include "lib/pbx/member.h"
#include "lib/base/text.h"
#include "lib/store/inside.h"

#define DIFFERS "wanted IS DISTINCT FROM confirmed AND error IS NULL"
#define PENDING DIFFERS " AND put_off IS DISTINCT FROM wanted"
/* The items without which a switch does not count as done. `until` follows the mode too, but calls are put through without it, and an
 * AMI user without write = system cannot set it. */
#define OF_MODE "kind IN ('presence', 'lamps', 'hours', 'ask')"
/* The items that a switch waits for: also the user as a member of queues. PENDING leaves out members who are on a call. */
#define AWAITED "kind IN ('presence', 'lamps', 'hours', 'ask', 'member')"

/* What is wanted. */

/* What few items want overtakes what many want, so the first ones of a transaction have a rank below zero until they are confirmed.
 * Those of a transaction that has many more of them are ahead of the others too, which holds up nobody. */
static int place(struct store *s, int rank)
{
	return s->wanted_n++ < ITEM_FEW ? rank - ITEM_RANKS : rank;
}

/* For Asterisk, names of members that differ only in case are one member. So the row stays and takes the new name. It also gets a
 * new ID: an answer that still comes for the old name finds no row. */
static int want_member(
	struct store *s, int64_t user_id, const char *pbx, const struct item *item, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO item (pbx, name, wanted, rank, user_id, kind)"
		" SELECT lower(a), b, c, d, e, 'member' FROM rows WHERE true"
		" ON CONFLICT (lower(name), pbx) WHERE kind = 'member' DO UPDATE SET"
		" id = CASE WHEN item.name = excluded.name THEN item.id"
		" ELSE (SELECT max(id) + 1 FROM item) END,"
		" previous = CASE WHEN item.name = excluded.name THEN item.previous"
		" ELSE coalesce(item.confirmed, item.previous) END,"
		" confirmed = CASE WHEN item.name = excluded.name THEN item.confirmed END,"
		" put_off = CASE WHEN item.name = excluded.name THEN item.put_off END,"
		" name = excluded.name, wanted = excluded.wanted, rank = excluded.rank,"
		" user_id = excluded.user_id, error = NULL",
		T(pbx), T(item->name), T(item->value), I(place(s, item->rank)), I(user_id));
}

int store_item_want(
	struct store *s, int64_t user_id, const char *pbx, const struct item *item, struct err *err)
{
	if (item_is_member(item->name))
		return want_member(s, user_id, pbx, item, err);
	return db_later(s->db, err,
		"INSERT INTO item (pbx, name, wanted, rank, user_id, kind)"
		" SELECT lower(a), b, c, d, e, f FROM rows WHERE true"
		" ON CONFLICT (name, pbx) DO UPDATE SET wanted = excluded.wanted, rank = excluded.rank,"
		" user_id = excluded.user_id, error = NULL",
		T(pbx), T(item->name), T(item->value), I(place(s, item->rank)), I(user_id),
		T(item_kind(item->name)));
}

int store_item_set_wanted(
	struct store *s, int64_t id, const char *wanted, int rank, bool has_error, struct err *err)
{
	if (has_error &&
		db_later(s->db, err,
			"UPDATE item SET error = NULL WHERE id IN (SELECT a FROM rows)", I(id)) < 0)
		return -1;
	/* The row exists, so this inserts nothing. SQLite visits each row once. UPDATE ... FROM would visit it twice. */
	return db_later(s->db, err,
		"INSERT INTO item (id, pbx, name, kind, wanted, rank) SELECT a, '', '', '', b, c FROM rows WHERE true"
		" ON CONFLICT (id) DO UPDATE SET wanted = excluded.wanted, rank = excluded.rank",
		I(id), T(wanted), I(place(s, rank)));
}

int store_item_want_soon(struct store *s, int64_t id, struct err *err)
{
	return place(s, 0) >= 0
		? 0
		: db_later(s->db, err,
			  "UPDATE item SET rank = rank - b FROM rows WHERE id = a AND rank >= 0",
			  I(id), I(ITEM_RANKS));
}

/* The PBXs are those that should hold the entry of mode available. To find them in `users` would read all users. */
int store_item_want_everywhere(
	struct store *s, const char *name, const char *value, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO item (pbx, name, wanted, rank, kind) SELECT pbx, ?1, ?2, ?4, ?3 FROM item"
		" WHERE name = '" ENTRY_MODE "/available' AND wanted <> ''"
		" ON CONFLICT (name, pbx) DO UPDATE SET wanted = excluded.wanted, rank = excluded.rank,"
		" error = NULL WHERE item.wanted <> excluded.wanted",
		T(name), T(value), T(item_kind(name)), I(place(s, 1))));
}

void user_items_done(struct user_items *items)
{
	free(items->list);
	*items = (struct user_items){ 0 };
}

#define USER_ITEM_COLUMNS(C, AND)                                                                  \
	C(USER_ITEM_ID, "id")                                                                      \
	AND(USER_ITEM_NAME, "name")                                                                \
	AND(USER_ITEM_PBX, "pbx")                                                                  \
	AND(USER_ITEM_WANTED, "wanted")                                                            \
	AND(USER_ITEM_HAS_ERROR, "error IS NOT NULL")                                              \
	AND(USER_ITEM_WAITS, "rank >= 0 AND wanted IS DISTINCT FROM confirmed")
enum { DB_ENUM(USER_ITEM_COLUMNS) };

int store_item_of_user(struct store *s, int64_t user_id, struct user_items *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(USER_ITEM_COLUMNS) " FROM item WHERE user_id = ?1",
		I(user_id));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct user_item *item;

		ret->list = mem_grow(ret->list, &ret->cap, ret->n + 1, sizeof(*ret->list));
		item = &ret->list[ret->n++];
		item->id = db_int(rows, USER_ITEM_ID);
		db_copy(rows, USER_ITEM_NAME, item->name, sizeof(item->name));
		db_copy(rows, USER_ITEM_PBX, item->pbx, sizeof(item->pbx));
		db_copy(rows, USER_ITEM_WANTED, item->wanted, sizeof(item->wanted));
		item->has_error = db_bool(rows, USER_ITEM_HAS_ERROR);
		item->waits = db_bool(rows, USER_ITEM_WAITS);
	}
	return r;
}

/* Differences, confirmations and refusals. */

#define ITEM_COLUMNS(C, AND)                                                                       \
	C(ITEM_ID, "id")                                                                           \
	AND(ITEM_PBX, "pbx")                                                                       \
	AND(ITEM_NAME, "name")                                                                     \
	AND(ITEM_WANTED, "wanted")                                                                 \
	AND(ITEM_CONFIRMED, "confirmed")                                                           \
	AND(ITEM_ERROR, "error")                                                                   \
	AND(ITEM_PREVIOUS, "previous")                                                             \
	AND(ITEM_LEAVE_BY, "CASE WHEN put_off IS NOT DISTINCT FROM wanted THEN leave_by END")      \
	AND(ITEM_SENT, "sent")                                                                     \
	AND(ITEM_RANK, "rank")                                                                     \
	AND(ITEM_HEARD_CODES, "heard")                                                             \
	AND(ITEM_OWNER, "user_id")
enum { DB_ENUM(ITEM_COLUMNS) };
#define SELECT_ITEM "SELECT " DB_COLUMNS(ITEM_COLUMNS) " FROM item "

static int each(struct db_rows *rows, int (*fn)(void *data, const struct stored_item *row),
	void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct stored_item row = {
			.id = db_int(rows, ITEM_ID),
			.pbx = db_text(rows, ITEM_PBX),
			.name = db_text(rows, ITEM_NAME),
			.wanted = db_text(rows, ITEM_WANTED),
			.confirmed = db_text_or_null(rows, ITEM_CONFIRMED),
			.error = db_text_or_null(rows, ITEM_ERROR),
			.previous = db_text_or_null(rows, ITEM_PREVIOUS),
			.leave_by = db_until(rows, ITEM_LEAVE_BY),
			.sent = db_text_or_null(rows, ITEM_SENT),
			.is_few = db_int(rows, ITEM_RANK) < 0,
			.heard = db_text_or_null(rows, ITEM_HEARD_CODES),
			.user_id = db_int(rows, ITEM_OWNER),
		};

		if ((r = fn(data, &row)) != 0)
			return r;
	}
	return r;
}

/* What was put off comes again in seconds. What is minutes away was put off by a clock that was ahead, and comes at once. */
#define IS_IN_TIME                                                                                 \
	"(put_off IS DISTINCT FROM wanted OR again_at IS NULL OR again_at <= ?2 OR again_at > ?2 + 600)"

int store_item_difference(struct store *s, const struct item_due *due,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		SELECT_ITEM "WHERE pbx = lower(?1) AND " DIFFERS " AND " IS_IN_TIME
			    " AND rank >= ?4 ORDER BY rank, id LIMIT ?3",
		T(due->pbx), I(due->now), I((int64_t)due->max),
		I(due->passes_few ? 0 : -ITEM_RANKS));

	return each(rows, fn, data, err);
}

int store_item_has_few(struct store *s, const char *pbx, int64_t now, bool *ret, struct err *err)
{
	int64_t n;

	if (db_number(s->db, err, 0, &n,
		    "SELECT 1 FROM item WHERE pbx = lower(?1) AND " DIFFERS " AND " IS_IN_TIME
		    " AND rank < 0 LIMIT 1",
		    T(pbx), I(now)) < 0)
		return -1;
	*ret = n;
	return 0;
}

int store_item_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_ITEM "WHERE pbx = lower(?1) ORDER BY name", T(pbx));

	return each(rows, fn, data, err);
}

int store_item_slice(struct store *s, const char *pbx, int64_t after, int64_t upto,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		SELECT_ITEM "WHERE id > ?2 AND id <= ?3 AND pbx = lower(?1) AND wanted = confirmed"
			    " AND (kind <> 'member' OR wanted <> '')",
		T(pbx), I(after), I(upto));

	return each(rows, fn, data, err);
}

int store_item_last(struct store *s, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, 0, ret, "SELECT max(id) FROM item");
}

int store_item_in_vain(struct store *s, const char *pbx, int64_t after,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		SELECT_ITEM "WHERE pbx = lower(?1) AND error IS NOT NULL AND wanted = confirmed"
			    " AND kind = 'member' AND id > ?2 ORDER BY id",
		T(pbx), I(after));

	return each(rows, fn, data, err);
}

int store_item_named(struct store *s, const char *pbx, const char *name,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = item_is_member(name)
		? db_query(s->db, err,
			  SELECT_ITEM
			  "WHERE lower(name) = lower(?1) AND pbx = lower(?2) AND kind = 'member'",
			  T(name), T(pbx))
		: db_query(s->db, err, SELECT_ITEM "WHERE name = ?1 AND pbx = lower(?2)", T(name),
			  T(pbx));

	return each(rows, fn, data, err);
}

/* The item is not wanted any more, and the PBX holds the value that it has before anybody sets one. Of a member see
 * store_member_is_gone(). */
static bool is_gone(struct db_rows *rows, const char *value)
{
	enum { NAME, WANTED };
	const char *name = db_text(rows, NAME), *neutral = item_neutral(name);

	return !item_is_member(name) && !strcmp(neutral, value) &&
		!strcmp(neutral, db_text(rows, WANTED));
}

int store_item_confirm(struct store *s, int64_t id, const char *value, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"UPDATE item SET previous = CASE WHEN confirmed IS NOT DISTINCT FROM ?2 THEN previous"
		" ELSE coalesce(confirmed, previous) END, confirmed = ?2, error = NULL, put_off = NULL,"
		" sent = CASE WHEN ?2 IS NULL THEN sent END,"
		" rank = CASE WHEN rank < 0 AND wanted = ?2 THEN rank + ?3 ELSE rank END"
		" WHERE id = ?1 RETURNING name, wanted",
		I(id), T(value), I(ITEM_RANKS));
	bool gone = false;
	int r;

	while ((r = db_next(rows, err)) > 0)
		gone = value && is_gone(rows, value);
	if (r < 0 || !gone)
		return r;
	return written(db_run(s->db, err, "DELETE FROM item WHERE id = ?1", I(id)));
}

int store_member_is_gone(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err,
		"DELETE FROM item WHERE id = ?1 AND kind = 'member' AND wanted = '' AND confirmed = ''"
		" AND previous = ''",
		I(id)));
}

int store_item_refuse(
	struct store *s, int64_t id, const char *value, const char *error, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET error = ?3, rank = CASE WHEN rank < 0 THEN rank + ?4 ELSE rank END"
		" WHERE id = ?1 AND wanted = ?2",
		I(id), T(value), T(error), I(ITEM_RANKS)));
}

int store_item_put_off(struct store *s, const struct item_wait *wait, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET previous = CASE WHEN confirmed IS NOT DISTINCT FROM ?3 THEN previous"
		" ELSE confirmed END, confirmed = ?3,"
		" leave_by = CASE WHEN put_off IS NOT DISTINCT FROM ?2 THEN leave_by ELSE ?5 END,"
		" put_off = ?2, again_at = ?4 WHERE id = ?1",
		I(wait->id), T(wait->value), T(wait->confirmed), I(wait->again_at),
		I(wait->leave_by)));
}

int store_item_send(struct store *s, int64_t id, const char *value, struct err *err)
{
	return written(
		db_run(s->db, err, "UPDATE item SET sent = ?2 WHERE id = ?1", I(id), T(value)));
}

int store_pause_is_ours(struct store *s, const struct stored_item *row, const char *reason,
	bool *ret, struct err *err)
{
	int64_t n;

	*ret = member_pauses_as(row->confirmed, reason) ||
		member_pauses_as(row->previous, reason) || member_pauses_as(row->sent, reason) ||
		!strcmp(reason, MEMBER_RELEASED);
	if (*ret)
		return 0;
	if (db_number(s->db, err, 0, &n, "SELECT 1 FROM mode WHERE name_key = lower(?1)",
		    T(reason)) < 0)
		return -1;
	*ret = n;
	return 0;
}

int store_item_waits(struct store *s, const char *pbx, bool *ret, struct err *err)
{
	int64_t n;

	if (db_number(s->db, err, 0, &n,
		    "SELECT 1 FROM item WHERE pbx = lower(?1) AND " DIFFERS
		    " AND put_off IS NOT DISTINCT FROM wanted LIMIT 1",
		    T(pbx)) < 0)
		return -1;
	*ret = n;
	return 0;
}

#define REFUSED                                                                                    \
	"pbx = lower(?1) AND error IS NOT NULL AND (?2 = 1 OR " OF_MODE ")"                        \
	" AND (kind <> 'member' OR wanted IS DISTINCT FROM confirmed)"

int store_item_retry(struct store *s, const char *pbx, bool entries, struct err *err)
{
	int64_t refused;

	if (db_number(s->db, err, 0, &refused, "SELECT 1 FROM item WHERE " REFUSED " LIMIT 1",
		    T(pbx), I(entries)) < 0)
		return -1;
	if (!refused)
		return 0;
	return written(db_run(
		s->db, err, "UPDATE item SET error = NULL WHERE " REFUSED, T(pbx), I(entries)));
}

int store_item_refused(struct store *s, const char *pbx, struct item_refusals *ret, struct err *err)
{
	enum { ALL, VAIN };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT count(*), count(CASE WHEN kind = 'member' AND wanted = confirmed THEN 1 END)"
		" FROM item WHERE pbx = lower(?1) AND error IS NOT NULL",
		T(pbx));

	if (db_next(rows, err) < 0)
		return -1;
	ret->vain = (size_t)db_int(rows, VAIN);
	ret->refused = (size_t)db_int(rows, ALL) - ret->vain;
	return 0;
}

/* Up to this many users we ask about each. For more, it is cheaper to count all rows that differ: they are few. */
enum { ONE_BY_ONE = 64 };

#define REFUSED_KIND "CASE WHEN kind = 'member' THEN ?2 = 1 ELSE ?2 = 0 AND "

/* Find a refused item of one of these users. who NULL: of any user. member: only items of queue members, else only items of
 * modes. */
static int refusal(struct store *s, const struct ids *who, bool member, char name[ITEM_NAME_SIZE],
	char ret[256], struct err *err)
{
	enum { ERROR, NAME };
	bool one_by_one = who && who->n <= ONE_BY_ONE;

	ret[0] = '\0';
	for (size_t i = 0; i < (one_by_one ? who->n : 1) && !*ret; i++) {
		_cleanup_(db_donep) struct db_rows *rows = one_by_one
			? db_query(s->db, err,
				  "SELECT error, name FROM item WHERE user_id = ?1 AND error IS NOT NULL"
				  " AND " REFUSED_KIND OF_MODE " END LIMIT 1",
				  I(who->ids[i]), I(member))
			: db_query(s->db, err,
				  "SELECT error, name FROM item WHERE error IS NOT NULL"
				  " AND " REFUSED_KIND "(?1 = 1 OR " OF_MODE ") END LIMIT 1",
				  I(!who), I(member));
		int r = db_next(rows, err);

		if (r < 0)
			return -1;
		if (r) {
			db_copy(rows, ERROR, ret, 256);
			db_copy(rows, NAME, name, ITEM_NAME_SIZE);
		}
	}
	return 0;
}

int store_item_refusal(struct store *s, const struct ids *who, char ret[256], struct err *err)
{
	char name[ITEM_NAME_SIZE];

	return refusal(s, who, false, name, ret, err);
}

int store_member_refusal(struct store *s, const struct ids *who, char queue[NAME_MAX_LEN + 1],
	char ret[256], struct err *err)
{
	char name[ITEM_NAME_SIZE] = ITEM_MEMBER;
	const char *from = name + sizeof(ITEM_MEMBER) - 1;

	if (refusal(s, who, true, name, ret, err) < 0)
		return -1;
	snprintf(queue, NAME_MAX_LEN + 1, "%.*s", (int)strcspn(from, "/"), from);
	return 0;
}

int store_item_pending(
	struct store *s, const struct ids *who, const char *pbx, size_t *ret, struct err *err)
{
	int64_t n, sum = 0;

	if (who && who->n <= ONE_BY_ONE) {
		for (size_t i = 0; i < who->n; i++) {
			if (db_number(s->db, err, 0, &n,
				    "SELECT count(*) FROM item WHERE user_id = ?1 AND " PENDING
				    " AND " AWAITED,
				    I(who->ids[i])) < 0)
				return -1;
			sum += n;
		}
	} else if (pbx) {
		if (db_number(s->db, err, 0, &sum,
			    "SELECT count(*) FROM item WHERE pbx = lower(?1) AND " PENDING,
			    T(pbx)) < 0)
			return -1;
	} else if (db_number(s->db, err, 0, &sum,
			   "SELECT count(*) FROM item WHERE " PENDING
			   " AND user_id IS NOT NULL AND (?1 = 1 OR " AWAITED ")",
			   I(!who)) < 0) {
		return -1;
	}
	*ret = (size_t)sum;
	return 0;
}

/* Reading back. */

int store_item_read_back(struct store *s, const char *pbx, const char *name, const char *phone,
	struct read_back *ret, struct err *err)
{
	enum { ID, USER_ID, WANTED, CONFIRMED, PREVIOUS, HEARD, NEWER };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT i.id, i.user_id, i.wanted, i.confirmed, i.previous, i.heard, p.source = ?3 AND"
		" i.wanted IS DISTINCT FROM i.confirmed AND (SELECT giver = ?4 OR substr(giver, 1, length(?4) + 1) = ?4 || ' '"
		" FROM switch WHERE user_id = i.user_id AND ended IS NULL"
		" ORDER BY id DESC LIMIT 1) IS DISTINCT FROM true"
		" FROM item i JOIN presence p ON p.user_id = i.user_id WHERE i.name = ?1 AND i.pbx = lower(?2)",
		T(name), T(pbx), T(source_name(SOURCE_SWITCH)), T(phone));
	int r = db_next(rows, err);

	*ret = (struct read_back){ 0 };
	if (r <= 0)
		return r;
	ret->id = db_int(rows, ID);
	ret->user_id = db_int(rows, USER_ID);
	ret->is_confirmed = !db_is_null(rows, CONFIRMED);
	ret->newer = db_bool(rows, NEWER);
	db_copy(rows, HEARD, ret->heard, sizeof(ret->heard));
	db_copy(rows, WANTED, ret->wanted, sizeof(ret->wanted));
	db_copy(rows, CONFIRMED, ret->confirmed, sizeof(ret->confirmed));
	db_copy(rows, PREVIOUS, ret->previous, sizeof(ret->previous));
	return 0;
}

int store_item_unsaid(struct store *s, const char *pbx, const char *presence, const char *phone,
	int64_t *ret_user_id, struct err *err)
{
	return db_number(s->db, err, 0, ret_user_id,
		"SELECT CASE WHEN l.key IS NOT DISTINCT FROM 'switch' AND l.via <> ?3 THEN 0 ELSE u.id END"
		" FROM item i JOIN users u ON u.id = i.user_id"
		" JOIN log l ON l.subject_key = u.name_key AND l.user_id = u.id"
		" WHERE i.name = ?1 AND i.pbx = lower(?2) AND i.confirmed IS NOT NULL AND l.source IS NOT NULL"
		" ORDER BY l.id DESC LIMIT 1",
		T(presence), T(pbx), T(phone));
}

int store_item_held(
	struct store *s, const char *pbx, const char *name, struct read_back *ret, struct err *err)
{
	enum { ID, WANTED, CONFIRMED, PREVIOUS };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT id, wanted, confirmed, previous FROM item WHERE name = ?1 AND pbx = lower(?2)",
		T(name), T(pbx));
	int r = db_next(rows, err);

	*ret = (struct read_back){ 0 };
	if (r <= 0)
		return r;
	ret->id = db_int(rows, ID);
	ret->is_confirmed = !db_is_null(rows, CONFIRMED);
	db_copy(rows, WANTED, ret->wanted, sizeof(ret->wanted));
	db_copy(rows, CONFIRMED, ret->confirmed, sizeof(ret->confirmed));
	db_copy(rows, PREVIOUS, ret->previous, sizeof(ret->previous));
	return 0;
}

int store_item_set_confirmed(struct store *s, int64_t id, const char *value, struct err *err)
{
	return written(db_run(
		s->db, err, "UPDATE item SET confirmed = ?2 WHERE id = ?1", I(id), T(value)));
}

bool store_item_has_heard(const char *heard, const char *token)
{
	size_t n = strlen(token);

	for (const char *s = heard; *s; s += *s == ' ') {
		size_t len = strcspn(s, " ");

		if (n && len == n && !strncmp(s, token, n))
			return true;
		s += len;
	}
	return false;
}

int store_item_hear(
	struct store *s, int64_t id, const char *heard, const char *token, struct err *err)
{
	char all[ITEM_HEARD_SIZE + ITEM_TOKEN_SIZE];
	size_t n = 0;

	if (!*token || store_item_has_heard(heard, token))
		return 0;
	snprintf(all, sizeof(all), "%s%s%s", token, *heard ? " " : "", heard);
	for (char *end = all; (end = strchr(end, ' ')); end++) {
		if (++n == ITEM_HEARD)
			*end-- = '\0';
	}
	return written(
		db_run(s->db, err, "UPDATE item SET heard = ?2 WHERE id = ?1", I(id), T(all)));
}

int store_item_found(
	struct store *s, int64_t id, const char *before, const char *value, struct err *err)
{
	int64_t changed = db_run(s->db, err,
		"UPDATE item SET confirmed = ?3 WHERE id = ?1 AND confirmed IS NOT DISTINCT FROM ?2",
		I(id), T(before), T(value));

	return changed < 0 ? -1 : changed > 0;
}

/* The last confirmed value of a member says which pause is ours, so it is kept as the previous one. */
int store_item_doubt(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET previous = coalesce(confirmed, previous), confirmed = NULL,"
		" error = NULL, again_at = NULL WHERE id = ?1",
		I(id)));
}

/* A presence that we have never confirmed is nobody's switch. So '' stands for unknown where one was confirmed: what a phone
 * switches meanwhile still counts. */
int store_item_doubt_all(struct store *s, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET previous = coalesce(confirmed, previous), error = NULL,"
		" confirmed = CASE WHEN kind = 'presence' AND confirmed IS NOT NULL THEN '' END,"
		" put_off = NULL, again_at = NULL, leave_by = NULL"));
}

int store_item_doubt_until(struct store *s, const char *pbx, int64_t user_id, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET confirmed = NULL WHERE user_id = ?1 AND pbx = lower(?2) AND kind = 'until'",
		I(user_id), T(pbx)));
}

int store_item_lamps(
	struct store *s, const char *pbx, int64_t user_id, struct lamps *ret, struct err *err)
{
	enum { ID, WANTED, CONFIRMED, MODE };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT i.id, i.wanted, i.confirmed, coalesce(m.name, 'available')"
		" FROM item i JOIN users u ON u.id = i.user_id LEFT JOIN mode m ON m.id = u.mode_id"
		" WHERE i.name = '" ITEM_LAMPS
		"' || u.extension AND i.pbx = lower(?2) AND u.id = ?1",
		I(user_id), T(pbx));
	int r = db_next(rows, err);

	*ret = (struct lamps){ 0 };
	if (r <= 0)
		return r;
	ret->id = db_int(rows, ID);
	db_copy(rows, WANTED, ret->wanted, sizeof(ret->wanted));
	db_copy(rows, CONFIRMED, ret->confirmed, sizeof(ret->confirmed));
	db_copy(rows, MODE, ret->default_mode, sizeof(ret->default_mode));
	return 0;
}

int store_item_say_again(struct store *s, int64_t user_id, struct err *err)
{
	return db_later(s->db, err,
		"UPDATE item SET previous = confirmed, confirmed = NULL,"
		" rank = CASE WHEN rank < 0 THEN rank ELSE rank - b END FROM rows WHERE user_id = a"
		" AND kind = 'presence' AND wanted IS NOT DISTINCT FROM confirmed",
		I(user_id), I(place(s, 0) < 0 ? ITEM_RANKS : 0));
}

/* The scan. The PBX lists what it holds, item by item. Each ID goes into the table `seen`.
 *
 * * A known item: what the PBX holds becomes `confirmed`. If that is not what we want, the difference is pushed. An unknown item
 * with a name that only we use is a stray: it goes into the table `stray`, and at the end gets a row that wants the neutral value.
 * Lamps come one by one: the first one that is seen replaces `confirmed`, the next ones add to it.
 *
 * * At the end, an item without an ID in `seen` counts as unknown (`confirmed` NULL), so it is sent again, and at once. */

/* Of one PBX: several may be read at a time. */
#define FORGET_STRAYS "DELETE FROM stray WHERE pbx = lower(?1)"
#define FORGET_SEEN   "DELETE FROM seen WHERE id IN (SELECT id FROM item WHERE pbx = lower(?1))"

int store_scan_begin(struct store *s, const char *pbx, struct err *err)
{
	if (db_run(s->db, err, "CREATE TEMP TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY)") <
			0 ||
		db_run(s->db, err,
			"CREATE TEMP TABLE IF NOT EXISTS stray (pbx TEXT, name TEXT, wanted TEXT,"
			" confirmed TEXT, kind TEXT, PRIMARY KEY (pbx, name))") < 0 ||
		db_run(s->db, err, FORGET_STRAYS, T(pbx)) < 0)
		return -1;
	return written(db_run(s->db, err, FORGET_SEEN, T(pbx)));
}

int store_scan_owned(
	struct store *s, const char *pbx, size_t *ret_wanted, size_t *ret_stuck, struct err *err)
{
	enum { WANTED, STUCK };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT count(user_id), count(CASE WHEN user_id IS NULL THEN error END)"
		" FROM item WHERE pbx = lower(?1)",
		T(pbx));

	if (db_next(rows, err) < 0)
		return -1;
	*ret_wanted = (size_t)db_int(rows, WANTED);
	*ret_stuck = (size_t)db_int(rows, STUCK);
	return 0;
}

/* Add a lamp to those that this scan has seen before. */
static int merge_lamps(
	struct store *s, int64_t id, const char *held, const char *more, struct err *err)
{
	char all[ITEM_VALUE_SIZE];

	snprintf(all, sizeof(all), "%s", held);
	item_merge(all, more);
	return store_item_set_confirmed(s, id, all, err);
}

/* *ret_id is 0 if there is no such item. */
static int find_item(struct store *s, const char *pbx, const char *name, int64_t *ret_id,
	char ret_confirmed[ITEM_VALUE_SIZE], bool *ret_is_confirmed, struct err *err)
{
	enum { ID, CONFIRMED };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT id, confirmed FROM item WHERE name = ?1 AND pbx = lower(?2)", T(name),
		T(pbx));
	int r = db_next(rows, err);

	*ret_id = 0;
	*ret_confirmed = '\0';
	*ret_is_confirmed = false;
	if (r > 0) {
		*ret_id = db_int(rows, ID);
		db_copy(rows, CONFIRMED, ret_confirmed, ITEM_VALUE_SIZE);
		*ret_is_confirmed = !db_is_null(rows, CONFIRMED);
	}
	return r < 0 ? -1 : 0;
}

/* Only we set items with this name, and none is wanted: want the neutral value. Returns 1 if this scan has not seen it before. */
static int add_stray(struct store *s, const char *pbx, const struct item *item, struct err *err)
{
	enum { HELD };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT confirmed FROM stray WHERE pbx = lower(?1) AND name = ?2", T(pbx),
		T(item->name));
	char held[ITEM_VALUE_SIZE] = "";
	int known = db_next(rows, err);

	if (known < 0)
		return -1;
	if (known)
		db_copy(rows, HELD, held, sizeof(held));
	db_done(rows);
	if (known && item_is_lamps(item->name))
		item_merge(held, item->value);
	else
		text_copy(held, sizeof(held), item->value);
	if (db_run(s->db, err,
		    "INSERT INTO stray (pbx, name, wanted, confirmed, kind)"
		    " VALUES (lower(?1), ?2, ?3, ?4, ?5)"
		    " ON CONFLICT (pbx, name) DO UPDATE SET confirmed = excluded.confirmed",
		    T(pbx), T(item->name), T(item_neutral(item->name)), T(held),
		    T(item_kind(item->name))) < 0)
		return -1;
	return !known;
}

int store_item_stray(struct store *s, const char *pbx, const struct item *item, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO item (pbx, name, wanted, confirmed, rank, kind)"
		" VALUES (lower(?1), ?2, ?3, ?4, 2, ?5) ON CONFLICT DO NOTHING",
		T(pbx), T(item->name), T(item_neutral(item->name)), T(item->value),
		T(item_kind(item->name))));
}

int store_scan_item(struct store *s, const char *pbx, const struct item *item, struct err *err)
{
	char confirmed[ITEM_VALUE_SIZE];
	bool is_neutral = !strcmp(item->value, item_neutral(item->name)), is_confirmed, same;
	int64_t id, first;

	if (find_item(s, pbx, item->name, &id, confirmed, &is_confirmed, err) < 0)
		return -1;
	same = is_confirmed && !strcmp(confirmed, item->value);
	if (!id)
		return item_is_ours(item->name) && !is_neutral ? add_stray(s, pbx, item, err) : 0;
	first = db_run(
		s->db, err, "INSERT INTO seen (id) VALUES (?1) ON CONFLICT DO NOTHING", I(id));
	if (first < 0)
		return -1;
	if (item_is_lamps(item->name) && !first)
		return merge_lamps(s, id, confirmed, item->value, err);
	return same ? 0 : store_item_set_confirmed(s, id, item->value, err);
}

int store_scan_seen(struct store *s, const char *pbx, const char *name, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO seen (id) SELECT id FROM item WHERE name = ?1 AND pbx = lower(?2)"
		" ON CONFLICT DO NOTHING",
		T(name), T(pbx)));
}

/* Where all is to be pushed, nothing is few. */
static int forget_few(struct store *s, const char *pbx, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE item SET rank = rank + ?2 WHERE pbx = lower(?1) AND " DIFFERS
		" AND rank < 0",
		T(pbx), I(ITEM_RANKS)));
}

int store_scan_end(struct store *s, const char *pbx, struct err *err)
{
	/* The last confirmed value of a member says which pause is ours, so it is kept as the previous one. */
	if (db_run(s->db, err,
		    "UPDATE item SET confirmed = NULL, again_at = NULL,"
		    " previous = CASE WHEN kind = 'member' THEN confirmed ELSE previous END"
		    " WHERE pbx = lower(?1) AND confirmed IS NOT NULL"
		    " AND id NOT IN (SELECT id FROM seen)",
		    T(pbx)) < 0 ||
		db_run(s->db, err, FORGET_SEEN, T(pbx)) < 0 ||
		db_run(s->db, err,
			"INSERT INTO item (pbx, name, wanted, confirmed, rank, kind)"
			" SELECT pbx, name, wanted, confirmed, 2, kind FROM stray"
			" WHERE pbx = lower(?1) ON CONFLICT DO NOTHING",
			T(pbx)) < 0 ||
		db_run(s->db, err, FORGET_STRAYS, T(pbx)) < 0 || forget_few(s, pbx, err) < 0)
		return -1;
	return store_item_retry(s, pbx, true, err);
}
