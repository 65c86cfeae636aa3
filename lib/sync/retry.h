/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retry.h - when to try a PBX again that is away, or that will not have us. */
#ifndef RETRY_H
#define RETRY_H

#include <stdint.h>

enum retry_why {
	/* No connection, no answer in time, or the connection was lost. To try costs neither side anything. */
	RETRY_AWAY,
	/* A wrong secret, a missing permission, a certificate that is not trusted, no Asterisk, lists without end. Once more soon, since
	 * a PBX may refuse for a moment: it still holds the session before, or reads its configuration again. Then rarely: an
	 * administrator has to do something, and the PBX writes each attempt to its log, by which programs such as fail2ban may ban
	 * us. */
	RETRY_REFUSED,
};

struct retry {
	enum retry_why why; /* of the last failure */
	unsigned n;         /* failures of this kind in a row */
};

/* How long to wait after this failure, in milliseconds. `random` is any number: many who lost the same PBX do not come back at the
 * same moment. After RETRY_AWAY it is at most a second. */
int64_t retry_wait_ms(struct retry *r, enum retry_why why, uint32_t random);

/* All is well: the next failure is the first. */
void retry_forget(struct retry *r);

#endif
