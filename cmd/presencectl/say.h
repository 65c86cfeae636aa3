/* SPDX-License-Identifier: GPL-3.0-or-later */
/* say.h - text for people. What the database or the PBX holds may be from anybody, so control bytes in it, and bytes that are not
 * UTF-8, become \xNN. Tables and JSON are the business of output.h. */
#ifndef SAY_H
#define SAY_H

#include <stdio.h>

#include "lib/base/err.h"

/* Like printf(). Only a newline at the very end of `fmt` is printed as one. */
void say(const char *fmt, ...) PRINTF_LIKE(1);
/* The same, like fprintf(). */
void say_to(FILE *to, const char *fmt, ...) PRINTF_LIKE(2);

#endif
