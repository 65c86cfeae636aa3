/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checks.h - checks of texts that come from outside. `what` names the text in the message. Each check fails with ERR_USAGE. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stddef.h>

#include "lib/base/err.h"

/* The text must be UTF-8 without control characters and have at most `max` bytes. */
int check_text(const char *what, const char *value, size_t max, struct err *err) MUST_CHECK;

/* The text must not be empty. It must consist of at most `max` characters of `set`. The message calls `set` by `set_name`. */
int check_set(const char *what, const char *value, const char *set, const char *set_name,
	size_t max, struct err *err) MUST_CHECK;

/* The name of a thing that we make: [A-Za-z0-9._-], at most NAME_MAX_LEN. It must not begin with '.' or '-' and must not
 * be "all". */
int check_name(const char *what, const char *name, struct err *err) MUST_CHECK;

/* A telephone number: at least two digits, '*' or '#'. A '+' may stand in front. */
int check_number(const char *value, struct err *err) MUST_CHECK;

#endif
