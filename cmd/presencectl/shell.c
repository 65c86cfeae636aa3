/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/shell.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "cmd/presencectl/complete.h"
#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/dispatch.h"
#include "cmd/presencectl/say.h"
#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/base/words.h"
#include "lib/binding/library.h"
#include "lib/binding/owner.h"

enum { HISTORY_LINES = 1000, LIST_MAX = 100, LIST_WIDTH = 24 };

#define PROMPT "presence> "

/* Functions, and variables. */
#define READLINE_NAMES(X)                                                                          \
	X(add_history)                                                                             \
	X(append_history)                                                                          \
	X(clear_history)                                                                           \
	X(history_base)                                                                            \
	X(history_get)                                                                             \
	X(history_length)                                                                          \
	X(history_truncate_file)                                                                   \
	X(read_history)                                                                            \
	X(rl_attempted_completion_function)                                                        \
	X(rl_attempted_completion_over)                                                            \
	X(rl_callback_handler_install)                                                             \
	X(rl_callback_handler_remove)                                                              \
	X(rl_callback_read_char)                                                                   \
	X(rl_callback_sigcleanup)                                                                  \
	X(rl_catch_signals)                                                                        \
	X(rl_change_environment)                                                                   \
	X(rl_completer_quote_characters)                                                           \
	X(rl_completer_word_break_characters)                                                      \
	X(rl_completion_append_character)                                                          \
	X(rl_completion_display_matches_hook)                                                      \
	X(rl_completion_matches)                                                                   \
	X(rl_display_match_list)                                                                   \
	X(rl_forced_update_display)                                                                \
	X(rl_line_buffer)                                                                          \
	X(rl_outstream)                                                                            \
	X(rl_readline_name)                                                                        \
	X(rl_sort_completion_matches)                                                              \
	X(stifle_history)                                                                          \
	X(using_history)

static struct readline {
	READLINE_NAMES(LIBRARY_POINTER)
} rl;

static int load(struct err *err)
{
#define X(name) LIBRARY_SYMBOL(readline, name)
	static const struct library_symbol symbols[] = { READLINE_NAMES(X){ NULL, 0 } };
#undef X
	static const struct library readline_so = { LIBRARY_FILE(
							    "libreadline.so.", RL_VERSION_MAJOR),
		"there is no shell for a terminal", "libreadline8", symbols };

	return library_open(&readline_so, &rl, err);
}

/* Readline's callbacks have no argument for their owner, so the state is static. */
static struct {
	struct ctl *ctl;
	struct candidates candidates;
	char *line;
	bool has_line;
	volatile sig_atomic_t interrupted;
} shell;

/* Run one line. Returns 0, 1 if the line asks to leave, -1 if it fails. */
static int run_line(struct ctl *ctl, const char *line, struct err *err)
{
	struct words words;
	char **w;
	size_t n;
	int r = 0;

	if (words_split(line, &words, err) < 0)
		return -1;
	w = words.w;
	n = words.n;
	/* A line that was copied from a script or a manual begins with the name of the program. */
	if (n && !strcmp(w[0], PROGRAM)) {
		w++;
		n--;
	}
	if (n == 1 && (!strcmp(w[0], "exit") || !strcmp(w[0], "quit")))
		r = 1;
	else if (n)
		r = dispatch(ctl, w, n, err);
	words_done(&words);
	return r;
}

static int run_script(struct ctl *ctl, bool keep_going, struct err *err)
{
	_cleanup_(freep) char *line = NULL;
	struct err first = { 0 };
	size_t cap = 0, failed = 0;

	for (size_t number = 1; getline(&line, &cap, stdin) >= 0; number++) {
		int r = run_line(ctl, line, err);

		/* A program that feeds us line by line waits for the answer. */
		fflush(stdout);
		if (r > 0)
			break;
		if (r == 0)
			continue;
		err_wrap(err, "line %zu", number);
		if (!keep_going)
			return -1;
		ctl_notice("%s", err->msg);
		if (!failed++)
			first = *err;
	}
	if (ferror(stdin))
		return err_sys(err, "cannot read commands");
	if (!failed)
		return 0;
	return err_set(err, first.code, "%zu %s failed", failed, failed == 1 ? "line" : "lines");
}

/* The path of the history. The file and its folders are made here, and only the user may read them. */
static char *history_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct strbuf path = STRBUF_INIT;

	if (state && *state == '/')
		strbuf_addf(&path, "%s/" PROGRAM "/history", state);
	else if (home && *home == '/')
		strbuf_addf(&path, "%s/.local/state/" PROGRAM "/history", home);
	else
		return NULL;
	for (char *p = strchr(path.s + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(path.s, 0700);
		*p = '/';
	}
	closep(&(int){ open(path.s, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) });
	return strbuf_take(&path);
}

/* Add a line to the history, in its file too. So nothing is lost when the terminal goes away, and two shells do not overwrite each
 * other's lines. */
static void remember(const char *line, const char *path)
{
	HIST_ENTRY *last = *rl.history_length
		? rl.history_get(*rl.history_base + *rl.history_length - 1)
		: NULL;

	if (*line && *line != ' ' && (!last || strcmp(last->line, line) != 0)) {
		rl.add_history(line);
		owner_suspend();
		if (path)
			(void)rl.append_history(1, path);
		owner_resume();
	}
}

static bool goes_on(const char *value)
{
	size_t len = strlen(value);

	return len && strchr(COMPLETE_GOES_ON, value[len - 1]);
}

/* Give readline the next candidate, in the form in which it can stand in the line. */
static char *next_match(const char *text, int again)
{
	static size_t at;
	struct strbuf s = STRBUF_INIT;

	(void)text;
	if (!again)
		at = 0;
	if (at == shell.candidates.n)
		return NULL;
	if (shell.candidates.quote)
		strbuf_adds(&s, shell.candidates.c[at].value);
	else
		words_quote(&s, shell.candidates.c[at].value);
	at++;
	return strbuf_take(&s);
}

static char **matches(const char *text, int start, int end)
{
	_cleanup_(freep) char *line = xstrndup(*rl.rl_line_buffer, (size_t)end);
	const char *from = line + strspn(line, " \t");
	size_t program = strlen(PROGRAM);

	(void)start;
	*rl.rl_attempted_completion_over = 1;
	if (!strncmp(from, PROGRAM, program) && (from[program] == ' ' || from[program] == '\t'))
		from += program;
	candidates_done(&shell.candidates);
	complete_line(shell.ctl, from, false, &shell.candidates);
	if (!shell.candidates.n)
		return NULL;
	*rl.rl_completion_append_character = ' ';
	if (shell.candidates.n == 1 && goes_on(shell.candidates.c[0].value))
		*rl.rl_completion_append_character = '\0';
	return rl.rl_completion_matches(text, next_match);
}

static void show_matches(char **list, int n, int longest)
{
	size_t width = 0;

	if (n > LIST_MAX) {
		rl.rl_display_match_list(list, n, longest);
		rl.rl_forced_update_display();
		return;
	}
	for (size_t i = 0; i < shell.candidates.n; i++) {
		size_t len = strlen(shell.candidates.c[i].value);

		width = len > width ? len : width;
	}
	width = width > LIST_WIDTH ? LIST_WIDTH : width;
	fputc('\n', *rl.rl_outstream);
	for (size_t i = 0; i < shell.candidates.n; i++) {
		const struct candidate *c = &shell.candidates.c[i];

		say_to(*rl.rl_outstream, "  %-*s%s%s\n", *c->description ? (int)width : 0, c->value,
			*c->description ? "  " : "", c->description);
	}
	rl.rl_forced_update_display();
}

static void on_interrupt(int number)
{
	(void)number;
	shell.interrupted = 1;
}

static void on_line(char *line)
{
	shell.line = line;
	shell.has_line = true;
	rl.rl_callback_handler_remove();
}

/* Read a line from the terminal; the caller owns it. NULL at the end of input. Ctrl-C drops what was typed. */
static char *read_line(void)
{
	shell.has_line = false;
	shell.interrupted = 0;
	rl.rl_callback_handler_install(PROMPT, on_line);
	while (!shell.has_line) {
		struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

		if (poll(&p, 1, -1) > 0)
			rl.rl_callback_read_char();
		if (shell.interrupted && !shell.has_line) {
			shell.interrupted = 0;
			rl.rl_callback_sigcleanup();
			rl.rl_callback_handler_remove();
			fputs("^C\n", *rl.rl_outstream);
			rl.rl_callback_handler_install(PROMPT, on_line);
		}
	}
	return shell.line;
}

static void set_up_readline(struct ctl *ctl)
{
	shell.ctl = ctl;
	*rl.rl_readline_name = PROGRAM;
	*rl.rl_attempted_completion_function = matches;
	*rl.rl_completion_display_matches_hook = show_matches;
	*rl.rl_completer_word_break_characters = " \t";
	*rl.rl_completer_quote_characters = "\"'";
	*rl.rl_sort_completion_matches = 0;
	*rl.rl_catch_signals = 0;
	*rl.rl_change_environment = 0;
}

static int run_terminal(struct ctl *ctl, struct err *err)
{
	struct sigaction action = { .sa_handler = on_interrupt }, before;
	_cleanup_(freep) char *history = NULL;

	if (load(err) < 0)
		return -1;
	history = history_path();
	set_up_readline(ctl);
	rl.using_history();
	rl.stifle_history(HISTORY_LINES);
	if (history && !rl.history_truncate_file(history, HISTORY_LINES))
		(void)rl.read_history(history);
	/* Without SA_RESTART: poll(), and whatever a command waits for, must return. */
	sigaction(SIGINT, &action, &before);
	while (true) {
		_cleanup_(freep) char *line = read_line();
		struct err why;
		int r;

		if (!line) {
			fputc('\n', stdout);
			break;
		}
		remember(line, history);
		r = run_line(ctl, line, &why);
		fflush(stdout);
		if (r > 0)
			break;
		if (r < 0)
			ctl_notice("%s", why.msg);
	}
	sigaction(SIGINT, &before, NULL);
	rl.clear_history();
	candidates_done(&shell.candidates);
	return 0;
}

int shell_run(struct ctl *ctl, bool keep_going, struct err *err)
{
	int r = 0;

	if (ctl->interactive)
		return err_set(err, ERR_USAGE, "this is the shell already");
	ctl->interactive = true;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		r = run_terminal(ctl, err);
	else
		r = run_script(ctl, keep_going, err);
	ctl->interactive = false;
	return r;
}
