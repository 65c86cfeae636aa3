/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log verify: whether the log is as it was written. */
#include "cmd/presencectl/ctl.h"
#include "cmd/presencectl/say.h"
#include "lib/binding/db.h"
#include "lib/follow/seal.h"

extern const struct command cmd_log_verify;

static int verify(struct ctl *ctl, const struct input *in, struct err *err)
{
	struct seal_verdict v;

	(void)in;
	if (follow_seal_verify(ctl->store, &v, err) < 0)
		return -1;
	if (*v.fault)
		return err_set(err, ERR_FAILED, "the log is not as it was written: %s", v.fault);
	if (v.pruned)
		say("records up to %lld were deleted for their age\n", (long long)v.pruned);
	say("%lld record%s as %s sealed\n", (long long)v.records_n, v.records_n == 1 ? "" : "s",
		v.records_n == 1 ? "it was" : "they were");
	if (v.unsealed_n)
		say("%lld newer record%s no seal yet: presenced %s\n", (long long)v.unsealed_n,
			v.unsealed_n == 1 ? " has" : "s have",
			db_is_locked(store_path(ctl->store)) ? "sets it within seconds"
							     : "sets it, and is not running");
	return 0;
}

const struct command cmd_log_verify = {
	.path = "log verify",
	.summary = "check that nobody has changed the log",
	.details =
		"presenced seals the log. A record that was changed, deleted, inserted or moved since then breaks the seal. The first such "
		"records are named, and the exit status is 1. A user called verify is asked for by: log -- verify.",
	.needs = NEED_STORE,
	.run = verify,
};
