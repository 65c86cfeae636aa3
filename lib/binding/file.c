/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"

static int refuse(const char *path, const char *cannot, struct err *err)
{
	return err_set(err, ERR_FAILED, "%s '%s': it is not a regular file", cannot, path);
}

int file_open(const char *path, int flags, mode_t mode, const char *cannot, struct err *err)
{
	_cleanup_(closep) int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode);
	struct stat st;
	int r;

	/* ELOOP: a link. ENXIO: a FIFO that nobody reads, or a socket. */
	if (fd < 0 && (errno == ENXIO || (errno == ELOOP && flags & O_NOFOLLOW)))
		return refuse(path, cannot, err);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "%s '%s'", cannot, path);
	if (!S_ISREG(st.st_mode))
		return refuse(path, cannot, err);
	r = fd;
	fd = -1;
	return r;
}

FILE *file_read(const char *path, const char *cannot, struct err *err)
{
	int fd = file_open(path, O_RDONLY, 0, cannot, err);

	return fd < 0 ? NULL : fdopen(fd, "r");
}

int file_check(const char *path, const char *cannot, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "%s '%s'", cannot, path);
	return S_ISREG(st.st_mode) ? 0 : refuse(path, cannot, err);
}
