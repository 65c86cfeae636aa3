/* model.h - the nouns of presence as plain values. No pointers, no ownership: copy them freely. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sizes of texts, in bytes, without the NUL. */
enum {
	NAME_MAX_LEN = 40, /* names of users, modes, groups, PBXs, devices */
	EXTENSION_MAX_LEN =
		24, /* "Custom:mode-" + extension + "-" + mode fits Asterisk's 79 bytes */
	LABEL_MAX_LEN = 80,
	NOTE_MAX_LEN = 255, /* what a PresenceStateChange event can carry */
	DIAL_MAX_LEN = 79,  /* an Asterisk device name, AST_MAX_EXTENSION - 1 */
	MAILBOX_MAX_LEN = 79,
	NUMBER_MAX_LEN = 24,
	ZONE_MAX_LEN = 60,
	LIFETIME_MAX_LEN = 24,
	DEVICES_MAX = 32, /* of one user */
};

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
	size_t devices_n;
	struct device devices[DEVICES_MAX];
};

/* A manual choice. `until` is UTC seconds; UNTIL_OPEN if nothing but another switch or clear ends it. */
#define UNTIL_OPEN INT64_MAX

struct manual {
	int64_t id;
	int64_t mode_id;
	int64_t since; /* UTC seconds */
	int64_t until; /* UTC seconds, first instant at which it has ended, or UNTIL_OPEN */
	char note[NOTE_MAX_LEN + 1];
};

/* Which step of the ladder decided, strongest first. */
enum source { SOURCE_SWITCH, SOURCE_DEFAULT, SOURCE_COUNT };

const char *source_name(enum source s);
int source_parse(const char *s); /* -1 if there is no such source */

/* What is true for a user now. */
struct presence {
	int64_t mode_id;
	enum source source;
	int64_t since;          /* UTC seconds, when this mode began */
	int64_t next_change_at; /* UTC seconds, UNTIL_OPEN if nothing is foreseen */
	char note[NOTE_MAX_LEN + 1];
};

/* The six modes of a new database, and the further ones of `mode add --preset freepbx`. Both end with
 * an entry without a name. */
extern const struct mode model_builtin_modes[];
extern const struct mode model_freepbx_modes[];

#endif
