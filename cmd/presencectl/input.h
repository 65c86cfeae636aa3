/* input.h - the words behind a command, sorted to the options and arguments of the table and checked. */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>

#include "cmd/presencectl/command.h"
#include "lib/base/mem.h"
#include "lib/time/zone.h"

/* Sort `n` words (lent: they must outlive the input) to options and arguments of `c`. Options are long,
 * --name=value or --name value, may be shortened while they stay unique, and may stand anywhere before
 * "--". With --help nothing else is checked; else arity, exclusive options and every type that needs
 * neither clock nor database. All failures are ERR_USAGE and show the way out. On success *ret is owned
 * by the caller. */
int input_parse(const struct command *c, char *const *words, size_t n, struct input **ret,
	struct err *err) MUST_CHECK;

/* Only options, up to the first word that is none: how many words that were goes to *ret_used. */
int input_parse_leading(const struct command *c, char *const *words, size_t n, size_t *ret_used,
	struct input **ret, struct err *err) MUST_CHECK;

/* The rest of the checks: times, on the wall clock of `z` as seen at `now`. */
int input_check_times(
	const struct input *in, const struct zone *z, int64_t now, struct err *err) MUST_CHECK;

void input_free(struct input *in);
DEFINE_CLEANUP(struct input, input_free)

/* The i-th option that `c` takes, its own first, then the common ones; NULL after the last. */
const struct opt *input_option(const struct command *c, size_t i);

/* The option of that name, or the only one that begins so: 1 and *ret, 0 if there is none, -1 if several are
 * (*ret is then the first of them). */
int input_find_option(const struct command *c, const char *name, const struct opt **ret);

/* Whether argument `i` of the table can be the word with `position` arguments before it. */
bool input_arg_fits(const struct command *c, size_t i, size_t position);

#endif
