/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ruleedit.h - apply key=value words to call rules, of modes and of users. */
#ifndef RULEEDIT_H
#define RULEEDIT_H

#include "cmd/presencectl/ctl.h"
#include "lib/calls/rule.h"

int rules_edit_set(struct rules *r, const char *const *words, size_t n, struct err *err) MUST_CHECK;
int rules_edit_unset(
	struct rules *r, const char *const *keys, size_t n, struct err *err) MUST_CHECK;
/* Whether the key of "key=value" or "key" is the key of a rule. */
bool rules_edit_is(const char *word);

/* Print every rule with its value and origin. */
extern const struct column rules_columns[];
int rules_show(struct ctl *ctl, const struct effective *e, struct err *err) MUST_CHECK;

/* Say on standard error which of the rules that `words` set are sound but may not be meant: an outside number that is taken for
 * an extension, a queue that we do not know, a rule of mode `m` that sends the calls of a user in the mode back to that user. `m` is
 * NULL for the rules of a user. */
int rules_edit_notices(struct ctl *ctl, const struct mode *m, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;

#endif
