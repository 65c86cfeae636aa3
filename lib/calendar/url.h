/* url.h - the address of a calendar, and the part of it that people may see. */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum { URL_MAX = 2000 };

/* Lent bytes. */
struct url_part {
	const char *s; /* NULL: it has none */
	size_t n;
};

struct url {
	struct url_part scheme;
	struct url_part user; /* name and password, without their '@' */
	struct url_part host; /* with its port */
	const char *rest;     /* path and query */
};

/* The parts of an http, https or webcal address, lent. ERR_USAGE if it is anything else, names no host, holds what must
 * be written as %XX, or is longer than URL_MAX. No message holds more of it than its scheme. */
int url_parse(const char *text, struct url *ret, struct err *err) MUST_CHECK;

/* https, or webcal, which is read as https. */
bool url_is_secure(const struct url *u);

/* Whether what is meant for one may be sent to the other: the same host and port, and as secure. */
bool url_is_same_origin(const struct url *a, const struct url *b);

/* As http or https, with `user` for its own. */
void url_put(const struct url *u, struct url_part user, struct strbuf *to);

/* scheme://host/... of any text: path, query, name and password are secret. */
void url_show(const char *text, struct strbuf *to);

#endif
