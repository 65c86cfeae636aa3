/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/presence.h"

#include "lib/store/ids.h"
#include "lib/store/inside.h"

_Static_assert((int)LADDER_USERS_MAX <= (int)DB_ROWS_MAX, "one statement reads them all");

#define USER_COLUMNS(C, AND)                                                                       \
	C(USER_ID, "u.id")                                                                         \
	AND(USER_NAME, "u.name")                                                                   \
	AND(USER_EXTENSION, "u.extension")                                                         \
	AND(USER_PBX, "u.pbx")                                                                     \
	AND(USER_DEFAULT, "u.mode_id")                                                             \
	AND(USER_MODE, "p.mode_id")                                                                \
	AND(USER_NOTE, "p.note")                                                                   \
	AND(USER_SOURCE, "p.source")                                                               \
	AND(USER_SINCE, "p.since")                                                                 \
	AND(USER_NEXT, "p.next_change_at")                                                         \
	AND(USER_REASON, "p.reason")                                                               \
	AND(USER_UNTIL, "p.until")                                                                 \
	AND(USER_ZONE, "u.zone")                                                                   \
	AND(USER_BUSINESS, "u.business_id")                                                        \
	AND(USER_BREAK, "u.break_id")                                                              \
	AND(USER_OUTSIDE, "u.outside_id")                                                          \
	AND(USER_HOLIDAY, "u.holiday_id")                                                          \
	AND(USER_BUSY, "u.busy")                                                                   \
	AND(USER_OOF, "u.oof")                                                                     \
	AND(USER_LEAD, "u.lead")                                                                   \
	AND(USER_LAG, "u.lag")                                                                     \
	AND(USER_PATTERNS, "u.patterns")                                                           \
	AND(USER_HAS_SWITCHES,                                                                     \
		"EXISTS (SELECT 1 FROM switch WHERE user_id = u.id AND ended IS NULL)")            \
	AND(USER_HAS_ENDED,                                                                        \
		"EXISTS (SELECT 1 FROM switch WHERE user_id = u.id AND ended IS NOT NULL)")        \
	AND(USER_HAS_CALENDARS, "EXISTS (SELECT 1 FROM user_calendar WHERE user_id = u.id)")       \
	AND(USER_SCHEDULE,                                                                         \
		"coalesce(u.schedule_id, (SELECT schedule_id FROM on_schedule WHERE user_id = u.id))")
enum { DB_ENUM(USER_COLUMNS) };
_Static_assert(USER_BUSINESS + PERIOD_HOLIDAY == USER_HOLIDAY, "in the order of enum period");

static void read_ladder_user(struct db_rows *rows, struct ladder_user *ret)
{
	int source = source_parse(db_text(rows, USER_SOURCE));

	ret->id = db_int(rows, USER_ID);
	db_copy(rows, USER_NAME, ret->name, sizeof(ret->name));
	db_copy(rows, USER_EXTENSION, ret->extension, sizeof(ret->extension));
	db_copy(rows, USER_PBX, ret->pbx, sizeof(ret->pbx));
	db_copy(rows, USER_ZONE, ret->zone, sizeof(ret->zone));
	ret->default_mode_id = db_int(rows, USER_DEFAULT);
	ret->has_presence = !db_is_null(rows, USER_MODE);
	ret->was.mode_id = db_int(rows, USER_MODE);
	db_copy(rows, USER_NOTE, ret->was.note, sizeof(ret->was.note));
	ret->was.source = source < 0 ? SOURCE_DEFAULT : (enum source)source;
	ret->was.since = db_instant(rows, USER_SINCE);
	ret->was.next_change_at = db_until(rows, USER_NEXT);
	ret->was.until = db_until(rows, USER_UNTIL);
	db_copy(rows, USER_REASON, ret->reason, sizeof(ret->reason));
	for (int i = 0; i < PERIOD_COUNT; i++)
		ret->period_mode_id[i] = db_int(rows, USER_BUSINESS + i);
	db_copy(rows, USER_BUSY, ret->busy, sizeof(ret->busy));
	db_copy(rows, USER_OOF, ret->oof, sizeof(ret->oof));
	ret->lead_s = db_within(rows, USER_LEAD, 0, LEAD_MAX_MIN) * 60;
	ret->lag_s = db_within(rows, USER_LAG, 0, LEAD_MAX_MIN) * 60;
	db_copy(rows, USER_PATTERNS, ret->patterns, sizeof(ret->patterns));
	ret->has_switches = db_bool(rows, USER_HAS_SWITCHES);
	ret->has_ended = db_bool(rows, USER_HAS_ENDED);
	ret->has_calendars = db_bool(rows, USER_HAS_CALENDARS);
	ret->schedule_id = db_int(rows, USER_SCHEDULE);
}

/* What names a mode that is not there counts as nothing: else one such user would keep all others from being resolved. */
static int check_modes(struct store *s, struct ladder_user *u, struct err *err)
{
	static const char *const periods[PERIOD_COUNT] = {
		[PERIOD_BUSINESS] = "users.business_id where id",
		[PERIOD_BREAK] = "users.break_id where id",
		[PERIOD_OUTSIDE] = "users.outside_id where id",
		[PERIOD_HOLIDAY] = "users.holiday_id where id",
	};

	if (store_mode_known(s, &u->default_mode_id, "users.mode_id where id", u->id, err) < 0 ||
		store_mode_known(s, &u->was.mode_id, "presence.mode_id where user_id", u->id, err) <
			0)
		return -1;
	u->has_presence = u->was.mode_id != 0;
	for (int i = 0; i < PERIOD_COUNT; i++) {
		if (store_mode_known(s, &u->period_mode_id[i], periods[i], u->id, err) < 0)
			return -1;
	}
	return 0;
}

int store_ladder_user_get(struct store *s, int64_t id, struct ladder_user *ret, struct err *err)
{
	size_t n;

	if (store_ladder_users(s, &id, 1, ret, &n, err) < 0)
		return -1;
	if (!n)
		return err_set(err, ERR_NOT_FOUND, "no user with number %lld", (long long)id);
	return 0;
}

int store_ladder_users(struct store *s, const int64_t *ids, size_t n, struct ladder_user *ret,
	size_t *ret_n, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query_ids(s->db, err,
		"SELECT " DB_COLUMNS(USER_COLUMNS) " FROM rows CROSS JOIN users u"
						   " LEFT JOIN presence p ON p.user_id = u.id"
						   " WHERE u.id = a",
		ids, n);
	int r = rows ? 0 : -1;

	*ret_n = 0;
	while (*ret_n < n && (r = db_next(rows, err)) > 0)
		read_ladder_user(rows, &ret[(*ret_n)++]);
	for (size_t i = 0; r >= 0 && i < *ret_n; i++)
		r = check_modes(s, &ret[i], err);
	return r < 0 ? -1 : 0;
}

int store_ladder_calendars(struct store *s, int64_t user_id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT calendar_id FROM user_calendar WHERE user_id = ?1 ORDER BY position",
			I(user_id)),
		ret, err);
}

int store_presence_write(struct store *s, int64_t user_id, const struct presence *p,
	const char *reason, int64_t now, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO presence (user_id, mode_id, note, source, reason, since, next_change_at,"
		" until, looked_at) SELECT a, b, c, d, e, f, g, h, i FROM rows WHERE true"
		" ON CONFLICT (user_id) DO UPDATE SET mode_id = excluded.mode_id, note = excluded.note,"
		" source = excluded.source, reason = excluded.reason, since = excluded.since,"
		" next_change_at = excluded.next_change_at, until = excluded.until,"
		" looked_at = excluded.looked_at",
		I(user_id), I(p->mode_id), T(p->note), T(source_name(p->source)), T(reason),
		I(p->since), O(p->next_change_at), O(p->until), I(now));
}

int store_presence_due(struct store *s, int64_t now, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err, "SELECT user_id FROM presence WHERE next_change_at <= ?1",
			I(now)),
		ret, err);
}

int store_presence_make_user_due(struct store *s, int64_t user_id, int64_t now, struct err *err)
{
	return db_later(s->db, err,
		"UPDATE presence SET next_change_at = b FROM rows WHERE user_id = a", I(user_id),
		I(now));
}

int store_presence_make_due(struct store *s, int64_t now, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE presence SET next_change_at = ?1"
		" WHERE next_change_at > ?1 OR (next_change_at IS NULL AND looked_at > ?1)",
		I(now)));
}

int store_is_ahead(struct store *s, int64_t now, bool *ret, struct err *err)
{
	int64_t n;

	if (db_number(s->db, err, 0, &n, "SELECT 1 FROM presence WHERE looked_at > ?1 LIMIT 1",
		    I(now)) < 0)
		return -1;
	*ret = n;
	return 0;
}

int store_next_change(struct store *s, int64_t *ret, struct err *err)
{
	return db_number(s->db, err, UNTIL_OPEN, ret,
		"SELECT min(at) FROM (SELECT min(next_change_at) AS at FROM presence"
		" WHERE next_change_at IS NOT NULL UNION ALL"
		" SELECT min(next_change_at) FROM schedule) AS instants");
}

/* Whether the PBX has confirmed all items of a user, and what it has refused. For one user, look at their items (OF_ONE). For all
 * users, look at the rows that differ (OF_ALL): they are few. */
#define STATUS_COLUMNS(C, AND)                                                                     \
	C(STATUS_USER_ID, "u.id")                                                                  \
	AND(STATUS_USER, "u.name")                                                                 \
	AND(STATUS_EXTENSION, "u.extension")                                                       \
	AND(STATUS_PBX, "u.pbx")                                                                   \
	AND(STATUS_MODE, "coalesce(m.name, '?')")                                                  \
	AND(STATUS_LABEL, "m.label")                                                               \
	AND(STATUS_TYPE, "m.type")                                                                 \
	AND(STATUS_NOTE, "p.note")                                                                 \
	AND(STATUS_SOURCE, "p.source")                                                             \
	AND(STATUS_REASON, "p.reason")                                                             \
	AND(STATUS_SINCE, "p.since")                                                               \
	AND(STATUS_UNTIL, "p.until")                                                               \
	AND(STATUS_ACTIVITY, "x.activity")                                                         \
	AND(STATUS_ACTIVITY_SINCE, "x.since")
enum { DB_ENUM(STATUS_COLUMNS), STATUS_CONFIRMED, STATUS_ERROR };
#define DIFFERS                                                                                    \
	"wanted IS DISTINCT FROM confirmed AND error IS NULL AND put_off IS DISTINCT FROM wanted"
#define ERROR "(SELECT error FROM item WHERE user_id = u.id AND error IS NOT NULL LIMIT 1)"
#define OF_ALL                                                                                     \
	", u.id NOT IN (SELECT user_id FROM item WHERE " DIFFERS " AND user_id IS NOT NULL),"      \
	" CASE WHEN u.id IN (SELECT user_id FROM item WHERE error IS NOT NULL) THEN " ERROR " END"
#define UNREAD ", false, NULL"
#define OF_ONE ", NOT EXISTS (SELECT 1 FROM item WHERE user_id = u.id AND " DIFFERS "), " ERROR
#define FROM_USERS                                                                                 \
	" FROM users u LEFT JOIN presence p ON p.user_id = u.id"                                   \
	" LEFT JOIN mode m ON m.id = p.mode_id"                                                    \
	" LEFT JOIN activity x ON x.user_id = u.id "

static int give_status(struct db_rows *rows, int (*fn)(void *data, const struct status *st),
	void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct status row = {
			.user_id = db_int(rows, STATUS_USER_ID),
			.user = db_text(rows, STATUS_USER),
			.extension = db_text(rows, STATUS_EXTENSION),
			.pbx = db_text(rows, STATUS_PBX),
			.mode = db_text(rows, STATUS_MODE),
			.label = db_text(rows, STATUS_LABEL),
			.type = db_text(rows, STATUS_TYPE),
			.note = db_text(rows, STATUS_NOTE),
			.source = db_text(rows, STATUS_SOURCE),
			.reason = db_text(rows, STATUS_REASON),
			.since = db_instant(rows, STATUS_SINCE),
			.until = db_until(rows, STATUS_UNTIL),
			.confirmed = db_bool(rows, STATUS_CONFIRMED),
			.error = db_text_or_null(rows, STATUS_ERROR),
			.activity = db_text_or_null(rows, STATUS_ACTIVITY),
			.activity_since = db_instant(rows, STATUS_ACTIVITY_SINCE),
		};

		if ((r = fn(data, &row)) != 0)
			break;
	}
	db_done(rows);
	return r;
}

int store_status_each(struct store *s, const struct ids *who,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err)
{
	int r = 0;

	if (!who)
		return give_status(db_query(s->db, err,
					   "SELECT " DB_COLUMNS(STATUS_COLUMNS) OF_ALL FROM_USERS
					   "ORDER BY u.name_key"),
			fn, data, err);
	for (size_t i = 0; r == 0 && i < who->n; i++)
		r = give_status(db_query(s->db, err,
					"SELECT " DB_COLUMNS(STATUS_COLUMNS) OF_ONE FROM_USERS
					"WHERE u.id = ?1",
					I(who->ids[i])),
			fn, data, err);
	return r;
}

/* A key begins with `prefix` if it is between that and that followed by the last character of ASCII. */
#define STATUS_PREFIX(key)                                                                         \
	"SELECT " DB_COLUMNS(STATUS_COLUMNS) UNREAD FROM_USERS                                     \
		"WHERE u." key " >= lower(?1) AND u." key " < lower(?1) || ?2 ORDER BY u." key     \
		" LIMIT ?3"

int store_status_prefix(struct store *s, enum status_key by, const char *prefix, int64_t limit,
	int (*fn)(void *data, const struct status *st), void *data, struct err *err)
{
	struct db_rows *rows = by == STATUS_BY_NAME
		? db_query(s->db, err, STATUS_PREFIX("name_key"), T(prefix), T("\x7f"), I(limit))
		: db_query(s->db, err, STATUS_PREFIX("extension_key"), T(prefix), T("\x7f"),
			  I(limit));

	return give_status(rows, fn, data, err);
}

int store_status_late(struct store *s, int64_t at, int64_t *ret, struct err *err)
{
	/* Who has changed their mode by then had to be looked at by then, and there is an index of that. */
	return db_number(s->db, err, 0, ret,
		"SELECT count(*) FROM presence WHERE next_change_at <= ?1 AND until <= ?1", I(at));
}
