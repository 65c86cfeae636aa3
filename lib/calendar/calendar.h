/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h - a calendar as values: events with their rules, and when they take place. lib/binding/ics reads it from
 * iCalendar data, the store keeps it. Occurrences follow RFC 5545 (recurrence sets 3.8.5, RECURRENCE-ID 3.8.4.4,
 * durations 3.3.6, local time 3.3.5) and RFC 7953 (VAVAILABILITY). */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/time/hours.h"
#include "lib/time/holidays.h"
#include "lib/time/span.h"
#include "lib/time/zone.h"

enum {
	EVENT_UID_MAX =
		255, /* bytes; a longer UID is cut, and a hash takes the place of the rest */
	EVENT_SUMMARY_MAX = 200, /* bytes, cut on a character border */
	EVENT_DATES_MAX = 5000,  /* RDATEs of an event, and as many EXDATEs */
	CALENDAR_EVENTS_MAX = 50000,
	EVENT_RULES_MAX = 16,
	EVENT_INSTANCES_MAX = 50000, /* of one event in one expansion; one with more is hostile */
	OCCURRENCES_MAX = 200000,    /* of one expansion */
	OCCURRENCES_DAY_MAX = 200,   /* of one day, where they decide about a mode */
	EVENT_LENGTH_MAX_S = 3660 * 86400,
};
#define CALENDAR_WINDOW_MAX_S (36600 * 86400LL) /* of one expansion: a hundred years */

/* Starts before and after these are moved to them. "For ever" ends at the last. */
#define CALENDAR_FIRST (-62135596800LL) /* 0001-01-01 */
#define CALENDAR_LAST  253402300800LL   /* 10000-01-01 */

/* How a time is written (RFC 5545 3.3.4, 3.3.5). */
enum time_form {
	TIME_DATE,     /* a date: midnight of the floating zone */
	TIME_FLOATING, /* the wall clock of the floating zone */
	TIME_IN_UTC,
	TIME_ZONED, /* the wall clock of event.zone */
};

/* What an event says of its owner's time. */
enum event_kind {
	EVENT_BUSY,        /* VEVENT that takes time */
	EVENT_OOF,         /* X-MICROSOFT-CDO-BUSYSTATUS:OOF */
	EVENT_FREE,        /* transparent, or Outlook's FREE, TENTATIVE or WORKINGELSEWHERE */
	EVENT_UNAVAILABLE, /* VAVAILABILITY: busy from start to end; length 0 means for ever */
	EVENT_AVAILABLE,   /* AVAILABLE in a VAVAILABILITY, whose UID is `parent`: free after all */
	EVENT_KIND_COUNT
};
const char *event_kind_name(enum event_kind k);
int event_kind_parse(const char *s); /* -1 */

/* A time in RDATE or EXDATE. */
struct event_date {
	enum time_form form;
	int64_t at;     /* UTC seconds for TIME_IN_UTC, else wall seconds */
	int64_t length; /* of an RDATE that is a period: seconds; -1: the event's own length */
};

/* A component. Strings and arrays belong to the calendar; strings are never NULL. */
struct event {
	char *uid;
	char *parent;     /* only EVENT_AVAILABLE has it, else "" */
	char *summary;    /* UTF-8, no control bytes */
	char *categories; /* one a line */
	char *declined; /* addresses of attendees who declined: lower case, no mailto:, one a line */
	char *zone;     /* for TIME_ZONED: a name in calendar.zones, else an Olson name */
	enum event_kind kind;
	bool cancelled; /* STATUS:CANCELLED */
	bool secret;    /* CLASS:PRIVATE or CONFIDENTIAL: its summary is never shown */
	int64_t sequence;
	/* Of EVENT_UNAVAILABLE: 1 is the highest, then 2 to 9; 0, not given, is the lowest (RFC 7953 3.1). */
	int priority;
	enum time_form form; /* of start */
	int64_t start;       /* as event_date.at */
	/* The length: nominal days on the wall clock, then exact seconds (RFC 5545 3.3.6). DTEND gives exact seconds, but
	 * days for TIME_DATE. DURATION:P1DT2H gives both. A TIME_DATE that has neither lasts one day (3.6.1). */
	int32_t days;
	int64_t seconds;
	/* RRULEs as recur_print() writes them, and EXRULEs (RFC 2445) behind a '-', joined by '\n'; "" without one. */
	char *rule;
	struct event_date *rdates, *exdates;
	size_t rdates_n, exdates_n;
	bool is_override;           /* it replaces one instance of its UID, the one it names */
	bool future;                /* RANGE=THISANDFUTURE: and all later ones */
	struct event_date instance; /* RECURRENCE-ID */
};

enum calendar_kind { CALENDAR_EVENTS, CALENDAR_HOURS, CALENDAR_HOLIDAYS };

struct calendar {
	enum calendar_kind kind;
	/* CALENDAR_EVENTS, sorted by uid. Of one uid the event without RECURRENCE-ID is first, then by instance. */
	struct event *events;
	size_t events_n, events_cap;
	struct zone **zones; /* from VTIMEZONEs that are no Olson zone; zone_name() is the TZID */
	size_t zones_n, zones_cap;
	struct hours *hours;       /* CALENDAR_HOURS */
	struct holidays *holidays; /* CALENDAR_HOLIDAYS */
};

struct calendar *calendar_new(enum calendar_kind kind);
void calendar_free(struct calendar *c);
DEFINE_CLEANUP(struct calendar, calendar_free)

/* Append an event. Its strings are "", all else is 0. The pointer is valid until the next call. */
struct event *calendar_add(struct calendar *c);
void event_set(char **member, const char *text); /* replace a string of an event by a copy */
/* Sort the events. Of those with the same UID and RECURRENCE-ID keep the one with the highest SEQUENCE, of equal ones the
 * last. Call it when all events are added. */
void calendar_settle(struct calendar *c);

/* An event at one time. Strings are lent from the calendar. */
struct occurrence {
	int64_t start, end; /* UTC seconds; equal for an event without length */
	enum event_kind kind;
	int priority; /* of EVENT_UNAVAILABLE; EVENT_AVAILABLE has its parent's */
	const char *uid;
	const char *summary;    /* "(private)" for a secret event */
	const char *categories; /* one a line */
	bool all_day;
};

struct occurrences {
	struct occurrence *list;
	size_t n, cap;
	char error[256];  /* the first event that was left out, by its UID, and why; else "" */
	size_t refused_n; /* how many were left out: hostile rules, zones that do not exist */
};
void occurrences_done(struct occurrences *o);
/* Leave out what takes place after OCCURRENCES_DAY_MAX others on the same day (UTC), and name the first in o->error: nobody can follow
 * such a calendar, and a mode that follows it would never rest. The list is sorted by start. */
void occurrences_calm(struct occurrences *o);

/* For whom a calendar is expanded: on whose wall clock dates and floating times are, and who the owner is. All is lent. */
struct calendar_view {
	struct zones *zones;         /* for Olson names */
	const struct zone *floating; /* never NULL */
	/* Address of the owner in lower case, "" if unknown. An event is declined if event.declined has the owner. If the
	 * owner is unknown, it is declined if event.declined has exactly one address. */
	const char *owner;
};

/* All occurrences in the window [from, to), sorted by start, then end. They may begin before the window or end after it. An
 * event without length counts if it lies in the window. Cancelled and declined events and instances are left out.
 * EVENT_AVAILABLE is cut to its parent. Hours and holidays become EVENT_BUSY. The work is bounded: an event whose rule is
 * hostile is left out and named in ret->error. ERR_FAILED for more than OCCURRENCES_MAX occurrences and for a window above
 * CALENDAR_WINDOW_MAX_S. `ret` starts as { 0 } and is { 0 } after a failure. */
int calendar_expand(const struct calendar *c, const struct calendar_view *view, int64_t from,
	int64_t to, struct occurrences *ret, struct err *err) MUST_CHECK;

/* When the owner is busy, merged, inside [from, to). EVENT_BUSY and EVENT_OOF are busy from start to end; hours and holidays
 * are EVENT_BUSY. A VAVAILABILITY is busy but for its AVAILABLEs; where several overlap, the one of the highest priority
 * decides (RFC 7953 4). `ret` starts as { 0 }. */
void calendar_busy(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret);
/* When an office is open that keeps its hours in this calendar, a span for each event. Spans may overlap, have any order and reach
 * beyond [from, to). If there is a VAVAILABILITY: the AVAILABLEs, where nothing closes them. Else: the events that make busy. */
void calendar_open(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret);

#endif
