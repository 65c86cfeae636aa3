#include "lib/binding/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include "lib/base/mem.h"

int watch_open(const char *database, int *ret, struct err *err)
{
	_cleanup_(closep) int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	/* IN_ATTRIB: every commit touches the file. IN_MODIFY: a checkpoint of a writer that does not. */
	if (fd < 0 || inotify_add_watch(fd, database, IN_ATTRIB | IN_MODIFY) < 0)
		return err_sys(err, "cannot watch database '%s'", database);
	*ret = fd;
	fd = -1;
	return 0;
}

bool watch_drain(int fd)
{
	char events[4096];
	bool any = false;

	while (read(fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}
