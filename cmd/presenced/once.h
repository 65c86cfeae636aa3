/* once.h - one tick and no daemon: for systemd timers and cron. */
#ifndef ONCE_H
#define ONCE_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

/* Resolve whoever is due, send every PBX its difference, wait until all have confirmed; then ask the calendars whose time has
 * come, and send what changed by them. ERR_PENDING if a PBX did not confirm. All is lent; `conf_path` as in daemon.h. */
int once_run(const struct conf *conf, const char *conf_path, struct zonefiles *zones,
	struct store *store, struct err *err) MUST_CHECK;

#endif
