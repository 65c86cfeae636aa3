/* calendar.h - a calendar as values: events with their rules, and when they take place. How it is read from iCalendar
 * data is for lib/binding/ics, how it is kept for the store. Occurrences follow RFC 5545 (recurrence sets 3.8.5,
 * RECURRENCE-ID 3.8.4.4, durations 3.3.6, local time 3.3.5) and RFC 7953 (VAVAILABILITY). */
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
		255, /* bytes; longer UIDs are cut and a hash of the rest is put in their place */
	EVENT_SUMMARY_MAX = 200, /* bytes, cut on a character border */
	EVENT_DATES_MAX = 5000,  /* RDATEs, and EXDATEs, of an event */
	CALENDAR_EVENTS_MAX = 50000,
	EVENT_RULES_MAX = 16,
	EVENT_INSTANCES_MAX = 50000, /* of one event in one expansion: more is taken for hostile */
	OCCURRENCES_MAX = 200000,    /* of one expansion */
	EVENT_LENGTH_MAX_S = 3660 * 86400,
};
#define CALENDAR_WINDOW_MAX_S (36600 * 86400LL) /* of one expansion: a hundred years */
#define CALENDAR_FIRST        (-62135596800LL)  /* 0001-01-01: starts before it are moved to it */
#define CALENDAR_LAST         253402300800LL /* 10000-01-01: so are later ones; the end of "for ever" */

/* How a time is written (RFC 5545 3.3.4, 3.3.5). */
enum time_form {
	TIME_DATE,     /* a date: midnight of the floating zone */
	TIME_FLOATING, /* the wall clock of the floating zone */
	TIME_IN_UTC,
	TIME_ZONED, /* the wall clock of event.zone */
};

/* What an event says about its owner being busy. */
enum event_kind {
	EVENT_BUSY, /* VEVENT that takes time */
	EVENT_OOF,  /* X-MICROSOFT-CDO-BUSYSTATUS:OOF */
	EVENT_FREE, /* transparent, or Outlook's FREE and TENTATIVE and WORKINGELSEWHERE */
	EVENT_UNAVAILABLE, /* VAVAILABILITY: busy from start to end (0 length: for ever, from the start on) ... */
	EVENT_AVAILABLE, /* ... but for these, AVAILABLE inside it; `parent` names its UID */
	EVENT_KIND_COUNT
};
const char *event_kind_name(enum event_kind k);
int event_kind_parse(const char *s); /* -1 */

/* A time in RDATE or EXDATE. */
struct event_date {
	enum time_form form;
	int64_t at;     /* UTC seconds for TIME_IN_UTC, else wall seconds */
	int64_t length; /* RDATE periods: seconds; -1: the event's own length */
};

/* A component. Strings and arrays belong to the calendar; strings are never NULL. */
struct event {
	char *uid;
	char *parent;     /* "" but for EVENT_AVAILABLE */
	char *summary;    /* UTF-8, no control bytes */
	char *categories; /* one a line */
	char *declined; /* addresses of attendees who declined, in lower case without mailto:, one a line */
	char *zone; /* for TIME_ZONED: a name in calendar.zones, else an Olson name */
	enum event_kind kind;
	bool cancelled; /* STATUS:CANCELLED */
	bool secret;    /* CLASS:PRIVATE or CONFIDENTIAL: its summary is never shown */
	int64_t sequence;
	int priority; /* of EVENT_UNAVAILABLE: 1 the highest to 9, 0 (none given) the lowest (RFC 7953 3.1) */
	enum time_form form; /* of start */
	int64_t start;       /* as event_date.at */
	/* Length: nominal days on the wall clock, then exact seconds (RFC 5545 3.3.6). DTEND gives exact seconds, and days
	 * for TIME_DATE; DURATION:P1DT2H gives both. None of either on a TIME_DATE is one day (3.6.1). */
	int32_t days;
	int64_t seconds;
	char *rule; /* RRULE as recur_print() writes it, "" if none; several are joined by '\n' */
	struct event_date *rdates, *exdates;
	size_t rdates_n, exdates_n;
	bool is_override; /* it has a RECURRENCE-ID: this one instance of its UID, and all later ones if `future` */
	bool future;                /* RANGE=THISANDFUTURE */
	struct event_date instance; /* RECURRENCE-ID */
};

enum calendar_kind { CALENDAR_EVENTS, CALENDAR_HOURS, CALENDAR_HOLIDAYS };

struct calendar {
	enum calendar_kind kind;
	struct event *
		events; /* CALENDAR_EVENTS: sorted by uid; the one without RECURRENCE-ID first, then by instance */
	size_t events_n, events_cap;
	struct zone *
		*zones; /* made of VTIMEZONEs that are no Olson zone; zone_name() is the TZID */
	size_t zones_n, zones_cap;
	struct hours *hours;       /* CALENDAR_HOURS */
	struct holidays *holidays; /* CALENDAR_HOLIDAYS */
};

struct calendar *calendar_new(enum calendar_kind kind);
void calendar_free(struct calendar *c);
DEFINE_CLEANUP(struct calendar, calendar_free)

/* A further event, all zero but for its strings, which are ""; valid until the next call. */
struct event *calendar_add(struct calendar *c);
void event_set(char **member, const char *text); /* replace a string of an event by a copy */
/* Sort the events; of those with the same UID and RECURRENCE-ID keep the one with the highest SEQUENCE, the last of equal
 * ones. To be called once all are added. */
void calendar_settle(struct calendar *c);

/* Something that takes place. Strings are lent from the calendar. */
struct occurrence {
	int64_t start, end; /* UTC seconds; equal for an event without length */
	enum event_kind kind;
	int priority; /* of EVENT_UNAVAILABLE, and of its parent for EVENT_AVAILABLE */
	const char *uid;
	const char *summary;    /* "(private)" for a secret event */
	const char *categories; /* "" if none */
	bool all_day;
};

struct occurrences {
	struct occurrence *list;
	size_t n, cap;
	char error[256];  /* why an event was left out, with its UID; "" if none was */
	size_t refused_n; /* how many were left out: hostile rules, zones that are gone */
};
void occurrences_done(struct occurrences *o);

/* On whose wall clock dates and floating times are, and who the owner is. All is lent. */
struct calendar_view {
	struct zones *zones;         /* for Olson names */
	const struct zone *floating; /* never NULL */
	const char *
		owner; /* address of the owner in lower case, "" if unknown: an event is declined if the owner is
	                                in event.declined, or, with an unknown owner, if it has exactly one declined address */
};

/* All that takes place in [from, to), also what begins before or ends after it, and events without length that lie in
 * it; sorted by start, then end. Cancelled and declined events and instances are left out; EVENT_AVAILABLE is cut to its
 * parent; hours and holidays are EVENT_BUSY. Bounded: an event whose rule is hostile is left out and named in ret->error;
 * more than OCCURRENCES_MAX, or a window above CALENDAR_WINDOW_MAX_S, is ERR_FAILED. `ret` starts as { 0 }, and is { 0 }
 * after a failure. */
int calendar_expand(const struct calendar *c, const struct calendar_view *view, int64_t from,
	int64_t to, struct occurrences *ret, struct err *err) MUST_CHECK;

/* When the owner is busy: of EVENT_BUSY and EVENT_OOF their length; of VAVAILABILITY what is not available, where the one
 * of higher priority decides (RFC 7953 4); of hours and holidays their times. Merged, inside [from, to). `ret` starts as
 * { 0 }. */
void calendar_busy(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret);
/* When hours are open: the EVENT_AVAILABLE of a VAVAILABILITY, else what calendar_busy() gives. */
void calendar_open(const struct occurrences *o, int64_t from, int64_t to, struct spans *ret);

#endif
