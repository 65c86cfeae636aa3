/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.c - a shim for LD_PRELOAD: what the kernel says of the files of a database becomes a failure, or the end of the process.
 *
 * FAULTS_DB is the path of the database; its WAL and the like begin with the same path. FAULTS_DISK is a file that holds a struct
 * control. It may change at any time. Writes, truncations and syncs are counted in it, over all processes that use it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The order is that of the list DISK in rig.py. */
enum what { NOTHING, EIO_, FULL, SHORT, READ_ONLY, KILL, LOCKED, SLOW };

struct control {
	int32_t what;
	int32_t from; /* number of the write with which it begins */
	int32_t seen; /* writes until now */
};

enum { SLOW_US = 200000 };

static volatile struct control *control;
static const char *database;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_truncate)(int, off64_t);
static int (*real_sync)(int);
static int (*real_fcntl)(int, int, ...);
static int (*real_open)(const char *, int, ...);

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULTS_DISK");
	int fd;
	void *at;

	if (real_open)
		return;
	real_write = dlsym(RTLD_NEXT, "write");
	real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
	real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
	real_sync = dlsym(RTLD_NEXT, "fdatasync");
	real_fcntl = dlsym(RTLD_NEXT, "fcntl64");
	real_open = dlsym(RTLD_NEXT, "open64");
	database = getenv("FAULTS_DB");
	fd = path && database ? real_open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		control = at;
}

static enum what now(void)
{
	begin();
	return control ? (enum what)control->what : NOTHING;
}

static bool is_ours(int fd)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return !strncmp(path, database, strlen(database));
}

/* Count a write. Returns its errno, or 0 if nothing is wrong with it. `fit` is how much of it goes well. */
static int spoil(int fd, size_t *fit)
{
	enum what what = now();
	int nth;

	if (what == NOTHING || what == LOCKED || !is_ours(fd))
		return 0;
	nth = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
	if (nth < control->from)
		return 0;
	switch (what) {
	case EIO_: return EIO;
	case FULL: return ENOSPC;
	case READ_ONLY: return EROFS;
	case SHORT:
		if (nth > control->from || !fit)
			return ENOSPC;
		*fit /= 2;
		return 0;
	case KILL: kill(getpid(), SIGKILL); return EIO;
	case SLOW: usleep(SLOW_US); return 0;
	default: return 0;
	}
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	int e = spoil(fd, &n);

	if (!e)
		return real_write(fd, bytes, n);
	errno = e;
	return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	int e = spoil(fd, &n);

	if (!e)
		return real_pwrite(fd, bytes, n, at);
	errno = e;
	return -1;
}

int ftruncate64(int fd, off64_t length)
{
	int e = spoil(fd, NULL);

	if (!e)
		return real_truncate(fd, length);
	errno = e;
	return -1;
}

int fdatasync(int fd)
{
	int e = spoil(fd, NULL);

	if (!e)
		return real_sync(fd);
	errno = e;
	return -1;
}

int fcntl64(int fd, int what, ...)
{
	va_list list;
	void *arg;

	va_start(list, what);
	arg = va_arg(list, void *);
	va_end(list);
	if (what == F_SETLK && now() == LOCKED && ((struct flock *)arg)->l_type != F_UNLCK &&
		is_ours(fd)) {
		errno = EAGAIN;
		return -1;
	}
	return real_fcntl(fd, what, arg);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list list;

	if (flags & O_CREAT) {
		va_start(list, flags);
		mode = va_arg(list, mode_t);
		va_end(list);
	}
	if (now() == READ_ONLY && (flags & O_ACCMODE) != O_RDONLY &&
		!strncmp(path, database, strlen(database))) {
		errno = EROFS;
		return -1;
	}
	return real_open(path, flags, mode);
}
