/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/check.h"

#include <stdlib.h>

int check_zones(const struct conf *conf, struct zonefiles **ret, struct err *err)
{
	_cleanup_(zonefiles_freep) struct zonefiles *f = zonefiles_new(NULL, conf->zone);
	struct zones *zones = zonefiles_zones(f);

	if (zones->get(zones, "", err)) {
		*ret = TAKE_PTR(f);
		return 0;
	}
	if (err)
		err->code = ERR_CONF;
	return err_wrap(err, "%s: defaults.zone", conf->path);
}

int check_conf(const struct conf *conf, struct err *err)
{
	_cleanup_(zonefiles_freep) struct zonefiles *zones = NULL;

	if (check_zones(conf, &zones, err) < 0)
		return -1;
	for (size_t i = 0; i < conf->pbx_n; i++) {
		_cleanup_(conf_wipep) char *secret = NULL;

		if (conf_secret(
			    conf, &conf->pbx[i], getenv("CREDENTIALS_DIRECTORY"), &secret, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < conf->publish_n; i++) {
		_cleanup_(conf_wipep) char *secret = NULL;

		if (conf_publish_secret(
			    &conf->publish[i], getenv("CREDENTIALS_DIRECTORY"), &secret, err) < 0)
			return -1;
	}
	return 0;
}
