/* SPDX-License-Identifier: GPL-3.0-or-later */
/* once.h - one tick without a daemon, for systemd timers and cron. */
#ifndef ONCE_H
#define ONCE_H

#include "lib/binding/conf.h"
#include "lib/store/store.h"
#include "lib/binding/zonefile.h"

/* Resolve the users who are due, send every PBX its difference, and wait until all have confirmed. Then fetch the calendars that
 * are due, and send what they changed. ERR_PENDING if a PBX did not confirm. All is lent. `conf_path` is as in daemon.h. */
int once_run(const struct conf *conf, const char *conf_path, struct zonefiles *zones,
	struct store *store, struct err *err) MUST_CHECK;

#endif
