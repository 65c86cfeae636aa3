/* Queues of the PBX, the users in them, and what each of them is to be told there. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/pbx/member.h"

#define SELECT_QUEUE                                                                               \
	"SELECT q.id, q.name, q.pbx, q.penalty, q.members, q.hints,"                               \
	" (SELECT count(*) FROM queue_member WHERE queue_id = q.id) FROM queue q "

static void read_queue(sqlite3_stmt *st, struct queue *q)
{
	int members = queue_members_parse(sql_text(st, 4));

	q->id = sqlite3_column_int64(st, 0);
	sql_copy(q->name, sizeof(q->name), st, 1);
	sql_copy(q->pbx, sizeof(q->pbx), st, 2);
	q->penalty = sqlite3_column_int64(st, 3);
	q->members = members < 0 ? QUEUE_MEMBERS_RULES : (enum queue_members)members;
	sql_copy(q->hints, sizeof(q->hints), st, 5);
	q->users_n = sqlite3_column_int64(st, 6);
}

int store_queue_find(struct store *s, const char *word, struct queue *ret, struct err *err)
{
	_cleanup_(freep) char *name = xstrdup(word);
	char *pbx = strchr(name, '@');
	SQL_STMT st = NULL;
	int r;

	if (pbx)
		*pbx++ = '\0';
	st = sql(s, err,
		SELECT_QUEUE
		"WHERE q.name = ?1 AND (?2 IS NULL OR q.pbx = ?2) ORDER BY q.pbx LIMIT 2",
		"tt", name, pbx);
	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return sql_not_found(s, err, "queue", word,
			pbx ? "SELECT name || '@' || pbx FROM queue" : "SELECT name FROM queue");
	read_queue(st, ret);
	if ((r = sql_row(s, st, err)) <= 0)
		return r;
	return err_set(err, ERR_USAGE, "queue '%s' is on PBX '%s' and on '%s'; say which: %s@%s",
		ret->name, ret->pbx, sql_text(st, 2), ret->name, ret->pbx);
}

int store_queue_each(
	struct store *s, int (*fn)(void *data, const struct queue *q), void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_QUEUE "ORDER BY q.name, q.pbx", "");
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		struct queue q;

		read_queue(st, &q);
		if ((r = fn(data, &q)) != 0)
			return r;
	}
	return r;
}

/* The items. */

/* Those of a user that are to be there. */
struct member_items {
	struct item *list;
	size_t n, cap;
};

static void member_items_done(struct member_items *m)
{
	free(m->list);
}

#define FIRST_DIAL(user)                                                                           \
	"(SELECT dial FROM device WHERE user_id = " user " ORDER BY position LIMIT 1)"

static int collect(struct store *s, int64_t user_id, const struct mode *m,
	const struct rules *rules, struct member_items *to, char pbx[NAME_MAX_LEN + 1],
	struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT q.name, coalesce(m.penalty, q.penalty), u.name, u.pbx,"
		" iif(q.members = 'device', " FIRST_DIAL(
			"u.id") ", 'Local/' || u.extension || '@presence-queue/n'),"
				" iif(q.members = 'device', '', 'hint:' || u.extension || '@' || q.hints)"
				" FROM queue_member m JOIN queue q ON q.id = m.queue_id JOIN users u ON u.id = m.user_id"
				" WHERE m.user_id = ?",
		"i", user_id);
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		struct member member = {
			.queue = sql_text(st, 0),
			.interface = sql_text(st, 4),
			.name = sql_text(st, 2),
			.state = sql_text(st, 5),
			.mode = m->name,
			.penalty = sqlite3_column_int64(st, 1),
			.answer = rules_queue(rules, sql_text(st, 0)),
			.assigned = true,
		};

		sql_copy(pbx, NAME_MAX_LEN + 1, st, 3);
		if (!*member.interface)
			continue; /* somebody else's writing: follow_member_check() */
		to->list = mem_grow(to->list, &to->cap, to->n + 1, sizeof(*to->list));
		item_of_member(&member, &to->list[to->n++]);
	}
	return r;
}

static int follow(struct store *s, int64_t user_id, const char *pbx, struct member_items *items,
	struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT " ITEM_COLUMNS " FROM item WHERE user_id = ? AND name GLOB '" ITEM_MEMBER
		"*'",
		"i", user_id);
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		size_t i = 0, n = items->n;

		while (i < n &&
			(strcasecmp(items->list[i].name, sql_text(st, 1)) != 0 ||
				strcasecmp(sql_text(st, 2), pbx) != 0))
			i++;
		if (i < n && strcmp(items->list[i].name, sql_text(st, 1)) != 0)
			continue; /* item_want() gives it the other name */
		if (item_change(s, st, i < n ? items->list[i].value : "",
			    i < n ? items->list[i].rank : 0, err) < 0)
			return -1;
		if (i < n)
			items->list[i] = items->list[--items->n];
	}
	for (size_t i = 0; r == 0 && i < items->n; i++)
		r = item_want(s, user_id, pbx, &items->list[i], err);
	return r;
}

int follow_members(struct store *s, int64_t user_id, const struct mode *m, struct err *err)
{
	_cleanup_(member_items_done) struct member_items items = { 0 };
	const struct mode_rules *of_mode;
	char pbx[NAME_MAX_LEN + 1] = "";
	struct effective e;
	struct rules own;

	if (memory_mode_rules(s, m, &of_mode, err) < 0 ||
		store_user_rules(s, user_id, m->id, &own, err) < 0)
		return -1;
	rules_effective(&of_mode->base, &of_mode->mode, &own, &e);
	if (collect(s, user_id, m, &e.rules, &items, pbx, err) < 0)
		return -1;
	return follow(s, user_id, pbx, &items, err);
}

int follow_member_refresh(struct store *s, int64_t user_id, struct err *err)
{
	int64_t mode_id;
	struct mode m;

	if (sql_number(s, err, 0, &mode_id, "SELECT mode_id FROM presence WHERE user_id = ?", "i",
		    user_id) < 0 ||
		store_mode_get(s, mode_id, &m, err) < 0)
		return -1;
	return follow_members(s, user_id, &m, err);
}

static int refresh_who(struct store *s, const struct ids *who, struct err *err)
{
	for (size_t i = 0; i < who->n; i++) {
		if (follow_member_refresh(s, who->ids[i], err) < 0)
			return -1;
	}
	return 0;
}

int follow_members_in_mode(struct store *s, int64_t mode_id, int64_t user_id, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	sqlite3_stmt *st = user_id
		? sql(s, err,
			  "SELECT user_id FROM presence WHERE user_id = ?2 AND mode_id = ?1 AND user_id IN"
			  " (SELECT user_id FROM queue_member WHERE user_id = ?2)",
			  "ii", mode_id, user_id)
		: sql(s, err,
			  "SELECT DISTINCT m.user_id FROM queue_member m JOIN presence p ON p.user_id = m.user_id"
			  " WHERE p.mode_id = ?",
			  "i", mode_id);

	if (!st || ids_collect(s, st, &who, err) < 0)
		return -1;
	sqlite3_reset(st);
	return refresh_who(s, &who, err);
}

/* Assignments that cannot be: of a queue, or of a user. */
#define OTHER_PBX "u.pbx <> q.pbx"
#define NO_DEVICE "(q.members = 'device' AND " FIRST_DIAL("u.id") " IS NULL)"
#define SHARED                                                                                            \
	"(SELECT o.name FROM device d JOIN queue_member x ON x.user_id = d.user_id AND x.queue_id = q.id" \
	" JOIN users o ON o.id = d.user_id WHERE q.members = 'device' AND d.dial = " FIRST_DIAL(          \
		"u.id") " COLLATE NOCASE AND o.id <> u.id AND d.dial = " FIRST_DIAL("o.id") ")"
#define SELECT_MISFIT                                                                              \
	"SELECT u.name, u.pbx, u.extension, q.name, q.pbx, " OTHER_PBX ", " NO_DEVICE ", " SHARED  \
	", " FIRST_DIAL("u.id") " FROM queue_member m JOIN queue q ON q.id = m.queue_id"           \
				" JOIN users u ON u.id = m.user_id WHERE (" OTHER_PBX              \
				" OR " NO_DEVICE " OR " SHARED " IS NOT NULL) AND "

static int misfit(sqlite3_stmt *st, struct err *err)
{
	const char *user = sql_text(st, 0), *queue = sql_text(st, 3);

	if (sqlite3_column_int(st, 5))
		return err_set(err, ERR_USAGE,
			"queue '%s' is on PBX '%s' and user '%s' on '%s', and a queue has users of its own PBX only",
			queue, sql_text(st, 4), user, sql_text(st, 1));
	if (sqlite3_column_int(st, 6))
		return err_set(err, ERR_USAGE,
			"queue '%s' calls devices, and user '%s' has none; one is given by:"
			" presencectl user set %s devices.desk=PJSIP/%s",
			queue, user, user, sql_text(st, 2));
	return err_set(err, ERR_USAGE,
		"queue '%s' calls devices, and users '%s' and '%s' have the same first one, %s",
		queue, user, sql_text(st, 7), sql_text(st, 8));
}

/* `was_in`: the user was in the queue already. */
static int check(struct store *s, sqlite3_stmt *st, bool was_in, struct err *err)
{
	int r;

	if (!st || (r = sql_row(s, st, err)) <= 0)
		return st ? r : -1;
	misfit(st, err);
	if (was_in)
		err_hint(err, "; to take the user out: presencectl queue unassign %s %s",
			sql_text(st, 3), sql_text(st, 0));
	return -1;
}

static int check_user(struct store *s, int64_t user_id, bool was_in, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_MISFIT "m.user_id = ? LIMIT 1", "i", user_id);

	return check(s, st, was_in, err);
}

int follow_member_check(struct store *s, int64_t user_id, struct err *err)
{
	return check_user(s, user_id, true, err);
}

static int check_queue(struct store *s, const struct queue *q, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_MISFIT "m.queue_id = ? LIMIT 1", "i", q->id);

	return check(s, st, true, err);
}

/* Edits. */

static int users_of(struct store *s, const struct queue *q, struct ids *ret, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT user_id FROM queue_member WHERE queue_id = ?", "i", q->id);

	return st ? ids_collect(s, st, ret, err) : -1;
}

int follow_queue_save(struct store *s, struct queue *q, int64_t now, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };
	bool is_new = q->id == 0;
	int64_t other;

	if (sql_number(s, err, 0, &other,
		    "SELECT id FROM queue WHERE name = ? AND pbx = ? AND id <> ?", "tti", q->name,
		    q->pbx, q->id) < 0)
		return -1;
	if (other)
		return err_set(
			err, ERR_USAGE, "PBX '%s' has a queue '%s' already", q->pbx, q->name);
	if (is_new) {
		if (sql_run(s, err,
			    "INSERT INTO queue (name, pbx, penalty, members, hints) VALUES (?, ?, ?, ?, ?)",
			    "ttitt", q->name, q->pbx, q->penalty, queue_members_name(q->members),
			    q->hints) < 0)
			return -1;
		q->id = sqlite3_last_insert_rowid(s->db->sqlite);
		return store_log(s, now, "queue add", q->name, NULL, NULL, UNTIL_OPEN, NULL, err);
	}
	if (sql_run(s, err,
		    "UPDATE queue SET name = ?, pbx = ?, penalty = ?, members = ?, hints = ? WHERE id = ?",
		    "ttitti", q->name, q->pbx, q->penalty, queue_members_name(q->members), q->hints,
		    q->id) < 0 ||
		check_queue(s, q, err) < 0 || users_of(s, q, &who, err) < 0 ||
		refresh_who(s, &who, err) < 0)
		return -1;
	return store_log(s, now, "queue set", q->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_queue_delete(
	struct store *s, const struct queue *q, int64_t now, size_t *ret_n, struct err *err)
{
	_cleanup_(ids_done) struct ids who = { 0 };

	if (users_of(s, q, &who, err) < 0 ||
		sql_run(s, err, "DELETE FROM queue WHERE id = ?", "i", q->id) < 0 ||
		refresh_who(s, &who, err) < 0)
		return -1;
	*ret_n = who.n;
	return store_log(s, now, "queue delete", q->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

int follow_queue_assign(struct store *s, const struct queue *q, const struct user *u,
	int64_t penalty, int64_t now, enum queue_change *ret, struct err *err)
{
	enum { ABSENT = -2 };
	char why[NAME_MAX_LEN + 32];
	int64_t was;

	if (sql_number(s, err, ABSENT, &was,
		    "SELECT coalesce(penalty, -1) FROM queue_member WHERE queue_id = ? AND user_id = ?",
		    "ii", q->id, u->id) < 0)
		return -1;
	*ret = was == ABSENT                    ? QUEUE_ADDED
		: penalty < 0 || penalty == was ? QUEUE_SAME
						: QUEUE_CHANGED;
	if (*ret == QUEUE_SAME)
		return 0;
	if (sql_run(s, err,
		    "INSERT INTO queue_member (queue_id, user_id, penalty) VALUES (?1, ?2, iif(?3 < 0, NULL, ?3))"
		    " ON CONFLICT (queue_id, user_id) DO UPDATE SET penalty = excluded.penalty",
		    "iii", q->id, u->id, penalty) < 0 ||
		check_user(s, u->id, false, err) < 0 || follow_member_refresh(s, u->id, err) < 0)
		return -1;
	if (penalty < 0)
		snprintf(why, sizeof(why), "%s", q->name);
	else
		snprintf(why, sizeof(why), "%s, penalty %lld", q->name, (long long)penalty);
	return store_log(s, now, "queue assign", u->name, NULL, NULL, UNTIL_OPEN, why, err);
}

int follow_queue_unassign(struct store *s, const struct queue *q, const struct user *u, int64_t now,
	bool *ret_changed, struct err *err)
{
	if (sql_run(s, err, "DELETE FROM queue_member WHERE queue_id = ? AND user_id = ?", "ii",
		    q->id, u->id) < 0)
		return -1;
	*ret_changed = sqlite3_changes(s->db->sqlite) > 0;
	if (!*ret_changed)
		return 0;
	if (follow_member_refresh(s, u->id, err) < 0)
		return -1;
	return store_log(s, now, "queue unassign", u->name, NULL, NULL, UNTIL_OPEN, q->name, err);
}

int store_queue_users(struct store *s, const struct queue *q,
	int (*fn)(void *data, const struct queue_user *u), void *data, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT u.name, u.extension, d.name, coalesce(m.penalty, q.penalty), i.wanted, i.confirmed, i.error, i.put_off IS i.wanted"
		" FROM queue_member m JOIN queue q ON q.id = m.queue_id JOIN users u ON u.id = m.user_id"
		" JOIN presence p ON p.user_id = u.id JOIN mode d ON d.id = p.mode_id"
		" LEFT JOIN item i ON i.user_id = u.id AND i.wanted <> ''"
		" AND substr(i.name, 1, length(q.name) + 7) = '" ITEM_MEMBER "' || q.name || '/'"
		" WHERE q.id = ? ORDER BY u.name",
		"i", q->id);
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		struct queue_user u = {
			.user = sql_text(st, 0),
			.extension = sql_text(st, 1),
			.mode = sql_text(st, 2),
			.penalty = sqlite3_column_int64(st, 3),
			.wanted = sql_text(st, 4),
			.confirmed = (const char *)sqlite3_column_text(st, 5),
			.error = (const char *)sqlite3_column_text(st, 6),
			.put_off = sqlite3_column_int(st, 7),
		};

		if ((r = fn(data, &u)) != 0)
			return r;
	}
	return r;
}

int store_queue_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT q.name FROM queue_member m JOIN queue q ON q.id = m.queue_id WHERE m.user_id = ?"
		" ORDER BY q.name",
		"i", user_id);

	return sql_each_text(s, st, fn, data, err);
}
