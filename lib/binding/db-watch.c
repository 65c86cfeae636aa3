/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/db.h"

#include <libgen.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/base/mem.h"

/* IN_ATTRIB: each of our commits touches the file. IN_MODIFY: another program does not touch it, but its checkpoint writes it. */
static int watch_file(int fd, const char *path)
{
	return inotify_add_watch(fd, path, IN_ATTRIB | IN_MODIFY);
}

int db_watch(const char *path, int *ret, struct err *err)
{
	_cleanup_(closep) int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	_cleanup_(freep) char *copy = xstrdup(path);

	/* The folder says when the file is replaced, deleted or put back, and its log too. */
	if (fd < 0 || watch_file(fd, path) < 0 ||
		inotify_add_watch(fd, dirname(copy), IN_MOVE | IN_CREATE | IN_DELETE) < 0)
		return err_sys(err, "cannot watch database '%s'", path);
	*ret = fd;
	fd = -1;
	return 0;
}

void db_watch_again(int fd, const char *path)
{
	(void)watch_file(fd, path);
}

bool db_watch_drain(int fd)
{
	char events[4096];
	bool any = false;

	while (read(fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}
