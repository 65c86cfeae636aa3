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

/* After the commit: 0 when the PBX has everything of these users, with the milliseconds since the commit; -1 and
 * ERR_PENDING (presenced or the PBX is away, or refuses) with who is at fault and the way out. */
int confirm_wait(struct ctl *ctl, struct confirm *c, const struct who *who, double *ret_ms,
	struct err *err) MUST_CHECK;

#endif
