/* path.h - the commands' paths as a tree of words: "mode" has below it "list", "show", "add" ... */
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
	const char *path;          /* of some command at or below this place, lent from the table */
	size_t len;                /* bytes of it that lead here */
	size_t depth;              /* words of it that lead here */
	char word[PATH_WORD_SIZE]; /* the last of them */
};

/* The places right below `at` in table order; hidden commands only if asked for. Returns how many. */
size_t path_below(const struct node *at, bool hidden, struct node ret[PATH_BELOW_MAX]);

/* The command at `at`, NULL if it only leads on. */
const struct command *path_command(const struct node *at);

/* Whether `c` is at or below `at`. */
bool path_covers(const struct node *at, const struct command *c);

/* Go down by one word or a prefix of it that fits one word only: 1 and *at moved, 0 if nothing fits, -1 and
 * ERR_USAGE if several do. */
int path_step(struct node *at, const char *word, struct err *err) MUST_CHECK;

#endif
