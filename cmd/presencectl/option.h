/* SPDX-License-Identifier: GPL-3.0-or-later */
/* option.h - the options that a command takes, its own and the common ones. */
#ifndef OPTION_H
#define OPTION_H

#include "cmd/presencectl/command.h"

/* The i-th option that `c` takes: first its own, then the common ones. NULL after the last. */
const struct opt *option_at(const struct command *c, size_t i);

/* Find the option of that name, or the only option that begins with it. Returns 1 with *ret, 0 if there is no such option, -1 if
 * several begin with it; *ret is then the first of them. */
int option_find(const struct command *c, const char *name, const struct opt **ret);

#endif
