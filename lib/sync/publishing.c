/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sync/publishing.h"

#include <stdio.h>

static int add_login(const struct publishing *r, struct publishing_line *line, struct strbuf *to,
	struct err *err)
{
	struct publishing_login *l = &line->login;
	char cnonce[32];

	snprintf(cnonce, sizeof(cnonce), "%s%u", line->id, (unsigned)l->count);
	return digest_answer(
		&l->challenge, &l->digest, SIP_PUBLISH, r->of->uri, ++l->count, cnonce, to, err);
}

int publishing_write(struct publishing *r, struct publishing_line *line, struct err *err)
{
	_cleanup_(strbuf_done) struct strbuf login = STRBUF_INIT;
	struct publication *x = r->of;
	char call_id[64], from_tag[PUBLISHING_ID_LEN + 8];
	struct sip_publish publish = {
		.over = line->over,
		.local = line->local,
		.uri = x->uri,
		.branch = r->branch,
		.from_tag = from_tag,
		.call_id = call_id,
		.cseq = ++x->cseq,
		.expires = r->expires,
		.tag = x->tag,
		.proxy = line->login.proxy,
		.body = r->text.body.s,
	};

	r->logged_in = line->login.asked;
	if (r->logged_in && add_login(r, line, &login, err) < 0)
		return -1;
	publish.authorization = login.s;
	snprintf(r->branch, sizeof(r->branch), "z9hG4bK%s%llu", line->id,
		(unsigned long long)++line->count);
	if (!r->tries)
		r->call = line->count;
	snprintf(call_id, sizeof(call_id), "%s-%llu", line->id, (unsigned long long)r->call);
	snprintf(from_tag, sizeof(from_tag), "%.8s", line->id);
	strbuf_cut(&r->bytes, 0);
	return sip_publish_write(&publish, &r->bytes, err);
}

void publishing_end(struct publishing *r)
{
	struct strbuf bytes = r->bytes, body = r->text.body;

	strbuf_cut(&bytes, 0);
	strbuf_cut(&body, 0);
	*r = (struct publishing){ .bytes = bytes, .text.body = body };
}
