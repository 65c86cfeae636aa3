/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ics.h - make a calendar from iCalendar data (RFC 5545, RFC 7953) with libical. libical is loaded when it is first needed: if it
 * were linked, every command would start milliseconds later. Only its parser is used: recurrences and zones are ours. */
#ifndef ICS_H
#define ICS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/calendar/calendar.h"
#include "lib/calendar/icslines.h" /* the limits ICS_BYTES_MAX, ICS_DEPTH_MAX ... */

enum {
	ICS_OBSERVANCES_MAX =
		2000, /* of all VTIMEZONEs that are needed and the system does not know */
};

/* Read a calendar from `n` bytes; icslines_read() says which forms of text it takes. `zones` says which Olson zones exist. A
 * component that is broken is left out and reported. The caller owns *ret. *report is filled in any case; free it with
 * ics_report_done(). ERR_FAILED if no event can be used, if the data is not iCalendar (an HTML page says so), if it is cut off, or
 * if it is beyond a limit above, in icslines.h or in calendar.h. */
int ics_parse(const void *bytes, size_t n, struct zones *zones, struct calendar **ret,
	struct ics_report *report, struct err *err) MUST_CHECK;

#endif
