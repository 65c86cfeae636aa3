/* Queue members: a user's answer as an item, and the actions that bring a member there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/pure/member.h"

static void test_item(void **state)
{
	static const struct {
		enum queue_answer answer;
		bool assigned;
		const char *value;
		int rank;
	} table[] = {
		{ QUEUE_LOGIN, true, "login,3,alice,hint:1001@presence-hints", 1 },
		{ QUEUE_PAUSE, true, "pause,lunch", 0 },
		{ QUEUE_LOGOUT, true, "logout,lunch", 0 },
		{ QUEUE_NONE, true, "none", 2 },
		{ QUEUE_LOGIN, false, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct member m = { "support", "Local/1001@presence-queue/n", "alice",
			"hint:1001@presence-hints", "lunch", 3, table[i].answer,
			table[i].assigned };
		struct item item;

		item_of_member(&m, &item);
		assert_string_equal(item.name, "queue/support/Local/1001@presence-queue/n");
		assert_string_equal(item.value, table[i].value);
		assert_int_equal(item.rank, table[i].rank);
		assert_true(item_is_member(item.name));
		assert_string_equal(item_neutral(item.name), "");
	}
}

static void test_longest(void **state)
{
	char queue[NAME_MAX_LEN + 1], interface[DIAL_MAX_LEN + 1];
	struct member m = { queue, interface, "alice", "", "lunch", 0, QUEUE_LOGIN, true };
	struct item item;

	(void)state;
	memset(queue, 'q', NAME_MAX_LEN);
	memset(interface, 'i', DIAL_MAX_LEN);
	queue[NAME_MAX_LEN] = interface[DIAL_MAX_LEN] = '\0';
	item_of_member(&m, &item);
	assert_string_equal(strrchr(item.name, '/') + 1, interface);
	assert_string_equal(item.value, "login,0,alice,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_item),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
