/* check.h - what of the configuration only other files can tell. */
#ifndef CHECK_H
#define CHECK_H

#include "lib/binding/conf.h"
#include "lib/binding/zonefile.h"

/* A source of zones whose default is that of the configuration, or the system's; ERR_CONF names the key if that is not there.
 * *ret is owned by the caller. */
int check_zones(const struct conf *conf, struct zonefiles **ret, struct err *err) MUST_CHECK;

/* That the zone is there and the secret of every PBX can be read. */
int check_conf(const struct conf *conf, struct err *err) MUST_CHECK;

#endif
