/* winzone.h - the zone names of Windows, as Outlook and Exchange write them into TZID. */
#ifndef WINZONE_H
#define WINZONE_H

#include <stdbool.h>

/* The Olson name for "W. Europe Standard Time", for the territory 001 of CLDR's windowsZones; NULL if there is none.
 * Letters in any case. */
const char *winzone_find(const char *name);

/* The Olson name that a TZID stands for by its form alone: itself, the name behind a prefix such as
 * "/freeassociation.sourceforge.net/" or "/mozilla.org/20050126_1/", a Windows name, "(UTC+01:00) Amsterdam, Berlin ..." of
 * Exchange, "GMT+0100"; NULL if it names none. `known` says whether an Olson name exists, as a source of zones does; it is asked
 * five times at most. What is returned is known, and is lent from `tzid` or from a table. */
const char *winzone_guess(
	const char *tzid, bool (*known)(void *data, const char *name), void *data);

#endif
