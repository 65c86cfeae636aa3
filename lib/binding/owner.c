/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/owner.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"

enum { GROUPS_MAX = 64 };

/* The process has one set of IDs, so it is static. */
static struct {
	bool is_other; /* we are not who called us */
	uid_t uid;
	gid_t gid;
	gid_t groups[GROUPS_MAX];
	int groups_n;
} owner;

/* 1 if there is somebody to become, 0 if not, -1 if there should be. */
static int find(const char *database, struct err *err)
{
	_cleanup_(freep) char *copy = xstrdup(database);
	const char *folder = dirname(copy);
	struct stat st;

	if (geteuid() != 0 || owner.is_other || stat(folder, &st) < 0)
		return 0;
	owner.uid = st.st_uid;
	owner.gid = st.st_gid;
	if (st.st_uid != 0)
		return 1;
	if (!(st.st_mode & S_IWOTH) && (!(st.st_mode & S_IWGRP) || st.st_gid == 0))
		return 0;
	return err_set(err, ERR_CONF,
		"root owns '%s', the folder of the database, and others may write it; give it to the user of "
		"presenced: chown presence '%s'",
		folder, folder);
}

static bool name_of(uid_t uid, char name[64])
{
	_cleanup_(fclosep) FILE *f = fopen("/etc/passwd", "re");
	struct passwd *pw;

	while (f && (pw = fgetpwent(f))) {
		if (pw->pw_uid == uid && strlen(pw->pw_name) < 64) {
			strcpy(name, pw->pw_name);
			return true;
		}
	}
	return false;
}

static bool is_member(const struct group *gr, const char *name)
{
	for (char **m = gr->gr_mem; m && *m; m++) {
		if (!strcmp(*m, name))
			return true;
	}
	return false;
}

/* Their groups, from the files only: the name service would take longer than most commands. */
static void find_groups(void)
{
	struct group *gr;
	char name[64];
	FILE *f;

	owner.groups[0] = owner.gid;
	owner.groups_n = 1;
	if (!name_of(owner.uid, name) || !(f = fopen("/etc/group", "re")))
		return;
	while (owner.groups_n < GROUPS_MAX && (gr = fgetgrent(f))) {
		if (gr->gr_gid != owner.gid && is_member(gr, name))
			owner.groups[owner.groups_n++] = gr->gr_gid;
	}
	fclose(f);
}

static int fail(struct err *err)
{
	err_sys(err, "cannot become the owner of the database's folder (uid %u)",
		(unsigned)owner.uid);
	if (err)
		err->code = ERR_CONF;
	return -1;
}

int owner_become(const char *database, struct err *err)
{
	int r = find(database, err);

	if (r <= 0)
		return r;
	find_groups();
	if (setgroups((size_t)owner.groups_n, owner.groups) < 0 || setegid(owner.gid) < 0 ||
		seteuid(owner.uid) < 0)
		return fail(err);
	owner.is_other = true;
	return 0;
}

int owner_drop(const char *database, struct err *err)
{
	int r = find(database, err);

	if (r <= 0)
		return r;
	find_groups();
	if (setgroups((size_t)owner.groups_n, owner.groups) < 0 ||
		setresgid(owner.gid, owner.gid, owner.gid) < 0 ||
		setresuid(owner.uid, owner.uid, owner.uid) < 0)
		return fail(err);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(err);
	return 0;
}

/* Going back must not fail: with the wrong IDs nothing more may be opened. */
void owner_suspend(void)
{
	if (owner.is_other && (seteuid(0) < 0 || setegid(0) < 0))
		abort();
}

void owner_resume(void)
{
	if (owner.is_other && (setegid(owner.gid) < 0 || seteuid(owner.uid) < 0))
		abort();
}

FILE *owner_caller_fopen(const char *path, const char *mode)
{
	FILE *f;
	int e;

	owner_suspend();
	f = fopen(path, mode);
	e = errno;
	owner_resume();
	errno = e;
	return f;
}
