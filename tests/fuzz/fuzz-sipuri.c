/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of presence.conf: what is taken can be sent. The second line is a user. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/sip/pidf.h"
#include "lib/sip/publish.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(freep) char *text = xstrndup((const char *)data, size);
	_cleanup_(strbuf_done) struct strbuf uri = STRBUF_INIT, body = STRBUF_INIT,
					     to = STRBUF_INIT;
	struct pidf pidf = { .look = { true, "away", NULL }, .until = UNTIL_OPEN };
	struct sip_publish p = { .local = "h:1",
		.branch = "b",
		.from_tag = "f",
		.call_id = "c",
		.tag = "",
		.authorization = "" };
	struct sip_server server;
	char *user = strchr(text, '\n');
	struct err err;

	if (user)
		*user++ = '\0';
	(void)!sip_server_parse(text, &server, &err);
	if (sip_template_check(text, &err) < 0)
		return 0;
	sip_template_fill(text, user ? user : "", user ? user : "", "main", &uri);
	pidf.uri = p.uri = uri.s;
	pidf.note = user ? user : "";
	pidf_write(&pidf, &body);
	p.body = body.s;
	if (sip_publish_write(&p, &to, &err) < 0 || strpbrk(uri.s, " <>\"\r\n"))
		abort();
	return 0;
}
