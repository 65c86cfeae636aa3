/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/zonefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/strbuf.h"
#include "lib/base/text.h"
#include "lib/base/closest.h"
#include "lib/base/limits.h"

#define ZONEINFO  "/usr/share/zoneinfo"
#define LOCALTIME "/etc/localtime"

enum { FILE_MAX = 256 * 1024, NAMES_MAX = 4096, DEPTH_MAX = 3 };

/* What a file was when it was read. All zero: there was no file. */
struct file_stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

static struct file_stamp stamp_of(const struct stat *st)
{
	return (struct file_stamp){ st->st_dev, st->st_ino, st->st_size, st->st_mtim };
}

static bool is_same(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
		a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static int load(const char *name, const char *path, struct zone **ret, struct file_stamp *ret_stamp,
	struct err *err)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_(freep) char *bytes = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "time zone '%s'", name);
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return err_set(err, ERR_FAILED, "time zone '%s': '%s' is no zone file", name, path);
	bytes = xmalloc((size_t)st.st_size);
	n = read(fd, bytes, (size_t)st.st_size);
	if (n < 0)
		return err_sys(err, "time zone '%s'", name);
	*ret_stamp = stamp_of(&st);
	return zone_parse(name, bytes, (size_t)n, ret, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct zone_names {
	char **list;
	size_t n, cap;
};

static void walk(const char *folder, const char *prefix, int depth, struct zone_names *names)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d)) && names->n < NAMES_MAX) {
		char path[PATH_MAX], name[PATH_MAX];
		struct stat st;

		/* Zones begin with a capital letter. posix/ and right/ have the same zones again. */
		if (e->d_name[0] < 'A' || e->d_name[0] > 'Z' ||
			snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) >=
				(int)sizeof(path) ||
			snprintf(name, sizeof(name), "%s%s", prefix, e->d_name) > ZONE_MAX_LEN ||
			stat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
			strcat(name, "/");
			walk(path, name, depth + 1, names);
		} else if (S_ISREG(st.st_mode)) {
			names->list = mem_grow(
				names->list, &names->cap, names->n + 1, sizeof(*names->list));
			names->list[names->n++] = xstrdup(name);
		}
	}
	if (d)
		closedir(d);
}

static char **names_in(const char *folder, size_t *ret_n)
{
	struct zone_names names = { 0 };

	walk(folder, "", 0, &names);
	if (names.n)
		qsort(names.list, names.n, sizeof(*names.list), by_name);
	*ret_n = names.n;
	return names.list;
}

char **zonefile_names(size_t *ret_n)
{
	return names_in(ZONEINFO, ret_n);
}

void zonefile_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int not_found(const char *folder, const char *name, struct err *err)
{
	char **names;
	size_t n;

	if (!err)
		return -1;
	names = names_in(folder, &n);
	err_set(err, ERR_NOT_FOUND, "no time zone '%s'", name);
	if (!n)
		err_hint(err, ": %s is empty; install the package tzdata", folder);
	else
		closest_guess(err, name, (const char *const *)names, n);
	zonefile_names_free(names, n);
	return -1;
}

/* Whether the text has the form of an Olson name. It begins with a capital letter: right/ keeps another time, and other files in
 * that folder are no zones. */
static bool is_name(const char *name)
{
	return text_is_of(name, TEXT_ALNUM "_+-/", ZONE_MAX_LEN) && *name >= 'A' && *name <= 'Z' &&
		!strstr(name, "//") && name[strlen(name) - 1] != '/';
}

static bool path_of(const char *folder, const char *name, char ret[PATH_MAX])
{
	struct stat st;

	return is_name(name) && snprintf(ret, PATH_MAX, "%s/%s", folder, name) < PATH_MAX &&
		stat(ret, &st) == 0 && S_ISREG(st.st_mode);
}

static int load_named(const char *folder, const char *name, struct zone **ret,
	struct file_stamp *ret_stamp, struct err *err)
{
	char path[PATH_MAX];

	if (!strcmp(name, "UTC")) {
		*ret_stamp = (struct file_stamp){ 0 };
		*ret = zone_new_utc();
		return 0;
	}
	if (path_of(folder, name, path))
		return load(name, path, ret, ret_stamp, err);
	if (!text_is_of(name, TEXT_ALNUM "_+-/", ZONE_MAX_LEN) || *name == '/')
		return err_set(
			err, ERR_USAGE, "'%s' is not a time zone such as Europe/Stockholm", name);
	return not_found(folder, name, err);
}

int zonefile_load(const char *name, struct zone **ret, struct err *err)
{
	struct file_stamp stamp;

	return load_named(ZONEINFO, name, ret, &stamp, err);
}

static int load_local(
	const char *path, struct zone **ret, struct file_stamp *ret_stamp, struct err *err)
{
	char target[PATH_MAX];
	const char *name = NULL;
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n > 0) {
		target[n] = '\0';
		name = strstr(target, "zoneinfo/");
		name = name && is_name(name + 9) ? name + 9 : NULL;
	} else if (access(path, F_OK) < 0) {
		*ret_stamp = (struct file_stamp){ 0 };
		*ret = zone_new_utc();
		return 0;
	}
	if (name && !strcmp(name, "Etc/UTC"))
		name = "UTC";
	return load(name ? name : "local", path, ret, ret_stamp, err);
}

struct kept_zone {
	char *name;
	char *path; /* NULL: needs no file */
	struct file_stamp stamp;
	struct zone *zone;
};

struct zonefiles {
	struct zones zones;
	char *folder, *local, *default_name;
	struct kept_zone *list;
	size_t n, cap;
};

/* Find a zone among those that were read, else read its file and keep it. The path and the stamp of the file are kept with it:
 * from these zonefiles_refresh() sees that new zone data was installed. */
static const struct zone *get(struct zones *self, const char *name, struct err *err)
{
	struct zonefiles *f = (struct zonefiles *)self;
	struct kept_zone e = { 0 };
	int r;

	if (!*name)
		name = f->default_name;
	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(f->list[i].name, name))
			return f->list[i].zone;
	}
	r = *name ? load_named(f->folder, name, &e.zone, &e.stamp, err)
		  : load_local(f->local, &e.zone, &e.stamp, err);
	if (r < 0)
		return NULL;
	e.name = xstrdup(name);
	if (!*name) {
		e.path = xstrdup(f->local);
	} else if (strcmp(name, "UTC") != 0) {
		struct strbuf path = STRBUF_INIT;

		strbuf_addf(&path, "%s/%s", f->folder, name);
		e.path = strbuf_take(&path);
	}
	f->list = mem_grow(f->list, &f->cap, f->n + 1, sizeof(*f->list));
	f->list[f->n++] = e;
	return e.zone;
}

struct zonefiles *zonefiles_new(const char *folder, const char *default_name)
{
	struct zonefiles *f = xcalloc(1, sizeof(*f));
	struct strbuf local = STRBUF_INIT;

	f->zones.get = get;
	f->folder = xstrdup(folder ? folder : ZONEINFO);
	if (folder)
		strbuf_addf(&local, "%s/localtime", folder);
	f->local = folder ? strbuf_take(&local) : xstrdup(LOCALTIME);
	f->default_name = xstrdup(default_name);
	return f;
}

static void drop(struct zonefiles *f)
{
	for (size_t i = 0; i < f->n; i++) {
		zone_free(f->list[i].zone);
		free(f->list[i].name);
		free(f->list[i].path);
	}
	f->n = 0;
}

void zonefiles_free(struct zonefiles *f)
{
	if (!f)
		return;
	drop(f);
	free(f->list);
	free(f->folder);
	free(f->local);
	free(f->default_name);
	free(f);
}

struct zones *zonefiles_zones(struct zonefiles *f)
{
	return &f->zones;
}

bool zonefiles_refresh(struct zonefiles *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct file_stamp now = { 0 };
		struct stat st;

		if (f->list[i].path && stat(f->list[i].path, &st) == 0)
			now = stamp_of(&st);
		if (!is_same(&now, &f->list[i].stamp)) {
			drop(f);
			return true;
		}
	}
	return false;
}

void zonefile_stamp(char ret[ZONEFILE_STAMP_SIZE])
{
	struct stat data = { 0 }, local = { 0 };

	/* A package replaces files, and that changes the folder. /etc/localtime may be a link to another folder. */
	(void)stat(ZONEINFO, &data);
	(void)stat(LOCALTIME, &local);
	snprintf(ret, ZONEFILE_STAMP_SIZE, "%lld %lld", (long long)data.st_mtim.tv_sec,
		(long long)local.st_mtim.tv_sec);
}

bool zonefile_release(char ret[ZONEFILE_RELEASE_SIZE])
{
	static const char head[] = "# version ";
	_cleanup_(fclosep) FILE *f = fopen(ZONEINFO "/tzdata.zi", "re");
	char line[64] = "";
	bool is_known = f && fgets(line, sizeof(line), f) && !strncmp(line, head, sizeof(head) - 1);

	line[strcspn(line, "\r\n")] = '\0';
	if (is_known)
		text_copy(ret, ZONEFILE_RELEASE_SIZE, line + sizeof(head) - 1);
	return is_known;
}
