/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icslines.h - iCalendar text (RFC 5545 3.1) as components with the property lines that matter. They are counted and limited
 * before a parser sees them. Descriptions, alarms, attachments and attendees who have not declined are left out. */
#ifndef ICSLINES_H
#define ICSLINES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/limits.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum {
	ICS_BYTES_MAX = 16 << 20,    /* of a file */
	ICS_DEPTH_MAX = 16,          /* components inside each other */
	ICS_COMPONENTS_MAX = 200000, /* VCALENDARs, VTIMEZONEs and their observances */
	ICS_LINE_MAX = 256 << 10,    /* bytes of an unfolded line */
	ICS_COMPONENT_MAX = 1 << 20, /* bytes of the lines that are kept of a component */
	ICS_RULES_MAX = 20,          /* RRULEs and EXRULEs of a component */
	ICS_TZIDS_MAX = 100,         /* different TZIDs of a file */
	ICS_NAME_MAX = 200,          /* bytes of the calendar's name */
	ICS_REPORTS_MAX = 100,       /* how many events that are left out are named */
	ICS_CATEGORIES_MAX =
		4 << 10, /* bytes of CATEGORIES of a component; further lines are dropped */
};

enum ics_kind {
	ICS_OTHER, /* VTODO, VALARM ...: never in the list */
	ICS_CALENDAR,
	ICS_EVENT,
	ICS_AVAILABILITY, /* children: ICS_AVAILABLE */
	ICS_AVAILABLE,
	ICS_TIMEZONE, /* children: ICS_OBSERVANCE */
	ICS_OBSERVANCE,
};

/* Properties that must be read whole: with one value lost, the component would mean something else. */
enum ics_time {
	ICS_DTSTART,
	ICS_DTEND,
	ICS_DURATION,
	ICS_RECURRENCE_ID,
	ICS_RDATE,
	ICS_EXDATE,
	ICS_OFFSET_FROM,
	ICS_OFFSET_TO,
	ICS_TIME_COUNT
};
const char *ics_time_name(enum ics_time t);

struct ics_component {
	enum ics_kind kind;
	char name[24];       /* "VEVENT"; cut to fit */
	size_t line;         /* of its BEGIN, from 1 */
	struct strbuf text;  /* lines with CRLF, unfolded, UTF-8, no control bytes; no RRULE */
	struct strbuf rules; /* the values of RRULE, one a line, and those of EXRULE behind a '-' */
	size_t rules_n, categories_n;
	uint16_t values[ICS_TIME_COUNT]; /* how many values of each stand in `text` */
	char *fault;                     /* why it cannot be used; NULL while nothing is wrong */
	struct ics_component *children;
	size_t children_n, children_cap;
};

struct icslines {
	struct ics_component *list; /* in the order of their ENDs */
	size_t n, cap;
};

/* Read a calendar. Lines end with LF, CRLF or a lone CR. A BOM may stand in front. Text is UTF-8; a line that is not UTF-8 is
 * read as Windows-1252, and so as Latin-1. ERR_FAILED for data that is not iCalendar, for data that is cut off, beyond the
 * limits of a whole calendar above, and beyond CALENDAR_EVENTS_MAX. A component whose END is missing, or that is beyond a
 * limit of its own, has a fault. On success the caller frees *ret with icslines_done(). */
int icslines_read(const void *bytes, size_t n, struct icslines *ret, struct err *err) MUST_CHECK;
void icslines_done(struct icslines *l);

/* What was read of a calendar, besides its events. */
struct ics_report {
	size_t events;               /* components that were used */
	size_t refused;              /* components that were left out */
	struct strbuf refusals;      /* a line for each of the first ICS_REPORTS_MAX: UID and why */
	char name[ICS_NAME_MAX + 1]; /* X-WR-CALNAME or NAME, or "" */
	/* The zone of the file's floating times: X-WR-TIMEZONE as an Olson name, or "". */
	char zone[ZONE_MAX_LEN + 1];
};
void ics_report_done(struct ics_report *r);

/* A 64 bit FNV-1a hash. It tells names apart; it does not keep them secret. */
uint64_t ics_hash(const void *bytes, size_t n);

#endif
