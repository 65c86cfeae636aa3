/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h - one manager session with a PBX: the dialogue (ami) over a transport. Shared by presenced and presencectl; knows neither
 * a loop nor the database. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/binding/conf.h"
#include "lib/pbx/ami.h"
#include "lib/sync/transport.h"

struct session;

/* Open the transport, which is lent for the life of the session, and log in as `pbx` says, of which name, username and plain_login
 * count. Callbacks as in ami.h; `phase` tells when actions may be sent. On success *ret is owned by the caller. */
int session_open(struct transport *transport, const struct conf_pbx *pbx,
	const struct ami_handlers *handlers, void *data, int64_t now_ms, struct session **ret,
	struct err *err) MUST_CHECK;
void session_free(struct session *s); /* closes the transport */
DEFINE_CLEANUP(struct session, session_free)

/* Wait for these events on fd, and no longer than until deadline (monotonic ms, INT64_MAX for ever); then step. */
int session_fd(const struct session *s);
short session_events(const struct session *s);
int64_t session_deadline(const struct session *s);

/* Connect, read, write, mind the time: all that can be done without waiting. -1 (final) when the session is
 * dead: the message names the PBX and the way out. */
int session_step(struct session *s, int64_t now_ms, struct err *err) MUST_CHECK;

/* The PBX would not have us, or we would not have it: a refused login, a certificate that is not trusted, what no Asterisk says. */
bool session_is_refused(const struct session *s);

/* The dialogue, for ami_send, ami_room, ami_phase. What is sent goes out with the next session_step. */
struct ami *session_ami(struct session *s);

#endif
