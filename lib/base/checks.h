/* checks.h - what a text from outside must be to be taken. `what` names it in the message. Each fails with ERR_USAGE. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stddef.h>

#include "lib/base/err.h"

/* UTF-8 without control characters, at most `max` bytes. */
int check_text(const char *what, const char *value, size_t max, struct err *err) MUST_CHECK;

/* Not empty, only characters of `set`, which the message calls `set_name`, at most `max` of them. */
int check_set(const char *what, const char *value, const char *set, const char *set_name,
	size_t max, struct err *err) MUST_CHECK;

/* A name that is made here: [A-Za-z0-9._-], at most NAME_MAX_LEN, not beginning with '.' or '-', and not "all". */
int check_name(const char *what, const char *name, struct err *err) MUST_CHECK;

/* A telephone number: digits, '*' and '#', at least two, perhaps with a '+' in front. */
int check_number(const char *value, struct err *err) MUST_CHECK;

#endif
