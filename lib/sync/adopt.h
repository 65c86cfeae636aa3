/* adopt.h - what somebody else put on a PBX is read back, one user at a time, and becomes a switch. An event is only the hint: it
 * can be forged, what the PBX answers to an action cannot. */
#ifndef ADOPT_H
#define ADOPT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/pbx/ami.h"
#include "lib/pbx/item.h"
#include "lib/store/store.h"

struct adopt;

struct adopt *adopt_new(struct store *store, const char *pbx); /* lent */
void adopt_free(struct adopt *a);
DEFINE_CLEANUP(struct adopt, adopt_free)

/* Forget what is under way: the session is over. */
void adopt_reset(struct adopt *a);

/* A session is ready; `booted_at` (UTC seconds) tells whether it is the same run of Asterisk as last time. Inside a transaction. */
int adopt_begin(struct adopt *a, int64_t booted_at, struct err *err) MUST_CHECK;

/* The lists have been read; what is seen from now on happens now. */
void adopt_listed(struct adopt *a);
/* What the lists showed is still to be read back: nothing may be pushed over it. */
bool adopt_is_first(const struct adopt *a);

/* An item that was seen, in an event or a list: *ret_foreign if it is to be read back, which is then noted. */
int adopt_see(
	struct adopt *a, const struct item *item, bool *ret_foreign, struct err *err) MUST_CHECK;

bool adopt_is_under_way(const struct adopt *a); /* something is being read back */
bool adopt_is_due(const struct adopt *a);       /* something can be sent */

/* Send what can be sent now. Answers have `tag` and `tag` + 1. */
int adopt_step(
	struct adopt *a, struct ami *ami, uint64_t tag, int64_t now_ms, struct err *err) MUST_CHECK;
void adopt_item(struct adopt *a, const struct amimsg *m);
/* *ret_name: the extension whose switch was adopted, lent until the next call, else NULL. */
int adopt_answer(struct adopt *a, bool second, bool ok, const struct amimsg *m, int64_t now,
	const char **ret_name, struct err *err) MUST_CHECK;

bool adopt_is_idle(const struct adopt *a);

#endif
