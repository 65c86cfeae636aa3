/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf.h - presence.conf (libconfig). One table of keys checks it, loads it, shows it and documents it. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/key.h"
#include "lib/base/mem.h"

#define CONF_DEFAULT_PATH SYSCONFDIR "/presence/presence.conf"
#define CONF_HOLIDAYS     SYSCONFDIR "/presence/holidays.d:" DATADIR "/holidays"

enum { CONF_PBX_MAX = 64, CONF_PUBLISH_MAX = 16 };

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

struct conf_pbx {
	char *name;
	char *host;
	int64_t port;
	char *username;
	char *secret;      /* "" if it is in a file or a credential; see conf_secret() */
	char *secret_file; /* or "" */
	char *mobile_prefix;
	bool plain_login; /* send the secret instead of answering a challenge */
	bool tls;
	char *ca_file;     /* "" means the system's certificates */
	char *secret_from; /* the file that has `secret`: the configuration or one it includes */
	char *file;        /* the file and line that have the PBX, for messages */
	int line;
};

/* A presence server to which presences are published. */
struct conf_publish {
	char *name;
	char *uri_template;
	char *server;
	char *username;                           /* "": the server asks for no login */
	char *secret, *secret_file, *secret_from; /* as those of a PBX */
	char *ca_file;
	char *pbx;      /* users of this PBX only; "": all users */
	int64_t expiry; /* seconds */
	char *file;
	int line;
};

struct conf {
	char *path;
	char *database;
	enum log_level log_level;
	char *zone; /* Olson name; "" and CONF_ZONE_LOCAL mean the system's */
	int64_t log_days;
	char *holidays;        /* folders, as countryfiles_new() takes them */
	int64_t fetch_timeout; /* seconds */
	bool fetch_private;
	char *fetch_ca_file; /* "" means the system's certificates */
	size_t pbx_n;
	struct conf_pbx *pbx;
	size_t publish_n;
	struct conf_publish *publish;
};

/* Read and check all of `path`: syntax, unknown keys (with a guess), types, ranges, keys that must be there. NULL reads
 * CONF_DEFAULT_PATH. Secrets are not read. Errors are ERR_CONF and begin with "file:line:". On success the caller owns *ret. */
int conf_load(const char *path, struct conf **ret, struct err *err) MUST_CHECK;
void conf_free(struct conf *c);
DEFINE_CLEANUP(struct conf, conf_free)

/* The PBX of that name, lent. Case does not matter. ERR_NOT_FOUND, with a guess. */
int conf_find_pbx(const struct conf *c, const char *name, const struct conf_pbx **ret,
	struct err *err) MUST_CHECK;

/* The secret of a PBX: from secret, secret_file, or the systemd credential ami-NAME in the folder `credentials`
 * ($CREDENTIALS_DIRECTORY, or NULL). ERR_CONF if there is no secret, if others than owner and group may read its file, or if it has
 * control characters. The caller owns *ret; free it with conf_wipe(). */
int conf_secret(const struct conf *c, const struct conf_pbx *p, const char *credentials, char **ret,
	struct err *err) MUST_CHECK;
/* The same for a presence server; the credential is publish-NAME. "" if it has no username. */
int conf_publish_secret(const struct conf_publish *p, const char *credentials, char **ret,
	struct err *err) MUST_CHECK;
void conf_wipe(char *secret); /* overwrite and free; takes NULL */
static inline void conf_wipep(char **secret)
{
	conf_wipe(*secret);
}

/* Call `fn` with every key, for `config show` and the manual: its path ("pbx.port"), and its value in `c`. Keys of a PBX or a presence
 * server come for each of them. The value of a secret is "(set)". value is NULL if `c` is. */
struct conf_key {
	const char *path;
	const struct key *key;
	const char *value;
};
int conf_each(const struct conf *c, int (*fn)(void *data, const struct conf_key *key), void *data);

/* As the zone: the system's, and people type and read times in the zone that TZ names in their environment. */
#define CONF_ZONE_LOCAL "local"

#endif
