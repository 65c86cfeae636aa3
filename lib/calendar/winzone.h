/* SPDX-License-Identifier: GPL-3.0-or-later */
/* winzone.h - the zone names of Windows, which Outlook and Exchange write into TZID. */
#ifndef WINZONE_H
#define WINZONE_H

#include <stdbool.h>

/* The Olson name of a Windows zone such as "W. Europe Standard Time": what CLDR's windowsZones has for territory 001. Letters
 * may have any case. NULL if Windows has no such zone. */
const char *winzone_find(const char *name);

/* The Olson name that a TZID stands for by its form alone. The TZID may be that name, the name behind a prefix such as
 * "/freeassociation.sourceforge.net/" or "/mozilla.org/20050126_1/", a Windows name, "(UTC+01:00) Amsterdam, Berlin ..." of
 * Exchange, or "GMT+0100". `known` says whether an Olson name exists; it is asked five times at most. What is returned is known,
 * and lent from `tzid` or from a table. NULL if the TZID stands for no zone. */
const char *winzone_guess(
	const char *tzid, bool (*known)(void *data, const char *name), void *data);

#endif
