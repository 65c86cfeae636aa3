/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presencectl/path.h"

#include <assert.h>
#include <string.h>

#include "lib/base/strbuf.h"

bool path_covers(const struct node *at, const struct command *c)
{
	if (!at->len)
		return true;
	return !strncmp(c->path, at->path, at->len) &&
		(c->path[at->len] == ' ' || !c->path[at->len]);
}

size_t path_below(const struct node *at, bool hidden, struct node ret[PATH_BELOW_MAX])
{
	size_t n = 0;

	for (const struct command *const *c = commands; *c; c++) {
		size_t start = at->len ? at->len + 1 : 0, word, seen = 0;

		if (!path_covers(at, *c) || ((*c)->hidden && !hidden) || !(*c)->path[at->len])
			continue;
		word = strcspn((*c)->path + start, " ");
		while (seen < n &&
			(strncmp(ret[seen].word, (*c)->path + start, word) != 0 ||
				ret[seen].word[word]))
			seen++;
		if (seen < n)
			continue;
		assert(n < PATH_BELOW_MAX && word < PATH_WORD_SIZE);
		ret[n] = (struct node){ (*c)->path, start + word, at->depth + 1, "" };
		memcpy(ret[n++].word, (*c)->path + start, word);
	}
	return n;
}

const struct command *path_command(const struct node *at)
{
	for (const struct command *const *c = commands; *c && at->len; c++) {
		if (path_covers(at, *c) && !(*c)->path[at->len])
			return *c;
	}
	return NULL;
}

/* Whether `word` means this place. A hidden command must be spelt out. */
static bool fits(const struct node *at, const char *word, bool exactly)
{
	if (exactly || path_command(at) == NULL || !path_command(at)->hidden)
		return !strncmp(at->word, word, exactly ? PATH_WORD_SIZE : strlen(word));
	return false;
}

int path_step(struct node *at, const char *word, struct err *err)
{
	struct node below[PATH_BELOW_MAX];
	size_t n = path_below(at, true, below), hits = 0, last = 0;
	/* A command that also leads on may have an argument here: only a whole word leads on then. */
	bool whole = path_command(at) || !*word;
	struct strbuf list = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		if (fits(&below[i], word, true)) {
			*at = below[i];
			return 1;
		}
	}
	for (size_t i = 0; i < n && !whole; i++) {
		if (!fits(&below[i], word, false))
			continue;
		last = i;
		strbuf_addf(&list, "%s%s", hits++ ? ", " : "", below[i].word);
	}
	if (hits == 1)
		*at = below[last];
	else if (hits > 1)
		err_set(err, ERR_USAGE, "ambiguous command '%s': could be %s", word, list.s);
	strbuf_done(&list);
	return hits > 1 ? -1 : (int)hits;
}
