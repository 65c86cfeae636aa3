/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/switch.h"

#include <string.h>

#include "lib/store/inside.h"

void switches_done(struct switches *w)
{
	free(w->list);
	*w = (struct switches){ 0 };
}

#define SWITCH_COLUMNS(C, AND)                                                                     \
	C(SWITCH_ID, "id")                                                                         \
	AND(SWITCH_MODE, "mode_id")                                                                \
	AND(SWITCH_SINCE, "since")                                                                 \
	AND(SWITCH_UNTIL, "until")                                                                 \
	AND(SWITCH_NOTE, "note")                                                                   \
	AND(SWITCH_GIVER, "giver")                                                                 \
	AND(SWITCH_NEXT, "until_next")                                                             \
	AND(SWITCH_FORWARD_TO, "forward_to")                                                       \
	AND(SWITCH_DURING, "during")
enum { DB_ENUM(SWITCH_COLUMNS) };

static const char *during_name(const struct mode_switch *m)
{
	return m->next && m->during < PERIOD_COUNT ? period_name(m->during) : "";
}

static enum period during_parse(const char *text)
{
	int period = period_parse(text);

	return period < 0 ? PERIOD_COUNT : (enum period)period;
}

/* A switch to a mode that is not there is none. */
static int drop_unknown(struct store *s, struct switches *switches, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < switches->n; i++) {
		struct mode_switch *m = &switches->list[i];

		if (store_mode_known(s, &m->mode_id, "switch.mode_id where id", m->id, err) < 0)
			return -1;
		if (m->mode_id)
			switches->list[kept++] = *m;
	}
	switches->n = kept;
	return 0;
}

int store_switch_of_user(struct store *s, int64_t user_id, struct switches *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			SWITCH_COLUMNS) " FROM switch WHERE user_id = ?1 AND ended IS NULL ORDER BY id DESC",
		I(user_id));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct mode_switch *m;

		ret->list = mem_grow(ret->list, &ret->cap, ret->n + 1, sizeof(*ret->list));
		m = &ret->list[ret->n++];
		m->id = db_int(rows, SWITCH_ID);
		m->mode_id = db_int(rows, SWITCH_MODE);
		m->since = db_instant(rows, SWITCH_SINCE);
		m->until = db_until(rows, SWITCH_UNTIL);
		m->next = db_bool(rows, SWITCH_NEXT);
		m->during = during_parse(db_text(rows, SWITCH_DURING));
		db_copy(rows, SWITCH_NOTE, m->note, sizeof(m->note));
		db_copy(rows, SWITCH_GIVER, m->giver, sizeof(m->giver));
		db_copy(rows, SWITCH_FORWARD_TO, m->forward_to, sizeof(m->forward_to));
	}
	return r < 0 ? -1 : drop_unknown(s, ret, err);
}

int store_switch_add(struct store *s, int64_t user_id, const struct mode_switch *m, struct err *err)
{
	return db_later(s->db, err,
		"INSERT INTO switch (user_id, mode_id, note, since, until, giver, until_next, forward_to,"
		" during) SELECT a, b, c, d, e, f, g, h, i FROM rows",
		I(user_id), I(m->mode_id), T(m->note), I(m->since), O(m->until), T(m->giver),
		I(m->next), T(m->forward_to), T(during_name(m)));
}

int store_switch_delete(struct store *s, int64_t id, struct err *err)
{
	return db_later(s->db, err, "DELETE FROM switch WHERE id IN (SELECT a FROM rows)", I(id));
}

int store_switch_end(struct store *s, int64_t id, int64_t now, struct err *err)
{
	return db_later(
		s->db, err, "UPDATE switch SET ended = b FROM rows WHERE id = a", I(id), I(now));
}

int store_switch_forget_ended(struct store *s, int64_t user_id, struct err *err)
{
	return db_later(s->db, err,
		"DELETE FROM switch WHERE ended IS NOT NULL AND user_id IN (SELECT a FROM rows)",
		I(user_id));
}

int store_switch_revive(struct store *s, int64_t now, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE switch SET ended = NULL WHERE ended IS NOT NULL AND until > ?1", I(now)));
}

int store_switch_purge(struct store *s, int64_t before, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM switch WHERE ended <= ?1", I(before)));
}

int store_switch_set_next(struct store *s, const struct mode_switch *m, struct err *err)
{
	return db_later(s->db, err,
		"UPDATE switch SET until = b, during = c FROM rows WHERE id = a", I(m->id),
		O(m->until), T(during_name(m)));
}

/* Forget the ends of switches until `next`, except of those that have ended: the ladder finds the new ends. */
#define FORGET_NEXT "UPDATE switch SET until = NULL WHERE until_next = 1 AND until > ?1 AND "

int store_switch_forget_next(struct store *s, int64_t now, int64_t user_id, struct err *err)
{
	return written(db_run(s->db, err, FORGET_NEXT "user_id = ?2", I(now), I(user_id)));
}

int store_switch_forget_next_of(
	struct store *s, int64_t now, const struct ids *users, struct err *err)
{
	db_hold(s->db);
	for (size_t i = 0; i < users->n; i++) {
		if (db_later(s->db, err,
			    "UPDATE switch SET until = NULL WHERE id IN (SELECT x.id FROM rows"
			    " CROSS JOIN switch x WHERE x.user_id = b AND x.until_next = 1 AND x.until > a)",
			    I(now), I(users->ids[i])) < 0)
			return -1;
	}
	return db_flush(s->db, err);
}

int store_switch_forget_next_by_schedule(
	struct store *s, int64_t now, int64_t schedule_id, struct err *err)
{
	return written(db_run(s->db, err,
		FORGET_NEXT "user_id IN (SELECT user_id FROM on_schedule WHERE schedule_id = ?2)",
		I(now), I(schedule_id)));
}

int store_switch_forget_next_by_calendar(
	struct store *s, int64_t now, int64_t calendar_id, struct err *err)
{
	return written(db_run(s->db, err,
		FORGET_NEXT "user_id IN (SELECT user_id FROM on_calendar WHERE calendar_id = ?2)",
		I(now), I(calendar_id)));
}

int store_switch_forget_next_all(struct store *s, int64_t now, struct err *err)
{
	return written(db_run(s->db, err, FORGET_NEXT "since <= ?1", I(now)));
}
