/* field.h - the keys of the nouns (mode, user, schedule, calendar, queue): one table that checks, sets, shows, completes and documents
 * them. */
#ifndef FIELD_H
#define FIELD_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/presence/model.h"

enum field_type {
	FIELD_TEXT,      /* UTF-8 without control characters */
	FIELD_NOTE,      /* the same; too long is cut on a character border, not refused */
	FIELD_NAME,      /* [A-Za-z0-9._-], NAME_MAX_LEN */
	FIELD_EXTENSION, /* [A-Za-z0-9_], EXTENSION_MAX_LEN */
	FIELD_MAILBOX,   /* box or box@context */
	FIELD_NUMBER,    /* a telephone number */
	FIELD_ZONE,      /* an Olson name; whether it exists is for zonefile_load() */
	FIELD_BOOL,      /* yes, no */
	FIELD_PTYPE,     /* an Asterisk presence type */
	FIELD_LIFETIME,  /* next, forever, a duration or a time of day */
	FIELD_MODE,      /* a mode; whether it exists is for the store */
	FIELD_PBX,       /* a PBX; whether it exists is for the configuration */
	FIELD_MODE_NONE, /* the same, or "none" */
	FIELD_SCHEDULE,  /* a schedule; whether it exists is for the store */
	FIELD_CALENDARS, /* calendars, separated by commas; whether they exist is for the store */
	FIELD_HOURS,     /* as hours_parse() */
	FIELD_OPENING,   /* the same, or calendar:NAME */
	FIELD_HOLIDAYS,  /* as holidays_parse() */
	FIELD_PATTERNS,  /* as patterns_parse() */
	FIELD_MINUTES,   /* 0 to 1440 */
	FIELD_PENALTY,   /* 0 to PENALTY_MAX */
	FIELD_MEMBERS,   /* rules, device */
	FIELD_INTERVAL,  /* a duration in seconds, 5 minutes to 7 days */
	FIELD_ADDRESS,   /* an electronic mail address, kept in lower case */
	FIELD_SPECIAL,   /* special.DATE=VALUE: a key for each special day */
	FIELD_DEVICES,   /* devices.NAME=DIAL: a key for each device */
	FIELD_TYPE_COUNT
};

/* Tables end with an entry without a name. */
struct field {
	const char *name;
	enum field_type type;
	size_t offset;        /* of the member in the noun's struct */
	size_t size;          /* of a text member, with its NUL */
	const char *fallback; /* what `unset` gives; NULL: it cannot be unset */
	const char *values;   /* what it may be, in words for help */
	const char *help;     /* one line, no full stop */
};

extern const struct field mode_fields[];     /* of struct mode */
extern const struct field user_fields[];     /* of struct user */
extern const struct field schedule_fields[]; /* of struct schedule */
extern const struct field calendar_fields[]; /* of struct calendar_info */
extern const struct field queue_fields[];    /* of struct queue */

/* Set `key` of `object` from text. 0, 1 if a note was cut to NOTE_MAX_LEN bytes, or -1 with the object
 * unharmed: ERR_USAGE, with did-you-mean for an unknown key. */
int field_set(const struct field *fields, void *object, const char *key, const char *value,
	struct err *err) MUST_CHECK;

/* Set `key` back to its fallback; devices.NAME removes that device,
 * special.DATE that day. */
int field_unset(
	const struct field *fields, void *object, const char *key, struct err *err) MUST_CHECK;

/* Split "key=value" at the first '='; *ret_value points into `edit`. ERR_USAGE if there is no '='. */
int field_split(const char *edit, char *key, size_t key_size, const char **ret_value,
	struct err *err) MUST_CHECK;

/* The value as text, "" if there is none; FIELD_DEVICES and FIELD_SPECIAL
 * give "name=value" lines. */
void field_get(const struct field *f, const void *object, struct strbuf *to);

/* The i-th fixed value of a key (booleans, types), NULL after the last and for free text. */
const char *field_candidates(const struct field *f, size_t i);

/* A member's penalty. ERR_USAGE. */
int field_check_penalty(const char *value, int64_t *ret, struct err *err) MUST_CHECK;

/* A note as it comes from outside: `to` has NOTE_MAX_LEN + 1 bytes. As field_set. */
int field_check_note(const char *note, char *to, struct err *err) MUST_CHECK;

#endif
