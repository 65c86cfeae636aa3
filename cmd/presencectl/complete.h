/* complete.h - the one completion engine: a line that is being typed to what its last word could be. */
#ifndef COMPLETE_H
#define COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

struct ctl;

struct candidate {
	char *value;       /* the whole word, without quotes; owned by the list */
	char *description; /* "" if there is none; owned by the list */
};

struct candidates {
	size_t n, cap;
	struct candidate *c; /* in order of the table */
	size_t tail;         /* byte offset in the line of the word that they would replace */
	char quote;          /* that is open in that word, or 0 */
};

/* `line` ends where the cursor is. With `program` its first word is presencectl, and options before the
 * command may follow; --config and --db are then obeyed. Nothing is an error: the list is then empty.
 * A value that ends in one of COMPLETE_GOES_ON is not the whole word yet. */
void complete_line(struct ctl *ctl, const char *line, bool program, struct candidates *ret);
void candidates_done(struct candidates *c);

#define COMPLETE_GOES_ON "=/."

#endif
