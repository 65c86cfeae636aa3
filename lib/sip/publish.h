/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publish.h - the request that publishes a presence (RFC 3903), as bytes. */
#ifndef SIP_PUBLISH_H
#define SIP_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/strbuf.h"
#include "lib/sip/uri.h"

#define SIP_PUBLISH "PUBLISH"

enum { SIP_TAG_MAX_LEN = 127 }; /* of an entity tag */

struct sip_publish {
	enum sip_over over;
	const char *local;  /* our end of the connection: "192.0.2.1:5060" */
	const char *uri;    /* of the user */
	const char *branch; /* of the transaction */
	const char *from_tag, *call_id;
	uint32_t cseq;
	int64_t expires;           /* 0: take the presence back */
	const char *tag;           /* of what the server holds; "": nothing */
	const char *authorization; /* "": none */
	bool proxy;                /* a proxy has asked for the authorization */
	const char *body;          /* "": what the server holds stays as it is */
};

int sip_publish_write(const struct sip_publish *p, struct strbuf *to, struct err *err) MUST_CHECK;

#endif
