/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/store/who.h"

#include <strings.h>

#include "lib/base/mem.h"
#include "lib/store/group.h"
#include "lib/store/user.h"

static int add_word(struct store *s, const char *word, struct ids *w, struct err *err)
{
	struct group g;
	int64_t id;

	if (!strcasecmp(word, "all"))
		return store_user_ids(s, w, err);
	if (*word == '@') {
		if (store_group_find(s, word + 1, &g, err) < 0)
			return -1;
		return store_group_users(s, g.id, w, err);
	}
	if (store_user_find_id(s, word, &id, err) < 0)
		return -1;
	ids_add(w, id);
	return 0;
}

int store_who(struct store *s, const char *const *words, size_t n, struct ids *ret, struct err *err)
{
	_cleanup_(ids_done) struct ids w = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (add_word(s, words[i], &w, err) < 0)
			return -1;
	}
	if (n > 1 && w.n > 1)
		ids_unique(&w);
	*ret = w;
	w = (struct ids){ 0 };
	return 0;
}
