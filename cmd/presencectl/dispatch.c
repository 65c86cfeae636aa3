/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/dispatch.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/help.h"
#include "cmd/presencectl/input.h"
#include "lib/base/mem.h"
#include "lib/binding/clock.h"
#include "lib/base/closest.h"
#include "lib/follow/later.h"

/* Say that nothing below `at` is called `word`, or that the command is not complete (`word` NULL). */
static int no_such_command(const struct node *at, const char *word, struct err *err)
{
	struct node below[PATH_BELOW_MAX];
	const char *names[PATH_BELOW_MAX], *near;
	size_t n = path_below(at, false, below);
	int len = (int)at->len;

	for (size_t i = 0; i < n; i++)
		names[i] = below[i].word;
	if (!word) {
		err_set(err, ERR_USAGE, "'%.*s' is only the start of a command: it goes on with ",
			len, at->path);
		for (size_t i = 0; i < n; i++)
			err_hint(err, "%s%s", i ? ", " : "", names[i]);
		return -1;
	}
	err_set(err, ERR_USAGE, "unknown command '%.*s%s%s'", len, len ? at->path : "",
		len ? " " : "", word);
	near = closest(word, names, n);
	if (near)
		return err_guess(err, "%.*s%s%s", len, len ? at->path : "", len ? " " : "", near);
	return err_hint(err, "; '%s help' lists them", PROGRAM);
}

int dispatch_path(char *const *words, size_t n, bool partly, struct node *at, size_t *ret_used,
	struct err *err)
{
	size_t i = 0;

	for (; i < n; i++) {
		int step = words[i][0] == '-' ? 0 : path_step(at, words[i], err);

		if (step < 0)
			return -1;
		if (!step)
			break;
	}
	if (!partly && !path_command(at))
		return no_such_command(at, i < n && words[i][0] != '-' ? words[i] : NULL, err);
	*ret_used = i;
	return 0;
}

static void set_output(struct ctl *ctl, const struct input *in)
{
	struct winsize size;

	ctl->out = (struct out_options){
		.json = input_has(in, "json") || input_has(in, "json-lines"),
		.json_lines = input_has(in, "json-lines"),
		.csv = input_has(in, "csv"),
		.no_headings = input_has(in, "no-headings"),
		.columns = input_opt(in, "output"),
		.zone = ctl->zone,
		.home = ctl->zone,
		.now = ctl->now,
		.terminal = isatty(STDOUT_FILENO),
	};
	ctl->out.data = ctl->out.json || ctl->out.csv;
	if (ctl->out.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		ctl->out.width = size.ws_col;
}

static int check_times(const struct ctl *ctl, const struct input *in, struct err *err)
{
	_cleanup_(zone_freep) struct zone *utc = NULL;

	if (ctl->zone)
		return input_check_times(in, ctl->zone, ctl->now, err);
	utc = zone_new_utc();
	return input_check_times(in, utc, ctl->now, err);
}

/* The users whom the command has left. If it failed, nothing of it counts, or presenced comes to them. */
static int finish(struct ctl *ctl, int r, struct err *err)
{
	if (r == 0)
		return ctl_finish(ctl, err);
	follow_later_drop(ctl->store);
	return r;
}

static int run(struct ctl *ctl, const struct command *c, const struct input *in, struct err *err)
{
	char odd[512];
	int r;

	ctl->now = clock_now();
	ctl_forget_countries(ctl);
	if (c->needs & NEED_TTY && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return err_set(err, ERR_FAILED, "'%s' needs a terminal", c->path);
	if (ctl_open(ctl, c->needs, err) < 0 || check_times(ctl, in, err) < 0)
		return -1;
	set_output(ctl, in);
	r = c->run(ctl, in, err);
	if (ctl->store)
		r = finish(ctl, r, err);
	if (ctl->store && !c->hidden && store_take_odd(ctl->store, odd, sizeof(odd)))
		ctl_notice("%s", odd);
	return r;
}

int dispatch(struct ctl *ctl, char *const *words, size_t n, struct err *err)
{
	_cleanup_(input_freep) struct input *in = NULL;
	const struct command *c;
	struct node at = { 0 };
	size_t used;
	bool help = false;

	for (size_t i = 0; i < n; i++)
		help = help || !strcmp(words[i], "--help") || !strcmp(words[i], "-h");
	if (dispatch_path(words, n, help, &at, &used, err) < 0)
		return -1;
	c = path_command(&at);
	if (!c) {
		/* `mode --help` prints what can follow. `mode lsit --help` is a mistake. */
		if (words[used][0] != '-')
			return no_such_command(&at, words[used], err);
		help_overview(&at, stdout);
		return 0;
	}
	if (input_parse(c, words + used, n - used, &in, err) < 0)
		return -1;
	if (input_has(in, "help")) {
		help_command(c, stdout);
		return 0;
	}
	return run(ctl, c, in, err);
}
