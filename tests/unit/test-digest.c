/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digest authentication: the examples of the RFCs, and what servers write that cannot be answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/binding/hash.h"
#include "lib/sip/digest.h"

#define REALM_7616 "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
#define NONCE_7616                                                                                 \
	"nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "                                 \
	"opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
#define CNONCE_7616 "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

static void test_answers(void **state)
{
	static const struct {
		const char *challenge, *secret, *cnonce, *response, *also;
	} cases[] = {
		/* RFC 7616, 3.9.1 */
		{ "Digest " REALM_7616 "algorithm=MD5, " NONCE_7616, "Circle of Life", CNONCE_7616,
			"8ca523f5e9506fed4657c9700eebdbec",
			"algorithm=MD5, qop=auth, nc=00000001, cnonce=\"" CNONCE_7616
			"\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"" },
		{ "dIGEST\t" REALM_7616 "algorithm=\"SHA-256\" ," NONCE_7616, "Circle of Life",
			CNONCE_7616,
			"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
			"algorithm=SHA-256, qop=auth" },
		/* RFC 2617, 3.5 */
		{ "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
		  "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
		  "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
			"Circle Of Life", "0a4f113b", "6629fae49393a05397450978507c4ef1",
			"username=\"Mufasa\", realm=\"testrealm@host.com\"" },
		/* The same without qop, as RFC 2069 has it. */
		{ "Digest realm=\"testrealm@host.com\",nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
			"Circle Of Life", "", "670fd8c2df070c60b045671b8b24ff02", "algorithm=MD5" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct digest_login login = { "Mufasa", cases[i].secret, hash_md5_text,
			hash_sha256_text };
		_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;
		struct digest_challenge c;
		struct err err;
		const char *response;

		assert_true(digest_read(cases[i].challenge, &c));
		assert_int_equal(digest_answer(&c, &login, "GET", "/dir/index.html", 1,
					 cases[i].cnonce, &to, &err),
			0);
		response = strstr(to.s, " response=\"");
		assert_non_null(response);
		if (strncmp(response + 11, cases[i].response, strlen(cases[i].response)) != 0)
			fail_msg("%zu: %s", i, to.s);
		assert_non_null(strstr(to.s, cases[i].also));
	}
}

static void test_read(void **state)
{
	static const struct {
		const char *text;
		bool usable, stale;
	} cases[] = {
		{ "Digest realm=\"r\", nonce=\"n\"", true, false },
		{ "Digest realm=\"r\", nonce=\"n\", stale=TRUE", true, true },
		{ "Digest realm=\"r\", nonce=\"n\", stale=\"false\"", true, false },
		{ "Digest realm=\"\", nonce=n", true, false },
		{ "Digest realm=\"a \\\" b\", nonce=\"n\",", true, false },
		{ "Digest realm=\"r\", nonce=\"n\", a-parameter-that-nobody-knows=\"x, y\"", true,
			false },
		{ "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", false, false },
		{ "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess", false, false },
		{ "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256", false, false },
		{ "Digest realm=\"r\", nonce=\"\"", false, false },
		{ "Digest realm=\"r\"", false, false },
		{ "Digest nonce=\"n\"", false, false },
		{ "Digest realm=\"r, nonce=\"n\"", false, false },
		{ "Digest realm=\"r\"nonce=\"n\"", false, false },
		{ "Digest realm=\"r\\\"", false, false },
		{ "Digest realm=\"\x01\", nonce=\"n\"", false, false },
		{ "Digest realm=\"\xff\", nonce=\"n\"", false, false },
		{ "Digest realm", false, false },
		{ "Digest =\"r\"", false, false },
		{ "Digest", false, false },
		{ "Digestrealm=\"r\", nonce=\"n\"", false, false },
		{ "Basic realm=\"r\"", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct digest_challenge c;

		if (digest_read(cases[i].text, &c) != cases[i].usable)
			fail_msg("%s", cases[i].text);
		assert_true(!cases[i].usable || c.stale == cases[i].stale);
	}
}

/* What is just short enough is taken, one byte more is not. */
static void test_sizes(void **state)
{
	char nonce[DIGEST_NONCE_MAX_LEN + 2] = "";
	struct digest_challenge c;

	(void)state;
	for (size_t n = DIGEST_NONCE_MAX_LEN; n <= DIGEST_NONCE_MAX_LEN + 1; n++) {
		_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT;

		memset(nonce, 'n', n);
		strbuf_addf(&text, "Digest realm=\"r\", nonce=\"%s\"", nonce);
		assert_int_equal(digest_read(text.s, &c), n == DIGEST_NONCE_MAX_LEN);
	}
}

static int no_sum(const char *a, const char *b, char ret[33])
{
	(void)a;
	(void)b;
	(void)ret;
	return -1;
}

static void test_no_md5(void **state)
{
	const struct digest_login login = { "u", "s", no_sum, hash_sha256_text };
	_cleanup_(strbuf_done) struct strbuf to = STRBUF_INIT;
	struct digest_challenge c;
	struct err err;

	(void)state;
	assert_true(digest_read("Digest realm=\"r\", nonce=\"n\"", &c));
	assert_int_equal(digest_answer(&c, &login, "PUBLISH", "sip:x", 1, "c", &to, &err), -1);
	assert_non_null(strstr(err.msg, "MD5"));
	assert_string_equal(to.s, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_no_md5),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
