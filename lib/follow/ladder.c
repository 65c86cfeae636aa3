/* All that can decide about a user: read from the database, expanded over a window. */
#include "lib/follow/ladder.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/calendar/pattern.h"

enum {
	DAY = 86400,
	OVERRIDES_MAX = 64, /* of one user: older ones do not count */
	SWITCHES_MAX =
		64, /* of one user that have not ended; each ends later than the one above it */
};

/* Subjects. */

#define SUBJECT_COLUMNS(C, S)                                                                      \
	C(SUBJECT_ID, "u.id")                                                                      \
	S C(SUBJECT_NAME, "u.name") S C(SUBJECT_EXTENSION, "u.extension") S C(                     \
		SUBJECT_PBX, "u.pbx") S                                                            \
	C(SUBJECT_DEFAULT, "u.mode_id") S                                                          \
	C(SUBJECT_MODE, "p.mode_id") S                                                             \
	C(SUBJECT_NOTE, "p.note") S                                                                \
	C(SUBJECT_SOURCE, "p.source") S                                                            \
	C(SUBJECT_SINCE, "p.since") S                                                              \
	C(SUBJECT_NEXT, "p.next_change_at") S                                                      \
	C(SUBJECT_REASON, "p.reason") S                                                            \
	C(SUBJECT_UNTIL, "p.until") S                                                              \
	C(SUBJECT_ZONE, "u.zone") S                                                                \
	C(SUBJECT_BUSINESS, "u.business_id") S                                                     \
	C(SUBJECT_BREAK, "u.break_id") S                                                           \
	C(SUBJECT_OUTSIDE, "u.outside_id") S                                                       \
	C(SUBJECT_HOLIDAY, "u.holiday_id") S                                                       \
	C(SUBJECT_BUSY, "u.busy") S                                                                \
	C(SUBJECT_OOF, "u.oof") S                                                                  \
	C(SUBJECT_LEAD, "u.lead") S                                                                \
	C(SUBJECT_LAG, "u.lag") S                                                                  \
	C(SUBJECT_PATTERNS, "u.patterns") S                                                        \
	C(SUBJECT_HAS_SWITCHES, "EXISTS (SELECT 1 FROM switch WHERE user_id = u.id)") S            \
	C(SUBJECT_HAS_CALENDARS, "EXISTS (SELECT 1 FROM user_calendar WHERE user_id = u.id)") S    \
	C(SUBJECT_SCHEDULE,                                                                        \
		"coalesce(u.schedule_id, (SELECT schedule_id FROM on_schedule WHERE user_id = u.id))")
enum { DB_ENUM(SUBJECT_COLUMNS) };
_Static_assert(SUBJECT_BUSINESS + PERIOD_HOLIDAY == SUBJECT_HOLIDAY, "in the order of enum period");

void subject_get(struct db_rows *rows, struct subject *ret)
{
	int source = source_parse(db_text(rows, SUBJECT_SOURCE));

	ret->id = db_int(rows, SUBJECT_ID);
	db_copy(rows, SUBJECT_NAME, ret->name, sizeof(ret->name));
	db_copy(rows, SUBJECT_EXTENSION, ret->extension, sizeof(ret->extension));
	db_copy(rows, SUBJECT_PBX, ret->pbx, sizeof(ret->pbx));
	db_copy(rows, SUBJECT_ZONE, ret->zone, sizeof(ret->zone));
	ret->default_mode_id = db_int(rows, SUBJECT_DEFAULT);
	ret->has_presence = !db_is_null(rows, SUBJECT_MODE);
	ret->was.mode_id = db_int(rows, SUBJECT_MODE);
	db_copy(rows, SUBJECT_NOTE, ret->was.note, sizeof(ret->was.note));
	ret->was.source = source < 0 ? SOURCE_DEFAULT : (enum source)source;
	ret->was.since = db_int(rows, SUBJECT_SINCE);
	ret->was.next_change_at = db_until(rows, SUBJECT_NEXT);
	ret->was.until = db_until(rows, SUBJECT_UNTIL);
	db_copy(rows, SUBJECT_REASON, ret->reason, sizeof(ret->reason));
	for (int i = 0; i < PERIOD_COUNT; i++)
		ret->period_mode_id[i] = db_int(rows, SUBJECT_BUSINESS + i);
	db_copy(rows, SUBJECT_BUSY, ret->busy, sizeof(ret->busy));
	db_copy(rows, SUBJECT_OOF, ret->oof, sizeof(ret->oof));
	ret->lead_s = db_int(rows, SUBJECT_LEAD) * 60;
	ret->lag_s = db_int(rows, SUBJECT_LAG) * 60;
	db_copy(rows, SUBJECT_PATTERNS, ret->patterns, sizeof(ret->patterns));
	ret->has_switches = db_bool(rows, SUBJECT_HAS_SWITCHES);
	ret->has_calendars = db_bool(rows, SUBJECT_HAS_CALENDARS);
	ret->schedule_id = db_int(rows, SUBJECT_SCHEDULE);
}

struct db_rows *subjects(struct store *s, const int64_t *ids, size_t n, struct err *err)
{
	return db_query_ids(s->db, err,
		"SELECT " DB_COLUMNS(SUBJECT_COLUMNS) " FROM rows CROSS JOIN users u ON u.id = a"
						      " LEFT JOIN presence p ON p.user_id = u.id",
		ids, n);
}

int subject_read(struct store *s, int64_t user_id, struct subject *ret, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(
			SUBJECT_COLUMNS) " FROM users u LEFT JOIN presence p ON p.user_id = u.id"
					 " WHERE u.id = ?1",
		I(user_id));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no user with number %lld", (long long)user_id);
	subject_get(rows, ret);
	return 0;
}

/* Ladders. */

static int read_switches(
	struct store *s, const struct subject *u, struct ladder *l, struct err *err)
{
	SQL_STMT st = NULL;
	int r = 0;

	if (!u->has_switches)
		return 0;
	st = sql(s, err,
		"SELECT id, mode_id, since, until, note, giver, until_next, forward_to FROM switch WHERE user_id = ?"
		" ORDER BY id DESC",
		"i", u->id);
	if (!st)
		return -1;
	l->switches = xcalloc(SWITCHES_MAX, sizeof(*l->switches));
	while (l->in.switches_n < SWITCHES_MAX && (r = sql_row(s, st, err)) > 0) {
		struct mode_switch *m = &l->switches[l->in.switches_n++];

		m->id = sqlite3_column_int64(st, 0);
		m->mode_id = sqlite3_column_int64(st, 1);
		m->since = sqlite3_column_int64(st, 2);
		m->until = sql_until(st, 3);
		sql_copy(m->note, sizeof(m->note), st, 4);
		sql_copy(m->giver, sizeof(m->giver), st, 5);
		m->next = sqlite3_column_int(st, 6);
		sql_copy(m->forward_to, sizeof(m->forward_to), st, 7);
	}
	l->in.switches = l->switches;
	return r < 0 ? -1 : 0;
}

static int read_overrides(
	struct store *s, const struct subject *u, struct ladder *l, struct err *err)
{
	if (!memory_has_overrides(s))
		return 0;
	l->overrides = xcalloc(OVERRIDES_MAX, sizeof(*l->overrides));
	l->in.overrides = l->overrides;
	return store_override_of_user(
		s, u->id, l->overrides, OVERRIDES_MAX, &l->in.overrides_n, err);
}

/* What a user's texts say of an event: the mode, 0 for none. */
struct busy_rules {
	int64_t busy_id, oof_id; /* 0 for none */
	struct patterns patterns;
	int64_t pattern_id[PATTERNS_MAX];
};

static int named_mode(struct store *s, const struct subject *u, const char *name, int64_t fallback,
	int64_t *ret, struct err *err)
{
	struct err why;

	*ret = fallback;
	if (!strcasecmp(name, "none"))
		*ret = 0;
	else if (*name && memory_mode_id(s, name, ret, &why) < 0)
		return follow_tolerate(s, u->name, &why, err);
	return 0;
}

static int read_busy_rules(
	struct store *s, const struct subject *u, struct busy_rules *ret, struct err *err)
{
	struct err why;

	if (named_mode(s, u, u->busy, memory_modes(s)->away, &ret->busy_id, err) < 0 ||
		named_mode(s, u, u->oof, memory_modes(s)->off_work, &ret->oof_id, err) < 0)
		return -1;
	if (patterns_parse(u->patterns, &ret->patterns, &why) < 0) {
		ret->patterns.n = 0;
		return follow_tolerate(s, u->name, &why, err);
	}
	for (size_t i = 0; i < ret->patterns.n; i++) {
		if (named_mode(s, u, ret->patterns.list[i].mode, ret->busy_id, &ret->pattern_id[i],
			    err) < 0)
			return -1;
	}
	return 0;
}

static void add_appointment(struct ladder *l, const struct subject *u, int64_t start, int64_t end,
	int64_t mode, enum event_kind kind, const char *summary, const char *calendar)
{
	if (!mode || start >= end)
		return;
	l->appointments = mem_grow(l->appointments, &l->appointments_cap, l->in.appointments_n + 1,
		sizeof(*l->appointments));
	l->appointments[l->in.appointments_n++] = (struct appointment){
		.start = start - u->lead_s,
		.end = end + u->lag_s,
		.mode_id = mode,
		.kind = kind,
		.summary = summary,
		.calendar = calendar,
	};
}

/* VAVAILABILITY says when its owner is free, so the rest is busy as a whole. */
static void add_unavailable(struct ladder *l, const struct subject *u, const struct occurrences *o,
	int64_t from, int64_t to, int64_t mode, const char *calendar)
{
	struct occurrences some = { 0 };
	struct spans busy = { 0 };

	for (size_t i = 0; i < o->n; i++) {
		if (o->list[i].kind != EVENT_UNAVAILABLE && o->list[i].kind != EVENT_AVAILABLE)
			continue;
		some.list = mem_grow(some.list, &some.cap, some.n + 1, sizeof(*some.list));
		some.list[some.n++] = o->list[i];
	}
	if (some.n)
		calendar_busy(&some, from, to, &busy);
	for (size_t i = 0; i < busy.n; i++)
		add_appointment(
			l, u, busy.list[i].start, busy.list[i].end, mode, EVENT_BUSY, "", calendar);
	spans_done(&busy);
	free(some.list);
}

static void add_occurrences(struct ladder *l, const struct subject *u,
	const struct busy_rules *rules, const struct occurrences *o, const char *calendar)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct occurrence *x = &o->list[i];
		const char *word = patterns_match(&rules->patterns, x->summary, x->categories);
		int64_t mode = x->kind == EVENT_OOF ? rules->oof_id : rules->busy_id;

		if (x->kind != EVENT_BUSY && x->kind != EVENT_OOF)
			continue;
		for (size_t k = 0; word && k < rules->patterns.n; k++) {
			if (rules->patterns.list[k].mode == word)
				mode = rules->pattern_id[k];
		}
		add_appointment(l, u, x->start, x->end, mode, x->kind, x->summary, calendar);
	}
}

static int by_start(const void *a, const void *b)
{
	const struct appointment *x = a, *y = b;

	return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
				    : (x->end > y->end) - (x->end < y->end);
}

static int read_appointments(
	struct store *s, const struct subject *u, struct ladder *l, struct err *err)
{
	_cleanup_(ids_done) struct ids ids = { 0 };
	struct busy_rules rules = { 0 };
	int64_t from = l->in.from - u->lag_s, to = l->in.to + u->lead_s;
	sqlite3_stmt *st;

	if (!u->has_calendars)
		return 0;
	st = sql(s, err,
		"SELECT calendar_id FROM user_calendar WHERE user_id = ? ORDER BY position", "i",
		u->id);
	if (!st || ids_collect(s, st, &ids, err) < 0)
		return -1;
	sqlite3_reset(st);
	if (read_busy_rules(s, u, &rules, err) < 0)
		return -1;
	l->sources = xcalloc(ids.n, sizeof(*l->sources));
	for (; l->sources_n < ids.n; l->sources_n++) {
		struct ladder_source *source = &l->sources[l->sources_n];
		struct calendar_info info;
		struct occurrences o = { 0 };

		if (memory_expand(s, ids.ids[l->sources_n], l->zone, true, from, to, &o, &info,
			    &source->calendar, err) < 0)
			return -1;
		text_copy(source->name, sizeof(source->name), info.name);
		add_occurrences(l, u, &rules, &o, source->name);
		add_unavailable(l, u, &o, from, to, rules.busy_id, source->name);
		occurrences_done(&o);
	}
	if (l->in.appointments_n > 1)
		qsort(l->appointments, l->in.appointments_n, sizeof(*l->appointments), by_start);
	l->in.appointments = l->appointments;
	return 0;
}

/* The end of switches that hold until the schedule's next start, where it is not known yet. */
static int settle_next(struct store *s, struct ladder *l, struct err *err)
{
	for (size_t i = 0; i < l->in.switches_n && l->in.segments; i++) {
		struct mode_switch *m = &l->switches[i];

		if (!m->next || m->until != UNTIL_OPEN)
			continue;
		m->until = segments_next_start(l->in.segments, l->in.now);
		if (m->until != UNTIL_OPEN && !sqlite3_get_autocommit(s->db->sqlite) &&
			sql_run(s, err, "UPDATE switch SET until = ?2 WHERE id = ?1", "ii", m->id,
				m->until) < 0)
			return -1;
	}
	return 0;
}

static int ladder_read(struct store *s, const struct subject *u, int64_t now, int64_t from,
	int64_t to, struct ladder *l, struct err *err)
{
	struct office *office = NULL;

	if (memory_fill(s, err) < 0)
		return -1;
	*l = (struct ladder){ .has_default = u->default_mode_id };
	l->in.default_mode_id =
		u->default_mode_id ? u->default_mode_id : memory_modes(s)->available;
	l->in.now = now;
	l->in.from = from;
	l->in.to = to;
	if (!u->schedule_id && !u->has_calendars) {
		l->in.from = INT64_MIN;
		l->in.to = UNTIL_OPEN;
	}
	if (read_overrides(s, u, l, err) < 0 || read_switches(s, u, l, err) < 0)
		return -1;
	if (u->schedule_id && office_get(s, u->schedule_id, &office, err) < 0)
		return -1;
	l->zone = memory_zone(s, *u->zone || !office ? u->zone : office->schedule.zone);
	if (office && office->rules) {
		text_copy(l->schedule, sizeof(l->schedule), office->schedule.name);
		if (timeline_get(s, office, l->zone, from, to, &l->in.segments, err) < 0)
			return -1;
	}
	for (int i = 0; i < PERIOD_COUNT; i++)
		l->in.period_mode_id[i] = u->period_mode_id[i] ? u->period_mode_id[i]
			: office                               ? office->mode_id[i]
							       : memory_modes(s)->period[i];
	if (read_appointments(s, u, l, err) < 0)
		return -1;
	return settle_next(s, l, err);
}

void ladder_done(struct ladder *l)
{
	for (size_t i = 0; i < l->sources_n; i++)
		calendar_free(l->sources[i].calendar);
	free(l->sources);
	free(l->overrides);
	free(l->switches);
	free(l->appointments);
	*l = (struct ladder){ 0 };
}

/* Far enough to see the next day's opening; then farther, for long holidays; then for what comes once a year. */
static const int ahead_days[] = { 8, 60, 400 };

/* Nothing but an order or a person ends it. */
static bool is_open(const struct ladder *l, const struct rung *r)
{
	if (r->end != UNTIL_OPEN)
		return false;
	return r->override || (r->mode_switch && !(r->mode_switch->next && l->in.segments));
}

/* To where it is known what held: from there the ladder tells since when it is so. What a clock wrote that was ahead tells nothing. */
static int64_t look_back(const struct subject *u, int64_t at, int64_t from)
{
	int64_t back = at;

	if (u->has_presence && u->was.since > at)
		back = from;
	else if (u->has_presence && u->was.next_change_at < at)
		back = u->was.next_change_at;
	return back < from ? from : back;
}

int ladder_decide(struct store *s, const struct subject *u, int64_t at, int64_t now,
	struct ladder *l, struct verdict *v, struct err *err)
{
	int64_t from = at - LADDER_BACK_S, back;

	for (size_t i = 0;; i++) {
		if (ladder_read(s, u, now, from, at + ahead_days[i] * DAY, l, err) < 0)
			return -1;
		back = look_back(u, at, from);
		resolve(&l->in, at, back, v);
		if (v->until != UNTIL_OPEN || l->in.to == UNTIL_OPEN ||
			i + 1 == ARRAY_SIZE(ahead_days) || is_open(l, &v->winner))
			return 0;
		ladder_done(l);
	}
}

int follow_ladder(struct store *s, int64_t user_id, int64_t at, int64_t now, struct ladder *ret,
	struct verdict *v, struct err *err)
{
	struct subject u;
	int r;

	if (sqlite3_get_autocommit(s->db->sqlite))
		follow_forget(s);
	if (subject_read(s, user_id, &u, err) < 0)
		return -1;
	u.has_presence = u.has_presence && at == now;
	r = ladder_decide(s, &u, at, now, ret, v, err);
	if (r < 0)
		ladder_done(ret);
	return r;
}

int follow_ladder_window(struct store *s, int64_t user_id, int64_t now, int64_t from, int64_t to,
	struct ladder *ret, struct err *err)
{
	struct subject u;
	int r;

	if (sqlite3_get_autocommit(s->db->sqlite))
		follow_forget(s);
	if (subject_read(s, user_id, &u, err) < 0)
		return -1;
	r = ladder_read(s, &u, now, from, to, ret, err);
	if (r < 0) {
		ladder_done(ret);
		return -1;
	}
	ret->in.from = from;
	ret->in.to = to;
	return 0;
}
