/* ics-lib.h - what the files of ics share: libical's functions by name, and a file being read. */
#ifndef ICS_LIB_H
#define ICS_LIB_H

#include <libical/ical.h>

#include "lib/binding/ics.h"
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
#define X(name) __typeof__(name) *name;
	ICS_FUNCTIONS(X)
#undef X
};

/* A zone as a TZID names it. */
struct ics_zone {
	char *tzid;
	char *name; /* what event.zone says: an Olson name or the TZID; NULL if there is no zone */
	const struct zone *zone; /* lent */
	char *why;               /* why there is none */
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
	size_t observances; /* that were read so far */
};

/* Load libical; NULL with *err filled if it is not there. */
const struct ics_lib *ics_lib(struct err *err);

/* The lines of a component as libical's; NULL if it does not take them. To be freed with icalcomponent_free(). */
icalcomponent *ics_component_parse(const struct ics_lib *lib, const struct ics_component *c);

/* The text of a value with no control bytes, at most `max` bytes; NULL if it has none. To be freed by the caller. */
char *ics_value_text(const struct ics_lib *lib, const icalproperty *p, size_t max);

/* Wall or UTC seconds of a time; -1 if it is none. 24:00 and leap seconds are taken. */
int ics_time_seconds(const struct icaltimetype *t, int64_t *ret) MUST_CHECK;

/* VTIMEZONEs, to be known before zones are asked for. */
void ics_define_zone(struct ics_reader *r, const struct ics_component *definition);
/* What zone a TZID is: Olson and Windows names by the system's files, others by their VTIMEZONE. Lent. */
const struct ics_zone *ics_find_zone(struct ics_reader *r, const char *tzid, struct err *err);
/* The Olson name that a TZID stands for; NULL if none. Lent, at longest as long as `tzid`. */
const char *ics_olson(struct ics_reader *r, const char *tzid);
void ics_zones_done(struct ics_reader *r);

/* Add an event to the calendar. *ret_uid, to be freed by the caller, is filled also on failure, NULL if it has no UID. `parent`
 * is the UID of the VAVAILABILITY of an AVAILABLE, else "". */
int ics_add_event(struct ics_reader *r, const struct ics_component *c, const char *parent,
	char **ret_uid, struct err *err) MUST_CHECK;

#endif
