/* confirm.h - after a switch: wait until the PBX knows, and say so. */
#ifndef CONFIRM_H
#define CONFIRM_H

#include "cmd/presencectl/ctl.h"

enum { CONFIRM_MS = 2000 };

struct confirm {
	int fd;           /* watches the database */
	int64_t began_us; /* when the switch was committed */
};

/* Before the commit, so that no confirmation is missed. */
int confirm_begin(struct ctl *ctl, struct confirm *c, struct err *err) MUST_CHECK;
void confirm_done(struct confirm *c);

#define CONFIRM_OPTS                                                                               \
	{ "expect", "N", ARG_NUMBER, "change nothing unless it is so many users", 0 },             \
	{                                                                                          \
		"no-wait", NULL, ARG_TEXT, "do not wait until the PBX knows", 0                    \
	}

/* Commit, wait until the PBX has everything of these users (unless --no-wait), and print what is now true: of one user in full,
 * of many "N users WHAT", then `remark`. -1 and ERR_PENDING (presenced or the PBX is away, or refuses) with who is at fault and
 * the way out. */
int confirm_finish(struct ctl *ctl, const struct input *in, struct confirm *c,
	const struct ids *who, const char *what, const char *remark, struct err *err) MUST_CHECK;

#endif
