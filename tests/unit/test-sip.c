/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIP: addresses, requests as bytes, responses from bytes however they are cut, timers, and the document that phones read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/sip/pidf.h"
#include "lib/sip/publish.h"
#include "lib/sip/sipmsg.h"
#include "lib/sip/transaction.h"
#include "lib/sip/uri.h"

static void test_server(void **state)
{
	static const struct {
		const char *text;
		enum sip_over over;
		const char *host; /* NULL: refused */
		int port;
	} cases[] = {
		{ "sip:kam.example.org", SIP_UDP, "kam.example.org", 5060 },
		{ "SIP:10.0.0.1:5070", SIP_UDP, "10.0.0.1", 5070 },
		{ "sip:h;transport=TCP", SIP_TCP, "h", 5060 },
		{ "sip:h;transport=tls", SIP_TLS, "h", 5061 },
		{ "sips:h", SIP_TLS, "h", 5061 },
		{ "sips:h;transport=tcp", SIP_TLS, "h", 5061 },
		{ "sip:[2001:db8::1]:65535", SIP_UDP, "2001:db8::1", 65535 },
		{ "sips:[::1]", SIP_TLS, "::1", 5061 },
		{ "sips:h;transport=udp", SIP_UDP, NULL, 0 },
		{ "sip:h;transport=sctp", SIP_UDP, NULL, 0 },
		{ "sip:h;lr", SIP_UDP, NULL, 0 },
		{ "sip:", SIP_UDP, NULL, 0 },
		{ "h", SIP_UDP, NULL, 0 },
		{ "sip:user@h", SIP_UDP, NULL, 0 },
		{ "sip:h:0", SIP_UDP, NULL, 0 },
		{ "sip:h:65536", SIP_UDP, NULL, 0 },
		{ "sip:h:", SIP_UDP, NULL, 0 },
		{ "sip:h:5x", SIP_UDP, NULL, 0 },
		{ "sip:[::1", SIP_UDP, NULL, 0 },
		{ "sip:[::1]5060", SIP_UDP, NULL, 0 },
		{ "sip:h h", SIP_UDP, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sip_server s;
		struct err err;
		int r = sip_server_parse(cases[i].text, &s, &err);

		if ((r == 0) != (cases[i].host != NULL))
			fail_msg("%s: %s", cases[i].text, r < 0 ? err.msg : "taken");
		if (r < 0)
			continue;
		assert_string_equal(s.host, cases[i].host);
		assert_int_equal(s.port, cases[i].port);
		assert_int_equal(s.over, cases[i].over);
	}
}

static void test_template(void **state)
{
	static const char *const bad[] = { "1001@h", "sip:1001@h", "sip:{pbx}@h", "sip:{extension}",
		"sip:{extensio}@h", "sip:{user@h", "sip:{user}@h h", "sip:{user}@h\n",
		"sip:{user}@\xc3\xa5" };
	_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (sip_template_check(bad[i], &err) == 0)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(sip_template_check("sips:{user}.{extension}@{pbx}.h;user=phone", &err), 0);
	sip_template_fill("sips:{user}.{extension}@{pbx}.h", "alice", "10#\xc3\xa5;", "main", &to);
	assert_string_equal(to.s, "sips:alice.10%23%C3%A5%3B@main.h");
}

static void test_request(void **state)
{
	struct sip_publish p = { .over = SIP_UDP,
		.local = "127.0.0.1:5062",
		.uri = "sip:1001@h",
		.branch = "z9hG4bKx",
		.from_tag = "f",
		.call_id = "c",
		.cseq = 7,
		.expires = 3600,
		.tag = "",
		.authorization = "",
		.body = "<x/>" };
	_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;
	struct err err;

	(void)state;
	assert_int_equal(sip_publish_write(&p, &to, &err), 0);
	assert_string_equal(to.s,
		"PUBLISH sip:1001@h SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKx;rport\r\n"
		"Max-Forwards: 70\r\nFrom: <sip:1001@h>;tag=f\r\nTo: <sip:1001@h>\r\n"
		"Call-ID: c\r\nCSeq: 7 PUBLISH\r\nEvent: presence\r\nExpires: 3600\r\n"
		"Content-Type: application/pidf+xml\r\nContent-Length: 4\r\n\r\n<x/>");
	strbuf_cut(&to, 0);
	p.over = SIP_TLS;
	p.tag = "t1";
	p.authorization = "Digest x";
	p.proxy = true;
	p.body = "";
	p.expires = 0;
	assert_int_equal(sip_publish_write(&p, &to, &err), 0);
	assert_non_null(strstr(to.s, "Via: SIP/2.0/TLS "));
	assert_non_null(strstr(to.s,
		"Expires: 0\r\nSIP-If-Match: t1\r\nProxy-Authorization: Digest x\r\n"
		"Content-Length: 0\r\n\r\n"));
	/* Nothing gets past the door, and nothing of it is left. */
	strbuf_cut(&to, 0);
	strbuf_adds(&to, "before");
	p.tag = "t1\r\nEvil: 1";
	assert_int_equal(sip_publish_write(&p, &to, &err), -1);
	assert_non_null(strstr(err.msg, "SIP-If-Match"));
	p.tag = "";
	p.uri = "sip:a b@h";
	assert_int_equal(sip_publish_write(&p, &to, &err), -1);
	p.uri = "sip:\xff@h";
	assert_int_equal(sip_publish_write(&p, &to, &err), -1);
	assert_string_equal(to.s, "before");
}

#define OK                                                                                         \
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;rport=1;branch=b1;received=::1, SIP/2.0/UDP "        \
	"x;branch=b2\r\n"                                                                          \
	"CSeq: 12 PUBLISH\r\nSIP-ETag:\t a.1 \r\nexpires : 60\r\n"

/* Everything that a stream brings, as one text. */
static char *read_stream(const char *in, size_t size, size_t portion)
{
	_cleanup_(sip_reader_freep) struct sip_reader *r = sip_reader_new(false);
	struct strbuf got = STRBUF_INIT;
	struct sip_response m;
	struct err err;
	int more = 0;

	for (; size && more >= 0;) {
		size_t n = size < portion ? size : portion;

		sip_feed(r, in, n);
		in += n;
		size -= n;
		while ((more = sip_next(r, &m, &err)) > 0) {
			strbuf_addf(&got, "%d %s|", m.status, m.reason);
			for (size_t i = 0; i < m.n; i++)
				strbuf_addf(&got, "%s=%s|", m.headers[i].name, m.headers[i].value);
		}
	}
	if (more < 0)
		strbuf_adds(&got, "broken");
	return strbuf_take(&got);
}

static void test_stream(void **state)
{
	static const char in[] = "\r\n\r\n" OK "l: 5\r\n\r\nhello"
				 "OPTIONS sip:x SIP/2.0\r\nContent-Length: 3\r\n\r\nabc\r\n"
				 "SIP/2.0 100\r\nSubject: a\r\n  b\r\n\r\n"
				 "SIP/2.0 412 \xff\r\n\r\n";
	static const char want[] =
		"200 OK|Via=SIP/2.0/UDP h;rport=1;branch=b1;received=::1, SIP/2.0/UDP x;branch=b2|"
		"CSeq=12 PUBLISH|SIP-ETag=a.1|expires=60|l=5|100 |Subject=a    b|412 \xff|";

	(void)state;
	for (size_t portion = 1; portion < sizeof(in); portion++) {
		_cleanup_(freep) char *got = read_stream(in, sizeof(in) - 1, portion);

		assert_string_equal(got, want);
	}
}

static void test_broken(void **state)
{
	static const struct {
		const char *in;
		size_t n;
	} cases[] = {
#define CASE(s) { s, sizeof(s) - 1 }
		CASE("HTTP/1.1 200 OK\r\n\r\n"),
		CASE("SIP/2.0 099 X\r\n\r\n"),
		CASE("SIP/2.0 700 X\r\n\r\n"),
		CASE("SIP/2.0 2x0 X\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\nno colon\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\n: empty\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\nA B: c\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\nA: \0\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\nContent-Length: -1\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\nContent-Length: 65537\r\n\r\n"),
		CASE("SIP/2.0 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
	};
	_cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(freep) char *got = read_stream(cases[i].in, cases[i].n, 7);

		assert_string_equal(got, "broken");
	}
	for (size_t n = SIP_HEADERS_MAX; n <= SIP_HEADERS_MAX + 1; n++) {
		_cleanup_(freep) char *got = NULL;

		strbuf_cut(&b, 0);
		strbuf_adds(&b, "SIP/2.0 200 OK\r\n");
		for (size_t i = 0; i < n; i++)
			strbuf_adds(&b, "A: b\r\n");
		strbuf_adds(&b, "\r\n");
		got = read_stream(b.s, b.len, b.len);
		assert_int_equal(strcmp(got, "broken") == 0, n > SIP_HEADERS_MAX);
	}
}

static void test_endless(void **state)
{
	_cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf_adds(&b, "SIP/2.0 200 OK\r\nA: ");
	while (b.len <= SIP_HEAD_MAX)
		strbuf_addc(&b, 'a');
	for (size_t portion = 1; portion <= b.len; portion = portion * 4 + 1) {
		_cleanup_(freep) char *got = read_stream(b.s, b.len, portion);

		assert_string_equal(got, "broken");
	}
}

static void test_datagrams(void **state)
{
	static const char *const dropped[] = { "", "x", "SIP/2.0 200 OK\r\n",
		"OPTIONS sip:x SIP/2.0\r\n\r\n", "SIP/2.0 200 OK\r\nbad\r\n\r\n" };
	_cleanup_(sip_reader_freep) struct sip_reader *r = sip_reader_new(true);
	struct sip_response m;
	struct err err;
	int64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dropped); i++) {
		sip_feed(r, dropped[i], strlen(dropped[i]));
		assert_int_equal(sip_next(r, &m, &err), 0);
	}
	sip_feed(r, OK "\r\nbody", sizeof(OK "\r\nbody") - 1);
	assert_int_equal(sip_next(r, &m, &err), 1);
	assert_int_equal(m.status, 200);
	assert_string_equal(sip_get(&m, "SIP-ETAG", 0), "a.1");
	assert_null(sip_get(&m, "SIP-ETag", 1));
	assert_true(sip_get_number(&m, "Expires", 60, &n) && n == 60);
	assert_false(sip_get_number(&m, "Expires", 59, &n));
	assert_true(sip_answers(&m, "b1", "PUBLISH"));
	assert_false(sip_answers(&m, "b", "PUBLISH"));
	assert_false(sip_answers(&m, "b11", "PUBLISH"));
	assert_false(sip_answers(&m, "b2", "PUBLISH"));
	assert_false(sip_answers(&m, "b1", "OPTIONS"));
	assert_int_equal(sip_next(r, &m, &err), 0);
}

/* RFC 3261, 17.1.2.2: over UDP at 0.5 s, 1.5 s, 3.5 s, 7.5 s, then every 4 s; the end after 32 s. */
static void test_timers(void **state)
{
	static const int64_t at[] = { 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500,
		31500 };
	struct sip_transaction t;

	(void)state;
	sip_transaction_begin(&t, false, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(sip_transaction_deadline(&t), 1000 + at[i]);
		assert_int_equal(sip_transaction_due(&t, 999 + at[i]), SIP_DUE_NOTHING);
		assert_int_equal(sip_transaction_due(&t, 1000 + at[i]), SIP_DUE_RESEND);
	}
	assert_int_equal(sip_transaction_deadline(&t), 33000);
	assert_int_equal(sip_transaction_due(&t, 33000), SIP_DUE_END);
	sip_transaction_begin(&t, false, 0);
	sip_transaction_provisional(&t);
	assert_int_equal(sip_transaction_due(&t, 500), SIP_DUE_RESEND);
	assert_int_equal(sip_transaction_deadline(&t), 4500);
	sip_transaction_begin(&t, true, 0);
	assert_int_equal(sip_transaction_deadline(&t), 32000);
}

static void test_looks(void **state)
{
	static const struct {
		const char *mode;
		enum ptype type;
		bool on_call, open;
		const char *plain, *special;
	} cases[] = {
		{ "available", PTYPE_AVAILABLE, true, true, NULL, "on-the-phone" },
		{ "away", PTYPE_AWAY, true, true, "away", NULL },
		{ "do-not-disturb", PTYPE_DND, true, true, "busy", NULL },
		{ "available", PTYPE_AVAILABLE, false, true, NULL, NULL },
		{ "chat", PTYPE_CHAT, false, true, NULL, NULL },
		{ "away", PTYPE_AWAY, false, true, "away", NULL },
		{ "do-not-disturb", PTYPE_DND, false, true, "busy", NULL },
		{ "lunch-break", PTYPE_AWAY, false, true, "away", "meal" },
		{ "business-trip", PTYPE_XA, false, true, "away", "travel" },
		{ "off-work", PTYPE_UNAVAILABLE, false, false, "away", NULL },
		{ "Vacation", PTYPE_UNAVAILABLE, false, false, "away", "vacation" },
		{ "meeting", PTYPE_DND, false, true, "busy", "meeting" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pidf_look look = pidf_look(cases[i].mode, cases[i].type, cases[i].on_call);

		assert_int_equal(look.open, cases[i].open);
		assert_int_equal(!look.plain, !cases[i].plain);
		if (look.plain)
			assert_string_equal(look.plain, cases[i].plain);
		assert_int_equal(!look.special, !cases[i].special);
		if (look.special)
			assert_string_equal(look.special, cases[i].special);
	}
}

static void test_document(void **state)
{
	struct pidf p = {
		.uri = "sip:1@h?a&b", .look = { true, "away", "meal" }, .since = 0, .until = 3600
	};
	_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;

	(void)state;
	p.note = "<a & \"b\"> \xc3\xa5\x01\n\xff \xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd ]]>";
	pidf_write(&p, &to);
	assert_non_null(strstr(to.s, " entity=\"sip:1@h?a&amp;b\">"));
	assert_non_null(strstr(to.s,
		"<status><basic>open</basic></status>"
		"<note>&lt;a &amp; &quot;b&quot;&gt; \xc3\xa5??? ??\xef\xbf\xbd ]]&gt;</note>"
		"<timestamp>1970-01-01T00:00:00Z</timestamp></tuple>"));
	assert_non_null(strstr(to.s,
		"<rpid:activities from=\"1970-01-01T00:00:00Z\" until=\"1970-01-01T01:00:00Z\">"
		"<rpid:away/><rpid:meal/></rpid:activities><dm:note>"));
	p = (struct pidf){ .uri = "sip:1@h", .note = "", .until = UNTIL_OPEN };
	strbuf_cut(&to, 0);
	pidf_write(&p, &to);
	assert_non_null(strstr(to.s, "<basic>closed</basic></status><timestamp>"));
	assert_null(strstr(to.s, "note>"));
	assert_null(strstr(to.s, "activities"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_template),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
