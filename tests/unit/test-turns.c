/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose turn it is: in order, fair by host, and never held up by hosts that hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/strbuf.h"
#include "lib/calendar/turns.h"

enum { FEEDS_MAX = 3000 };

static struct turns *make(const char *letters)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	const char *hosts[FEEDS_MAX];
	size_t n = strlen(letters);

	for (size_t i = 0; i < n; i++)
		hosts[i] = names[letters[i] - 'a'];
	return turns_new(hosts, n);
}

/* A script: '+' begins the next feed, '!N' says that N is slow, '-N' that it has ended. What began is written down, '.' if nothing could. */
static void test_order(void **state)
{
	static const struct {
		const char *hosts, *script, *begun;
	} table[] = {
		{ "", "+", "." },
		{ "a", "++", "0." },
		{ "abc", "++++", "012." },
		{ "aab", "+++", "021" },
		{ "aaaabbbc", "++++++++", "04715263" },
		/* A host that has ended one is not before another that has none under way. */
		{ "aaab", "+-0++", "013" },
		/* A slow host has one at a time ... */
		{ "aaab", "+!0+++", "03.." },
		{ "aaab", "+!0+-0++", "031." },
		/* ... and holds up no other. */
		{ "aabb", "++!0++", "023." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(turns_freep) struct turns *t = make(table[i].hosts);
		_cleanup_(strbuf_done) struct strbuf begun = STRBUF_INIT;
		size_t feed;

		for (const char *p = table[i].script; *p; p++) {
			if (*p == '+' && turns_next(t, &feed))
				strbuf_addf(&begun, "%zu", feed);
			else if (*p == '+')
				strbuf_addc(&begun, '.');
			else if (*p == '!')
				turns_slow(t, (size_t)(*++p - '0'));
			else
				turns_ended(t, (size_t)(*++p - '0'));
		}
		if (strcmp(begun.s, table[i].begun) != 0)
			fail_msg("%s %s: '%s', not '%s'", table[i].hosts, table[i].script, begun.s,
				table[i].begun);
	}
}

static size_t begin_all(struct turns *t, size_t *list)
{
	size_t n = 0;

	while (turns_next(t, &list[n]))
		n++;
	return n;
}

static void test_limits(void **state)
{
	const char *hosts[FEEDS_MAX];
	char names[FEEDS_MAX][8];
	size_t list[FEEDS_MAX], n;
	struct turns *t;

	(void)state;
	/* One host. */
	for (size_t i = 0; i < 100; i++)
		hosts[i] = "one";
	t = turns_new(hosts, 100);
	assert_int_equal(begin_all(t, list), TURNS_HOST_MAX);
	turns_ended(t, 3);
	assert_int_equal(begin_all(t, list), 1);
	assert_true(turns_waits(t, turns_host(t, 0)));
	turns_free(t);
	/* Many that hang: as many others begin as if they were not there. */
	for (size_t i = 0; i < FEEDS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "h%zu", i);
		hosts[i] = names[i];
	}
	t = turns_new(hosts, FEEDS_MAX);
	n = begin_all(t, list);
	assert_int_equal(n, TURNS_QUICK_MAX);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i], i);
		turns_slow(t, list[i]);
		turns_slow(t, list[i]);
	}
	n = begin_all(t, list);
	assert_int_equal(n, TURNS_QUICK_MAX);
	assert_int_equal(list[0], TURNS_QUICK_MAX);
	/* More than the limit count like others. */
	turns_slow(t, list[0]);
	assert_int_equal(begin_all(t, list + n), 0);
	turns_ended(t, 0);
	turns_slow(t, list[0]);
	assert_int_equal(begin_all(t, list + n), 1);
	turns_free(t);
}

/* Whatever happens, each feed begins once, no limit is passed, and the end comes. */
static void test_random(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 200; round++) {
		const char *hosts[200];
		char names[200][8];
		size_t under_way[200], n = 0, began = 0, feed;
		int of_host[200] = { 0 };
		bool seen[200] = { false };
		struct turns *t;

		for (size_t i = 0; i < 200; i++) {
			seed = seed * 1103515245 + 12345;
			snprintf(names[i], sizeof(names[i]), "%u",
				(seed >> 16) % (1 + (unsigned)round));
			hosts[i] = names[i];
		}
		t = turns_new(hosts, 200);
		while (began < 200 || n) {
			seed = seed * 1103515245 + 12345;
			if ((seed >> 16) % 2 && turns_next(t, &feed)) {
				assert_false(seen[feed]);
				seen[feed] = true;
				under_way[n++] = feed;
				began++;
				assert_true(++of_host[turns_host(t, feed)] <= TURNS_HOST_MAX);
				assert_true(n <= TURNS_QUICK_MAX + TURNS_SLOW_MAX);
			} else if (n && (seed >> 18) % 8 == 0) {
				turns_slow(t, under_way[(seed >> 20) % n]);
			} else if (n) {
				size_t i = (seed >> 20) % n;

				of_host[turns_host(t, under_way[i])]--;
				turns_ended(t, under_way[i]);
				under_way[i] = under_way[--n];
			}
		}
		turns_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
