/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presencectl - the administrator's tool for presence on Asterisk. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/dispatch.h"
#include "cmd/presencectl/help.h"
#include "cmd/presencectl/input.h"

/* The options before the command are those of a command without a path. */
static const struct command program = { .path = "", .opts = global_options };

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int run(struct ctl *ctl, char **words, size_t n, struct err *err)
{
	char *shell[] = { (char[]){ "shell" } };
	_cleanup_(input_freep) struct input *global = NULL;
	const struct node root = { 0 };
	size_t used;

	if (input_parse_leading(&program, words, n, &used, &global, err) < 0)
		return -1;
	ctl->conf_path = input_has(global, "config") ? input_opt(global, "config")
						     : from_environment("PRESENCE_CONF");
	ctl->db_path =
		input_has(global, "db") ? input_opt(global, "db") : from_environment("PRESENCE_DB");
	ctl->zone_name = input_opt(global, "zone");
	if (input_has(global, "help")) {
		help_overview(&root, stdout);
		return 0;
	}
	if (input_has(global, "version")) {
		puts(PROGRAM " " VERSION);
		return 0;
	}
	if (used < n)
		return dispatch(ctl, words + used, n - used, err);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return dispatch(ctl, shell, 1, err);
	help_overview(&root, stderr);
	return err_set(err, ERR_USAGE, "which command?");
}

int main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	struct err err = { 0 };
	int status = 0;

	/* The width of characters. Messages and numbers are ours, and other categories take time to load. */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (run(&ctl, argv + 1, argc ? (size_t)argc - 1 : 0, &err) < 0) {
		/* The error comes behind what the command has printed. */
		fflush(stdout);
		ctl_notice("%s", err.msg);
		status = err_exit_status(err.code);
	}
	ctl_done(&ctl);
	if (ferror(stdout) | fclose(stdout)) {
		if (errno != EPIPE)
			ctl_notice("cannot write output: %s", strerror(errno));
		return status ? status : 1;
	}
	return status;
}
