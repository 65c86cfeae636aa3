/* ruleedit.h - key=value words applied to call rules, for modes and users alike. */
#ifndef RULEEDIT_H
#define RULEEDIT_H

#include "cmd/presencectl/ctl.h"
#include "lib/calls/rule.h"

int rules_edit_set(struct rules *r, const char *const *words, size_t n, struct err *err) MUST_CHECK;
int rules_edit_unset(
	struct rules *r, const char *const *keys, size_t n, struct err *err) MUST_CHECK;
/* Whether the key of "key=value" or "key" is a rule's. */
bool rules_edit_is(const char *word);

/* Print every rule with its value and origin. */
extern const struct column rules_columns[];
int rules_show(struct ctl *ctl, const struct effective *e, struct err *err) MUST_CHECK;

/* Say on standard error what of the rules that `words` have set is sound but may not be meant: an outside number that is taken for
 * an extension; a queue that is not known here; a rule of mode `m` that sends calls for somebody in it back to whom they are for. `m` is NULL for a user's. */
int rules_edit_notices(struct ctl *ctl, const struct mode *m, const char *const *words, size_t n,
	struct err *err) MUST_CHECK;

#endif
