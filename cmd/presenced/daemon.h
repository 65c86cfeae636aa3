/* daemon.h - presenced at work: the tick, the PBXs, the database's wake-ups. The only user of sd-event. */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

struct daemon_options {
	const char *conf_path; /* NULL for the default; read again on SIGHUP */
	const char *db_path;   /* NULL for the configuration's */
};

/* Run until SIGTERM or SIGINT. Takes over `conf` and `zones`, which `store` uses; `store` is lent. -1 only for what cannot be
 * mended by going on. */
int daemon_run(const struct daemon_options *o, struct conf *conf, struct zonefiles *zones,
	struct store *store, struct err *err) MUST_CHECK;

#endif
