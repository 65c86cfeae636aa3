/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock, landlock(7), by its numbers: the headers of a system may be older than its kernel. */
struct ruleset {
	uint64_t files, net, scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

enum {
	VERSION_ASKED = 1, /* a flag: say which version the kernel has */
	RULE_PATH = 1,
	READ_FILE = 1 << 2,
	READ_FOLDER = 1 << 3,
	BIND_TCP = 1 << 0,
	SCOPE_SOCKETS = 1 << 0, /* abstract ones of others */
	SCOPE_SIGNALS = 1 << 1, /* to others */
	FILES_MAX = 64,         /* open files */
};

/* The rights that each version knows. What is not named in a ruleset stays allowed. */
static const struct {
	uint64_t files;
	uint64_t net, scoped;
	size_t size; /* of the ruleset */
} versions[] = {
	{ (1 << 13) - 1, 0, 0, 8 },
	{ (1 << 14) - 1, 0, 0, 8 },
	{ (1 << 15) - 1, 0, 0, 8 },
	{ (1 << 15) - 1, BIND_TCP, 0, 16 },
	{ (1 << 16) - 1, BIND_TCP, 0, 16 },
	{ (1 << 16) - 1, BIND_TCP, SCOPE_SOCKETS | SCOPE_SIGNALS, 24 },
};

static void allow(int rules, const char *path)
{
	_cleanup_(closep) int fd = open(path, O_PATH | O_CLOEXEC);
	struct path_rule rule = { READ_FILE, fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		rule.allowed |= READ_FOLDER;
	(void)syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
}

/* A kernel without Landlock, and a filter of system calls that does not know it, leave the files as they are. */
static int confine_files(const char *const paths[], struct err *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_ASKED);
	_cleanup_(closep) int rules = -1;
	struct ruleset set;
	size_t i;

	if (version < 1)
		return 0;
	i = (size_t)version > ARRAY_SIZE(versions) ? ARRAY_SIZE(versions) - 1 : (size_t)version - 1;
	set = (struct ruleset){ versions[i].files, versions[i].net, versions[i].scoped };
	rules = (int)syscall(SYS_landlock_create_ruleset, &set, versions[i].size, 0);
	if (rules < 0)
		return err_sys(err, "landlock_create_ruleset");
	for (; *paths; paths++)
		allow(rules, *paths);
	if (syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return err_sys(err, "landlock_restrict_self");
	return 0;
}

static int limit(int what, rlim_t max, struct err *err)
{
	const struct rlimit both = { max, max };

	return setrlimit((__rlimit_resource_t)what, &both) < 0 ? err_sys(err, "setrlimit") : 0;
}

/* Who called us may be root, who has become somebody else for the time being. */
static int drop_ids(struct err *err)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (getuid() == uid)
		return 0;
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return err_sys(err, "cannot give up the rights of root");
	return 0;
}

int worker_confine(const char *const paths[], size_t memory_max, struct err *err)
{
	pid_t parent = getppid();

	if (drop_ids(err) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return err_sys(err, "prctl");
	if (getppid() != parent)
		return err_set(err, ERR_FAILED, "who started us is gone");
	if (limit(RLIMIT_CORE, 0, err) < 0 || limit(RLIMIT_FSIZE, 0, err) < 0 ||
		limit(RLIMIT_NOFILE, FILES_MAX, err) < 0)
		return -1;
#ifndef __SANITIZE_ADDRESS__ /* whose own memory is larger than any limit */
	if (limit(RLIMIT_DATA, memory_max, err) < 0)
		return -1;
#else
	(void)memory_max;
#endif
	return confine_files(paths, err);
}
