/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.h - checks of the configuration that read other files: zones and secrets. */
#ifndef CHECK_H
#define CHECK_H

#include "lib/binding/conf.h"
#include "lib/binding/zonefile.h"

/* Make a source of zones. Its default is the zone of the configuration, else the system's. The caller owns *ret. ERR_CONF if this
 * zone does not exist: the message names the key. */
int check_zones(const struct conf *conf, struct zonefiles **ret, struct err *err) MUST_CHECK;

/* Check that the zone exists and that the secret of every PBX can be read. */
int check_conf(const struct conf *conf, struct err *err) MUST_CHECK;

/* The same, for an administrator who asks. What works but is not safe is refused too: the secret of the sample, and a PBX on
 * another machine without TLS. */
int check_site(const struct conf *conf, struct err *err) MUST_CHECK;

/* Whether a PBX is on this machine, by its host. */
bool check_is_here(const struct conf_pbx *pbx);
/* What works of a PBX but is not safe. secret NULL: it is not known. */
enum check_fault { CHECK_FINE, CHECK_SAMPLE, CHECK_NO_TLS };
enum check_fault check_unsafe(const struct conf_pbx *pbx, const char *secret);

#endif
