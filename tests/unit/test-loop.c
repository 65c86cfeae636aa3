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
#include "lib/pure/loop.h"

static void test_loops(void **state)
{
	static const struct {
		struct loop_edge edges[8];
		const char *start, *way; /* NULL: there is none */
	} table[] = {
		{ { { 0 } }, "a", NULL },
		{ { { "a", "b" } }, "a", NULL },
		{ { { "a", "a" } }, "a", "a → a" },
		{ { { "a", "b" }, { "b", "a" } }, "a", "a → b → a" },
		{ { { "a", "b" }, { "b", "a" } }, "b", "b → a → b" },
		{ { { "a", "b" }, { "b", "c" }, { "c", "b" } }, "a", NULL },
		{ { { "a", "b" }, { "b", "c" }, { "c", "b" } }, "c", "c → b → c" },
		{ { { "c", "a" }, { "a", "b" }, { "b", "c" } }, "a", "a → b → c → a" },
		{ { { "a", "b" }, { "a", "c" }, { "b", "d" }, { "d", "a" }, { "c", "a" } }, "a",
			"a → c → a" },
		{ { { "a", "b" }, { "a", "b" }, { "b", "a" }, { "b", "a" } }, "a", "a → b → a" },
		{ { { "a", "b" }, { "b", "b" } }, "a", NULL },
		{ { { "a", "bb" }, { "b", "a" } }, "a", NULL },
		{ { { "b", "a" } }, "a", NULL },
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
			edges[n++] = (struct loop_edge){ names[i], names[k] };
	}
	assert_false(loop_find(edges, n, "u0", &way));
	edges[n++] = (struct loop_edge){ "u299", "u0" };
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
