/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/pbx/amimsg.h"

/* Everything that a reader makes of `in`, fed in portions of `step` bytes, as text: a message is
 * "name=value|name=value|" and a line end, an error is "!". */
static char *read_in_steps(const char *in, size_t n, size_t step)
{
	_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
	struct strbuf got = STRBUF_INIT;
	struct amimsg m;
	struct err err;

	for (size_t i = 0; i < n; i += step) {
		int more;

		amimsg_feed(r, in + i, n - i < step ? n - i : step);
		while ((more = amimsg_next(r, &m, &err)) > 0) {
			for (size_t k = 0; k < m.n; k++)
				strbuf_addf(&got, "%s=%s|", m.headers[k].name, m.headers[k].value);
			strbuf_addc(&got, '\n');
		}
		if (more < 0) {
			strbuf_addf(&got, "!%s", err.msg);
			/* It is final. */
			amimsg_feed(r, "A: b\n\n", 6);
			assert_int_equal(amimsg_next(r, &m, NULL), -1);
			break;
		}
	}
	return strbuf_take(&got);
}

static void check_read(const char *in, size_t n, const char *expect)
{
	static const size_t steps[] = { SIZE_MAX / 2, 1, 2, 3, 7, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		_cleanup_(freep) char *got = read_in_steps(in, n, steps[i]);

		assert_string_equal(got, expect);
	}
}

static void test_messages(void **state)
{
	static const struct {
		const char *in;
		size_t n; /* 0: strlen */
		const char *expect;
	} cases[] = {
		{ "", 0, "" },
		{ "Response: Success\r\nMessage: ok\r\n\r\n", 0, "Response=Success|Message=ok|\n" },
		{ "Response: Success\nMessage: ok\n\n", 0, "Response=Success|Message=ok|\n" },
		{ "A: 1\r\n\r\nB: 2\r\n\r\n", 0, "A=1|\nB=2|\n" },
		{ "A: 1\r\n\n\r\n\nB: 2\n\r\n", 0, "A=1|\nB=2|\n" },
		{ "\r\n\r\nA: 1\r\n\r\n", 0, "A=1|\n" },
		{ "A: 1\r\n\r\nB: not yet\r\n", 0, "A=1|\n" },
		{ "A: 1\r\n\r\nB: not yet\r\n\r", 0, "A=1|\n" },
		{ "A:1\r\nB: \t 2 \t\r\nC:\r\nD: \r\n\r\n", 0, "A=1|B=2 \t|C=|D=|\n" },
		{ "no colon\r\n: no name\r\n\r\n", 0, "=no colon|=no name|\n" },
		{ "A: b: c\r\n\r\n", 0, "A=b: c|\n" },
		{ "A: b\rc\r\n\r\n", 0, "A=b\rc|\n" },
		{ "A: b\r\r\n\r\n", 0, "A=b\r|\n" },
		{ "\r\r\n\r\n", 0, "=\r|\n" },
		{ "A: b\0c\r\nD: e\r\n\r\n", 17, "A=b|D=e|\n" },
		{ "A\0: b\r\n\0\r\n\r\n", 12, "=A|=|\n" },
		{ "A: \x1b[31m \xff\xc3\xa5\r\n\r\n", 0, "A=\x1b[31m \xff\xc3\xa5|\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_read(cases[i].in, cases[i].n ? cases[i].n : strlen(cases[i].in),
			cases[i].expect);
}

/* A line of `n` bytes, "A: xxx", as a message. */
static void line_of(struct strbuf *b, size_t n, const char *line_ends)
{
	strbuf_adds(b, "A: ");
	for (size_t i = 3; i < n; i++)
		strbuf_addc(b, 'x');
	strbuf_adds(b, line_ends);
}

static void test_line_limit(void **state)
{
	static const struct {
		size_t n;
		const char *line_ends;
		int ok;
	} cases[] = {
		{ AMIMSG_IN_LINE_MAX, "\r\n\r\n", 1 }, { AMIMSG_IN_LINE_MAX, "\n\n", 1 },
		{ AMIMSG_IN_LINE_MAX + 1, "\r\n\r\n", 0 }, { AMIMSG_IN_LINE_MAX + 1, "\n\n", 0 },
		{ AMIMSG_IN_LINE_MAX, "\r\r\n\r\n", 0 }, { AMIMSG_IN_LINE_MAX, "\rx\n\n", 0 },
		{ 200000, "", 0 }, /* without end */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf in = STRBUF_INIT, expect = STRBUF_INIT;

		strbuf_adds(&in, "B: c\r\n\r\n");
		line_of(&in, cases[i].n, cases[i].line_ends);
		strbuf_adds(&expect, "B=c|\n");
		if (cases[i].ok) {
			strbuf_adds(&expect, "A=");
			for (size_t k = 3; k < cases[i].n; k++)
				strbuf_addc(&expect, 'x');
			strbuf_adds(&expect, "|\n");
		} else {
			strbuf_adds(
				&expect, "!the other side sent a line of more than 65536 bytes");
		}
		check_read(in.s, in.len, expect.s);
		strbuf_done(&in);
		strbuf_done(&expect);
	}
}

static void test_message_limit(void **state)
{
	(void)state;
	for (size_t size = AMIMSG_IN_MESSAGE_MAX - 1; size <= AMIMSG_IN_MESSAGE_MAX + 1; size++) {
		_cleanup_(amimsg_reader_freep) struct amimsg_reader *whole = amimsg_reader_new();
		_cleanup_(amimsg_reader_freep) struct amimsg_reader *cut = amimsg_reader_new();
		int expect = size <= AMIMSG_IN_MESSAGE_MAX ? 1 : -1, got = 0;
		struct strbuf in = STRBUF_INIT;
		struct amimsg m;
		struct err err;

		while (in.len + 2 < size)
			line_of(&in, size - 2 - in.len < 2000 ? size - 4 - in.len : 998, "\r\n");
		strbuf_adds(&in, "\r\n");
		assert_int_equal(in.len, size);
		amimsg_feed(whole, in.s, in.len);
		assert_int_equal(amimsg_next(whole, &m, &err), expect);
		if (expect < 0)
			assert_string_equal(err.msg,
				"the other side sent a message of more than 1048576 bytes");
		for (size_t i = 0; i < in.len && got == 0; i++) {
			amimsg_feed(cut, in.s + i, 1);
			got = amimsg_next(cut, &m, &err);
		}
		assert_int_equal(got, expect);
		strbuf_done(&in);
	}
}

static void test_many_headers(void **state)
{
	_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
	struct amimsg m;
	struct err err;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < AMIMSG_IN_HEADERS_MAX; i++)
			amimsg_feed(r, "A: b\r\n", 6);
		assert_int_equal(amimsg_next(r, &m, NULL), 0);
		amimsg_feed(r, "\r\n", 2);
		assert_int_equal(amimsg_next(r, &m, NULL), 1);
		assert_int_equal(m.n, AMIMSG_IN_HEADERS_MAX);
		assert_string_equal(m.headers[AMIMSG_IN_HEADERS_MAX - 1].value, "b");
	}
	for (int i = 0; i <= AMIMSG_IN_HEADERS_MAX; i++)
		amimsg_feed(r, "A: b\r\n", 6);
	assert_int_equal(amimsg_next(r, &m, &err), -1);
	assert_string_equal(err.msg, "the other side sent a message of more than 4096 lines");
	amimsg_feed(r, "\r\n", 2);
	assert_int_equal(amimsg_next(r, &m, &err), -1);
}

static void test_line(void **state)
{
	static const char in[] = "Asterisk Call Manager/11.0.0\r\nA: b\r\n\r\n";

	(void)state;
	for (size_t step = 1; step < sizeof(in); step++) {
		_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
		const char *line = NULL;
		struct amimsg m;
		int got = 0;

		for (size_t i = 0; i < sizeof(in) - 1; i += step) {
			amimsg_feed(
				r, in + i, sizeof(in) - 1 - i < step ? sizeof(in) - 1 - i : step);
			if (!line && amimsg_next_line(r, &line, NULL) == 1)
				assert_string_equal(line, "Asterisk Call Manager/11.0.0");
			if (line)
				got += amimsg_next(r, &m, NULL);
		}
		assert_int_equal(got, 1);
		assert_string_equal(amimsg_get(&m, "a"), "b");
	}
}

static void test_endless_line(void **state)
{
	_cleanup_(amimsg_reader_freep) struct amimsg_reader *r = amimsg_reader_new();
	const char *line;
	struct err err;
	int got = 0;

	(void)state;
	for (int i = 0; i < 100000 && got == 0; i++) {
		amimsg_feed(r, "x", 1);
		got = amimsg_next_line(r, &line, &err);
	}
	assert_int_equal(got, -1);
	assert_string_equal(err.msg, "the other side sent a line of more than 65536 bytes");
}

static void test_get(void **state)
{
	static const struct amimsg_header h[] = { { "Response", "Error" }, { "Message", "first" },
		{ "message", "second" } };
	const struct amimsg m = { .n = 3, .headers = h };

	(void)state;
	assert_string_equal(amimsg_get(&m, "MESSAGE"), "first");
	assert_string_equal(amimsg_get(&m, "response"), "Error");
	assert_null(amimsg_get(&m, "ActionID"));
	assert_string_equal(amimsg_text(&m, "message"), "first");
	assert_string_equal(amimsg_text(&m, "ActionID"), "");
	assert_string_equal(amimsg_reason(&m), "first");
	assert_string_equal(amimsg_reason(&(struct amimsg){ 0 }), "no reason given");
}

static void test_write(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct amimsg_writer w;

	(void)state;
	strbuf_adds(&b, "before\r\n");
	amimsg_begin(&w, &b, "Setvar");
	amimsg_add(&w, "Variable", "X");
	amimsg_add(&w, "Value", "");
	amimsg_add(&w, "Note", " sm\xc3\xb6rg\xc3\xa5s: \xff ");
	assert_int_equal(amimsg_end(&w, NULL), 0);
	assert_string_equal(b.s,
		"before\r\nAction: Setvar\r\nVariable: X\r\nValue: \r\n"
		"Note:  sm\xc3\xb6rg\xc3\xa5s: \xff \r\n\r\n");
	strbuf_done(&b);
}

static void test_write_refused(void **state)
{
	static const struct {
		const char *action, *name, *value, *says;
	} cases[] = {
		{ "Ping", "Value", "a\r\n\r\nAction: Ping", "a control character in Value" },
		{ "Ping", "Value", "a\nInjected: b", "a control character in Value" },
		{ "Ping", "Value", "a\r", "a control character in Value" },
		{ "Ping", "Value", "\n", "a control character in Value" },
		{ "Ping", "Value", "a\x1b[31m", "a control character in Value" },
		{ "Ping", "Value", "a\tb", "a control character in Value" },
		{ "Ping", "Value", "a\x01", "a control character in Value" },
		{ "Ping", "Value", "\x1f", "a control character in Value" },
		{ "Ping", "Value", "a\x7f", "a control character in Value" },
		{ "Ping", "Value",
			"\xc2\x9b"
			"31m",
			"a control character in Value" },
		{ "Ping", "A\nB", "c", "a control character in A?B" },
		{ "Ping", "A\r", "c", "a control character in A?" },
		{ "Ping", "A\x1b", "c", "a control character in A?" },
		{ "Ping", "", "c", "'' is no header name" },
		{ "Ping", "A: b", "c", "'A: b' is no header name" },
		{ "Ping", "A b", "c", "'A b' is no header name" },
		{ "Ping\r\nA: b", "A", "c", "a control character in Action" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf b = STRBUF_INIT;
		struct amimsg_writer w;
		struct err err;

		strbuf_adds(&b, "before");
		amimsg_begin(&w, &b, cases[i].action);
		amimsg_add(&w, "Good", "yes");
		amimsg_add(&w, cases[i].name, cases[i].value);
		amimsg_add(&w, "Good", "again");
		assert_int_equal(amimsg_end(&w, &err), -1);
		assert_int_equal(err.code, ERR_FAILED);
		assert_string_equal(err.msg + strlen("not sent to Asterisk: "), cases[i].says);
		assert_string_equal(b.s, "before");
		assert_int_equal(b.len, 6);
		/* The buffer is as good as before. */
		amimsg_begin(&w, &b, "Ping");
		assert_int_equal(amimsg_end(&w, NULL), 0);
		assert_string_equal(b.s, "beforeAction: Ping\r\n\r\n");
		strbuf_done(&b);
	}
}

static void test_write_limits(void **state)
{
	char value[1100];
	struct strbuf b = STRBUF_INIT;
	struct amimsg_writer w;
	struct err err;

	(void)state;
	for (size_t line = 1000; line < 1050; line++) {
		int ok = line <= 1022;

		memset(value, 'x', sizeof(value));
		value[line - strlen("Value: ")] = '\0';
		amimsg_begin(&w, &b, "Setvar");
		amimsg_add(&w, "Value", value);
		assert_int_equal(amimsg_end(&w, &err), ok ? 0 : -1);
		assert_int_equal(b.len, ok ? strlen("Action: Setvar\r\n") + line + 4 : 0);
		if (!ok)
			assert_non_null(
				strstr(err.msg, "Value is too long (a line has at most 1022"));
		strbuf_cut(&b, 0);
	}
	for (int headers = 127; headers <= 130; headers++) {
		amimsg_begin(&w, &b, "Setvar");
		for (int i = 1; i < headers; i++)
			amimsg_add(&w, "Variable", "a=b");
		assert_int_equal(amimsg_end(&w, &err), headers <= 128 ? 0 : -1);
		if (headers > 128) {
			assert_int_equal(b.len, 0);
			assert_non_null(strstr(err.msg, "more than 128 headers"));
		}
		strbuf_cut(&b, 0);
	}
	strbuf_done(&b);
}

static void test_base64(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "lunch", "bHVuY2g=" }, { "back, soon", "YmFjaywgc29vbg==" },
		{ "\xff\xfe\xfd", "//79" }, { "\xfb\xf0", "+/A=" } };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_base64(&b, cases[i].in);
		assert_string_equal(b.s, cases[i].out);
		strbuf_cut(&b, 0);
	}
	strbuf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_line_limit),
		cmocka_unit_test(test_message_limit),
		cmocka_unit_test(test_many_headers),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_refused),
		cmocka_unit_test(test_write_limits),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
