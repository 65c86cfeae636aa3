/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands about presencectl itself. */
#include <string.h>

#include "cmd/presencectl/complete.h"
#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/dispatch.h"
#include "cmd/presencectl/help.h"
#include "cmd/presencectl/shell.h"
#include "cmd/presencectl/say.h"
#include "lib/base/words.h"

extern const struct command cmd_shell, cmd_help, cmd_version, cmd_complete, cmd_commands, cmd_man;

static int shell(struct ctl *ctl, const struct input *in, struct err *err)
{
	return shell_run(ctl, input_has(in, "keep-going"), err);
}

static const struct opt shell_opts[] = {
	{ "keep-going", NULL, ARG_TEXT, "go on after a line that fails", 0 },
	{ 0 },
};

const struct command cmd_shell = {
	.path = "shell",
	.summary = "take commands from the terminal or from standard input",
	.details =
		"On a terminal it has history and completion, and ends with exit, quit or Ctrl-D. Ctrl-C drops the "
		"line.\n\nElsewhere it reads one command a line, as in a script; # begins a comment. It stops at the "
		"first line that fails, says which line that was, and ends with the status of that command.",
	.opts = shell_opts,
	.run = shell,
};

static int help(struct ctl *ctl, const struct input *in, struct err *err)
{
	const char *const *words;
	struct node at = { 0 };
	size_t n, used;

	(void)ctl;
	words = input_many(in, &n);
	if (dispatch_path((char *const *)words, n, true, &at, &used, err) < 0)
		return -1;
	if (used < n && !path_command(&at))
		return dispatch_path((char *const *)words + used, n - used, false, &at, &used, err);
	if (used < n)
		return err_set(err, ERR_USAGE, "'%s' is a command; '%s' is not one of its words",
			path_command(&at)->path, words[used]);
	if (path_command(&at))
		help_command(path_command(&at), stdout);
	else
		help_overview(&at, stdout);
	return 0;
}

static const struct arg help_args[] = {
	{ "command", ARG_COMMAND, ARG_OPTIONAL | ARG_MANY },
	{ 0 },
};

const struct command cmd_help = {
	.path = "help",
	.summary = "list the commands, or describe one",
	.args = help_args,
	.run = help,
};

static int version(struct ctl *ctl, const struct input *in, struct err *err)
{
	(void)ctl;
	(void)in;
	(void)err;
	puts(PROGRAM " " VERSION);
	return 0;
}

const struct command cmd_version = {
	.path = "version",
	.summary = "print the version",
	.run = version,
};

/* How many bytes of the word at the end of the line `kept` has. */
static size_t kept_bytes(const char *kept)
{
	struct words words;
	size_t n;

	words_partial(kept, &words);
	n = strlen(words.w[words.n - 1]);
	words_done(&words);
	return n;
}

static int complete(struct ctl *ctl, const struct input *in, struct err *err)
{
	const char *kept = input_arg(in, 1);
	size_t skip = kept ? kept_bytes(kept) : 0;
	struct candidates list;

	(void)err;
	complete_line(ctl, input_arg(in, 0), true, &list);
	for (size_t i = 0; i < list.n; i++) {
		const char *value = list.c[i].value;

		if (strlen(value) >= skip) {
			say("%s", value + skip);
			putchar('\t');
			say("%s\n", list.c[i].description);
		}
	}
	candidates_done(&list);
	return 0;
}

static const struct arg complete_args[] = {
	{ "line", ARG_TEXT, 0 },
	{ "kept", ARG_TEXT, ARG_OPTIONAL },
	{ 0 },
};

const struct command cmd_complete = {
	.path = "_complete",
	.summary =
		"candidates for the last word of <line>, without what stands in <kept>, its beginning",
	.args = complete_args,
	.hidden = true,
	.run = complete,
};

static int list_commands(struct ctl *ctl, const struct input *in, struct err *err)
{
	(void)ctl;
	(void)in;
	(void)err;
	for (const struct command *const *c = commands; *c; c++) {
		if (!(*c)->hidden)
			puts((*c)->path);
	}
	return 0;
}

const struct command cmd_commands = {
	.path = "_commands",
	.summary = "list the paths of all commands",
	.hidden = true,
	.run = list_commands,
};

static int man(struct ctl *ctl, const struct input *in, struct err *err)
{
	(void)ctl;
	return help_man(input_arg(in, 0), stdout, err);
}

static const struct arg man_args[] = {
	{ "part", ARG_TEXT, 0 },
	{ 0 },
};

const struct command cmd_man = {
	.path = "_man",
	.summary = "print a part of a manual page that comes from a table",
	.args = man_args,
	.hidden = true,
	.run = man,
};
