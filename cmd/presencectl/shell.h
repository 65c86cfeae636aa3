/* shell.h - commands from a terminal, with readline, or from a script. */
#ifndef SHELL_H
#define SHELL_H

#include <stdbool.h>

#include "lib/base/err.h"

struct ctl;

/* Run commands from standard input until its end, exit or quit. On a terminal a failure is printed and does no
 * harm. In a script the first line that fails ends it ("line N: ...", with the code of that failure), or
 * with `keep_going` all are printed and the first decides the code. */
int shell_run(struct ctl *ctl, bool keep_going, struct err *err) MUST_CHECK;

#endif
