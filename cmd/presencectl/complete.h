/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.h - completion: it takes a line that is being typed and finds what its last word could be. The shells and the
 * interactive shell all use it. */
#ifndef COMPLETE_H
#define COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

struct ctl;

struct candidate {
	char *value;       /* the whole word, without quotes; owned by the list */
	char *description; /* may be ""; owned by the list */
};

struct candidates {
	size_t n, cap;
	struct candidate *c; /* as they stand in the tables */
	size_t tail; /* where the word begins that they would replace: byte offset in the line */
	char quote;  /* the quote that is open in that word, or 0 */
};

/* Complete `line`, which ends at the cursor. With `program` its first word is presencectl, and options before the command may
 * follow; it obeys --config and --db. It never fails: the list is empty instead. A value that ends in one of COMPLETE_GOES_ON is
 * not a whole word yet. */
void complete_line(struct ctl *ctl, const char *line, bool program, struct candidates *ret);
void candidates_done(struct candidates *c);

#define COMPLETE_GOES_ON "=/."

#endif
