/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A heap against a plain list, over random changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/heap.h"

enum { NODES = 50, CHANGES = 20000 };

static uint32_t seed = 7;

static uint32_t draw(uint32_t bound)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % bound;
}

static void test_random(void **state)
{
	struct heap h = { 0 };
	struct heap_node nodes[NODES] = { 0 };

	(void)state;
	for (int i = 0; i < CHANGES; i++) {
		struct heap_node *x = &nodes[draw(NODES)], *first;
		size_t in = 0;

		if (draw(3) == 0)
			heap_remove(&h, x);
		else
			heap_set(&h, x, draw(2) ? (int64_t)draw(1000) - 500 : INT64_MAX);
		first = heap_first(&h);
		for (int j = 0; j < NODES; j++) {
			in += nodes[j].place > 0;
			assert_true(!nodes[j].place || first->at <= nodes[j].at);
			assert_true(!nodes[j].place || h.nodes[nodes[j].place - 1] == &nodes[j]);
		}
		assert_int_equal(in, h.n);
		assert_int_equal(!first, !in);
	}
	/* Taken out one by one they come in order. */
	for (int64_t last = INT64_MIN; h.n;) {
		struct heap_node *first = heap_first(&h);

		assert_true(first->at >= last);
		last = first->at;
		heap_remove(&h, first);
		assert_int_equal(first->place, 0);
	}
	heap_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
