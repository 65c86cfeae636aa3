/* SPDX-License-Identifier: GPL-3.0-or-later */
/* warning.h - warnings about what could not be used while users were resolved. */
#ifndef FOLLOW_WARNING_H
#define FOLLOW_WARNING_H

#include "lib/follow/follow.h"

/* Take the warning, if there is one: what could not be used when users were resolved, such as a missing zone or a hostile rule. */
bool follow_take_warning(struct store *s, char *to, size_t size);
/* Keep a warning until follow_take_warning(). Only the first one is kept. */
void follow_warn(struct store *s, const char *about, const char *text);
/* Turn an error into a warning and return 0: what one user wrote must not stop the others. An error of the database stays one:
 * -1. */
int follow_tolerate(
	struct store *s, const char *about, const struct err *why, struct err *err) MUST_CHECK;

#endif
