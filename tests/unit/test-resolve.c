/* Who wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/pure/resolve.h"

enum { DEFAULT = 1, DND = 2, LUNCH = 3 };

static void test_resolve(void **state)
{
	static const struct {
		const char *name;
		struct manual manuals[3]; /* newest first; mode_id 0 ends them */
		int64_t at;
		enum source source;
		int64_t mode_id, next;
	} table[] = {
		{ "nothing set", { { 0 } }, 100, SOURCE_DEFAULT, DEFAULT, UNTIL_OPEN },
		{ "a switch for ever", { { .mode_id = DND, .until = UNTIL_OPEN } }, 100,
			SOURCE_SWITCH, DND, UNTIL_OPEN },
		{ "a switch that holds", { { .mode_id = DND, .until = 101 } }, 100, SOURCE_SWITCH,
			DND, 101 },
		{ "its end is half-open", { { .mode_id = DND, .until = 100 } }, 100, SOURCE_DEFAULT,
			DEFAULT, UNTIL_OPEN },
		{ "the newest wins",
			{ { .mode_id = LUNCH, .until = 200 },
				{ .mode_id = DND, .until = UNTIL_OPEN } },
			100, SOURCE_SWITCH, LUNCH, 200 },
		{ "what lies below holds again",
			{ { .mode_id = LUNCH, .until = 200 }, { .mode_id = DND, .until = 300 } },
			200, SOURCE_SWITCH, DND, 300 },
		{ "all have ended",
			{ { .mode_id = LUNCH, .until = 200 }, { .mode_id = DND, .until = 300 } },
			300, SOURCE_DEFAULT, DEFAULT, UNTIL_OPEN },
		{ "the clock was stepped back", { { .mode_id = DND, .since = 500, .until = 600 } },
			100, SOURCE_SWITCH, DND, 600 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct resolve_input in = { .manuals = table[i].manuals,
			.default_mode_id = DEFAULT,
			.now = table[i].at,
			.from = INT64_MIN,
			.to = UNTIL_OPEN };
		struct verdict v;

		while (in.manuals_n < 3 && table[i].manuals[in.manuals_n].mode_id)
			in.manuals_n++;
		resolve(&in, table[i].at, table[i].at, &v);
		if (v.winner.source != table[i].source || v.winner.mode_id != table[i].mode_id ||
			v.next_change_at != table[i].next)
			fail_msg("%s: source %d, mode %d, next %lld", table[i].name,
				v.winner.source, (int)v.winner.mode_id,
				(long long)v.next_change_at);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_resolve) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
