/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of calendars, and what people may see of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/url.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text, *put; /* put NULL: refused */
	} table[] = {
		{ "https://calendar.google.com/calendar/ical/me%40example.com/private-0123/basic.ics",
			"https://calendar.google.com/calendar/ical/me%40example.com/private-0123/basic.ics" },
		{ "http://a/b", "http://a/b" },
		{ "HTTPS://A.example/B", "https://A.example/B" },
		{ "webcal://a.example/b.ics", "https://a.example/b.ics" },
		{ "WebCal://a.example/b.ics", "https://a.example/b.ics" },
		{ "http://a", "http://a" },
		{ "http://a?q=/#f", "http://a?q=/#f" },
		{ "http://a:80/", "http://a:80/" },
		{ "http://a:65535/", "http://a:65535/" },
		{ "http://me:pass@a:80/b", "http://me:pass@a:80/b" },
		{ "http://me@a/b", "http://me@a/b" },
		{ "http://@a/b", "http://@a/b" },
		{ "http://192.0.2.1/", "http://192.0.2.1/" },
		{ "http://[2001:db8::1]/", "http://[2001:db8::1]/" }, /* RFC 3986 3.2.2 */
		{ "http://[::ffff:192.0.2.1]:8080/", "http://[::ffff:192.0.2.1]:8080/" },
		{ "http://a/@b://c", "http://a/@b://c" },
		{ "", NULL },
		{ "a.example/b", NULL },
		{ "a.example?x=http://b", NULL },
		{ "//a.example/b", NULL },
		{ "://a.example/b", NULL },
		{ "http:/a", NULL },
		{ "http://", NULL },
		{ "http:///etc/passwd", NULL },
		{ "http://:80/", NULL },
		{ "http://a:/", NULL },
		{ "http://a:0/", NULL },
		{ "http://a:65536/", NULL },
		{ "http://a:000080/", NULL },
		{ "http://a:8a/", NULL },
		{ "http://a:80:80/", NULL },
		{ "http://me:pa@ss@a/b", NULL },
		{ "http://a\\@b/", NULL },
		{ "http://a%2eb/", NULL },
		{ "http://a b/", NULL },
		{ "http://a/b c", NULL },
		{ "http://a/b\r\nHost: c", NULL },
		{ "http://a/\x7f", NULL },
		{ "http://\xc3\xa5.example/", NULL },
		{ "http://a/\xc3\xa5", NULL },
		{ "http://[fe80::1%25eth0]/", NULL }, /* RFC 6874 */
		{ "http://[::1", NULL },
		{ "http://[::1]x/", NULL },
		{ "http://[]/", NULL },
		{ "http://[", NULL },
		{ "http://[a.example]/", NULL },
		{ "file:///etc/passwd", NULL },
		{ "file://localhost/etc/passwd", NULL },
		{ "ftp://a/b", NULL },
		{ "httpx://a/b", NULL },
		{ "http+unix://a/b", NULL },
		{ "javascript:alert(1)", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf put = STRBUF_INIT;
		struct err err = { 0 };
		struct url u;
		int r = url_parse(table[i].text, &u, &err);

		if (r != (table[i].put ? 0 : -1))
			fail_msg("'%s': %d %s", table[i].text, r, err.msg);
		if (r < 0) {
			assert_int_equal(err.code, ERR_USAGE);
			continue;
		}
		url_put(&u, u.user, &put);
		assert_string_equal(put.s, table[i].put);
	}
}

static void test_length(void **state)
{
	char text[URL_MAX + 2], host[400];
	struct err err;
	struct url u;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "http://a/", 9);
	text[URL_MAX + 1] = '\0';
	assert_int_equal(url_parse(text, &u, &err), -1);
	assert_string_equal(err.msg, "the address of a calendar is longer than 2000 bytes");
	text[URL_MAX] = '\0';
	assert_int_equal(url_parse(text, &u, &err), 0);
	memset(host, 'x', sizeof(host));
	memcpy(host, "http://", 7);
	host[7 + 254] = '\0';
	assert_int_equal(url_parse(host, &u, &err), -1);
	host[7 + 253] = '\0';
	assert_int_equal(url_parse(host, &u, &err), 0);
}

static void test_same_origin(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} table[] = {
		{ "http://a/x", "http://A?y", true },
		{ "https://a/x", "webcal://a/y", true },
		{ "http://me:pass@a/x", "http://a/y", true },
		{ "http://a/", "https://a/", false },
		{ "http://a/", "http://a:8080/", false },
		{ "http://a/", "http://a.b/", false },
		{ "http://ab/", "http://a/", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct url a, b;

		assert_int_equal(url_parse(table[i].a, &a, NULL), 0);
		assert_int_equal(url_parse(table[i].b, &b, NULL), 0);
		if (url_is_same_origin(&a, &b) != table[i].same)
			fail_msg("%s and %s", table[i].a, table[i].b);
	}
}

static void test_show(void **state)
{
	static const struct {
		const char *text, *shown;
	} table[] = {
		{ "https://calendar.google.com/calendar/ical/secret/basic.ics",
			"https://calendar.google.com/..." },
		{ "webcal://outlook.office365.com/owa/calendar/secret",
			"webcal://outlook.office365.com/..." },
		{ "http://me:secret@a:8080/b", "http://a:8080/..." },
		{ "http://me:sec@ret@a/b", "http://a/..." },
		{ "http://a?secret", "http://a/..." },
		{ "http://a#secret", "http://a/..." },
		{ "http://a\\secret", "http://a/..." },
		{ "http://a", "http://a/..." },
		{ "http://[::1]:80/secret", "http://[::1]:80/..." },
		{ "http://a\033[2J\xff/secret", "http://a?[2J?/..." },
		{ "ftp://a/secret", "ftp://a/..." },
		{ "secret://", "secret:///..." },
		{ "sec ret://a/b", "..." },
		{ "a.example/secret?http://b", "..." },
		{ "secret", "..." },
		{ "", "..." },
	};
	_cleanup_(strbuf_done) struct strbuf shown = STRBUF_INIT;
	char text[400] = "http://";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		strbuf_cut(&shown, 0);
		url_show(table[i].text, &shown);
		assert_string_equal(shown.s, table[i].shown);
	}
	memset(text + 7, 'x', sizeof(text) - 8);
	strbuf_cut(&shown, 0);
	url_show(text, &shown);
	assert_int_equal(shown.len, 7 + 100 + 7);
	assert_string_equal(shown.s + 105, "xx.../...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_same_origin),
		cmocka_unit_test(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
