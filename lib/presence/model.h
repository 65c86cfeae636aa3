/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h - the nouns of presence as plain values. They have no pointers: copy them freely. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/key.h"
#include "lib/base/limits.h"

/* What a schedule says of an instant. */
enum period { PERIOD_BUSINESS, PERIOD_BREAK, PERIOD_OUTSIDE, PERIOD_HOLIDAY, PERIOD_COUNT };

const char *period_name(enum period p);
/* It takes "open" and "closed" too. -1 if there is no such period. */
int period_parse(const char *s);

/* Asterisk's presence types, in the spelling of PRESENCE_STATE(), without not_set. */
enum ptype {
	PTYPE_AVAILABLE,
	PTYPE_CHAT,
	PTYPE_AWAY,
	PTYPE_DND,
	PTYPE_XA,
	PTYPE_UNAVAILABLE,
	PTYPE_COUNT
};

const char *ptype_name(enum ptype t);
/* -1 if there is no such type. */
int ptype_parse(const char *s);
extern const struct key_type key_ptype;
/* Whether fewer calls get through in this type than in available, chat and away. A change to it is pushed before others. */
bool ptype_restricts(enum ptype t);

/* What the phone's own hint shows of a mode, beside what the phone itself does: a device state. */
enum lamp { LAMP_OFF, LAMP_BUSY, LAMP_HOLD, LAMP_RINGING, LAMP_UNAVAILABLE, LAMP_COUNT };

const char *lamp_name(enum lamp l);
/* -1 if there is no such lamp. */
int lamp_parse(const char *s);
/* The lamps by name. "yes" and "no", which were all that there was once, stand for busy and off. */
extern const struct key_type key_lamp;
/* Whether the hint of a phone that is idle shows that it is in use. LAMP_UNAVAILABLE gives way to such a phone. */
bool lamp_is_in_use(enum lamp l);

/* What an extension is in. */
struct mode {
	int64_t id;
	bool builtin;
	char name[NAME_MAX_LEN + 1];
	char alias[NAME_MAX_LEN + 1]; /* a second name, or "" */
	char label[LABEL_MAX_LEN + 1];
	enum ptype type;
	enum lamp lamp;
	char note[NOTE_MAX_LEN + 1];         /* of a switch that has no note */
	char lifetime[LIFETIME_MAX_LEN + 1]; /* of a switch without end: next, forever, 1h, 17:30 */
};

/* In the place of a device's name this stands for the user's mobile number. */
#define DEVICE_MOBILE "mobile"

/* One way to reach a user. */
struct device {
	char name[NAME_MAX_LEN + 1]; /* desk, app ... */
	char dial[DIAL_MAX_LEN + 1]; /* PJSIP/1001 */
};

struct user {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	char extension[EXTENSION_MAX_LEN + 1];
	char pbx[NAME_MAX_LEN + 1];
	char mailbox[MAILBOX_MAX_LEN + 1]; /* 1001@default, or "" */
	char mobile[NUMBER_MAX_LEN + 1];   /* or "" */
	char zone[ZONE_MAX_LEN + 1];       /* Olson name; "" means the configuration's */
	char mode[NAME_MAX_LEN + 1];       /* default mode; "" means available */
	char schedule[NAME_MAX_LEN + 1];   /* "" means the schedule of the user's group */
	/* The modes that the periods give this user. "" means the schedule's. */
	char period_mode[PERIOD_COUNT][NAME_MAX_LEN + 1];
	char calendars[CALENDARS_MAX_LEN + 1]; /* names of personal calendars, joined by ", " */
	char busy[NAME_MAX_LEN + 1]; /* mode during an event; "" means away, "none" no mode */
	char oof[NAME_MAX_LEN + 1];  /* mode during an out-of-office event; "" means off-work */
	int64_t lead_min, lag_min;   /* busy begins so much earlier, ends so much later */
	char patterns[PATTERNS_MAX_LEN + 1]; /* which events give which mode: pattern.h */
	size_t devices_n;
	struct device devices[DEVICES_MAX];
};

/* Hours, breaks, special days and holidays, and the mode that each period gives. hours.h, special.h and holidays.h read the
 * texts. */
struct schedule {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	char zone[ZONE_MAX_LEN + 1];       /* Olson name; "" means the configuration's */
	char hours[HOURS_MAX_LEN + 1];     /* hours, or "calendar:NAME" */
	char breaks[HOURS_MAX_LEN + 1];    /* or "" */
	char special[SPECIAL_MAX_LEN + 1]; /* or "" */
	char before_holiday[BEFORE_HOLIDAY_MAX_LEN +
		1];                           /* as a special day, without dates; or "" */
	char holidays[HOLIDAYS_MAX_LEN + 1];  /* or "" */
	char calendars[CLOSURES_MAX_LEN + 1]; /* holiday calendars, as closures.h has them */
	/* The modes that the periods give. "" means period_default_mode(). */
	char period_mode[PERIOD_COUNT][NAME_MAX_LEN + 1];
	int forced;                         /* the period that an administrator forced, or -1 */
	int64_t forced_since, forced_until; /* UTC seconds */
};

/* How a queue calls its members: through their call rules, or one of their devices directly. */
enum queue_members { QUEUE_MEMBERS_RULES, QUEUE_MEMBERS_DEVICE, QUEUE_MEMBERS_COUNT };

const char *queue_members_name(enum queue_members m);
int queue_members_parse(const char *s); /* -1 if there is no such way */
extern const struct key_type key_queue_members;

enum { PENALTY_MAX = 1000 };
#define QUEUE_HINTS "presence-hints" /* context of the hints of a queue that names no other */

/* A queue of a PBX. */
struct queue {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	char pbx[NAME_MAX_LEN + 1];
	int64_t penalty; /* of a member without a penalty of their own */
	enum queue_members members;
	char hints[NAME_MAX_LEN + 1]; /* context of the hints that say whether members are free */
	int64_t users_n;
};

/* A calendar, without its events. */
struct calendar_info {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	/* Where it comes from: one of url, hours and holidays. If all are "", its events were imported from a file. */
	char url[URL_MAX_LEN + 1];
	char hours[HOURS_MAX_LEN + 1];
	char holidays[HOLIDAYS_MAX_LEN + 1];
	char zone[ZONE_MAX_LEN + 1];     /* of its floating times; "" means the reader's */
	char owner[ADDRESS_MAX_LEN + 1]; /* address in lower case, "" if unknown */
	int64_t refresh_s;               /* url is fetched so often */
};

/* The mode that a period gives if neither the user nor the schedule names one. */
const char *period_default_mode(enum period p);

/* An end that no clock reaches. A switch with it ends by another switch or by clear. */
#define UNTIL_OPEN INT64_MAX

/* A switch: a user's mode chosen by hand, with an end. */
struct mode_switch {
	int64_t id;
	int64_t mode_id;
	int64_t since; /* UTC seconds */
	int64_t until; /* UTC seconds, first instant at which it has ended, or UNTIL_OPEN */
	bool next;     /* it ends at the schedule's next start: `until` follows when that changes */
	/* Of one that ends so: the period in which it was made, a break being business. PERIOD_COUNT: not known. */
	enum period during;
	char note[NOTE_MAX_LEN + 1];
	char giver[64];                      /* who switched, "" if unknown */
	char forward_to[NUMBER_MAX_LEN + 1]; /* the number for a forward to `ask`, or "" */
};

/* A mode that an administrator gives to a user, a group or all, above everything else. */
struct override {
	int64_t id;
	int64_t mode_id;
	int64_t given;                /* UTC seconds; of several the one given last wins */
	int64_t start, until;         /* UTC seconds, half-open; UNTIL_OPEN: it has no end */
	char scope[NAME_MAX_LEN + 2]; /* a user, @group or all */
	char reason[REASON_MAX_LEN + 1];
	char giver[64];
};

/* The kinds of rungs, strongest first. The source of a presence is the kind of the rung that won. */
enum source {
	SOURCE_OVERRIDE,
	SOURCE_SWITCH,
	SOURCE_HOLIDAY,
	SOURCE_OUTSIDE,
	SOURCE_BREAK,
	SOURCE_BUSY,
	SOURCE_BUSINESS,
	SOURCE_DEFAULT,
	SOURCE_COUNT
};

const char *source_name(enum source s);
int source_parse(const char *s); /* -1 if there is no such source */

/* What is true for a user now. */
struct presence {
	int64_t mode_id;
	enum source source;
	int64_t since; /* UTC seconds, when this mode began */
	int64_t until; /* UTC seconds, when another mode begins; UNTIL_OPEN: no other is in sight */
	/* UTC seconds, when to look again: the mode, the source, the reason or the note may then differ. */
	int64_t next_change_at;
	char note[NOTE_MAX_LEN + 1];
};

/* The six modes of a new database, and those that `mode add --preset freepbx` adds. Each list ends with a mode without a
 * name. */
extern const struct mode model_builtin_modes[];
extern const struct mode model_freepbx_modes[];

#endif
