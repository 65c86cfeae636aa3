/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forwarding in a circle, seen before it is saved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calls/loop.h"

#define OWN(from, to)                                                                              \
	{                                                                                          \
		from, to, false                                                                    \
	}
#define SHARED(from, to)                                                                           \
	{                                                                                          \
		from, to, true                                                                     \
	}

static void test_loops(void **state)
{
	static const struct {
		struct loop_edge edges[8];
		const char *start, *way; /* NULL: there is none */
	} table[] = {
		{ { { 0 } }, "a", NULL },
		{ { OWN("a", "b") }, "a", NULL },
		{ { OWN("a", "a") }, "a", "a → a" },
		{ { OWN("a", "b"), OWN("b", "a") }, "a", "a → b → a" },
		{ { OWN("a", "b"), OWN("b", "a") }, "b", "b → a → b" },
		{ { OWN("a", "b"), OWN("b", "c"), OWN("c", "b") }, "a", NULL },
		{ { OWN("a", "b"), OWN("b", "c"), OWN("c", "b") }, "c", "c → b → c" },
		{ { OWN("c", "a"), OWN("a", "b"), OWN("b", "c") }, "a", "a → b → c → a" },
		{ { OWN("a", "b"), OWN("a", "c"), OWN("b", "d"), OWN("d", "a"), OWN("c", "a") },
			"a", "a → c → a" },
		{ { OWN("a", "b"), OWN("a", "b"), OWN("b", "a"), OWN("b", "a") }, "a",
			"a → b → a" },
		{ { OWN("a", "b"), OWN("b", "b") }, "a", NULL },
		{ { OWN("a", "bb"), OWN("b", "a") }, "a", NULL },
		{ { OWN("b", "a") }, "a", NULL },
		/* Where everybody's calls are forwarded to a and to b, those two have a circle of nobody's own. */
		{ { SHARED("a", "a") }, "a", NULL },
		{ { SHARED("a", "b"), SHARED("b", "a") }, "a", NULL },
		{ { SHARED("a", "b"), OWN("b", "a") }, "a", "a → b → a" },
		{ { SHARED("a", "b"), OWN("b", "a") }, "b", "b → a → b" },
		{ { SHARED("a", "b"), SHARED("b", "a"), OWN("b", "c"), SHARED("c", "a") }, "a",
			"a → b → c → a" },
		{ { SHARED("a", "b"), OWN("b", "c"), SHARED("c", "b"), SHARED("b", "d") }, "a",
			NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(strbuf_done) struct strbuf way = STRBUF_INIT;
		struct loop_edge edges[8];
		size_t n = 0;
		bool found;

		memcpy(edges, table[i].edges, sizeof(edges));
		while (n < ARRAY_SIZE(edges) && edges[n].from)
			n++;
		found = loop_find(edges, n, table[i].start, &way);
		if (found != !!table[i].way || strcmp(way.s, found ? table[i].way : "") != 0)
			fail_msg("row %zu: '%s'", i, way.s);
	}
}

/* Everybody to everybody else but home: every edge is looked at once. */
static void test_many(void **state)
{
	enum { USERS = 300 };
	_cleanup_(freep) struct loop_edge *edges = xcalloc((size_t)USERS * USERS, sizeof(*edges));
	_cleanup_(strbuf_done) struct strbuf way = STRBUF_INIT;
	static char names[USERS][8];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < USERS; i++)
		snprintf(names[i], sizeof(names[i]), "u%d", i);
	for (int i = 0; i < USERS; i++) {
		for (int k = 1; k < USERS; k++)
			edges[n++] = (struct loop_edge)OWN(names[i], names[k]);
	}
	assert_false(loop_find(edges, n, "u0", &way));
	edges[n++] = (struct loop_edge)OWN("u299", "u0");
	assert_true(loop_find(edges, n, "u0", &way));
	assert_string_equal(way.s, "u0 → u299 → u0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
