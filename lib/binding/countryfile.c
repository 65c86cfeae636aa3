/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/binding/countryfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/closest.h"
#include "lib/base/strbuf.h"
#include "lib/binding/file.h"

enum { FOLDERS_MAX = 8, NAMES_MAX = 1000 };

struct countryfiles {
	struct countries countries;
	char *folders[FOLDERS_MAX];
	size_t folders_n;
	struct country **list;
	size_t n, cap;
};

/* "/etc/presence/holidays.d/se". False if it is too long. */
static bool path_of(const char *folder, const char *code, char ret[PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s/%s", folder, code) < PATH_MAX;
}

static int read_file(struct country *c, int fd, const char *path, struct err *err)
{
	_cleanup_(freep) char *text = NULL;
	size_t n = 0;
	ssize_t r;

	text = xmalloc(COUNTRY_TEXT_MAX + 1);
	while (n < COUNTRY_TEXT_MAX && (r = read(fd, text + n, COUNTRY_TEXT_MAX - n)) != 0) {
		if (r < 0)
			return err_sys(err, "cannot read holidays '%s'", path);
		n += (size_t)r;
	}
	if (n == COUNTRY_TEXT_MAX)
		return err_set(err, ERR_FAILED, "holidays '%s' are longer than %d bytes", path,
			COUNTRY_TEXT_MAX - 1);
	text[n] = '\0';
	if (strlen(text) != n)
		return err_set(err, ERR_FAILED, "holidays '%s' are no text", path);
	country_read(c, path, text);
	return 0;
}

static void not_found(const struct countryfiles *f, const char *code, struct err *err)
{
	/* What people say that is no code of ISO 3166. */
	static const char *const said[][2] = { { "uk", "gb" }, { "el", "gr" } };
	char **names;
	size_t n;

	if (!err)
		return;
	err_set(err, ERR_NOT_FOUND, "no holidays of '%s'", code);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		if (!strcmp(said[i][0], code)) {
			err_guess(err, "%s", said[i][1]);
			return;
		}
	}
	names = countryfiles_names(f, &n);
	closest_guess(err, code, (const char *const *)names, n);
	countryfiles_names_free(names, n);
}

static const struct country *get(struct countries *self, const char *code, struct err *err)
{
	struct countryfiles *f = (struct countryfiles *)self;
	_cleanup_(country_freep) struct country *c = NULL;
	bool found = false;
	struct err why;

	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(country_code(f->list[i]), code))
			return f->list[i];
	}
	c = country_new(code);
	for (size_t i = f->folders_n; i-- > 0;) {
		_cleanup_(closep) int fd = -1;
		char path[PATH_MAX];

		if (!path_of(f->folders[i], code, path))
			continue;
		fd = file_open(path, O_RDONLY, 0, "cannot read holidays", &why);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || read_file(c, fd, path, &why) < 0)
			country_note(c, &why);
		found = true;
	}
	if (!found) {
		not_found(f, code, err);
		return NULL;
	}
	f->list = mem_grow(f->list, &f->cap, f->n + 1, sizeof(struct country *));
	return f->list[f->n++] = TAKE_PTR(c);
}

struct countryfiles *countryfiles_new(const char *folders)
{
	struct countryfiles *f = xcalloc(1, sizeof(*f));
	_cleanup_(freep) char *copy = xstrdup(folders);
	char *rest = copy, *folder;

	f->countries.get = get;
	while ((folder = strsep(&rest, ":")) && f->folders_n < FOLDERS_MAX) {
		if (*folder)
			f->folders[f->folders_n++] = xstrdup(folder);
	}
	return f;
}

void countryfiles_free(struct countryfiles *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		country_free(f->list[i]);
	for (size_t i = 0; i < f->folders_n; i++)
		free(f->folders[i]);
	free(f->list);
	free(f);
}

struct countries *countryfiles_countries(struct countryfiles *f)
{
	return &f->countries;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A file that is not named as a code, such as se.bak or README, counts for nothing. */
static bool is_name(const char *name)
{
	return strlen(name) == 2 && name[0] >= 'a' && name[0] <= 'z' && name[1] >= 'a' &&
		name[1] <= 'z';
}

char **countryfiles_names(const struct countryfiles *f, size_t *ret_n)
{
	char **names = NULL;
	size_t n = 0, cap = 0, kept = 0;

	for (size_t i = 0; i < f->folders_n; i++) {
		DIR *d = opendir(f->folders[i]);
		struct dirent *e;

		while (d && (e = readdir(d)) && n < NAMES_MAX) {
			if (!is_name(e->d_name))
				continue;
			names = mem_grow(names, &cap, n + 1, sizeof(*names));
			names[n++] = xstrdup(e->d_name);
		}
		if (d)
			closedir(d);
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		if (kept && !strcmp(names[kept - 1], names[i]))
			free(names[i]);
		else
			names[kept++] = names[i];
	}
	*ret_n = kept;
	return names;
}

void countryfiles_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* FNV-1a */
static void add(uint64_t *sum, const void *bytes, size_t n)
{
	for (const unsigned char *p = bytes; n; p++, n--)
		*sum = (*sum ^ *p) * UINT64_C(1099511628211);
}

void countryfiles_stamp(const struct countryfiles *f, char ret[COUNTRYFILES_STAMP_SIZE])
{
	uint64_t sum = UINT64_C(14695981039346656037);
	size_t n;
	char **names = countryfiles_names(f, &n);

	for (size_t i = 0; i < n * f->folders_n; i++) {
		char path[PATH_MAX];
		struct stat st = { 0 };

		if (!path_of(f->folders[i % f->folders_n], names[i / f->folders_n], path) ||
			stat(path, &st) < 0)
			continue;
		add(&sum, path, strlen(path) + 1);
		add(&sum, &st.st_mtim.tv_sec, sizeof(st.st_mtim.tv_sec));
		add(&sum, &st.st_mtim.tv_nsec, sizeof(st.st_mtim.tv_nsec));
		add(&sum, &st.st_size, sizeof(st.st_size));
	}
	countryfiles_names_free(names, n);
	snprintf(ret, COUNTRYFILES_STAMP_SIZE, "%016llx", (unsigned long long)sum);
}
