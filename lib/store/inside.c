/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/inside.h"

#include "lib/base/closest.h"

enum { CANDIDATES_MAX = 20000 };

int store_not_found(struct err *err, const char *noun, const char *word, struct db_rows *names)
{
	_cleanup_(freep) char **list = NULL;
	size_t n = 0, cap = 0;

	while (n < CANDIDATES_MAX && db_next(names, NULL) > 0) {
		list = mem_grow(list, &cap, n + 1, sizeof(*list));
		list[n++] = xstrdup(db_text(names, 0));
	}
	db_done(names);
	err_set(err, ERR_NOT_FOUND, "no %s '%s'", noun, word);
	closest_guess(err, word, (const char *const *)list, n);
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	return -1;
}

int store_each_text(
	struct db_rows *rows, int (*fn)(void *data, const char *text), void *data, struct err *err)
{
	int r;

	while ((r = db_next(rows, err)) > 0) {
		if ((r = fn(data, db_text(rows, 0))) != 0)
			return r;
	}
	return r;
}
