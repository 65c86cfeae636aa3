/* command.h - the schema of the one table of commands. Everything that must know a command (dispatch,
 * usage, arity, types, help, did-you-mean, completion, man page) reads it from here. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct ctl;  /* what a command works with: ctl.h */
struct keys; /* a table of keys: lib/base/key.h */

/* What a word may be: gives the name in usage, the check before run(), and the candidates for
 * completion. Checks that need the database (does that user exist?) are made by the command. */
enum arg_type {
	ARG_TEXT,      /* anything */
	ARG_WHO,       /* a user, an extension, @group or all */
	ARG_USER,      /* an existing user or extension */
	ARG_MODE,      /* an existing mode or alias */
	ARG_GROUP,     /* an existing group, without @ */
	ARG_QUEUE,     /* an existing queue */
	ARG_SCHEDULE,  /* an existing schedule */
	ARG_CALENDAR,  /* an existing calendar */
	ARG_SOURCE,    /* the same, or a path */
	ARG_PERIOD,    /* business, break, outside, holiday, open, closed */
	ARG_ZONE,      /* an Olson name */
	ARG_PBX,       /* a PBX of the configuration */
	ARG_NEW_NAME,  /* a name that is made here: checked by check_name() */
	ARG_KEY,       /* a key of command.keys */
	ARG_EDIT,      /* key=value, key of command.keys */
	ARG_RULE,      /* a key of the call rules */
	ARG_RULE_EDIT, /* key=value of a call rule */
	ARG_COMMAND,   /* a word of a command's path */
	ARG_COLUMNS,   /* a comma list of columns of command.columns */
	ARG_DURATION,  /* 90m: checked with when_duration() */
	ARG_TIME,      /* 17:30: checked with when_time() */
	ARG_NUMBER,    /* a whole number from 0 */
	ARG_FILE,      /* a path */
	ARG_PRESET,    /* a set of modes: freepbx */
	ARG_CALL,      /* who or what places a call: internal */
	ARG_PHONE,     /* what phones do with a call: busy */
	ARG_PHONES,    /* the same, or what each does: desk=busy,app=idle */
	ARG_TYPE_COUNT
};

enum arg_flags {
	ARG_OPTIONAL = 1, /* may be left out */
	ARG_MANY = 2,     /* may be repeated; at most one argument of a command */
};

/* Arrays of args end with an entry without a name. */
struct arg {
	const char *name; /* as in usage: "user", "mode" */
	enum arg_type type;
	int flags;
};

/* Arrays of opts end with an entry without a name. */
struct opt {
	const char *name;   /* long option without the dashes */
	const char *value;  /* name of its value in usage, NULL if it takes none */
	enum arg_type type; /* of the value */
	const char *help;   /* one line, no capital, no full stop */
	char group;         /* options with the same letter exclude each other; 0 if none does */
};

/* Columns of a table that a reading command prints. Arrays end with an entry without a name. */
enum column_flags {
	COLUMN_NUMBER = 1, /* right-aligned, a number in JSON */
	COLUMN_BOOL = 2,   /* "yes" and "no", true and false in JSON */
	COLUMN_WIDE = 4,   /* cut first when the terminal is too narrow */
	COLUMN_HIDDEN = 8, /* not in the table unless named with --output; always in JSON */
	COLUMN_LIST = 16,  /* several values, one a line ('\n'): an array of strings in JSON */
	COLUMN_TIME = 32,  /* set with out_time: short in a table, RFC 3339 in JSON */
};

struct column {
	const char *
		name; /* upper case heading; its lower case is the JSON key and the name in --output */
	int flags;
	const char *help; /* for the man page, no full stop */
};

/* What main opens before run(). */
enum need {
	NEED_NOTHING = 0,
	NEED_CONF = 1,  /* the configuration */
	NEED_STORE = 2, /* the database, which exists already; implies NEED_CONF */
	NEED_TTY = 4,   /* standard input and output are a terminal */
	NEED_ROWS =
		8, /* rows of the PBX as the configuration of today wants them; implies NEED_STORE */
};

struct input; /* what the user typed, checked against the table */

struct command {
	const char *path;    /* "mode add" */
	const char *summary; /* one line, at most 60 characters, no capital, no full stop */
	const char
		*details; /* further paragraphs for --help and the man page (plain text, blank lines
	                      * between paragraphs), or NULL */
	const struct arg *args; /* NULL if none */
	const struct opt *opts; /* NULL if none beside the common ones */
	const struct column
		*columns; /* not NULL: prints a table; takes --json, --output, --no-headings */
	const struct keys *keys; /* for ARG_KEY and ARG_EDIT */
	bool rules;       /* takes call rules: help lists them; ARG_KEY and ARG_EDIT may be some */
	const char *noun; /* the JSON array's name when it prints a table */
	bool hidden;      /* for the shells' completion: not in help or man */
	int needs;        /* enum need */
	int (*run)(struct ctl *ctl, const struct input *in, struct err *err);
};

/* All commands in help order, ending with NULL. */
extern const struct command *const commands[];

/* Options before the command; those of every command; and those of commands with columns. */
extern const struct opt global_options[];
extern const struct opt help_option[];
extern const struct opt table_options[];

/* What main() calls the program in usage lines and messages. */
#define PROGRAM "presencectl"

/* Arguments as they were sorted to the table. input_arg gives the first word for argument `i` of the
 * table, NULL if it was left out. input_many gives all words of the argument with ARG_MANY. */
const char *input_arg(const struct input *in, size_t i);
const char *const *input_many(const struct input *in, size_t *ret_n);
/* Value of an option: NULL if it was not given, "" for one that takes no value. */
const char *input_opt(const struct input *in, const char *name);
bool input_has(const struct input *in, const char *name);

#endif
