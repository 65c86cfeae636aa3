/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hours.h - business hours as people write them. */
#ifndef HOURS_H
#define HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"

enum {
	HOURS_TEXT_MAX = 2000, /* bytes */
	HOURS_PARTS_MAX = 32,  /* parts for weeks or dates of their own */
	HOURS_OF_DAY_MAX = 48, /* ranges that begin on one day */
};

struct hours; /* parsed hours, never changed */

/* One range of a day, in seconds after that day's midnight. `end` is above 86400 if the range crosses midnight. */
struct hours_range {
	int32_t start, end;
};

/* Two forms, joined by ';' and free to mix:
 *   Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00     days may be lists (Mon,Wed,Fri), wrap (Fri-Mon), be full
 *                                                        names, "daily", or left out (every day)
 *   09:00-17:00,mon-fri,*,*                              Asterisk's: times, weekdays, days of month, months; also
 *                                                        with '|' between; "*" for all; '&' joins several;
 *                                                        23:59 ends a day as 24:00 does
 *   week odd: Fri closed                               what differs in some weeks or dates, as weeks_parse() reads them
 *   every 2 weeks from 2026-11-23: Fri 09:00-12:00     before the ':'. On the days that such a part names it replaces
 *   06-15..08-15: Mon-Fri 08:00-15:00                  what parts before it say.
 * A range may cross midnight (22:00-06:00). 24:00 ends a day. 00:00-24:00 is a whole day. "9-17" and "9:00-17:00" are read
 * too, and "24/7". 08:00-08:00 is 24 hours. ERR_USAGE quotes the piece and shows the form: for unknown days (with a guess),
 * hours beyond 24:00, ranges that overlap on any date, also across midnight, and for empty text. The caller owns *ret. */
int hours_parse(const char *text, struct hours **ret, struct err *err) MUST_CHECK;
void hours_free(struct hours *h);
DEFINE_CLEANUP(struct hours, hours_free)

/* Append the canonical text. It joins days with the same ranges, Monday first, and writes "daily" for all seven. It writes
 * ranges bound to days of the month or months in Asterisk's form. Parse -> print -> parse is stable. */
void hours_print(const struct hours *h, struct strbuf *to);

/* The ranges that begin on a date (days since 1970-01-01, as civil_days()), ascending, without overlap. Those of the night before
 * may overlap them where the weeks change. Returns how many. */
int hours_on(const struct hours *h, int64_t day, struct hours_range ret[HOURS_OF_DAY_MAX]);

/* The length in seconds of the longest range that crosses midnight, 0 if no range does. A notice needs it: who writes
 * 17:00-09:00 may mean 09:00-17:00. */
int32_t hours_overnight(const struct hours *h);

/* Whether every moment of `inner` lies in `outer`, on each weekday of an ordinary week. If not, `ret` gets the first piece
 * outside ("Mon 18:00-18:30"). Ranges bound to days of the month, months, weeks or dates count as if they held all year. The warning about
 * breaks outside hours needs it. */
bool hours_covers(const struct hours *outer, const struct hours *inner, struct strbuf *ret);

#endif
