/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as business hours: what is taken prints to what is taken again and means the same, and no day's ranges overlap. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/time/hours.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* About 2027-12-01 to 2029-03-01, with a leap day. */
static void check_days(const struct hours *h, const struct hours *again, bool has_parts)
{
	int32_t busy = 0;

	for (int64_t day = 21153; day < 21610; day++, busy -= 86400) {
		struct hours_range a[HOURS_OF_DAY_MAX], b[HOURS_OF_DAY_MAX];
		int n = hours_on(h, day, a);

		if (hours_on(again, day, b) != n || memcmp(a, b, (size_t)n * sizeof(*a)) != 0)
			__builtin_trap();
		for (int i = 0; i < n; i++) {
			if ((i && a[i].start < busy) || (!has_parts && a[i].start < busy) ||
				a[i].start >= a[i].end || a[i].start >= 86400)
				__builtin_trap();
			busy = a[i].end;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(hours_freep) struct hours *h = NULL, *again = NULL;
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	struct err err;

	if (hours_parse(text, &h, &err) < 0)
		return 0;
	hours_print(h, &first);
	if (hours_parse(first.s, &again, &err) < 0)
		__builtin_trap();
	hours_print(again, &second);
	if (strcmp(first.s, second.s) != 0 || hours_overnight(h) != hours_overnight(again))
		__builtin_trap();
	/* Where the weeks change the night before may go on. */
	check_days(h, again, strstr(first.s, ": "));
	strbuf_cut(&first, 0);
	if (!hours_covers(h, again, &first))
		__builtin_trap();
	strbuf_done(&first);
	strbuf_done(&second);
	return 0;
}
