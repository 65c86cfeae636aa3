/* help.h - what the table of commands says, for people: usage lines, --help, and parts of the man page. */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

#include "cmd/presencectl/command.h"
#include "cmd/presencectl/path.h"
#include "lib/base/strbuf.h"

/* "presencectl set [--for DURATION | --until TIME] [--note TEXT] <who>... <mode>", on one line. */
void help_usage(const struct command *c, struct strbuf *to);

/* The commands at or below `at`, all of them for its root. At most 80 columns, as everything here. */
void help_overview(const struct node *at, FILE *to);

void help_command(const struct command *c, FILE *to);

/* A part of the man pages as scdoc source: "options", "commands", "exit-status" or "rules". ERR_USAGE for others. */
int help_man(const char *part, FILE *to, struct err *err) MUST_CHECK;

/* Usage in the form of help.c or man.c: its parts separated by '\n', at which a line may be broken. */
struct usage_style {
	const char *word[2];  /* around what is typed as it is */
	const char *value[2]; /* around the value of an option */
	const char *arg[2];   /* around an argument */
};
void help_usage_parts(const struct command *c, const struct usage_style *style, struct strbuf *to);

#endif
