/* Calendars: where they come from, and the components that were read. */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/store/sql.h"
#include "lib/calendar/vtimezone.h"

enum {
	DAY = 86400,
	MARGIN_S = 2 * DAY, /* more than any zone is away from UTC */
};

#define SELECT_CALENDAR                                                                            \
	"SELECT c.id, c.name, c.url, c.hours, c.holidays, c.zone, c.owner, c.refresh, c.title,"    \
	" c.own_zone, c.refused, c.etag, c.last_modified, c.read_at, c.tried_at, c.error,"         \
	" (SELECT count(*) FROM event WHERE calendar_id = c.id) FROM calendar c "

static void read_calendar(sqlite3_stmt *st, struct calendar_info *c, struct calendar_state *state)
{
	*c = (struct calendar_info){
		.id = sqlite3_column_int64(st, 0),
		.refresh_s = sqlite3_column_int64(st, 7),
	};
	sql_copy(c->name, sizeof(c->name), st, 1);
	sql_copy(c->url, sizeof(c->url), st, 2);
	sql_copy(c->hours, sizeof(c->hours), st, 3);
	sql_copy(c->holidays, sizeof(c->holidays), st, 4);
	sql_copy(c->zone, sizeof(c->zone), st, 5);
	sql_copy(c->owner, sizeof(c->owner), st, 6);
	*state = (struct calendar_state){
		.refused_n = sqlite3_column_int64(st, 10),
		.read_at = sqlite3_column_int64(st, 13),
		.tried_at = sqlite3_column_int64(st, 14),
		.events_n = sqlite3_column_int64(st, 16),
	};
	sql_copy(state->title, sizeof(state->title), st, 8);
	sql_copy(state->zone, sizeof(state->zone), st, 9);
	sql_copy(state->etag, sizeof(state->etag), st, 11);
	sql_copy(state->last_modified, sizeof(state->last_modified), st, 12);
	sql_copy(state->error, sizeof(state->error), st, 15);
}

int store_calendar_find(struct store *s, const char *name, struct calendar_info *ret,
	struct calendar_state *ret_state, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_CALENDAR "WHERE c.name = ?", "t", name);
	struct calendar_state state;
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return sql_not_found(s, err, "calendar", name, "SELECT name FROM calendar");
	read_calendar(st, ret, ret_state ? ret_state : &state);
	return 0;
}

static int get(struct store *s, int64_t id, struct calendar_info *ret, struct calendar_state *state,
	struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_CALENDAR "WHERE c.id = ?", "i", id);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (!r)
		return err_set(err, ERR_NOT_FOUND, "no calendar with number %lld", (long long)id);
	read_calendar(st, ret, state);
	return 0;
}

int store_calendar_each(struct store *s,
	int (*fn)(void *data, const struct calendar_info *c, const struct calendar_state *state),
	void *data, struct err *err)
{
	SQL_STMT st = sql(s, err, SELECT_CALENDAR "ORDER BY c.name", "");
	struct calendar_state state;
	struct calendar_info c;
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		read_calendar(st, &c, &state);
		if ((r = fn(data, &c, &state)) != 0)
			return r;
	}
	return r;
}

/* Whoever it can decide about, resolved again. */
static int changed(struct store *s, int64_t id, int64_t now, const char *what, struct err *err)
{
	follow_forget(s);
	if (sql_run(s, err,
		    NEXT_ANEW "user_id IN (SELECT user_id FROM on_calendar WHERE calendar_id = ?2)",
		    "ii", now, id) < 0)
		return -1;
	if (follow_hours_soon(s, id, err) < 0)
		return -1;
	return follow_users(s, now, what,
		"SELECT DISTINCT user_id FROM on_calendar WHERE calendar_id = ?", id, NULL, err);
}

int follow_calendar_save(struct store *s, struct calendar_info *c, int64_t now, struct err *err)
{
	bool is_new = c->id == 0;
	int64_t other;

	if (sql_number(s, err, 0, &other, "SELECT id FROM calendar WHERE name = ? AND id <> ?",
		    "ti", c->name, c->id) < 0)
		return -1;
	if (other)
		return err_set(err, ERR_USAGE, "there is a calendar '%s' already", c->name);
	if (is_new) {
		if (sql_run(s, err,
			    "INSERT INTO calendar (name, url, hours, holidays, zone, owner, refresh)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?)",
			    "tttttti", c->name, c->url, c->hours, c->holidays, c->zone, c->owner,
			    c->refresh_s) < 0)
			return -1;
		c->id = sqlite3_last_insert_rowid(s->db->sqlite);
	} else if (
		sql_run(s, err,
			"UPDATE calendar SET etag = iif(url IS ?2, etag, ''),"
			" last_modified = iif(url IS ?2, last_modified, ''),"
			" tried_at = iif(url IS ?2, tried_at, NULL), name = ?1, url = ?2, hours = ?3,"
			" holidays = ?4, zone = ?5, owner = ?6, refresh = ?7 WHERE id = ?8",
			"ttttttii", c->name, c->url, c->hours, c->holidays, c->zone, c->owner,
			c->refresh_s, c->id) < 0) {
		return -1;
	}
	if (store_log(s, now, is_new ? "calendar add" : "calendar set", c->name, NULL, NULL,
		    UNTIL_OPEN, NULL, err) < 0)
		return -1;
	return is_new ? 0 : changed(s, c->id, now, "calendar", err);
}

int follow_calendar_delete(
	struct store *s, const struct calendar_info *c, int64_t now, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT 'user', u.name FROM user_calendar x JOIN users u ON u.id = x.user_id"
		" WHERE x.calendar_id = ?1 UNION ALL SELECT 'schedule', h.name FROM schedule_calendar x"
		" JOIN schedule h ON h.id = x.schedule_id WHERE x.calendar_id = ?1 LIMIT 1",
		"i", c->id);
	int r;

	if (!st || (r = sql_row(s, st, err)) < 0)
		return -1;
	if (r)
		return err_set(err, ERR_FAILED,
			"calendar '%s' is in use by %s '%s'; take it from its hours or calendars first",
			c->name, sql_text(st, 0), sql_text(st, 1));
	sqlite3_reset(st);
	if (sql_run(s, err, "DELETE FROM calendar WHERE id = ?", "i", c->id) < 0)
		return -1;
	return store_log(s, now, "calendar delete", c->name, NULL, NULL, UNTIL_OPEN, NULL, err);
}

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
		(*ret)[(*ret_n)++] = (struct event_date){
			.form = (enum time_form)form, .at = at, .length = length
		};
		text += used;
		text += *text == ' ';
	}
}

static int64_t length_of(const struct event *e)
{
	return (int64_t)e->days * DAY + (e->seconds > 0 ? e->seconds : 0);
}

/* Where an event can matter; `length` is that of the longest with its UID, since an override takes an instance away. */
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
	/* An AVAILABLE, which may begin before it and repeat after it, is of no use without it. */
	if (e->kind == EVENT_UNAVAILABLE)
		*first = INT64_MIN;
	if (e->future || e->kind == EVENT_UNAVAILABLE)
		*last = UNTIL_OPEN;
	if (*last != UNTIL_OPEN)
		*last += MARGIN_S;
}

static int save_event(struct store *s, int64_t id, const struct event *e, int64_t first,
	int64_t last, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf rdates = STRBUF_INIT, exdates = STRBUF_INIT;

	print_dates(&rdates, e->rdates, e->rdates_n);
	print_dates(&exdates, e->exdates, e->exdates_n);
	return sql_run(s, err,
		"INSERT INTO event (calendar_id, first_at, last_at, uid, parent, summary, categories, declined,"
		" zone, kind, cancelled, secret, sequence, form, start, days, seconds, rule, rdates, exdates,"
		" instance_form, instance_at, future, priority) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?, iif(?21 IS NULL, NULL, ?22), ?23, ?24)",
		"iiottttttt"
		"iiiiiiitttoiii",
		id, first, last, e->uid, e->parent, e->summary, e->categories, e->declined, e->zone,
		event_kind_name(e->kind), (int64_t)e->cancelled, (int64_t)e->secret, e->sequence,
		(int64_t)e->form, e->start, (int64_t)e->days, e->seconds, e->rule, rdates.s,
		exdates.s, e->is_override ? (int64_t)e->instance.form : UNTIL_OPEN, e->instance.at,
		(int64_t)e->future, (int64_t)e->priority);
}

/* Events of one UID, the overrides behind the others, which are read wherever an override is. */
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
	return sql_run(s, err,
		"INSERT INTO calendar_zone (calendar_id, name, changes) VALUES (?, ?, ?)", "itt",
		id, zone_name(z), text.s);
}

int follow_calendar_replace(struct store *s, const struct calendar_info *c,
	const struct calendar *data, const struct calendar_state *state, int64_t now,
	struct err *err)
{
	if (sql_run(s, err, "DELETE FROM event WHERE calendar_id = ?", "i", c->id) < 0 ||
		sql_run(s, err, "DELETE FROM calendar_zone WHERE calendar_id = ?", "i", c->id) < 0)
		return -1;
	for (size_t i = 0, n; i < data->events_n; i += n) {
		for (n = 1; i + n < data->events_n &&
			!strcmp(data->events[i].uid, data->events[i + n].uid);
			n++)
			;
		if (save_group(s, c->id, &data->events[i], n, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < data->zones_n; i++) {
		if (save_zone(s, c->id, data->zones[i], err) < 0)
			return -1;
	}
	if (sql_run(s, err,
		    "UPDATE calendar SET title = ?2, own_zone = ?3, refused = ?4, etag = ?5,"
		    " last_modified = ?6, read_at = ?7, tried_at = ?7, error = NULL WHERE id = ?1",
		    "ittitti", c->id, state->title, state->zone, state->refused_n, state->etag,
		    state->last_modified, now) < 0 ||
		store_log(s, now, "calendar import", c->name, NULL, NULL, UNTIL_OPEN, NULL, err) <
			0)
		return -1;
	return changed(s, c->id, now, "calendar", err);
}

int store_calendar_tried(struct store *s, const struct calendar_info *c, const char *error,
	int64_t now, struct err *err)
{
	return sql_run(s, err,
		"UPDATE calendar SET tried_at = ?2, error = nullif(?3, ''),"
		" read_at = iif(?3 = '', ?2, read_at) WHERE id = ?1",
		"iit", c->id, now, error);
}

/* A feed that fails is asked at a fourth of the pace, but once a day at least. */
#define DUE                                                                                          \
	"url <> '' AND (tried_at IS NULL OR tried_at > ?1 OR tried_at + iif(error IS NULL, refresh," \
	" min(86400, refresh * 4)) <= ?1)"

int store_calendar_due(struct store *s, int64_t now, int (*fn)(void *data, const char *name),
	void *data, struct err *err)
{
	SQL_STMT st =
		sql(s, err, "SELECT name FROM calendar WHERE " DUE " ORDER BY tried_at", "i", now);

	return sql_each_text(s, st, fn, data, err);
}

static void read_event(sqlite3_stmt *st, struct event *e)
{
	int kind = event_kind_parse(sql_text(st, 6));

	event_set(&e->uid, sql_text(st, 0));
	event_set(&e->parent, sql_text(st, 1));
	event_set(&e->summary, sql_text(st, 2));
	event_set(&e->categories, sql_text(st, 3));
	event_set(&e->declined, sql_text(st, 4));
	event_set(&e->zone, sql_text(st, 5));
	e->kind = kind < 0 ? EVENT_FREE : (enum event_kind)kind;
	e->cancelled = sqlite3_column_int(st, 7);
	e->secret = sqlite3_column_int(st, 8);
	e->sequence = sqlite3_column_int64(st, 9);
	e->form = (enum time_form)sqlite3_column_int(st, 10);
	e->start = sqlite3_column_int64(st, 11);
	e->days = sqlite3_column_int(st, 12);
	e->seconds = sqlite3_column_int64(st, 13);
	event_set(&e->rule, sql_text(st, 14));
	read_dates(sql_text(st, 15), &e->rdates, &e->rdates_n);
	read_dates(sql_text(st, 16), &e->exdates, &e->exdates_n);
	e->is_override = sqlite3_column_type(st, 17) != SQLITE_NULL;
	e->instance = (struct event_date){
		.form = (enum time_form)sqlite3_column_int(st, 17),
		.at = sqlite3_column_int64(st, 18),
		.length = -1,
	};
	e->future = sqlite3_column_int(st, 19);
	e->priority = sqlite3_column_int(st, 20);
}

static int load_events(
	struct store *s, int64_t id, int64_t from, int64_t to, struct calendar *c, struct err *err)
{
	SQL_STMT st = sql(s, err,
		"SELECT uid, parent, summary, categories, declined, zone, kind, cancelled, secret, sequence,"
		" form, start, days, seconds, rule, rdates, exdates, instance_form, instance_at, future,"
		" priority"
		" FROM event WHERE calendar_id = ?1 AND (last_at IS NULL OR last_at >= ?2)"
		" AND first_at <= ?3 ORDER BY id",
		"iii", id, from, to);
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0)
		read_event(st, calendar_add(c));
	return r;
}

static int load_zones(struct store *s, int64_t id, struct calendar *c, struct err *err)
{
	SQL_STMT st = sql(
		s, err, "SELECT name, changes FROM calendar_zone WHERE calendar_id = ?", "i", id);
	int r;

	if (!st)
		return -1;
	while ((r = sql_row(s, st, err)) > 0) {
		struct zone *z;

		if (vtimezone_parse(sql_text(st, 0), sql_text(st, 1), &z, err) < 0)
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
