/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was, made of records: in which mode a user was in each stretch of a window, and where nothing is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/strbuf.h"
#include "lib/presence/history.h"
#include "lib/presence/model.h"

/* Instants are small numbers. `text` is the oldest record first, a word each:
 *   10=away        at 10 the mode became away; the one before follows a slash: 10=away/dnd
 *   10+available   the user was added, in that mode
 *   10add, 10gone  the records of a user who was added or deleted, without a mode */
struct history_case {
	const char *name, *records;
	int64_t from, to, begin;
	const char *now; /* "10=away": in it since 10; NULL: no such user */
	const char *expect;
};

static const struct history_case cases[] = {
	{ "one record", "10=away/dnd", 10, 20, 0, "10=away", "10-20 away log" },
	{ "the mode before it", "10=away/dnd", 5, 20, 0, "10=away",
		"5-10 dnd log, 10-20 away log" },
	{ "as far as the log goes", "10=away/dnd", 0, 20, 7, "10=away",
		"0-7 ? before, 7-10 dnd log, 10-20 away log" },
	{ "a window that ends before it", "10=away/dnd", 5, 9, 0, "10=away", "5-9 dnd log" },
	{ "a window in the middle", "1=a/x 4=b/a 6=c/b 9=d/c", 5, 8, 0, "9=d",
		"5-6 b log, 6-8 c log" },
	{ "an instant", "1=a/x 4=b/a 6=c/b", 4, 5, 0, "6=c", "4-5 b log" },
	{ "no record: it holds since long", "", 50, 60, 40, "10=away", "50-60 away now" },
	{ "no record: it began in the window", "", 0, 60, 40, "10=away",
		"0-10 ? before, 10-60 away now" },
	{ "added in the window", "10+away", 5, 20, 0, "10=away", "5-10 ? not yet, 10-20 away log" },
	{ "asked about before they were added", "10+away", 1, 5, 0, "10=away", "1-5 ? not yet" },
	{ "added by an older release", "10add 15=dnd/away", 5, 20, 0, "15=dnd",
		"5-10 ? not yet, 10-15 away log, 15-20 dnd log" },
	{ "added by an older release and never switched", "10add", 5, 20, 0, "10=away",
		"5-10 ? not yet, 10-20 away now" },
	{ "deleted", "10+away 15gone", 5, 20, 0, NULL,
		"5-10 ? not yet, 10-15 away log, 15-20 ? gone" },
	{ "deleted before the window", "10+away 15gone", 16, 20, 0, NULL, "16-20 ? gone" },
	{ "deleted by an older release", "10add 15gone", 5, 20, 0, NULL,
		"5-10 ? not yet, 10-15 ? before, 15-20 ? gone" },
	{ "another user with the ID of one who was deleted", "1=a/x 4gone 6+b", 0, 8, 0, "6=b",
		"0-6 ? not yet, 6-8 b log" },
	{ "no record, no user", "", 5, 8, 0, NULL, "5-8 ? before" },
	/* The clock was set back from 14 to 10 when the second was written. */
	{ "the clock set back", "14=a/x 10=b/a 16=c/b", 0, 20, 0, "16=c",
		"0-10 x log, 10-16 b log, 16-20 c log" },
	{ "the clock set back, before that", "8=y/x 14=a/y 10=b/a", 9, 12, 0, "10=b",
		"9-10 y log, 10-12 b log" },
	{ "the clock is ahead of all", "8=y/x 100=a/y", 9, 20, 0, "100=a", "9-20 y log" },
	{ "two at once: the later one", "8=y/x 8=z/y", 7, 9, 0, "8=z", "7-8 x log, 8-9 z log" },
};

struct parsed {
	struct recorded list[8];
	char before[8][16], mode[8][16];
	int n;
};

static void parse_record(struct parsed *p, const char *word)
{
	struct recorded *r = &p->list[p->n];
	char *mode = p->mode[p->n], *before = p->before[p->n];
	long long at;
	char sign;

	*r = (struct recorded){ .id = p->n + 1, .until = UNTIL_OPEN };
	*mode = *before = '\0';
	if (sscanf(word, "%lld%c%15[^/]/%15s", &at, &sign, mode, before) < 2)
		fail_msg("%s", word);
	r->at = r->since = at;
	r->kind = sign == 'a' ? RECORDED_ADD : sign == 'g' ? RECORDED_DELETE : RECORDED_MODE;
	r->is_first = sign == '+';
	r->mode = mode;
	r->before = *before ? before : NULL;
	p->n++;
}

static const char *known_text(enum known k)
{
	return k == UNKNOWN_BEFORE     ? "before"
		: k == UNKNOWN_NOT_YET ? "not yet"
		: k == UNKNOWN_GONE    ? "gone"
				       : known_word(k);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct history_case *c = &cases[i];
		_cleanup_(strbuf_done) struct strbuf got = STRBUF_INIT;
		_cleanup_(history_done) struct history h = { 0 };
		struct parsed records = { .n = 0 }, now = { .n = 0 };
		char text[128], *rest = text, *word;

		snprintf(text, sizeof(text), "%s", c->records);
		while ((word = strsep(&rest, " ")) && *word)
			parse_record(&records, word);
		if (c->now)
			parse_record(&now, c->now);
		now.list[0].id = 0;
		history_begin(&h, c->from, c->to);
		for (int n = records.n; n > 0 && history_add(&h, &records.list[n - 1]); n--)
			;
		history_end(&h, c->begin, c->now ? &now.list[0] : NULL);
		for (size_t n = 0; n < h.n; n++)
			strbuf_addf(&got, "%s%lld-%lld %s %s", n ? ", " : "",
				(long long)h.list[n].from, (long long)h.list[n].until,
				*h.list[n].mode ? h.list[n].mode : "?",
				known_text(h.list[n].known));
		if (strcmp(got.s, c->expect) != 0)
			fail_msg("%s:\n got  %s\n want %s", c->name, got.s, c->expect);
	}
}

/* Every instant of a window is told once, and as a window of that instant alone tells it, whatever the clocks were. */
static void test_random(void **state)
{
	unsigned lots = 1;

	(void)state;
	for (int life = 0; life < 2000; life++) {
		_cleanup_(history_done) struct history h = { 0 }, one = { 0 };
		struct recorded list[6];
		char mode[7][4] = { "m0" };

		for (int i = 0; i < 6; i++) {
			lots = lots * 1103515245 + 12345;
			snprintf(mode[i + 1], sizeof(mode[0]), "m%u", lots >> 16 & 3);
			list[i] = (struct recorded){ .id = i + 1,
				.at = lots >> 20 & 15,
				.kind = (lots >> 24 & 7) == 7 ? RECORDED_DELETE : RECORDED_MODE,
				.before = mode[i],
				.mode = mode[i + 1] };
		}
		history_begin(&h, 0, 16);
		for (int n = 6; n > 0 && history_add(&h, &list[n - 1]); n--)
			;
		history_end(&h, 3, NULL);
		assert_int_equal(h.list[0].from, 0);
		assert_int_equal(h.list[h.n - 1].until, 16);
		for (size_t i = 0; i < h.n; i++) {
			assert_true(!i || h.list[i].from == h.list[i - 1].until);
			for (int64_t at = h.list[i].from; at < h.list[i].until; at++) {
				history_begin(&one, at, at + 1);
				for (int n = 6; n > 0 && history_add(&one, &list[n - 1]); n--)
					;
				history_end(&one, 3, NULL);
				assert_int_equal(one.n, 1);
				assert_int_equal(one.list[0].id, h.list[i].id);
				assert_string_equal(one.list[0].mode, h.list[i].mode);
				assert_int_equal(one.list[0].known, h.list[i].known);
			}
		}
	}
}

/* A switch under an override: why the override holds is said by the record before, also by one before the window. */
static void test_reason(void **state)
{
	static const struct recorded records[] = {
		{ .id = 1,
			.at = 5,
			.mode = "away",
			.source = "override",
			.reason = "override of all: drill" },
		{ .id = 2, .at = 8, .mode = "away", .source = "override", .before = "away" },
	};
	_cleanup_(history_done) struct history h = { 0 };

	(void)state;
	history_begin(&h, 8, 20);
	assert_true(history_add(&h, &records[1]));
	assert_false(history_add(&h, &records[0]));
	history_end(&h, 0, NULL);
	assert_int_equal(h.n, 1);
	assert_string_equal(h.list[0].reason, "override of all: drill");
	assert_int_equal(h.list[0].id, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
