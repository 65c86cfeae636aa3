/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LENGTH_BYTES = 4,
	READ_BYTES = 64 << 10,
	END_MS = 200, /* who closes its side of the socket ends within that time, or is ended */
};

struct worker {
	pid_t pid; /* 0: it was waited for */
	int fd;
	int64_t limit_ms, deadline_ms;
	struct strbuf in; /* what it has said: the length and what there is of the message */
	bool is_whole;    /* `in` is one message, which was given to the caller */
};

/* Under /proc the program is there even if its file was replaced. By its own path it also runs under valgrind. */
static void find_own(char ret[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", ret, PATH_MAX - 1);

	if (n > 0) {
		ret[n] = '\0';
		if (faccessat(AT_FDCWD, ret, X_OK, AT_EACCESS) == 0)
			return;
	}
	strcpy(ret, "/proc/self/exe");
}

static int spawn(const char *path, char *const argv[], int fd, pid_t *ret)
{
	static char *const no_environment[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
	/* What it would say there could be anything, too. */
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	r = posix_spawn(ret, path, &actions, &attr, argv, no_environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return r;
}

int worker_start(char *const argv[], struct worker **ret, struct err *err)
{
	char own[PATH_MAX];
	const char *path = argv[0];
	pid_t pid;
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "socketpair");
	if (!strchr(path, '/')) {
		find_own(own);
		path = own;
	}
	r = spawn(path, argv, pair[1], &pid);
	close(pair[1]);
	if (r != 0) {
		close(pair[0]);
		errno = r;
		return err_sys(err, "cannot run '%s'", path);
	}
	*ret = xcalloc(1, sizeof(**ret));
	**ret = (struct worker){ .pid = pid, .fd = pair[0], .in = STRBUF_INIT };
	return 0;
}

static int wait_for(struct worker *w)
{
	int status = 0;

	while (w->pid && waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	return status;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	if (w->pid)
		kill(w->pid, SIGKILL);
	wait_for(w);
	closep(&w->fd);
	strbuf_done(&w->in);
	free(w);
}

int worker_fd(const struct worker *w)
{
	return w->fd;
}

int64_t worker_deadline(const struct worker *w)
{
	return w->deadline_ms;
}

void worker_prolong(struct worker *w, int64_t deadline_ms)
{
	if (deadline_ms > w->deadline_ms)
		w->deadline_ms = deadline_ms;
}

static void put_length(unsigned char to[LENGTH_BYTES], size_t n)
{
	for (int i = LENGTH_BYTES; i-- > 0; n >>= 8)
		to[i] = (unsigned char)n;
}

static size_t get_length(const char *s)
{
	size_t n = 0;

	for (int i = 0; i < LENGTH_BYTES; i++)
		n = n << 8 | (unsigned char)s[i];
	return n;
}

int worker_ask(struct worker *w, const struct strbuf *message, int64_t now_ms, int64_t limit_ms,
	struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT;
	unsigned char length[LENGTH_BYTES];
	char more;
	ssize_t n;

	/* What it says now would be taken for the next answer. */
	if (recv(w->fd, &more, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		return err_set(err, ERR_FAILED, "the child process says more than one answer");
	w->limit_ms = limit_ms;
	w->deadline_ms = now_ms + limit_ms;
	put_length(length, message->len);
	strbuf_add(&out, length, sizeof(length));
	strbuf_add(&out, message->s, message->len);
	n = send(w->fd, out.s, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == (ssize_t)out.len)
		return 0;
	return n < 0 && errno != EAGAIN
		? err_sys(err, "the child process takes no work")
		: err_set(err, ERR_FAILED, "the child process takes no work");
}

/* It has closed its side. It ends by itself, or we end it. */
static int explain_end(struct worker *w, struct err *err)
{
	bool waits = true;
	siginfo_t info;
	int status;

	for (int ms = 0; waits && ms < END_MS; ms += 2) {
		info.si_pid = 0;
		waits = waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
			!info.si_pid;
		if (waits)
			poll(NULL, 0, 2);
	}
	/* If it was about to end on its own, it ends with the status of that. */
	if (waits)
		kill(w->pid, SIGKILL);
	status = wait_for(w);
	if (waits && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return err_set(err, ERR_FAILED, "the child process has closed its side");
	if (WIFSIGNALED(status))
		return err_set(err, ERR_FAILED, "the child process was ended by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	return err_set(err, ERR_FAILED, "the child process ended with status %d without an answer",
		WEXITSTATUS(status));
}

static bool has_length(const struct worker *w)
{
	return !w->is_whole && w->in.len >= LENGTH_BYTES;
}

size_t worker_pending(const struct worker *w)
{
	return has_length(w) ? get_length(w->in.s) : 0;
}

/* Returns 1 if the message is whole, 0 if more is to come. */
static int check(struct worker *w, size_t max, struct err *err)
{
	size_t length = worker_pending(w);

	if (!has_length(w))
		return 0;
	if (length > max)
		return err_set(err, ERR_FAILED, "the child process says more than %zu bytes", max);
	if (w->in.len > LENGTH_BYTES + length)
		return err_set(err, ERR_FAILED, "the child process says more than one answer");
	return w->in.len == LENGTH_BYTES + length;
}

int worker_receive(struct worker *w, int64_t now_ms, size_t max, const char **ret, size_t *ret_n,
	struct err *err)
{
	char bytes[READ_BYTES];
	ssize_t n;
	int r;

	if (w->is_whole) {
		strbuf_cut(&w->in, 0);
		w->is_whole = false;
	}
	n = recv(w->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return explain_end(w, err);
	if (n > 0)
		strbuf_add(&w->in, bytes, (size_t)n);
	r = check(w, max, err);
	if (r == 0 && now_ms >= w->deadline_ms)
		return err_set(err, ERR_FAILED, "the child process has not answered within %lld s",
			(long long)w->limit_ms / 1000);
	if (r <= 0)
		return r;
	w->is_whole = true;
	*ret = w->in.s + LENGTH_BYTES;
	*ret_n = w->in.len - LENGTH_BYTES;
	return 1;
}

/* Read exactly `n` bytes. Returns how many there were before the end. */
static ssize_t read_all(char *to, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(STDIN_FILENO, to + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

int worker_await(size_t max, struct strbuf *ret, struct err *err)
{
	_cleanup_(freep) char *bytes = NULL;
	char length[LENGTH_BYTES];
	ssize_t got = read_all(length, sizeof(length));
	size_t n;

	strbuf_cut(ret, 0);
	if (got == 0)
		return 0;
	if (got != sizeof(length))
		return err_set(err, ERR_FAILED, "no work on standard input");
	n = get_length(length);
	if (n > max)
		return err_set(err, ERR_FAILED, "work of more than %zu bytes", max);
	bytes = xmalloc(n + 1);
	if (read_all(bytes, n) != (ssize_t)n)
		return err_set(err, ERR_FAILED, "work that is cut off");
	strbuf_add(ret, bytes, n);
	return 1;
}

static int write_all(const void *bytes, size_t n, struct err *err)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t put = write(STDOUT_FILENO, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return err_sys(err, "cannot answer");
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int worker_answer(const struct strbuf *message, struct err *err)
{
	unsigned char length[LENGTH_BYTES];

	put_length(length, message->len);
	return write_all(length, sizeof(length), err) < 0 ||
			write_all(message->s, message->len, err) < 0
		? -1
		: 0;
}
