/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a time, a duration, a lifetime and a note: what is taken can be printed. */
#include <stdint.h>
#include <string.h>

#include "lib/presence/note.h"
#include "lib/time/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct zone *utc;
	char *text = xstrndup((const char *)bytes, n), out[WHEN_TEXT_SIZE], note[NOTE_MAX_LEN + 1];
	struct until until;
	struct err err;
	int64_t at;

	if (!utc)
		utc = zone_new_utc();
	if (when_time(text, utc, 1700000000, &at, &err) == 0) {
		when_rfc3339(at, utc, out);
		when_short(at, utc, 1700000000, out);
	}
	if (when_duration(text, &at, &err) == 0)
		when_span(at, out);
	(void)!when_lifetime(text, utc, 1700000000, &until, &err);
	if (note_take(text, note, &err) >= 0 && strlen(note) > NOTE_MAX_LEN)
		__builtin_trap();
	free(text);
	return 0;
}
