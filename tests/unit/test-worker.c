/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Child processes that work on what strangers wrote: what they have of us, how they fail, and what they cannot do any more. This program
 * is its own child: its argument says what it does then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/binding/clock.h"
#include "lib/binding/worker.h"

enum { MAX = 1000, MEMORY = 512 << 20 };

/* The child. */

static void say(const void *bytes, size_t n)
{
	if (write(STDOUT_FILENO, bytes, n) < 0)
		_exit(9);
}

static void wait_long(void)
{
	sleep(60);
	_exit(9);
}

/* Until who asked has read all that was said. */
static void wait_read(void)
{
	int unread = 1;

	for (int i = 0; i < 6000 && ioctl(STDOUT_FILENO, SIOCOUTQ, &unread) == 0 && unread; i++)
		poll(NULL, 0, 10);
}

static void answer(const char *text)
{
	struct strbuf message = STRBUF_INIT;

	strbuf_adds(&message, text);
	if (worker_answer(&message, NULL) < 0)
		_exit(9);
	strbuf_done(&message);
}

/* Its environment, its open descriptors beside the standard ones, and its blocked and ignored signals. */
static void look(void)
{
	struct strbuf found = STRBUF_INIT;
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *d;
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");

	for (char **e = environ; *e; e++)
		strbuf_addf(&found, "%s ", *e);
	while (dir && (d = readdir(dir))) {
		int fd = atoi(d->d_name);

		if (fd > STDERR_FILENO && fd != dirfd(dir) && (!f || fd != fileno(f)))
			strbuf_addf(&found, "fd%d ", fd);
	}
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "SigBlk:", 7) || !strncmp(line, "SigIgn:", 7))
			/* Two signals above are the C library's own. */
			strbuf_addf(&found, "%llx ", strtoull(line + 7, NULL, 16) & 0x7fffffff);
	}
	answer(found.s);
}

static void try_open(struct strbuf *to, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	strbuf_addf(to, "%s ", fd < 0 ? strerrorname_np(errno) : "open");
	if (fd >= 0)
		close(fd);
}

/* `given` is a folder, which has the file `inside`; beside it is the file `outside`. */
static void be_confined(const char *given)
{
	const char *const paths[] = { given, "/no/such/path", NULL };
	struct strbuf found = STRBUF_INIT, path = STRBUF_INIT;
	struct rlimit core, size;
	struct err err;

	if (worker_confine(paths, MEMORY, &err) < 0) {
		answer(err.msg);
		return;
	}
	strbuf_addf(&path, "%s/inside", given);
	try_open(&found, path.s, O_RDONLY);
	try_open(&found, path.s, O_WRONLY);
	strbuf_cut(&path, strlen(given));
	strbuf_adds(&path, "/../outside");
	try_open(&found, path.s, O_RDONLY);
	strbuf_addf(&found, "%s ", kill(getppid(), 0) < 0 ? strerrorname_np(errno) : "signal");
	execl("/proc/self/exe", "x", "exit", NULL);
	strbuf_addf(&found, "%s ", strerrorname_np(errno));
	getrlimit(RLIMIT_CORE, &core);
	getrlimit(RLIMIT_FSIZE, &size);
	strbuf_addf(&found, "%d %d core %d file %d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), (int)core.rlim_cur, (int)size.rlim_cur);
	answer(found.s);
}

static void eat_memory(void)
{
	const char *const none[] = { NULL };

	if (worker_confine(none, MEMORY, NULL) < 0)
		_exit(9);
	for (int i = 0; i < 2 * (MEMORY >> 20); i++)
		memset(xmalloc(1 << 20), 1, 1 << 20);
	answer("no limit");
}

static int child(const char *what)
{
	struct strbuf message = STRBUF_INIT;

	while (worker_await(MAX, &message, NULL) > 0) {
		if (!strcmp(what, "echo"))
			answer(message.s);
		else if (!strcmp(what, "look"))
			look();
		else if (!strcmp(what, "confined"))
			be_confined(message.s);
		else if (!strcmp(what, "memory"))
			eat_memory();
		else if (!strcmp(what, "crash"))
			signal(SIGSEGV, SIG_DFL), raise(SIGSEGV);
		else if (!strcmp(what, "exit"))
			_exit(3);
		else if (!strcmp(what, "close"))
			shutdown(STDOUT_FILENO, SHUT_RDWR), wait_long();
		else if (!strcmp(what, "endless"))
			say("\xff\xff\xff\xff", 4), wait_long();
		else if (!strcmp(what, "long"))
			say("\0\0\x03\xe9", 4), wait_long();
		else if (!strcmp(what, "garbled"))
			say("HTTP/1.1 200 OK\r\n", 17), wait_long();
		else if (!strcmp(what, "twice"))
			say("\0\0\0\1a\0\0\0\1b", 10), wait_long();
		else if (!strcmp(what, "later"))
			answer("a"), wait_read(), answer("b"), wait_long();
		else if (!strcmp(what, "half"))
			say("\0\0\0\5abc", 7), wait_long();
		else
			wait_long();
	}
	return 0;
}

/* The parent. */

static struct worker *start(const char *what)
{
	char *const argv[] = { (char *)"test-worker", (char *)what, NULL };
	struct worker *w;
	struct err err;

	if (worker_start(argv, &w, &err) < 0)
		fail_msg("%s", err.msg);
	return w;
}

static int ask(
	struct worker *w, const char *text, int64_t limit_ms, char ret[MAX + 1], struct err *err)
{
	struct strbuf message = STRBUF_INIT;
	const char *bytes;
	size_t n;
	int r;

	strbuf_adds(&message, text);
	r = worker_ask(w, &message, clock_monotonic_ms(), limit_ms, err);
	strbuf_done(&message);
	while (r == 0 && (r = worker_receive(w, clock_monotonic_ms(), MAX, &bytes, &n, err)) == 0) {
		int64_t left = worker_deadline(w) - clock_monotonic_ms();

		poll(&(struct pollfd){ .fd = worker_fd(w), .events = POLLIN }, 1,
			left > 0 ? (int)left : 0);
	}
	if (r > 0) {
		memcpy(ret, bytes, n);
		ret[n] = '\0';
	}
	return r;
}

static void test_echo(void **state)
{
	struct worker *w = start("echo");
	char said[MAX + 1], text[MAX + 1];
	struct err err;

	(void)state;
	for (int i = 0; i <= MAX; i += 250) {
		memset(text, 'x', (size_t)i);
		text[i] = '\0';
		if (ask(w, text, 60000, said, &err) != 1)
			fail_msg("%s", err.msg);
		assert_string_equal(said, text);
	}
	worker_free(w);
}

/* Of us it has nothing. */
static void test_afresh(void **state)
{
	int fd = open("/dev/null", O_RDONLY);
	struct worker *w;
	char said[MAX + 1];
	struct err err;
	sigset_t block;

	(void)state;
	setenv("SECRET", "hush", 1);
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	signal(SIGPIPE, SIG_IGN);
	w = start("look");
	if (ask(w, "", 60000, said, &err) != 1)
		fail_msg("%s", err.msg);
	assert_string_equal(said, "PATH=/usr/bin:/bin 0 0 ");
	worker_free(w);
	close(fd);
}

static void test_faults(void **state)
{
	static const struct {
		const char *what, *message;
		int limit_ms;
	} table[] = {
		{ "crash", "the child process was ended by signal 11 (Segmentation fault)", 60000 },
		{ "exit", "the child process ended with status 3 without an answer", 60000 },
		{ "close", "the child process has closed its side", 60000 },
		{ "endless", "the child process says more than 1000 bytes", 60000 },
		{ "long", "the child process says more than 1000 bytes", 60000 },
		{ "garbled", "the child process says more than 1000 bytes", 60000 },
		{ "twice", "the child process says more than one answer", 60000 },
		{ "half", "the child process has not answered within 1 s", 1000 },
		{ "hang", "the child process has not answered within 1 s", 1000 },
#ifndef __SANITIZE_ADDRESS__
		{ "memory", "the child process was ended by signal 6 (Aborted)", 60000 },
#endif
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct worker *w = start(table[i].what);
		char said[MAX + 1];
		struct err err;

		if (ask(w, "go", table[i].limit_ms, said, &err) != -1)
			fail_msg("%s: no error", table[i].what);
		assert_string_equal(err.msg, table[i].message);
		worker_free(w);
		/* It is gone, and was waited for. */
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
}

/* What it has announced is known before it is there. */
static void test_pending(void **state)
{
	struct worker *w = start("half");
	struct strbuf message = STRBUF_INIT;
	const char *bytes;
	size_t n;
	struct err err;

	(void)state;
	assert_int_equal(worker_pending(w), 0);
	assert_int_equal(worker_ask(w, &message, clock_monotonic_ms(), 60000, &err), 0);
	while (!worker_pending(w)) {
		poll(&(struct pollfd){ .fd = worker_fd(w), .events = POLLIN }, 1, 60000);
		if (worker_receive(w, clock_monotonic_ms(), MAX, &bytes, &n, &err) != 0)
			fail_msg("no beginning of an answer");
	}
	assert_int_equal(worker_pending(w), 5);
	worker_free(w);
}

/* Its time ends at the later of what it was given. */
static void test_prolong(void **state)
{
	struct worker *w = start("hang");
	struct strbuf message = STRBUF_INIT;
	const char *bytes;
	size_t n;
	struct err err;

	(void)state;
	assert_int_equal(worker_ask(w, &message, 0, 1000, &err), 0);
	worker_prolong(w, 3000);
	worker_prolong(w, 2000);
	assert_int_equal(worker_deadline(w), 3000);
	assert_int_equal(worker_receive(w, 2999, MAX, &bytes, &n, &err), 0);
	assert_int_equal(worker_receive(w, 3000, MAX, &bytes, &n, &err), -1);
	worker_free(w);
}

/* An answer that nobody has asked for is not the answer to the next question. */
static void test_later(void **state)
{
	struct worker *w = start("later");
	char said[MAX + 1];
	struct err err;

	(void)state;
	if (ask(w, "go", 60000, said, &err) != 1)
		fail_msg("%s", err.msg);
	assert_string_equal(said, "a");
	poll(&(struct pollfd){ .fd = worker_fd(w), .events = POLLIN }, 1, 60000);
	assert_int_equal(ask(w, "go", 60000, said, &err), -1);
	assert_string_equal(err.msg, "the child process says more than one answer");
	worker_free(w);
}

static void test_none(void **state)
{
	char *const argv[] = { (char *)"/no/such/program", NULL };
	char said[MAX + 1];
	struct worker *w;
	struct err err;

	(void)state;
	if (worker_start(argv, &w, &err) < 0) {
		assert_string_equal(
			err.msg, "cannot run '/no/such/program': No such file or directory");
		return;
	}
	/* Under valgrind it is only known a moment later. */
	assert_int_equal(ask(w, "go", 60000, said, &err), -1);
	worker_free(w);
}

static void make(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void test_confined(void **state)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	char dir[] = "/tmp/worker.XXXXXX", given[64], inside[96], outside[64], said[MAX + 1];
	struct worker *w = start("confined");
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(given, sizeof(given), "%s/given", dir);
	snprintf(inside, sizeof(inside), "%s/inside", given);
	snprintf(outside, sizeof(outside), "%s/outside", dir);
	assert_int_equal(mkdir(given, 0700), 0);
	make(inside);
	make(outside);
	if (ask(w, given, 60000, said, &err) != 1)
		fail_msg("%s", err.msg);
	worker_free(w);
	unlink(inside);
	unlink(outside);
	rmdir(given);
	rmdir(dir);
	assert_non_null(strstr(said, "1 0 core 0 file 0"));
	if (version >= 1)
		assert_int_equal(strncmp(said, "open EACCES EACCES ", 19), 0);
	if (version >= 6)
		assert_string_equal(said, "open EACCES EACCES EPERM EACCES 1 0 core 0 file 0");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_afresh),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_prolong),
		cmocka_unit_test(test_later),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_confined),
	};

	return argc == 2 ? child(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
