/* conf.h - presence.conf (libconfig): one table of keys checks, loads, shows and documents it. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/key.h"
#include "lib/base/mem.h"

#define CONF_DEFAULT_PATH SYSCONFDIR "/presence/presence.conf"

enum { CONF_PBX_MAX = 64 };

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
	char *secret_file; /* "" if none */
	char *mobile_prefix;
	bool plain_login; /* send the secret instead of answering a challenge */
	bool tls;
	char *ca_file; /* "" for the system's */
	char *secret_from; /* the file with `secret` in it: the configuration, or one that it includes */
	char *file;        /* the same of the PBX itself, with its line, for messages */
	int line;
};

struct conf {
	char *path;
	char *database;
	enum log_level log_level;
	char *zone; /* Olson name, "" for the system's */
	int64_t log_days;
	int64_t fetch_timeout; /* seconds */
	bool fetch_private;
	char *fetch_ca_file; /* "" for the system's */
	size_t pbx_n;
	struct conf_pbx *pbx;
};

/* Read and check all of `path`: syntax, unknown keys (did-you-mean), types, ranges, what must be there.
 * Errors are ERR_CONF and begin with "file:line:". `path` NULL reads CONF_DEFAULT_PATH. On success *ret is owned
 * by the caller. No secret is read. */
int conf_load(const char *path, struct conf **ret, struct err *err) MUST_CHECK;
void conf_free(struct conf *c);
DEFINE_CLEANUP(struct conf, conf_free)

/* The PBX of that name, without case; ERR_NOT_FOUND with did-you-mean. Lent. */
int conf_find_pbx(const struct conf *c, const char *name, const struct conf_pbx **ret,
	struct err *err) MUST_CHECK;

/* The secret of a PBX: from secret, secret_file, or the systemd credential ami-NAME in the folder `credentials`
 * ($CREDENTIALS_DIRECTORY, NULL if none). ERR_CONF if there is none, if others than owner and group may read the
 * file that holds it, or if it holds control characters. *ret is owned by the caller: free with conf_wipe(). */
int conf_secret(const struct conf *c, const struct conf_pbx *p, const char *credentials, char **ret,
	struct err *err) MUST_CHECK;
void conf_wipe(char *secret); /* overwrite and free; takes NULL */
static inline void conf_wipep(char **secret)
{
	conf_wipe(*secret);
}

/* Every setting, for `config show` and the man page: its path ("pbx.port"), and its value in `c` (of PBX `pbx`); secrets as
 * "(set)". value is NULL when c is. */
struct conf_key {
	const char *path;
	const struct key *key;
	const char *value;
};
int conf_each(const struct conf *c, int (*fn)(void *data, const struct conf_key *key), void *data);

#endif
