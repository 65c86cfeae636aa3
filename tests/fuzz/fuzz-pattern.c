/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as patterns, and behind a NUL a summary, and behind another categories: what is taken prints to what is taken again and
 * gives the same mode; a pattern fits itself. */
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/calendar/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct patterns p, again;
	_cleanup_(freep) char *text = xcalloc(1, n + 3);
	_cleanup_(strbuf_done) struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	const char *summary, *categories, *mode, *other;
	struct err err;

	if (n)
		memcpy(text, bytes, n);
	summary = text + strlen(text) + 1;
	categories = summary + strlen(summary) + 1;
	if (summary > text + n)
		summary = categories = "";
	else if (categories > text + n)
		categories = "";
	if (patterns_parse(text, &p, &err) < 0)
		return 0;
	mode = patterns_match(&p, summary, categories);
	for (size_t i = 0; i < p.n; i++) {
		if (!patterns_match(&p, p.list[i].glob, p.list[i].glob))
			__builtin_trap();
	}
	patterns_print(&p, &first);
	if (first.len > PATTERNS_MAX_LEN)
		return 0;
	if (patterns_parse(first.s, &again, &err) < 0)
		__builtin_trap();
	patterns_print(&again, &second);
	other = patterns_match(&again, summary, categories);
	if (strcmp(first.s, second.s) != 0 || !mode != !other || (mode && strcmp(mode, other) != 0))
		__builtin_trap();
	return 0;
}
