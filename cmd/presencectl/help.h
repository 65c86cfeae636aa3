/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.h - print the table of commands for people: usage lines, --help, and parts of the manual. */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

#include "cmd/presencectl/command.h"
#include "cmd/presencectl/path.h"
#include "lib/base/strbuf.h"

/* Append "presencectl set [--for DURATION | --until TIME] [--note TEXT] <who>... <mode>", on one line. */
void help_usage(const struct command *c, struct strbuf *to);

/* Print the commands at or below `at`; at the root these are all. Like all help it has at most 80 columns. */
void help_overview(const struct node *at, FILE *to);

void help_command(const struct command *c, FILE *to);

/* Print a part of the manual as scdoc source: "options", "commands", "exit-status", "settings", "rules", "entries" or "findings". ERR_USAGE for any
 * other. */
int help_man(const char *part, FILE *to, struct err *err) MUST_CHECK;

/* The usage of a command, for --help or for the manual. Its parts are separated by '\n': a line may be broken there. */
struct usage_style {
	const char *word[2];  /* around a word that is typed as it stands */
	const char *value[2]; /* around the value of an option */
	const char *arg[2];   /* around an argument */
};
void help_usage_parts(const struct command *c, const struct usage_style *style, struct strbuf *to);

#endif
