/* Items on the PBX: what each should hold, and what it confirmed. */
#include <stdio.h>
#include <string.h>

#include "lib/store/sql.h"
#include "lib/pbx/member.h"

int item_want(
	struct store *s, int64_t user_id, const char *pbx, const struct item *item, struct err *err)
{
	return sql_later(s, err,
		"INSERT INTO item (pbx, name, wanted, rank, user_id) SELECT a, b, c, d, e FROM rows WHERE true"
		" ON CONFLICT (name, pbx) DO UPDATE SET wanted = excluded.wanted, rank = excluded.rank,"
		" user_id = excluded.user_id, error = NULL"
		/* To Asterisk a member whose name differs only in case is the same one. With another id nothing that is under way
		 * to the old name is taken for an answer about this. */
		" ON CONFLICT (name COLLATE NOCASE, pbx) WHERE name GLOB '" ITEM_MEMBER
		"*' DO UPDATE SET id = (SELECT max(id) + 1 FROM item), name = excluded.name,"
		" wanted = excluded.wanted, rank = excluded.rank, user_id = excluded.user_id,"
		" previous = coalesce(confirmed, previous), confirmed = NULL, put_off = NULL, error = NULL",
		"tttii", pbx, item->name, item->value, (int64_t)item->rank, user_id);
}

int item_change(struct store *s, sqlite3_stmt *row, const char *wanted, int rank, struct err *err)
{
	int64_t id = sqlite3_column_int64(row, 0);

	if (!strcmp(sql_text(row, 3), wanted))
		return 0;
	if (sqlite3_column_type(row, 4) != SQLITE_NULL &&
		sql_later(s, err, "UPDATE item SET error = NULL FROM rows WHERE id = a", "i", id) <
			0)
		return -1;
	/* The row is there, so nothing is inserted: this form goes to each row once, an UPDATE FROM twice. */
	return sql_later(s, err,
		"INSERT INTO item (id, pbx, name, wanted, rank) SELECT a, '', '', b, c FROM rows WHERE true"
		" ON CONFLICT (id) DO UPDATE SET wanted = excluded.wanted, rank = excluded.rank",
		"iti", id, wanted, (int64_t)rank);
}

/* Bring the rows of a user but those of queues in line with these items, which are all that is not neutral. The others go
 * back to neutral: usually that is none or the phone's lamp; a changed extension or PBX leaves all of them. */
static int bring_in_line(struct store *s, int64_t user_id, const char *pbx,
	const struct item *items, size_t n, bool *ret_in_queues, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT " ITEM_COLUMNS " FROM item WHERE user_id = ?", "i", user_id);
	bool there[ITEM_USER_MAX] = { false };
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		const char *name = sql_text(st, 1);
		size_t i = 0;

		while (i < n &&
			(strcmp(items[i].name, name) != 0 || strcasecmp(sql_text(st, 2), pbx) != 0))
			i++;
		if (i < n)
			there[i] = true;
		else if (n && !item_follows_mode(name)) {
			*ret_in_queues |= item_is_member(name);
			continue; /* follows what is edited: rule.c; or queue.c */
		}
		if (item_change(s, st, i < n ? items[i].value : item_neutral(name),
			    i < n ? items[i].rank : 1, err) < 0)
			return -1;
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!there[i])
			r = item_want(s, user_id, pbx, &items[i], err);
	}
	return r;
}

int store_item_refresh(struct store *s, int64_t user_id, const char *pbx, const char *extension,
	const struct mode *m, const char *note, const char *ask, struct err *err)
{
	struct item items[ITEM_USER_MAX];
	size_t n = item_of_user(extension, m, note, ask, items);
	bool in_queues = false;

	if (bring_in_line(s, user_id, pbx, items, n, &in_queues, err) < 0)
		return -1;
	return in_queues ? store_members_follow(s, user_id, m, err) : 0;
}

int store_item_release(struct store *s, int64_t user_id, struct err *err)
{
	return bring_in_line(s, user_id, "", NULL, 0, &(bool){ false }, err);
}

int store_item_say_again(struct store *s, int64_t user_id, struct err *err)
{
	return sql_run(s, err,
		"UPDATE item SET previous = confirmed, confirmed = NULL WHERE user_id = ?"
		" AND name GLOB 'CustomPresence:*' AND wanted IS confirmed",
		"i", user_id);
}

static int each(struct store *s, sqlite3_stmt *st,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	int r;

	while ((r = sql_row(s, st, err)) > 0) {
		struct stored_item row = {
			.id = sqlite3_column_int64(st, 0),
			.pbx = sql_text(st, 1),
			.name = sql_text(st, 2),
			.wanted = sql_text(st, 3),
			.confirmed = (const char *)sqlite3_column_text(st, 4),
			.error = (const char *)sqlite3_column_text(st, 5),
			.previous = (const char *)sqlite3_column_text(st, 6),
			.leave_by = sql_until(st, 7),
			.sent = (const char *)sqlite3_column_text(st, 8),
		};

		if ((r = fn(data, &row)) != 0)
			return r;
	}
	return r;
}

#define COLUMNS                                                                                    \
	"id, pbx, name, wanted, confirmed, error, previous, iif(put_off IS wanted, leave_by, NULL), sent"

int store_item_difference(struct store *s, const char *pbx, int64_t now, size_t limit,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT " COLUMNS " FROM item"
		" WHERE pbx = ?1 AND wanted IS NOT confirmed AND error IS NULL"
		" AND (put_off IS NOT wanted OR again_at IS NULL OR again_at <= ?2)"
		" ORDER BY rank, id LIMIT ?3",
		"tii", pbx, now, (int64_t)limit);

	return st ? each(s, st, fn, data, err) : -1;
}

int store_item_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct stored_item *row), void *data, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT " COLUMNS " FROM item WHERE pbx = ? ORDER BY name", "t", pbx);

	return st ? each(s, st, fn, data, err) : -1;
}

int store_item_confirm(struct store *s, int64_t id, const char *value, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"UPDATE item SET previous = iif(confirmed IS ?2, previous, coalesce(confirmed, previous)), confirmed = ?2,"
		" sent = NULL, error = NULL, put_off = NULL WHERE id = ?1 RETURNING name, wanted",
		"it", id, value);
	bool gone = false;
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		const char *neutral = item_neutral(sql_text(st, 0));

		gone = !strcmp(neutral, value) && !strcmp(neutral, sql_text(st, 1));
	}
	if (r < 0 || !gone)
		return r;
	return sql_run(s, err, "DELETE FROM item WHERE id = ?", "i", id);
}

int store_item_refuse(
	struct store *s, int64_t id, const char *value, const char *error, struct err *err)
{
	return sql_run(s, err, "UPDATE item SET error = ?3 WHERE id = ?1 AND wanted = ?2", "itt",
		id, value, error);
}

int store_item_put_off(struct store *s, const struct item_wait *wait, struct err *err)
{
	return sql_run(s, err,
		"UPDATE item SET previous = iif(confirmed IS ?3, previous, confirmed), confirmed = ?3,"
		" leave_by = iif(put_off IS ?2, leave_by, ?5), put_off = ?2, again_at = ?4 WHERE id = ?1",
		"ittii", wait->id, wait->value, wait->confirmed, wait->again_at, wait->leave_by);
}

int store_item_send(struct store *s, int64_t id, const char *value, struct err *err)
{
	return sql_run(s, err, "UPDATE item SET sent = ?2 WHERE id = ?1", "it", id, value);
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
	if (sql_number(s, err, 0, &n, "SELECT 1 FROM mode WHERE name = ?", "t", reason) < 0)
		return -1;
	*ret = n;
	return 0;
}

int store_item_waits(struct store *s, const char *pbx, bool *ret, struct err *err)
{
	int64_t n;

	if (sql_number(s, err, 0, &n,
		    "SELECT 1 FROM item WHERE pbx = ? AND wanted IS NOT confirmed AND error IS NULL"
		    " AND put_off IS wanted LIMIT 1",
		    "t", pbx) < 0)
		return -1;
	*ret = n;
	return 0;
}

/* The items that follow a user's mode, as item_follows_mode() tells them from the rows of call rules. */
#define OF_MODE                                                                                    \
	"(name GLOB 'Custom*' OR name GLOB '" ITEM_LAMPS "*' OR name GLOB '" ENTRY_ASK "/*')"
/* Those that a switch waits for: also the user as a member of queues, but not until the end of a call. */
#define MEMBER "name GLOB '" ITEM_MEMBER "*'"
#define AWAITED                                                                                    \
	"wanted IS NOT confirmed AND error IS NULL AND put_off IS NOT wanted AND (" OF_MODE        \
	" OR " MEMBER ")"
#define RETRY " pbx = ?1 AND error IS NOT NULL AND (?2 OR " OF_MODE ")"

int store_item_retry(struct store *s, const char *pbx, bool rows, struct err *err)
{
	int64_t refused;

	if (sql_number(s, err, 0, &refused, "SELECT 1 FROM item WHERE" RETRY " LIMIT 1", "ti", pbx,
		    (int64_t)rows) < 0)
		return -1;
	if (!refused)
		return 0;
	return sql_run(
		s, err, "UPDATE item SET error = NULL WHERE" RETRY, "ti", pbx, (int64_t)rows);
}

/* Users up to this many are asked about one by one; beyond, the few rows of the whole difference are cheaper. */
enum { ONE_BY_ONE = 64 };

/* One of these users (NULL: of any), whose item of a mode, or as a member of a queue, is refused. */
static int refusal(struct store *s, const struct ids *who, bool member, char name[ITEM_NAME_SIZE],
	char ret[256], struct err *err)
{
	bool one_by_one = who && who->n <= ONE_BY_ONE;

	ret[0] = '\0';
	for (size_t i = 0; i < (one_by_one ? who->n : 1) && !*ret; i++) {
		SQL_STMT st = one_by_one
			? sql(s, err,
				  "SELECT error, name FROM item WHERE user_id = ?1 AND error IS NOT NULL"
				  " AND iif(" MEMBER ", ?2, NOT ?2 AND " OF_MODE ") LIMIT 1",
				  "ii", who->ids[i], (int64_t)member)
			: sql(s, err,
				  "SELECT error, name FROM item WHERE error IS NOT NULL"
				  " AND iif(" MEMBER ", ?2, NOT ?2 AND (?1 OR " OF_MODE
				  ")) LIMIT 1",
				  "ii", (int64_t)!who, (int64_t)member);
		int r;

		if (!st || (r = sql_row(s, st, err)) < 0)
			return -1;
		if (r) {
			sql_copy(ret, 256, st, 0);
			sql_copy(name, ITEM_NAME_SIZE, st, 1);
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
			if (sql_number(s, err, 0, &n,
				    "SELECT count(*) FROM item WHERE user_id = ? AND " AWAITED, "i",
				    who->ids[i]) < 0)
				return -1;
			sum += n;
		}
	} else if (pbx) {
		if (sql_number(s, err, 0, &sum,
			    "SELECT count(*) FROM item WHERE pbx = ? AND wanted IS NOT confirmed AND error IS NULL"
			    " AND put_off IS NOT wanted",
			    "t", pbx) < 0)
			return -1;
	} else if (
		sql_number(s, err, 0, &sum,
			"SELECT count(*) FROM item WHERE wanted IS NOT confirmed AND error IS NULL"
			" AND put_off IS NOT wanted AND user_id IS NOT NULL AND (?1 OR " OF_MODE
			" OR " MEMBER ")",
			"i", (int64_t)!who) < 0) {
		return -1;
	}
	*ret = (size_t)sum;
	return 0;
}

int store_scan_begin(struct store *s, struct err *err)
{
	if (sql_run(s, err, "CREATE TEMP TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY) STRICT",
		    "") < 0)
		return -1;
	return sql_run(s, err, "DELETE FROM temp.seen", "");
}

/* More than one lamp is lit. */
static int merge_lamps(struct store *s, int64_t id, const struct item *more, struct err *err)
{
	SQL_STMT st = sql(s, err, "SELECT confirmed FROM item WHERE id = ?", "i", id);
	char held[ITEM_VALUE_SIZE];

	if (!st || sql_row(s, st, err) < 0)
		return -1;
	sql_copy(held, sizeof(held), st, 0);
	item_merge(held, more->value);
	return sql_run(s, err, "UPDATE item SET confirmed = ?2 WHERE id = ?1", "it", id, held);
}

int store_scan_item(struct store *s, const char *pbx, const struct item *item, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT id, confirmed IS ?3 FROM item WHERE name = ?1 AND pbx = ?2",
			"ttt", item->name, pbx, item->value);
	int64_t id = 0;
	bool same = false;
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (r) {
		id = sqlite3_column_int64(st, 0);
		same = sqlite3_column_int(st, 1);
	} else {
		if (!item_is_ours(item->name) || !strcmp(item->value, item_neutral(item->name)))
			return 0;
		if (sql_run(s, err,
			    "INSERT INTO item (pbx, name, wanted, confirmed, rank) VALUES (?, ?, ?, ?, 2)",
			    "tttt", pbx, item->name, item_neutral(item->name), item->value) < 0)
			return -1;
		id = sqlite3_last_insert_rowid(s->db);
		same = true;
	}
	if (sql_run(s, err, "INSERT OR IGNORE INTO temp.seen (id) VALUES (?)", "i", id) < 0)
		return -1;
	if (item_is_lamps(item->name) && !sqlite3_changes(s->db))
		return merge_lamps(s, id, item, err);
	if (same)
		return 0;
	return sql_run(
		s, err, "UPDATE item SET confirmed = ?2 WHERE id = ?1", "it", id, item->value);
}

int store_scan_seen(struct store *s, const char *pbx, const char *name, struct err *err)
{
	return sql_run(s, err,
		"INSERT OR IGNORE INTO temp.seen (id) SELECT id FROM item WHERE name = ? AND pbx = ?",
		"tt", name, pbx);
}

int store_scan_end(struct store *s, const char *pbx, struct err *err)
{
	/* What we confirmed last of a member tells which pause is ours. */
	if (sql_run(s, err,
		    "UPDATE item SET confirmed = NULL, again_at = NULL,"
		    " previous = iif(name GLOB '" ITEM_MEMBER "*', confirmed, previous)"
		    " WHERE pbx = ? AND confirmed IS NOT NULL"
		    " AND id NOT IN (SELECT id FROM temp.seen)",
		    "t", pbx) < 0 ||
		sql_run(s, err, "DELETE FROM temp.seen", "") < 0)
		return -1;
	return store_item_retry(s, pbx, true, err);
}
