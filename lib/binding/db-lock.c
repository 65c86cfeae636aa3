/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/binding/db-sqlite.h"
#include "lib/binding/file.h"

/* Lock by open file description (F_OFD_SETLK). This lock lasts until our descriptor is closed. A plain fcntl() lock would end when
 * the process closes any descriptor of the file. */
static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

int db_lock_path(const char *database, char ret[PATH_MAX], struct err *err)
{
	const char *slash = strrchr(database, '/');
	int n = slash ? (int)(slash - database + 1) : 0;

	if (snprintf(ret, PATH_MAX, "%.*spresenced.lock", n, database) >= PATH_MAX)
		return err_set(err, ERR_CONF, "the path of database '%s' is too long", database);
	return 0;
}

int db_lock(const char *database, int *ret, struct err *err)
{
	_cleanup_(closep) int fd = -1;
	struct flock lock = whole_file();
	char path[PATH_MAX], pid[24] = "";

	if (db_lock_path(database, path, err) < 0)
		return -1;
	fd = file_open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0660, "cannot open", err);
	if (fd < 0)
		return -1;
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return err_sys(err, "cannot lock '%s'", path);
		if (pread(fd, pid, sizeof(pid) - 1, 0) < 0)
			pid[0] = '\0';
		pid[strspn(pid, "0123456789")] = '\0';
		return err_set(err, ERR_FAILED, "another presenced%s%s runs on database '%s'",
			*pid ? ", pid " : "", pid, database);
	}
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, strlen(pid), 0) < 0)
		return err_sys(err, "cannot write '%s'", path);
	*ret = fd;
	fd = -1;
	return 0;
}

bool db_is_locked(const char *database)
{
	_cleanup_(closep) int fd = -1;
	struct flock lock = whole_file();
	char path[PATH_MAX];

	if (db_lock_path(database, path, NULL) < 0)
		return false;
	fd = file_open(path, O_RDONLY | O_NOFOLLOW, 0, "cannot open", NULL);
	if (fd < 0)
		return false;
	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
