/* check.h - what of the configuration only other files can tell. */
#ifndef CHECK_H
#define CHECK_H

#include "lib/binding/conf.h"
#include "lib/pure/zone.h"

/* The zone of the configuration, or the system's; ERR_CONF names the key. *ret is owned by the caller. */
int check_zone(const struct conf *conf, struct zone **ret, struct err *err) MUST_CHECK;

/* That the zone is there and the secret of every PBX can be read. */
int check_conf(const struct conf *conf, struct err *err) MUST_CHECK;

#endif
