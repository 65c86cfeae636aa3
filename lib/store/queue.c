/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/queue.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/pbx/item.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"

#define QUEUE_COLUMNS(C, AND)                                                                      \
	C(QUEUE_ID, "q.id")                                                                        \
	AND(QUEUE_NAME, "q.name")                                                                  \
	AND(QUEUE_PBX, "q.pbx")                                                                    \
	AND(QUEUE_PENALTY, "q.penalty")                                                            \
	AND(QUEUE_MEMBERS, "q.members")                                                            \
	AND(QUEUE_HINTS_CONTEXT, "q.hints")                                                        \
	AND(QUEUE_USERS, "(SELECT count(*) FROM queue_member WHERE queue_id = q.id)")
enum { DB_ENUM(QUEUE_COLUMNS) };
#define SELECT_QUEUE "SELECT " DB_COLUMNS(QUEUE_COLUMNS) " FROM queue q "

static enum queue_members members_of(struct db_rows *rows, int column)
{
	int members = queue_members_parse(db_text(rows, column));

	return members < 0 ? QUEUE_MEMBERS_RULES : (enum queue_members)members;
}

static void read_queue(struct db_rows *rows, struct queue *q)
{
	q->id = db_int(rows, QUEUE_ID);
	db_copy(rows, QUEUE_NAME, q->name, sizeof(q->name));
	db_copy(rows, QUEUE_PBX, q->pbx, sizeof(q->pbx));
	q->penalty = db_within(rows, QUEUE_PENALTY, 0, PENALTY_MAX);
	q->members = members_of(rows, QUEUE_MEMBERS);
	db_copy(rows, QUEUE_HINTS_CONTEXT, q->hints, sizeof(q->hints));
	q->users_n = db_int(rows, QUEUE_USERS);
}

static struct db_rows *names(struct store *s, bool with_pbx, struct err *err)
{
	return with_pbx ? db_query(s->db, err, "SELECT name || '@' || pbx FROM queue")
			: db_query(s->db, err, "SELECT name FROM queue");
}

int store_queue_find(struct store *s, const char *word, struct queue *ret, struct err *err)
{
	_cleanup_(freep) char *name = xstrdup(word);
	_cleanup_(db_donep) struct db_rows *rows = NULL;
	char *pbx = strchr(name, '@');
	int r;

	if (pbx)
		*pbx++ = '\0';
	rows = db_query(s->db, err,
		SELECT_QUEUE
		"WHERE q.name_key = lower(?1) AND (?2 IS NULL OR q.pbx_key = lower(?2)) ORDER BY q.pbx_key LIMIT 2",
		T(name), T(pbx));
	if ((r = db_next(rows, err)) < 0)
		return -1;
	if (!r)
		return store_not_found(err, "queue", word, names(s, pbx, err));
	read_queue(rows, ret);
	if ((r = db_next(rows, err)) <= 0)
		return r;
	return err_set(err, ERR_USAGE, "queue '%s' is on PBX '%s' and on '%s'; say which: %s@%s",
		ret->name, ret->pbx, db_text(rows, QUEUE_PBX), ret->name, ret->pbx);
}

int store_queue_get(struct store *s, int64_t id, struct queue *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_QUEUE "WHERE q.id = ?1", I(id));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no queue with number %lld", (long long)id);
	read_queue(rows, ret);
	return 0;
}

int store_queue_each(
	struct store *s, int (*fn)(void *data, const struct queue *q), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_QUEUE "ORDER BY q.name_key, q.pbx_key");
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct queue q;

		read_queue(rows, &q);
		if ((r = fn(data, &q)) != 0)
			return r;
	}
	return r;
}

int store_queue_write(struct store *s, struct queue *q, struct err *err)
{
	int64_t other;

	if (db_number(s->db, err, 0, &other,
		    "SELECT id FROM queue WHERE name_key = lower(?1) AND pbx_key = lower(?2) AND id <> ?3",
		    T(q->name), T(q->pbx), I(q->id)) < 0)
		return -1;
	if (other)
		return err_set(
			err, ERR_USAGE, "PBX '%s' has a queue '%s' already", q->pbx, q->name);
	if (!q->id)
		return db_number(s->db, err, 0, &q->id,
			"INSERT INTO queue (name, pbx, penalty, members, hints) VALUES (?1, ?2, ?3, ?4, ?5)"
			" RETURNING id",
			T(q->name), T(q->pbx), I(q->penalty), T(queue_members_name(q->members)),
			T(q->hints));
	return written(db_run(s->db, err,
		"UPDATE queue SET name = ?2, pbx = ?3, penalty = ?4, members = ?5, hints = ?6"
		" WHERE id = ?1",
		I(q->id), T(q->name), T(q->pbx), I(q->penalty), T(queue_members_name(q->members)),
		T(q->hints)));
}

int store_queue_delete(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM queue WHERE id = ?1", I(id)));
}

int store_queue_penalty(struct store *s, int64_t id, int64_t user_id, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, PENALTY_ABSENT, ret,
		"SELECT coalesce(penalty, -1) FROM queue_member WHERE queue_id = ?1 AND user_id = ?2",
		I(id), I(user_id));
}

int store_queue_assign(struct store *s, int64_t id, int64_t user_id, int64_t penalty,
	enum queue_change *ret, struct err *err)
{
	int64_t was;

	if (store_queue_penalty(s, id, user_id, &was, err) < 0)
		return -1;
	*ret = was == PENALTY_ABSENT            ? QUEUE_ADDED
		: penalty < 0 || penalty == was ? QUEUE_SAME
						: QUEUE_CHANGED;
	if (*ret == QUEUE_SAME)
		return 0;
	return written(db_run(s->db, err,
		"INSERT INTO queue_member (queue_id, user_id, penalty)"
		" VALUES (?1, ?2, CASE WHEN ?3 < 0 THEN NULL ELSE ?3 END)"
		" ON CONFLICT (queue_id, user_id) DO UPDATE SET penalty = excluded.penalty",
		I(id), I(user_id), I(penalty)));
}

int store_queue_unassign(
	struct store *s, int64_t id, int64_t user_id, bool *ret_changed, struct err *err)
{
	int64_t n = db_run(s->db, err,
		"DELETE FROM queue_member WHERE queue_id = ?1 AND user_id = ?2", I(id), I(user_id));

	*ret_changed = n > 0;
	return n < 0 ? -1 : 0;
}

/* Users in queues. */

#define QUEUE_USER_COLUMNS(C, AND)                                                                 \
	C(QUEUE_USER_NAME, "u.name")                                                               \
	AND(QUEUE_USER_EXTENSION, "u.extension")                                                   \
	AND(QUEUE_USER_MODE, "d.name")                                                             \
	AND(QUEUE_USER_PENALTY, "coalesce(m.penalty, q.penalty)")                                  \
	AND(QUEUE_USER_WANTED, "i.wanted")                                                         \
	AND(QUEUE_USER_CONFIRMED, "i.confirmed")                                                   \
	AND(QUEUE_USER_ERROR, "i.error")                                                           \
	AND(QUEUE_USER_PUT_OFF, "i.put_off IS NOT DISTINCT FROM i.wanted")
enum { DB_ENUM(QUEUE_USER_COLUMNS) };

int store_queue_users(struct store *s, const struct queue *q,
	int (*fn)(void *data, const struct queue_user *u), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			QUEUE_USER_COLUMNS) " FROM queue_member m JOIN queue q ON q.id = m.queue_id"
					    " JOIN users u ON u.id = m.user_id"
					    " JOIN presence p ON p.user_id = u.id JOIN mode d ON d.id = p.mode_id"
					    " LEFT JOIN item i ON i.user_id = u.id AND i.wanted <> ''"
					    " AND substr(i.name, 1, length(q.name) + 7) = '" ITEM_MEMBER
					    "' || q.name || '/'"
					    " WHERE q.id = ?1 ORDER BY u.name_key",
		I(q->id));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct queue_user u = {
			.user = db_text(rows, QUEUE_USER_NAME),
			.extension = db_text(rows, QUEUE_USER_EXTENSION),
			.mode = db_text(rows, QUEUE_USER_MODE),
			.penalty = db_within(rows, QUEUE_USER_PENALTY, 0, PENALTY_MAX),
			.wanted = db_text(rows, QUEUE_USER_WANTED),
			.confirmed = db_text_or_null(rows, QUEUE_USER_CONFIRMED),
			.error = db_text_or_null(rows, QUEUE_USER_ERROR),
			.put_off = db_bool(rows, QUEUE_USER_PUT_OFF),
		};

		if ((r = fn(data, &u)) != 0)
			return r;
	}
	return r;
}

int store_queue_user_ids(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT user_id FROM queue_member WHERE queue_id = ?1", I(id)),
		ret, err);
}

int store_queue_users_in_mode(struct store *s, int64_t mode_id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT DISTINCT m.user_id FROM queue_member m JOIN presence p ON p.user_id = m.user_id"
			" WHERE p.mode_id = ?1",
			I(mode_id)),
		ret, err);
}

int store_queue_of_user(struct store *s, int64_t user_id, int (*fn)(void *data, const char *name),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT q.name FROM queue_member m JOIN queue q ON q.id = m.queue_id WHERE m.user_id = ?1"
		" ORDER BY q.name_key",
		I(user_id));

	return store_each_text(rows, fn, data, err);
}

#define FIRST_DIAL(column, user)                                                                   \
	"(SELECT " column " FROM device WHERE user_id = " user " ORDER BY position LIMIT 1)"
#define SEAT_COLUMNS(C, AND)                                                                       \
	C(SEAT_QUEUE, "q.name")                                                                    \
	AND(SEAT_HINTS, "q.hints")                                                                 \
	AND(SEAT_MEMBERS, "q.members")                                                             \
	AND(SEAT_PENALTY, "coalesce(m.penalty, q.penalty)")                                        \
	AND(SEAT_USER, "u.name")                                                                   \
	AND(SEAT_EXTENSION, "u.extension")                                                         \
	AND(SEAT_PBX, "u.pbx")                                                                     \
	AND(SEAT_DIAL, FIRST_DIAL("dial", "u.id"))
enum { DB_ENUM(SEAT_COLUMNS) };

int store_queue_seats(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct queue_seat *seat), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			SEAT_COLUMNS) " FROM queue_member m JOIN queue q ON q.id = m.queue_id"
				      " JOIN users u ON u.id = m.user_id WHERE m.user_id = ?1",
		I(user_id));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct queue_seat seat = {
			.queue = db_text(rows, SEAT_QUEUE),
			.hints = db_text(rows, SEAT_HINTS),
			.members = members_of(rows, SEAT_MEMBERS),
			.penalty = db_within(rows, SEAT_PENALTY, 0, PENALTY_MAX),
			.user = db_text(rows, SEAT_USER),
			.extension = db_text(rows, SEAT_EXTENSION),
			.pbx = db_text(rows, SEAT_PBX),
			.dial = db_text(rows, SEAT_DIAL),
		};

		if ((r = fn(data, &seat)) != 0)
			return r;
	}
	return r;
}

/* Misfits. OTHER_PBX: the user is on another PBX than the queue. NO_DEVICE: the queue calls devices, and the user has none. SAME:
 * the queue calls devices, and another user of the queue has the same first device. */

#define OTHER_PBX "u.pbx_key <> q.pbx_key"
#define NO_DEVICE "(q.members = 'device' AND " FIRST_DIAL("dial", "u.id") " IS NULL)"
#define SAME                                                                                              \
	"(SELECT o.name FROM device d JOIN queue_member x ON x.user_id = d.user_id AND x.queue_id = q.id" \
	" JOIN users o ON o.id = d.user_id WHERE q.members = 'device' AND o.id <> u.id"                   \
	" AND d.dial_key = " FIRST_DIAL("dial_key", "u.id") " AND d.dial_key = " FIRST_DIAL(              \
		"dial_key", "o.id") " LIMIT 1)"
#define MISFIT_COLUMNS(C, AND)                                                                     \
	C(MISFIT_USER, "u.name")                                                                   \
	AND(MISFIT_EXTENSION, "u.extension")                                                       \
	AND(MISFIT_USER_PBX, "u.pbx")                                                              \
	AND(MISFIT_QUEUE, "q.name")                                                                \
	AND(MISFIT_QUEUE_PBX, "q.pbx")                                                             \
	AND(MISFIT_OTHER_PBX, OTHER_PBX)                                                           \
	AND(MISFIT_NO_DEVICE, NO_DEVICE)                                                           \
	AND(MISFIT_SAME, SAME)                                                                     \
	AND(MISFIT_DIAL, FIRST_DIAL("dial", "u.id"))
enum { DB_ENUM(MISFIT_COLUMNS) };
#define SELECT_MISFIT                                                                              \
	"SELECT " DB_COLUMNS(                                                                      \
		MISFIT_COLUMNS) " FROM queue_member m JOIN queue q ON q.id = m.queue_id"           \
				" JOIN users u ON u.id = m.user_id WHERE (" OTHER_PBX              \
				" OR " NO_DEVICE " OR " SAME " IS NOT NULL) AND "

static int give_misfit(struct db_rows *rows, int (*fn)(void *data, const struct queue_misfit *m),
	void *data, struct err *err)
{
	int r = db_next(rows, err);

	if (r > 0)
		r = fn(data,
			&(struct queue_misfit){
				.user = db_text(rows, MISFIT_USER),
				.extension = db_text(rows, MISFIT_EXTENSION),
				.user_pbx = db_text(rows, MISFIT_USER_PBX),
				.queue = db_text(rows, MISFIT_QUEUE),
				.queue_pbx = db_text(rows, MISFIT_QUEUE_PBX),
				.other_pbx = db_bool(rows, MISFIT_OTHER_PBX),
				.no_device = db_bool(rows, MISFIT_NO_DEVICE),
				.same = db_text(rows, MISFIT_SAME),
				.dial = db_text(rows, MISFIT_DIAL),
			});
	db_done(rows);
	return r;
}

int store_queue_misfit(struct store *s, int64_t id,
	int (*fn)(void *data, const struct queue_misfit *m), void *data, struct err *err)
{
	return give_misfit(db_query(s->db, err, SELECT_MISFIT "m.queue_id = ?1 LIMIT 1", I(id)), fn,
		data, err);
}

int store_queue_misfit_of_user(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct queue_misfit *m), void *data, struct err *err)
{
	return give_misfit(db_query(s->db, err, SELECT_MISFIT "m.user_id = ?1 LIMIT 1", I(user_id)),
		fn, data, err);
}
