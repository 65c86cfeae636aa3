/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest.h - digest authentication of requests: RFC 2617, RFC 7616, and RFC 8760 for SIP. MD5 and SHA-256, with qop=auth or without
 * qop. The sums are its caller's. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum { DIGEST_REALM_MAX_LEN = 255, DIGEST_NONCE_MAX_LEN = 511, DIGEST_USER_MAX_LEN = 100 };

/* What a server asks. The texts stand as the server wrote them between the quotes, and go back so. */
struct digest_challenge {
	bool sha256; /* else MD5 */
	bool qop;    /* it wants qop=auth */
	bool stale;  /* the login was right, only the nonce is too old */
	bool has_opaque;
	char realm[DIGEST_REALM_MAX_LEN + 1];
	char nonce[DIGEST_NONCE_MAX_LEN + 1];
	char opaque[DIGEST_REALM_MAX_LEN + 1];
};

/* Read the value of a WWW-Authenticate or Proxy-Authenticate. False if it is no digest that we can answer: then the next such header
 * may be one. */
bool digest_read(const char *value, struct digest_challenge *ret);

struct digest_login {
	const char *username, *secret;
	/* As hexadecimal digits, of a followed by b. 0, or -1 if this system has no such sum. */
	int (*md5)(const char *a, const char *b, char ret[33]);
	int (*sha256)(const char *text, char ret[65]);
};

/* Append the value of an Authorization for a request. nc counts the requests with this nonce, from 1. cnonce: letters and digits that
 * are hard to guess. */
int digest_answer(const struct digest_challenge *c, const struct digest_login *login,
	const char *method, const char *uri, uint32_t nc, const char *cnonce, struct strbuf *to,
	struct err *err) MUST_CHECK;

#endif
