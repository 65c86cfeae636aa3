/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a stored zone, and as observances, one a line: "start from to rule". What is taken can be stored. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/calendar/vtimezone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void store(struct zone *z)
{
	struct strbuf text = STRBUF_INIT, twice = STRBUF_INIT;
	struct zone *again = NULL;

	vtimezone_print(z, &text);
	if (vtimezone_parse("x", text.s, &again, NULL) < 0)
		__builtin_trap();
	vtimezone_print(again, &twice);
	if (strcmp(text.s, twice.s) != 0)
		__builtin_trap();
	strbuf_done(&text);
	strbuf_done(&twice);
	zone_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = xstrndup((const char *)bytes, n), *rest = text, *line;
	struct observance list[8] = { 0 };
	struct zone *z = NULL;
	struct err err;
	size_t count = 0;

	if (vtimezone_parse("x", text, &z, &err) == 0) {
		store(z);
		zone_free(z);
		z = NULL;
	}
	while (count < ARRAY_SIZE(list) && (line = strsep(&rest, "\n"))) {
		struct observance *o = &list[count];
		int end = 0;

		if (sscanf(line, "%18" SCNd64 " %9" SCNd32 " %9" SCNd32 " %n", &o->start,
			    &o->offset_from, &o->offset_to, &end) < 3 ||
			!end)
			break;
		o->rule = line + end;
		o->dates = &list[0].start;
		o->dates_n = count % 2;
		count++;
	}
	if (vtimezone_build("x", list, count, &z, &err) == 0) {
		store(z);
		zone_free(z);
	}
	free(text);
	return 0;
}
