/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The section of manager.conf that admits us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/pbx/manager.h"
#include "lib/pbx/section.h"

enum { LINES_MAX = 80 };

/* The section of "presence" with these lines, between those of others. */
static struct manager *section(const char *const *lines)
{
	struct amimsg_header h[LINES_MAX + 4] = { { "Category-000000", "admin" },
		{ "Line-000000-000000", "read=all" }, { "Category-000001", "presence" } };
	struct amimsg m = { .n = 3, .headers = h };

	for (; *lines; lines++)
		h[m.n++] = (struct amimsg_header){ "Line-000001-000000", *lines };
	h[m.n++] = (struct amimsg_header){ "Category-000002", "other" };
	h[m.n++] = (struct amimsg_header){ "Line-000002-000000", "eventfilter=.*" };
	return manager_new("presence", &m);
}

static void test_none(void **state)
{
	const struct amimsg_header h[] = { { "Response", "Success" },
		{ "Category-000000", "presence2" }, { "Line-000000-000000", "read=all" } };

	(void)state;
	assert_null(manager_new("presence", &(struct amimsg){ ARRAY_SIZE(h), h }));
}

static void test_reads(void **state)
{
	_cleanup_(manager_freep) struct manager *m =
		section((const char *const[]){ "secret=read", "read=system, call", NULL });
	_cleanup_(manager_freep) struct manager *all =
		section((const char *const[]){ "Read=all", "write=call", NULL });
	_cleanup_(manager_freep) struct manager *unknown =
		section((const char *const[]){ "write=call", NULL });

	(void)state;
	assert_true(manager_reads(m, "system"));
	assert_true(manager_reads(m, "call"));
	assert_false(manager_reads(m, "agent"));
	assert_false(manager_reads(m, "sys"));
	assert_true(manager_reads(all, "agent"));
	assert_true(manager_reads(unknown, "agent"));
}

#define WANTED                                                                                     \
	"eventfilter=^Event: FullyBooted", "eventfilter=^Event: Shutdown",                         \
		"eventfilter=^Event: PresenceStateChange",                                         \
		"eventfilter=^Event: DeviceStateChange",                                           \
		"eventfilter=^Event: QueueMember(Added|Removed|Pause|Penalty)",                    \
		"eventfilter=!^Event: DeviceStateChange.*Device: Local/"

static void test_filters(void **state)
{
	static const struct {
		const char *const lines[LINES_MAX];
		const char *lacks;
		bool loose;
	} cases[] = {
		{ { WANTED, NULL }, NULL, false },
		{ { "eventfilter=^Event: (FullyBooted|Shutdown|PresenceStateChange|DeviceStateChange|QueueMember.*)",
			  NULL },
			NULL, true },
		{ { "read=all", NULL }, NULL, true },
		{ { "eventfilter=!^Event: VarSet", NULL }, NULL, true },
		{ { WANTED, "eventfilter=!Shutdown", NULL }, "Shutdown", false },
		{ { "eventfilter=^Event: (FullyBooted|Shutdown|PresenceStateChange|DeviceStateChange)",
			  "eventfilter=!Device: Local/", NULL },
			"QueueMemberAdded", false },
		{ { WANTED, "eventfilter=PresenceStateChange", NULL }, NULL, true },
		{ { WANTED, "eventfilter=Event: FullyBooted", NULL }, NULL, true },
		{ { WANTED, "eventfilter=^Event: ", NULL }, NULL, true },
		{ { "eventfilter=^Event: [", NULL }, NULL, true },
		{ { "eventfilter=^Event: QueueMember(Added|Removed)", NULL }, "FullyBooted",
			false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(manager_freep) struct manager *m = section(cases[i].lines);
		const struct manager_event *e = manager_lacks(m);

		print_message("case %zu\n", i);
		assert_false(manager_has_odd(m));
		assert_string_equal(e ? e->name : "", cases[i].lacks ? cases[i].lacks : "");
		assert_int_equal(manager_is_loose(m), cases[i].loose);
	}
}

static void test_many(void **state)
{
	const char *lines[LINES_MAX];
	_cleanup_(manager_freep) struct manager *m = NULL;

	(void)state;
	for (size_t i = 0; i < 70; i++)
		lines[i] = "eventfilter=^Event: Shutdown";
	lines[70] = NULL;
	m = section(lines);
	assert_true(manager_has_filter(m));
	assert_string_equal(manager_lacks(m)->name, "FullyBooted");
}

static void test_brackets(void **state)
{
	_cleanup_(manager_freep) struct manager *m = section(
		(const char *const[]){ "eventfilter(action(include),name(Shutdown))=", NULL });

	(void)state;
	assert_true(manager_has_odd(m));
	assert_false(manager_has_filter(m));
}

/* Regular expressions that could take all memory or time. */
static void test_hostile(void **state)
{
	static const char *const filters[] = { "eventfilter=((((.{1,255}){1,255}){1,255}){1,255})",
		"eventfilter=!(.*)*\\1", "eventfilter=\\" };
	_cleanup_(manager_freep) struct manager *long_one = NULL;
	char deep[600] = "eventfilter=";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		_cleanup_(manager_freep) struct manager *m =
			section((const char *const[]){ filters[i], WANTED, NULL });

		assert_true(manager_has_odd(m));
		assert_null(manager_lacks(m));
	}
	memset(deep + strlen(deep), '(', sizeof(deep) - strlen(deep) - 1);
	long_one = section((const char *const[]){ deep, "eventfilter=Event: \\(Shutdown", NULL });
	assert_true(manager_has_odd(long_one));
	assert_true(manager_has_filter(long_one));
}

static void count(void *data, const char *key, const char *value)
{
	size_t *n = data;

	assert_true(!strcmp(key, "ringinuse") || !strcmp(key, ""));
	*n += section_is_no(value);
}

static void test_section(void **state)
{
	static const struct amimsg_header h[] = { { "Category-000000", "support" },
		{ "Line-000000-000000", "ringinuse=no" }, { "Line-000000-000001", "ringinuse=Off" },
		{ "Line-000000-000002", "ringinuse=yes" }, { "Line-000000-000003", "ringinuse" },
		{ "Line-000000-000004", "" }, { "Line-000000-000005", "=0" },
		{ "Category-000001", "Support" }, { "Line-000001-000000", "ringinuse=no" } };
	const struct amimsg m = { ARRAY_SIZE(h), h };
	size_t n = 0;

	(void)state;
	assert_true(section_each(&m, "support", count, &n));
	assert_int_equal(n, 3);
	assert_false(section_each(&m, "sales", count, &n));
	assert_int_equal(n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_brackets),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
