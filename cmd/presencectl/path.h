/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - the paths of the commands as a tree of words: below "mode" are "list", "show", "add" ... */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/presencectl/command.h"

enum {
	PATH_WORD_SIZE = 24,
	PATH_BELOW_MAX = 128, /* nodes below one node */
};

/* A place in the tree; { 0 } is its root. */
struct node {
	const char *path;          /* of a command at or below this place, lent from the table */
	size_t len;                /* how many bytes of the path lead here */
	size_t depth;              /* how many words of the path lead here */
	char word[PATH_WORD_SIZE]; /* the last of these words */
};

/* The places right below `at`, as the table lists them. `hidden`: hidden commands too. Returns how many. */
size_t path_below(const struct node *at, bool hidden, struct node ret[PATH_BELOW_MAX]);

/* The command at `at`. NULL if the place only leads on. */
const struct command *path_command(const struct node *at);

/* Whether `c` is at or below `at`. */
bool path_covers(const struct node *at, const struct command *c);

/* Go down by one word. The word may be shortened while it fits one place only. Returns 1 with *at moved, 0 if nothing fits, -1 and
 * ERR_USAGE if several places fit. */
int path_step(struct node *at, const char *word, struct err *err) MUST_CHECK;

#endif
