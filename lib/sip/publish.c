/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sip/publish.h"

#include <string.h>

#include "lib/sip/pidf.h"
#include "lib/sip/sipmsg.h"

/* Add a header whose value is put together. */
static void add(struct sip_writer *w, struct strbuf *value, const char *name)
{
	sip_add(w, name, value->s);
	strbuf_cut(value, 0);
}

int sip_publish_write(const struct sip_publish *p, struct strbuf *to, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf value = STRBUF_INIT;
	struct sip_writer w;

	sip_begin(&w, to, SIP_PUBLISH, p->uri);
	strbuf_addf(&value, "SIP/2.0/%s %s;branch=%s;rport", sip_over_name(p->over), p->local,
		p->branch);
	add(&w, &value, "Via");
	sip_add(&w, "Max-Forwards", "70");
	strbuf_addf(&value, "<%s>;tag=%s", p->uri, p->from_tag);
	add(&w, &value, "From");
	strbuf_addf(&value, "<%s>", p->uri);
	add(&w, &value, "To");
	sip_add(&w, "Call-ID", p->call_id);
	strbuf_addf(&value, "%u " SIP_PUBLISH, (unsigned)p->cseq);
	add(&w, &value, "CSeq");
	sip_add(&w, "Event", "presence");
	strbuf_addf(&value, "%lld", (long long)p->expires);
	add(&w, &value, "Expires");
	if (*p->tag)
		sip_add(&w, "SIP-If-Match", p->tag);
	if (*p->authorization)
		sip_add(&w, p->proxy ? "Proxy-Authorization" : "Authorization", p->authorization);
	return sip_end(&w, *p->body ? PIDF_TYPE : NULL, p->body, strlen(p->body), err);
}
