/* dispatch.h - the words of one command, from argv or a line: find it, check it, open what it needs, run it. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "cmd/presencectl/command.h"
#include "cmd/presencectl/path.h"

struct ctl;

/* Run the command in `words` (`n` of them, at least one). -1 with *err filled if it failed. */
int dispatch(struct ctl *ctl, char *const *words, size_t n, struct err *err) MUST_CHECK;

/* Follow the words of a path from *at as far as they lead; *ret_used says how many were taken. It is an
 * error (ERR_USAGE, with did-you-mean or what could follow) if that is no command, unless `partly`. */
int dispatch_path(char *const *words, size_t n, bool partly, struct node *at, size_t *ret_used,
	struct err *err) MUST_CHECK;

#endif
