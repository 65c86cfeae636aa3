/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h - what the one table of commands consists of. Dispatch, usage, arity, types, help, guesses, completion and the
 * manual all read the table. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct ctl;  /* what a command works with: ctl.h */
struct keys; /* a table of keys: lib/base/key.h */

/* What a word may be. The type gives the check before run() and the candidates for completion. A check that needs the database,
 * such as whether the user exists, is made by the command. */
enum arg_type {
	ARG_TEXT,      /* anything */
	ARG_WHO,       /* a user, an extension, @group or all */
	ARG_NAME,      /* the same, or any other thing that has a name, also one that is gone */
	ARG_USER,      /* an existing user or extension */
	ARG_MODE,      /* an existing mode or alias */
	ARG_GROUP,     /* an existing group, without @ */
	ARG_QUEUE,     /* an existing queue */
	ARG_SCHEDULE,  /* an existing schedule */
	ARG_CALENDAR,  /* an existing calendar */
	ARG_SOURCE,    /* the same, or a path */
	ARG_PERIOD,    /* business, break, outside, holiday, open, closed */
	ARG_ZONE,      /* an Olson name */
	ARG_HOLIDAYS,  /* the code of a country or region, or other holidays */
	ARG_PBX,       /* a PBX of the configuration */
	ARG_NEW_NAME,  /* the name of a thing to be made: checked with check_name() */
	ARG_KEY,       /* a key of command.keys */
	ARG_EDIT,      /* key=value, with a key of command.keys */
	ARG_RULE,      /* a key of the call rules */
	ARG_RULE_EDIT, /* key=value of a call rule */
	ARG_COMMAND,   /* a word of a command's path */
	ARG_COLUMNS,   /* a comma list of columns of command.columns */
	ARG_DURATION,  /* 90m: checked with when_duration() */
	ARG_TIME,      /* 17:30: checked with when_time() */
	ARG_NUMBER,    /* a whole number from 0 */
	ARG_FILE,      /* a path */
	ARG_PRESET,    /* a set of modes: freepbx */
	ARG_CALL,      /* the kind of a caller: internal */
	ARG_PHONE,     /* what phones do with a call: busy */
	ARG_PHONES,    /* the same, or what each phone does: desk=busy,app=idle */
	ARG_TYPE_COUNT
};

enum arg_flags {
	ARG_OPTIONAL = 1, /* may be left out */
	ARG_MANY = 2,     /* may be repeated; a command has at most one such argument */
};

/* An argument. Arrays of arguments end with one without a name. */
struct arg {
	const char *name; /* as in usage: "user", "mode" */
	enum arg_type type;
	int flags;
};

/* An option. Arrays of options end with one without a name. */
struct opt {
	const char *name;   /* long option without the dashes */
	const char *value;  /* name of its value in usage; NULL: it takes no value */
	enum arg_type type; /* of the value */
	const char *help;   /* one line, no capital, no full stop */
	char group;         /* options with the same letter exclude each other; 0: no group */
};

/* A column of a table that a reading command prints. Arrays of columns end with one without a name. */
enum column_flags {
	COLUMN_NUMBER = 1, /* right-aligned, a number in JSON */
	COLUMN_BOOL = 2,   /* "yes" and "no", true and false in JSON */
	COLUMN_WIDE = 4,   /* cut first when the terminal is too narrow */
	COLUMN_HIDDEN = 8, /* in the table only if --output names it; always in JSON */
	COLUMN_LIST = 16,  /* several values, one a line ('\n'): an array of strings in JSON */
	COLUMN_WRAP = 64,  /* goes on in the next line when the terminal is too narrow */
	COLUMN_TIME = 32,  /* set with out_time(): short in a table, RFC 3339 in JSON */
};

struct column {
	/* The heading, in capitals. In small letters it is the JSON key and the name for --output. */
	const char *name;
	int flags;
	const char *help; /* for the man page, no full stop */
};

/* What dispatch opens and checks before run(). */
enum need {
	NEED_NOTHING = 0,
	NEED_CONF = 1,  /* the configuration */
	NEED_STORE = 2, /* the database, which must exist; implies NEED_CONF */
	NEED_TTY = 4,   /* standard input and output are a terminal */
	/* Compiled entries as this program and the configuration want them, see entries.h; implies NEED_STORE. */
	NEED_ENTRIES = 8,
};

struct input; /* what the user typed, checked against the table */

struct command {
	const char *path;    /* "mode add" */
	const char *summary; /* one line, at most 60 characters, no capital, no full stop */
	/* Further paragraphs for --help and the manual, or NULL. Plain text, with blank lines between paragraphs. */
	const char *details;
	const struct arg *args; /* or NULL */
	const struct opt *opts; /* or NULL; every command takes the common ones too */
	/* If not NULL: the command prints a table, and takes --json, --output and --no-headings. */
	const struct column *columns;
	const struct keys *keys; /* for ARG_KEY and ARG_EDIT */
	bool rules;              /* ARG_KEY and ARG_EDIT take call rules too, and help lists them */
	const char *noun;        /* the name of the JSON array when it prints a table */
	bool hidden; /* it is for the shells' completion: help and manual leave it out */
	int needs;   /* flags of enum need */
	int (*run)(struct ctl *ctl, const struct input *in, struct err *err);
};

/* All commands as help lists them, ending with NULL. */
extern const struct command *const commands[];

/* Options before the command, options of every command, options of commands with columns. */
extern const struct opt global_options[];
extern const struct opt help_option[];
extern const struct opt table_options[];

/* The name of the program in usage lines and messages. */
#define PROGRAM "presencectl"

/* The words, sorted to the arguments of the table. input_arg() gives the first word for argument `i`, NULL if it was left out.
 * input_many() gives all words for the argument with ARG_MANY. */
const char *input_arg(const struct input *in, size_t i);
const char *const *input_many(const struct input *in, size_t *ret_n);
/* The value of an option: NULL if the option was not given, "" if it takes no value. */
const char *input_opt(const struct input *in, const char *name);
bool input_has(const struct input *in, const char *name);

#endif
