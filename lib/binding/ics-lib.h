/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ics-lib.h - what the files ics*.c share: libical's functions by name, and the state of a reading. */
#ifndef ICS_LIB_H
#define ICS_LIB_H

#include <libical/ical.h>

#include "lib/binding/ics.h"
#include "lib/binding/library.h"
#include "lib/calendar/icslines.h"

#define ICS_FUNCTIONS(X)                                                                           \
	X(icalcomponent_free)                                                                      \
	X(icalcomponent_get_first_property)                                                        \
	X(icalcomponent_get_next_property)                                                         \
	X(icalerror_set_errors_are_fatal)                                                          \
	X(icalparameter_get_email)                                                                 \
	X(icalparameter_get_partstat)                                                              \
	X(icalparameter_get_range)                                                                 \
	X(icalparameter_get_tzid)                                                                  \
	X(icalparser_parse_string)                                                                 \
	X(icalproperty_get_class)                                                                  \
	X(icalproperty_get_first_parameter)                                                        \
	X(icalproperty_get_status)                                                                 \
	X(icalproperty_get_transp)                                                                 \
	X(icalproperty_get_value)                                                                  \
	X(icalproperty_get_x_name)                                                                 \
	X(icalproperty_isa)                                                                        \
	X(icaltime_is_utc)                                                                         \
	X(icalvalue_get_caladdress)                                                                \
	X(icalvalue_get_datetime)                                                                  \
	X(icalvalue_get_duration)                                                                  \
	X(icalvalue_get_integer)                                                                   \
	X(icalvalue_get_period)                                                                    \
	X(icalvalue_get_text)                                                                      \
	X(icalvalue_get_utcoffset)                                                                 \
	X(icalvalue_get_x)                                                                         \
	X(icalvalue_isa)

struct ics_lib {
	ICS_FUNCTIONS(LIBRARY_POINTER)
};

/* The zone that a TZID names. */
struct ics_zone {
	char *tzid;
	char *name; /* for event.zone: an Olson name or the TZID; NULL without a zone */
	const struct zone *zone; /* lent; NULL: the TZID names no zone */
	char *why;               /* why it names no zone */
};

struct ics_reader {
	const struct ics_lib *lib;
	struct zones *source;
	struct calendar *calendar;
	struct ics_definition {
		char *tzid;
		const struct ics_component *timezone;
	} * definitions; /* VTIMEZONEs, the first of each TZID */
	size_t definitions_n, definitions_cap;
	struct ics_zone zones[ICS_TZIDS_MAX];
	size_t zones_n;
	size_t observances; /* how many were read so far */
};

/* Load libical. NULL with *err filled if the system does not have it. */
const struct ics_lib *ics_lib(struct err *err);

/* Parse the lines of a component. Free the result with icalcomponent_free(). NULL if libical does not take the lines. */
icalcomponent *ics_component_parse(const struct ics_lib *lib, const struct ics_component *c);

/* The text of a value, without control bytes and cut to `max` bytes. The caller frees it. NULL if the value has no text. */
char *ics_value_text(const struct ics_lib *lib, const icalproperty *p, size_t max);

/* The wall or UTC seconds of a time. It takes 24:00 and leap seconds. -1 if there is no such time. */
int ics_time_seconds(const struct icaltimetype *t, int64_t *ret) MUST_CHECK;

/* Note a VTIMEZONE. Note all of them before asking for zones. */
void ics_define_zone(struct ics_reader *r, const struct ics_component *definition);
/* The zone that a TZID names, lent. Olson and Windows names come from the system's files, other names from their VTIMEZONE. */
const struct ics_zone *ics_find_zone(struct ics_reader *r, const char *tzid, struct err *err);
/* The Olson name that a TZID stands for, lent for as long as `tzid` lives. NULL if it stands for no Olson name. */
const char *ics_olson(struct ics_reader *r, const char *tzid);
void ics_zones_done(struct ics_reader *r);

/* Add an event to the calendar. *ret_uid is filled on failure too, and NULL if the event has no UID; the caller frees it. `parent` is
 * the UID of the VAVAILABILITY around an AVAILABLE, else "". */
int ics_add_event(struct ics_reader *r, const struct ics_component *c, const char *parent,
	char **ret_uid, struct err *err) MUST_CHECK;

#endif
