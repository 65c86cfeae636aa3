#include "lib/binding/zonefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/pure/closest.h"
#include "lib/pure/model.h"

#define ZONEINFO "/usr/share/zoneinfo"

enum { FILE_MAX = 256 * 1024, NAMES_MAX = 4096, DEPTH_MAX = 3 };

static int load(const char *name, const char *path, struct zone **ret, struct err *err)
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
	return zone_parse(name, bytes, (size_t)n, ret, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char **list;
	size_t n, cap;
};

static void walk(const char *folder, const char *prefix, int depth, struct names *names)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d)) && names->n < NAMES_MAX) {
		char path[PATH_MAX], name[PATH_MAX];
		struct stat st;

		/* posix/ and right/ are the same zones again; files begin with a capital letter. */
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

char **zonefile_names(size_t *ret_n)
{
	struct names names = { 0 };

	walk(ZONEINFO, "", 0, &names);
	if (names.n)
		qsort(names.list, names.n, sizeof(*names.list), by_name);
	*ret_n = names.n;
	return names.list;
}

void zonefile_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static int not_found(const char *name, struct err *err)
{
	size_t n;
	char **names = zonefile_names(&n);
	const char *guess = closest(name, (const char *const *)names, n);

	err_set(err, ERR_NOT_FOUND, "no time zone '%s'", name);
	if (!n)
		err_hint(err, ": %s is empty; install the package tzdata", ZONEINFO);
	else if (guess)
		err_hint(err, "; did you mean '%s'?", guess);
	zonefile_names_free(names, n);
	return -1;
}

int zonefile_load(const char *name, struct zone **ret, struct err *err)
{
	char path[PATH_MAX];

	if (!strcmp(name, "UTC")) {
		*ret = zone_new_utc();
		return 0;
	}
	if (!text_is_of(name, TEXT_ALNUM "_+-/", ZONE_MAX_LEN) || *name == '/')
		return err_set(
			err, ERR_USAGE, "'%s' is not a time zone such as Europe/Stockholm", name);
	snprintf(path, sizeof(path), ZONEINFO "/%s", name);
	if (access(path, F_OK) < 0)
		return not_found(name, err);
	return load(name, path, ret, err);
}

int zonefile_load_local(struct zone **ret, struct err *err)
{
	char path[PATH_MAX];
	const char *name;
	ssize_t n = readlink("/etc/localtime", path, sizeof(path) - 1);

	if (n > 0) {
		path[n] = '\0';
		name = strstr(path, "zoneinfo/");
		if (name && strlen(name + 9) <= ZONE_MAX_LEN && strcmp(name + 9, "Etc/UTC") != 0)
			return load(name + 9, "/etc/localtime", ret, err);
	} else if (access("/etc/localtime", R_OK) == 0) {
		return load("local", "/etc/localtime", ret, err);
	}
	*ret = zone_new_utc();
	return 0;
}
