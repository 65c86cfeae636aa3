/* model.h - the nouns of presence as plain values. No pointers, no ownership: copy them freely. */
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
/* Also "open" and "closed"; -1 if there is no such period. */
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
/* Whether fewer calls get through in this type than in available, chat and away: such changes are
 * pushed before others. */
bool ptype_restricts(enum ptype t);

/* A mode an extension can be in. */
struct mode {
	int64_t id;
	bool builtin;
	char name[NAME_MAX_LEN + 1];
	char alias[NAME_MAX_LEN + 1]; /* "" if none */
	char label[LABEL_MAX_LEN + 1];
	enum ptype type;
	bool lamp;                           /* the phone's own hint shows BUSY */
	char note[NOTE_MAX_LEN + 1];         /* used when a switch has none */
	char lifetime[LIFETIME_MAX_LEN + 1]; /* of a switch without one: next, forever, 1h, 17:30 */
};

/* The name that stands for the user's mobile number where a device is meant. */
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
	char mailbox[MAILBOX_MAX_LEN + 1]; /* 1001@default, "" if none */
	char mobile[NUMBER_MAX_LEN + 1];   /* "" if none */
	char zone[ZONE_MAX_LEN + 1];       /* Olson name, "" for the configuration's */
	char mode[NAME_MAX_LEN + 1];       /* default mode, "" for available */
	char schedule[NAME_MAX_LEN + 1];   /* "" for the one of the user's groups */
	char period_mode[PERIOD_COUNT]
			[NAME_MAX_LEN + 1];    /* instead of the schedule's; "" for that */
	char calendars[CALENDARS_MAX_LEN + 1]; /* personal ones, names separated by ", " */
	char busy[NAME_MAX_LEN + 1]; /* mode during an event; "" for away, "none" for no switch */
	char oof[NAME_MAX_LEN + 1];  /* the same out of office; "" for off-work */
	int64_t lead_min, lag_min;   /* busy begins so much earlier, ends so much later */
	char patterns[PATTERNS_MAX_LEN + 1]; /* which events give which mode: pattern.h */
	size_t devices_n;
	struct device devices[DEVICES_MAX];
};

/* When an office is open. The texts are as hours.h, special.h and holidays.h read them. */
struct schedule {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	char zone[ZONE_MAX_LEN + 1];           /* Olson name, "" for the configuration's */
	char hours[HOURS_MAX_LEN + 1];         /* or "calendar:NAME" */
	char breaks[HOURS_MAX_LEN + 1];        /* "" if none */
	char special[SPECIAL_MAX_LEN + 1];     /* "" if none */
	char holidays[HOLIDAYS_MAX_LEN + 1];   /* "" if none */
	char calendars[CALENDARS_MAX_LEN + 1]; /* of holidays, names separated by ", " */
	char period_mode[PERIOD_COUNT]
			[NAME_MAX_LEN + 1]; /* "" for the default: period_default_mode() */
	int forced;                         /* a period that holds by hand, or -1 */
	int64_t forced_since, forced_until; /* UTC seconds */
};

/* How a queue calls its members: by their presence rules, or a device directly. */
enum queue_members { QUEUE_MEMBERS_RULES, QUEUE_MEMBERS_DEVICE, QUEUE_MEMBERS_COUNT };

const char *queue_members_name(enum queue_members m);
int queue_members_parse(const char *s); /* -1 if there is no such way */
extern const struct key_type key_queue_members;

enum { PENALTY_MAX = 1000 };
#define QUEUE_HINTS "presence-hints" /* of queues that name no other context */

/* A queue of a PBX. */
struct queue {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	char pbx[NAME_MAX_LEN + 1];
	int64_t penalty; /* of members who have none of their own */
	enum queue_members members;
	char hints[NAME_MAX_LEN + 1]; /* context of the hints that tell whether members are free */
	int64_t users_n;
};

/* A calendar, without its events. */
struct calendar_info {
	int64_t id;
	char name[NAME_MAX_LEN + 1];
	/* Where it comes from: one of url, hours and holidays; else its events are imported from a file. */
	char url[URL_MAX_LEN + 1];
	char hours[HOURS_MAX_LEN + 1];
	char holidays[HOLIDAYS_MAX_LEN + 1];
	char zone[ZONE_MAX_LEN + 1];     /* of its floating times, "" for the reader's */
	char owner[ADDRESS_MAX_LEN + 1]; /* address, lower case, "" if unknown */
	int64_t refresh_s;               /* how often an address is asked */
};

/* The mode that a period gives when neither user nor schedule says one. */
const char *period_default_mode(enum period p);

/* A manual choice. `until` is UTC seconds; UNTIL_OPEN if nothing but another switch or clear ends it. */
#define UNTIL_OPEN INT64_MAX

struct mode_switch {
	int64_t id;
	int64_t mode_id;
	int64_t since; /* UTC seconds */
	int64_t until; /* UTC seconds, first instant at which it has ended, or UNTIL_OPEN */
	bool next; /* until the schedule's next start: `until` is worked out again when that changes */
	char note[NOTE_MAX_LEN + 1];
	char giver[64];                      /* who switched, "" if unknown */
	char forward_to[NUMBER_MAX_LEN + 1]; /* what a forward to `ask` stands for, "" if nothing */
};

/* An administrator's order. */
struct override {
	int64_t id;
	int64_t mode_id;
	int64_t given;                /* UTC seconds; the one given last wins */
	int64_t start, until;         /* UTC seconds, half-open; UNTIL_OPEN if it has no end */
	char scope[NAME_MAX_LEN + 2]; /* a user, @group or all */
	char reason[REASON_MAX_LEN + 1];
	char giver[64];
};

/* Which step of the ladder decided, strongest first. */
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
	int64_t until; /* UTC seconds, when another mode begins; UNTIL_OPEN if none is foreseen */
	int64_t next_change_at; /* UTC seconds, when to look again: mode, source, reason or note may differ */
	char note[NOTE_MAX_LEN + 1];
};

/* The six modes of a new database, and the further ones of `mode add --preset freepbx`. Both end with
 * an entry without a name. */
extern const struct mode model_builtin_modes[];
extern const struct mode model_freepbx_modes[];

#endif
