/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell.h - run commands from a terminal, with readline, or from a script. */
#ifndef SHELL_H
#define SHELL_H

#include <stdbool.h>

#include "lib/base/err.h"

struct ctl;

/* Run commands from standard input until its end, exit or quit. On a terminal a failure is printed and the shell goes on. A script
 * ends with the first line that fails ("line N: ...", with the code of that failure). With `keep_going` it goes on: all failures are
 * printed, and the first gives the code. */
int shell_run(struct ctl *ctl, bool keep_going, struct err *err) MUST_CHECK;

#endif
