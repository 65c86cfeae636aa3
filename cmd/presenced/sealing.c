/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/presenced/sealing.h"

#include "lib/follow/seal.h"

enum { STEPS_MAX = 100000 };

int sealing_step(struct store *s, int64_t now, bool *ret_more, struct err *err)
{
	return follow_seal(s, now, ret_more, err);
}

int sealing_all(struct store *s, int64_t now, struct err *err)
{
	bool more = true;

	for (size_t i = 0; more && i < STEPS_MAX; i++) {
		if (sealing_step(s, now, &more, err) < 0)
			return -1;
	}
	return 0;
}
