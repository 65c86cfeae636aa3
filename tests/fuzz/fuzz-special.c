/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as special days: what is taken prints to what is taken again and means the same; days ascend. */
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/time/special.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *text = xstrndup((const char *)bytes, n);
	_cleanup_(specials_done) struct specials s = { 0 }, again = { 0 };
	_cleanup_(strbuf_done) struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	struct err err;

	if (specials_parse(text, &s, &err) < 0)
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		const struct special *x = &s.list[i];

		if ((i && dates_compare(&x[-1].when, &x->when) >= 0) ||
			!specials_find(&s, x->when.first) || !dates_hold(&x->when, x->when.last) ||
			(dates_is_day(&x->when) && specials_find(&s, x->when.first) != x))
			__builtin_trap();
		for (int k = 0; k < x->ranges_n; k++) {
			if (x->ranges[k].start >= x->ranges[k].end ||
				(k && x->ranges[k].start < x->ranges[k - 1].end))
				__builtin_trap();
		}
	}
	specials_print(&s, &first);
	if (first.len > SPECIAL_MAX_LEN)
		return 0;
	if (specials_parse(first.s, &again, &err) < 0)
		__builtin_trap();
	specials_print(&again, &second);
	if (strcmp(first.s, second.s) != 0)
		__builtin_trap();
	return 0;
}
