/* icslines.h - iCalendar text (RFC 5545 3.1) as components with the property lines that matter, counted and limited before
 * a parser sees them. Descriptions, alarms, attachments and attendees who come are gone by then. */
#ifndef ICSLINES_H
#define ICSLINES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum {
	ICS_BYTES_MAX = 16 << 20,    /* of a file */
	ICS_DEPTH_MAX = 16,          /* of components in each other */
	ICS_COMPONENTS_MAX = 200000, /* VCALENDARs, VTIMEZONEs and their observances */
	ICS_LINE_MAX = 256 << 10,    /* bytes of an unfolded line */
	ICS_COMPONENT_MAX = 1 << 20, /* bytes of the lines kept of a component */
	ICS_RULES_MAX = 20,          /* RRULEs of a component */
	ICS_CATEGORIES_MAX =
		4 << 10, /* bytes of CATEGORIES of a component; further lines are dropped */
};

enum ics_kind {
	ICS_OTHER, /* VTODO, VALARM ...: never delivered */
	ICS_CALENDAR,
	ICS_EVENT,
	ICS_AVAILABILITY, /* children: ICS_AVAILABLE */
	ICS_AVAILABLE,
	ICS_TIMEZONE, /* children: ICS_OBSERVANCE */
	ICS_OBSERVANCE,
};

/* Properties without which a component means something else: none of their values may be lost. */
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
	struct strbuf rules; /* the values of RRULE, one a line */
	size_t rules_n, categories_n;
	uint16_t values[ICS_TIME_COUNT]; /* how many stand in `text` */
	char *fault;                     /* why it is of no use; NULL if nothing is wrong so far */
	struct ics_component *children;
	size_t children_n, children_cap;
};

struct icslines {
	struct ics_component *list; /* in the order of their ENDs */
	size_t n, cap;
};

/* Takes LF, CRLF and lone CR, a BOM, UTF-8, and Windows-1252 (so Latin-1) for a line that is not UTF-8. ERR_FAILED for what is
 * no iCalendar data, for what is cut off, and beyond the limits above or CALENDAR_EVENTS_MAX. A component with an END that is
 * missing, or beyond a limit of its own, has a fault. On success *ret is to be freed with icslines_done(). */
int icslines_read(const void *bytes, size_t n, struct icslines *ret, struct err *err) MUST_CHECK;
void icslines_done(struct icslines *l);

/* A hash for names that need not be guessed at (64 bit FNV-1a). */
uint64_t ics_hash(const void *bytes, size_t n);

#endif
