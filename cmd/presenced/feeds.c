/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/feeds.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/presenced/log.h"
#include "lib/store/calendar.h"

extern char **environ;

struct feeds {
	struct store *store;
	const char *conf_path;
	pid_t child;     /* the child under way, or 0 */
	int64_t started; /* UTC seconds */
};

struct feeds *feeds_new(struct store *store, const char *conf_path)
{
	struct feeds *f = xcalloc(1, sizeof(*f));

	f->store = store;
	f->conf_path = conf_path;
	return f;
}

static void end_child(struct feeds *f)
{
	if (!f->child)
		return;
	kill(f->child, SIGTERM);
	while (waitpid(f->child, NULL, 0) < 0 && errno == EINTR)
		;
	f->child = 0;
}

void feeds_free(struct feeds *f)
{
	if (!f)
		return;
	end_child(f);
	free(f);
}

static int stop_at_first(void *data, const char *name)
{
	(void)data;
	(void)name;
	return 1;
}

/* The presencectl that was built together with us is beside us. One that was installed is in bin beside our sbin. */
static void find_program(char ret[PATH_MAX])
{
	static const char *const places[] = { "", "/../bin" };
	char own[PATH_MAX / 2];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	if (n > 0) {
		const char *folder;

		own[n] = '\0';
		folder = dirname(own);
		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			snprintf(ret, PATH_MAX, "%s%s/presencectl", folder, places[i]);
			if (access(ret, X_OK) == 0)
				return;
		}
	}
	snprintf(ret, PATH_MAX, "%s/presencectl", BINDIR);
}

/* Start the child that fetches calendars. It blocks no signal and ignores none, whatever we do, so that a signal can end it. Its
 * standard output goes where errors go, to the log. */
static int spawn(struct feeds *f, struct err *err)
{
	char program[PATH_MAX];
	char *argv[] = { program, (char *)"--db", (char *)store_path(f->store), (char *)"--config",
		(char *)f->conf_path, (char *)"calendar", (char *)"refresh", (char *)"--due",
		NULL };
	char *plain[] = { program, argv[1], argv[2], argv[5], argv[6], argv[7], NULL };
	posix_spawnattr_t attr;
	posix_spawn_file_actions_t actions;
	sigset_t none, all;
	int r;

	find_program(program);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	r = posix_spawn(&f->child, program, &actions, &attr, f->conf_path ? argv : plain, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (r == 0)
		return 0;
	f->child = 0;
	errno = r;
	return err_sys(err, "cannot run '%s' for the calendars", program);
}

int feeds_tick(struct feeds *f, int64_t now, pid_t *ret_pid, struct err *err)
{
	int r;

	*ret_pid = 0;
	if (f->child && now - f->started > FEEDS_MAX_S) {
		log_warning("the calendars take longer than %d s; given up", FEEDS_MAX_S);
		kill(f->child, SIGKILL); /* the owner waits for it and calls feeds_ended() */
		return 0;
	}
	if (f->child)
		return 0;
	r = store_calendar_due(f->store, now, stop_at_first, NULL, err);
	if (r <= 0)
		return r;
	if (spawn(f, err) < 0)
		return -1;
	f->started = now;
	*ret_pid = f->child;
	return 0;
}

void feeds_ended(struct feeds *f)
{
	f->child = 0;
}

void feeds_wait(struct feeds *f, int ms)
{
	enum { STEP_MS = 20 };

	for (; f->child && ms > 0; ms -= STEP_MS) {
		if (waitpid(f->child, NULL, WNOHANG) != 0)
			f->child = 0;
		else
			poll(NULL, 0, STEP_MS);
	}
	f->child = 0;
}
