/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.h - the address of a calendar, and the part of it that people may see. */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum { URL_MAX = 2000 };

/* A part of an address, lent. */
struct url_part {
	const char *s; /* NULL: the address does not have this part */
	size_t n;
};

struct url {
	struct url_part scheme;
	struct url_part user; /* name and password, without their '@' */
	struct url_part host; /* with its port */
	const char *rest;     /* path and query */
};

/* Split an http, https or webcal address into its parts. ERR_USAGE for anything else, for an address without a host, with a
 * character that must be written as %XX, or longer than URL_MAX. A message holds nothing of the address but its scheme. */
int url_parse(const char *text, struct url *ret, struct err *err) MUST_CHECK;

/* Whether it is https, or webcal, which is read as https. */
bool url_is_secure(const struct url *u);

/* Whether what is meant for one host may be sent to the other: host and port are the same, and both are secure or both not. */
bool url_is_same_origin(const struct url *a, const struct url *b);

/* Append the address as http or https, with `user` in the place of its own. */
void url_put(const struct url *u, struct url_part user, struct strbuf *to);

/* Append scheme://host/... of any text. The path, the query, the name and the password are secret. */
void url_show(const char *text, struct strbuf *to);

#endif
