/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/follow/check.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int check_zones(const struct conf *conf, struct zonefiles **ret, struct err *err)
{
	const char *name = strcmp(conf->zone, CONF_ZONE_LOCAL) ? conf->zone : "";
	_cleanup_(zonefiles_freep) struct zonefiles *f = zonefiles_new(NULL, name);
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

/* What stands in the samples in place of a secret. */
#define SAMPLE_SECRET "REPLACE-THIS"

bool check_is_here(const struct conf_pbx *pbx)
{
	return !strncmp(pbx->host, "127.", 4) || !strcmp(pbx->host, "::1") ||
		!strcasecmp(pbx->host, "localhost");
}

enum check_fault check_unsafe(const struct conf_pbx *pbx, const char *secret)
{
	if (secret && !strcmp(secret, SAMPLE_SECRET))
		return CHECK_SAMPLE;
	return pbx->tls || check_is_here(pbx) ? CHECK_FINE : CHECK_NO_TLS;
}

static int check_pbx(const struct conf *conf, const struct conf_pbx *pbx, struct err *err)
{
	_cleanup_(conf_wipep) char *secret = NULL;

	if (conf_secret(conf, pbx, getenv("CREDENTIALS_DIRECTORY"), &secret, err) < 0)
		return -1;
	switch (check_unsafe(pbx, secret)) {
	case CHECK_SAMPLE:
		return err_set(err, ERR_CONF,
			"%s:%d: PBX '%s' has the secret of the sample; make one of your own: openssl rand -hex 32",
			pbx->file, pbx->line, pbx->name);
	case CHECK_NO_TLS:
		return err_set(err, ERR_CONF,
			"%s:%d: PBX '%s' is another machine, and what is sent to it can be read and changed on the way; "
			"set tls = true",
			pbx->file, pbx->line, pbx->name);
	case CHECK_FINE: break;
	}
	return 0;
}

int check_site(const struct conf *conf, struct err *err)
{
	if (check_conf(conf, err) < 0)
		return -1;
	for (size_t i = 0; i < conf->pbx_n; i++) {
		if (check_pbx(conf, &conf->pbx[i], err) < 0)
			return -1;
	}
	return 0;
}
