#include "cmd/presencectl/command.h"

#include <stddef.h>

/* Every command is one line in this list, in help order. */
#define COMMANDS(X)                                                                                \
	X(cmd_shell)                                                                               \
	X(cmd_help)                                                                                \
	X(cmd_version)                                                                             \
	X(cmd_complete)                                                                            \
	X(cmd_commands)                                                                            \
	X(cmd_man)

#define DECLARE(name) extern const struct command name;
#define POINTER(name) &name,

COMMANDS(DECLARE)

const struct command *const commands[] = { COMMANDS(POINTER) NULL };

const struct opt global_options[] = {
	{ "config", "FILE", ARG_FILE, "the configuration, instead of PRESENCE_CONF or the default",
		0 },
	{ "db", "FILE", ARG_FILE, "the database, instead of PRESENCE_DB or the configuration's",
		0 },
	{ "version", NULL, ARG_TEXT, "print the version", 0 },
	{ 0 },
};

const struct opt help_option[] = {
	{ "help", NULL, ARG_TEXT, "print this help", 0 },
	{ 0 },
};

const struct opt table_options[] = {
	{ "json", NULL, ARG_TEXT, "print JSON", 0 },
	{ "output", "COLUMNS", ARG_COLUMNS, "print these columns, separated by commas", 0 },
	{ "no-headings", NULL, ARG_TEXT, "print no line of headings", 0 },
	{ 0 },
};
