/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as holidays: what is taken prints to what is taken again and means the same. */
#include <stdint.h>
#include <string.h>

#include "lib/time/holidays.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* 2024 to 2028 */
enum { FIRST = 19723, LAST = 21549 };

static void check_days(const struct holidays *h, const struct holidays *again)
{
	_cleanup_(freep) struct holiday *a = NULL, *b = NULL;
	size_t n, m;

	holidays_between(h, FIRST, LAST, &a, &n);
	holidays_between(again, FIRST, LAST, &b, &m);
	if (n != m)
		__builtin_trap();
	for (size_t i = 0; i < n; i++) {
		if (a[i].day != b[i].day || a[i].start != b[i].start || a[i].end != b[i].end ||
			strcmp(a[i].name, b[i].name) != 0)
			__builtin_trap();
		if (a[i].day < FIRST || a[i].day > LAST || a[i].start < 0 ||
			a[i].start >= a[i].end || a[i].end > 86400 ||
			(i && a[i].day < a[i - 1].day))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(holidays_freep) struct holidays *h = NULL, *again = NULL;
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	struct err err;

	if (holidays_parse(text, &h, &err) < 0)
		return 0;
	holidays_print(h, &first);
	if (holidays_parse(first.s, &again, &err) < 0)
		__builtin_trap();
	holidays_print(again, &second);
	if (strcmp(first.s, second.s) != 0)
		__builtin_trap();
	check_days(h, again);
	strbuf_done(&first);
	strbuf_done(&second);
	return 0;
}
