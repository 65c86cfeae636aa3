/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon.h - presenced at work: the tick, the PBXs, the changes of the database. No other file uses sd-event. */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

struct daemon_options {
	const char *conf_path; /* NULL: the default; read again on SIGHUP */
	const char *db_path;   /* NULL: the configuration's */
	bool is_ready;         /* READY=1 was sent already */
};

/* Run until SIGTERM or SIGINT, which are blocked, see await_store(). It takes over `conf` and `zones`, which `store` uses. `store` is lent. -1 only if it cannot go
 * on. */
int daemon_run(const struct daemon_options *o, struct conf *conf, struct zonefiles *zones,
	struct store *store, struct err *err) MUST_CHECK;

#endif
