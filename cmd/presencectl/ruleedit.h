/* ruleedit.h - key=value words applied to call rules, for modes and users alike. */
#ifndef RULEEDIT_H
#define RULEEDIT_H

#include "cmd/presencectl/ctl.h"
#include "lib/pure/rule.h"

int rules_edit_set(struct rules *r, const char *const *words, size_t n, struct err *err) MUST_CHECK;
int rules_edit_unset(
	struct rules *r, const char *const *keys, size_t n, struct err *err) MUST_CHECK;
/* Whether the key of "key=value" or "key" is a rule's. */
bool rules_edit_is(const char *word);

/* Say which queue.NAME=ANSWER name a queue that is not known here: the PBX may have it. */
int rules_edit_queues(
	struct ctl *ctl, const char *const *words, size_t n, struct err *err) MUST_CHECK;

/* Print every rule with its value and origin. */
extern const struct column rules_columns[];
int rules_show(struct ctl *ctl, const struct effective *e, struct err *err) MUST_CHECK;

#endif
