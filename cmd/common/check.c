#include "cmd/common/check.h"

#include <stdlib.h>

#include "lib/binding/zonefile.h"

int check_zone(const struct conf *conf, struct zone **ret, struct err *err)
{
	int r = *conf->zone ? zonefile_load(conf->zone, ret, err) : zonefile_load_local(ret, err);

	if (r == 0)
		return 0;
	if (err)
		err->code = ERR_CONF;
	return err_wrap(err, "%s: defaults.zone", conf->path);
}

int check_conf(const struct conf *conf, struct err *err)
{
	_cleanup_(zone_freep) struct zone *zone = NULL;

	if (check_zone(conf, &zone, err) < 0)
		return -1;
	for (size_t i = 0; i < conf->pbx_n; i++) {
		_cleanup_(conf_wipep) char *secret = NULL;

		if (conf_secret(
			    conf, &conf->pbx[i], getenv("CREDENTIALS_DIRECTORY"), &secret, err) < 0)
			return -1;
	}
	return 0;
}
