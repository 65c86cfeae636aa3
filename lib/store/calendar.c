/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/calendar.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/calendar/instances.h"
#include "lib/calendar/vtimezone.h"
#include "lib/store/ids.h"
#include "lib/store/inside.h"

enum {
	DAY = 86400,
	MARGIN_S = 2 * DAY, /* no zone is so far from UTC */
};

#define CALENDAR_COLUMNS(C, AND)                                                                   \
	C(CALENDAR_ID, "c.id")                                                                     \
	AND(CALENDAR_NAME, "c.name")                                                               \
	AND(CALENDAR_URL, "c.url")                                                                 \
	AND(CALENDAR_OPEN, "c.hours")                                                              \
	AND(CALENDAR_OFF, "c.holidays")                                                            \
	AND(CALENDAR_ZONE, "c.zone")                                                               \
	AND(CALENDAR_OWNER, "c.owner")                                                             \
	AND(CALENDAR_REFRESH, "c.refresh")                                                         \
	AND(CALENDAR_TITLE, "c.title")                                                             \
	AND(CALENDAR_OWN_ZONE, "c.own_zone")                                                       \
	AND(CALENDAR_REFUSED, "c.refused")                                                         \
	AND(CALENDAR_ETAG, "c.etag")                                                               \
	AND(CALENDAR_LAST_MODIFIED, "c.last_modified")                                             \
	AND(CALENDAR_HASH, "c.hash")                                                               \
	AND(CALENDAR_READ_AT, "c.read_at")                                                         \
	AND(CALENDAR_TRIED_AT, "c.tried_at")                                                       \
	AND(CALENDAR_ERROR, "c.error")                                                             \
	AND(CALENDAR_EVENTS_N, "(SELECT count(*) FROM event WHERE calendar_id = c.id)")
enum { DB_ENUM(CALENDAR_COLUMNS) };
#define SELECT_CALENDAR "SELECT " DB_COLUMNS(CALENDAR_COLUMNS) " FROM calendar c "

static void read_calendar(
	struct db_rows *rows, struct calendar_info *c, struct calendar_state *state)
{
	*c = (struct calendar_info){
		.id = db_int(rows, CALENDAR_ID),
		.refresh_s = db_within(rows, CALENDAR_REFRESH, 0, REFRESH_MAX_S),
	};
	db_copy(rows, CALENDAR_NAME, c->name, sizeof(c->name));
	db_copy(rows, CALENDAR_URL, c->url, sizeof(c->url));
	db_copy(rows, CALENDAR_OPEN, c->hours, sizeof(c->hours));
	db_copy(rows, CALENDAR_OFF, c->holidays, sizeof(c->holidays));
	db_copy(rows, CALENDAR_ZONE, c->zone, sizeof(c->zone));
	db_copy(rows, CALENDAR_OWNER, c->owner, sizeof(c->owner));
	*state = (struct calendar_state){
		.refused_n = db_within(rows, CALENDAR_REFUSED, 0, INT32_MAX),
		.read_at = db_instant(rows, CALENDAR_READ_AT),
		.tried_at = db_instant(rows, CALENDAR_TRIED_AT),
		.events_n = db_within(rows, CALENDAR_EVENTS_N, 0, INT32_MAX),
	};
	db_copy(rows, CALENDAR_TITLE, state->title, sizeof(state->title));
	db_copy(rows, CALENDAR_OWN_ZONE, state->zone, sizeof(state->zone));
	db_copy(rows, CALENDAR_ETAG, state->copy.etag, sizeof(state->copy.etag));
	db_copy(rows, CALENDAR_LAST_MODIFIED, state->copy.last_modified,
		sizeof(state->copy.last_modified));
	db_copy(rows, CALENDAR_HASH, state->copy.hash, sizeof(state->copy.hash));
	db_copy(rows, CALENDAR_ERROR, state->error, sizeof(state->error));
}

int store_calendar_find(struct store *s, const char *name, struct calendar_info *ret,
	struct calendar_state *ret_state, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_CALENDAR "WHERE c.name_key = lower(?1)", T(name));
	struct calendar_state state;
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return store_not_found(
			err, "calendar", name, db_query(s->db, NULL, "SELECT name FROM calendar"));
	read_calendar(rows, ret, ret_state ? ret_state : &state);
	return 0;
}

static int get(struct store *s, int64_t id, struct calendar_info *ret, struct calendar_state *state,
	struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_CALENDAR "WHERE c.id = ?1", I(id));
	int r = db_next(rows, err);

	if (r < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no calendar with number %lld", (long long)id);
	read_calendar(rows, ret, state);
	return 0;
}

int store_calendar_get(struct store *s, int64_t id, struct calendar_info *ret, struct err *err)
{
	struct calendar_state state;

	return get(s, id, ret, &state, err);
}

int store_calendar_each(struct store *s,
	int (*fn)(void *data, const struct calendar_info *c, const struct calendar_state *state),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows =
		db_query(s->db, err, SELECT_CALENDAR "ORDER BY c.name_key");
	struct calendar_state state;
	struct calendar_info c;
	int r;

	while ((r = db_next(rows, err)) > 0) {
		read_calendar(rows, &c, &state);
		if ((r = fn(data, &c, &state)) != 0)
			return r;
	}
	return r;
}

int store_calendar_ids(struct store *s, const char *names, struct ids *ret, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(names);
	char *rest = copy, *name;

	while ((name = strsep(&rest, ", "))) {
		struct calendar_info c;

		if (!*name)
			continue;
		if (store_calendar_find(s, name, &c, NULL, err) < 0)
			return -1;
		ids_add(ret, c.id);
	}
	return 0;
}

int store_calendar_user_ids(struct store *s, int64_t id, struct ids *ret, struct err *err)
{
	return store_ids_read(
		db_query(s->db, err,
			"SELECT DISTINCT user_id FROM on_calendar WHERE calendar_id = ?1", I(id)),
		ret, err);
}

int store_calendar_user(struct store *s, int64_t id, char ret_noun[NAME_MAX_LEN + 1],
	char ret_name[NAME_MAX_LEN + 1], struct err *err)
{
	enum { NOUN, NAME };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT 'user', u.name FROM user_calendar x JOIN users u ON u.id = x.user_id"
		" WHERE x.calendar_id = ?1 UNION ALL SELECT 'schedule', sched.name FROM schedule_calendar x"
		" JOIN schedule sched ON sched.id = x.schedule_id WHERE x.calendar_id = ?1 LIMIT 1",
		I(id));
	int r = db_next(rows, err);

	*ret_noun = *ret_name = '\0';
	if (r > 0) {
		db_copy(rows, NOUN, ret_noun, NAME_MAX_LEN + 1);
		db_copy(rows, NAME, ret_name, NAME_MAX_LEN + 1);
	}
	return r < 0 ? -1 : 0;
}

int store_calendar_write(struct store *s, struct calendar_info *c, struct err *err)
{
	int64_t other;

	if (db_number(s->db, err, 0, &other,
		    "SELECT id FROM calendar WHERE name_key = lower(?1) AND id <> ?2", T(c->name),
		    I(c->id)) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a calendar '%s' already", c->name);
	if (!c->id)
		return db_number(s->db, err, 0, &c->id,
			"INSERT INTO calendar (name, url, hours, holidays, zone, owner, refresh)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
			T(c->name), T(c->url), T(c->hours), T(c->holidays), T(c->zone), T(c->owner),
			I(c->refresh_s));
	return written(db_run(s->db, err,
		"UPDATE calendar SET etag = CASE WHEN url = ?2 THEN etag ELSE '' END,"
		" last_modified = CASE WHEN url = ?2 THEN last_modified ELSE '' END,"
		" hash = CASE WHEN url = ?2 THEN hash ELSE '' END,"
		" tried_at = CASE WHEN url = ?2 THEN tried_at END, name = ?1, url = ?2, hours = ?3,"
		" holidays = ?4, zone = ?5, owner = ?6, refresh = ?7 WHERE id = ?8",
		T(c->name), T(c->url), T(c->hours), T(c->holidays), T(c->zone), T(c->owner),
		I(c->refresh_s), I(c->id)));
}

int store_calendar_delete(struct store *s, int64_t id, struct err *err)
{
	return written(db_run(s->db, err, "DELETE FROM calendar WHERE id = ?1", I(id)));
}

/* Events. */

static void print_dates(struct strbuf *to, const struct event_date *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_addf(to, "%s%d:%lld:%lld", i ? " " : "", (int)list[i].form,
			(long long)list[i].at, (long long)list[i].length);
}

static void read_dates(const char *text, struct event_date **ret, size_t *ret_n)
{
	size_t cap = 0;
	int form, used;
	long long at, length;

	while (*ret_n < EVENT_DATES_MAX &&
		sscanf(text, "%d:%lld:%lld%n", &form, &at, &length, &used) == 3) {
		*ret = mem_grow(*ret, &cap, *ret_n + 1, sizeof(**ret));
		if (form >= TIME_DATE && form <= TIME_ZONED)
			(*ret)[(*ret_n)++] = (struct event_date){
				.form = (enum time_form)form,
				.at = calendar_clamp(at),
				.length = length < EVENT_LENGTH_MAX_S ? length : EVENT_LENGTH_MAX_S,
			};
		text += used;
		text += *text == ' ';
	}
}

static int64_t length_of(const struct event *e)
{
	return (int64_t)e->days * DAY + (e->seconds > 0 ? e->seconds : 0);
}

/* Find the instants between which an event can change what an expansion says. Only such events are read for a window: see
 * load_events().
 *
 * The bounds are the start, the RDATEs and the end of the rule, with a margin, because the times are on some wall clock. An event
 * with several rules, or with COUNT, may repeat for ever as far as we look. An override also hides the instance that it replaces,
 * so it must be read where that instance would be. That instance may be longer than the override: `length` is the length of the
 * longest event with this UID. */
static void bound(const struct event *e, int64_t length, int64_t *first, int64_t *last)
{
	const char *until = strstr(e->rule, "UNTIL=");
	struct civil c = { 0 };

	*first = e->start;
	*last = e->start + length;
	if (e->is_override && e->instance.at < *first)
		*first = e->instance.at;
	if (e->is_override && e->instance.at + length > *last)
		*last = e->instance.at + length;
	for (size_t i = 0; i < e->rdates_n; i++) {
		int64_t at = e->rdates[i].at;

		*first = at < *first ? at : *first;
		*last = at + length > *last ? at + length : *last;
	}
	*first -= MARGIN_S;
	if (until && !strchr(e->rule, '\n') &&
		sscanf(until, "UNTIL=%4d%2d%2d", &c.year, &c.month, &c.day) == 3) {
		int64_t end = (civil_days(c.year, c.month, c.day) + 1) * DAY + length;

		*last = end > *last ? end : *last;
	} else if (*e->rule) {
		*last = UNTIL_OPEN;
	}
	/* The AVAILABLE parts of a VAVAILABILITY may begin before it and repeat after it. They need it, so it is always read. */
	if (e->kind == EVENT_UNAVAILABLE)
		*first = INT64_MIN;
	if (e->future || e->kind == EVENT_UNAVAILABLE)
		*last = UNTIL_OPEN;
	if (*last != UNTIL_OPEN)
		*last += MARGIN_S;
}

#define EVENT_COLUMNS(C, AND)                                                                      \
	C(EVENT_UID, "uid")                                                                        \
	AND(EVENT_PARENT, "parent")                                                                \
	AND(EVENT_SUMMARY, "summary")                                                              \
	AND(EVENT_CATEGORIES, "categories")                                                        \
	AND(EVENT_DECLINED, "declined")                                                            \
	AND(EVENT_ZONE, "zone")                                                                    \
	AND(EVENT_KIND, "kind")                                                                    \
	AND(EVENT_CANCELLED, "cancelled")                                                          \
	AND(EVENT_SECRET, "secret")                                                                \
	AND(EVENT_SEQUENCE, "sequence")                                                            \
	AND(EVENT_FORM, "form")                                                                    \
	AND(EVENT_START, "start")                                                                  \
	AND(EVENT_DAYS, "days")                                                                    \
	AND(EVENT_SECONDS, "seconds")                                                              \
	AND(EVENT_RULE, "rule")                                                                    \
	AND(EVENT_RDATES, "rdates")                                                                \
	AND(EVENT_EXDATES, "exdates")                                                              \
	AND(EVENT_INSTANCE_FORM, "instance_form")                                                  \
	AND(EVENT_INSTANCE_AT, "instance_at")                                                      \
	AND(EVENT_FUTURE, "future")                                                                \
	AND(EVENT_PRIORITY, "priority")
enum { DB_ENUM(EVENT_COLUMNS) };

static struct db_value if_override(const struct event *e, int64_t value)
{
	return e->is_override ? I(value) : T(NULL);
}

static int save_event(struct store *s, int64_t id, const struct event *e, int64_t first,
	int64_t last, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf rdates = STRBUF_INIT, exdates = STRBUF_INIT;

	print_dates(&rdates, e->rdates, e->rdates_n);
	print_dates(&exdates, e->exdates, e->exdates_n);
	return written(db_run(s->db, err,
		"INSERT INTO event (" DB_COLUMNS(
			EVENT_COLUMNS) ", calendar_id, first_at, last_at)"
				       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
				       " ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
		T(e->uid), T(e->parent), T(e->summary), T(e->categories), T(e->declined),
		T(e->zone), T(event_kind_name(e->kind)), I(e->cancelled), I(e->secret),
		I(e->sequence), I(e->form), I(e->start), I(e->days), I(e->seconds), T(e->rule),
		T(rdates.s), T(exdates.s), if_override(e, e->instance.form),
		if_override(e, e->instance.at), I(e->future), I(e->priority), I(id), I(first),
		O(last)));
}

/* Write the events with one UID. calendar_settle() has put the overrides at the end. So go backwards: all overrides are known
 * when their master comes. The bounds of the master include the bounds of its overrides: expansion needs the master with each of
 * them. */
static int save_group(
	struct store *s, int64_t id, const struct event *list, size_t n, struct err *err)
{
	int64_t length = 0, first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < n; i++) {
		length = length_of(&list[i]) > length ? length_of(&list[i]) : length;
		for (size_t k = 0; k < list[i].rdates_n; k++)
			length = list[i].rdates[k].length > length ? list[i].rdates[k].length
								   : length;
	}
	for (size_t i = n; i-- > 0;) {
		int64_t own_first, own_last;

		bound(&list[i], length, &own_first, &own_last);
		first = own_first < first ? own_first : first;
		last = own_last > last ? own_last : last;
		if (list[i].is_override ? save_event(s, id, &list[i], own_first, own_last, err) < 0
					: save_event(s, id, &list[i], first, last, err) < 0)
			return -1;
	}
	return 0;
}

static int save_zone(struct store *s, int64_t id, const struct zone *z, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

	vtimezone_print(z, &text);
	return written(db_run(s->db, err,
		"INSERT INTO calendar_zone (calendar_id, name, changes) VALUES (?1, ?2, ?3)", I(id),
		T(zone_name(z)), T(text.s)));
}

/* The list is sorted by UID. Each round takes all events with the next UID, at least one, so the loop ends. */
static int save_data(struct store *s, int64_t id, const struct calendar *data, struct err *err)
{
	for (size_t i = 0, n; i < data->events_n; i += n) {
		for (n = 1; i + n < data->events_n &&
			!strcmp(data->events[i].uid, data->events[i + n].uid);
			n++)
			;
		if (save_group(s, id, &data->events[i], n, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < data->zones_n; i++) {
		if (save_zone(s, id, data->zones[i], err) < 0)
			return -1;
	}
	return 0;
}

int store_calendar_replace(struct store *s, int64_t id, const struct calendar *data,
	const struct calendar_state *state, int64_t now, struct err *err)
{
	if (db_run(s->db, err, "DELETE FROM event WHERE calendar_id = ?1", I(id)) < 0 ||
		db_run(s->db, err, "DELETE FROM calendar_zone WHERE calendar_id = ?1", I(id)) < 0 ||
		save_data(s, id, data, err) < 0)
		return -1;
	return written(db_run(s->db, err,
		"UPDATE calendar SET title = ?2, own_zone = ?3, refused = ?4, etag = ?5,"
		" last_modified = ?6, hash = ?7, read_at = ?8, tried_at = ?8, error = NULL WHERE id = ?1",
		I(id), T(state->title), T(state->zone), I(state->refused_n), T(state->copy.etag),
		T(state->copy.last_modified), T(state->copy.hash), I(now)));
}

/* FNV-1a. A byte that no text has stands behind each column. */
static void add_columns(uint64_t *sum, struct db_rows *rows, int n)
{
	for (int i = 0; i < n; i++) {
		const char *text = db_text_or_null(rows, i);

		for (const char *p = text ? text : "\xfe"; *p; p++)
			*sum = (*sum ^ (unsigned char)*p) * UINT64_C(1099511628211);
		*sum = (*sum ^ 0xff) * UINT64_C(1099511628211);
	}
}

static int sum_rows(struct db_rows *query, int columns_n, struct calendar_sum *to, int64_t *ret_n,
	struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = query;
	int r;

	for (*ret_n = 0; (r = db_next(rows, err)) > 0; ++*ret_n)
		add_columns(&to->sum, rows, columns_n);
	return r;
}

int store_calendar_sum(struct store *s, int64_t id, struct calendar_sum *ret, struct err *err)
{
	int64_t n;

	ret->sum = UINT64_C(14695981039346656037);
	if (sum_rows(
		    db_query(s->db, err,
			    "SELECT " DB_COLUMNS(
				    EVENT_COLUMNS) " FROM event WHERE calendar_id = ?1 ORDER BY id",
			    I(id)),
		    EVENT_PRIORITY + 1, ret, &ret->events_n, err) < 0 ||
		sum_rows(
			db_query(s->db, err,
				"SELECT name, changes FROM calendar_zone WHERE calendar_id = ?1 ORDER BY name",
				I(id)),
			2, ret, &n, err) < 0)
		return -1;
	return sum_rows(
		db_query(s->db, err, "SELECT title, own_zone FROM calendar WHERE id = ?1", I(id)),
		2, ret, &n, err);
}

int store_calendar_tried(struct store *s, const struct calendar_info *c, const char *error,
	int64_t now, struct err *err)
{
	return written(
		db_run(s->db, err, "UPDATE calendar SET tried_at = ?2, error = ?3 WHERE id = ?1",
			I(c->id), I(now), T(error)));
}

int store_calendar_unchanged(struct store *s, const struct calendar_info *c,
	const struct feed_copy *copy, int64_t now, struct err *err)
{
	return written(db_run(s->db, err,
		"UPDATE calendar SET tried_at = ?2, read_at = ?2, error = NULL, etag = ?3,"
		" last_modified = ?4, hash = ?5 WHERE id = ?1",
		I(c->id), I(now), T(copy->etag), T(copy->last_modified), T(copy->hash)));
}

/* Seconds from one try to the next. After a failure we wait four times as long, but not longer than a day. */
#define PACE                                                                                       \
	"CASE WHEN error IS NULL THEN refresh WHEN refresh * 4 < 86400 THEN refresh * 4"           \
	" ELSE 86400 END"

int store_calendar_due(struct store *s, int64_t now, int (*fn)(void *data, const char *name),
	void *data, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT name FROM calendar WHERE url <> '' AND (tried_at IS NULL OR tried_at > ?1"
		" OR tried_at + " PACE " <= ?1) ORDER BY tried_at",
		I(now));

	return store_each_text(rows, fn, data, err);
}

static void read_event(struct db_rows *rows, struct event *e)
{
	int kind = event_kind_parse(db_text(rows, EVENT_KIND));

	event_set(&e->uid, db_text(rows, EVENT_UID));
	event_set(&e->parent, db_text(rows, EVENT_PARENT));
	event_set(&e->summary, db_text(rows, EVENT_SUMMARY));
	event_set(&e->categories, db_text(rows, EVENT_CATEGORIES));
	event_set(&e->declined, db_text(rows, EVENT_DECLINED));
	event_set(&e->zone, db_text(rows, EVENT_ZONE));
	e->kind = kind < 0 ? EVENT_FREE : (enum event_kind)kind;
	e->cancelled = db_bool(rows, EVENT_CANCELLED);
	e->secret = db_bool(rows, EVENT_SECRET);
	e->sequence = db_int(rows, EVENT_SEQUENCE);
	e->form = (enum time_form)db_within(rows, EVENT_FORM, 0, TIME_ZONED);
	e->start = db_instant(rows, EVENT_START);
	e->days = (int)db_within(rows, EVENT_DAYS, 0, EVENT_LENGTH_MAX_S / DAY);
	e->seconds = db_within(rows, EVENT_SECONDS, -EVENT_LENGTH_MAX_S, EVENT_LENGTH_MAX_S);
	event_set(&e->rule, db_text(rows, EVENT_RULE));
	read_dates(db_text(rows, EVENT_RDATES), &e->rdates, &e->rdates_n);
	read_dates(db_text(rows, EVENT_EXDATES), &e->exdates, &e->exdates_n);
	e->is_override = !db_is_null(rows, EVENT_INSTANCE_FORM);
	e->instance = (struct event_date){
		.form = (enum time_form)db_within(rows, EVENT_INSTANCE_FORM, 0, TIME_ZONED),
		.at = db_instant(rows, EVENT_INSTANCE_AT),
		.length = -1,
	};
	e->future = db_bool(rows, EVENT_FUTURE);
	e->priority = (int)db_within(rows, EVENT_PRIORITY, 0, 9);
}

static int load_events(
	struct store *s, int64_t id, int64_t from, int64_t to, struct calendar *c, struct err *err)
{
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT " DB_COLUMNS(EVENT_COLUMNS) " FROM event WHERE calendar_id = ?1"
						    " AND (last_at IS NULL OR last_at >= ?2)"
						    " AND first_at <= ?3 ORDER BY id",
		I(id), I(from), I(to));
	int r;

	while ((r = db_next(rows, err)) > 0)
		read_event(rows, calendar_add(c));
	return r;
}

static int load_zones(struct store *s, int64_t id, struct calendar *c, struct err *err)
{
	enum { NAME, CHANGES };
	_cleanup_(db_donep) struct db_rows *rows = db_query(s->db, err,
		"SELECT name, changes FROM calendar_zone WHERE calendar_id = ?1", I(id));
	int r;

	while ((r = db_next(rows, err)) > 0) {
		struct zone *z;

		if (vtimezone_parse(db_text(rows, NAME), db_text(rows, CHANGES), &z, err) < 0)
			return -1;
		c->zones = mem_grow(c->zones, &c->zones_cap, c->zones_n + 1, sizeof(struct zone *));
		c->zones[c->zones_n++] = z;
	}
	return r;
}

int store_calendar_load(struct store *s, int64_t id, int64_t from, int64_t to,
	struct calendar_info *ret_info, struct calendar_state *ret_state, struct calendar **ret,
	struct err *err)
{
	_cleanup_(calendar_freep) struct calendar *c = NULL;

	if (get(s, id, ret_info, ret_state, err) < 0)
		return -1;
	c = calendar_new(*ret_info->hours     ? CALENDAR_HOURS
			: *ret_info->holidays ? CALENDAR_HOLIDAYS
					      : CALENDAR_EVENTS);
	if (c->kind == CALENDAR_HOURS) {
		if (hours_parse(ret_info->hours, &c->hours, err) < 0)
			return -1;
	} else if (c->kind == CALENDAR_HOLIDAYS) {
		if (holidays_parse(ret_info->holidays, &c->holidays, err) < 0)
			return -1;
	} else {
		if (load_zones(s, id, c, err) < 0 || load_events(s, id, from, to, c, err) < 0)
			return -1;
		calendar_settle(c);
	}
	*ret = TAKE_PTR(c);
	return 0;
}
