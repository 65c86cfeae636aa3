/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/strbuf.h"
#include "lib/base/words.h"

/* Words of a case are joined with '|'; NULL: refused. */
struct split_case {
	const char *line;
	const char *expect;
};

static const struct split_case splits[] = {
	{ "", "" },
	{ " \t \r\n", "" },
	{ "set alice lunch", "set|alice|lunch" },
	{ "  set\talice  ", "set|alice" },
	{ "set alice lunch\r\n", "set|alice|lunch" },
	{ "a 'b c' d", "a|b c|d" },
	{ "a \"b c\" d", "a|b c|d" },
	{ "a b\\ c d", "a|b c|d" },
	{ "''", "" },
	{ "a '' b", "a||b" },
	{ "no'te=x y'z", "note=x yz" },
	{ "'a\\b'", "a\\b" },
	{ "\"a\\b\"", "a\\b" },
	{ "\"a\\\"b\\\\c\"", "a\"b\\c" },
	{ "\\'a\\\"", "'a\"" },
	{ "\"it's\"", "it's" },
	{ "'say \"x\"'", "say \"x\"" },
	{ "# only a comment", "" },
	{ "set alice # with a comment", "set|alice" },
	{ "a#b", "a#b" },
	{ "\\#a '#b' #c", "#a|#b" },
	{ "# an open ' quote in a comment", "" },
	{ "\xc3\xa5sa \xe2\x82\xac", "\xc3\xa5sa|\xe2\x82\xac" },
	{ "a 'b", NULL },
	{ "a \"b", NULL },
	{ "a \"b\\\"", NULL },
	{ "a\\", NULL },
	{ "\\", NULL },
	{ "\"a\\", NULL },
};

static char *joined(const struct words *w)
{
	struct strbuf s = STRBUF_INIT;

	for (size_t i = 0; i < w->n; i++) {
		strbuf_adds(&s, i ? "|" : "");
		strbuf_adds(&s, w->w[i]);
	}
	assert_null(w->w[w->n]);
	return strbuf_take(&s);
}

static void test_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(splits); i++) {
		const struct split_case *c = &splits[i];
		struct words w;
		struct err err = { 0 };

		if (words_split(c->line, &w, &err) < 0) {
			if (c->expect)
				fail_msg("<%s> refused: %s", c->line, err.msg);
			assert_int_equal(err.code, ERR_USAGE);
			continue;
		}
		_cleanup_(freep) char *got = joined(&w);

		if (!c->expect || strcmp(got, c->expect) != 0)
			fail_msg("<%s> gave <%s>", c->line, got);
		words_done(&w);
	}
}

struct partial_case {
	const char *line;
	const char *expect;
	size_t tail;
	char quote;
};

static const struct partial_case partials[] = {
	{ "", "", 0, 0 },
	{ " ", "", 1, 0 },
	{ "se", "se", 0, 0 },
	{ "set ", "set|", 4, 0 },
	{ "set al", "set|al", 4, 0 },
	{ "set 'al", "set|al", 4, '\'' },
	{ "set \"al ", "set|al ", 4, '"' },
	{ "set '", "set|", 4, '\'' },
	{ "set 'al'", "set|al", 4, 0 },
	{ "set 'al' ", "set|al|", 9, 0 },
	{ "set al\\", "set|al", 4, 0 },
	{ "set al\\ ", "set|al ", 4, 0 },
	{ "set '' ", "set||", 7, 0 },
	{ "user set x mode=\"off w", "user|set|x|mode=off w", 11, '"' },
	{ "set # al", "set|#|al", 6, 0 },
};

static void test_partial(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(partials); i++) {
		const struct partial_case *c = &partials[i];
		struct words w;

		words_partial(c->line, &w);
		_cleanup_(freep) char *got = joined(&w);

		if (strcmp(got, c->expect) != 0 || w.tail != c->tail || w.quote != c->quote)
			fail_msg("<%s> gave <%s>, tail %zu, quote %d", c->line, got, w.tail,
				w.quote);
		words_done(&w);
	}
}

static void test_limit(void **state)
{
	struct strbuf line = STRBUF_INIT;
	struct words w;
	struct err err;

	(void)state;
	for (int i = 0; i < WORDS_MAX; i++)
		strbuf_adds(&line, "x ");
	assert_int_equal(words_split(line.s, &w, &err), 0);
	assert_int_equal(w.n, WORDS_MAX);
	words_done(&w);
	words_partial(line.s, &w);
	assert_int_equal(w.n, WORDS_MAX);
	assert_string_equal(w.w[w.n - 1], "");
	words_done(&w);

	strbuf_adds(&line, "last");
	assert_int_equal(words_split(line.s, &w, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	words_partial(line.s, &w);
	assert_int_equal(w.n, WORDS_MAX);
	assert_string_equal(w.w[w.n - 1], "last");
	words_done(&w);
	strbuf_done(&line);
}

static const char *const quotes[][2] = {
	{ "", "''" },
	{ "alice", "alice" },
	{ "mode=away", "mode=away" },
	{ "off work", "'off work'" },
	{ "it's", "\"it's\"" },
	{ "a\\b", "'a\\b'" },
	{ "it's \"\\\"", "\"it's \\\"\\\\\\\"\"" },
	{ "#x", "'#x'" },
	{ "a\nb", "'a\nb'" },
};

static void test_quote(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct strbuf s = STRBUF_INIT;
		struct words w;
		struct err err;

		words_quote(&s, quotes[i][0]);
		assert_string_equal(s.s, quotes[i][1]);
		assert_int_equal(words_split(s.s, &w, &err), 0);
		assert_int_equal(w.n, 1);
		assert_string_equal(w.w[0], quotes[i][0]);
		words_done(&w);
		strbuf_done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_quote),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
