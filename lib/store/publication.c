/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/publication.h"

#include "lib/pbx/activity.h"
#include "lib/store/inside.h"

#define ANNOUNCED(C, AND)                                                                          \
	C(ANNOUNCED_ID, "u.id")                                                                    \
	AND(ANNOUNCED_USER, "u.name")                                                              \
	AND(ANNOUNCED_EXTENSION, "u.extension")                                                    \
	AND(ANNOUNCED_PBX, "u.pbx")                                                                \
	AND(ANNOUNCED_MODE, "m.name")                                                              \
	AND(ANNOUNCED_LABEL, "m.label")                                                            \
	AND(ANNOUNCED_TYPE, "m.type")                                                              \
	AND(ANNOUNCED_NOTE, "p.note")                                                              \
	AND(ANNOUNCED_SINCE, "p.since")                                                            \
	AND(ANNOUNCED_UNTIL, "p.until")                                                            \
	AND(ANNOUNCED_ACTIVITY, "c.activity")
enum { DB_ENUM(ANNOUNCED) };
#define OF_USERS                                                                                   \
	" FROM users u JOIN presence p ON p.user_id = u.id JOIN mode m ON m.id = p.mode_id "

#define OF_ANNOUNCED OF_USERS "LEFT JOIN activity c ON c.user_id = u.id "

static int give_announcements(struct db_rows *rows,
	int (*fn)(void *data, const struct announcement *a), void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		int type = ptype_parse(db_text(rows, ANNOUNCED_TYPE));
		enum activity activity = activity_parse(db_text_or_null(rows, ANNOUNCED_ACTIVITY));
		struct announcement a = {
			.user_id = db_int(rows, ANNOUNCED_ID),
			.user = db_text(rows, ANNOUNCED_USER),
			.extension = db_text(rows, ANNOUNCED_EXTENSION),
			.pbx = db_text(rows, ANNOUNCED_PBX),
			.mode = db_text(rows, ANNOUNCED_MODE),
			.label = db_text(rows, ANNOUNCED_LABEL),
			.note = db_text(rows, ANNOUNCED_NOTE),
			.type = type < 0 ? PTYPE_AVAILABLE : (enum ptype)type,
			.on_call = activity == ACTIVITY_CALL || activity == ACTIVITY_HOLD,
			.since = db_instant(rows, ANNOUNCED_SINCE),
			.until = db_until(rows, ANNOUNCED_UNTIL),
		};

		if ((r = fn(data, &a)) != 0)
			break;
	}
	db_done(rows);
	return r;
}

int store_announcement_each(struct store *s, const char *pbx,
	int (*fn)(void *data, const struct announcement *a), void *data, struct err *err)
{
	return give_announcements(db_query(s->db, err,
					  "SELECT " DB_COLUMNS(ANNOUNCED) OF_ANNOUNCED
					  "WHERE ?1 = '' OR u.pbx_key = lower(?1) ORDER BY u.id",
					  T(pbx)),
		fn, data, err);
}

int store_announcement_get(struct store *s, int64_t user_id,
	int (*fn)(void *data, const struct announcement *a), void *data, struct err *err)
{
	return give_announcements(
		db_query(s->db, err, "SELECT " DB_COLUMNS(ANNOUNCED) OF_ANNOUNCED "WHERE u.id = ?1",
			I(user_id)),
		fn, data, err);
}

#define PUBLISHED(C, AND)                                                                          \
	C(PUBLISHED_USER, "user_id")                                                               \
	AND(PUBLISHED_URI, "uri")                                                                  \
	AND(PUBLISHED_TAG, "tag")                                                                  \
	AND(PUBLISHED_MODE, "mode")                                                                \
	AND(PUBLISHED_AT, "at")                                                                    \
	AND(PUBLISHED_EXPIRES, "expires")                                                          \
	AND(PUBLISHED_ERROR, "error")
enum { DB_ENUM(PUBLISHED) };

int store_published_each(struct store *s, const char *server,
	int (*fn)(void *data, const struct published *p), void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(PUBLISHED) " FROM publication WHERE server = lower(?1)"
						" ORDER BY user_id",
		T(server));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct published p = {
			.user_id = db_int(rows, PUBLISHED_USER),
			.uri = db_text(rows, PUBLISHED_URI),
			.tag = db_text(rows, PUBLISHED_TAG),
			.mode = db_text(rows, PUBLISHED_MODE),
			.at = db_instant(rows, PUBLISHED_AT),
			.expires = db_instant(rows, PUBLISHED_EXPIRES),
			.error = db_text(rows, PUBLISHED_ERROR),
		};

		if ((r = fn(data, &p)) != 0)
			return r;
	}
	return r;
}

/* A user who was deleted since is no user of the row. */
int store_published_set(
	struct store *s, const char *server, const struct published *p, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO publication (server, uri, user_id, tag, mode, at, expires, error)"
		" SELECT lower(a), b, (SELECT id FROM users WHERE id = c), d, e, f, g, h FROM rows"
		" WHERE true ON CONFLICT (server, uri) DO UPDATE SET user_id = excluded.user_id,"
		" tag = excluded.tag, mode = excluded.mode, at = excluded.at,"
		" expires = excluded.expires, error = excluded.error",
		T(server), T(p->uri), N(p->user_id), T(p->tag), T(p->mode), I(p->at), I(p->expires),
		E(p->error));
}

int store_published_delete(struct store *s, const char *server, const char *uri, struct err *err)
{
	return written(
		db_run(s->db, err, "DELETE FROM publication WHERE server = lower(?1) AND uri = ?2",
			T(server), T(uri)));
}

int store_publisher_get(struct store *s, const char *server, int64_t now,
	struct publisher_state *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT state, error, since FROM publisher WHERE server = lower(?1)", T(server));
	int r = db_next(rows, err);

	*ret = (struct publisher_state){ 0 };
	if (r > 0) {
		db_copy(rows, 0, ret->state, sizeof(ret->state));
		db_copy(rows, 1, ret->error, sizeof(ret->error));
		ret->since = db_instant(rows, 2);
	}
	if (r < 0 ||
		db_number(s->db, err, 0, &ret->held,
			"SELECT count(*) FROM publication WHERE server = lower(?1) AND tag <> ''"
			" AND expires > ?2",
			T(server), I(now)) < 0)
		return -1;
	return db_number(s->db, err, 0, &ret->refused,
		"SELECT count(*) FROM publication WHERE server = lower(?1) AND error IS NOT NULL",
		T(server));
}

int store_publisher_set(
	struct store *s, const char *server, const struct publisher_state *state, struct err *err)
{
	return written(db_run(s->db, err,
		"INSERT INTO publisher (server, state, error, since) VALUES (lower(?1), ?2, ?3, ?4)"
		" ON CONFLICT (server) DO UPDATE SET state = excluded.state,"
		" error = excluded.error, since = excluded.since",
		T(server), T(state->state), E(state->error), I(state->since)));
}

#define LINES(C, AND)                                                                              \
	C(LINE_USER, "u.name")                                                                     \
	AND(LINE_URI, "b.uri")                                                                     \
	AND(LINE_MODE, "m.name")                                                                   \
	AND(LINE_PUBLISHED, "b.mode")                                                              \
	AND(LINE_AT, "b.at")                                                                       \
	AND(LINE_EXPIRES, "b.expires")                                                             \
	AND(LINE_ERROR, "b.error")
enum { DB_ENUM(LINES) };
#define WITH_PUBLICATION                                                                           \
	OF_USERS "LEFT JOIN publication b ON b.user_id = u.id AND b.server = lower(?1) "

static int give_lines(struct db_rows *rows, int (*fn)(void *data, const struct publication_line *l),
	void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct publication_line l = {
			.user = db_text(rows, LINE_USER),
			.uri = db_text(rows, LINE_URI),
			.mode = db_text(rows, LINE_MODE),
			.published = db_text(rows, LINE_PUBLISHED),
			.at = db_instant(rows, LINE_AT),
			.expires = db_instant(rows, LINE_EXPIRES),
			.error = db_text(rows, LINE_ERROR),
		};

		if ((r = fn(data, &l)) != 0)
			break;
	}
	db_done(rows);
	return r;
}

int store_publication_each(struct store *s, const char *server, const char *pbx,
	const struct ids *who, int (*fn)(void *data, const struct publication_line *l), void *data,
	struct err *err)
{
	int r = 0;

	if (!who)
		return give_lines(
			db_query(s->db, err,
				"SELECT " DB_COLUMNS(LINES) WITH_PUBLICATION
				"WHERE ?2 = '' OR u.pbx_key = lower(?2) ORDER BY u.name_key",
				T(server), T(pbx)),
			fn, data, err);
	for (size_t i = 0; r == 0 && i < who->n; i++)
		r = give_lines(db_query(s->db, err,
				       "SELECT " DB_COLUMNS(LINES) WITH_PUBLICATION
				       "WHERE u.id = ?3 AND (?2 = '' OR u.pbx_key = lower(?2))",
				       T(server), T(pbx), I(who->ids[i])),
			fn, data, err);
	return r;
}
