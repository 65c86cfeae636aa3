/* SPDX-License-Identifier: GPL-3.0-or-later */
/* talk.h - a command's own dialogue with a PBX: log in, send questions as long as there is room for more, await all answers. */
#ifndef TALK_H
#define TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/presencectl/ctl.h"
#include "lib/pbx/amimsg.h"

struct session;
struct transport;

enum { TALK_FIELDS = 9, TALK_WAIT_MS = 15000 };

struct talk {
	/* Fill in the fields of the next action, see ami_send(). They must live until the next call. False if there is none now: it is
	 * called again after each answer. The talk ends when there is none, and none is under way. */
	bool (*next)(void *data, uint64_t *ret_tag, const char *fields[TALK_FIELDS]);
	/* As in ami_handlers. `m` may be NULL. */
	void (*answer)(void *data, uint64_t tag, bool ok, const struct amimsg *m);
	void (*item)(void *data, uint64_t tag, const struct amimsg *m); /* or NULL */
	void *data;
	uint64_t expected; /* events of a list, see ami_expect() */
	int boot_ms;       /* how long to wait for a PBX that boots; 0: as long as for all */

	bool ready, failed;
	uint64_t under_way;
	struct transport *transport;
	struct session *session;
	struct err err;
};

/* Hold the talk. It ends after TALK_WAIT_MS, whatever the PBX sends. The caller calls talk_done(), on failure too. */
int talk_hold(
	struct ctl *ctl, const struct conf_pbx *pbx, struct talk *t, struct err *err) MUST_CHECK;
/* Whether the PBX has refused the login. */
bool talk_is_refused(const struct talk *t);
/* The version of the manager interface, lent. */
const char *talk_version(const struct talk *t);
void talk_done(struct talk *t);

#endif
