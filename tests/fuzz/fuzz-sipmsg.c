/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arbitrary bytes from a presence server. What is read of a stream must not depend on how it was cut. The first byte of the input
 * chooses the cuts. What is read is also held against a request, and each challenge is answered. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/sip/digest.h"
#include "lib/sip/sipmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int sum(const char *a, const char *b, char ret[33])
{
	(void)a;
	(void)b;
	strcpy(ret, "00000000000000000000000000000000");
	return 0;
}

static int long_sum(const char *text, char ret[65])
{
	return sum(text, "", ret);
}

/* What goes back to the server passes its door. */
static void answer(const char *value)
{
	static const struct digest_login login = { "user", "secret", sum, long_sum };
	_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;
	struct digest_challenge c;
	struct err err;

	if (!digest_read(value, &c))
		return;
	if (digest_answer(&c, &login, "PUBLISH", "sip:x", 1, "c", &to, &err) < 0 ||
		text_has_control(to.s) || !text_is_utf8(to.s))
		abort();
}

static void put_response(struct strbuf *to, const struct sip_response *m)
{
	int64_t n;

	if (m->status < 100 || m->status > 699 || m->n > SIP_HEADERS_MAX)
		abort();
	strbuf_addf(to, "%d %s|", m->status, m->reason);
	for (size_t i = 0; i < m->n; i++)
		strbuf_addf(to, "%s=%s|", m->headers[i].name, m->headers[i].value);
	strbuf_addf(to, "%d%d\n", sip_answers(m, "b", "PUBLISH"),
		sip_get_number(m, "Expires", 3600, &n));
	for (size_t i = 0; sip_get(m, "WWW-Authenticate", i); i++)
		answer(sip_get(m, "WWW-Authenticate", i));
}

static char *read_all(const char *in, size_t size, uint32_t seed)
{
	_cleanup_(sip_reader_freep) struct sip_reader *r = sip_reader_new(false);
	struct strbuf got = STRBUF_INIT;
	struct sip_response m;
	struct err err;
	int more = 0;

	while (size && more >= 0) {
		size_t n = size;

		if (seed) {
			seed = seed * 1103515245 + 12345;
			n = 1 + (seed >> 16) % 11;
			n = n < size ? n : size;
		}
		sip_feed(r, in, n);
		in += n;
		size -= n;
		while ((more = sip_next(r, &m, &err)) > 0)
			put_response(&got, &m);
	}
	if (more < 0)
		strbuf_adds(&got, "broken");
	return strbuf_take(&got);
}

static void read_datagram(const char *in, size_t size)
{
	_cleanup_(sip_reader_freep) struct sip_reader *r = sip_reader_new(true);
	_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
	struct sip_response m;
	struct err err;

	sip_feed(r, in, size);
	while (sip_next(r, &m, &err) > 0)
		put_response(&got, &m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(freep) char *whole = NULL, *parts = NULL;

	if (!size)
		return 0;
	whole = read_all((const char *)data + 1, size - 1, 0);
	parts = read_all((const char *)data + 1, size - 1, data[0] + 1U);
	if (strcmp(whole, parts) != 0)
		abort();
	read_datagram((const char *)data + 1, size - 1);
	return 0;
}
