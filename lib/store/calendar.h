/* calendar.h - calendars as rows: where they come from, and the components that were read. */
#ifndef STORE_CALENDAR_H
#define STORE_CALENDAR_H

#include "lib/calendar/calendar.h"
#include "lib/store/store.h"

struct calendar_state {
	char title[201];             /* what the data calls itself, "" if nothing */
	char zone[ZONE_MAX_LEN + 1]; /* X-WR-TIMEZONE, "" if none */
	int64_t events_n, refused_n; /* components kept, and left out as broken */
	char etag[256], last_modified[64];
	int64_t read_at;  /* UTC seconds, when the data was read or confirmed; 0 if never */
	int64_t tried_at; /* the same, with failures */
	char error[256];  /* why the last try failed, "" if it did not */
};

/* ret_state may be NULL. */
int store_calendar_find(struct store *s, const char *name, struct calendar_info *ret,
	struct calendar_state *ret_state, struct err *err) MUST_CHECK;
int store_calendar_each(struct store *s,
	int (*fn)(void *data, const struct calendar_info *c, const struct calendar_state *state),
	void *data, struct err *err);
/* The IDs of a list of names, "a, b". */
int store_calendar_ids(
	struct store *s, const char *names, struct ids *ret, struct err *err) MUST_CHECK;
/* Whoever it can decide about. */
int store_calendar_user_ids(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* One that uses it, "user" or "schedule" and its name; "" if nothing does. */
int store_calendar_user(struct store *s, int64_t id, char ret_noun[NAME_MAX_LEN + 1],
	char ret_name[NAME_MAX_LEN + 1], struct err *err) MUST_CHECK;
/* Those by address whose time to be asked has come. */
int store_calendar_due(struct store *s, int64_t now, int (*fn)(void *data, const char *name),
	void *data, struct err *err);
/* With what can matter in [from, to). *ret is owned by the caller. */
int store_calendar_load(struct store *s, int64_t id, int64_t from, int64_t to,
	struct calendar_info *ret_info, struct calendar_state *ret_state, struct calendar **ret,
	struct err *err) MUST_CHECK;

/* id 0 adds, without events. A new address forgets what was known of the old one, but keeps the events. ERR_USAGE if the name is
 * taken. */
int store_calendar_write(struct store *s, struct calendar_info *c, struct err *err) MUST_CHECK;
int store_calendar_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* New events, settled, for old; of `state` title, zone, refused_n, etag and last_modified count. */
int store_calendar_replace(struct store *s, int64_t id, const struct calendar *data,
	const struct calendar_state *state, int64_t now, struct err *err) MUST_CHECK;
/* It was asked, and has not changed ("") or failed. */
int store_calendar_tried(struct store *s, const struct calendar_info *c, const char *error,
	int64_t now, struct err *err) MUST_CHECK;

#endif
