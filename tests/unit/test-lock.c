/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is the daemon of a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/binding/db.h"

static char dir[] = "/tmp/test-lock-XXXXXX", database[64], lock_file[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(database, sizeof(database), "%s/presence.db", dir);
	snprintf(lock_file, sizeof(lock_file), "%s/presenced.lock", dir);
	return 0;
}

static int remove_lock(void **state)
{
	(void)state;
	unlink(lock_file);
	return 0;
}

static int remove_dir(void **state)
{
	remove_lock(state);
	unlink(database);
	return rmdir(dir);
}

static void write_file(const char *path, const char *text)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

/* What the lock file says. */
static void read_lock(char ret[32])
{
	_cleanup_(closep) int fd = open(lock_file, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, ret, 31);

	assert_true(n >= 0);
	ret[n] = '\0';
}

static void test_take(void **state)
{
	char expect[200], text[32];
	struct err err = { 0 };
	int fd = -1, second = -1;

	(void)state;
	assert_false(db_is_locked(database));
	assert_int_equal(access(lock_file, F_OK), -1); /* to ask makes no file */
	assert_int_equal(db_lock(database, &fd, &err), 0);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(db_is_locked(database));
	snprintf(expect, sizeof(expect), "%d\n", (int)getpid());
	read_lock(text);
	assert_string_equal(text, expect);

	assert_int_equal(db_lock(database, &second, &err), -1);
	assert_int_equal(second, -1);
	assert_int_equal(err.code, ERR_FAILED);
	snprintf(expect, sizeof(expect), "another presenced, pid %d runs on database '%s'",
		(int)getpid(), database);
	assert_string_equal(err.msg, expect);

	/* Who has only looked at it has not let it go. */
	read_lock(text);
	assert_true(db_is_locked(database));
	close(fd);
	assert_false(db_is_locked(database));
	assert_int_equal(db_lock(database, &second, &err), 0);
	close(second);
}

/* A lock of a process that has been killed holds up nobody, and its pid is not what is read later. */
static void test_killed(void **state)
{
	int ready[2], fd, status;
	struct err err;
	char c, text[32], expect[32];
	pid_t child;

	(void)state;
	write_file(lock_file, "12345678901234567890\n");
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (db_lock(database, &fd, &err) == 0 && write(ready[1], "x", 1) == 1)
			sleep(60);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	assert_true(db_is_locked(database));
	assert_int_equal(db_lock(database, &fd, &err), -1);
	snprintf(expect, sizeof(expect), ", pid %d runs", (int)child);
	assert_non_null(strstr(err.msg, expect));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_false(db_is_locked(database));
	assert_int_equal(db_lock(database, &fd, &err), 0);
	read_lock(text);
	assert_int_equal(atoi(text), getpid());
	close(fd);
}

/* Whatever the file holds, only digits of it are told. */
static void test_rubbish(void **state)
{
	static const struct {
		const char *text, *who;
	} table[] = {
		{ "", "" },
		{ "\033[2Jx", "" },
		{ "12x", ", pid 12" },
		{ "99999999999999999999999999999999", ", pid 99999999999999999999999" },
	};
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(closep) int holder = -1;
		char expect[200];
		struct err err;
		int fd;

		write_file(lock_file, table[i].text);
		holder = open(lock_file, O_RDWR | O_CLOEXEC);
		assert_int_equal(fcntl(holder, F_OFD_SETLK, &whole), 0);
		assert_true(db_is_locked(database));
		assert_int_equal(db_lock(database, &fd, &err), -1);
		snprintf(expect, sizeof(expect), "another presenced%s runs on database '%s'",
			table[i].who, database);
		assert_string_equal(err.msg, expect);
	}
}

static void test_places(void **state)
{
	char text[PATH_MAX + 20], old[PATH_MAX];
	struct err err;
	int fd = -1;

	(void)state;
	/* A database without a folder is in this one. */
	assert_non_null(getcwd(old, sizeof(old)));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(db_lock("presence.db", &fd, &err), 0);
	assert_true(db_is_locked(database));
	assert_int_equal(chdir(old), 0);
	close(fd);

	snprintf(text, sizeof(text), "%s/no/such.db", dir);
	assert_int_equal(db_lock(text, &fd, &err), -1);
	snprintf(text, sizeof(text),
		"cannot open '%s/no/presenced.lock': No such file or directory", dir);
	assert_string_equal(err.msg, text);

	memset(text, 'x', sizeof(text));
	text[0] = '/';
	text[PATH_MAX - 5] = '/';
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(db_lock(text, &fd, &err), -1);
	assert_int_equal(err.code, ERR_CONF);
	assert_false(db_is_locked(text));
}

/* Who may write to the folder of the database does not make root write elsewhere. */
static void test_link(void **state)
{
	struct err err;
	int fd;

	(void)state;
	write_file(database, "kept");
	assert_int_equal(symlink(database, lock_file), 0);
	assert_int_equal(db_lock(database, &fd, &err), -1);
	assert_non_null(strstr(err.msg, "it is not a regular file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_take, remove_lock),
		cmocka_unit_test_teardown(test_killed, remove_lock),
		cmocka_unit_test_teardown(test_rubbish, remove_lock),
		cmocka_unit_test_teardown(test_places, remove_lock),
		cmocka_unit_test_teardown(test_link, remove_lock),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
