/* ics.h - iCalendar data (RFC 5545, RFC 7953) to a calendar, by libical, which is loaded when it is first needed: linking it
 * would make every command start milliseconds later. Only its parser is used: recurrences and zones are ours. */
#ifndef ICS_H
#define ICS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/calendar/calendar.h"
#include "lib/calendar/icslines.h" /* the limits ICS_BYTES_MAX, ICS_DEPTH_MAX ... */

enum {
	ICS_REPORTS_MAX = 100, /* of events left out that are named */
	ICS_TZIDS_MAX = 100,   /* different TZIDs of a file */
	ICS_OBSERVANCES_MAX =
		2000,       /* of all VTIMEZONEs that events need and the system does not know */
	ICS_NAME_MAX = 200, /* bytes of the calendar's name */
};

struct ics_report {
	size_t events;          /* components that were used */
	size_t refused;         /* components that were left out */
	struct strbuf refusals; /* a line for each, with its UID and why; at most ICS_REPORTS_MAX */
	char name[ICS_NAME_MAX + 1]; /* X-WR-CALNAME or NAME, "" if none */
	char zone
		[61]; /* X-WR-TIMEZONE as an Olson name, "" if none: floating times of the file are on it */
};
void ics_report_done(struct ics_report *r);

/* Read a calendar from `n` bytes. Takes LF, CRLF and CR, folded lines, a BOM, UTF-8 and (line by line, if it is not UTF-8)
 * Latin-1. A component that is broken is left out and reported; ERR_FAILED if no event is usable, if it is no iCalendar data
 * (an HTML page says so), if it is cut off, or beyond a limit above, in icslines.h or in calendar.h. `zones` tells which Olson
 * zones exist. *ret is owned by the caller. *report is filled in any case, and to be freed with ics_report_done(). */
int ics_parse(const void *bytes, size_t n, struct zones *zones, struct calendar **ret,
	struct ics_report *report, struct err *err) MUST_CHECK;

#endif
