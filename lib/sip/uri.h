/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uri.h - where a presence server is, and the SIP addresses of users (RFC 3261, 19.1). */
#ifndef SIP_URI_H
#define SIP_URI_H

#include "lib/base/err.h"
#include "lib/base/strbuf.h"

enum sip_over { SIP_UDP, SIP_TCP, SIP_TLS, SIP_OVER_COUNT };

/* "UDP", "TCP", "TLS", as a Via has it. */
const char *sip_over_name(enum sip_over over);

enum { SIP_HOST_MAX_LEN = 255, SIP_TEMPLATE_MAX_LEN = 200 };

struct sip_server {
	enum sip_over over;
	char host[SIP_HOST_MAX_LEN + 1]; /* an IPv6 address without brackets */
	int port;
};

/* "sip:host", "sip:host:5070;transport=tcp", "sips:host": the latter is TLS. Without a transport it is UDP, without a port 5060, with
 * TLS 5061. ERR_USAGE says what is wrong. */
int sip_server_parse(const char *text, struct sip_server *ret, struct err *err) MUST_CHECK;

/* An address with {extension}, {user} or {pbx} in it: "sip:{extension}@example.org". One of the first two must be there, since each
 * user needs an address of their own. ERR_USAGE says what is wrong. */
int sip_template_check(const char *text, struct err *err) MUST_CHECK;

/* Append the address of a user. What may not stand in a SIP address is escaped as %XX. */
void sip_template_fill(const char *text, const char *user, const char *extension, const char *pbx,
	struct strbuf *to);

#endif
