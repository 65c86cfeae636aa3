/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h - the rows of calendars: their settings, the state of their data, and their events. */
#ifndef STORE_CALENDAR_H
#define STORE_CALENDAR_H

#include "lib/calendar/calendar.h"
#include "lib/calendar/feedmsg.h"
#include "lib/store/store.h"

struct calendar_state {
	char title[201];             /* the data's name for itself, "" without one */
	char zone[ZONE_MAX_LEN + 1]; /* X-WR-TIMEZONE, "" without it */
	int64_t events_n, refused_n; /* how many components we keep, and how many were broken */
	struct feed_copy copy;
	int64_t read_at; /* UTC seconds: when the data was last read, or the server said that it has not changed; 0: never */
	int64_t tried_at; /* the last try, failed or not */
	char error[256];  /* why the last try failed, or "" */
};

/* Find a calendar by name. ERR_NOT_FOUND with did-you-mean. ret_state may be NULL. */
int store_calendar_find(struct store *s, const char *name, struct calendar_info *ret,
	struct calendar_state *ret_state, struct err *err) MUST_CHECK;
int store_calendar_get(
	struct store *s, int64_t id, struct calendar_info *ret, struct err *err) MUST_CHECK;
/* Give all calendars, by name. A callback that returns other than 0 ends the walk, and the walk returns that. */
int store_calendar_each(struct store *s,
	int (*fn)(void *data, const struct calendar_info *c, const struct calendar_state *state),
	void *data, struct err *err);
/* Add the IDs of a list of names, "a, b". */
int store_calendar_ids(
	struct store *s, const char *names, struct ids *ret, struct err *err) MUST_CHECK;
/* Add the users whom the calendar can decide about. */
int store_calendar_user_ids(
	struct store *s, int64_t id, struct ids *ret, struct err *err) MUST_CHECK;
/* Find a user or schedule that uses the calendar: ret_noun is "user" or "schedule". Both are "" if it is unused. */
int store_calendar_user(struct store *s, int64_t id, char ret_noun[NAME_MAX_LEN + 1],
	char ret_name[NAME_MAX_LEN + 1], struct err *err) MUST_CHECK;
/* Give the calendars that have an address and are due to be fetched. */
int store_calendar_due(struct store *s, int64_t now, int (*fn)(void *data, const char *name),
	void *data, struct err *err);
/* Read a calendar with the events that can count in [from, to). The caller owns *ret. */
int store_calendar_load(struct store *s, int64_t id, int64_t from, int64_t to,
	struct calendar_info *ret_info, struct calendar_state *ret_state, struct calendar **ret,
	struct err *err) MUST_CHECK;

/* Write the settings. id 0 adds a calendar without events. A new address deletes what the server of the old one has said
 * (ETag, Last-Modified) and the hash, but keeps the events. ERR_USAGE if another calendar has the name. */
int store_calendar_write(struct store *s, struct calendar_info *c, struct err *err) MUST_CHECK;
int store_calendar_delete(struct store *s, int64_t id, struct err *err) MUST_CHECK;
/* Replace the events by those of `data`, after calendar_settle(). Of `state` it writes title, zone, refused_n and
 * copy. */
int store_calendar_replace(struct store *s, int64_t id, const struct calendar *data,
	const struct calendar_state *state, int64_t now, struct err *err) MUST_CHECK;
/* How many events a calendar has, and a sum of all that they and its zones say. Other data has another sum. */
struct calendar_sum {
	int64_t events_n;
	uint64_t sum;
};
int store_calendar_sum(
	struct store *s, int64_t id, struct calendar_sum *ret, struct err *err) MUST_CHECK;
/* Write that the server was asked, and why that failed. */
int store_calendar_tried(struct store *s, const struct calendar_info *c, const char *error,
	int64_t now, struct err *err) MUST_CHECK;
/* Write that the data has not changed, and what the server says of it by now. */
int store_calendar_unchanged(struct store *s, const struct calendar_info *c,
	const struct feed_copy *copy, int64_t now, struct err *err) MUST_CHECK;

#endif
