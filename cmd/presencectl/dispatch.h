/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dispatch.h - take the words of one command, from argv or a line: find it, check it, open what it needs, run it. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "cmd/presencectl/command.h"
#include "cmd/presencectl/path.h"

struct ctl;

/* Run the command in the `n` words, at least one. -1 with *err filled if it failed. */
int dispatch(struct ctl *ctl, char *const *words, size_t n, struct err *err) MUST_CHECK;

/* Follow the words of a path from *at as far as they lead. *ret_used says how many were taken. Unless `partly`, they must lead to a
 * command, or it is ERR_USAGE, with a guess or with what could follow. */
int dispatch_path(char *const *words, size_t n, bool partly, struct node *at, size_t *ret_used,
	struct err *err) MUST_CHECK;

#endif
