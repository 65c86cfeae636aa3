/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a rule: what is taken prints the same again, its instances ascend within their limits, and a seek finds
 * what a walk finds. */
#include <stdint.h>
#include <string.h>

#include "lib/calendar/recur.h"

enum { MANY = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void print_again(const struct recur *r)
{
	_cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT, again = STRBUF_INIT;
	_cleanup_(recur_freep) struct recur *same = NULL;

	recur_print(r, &text);
	if (text.len > RECUR_TEXT_MAX || recur_parse(text.s, &same, NULL) < 0)
		__builtin_trap();
	recur_print(same, &again);
	if (strcmp(text.s, again.s))
		__builtin_trap();
}

static void walk(const struct recur *r, int64_t dtstart)
{
	_cleanup_(recur_iter_freep) struct recur_iter *it = recur_iter_new(r, dtstart);
	int64_t limit = dtstart + 4000 * INT64_C(86400), at[MANY], sought;
	int n = 0;

	while (n < MANY && recur_iter_next(it, limit, &at[n]) > 0) {
		if (at[n] >= limit || (n ? at[n] <= at[n - 1] : at[n] != dtstart))
			__builtin_trap();
		n++;
	}
	for (int i = 1; i < n; i += 7) {
		_cleanup_(recur_iter_freep) struct recur_iter *other = recur_iter_new(r, dtstart);

		recur_iter_seek(other, at[i] - (i & 1) * (at[i] - at[i - 1] - 1));
		if (recur_iter_next(other, limit, &sought) <= 0 || sought != at[i])
			__builtin_trap();
	}
	recur_iter_seek(it, INT64_MAX);
	(void)!recur_iter_next(it, INT64_MAX, &sought);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(recur_freep) struct recur *r = NULL;
	struct err err;
	int64_t dtstart;

	if (n < sizeof(dtstart))
		return 0;
	memcpy(&dtstart, bytes, sizeof(dtstart));
	dtstart %= INT64_C(300000000000);
	text = xstrndup((const char *)bytes + sizeof(dtstart), n - sizeof(dtstart));
	if (recur_parse(text, &r, &err) < 0)
		return 0;
	print_again(r);
	walk(r, dtstart);
	return 0;
}
