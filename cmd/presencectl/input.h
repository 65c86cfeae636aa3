/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.h - sort the words behind a command to the options and arguments of the table, and check them. */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>

#include "cmd/presencectl/command.h"
#include "lib/base/mem.h"
#include "lib/time/zone.h"

/* Sort `n` words to options and arguments of `c`. The words are lent and must outlive the input. Options are long: --name=value or
 * --name value. They may be shortened while they stay unique, and may stand anywhere before "--". With --help nothing else is
 * checked. Else it checks arity, options that exclude each other, and every type that needs neither clock nor database. A failure
 * is ERR_USAGE and shows the way out. On success the caller owns *ret. */
int input_parse(const struct command *c, char *const *words, size_t n, struct input **ret,
	struct err *err) MUST_CHECK;

/* Take only options, up to the first word that is not one. *ret_used says how many words that were. */
int input_parse_leading(const struct command *c, char *const *words, size_t n, size_t *ret_used,
	struct input **ret, struct err *err) MUST_CHECK;

/* Check the times, on the wall clock of `z` as seen at `now`. */
int input_check_times(
	const struct input *in, const struct zone *z, int64_t now, struct err *err) MUST_CHECK;

void input_free(struct input *in);
DEFINE_CLEANUP(struct input, input_free)

/* Whether a word with `position` words before it can belong to argument `i` of the table. */
bool input_arg_fits(const struct command *c, size_t i, size_t position);

#endif
