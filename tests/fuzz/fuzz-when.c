/* Any text as a time, a duration, a lifetime, a note and a key: what is taken can be printed. */
#include <stdint.h>
#include <string.h>

#include "lib/presence/field.h"
#include "lib/time/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct zone *utc;
	char *text = xstrndup((const char *)bytes, n), out[WHEN_TEXT_SIZE], note[NOTE_MAX_LEN + 1];
	struct until until;
	struct user u = { 0 };
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
	if (field_check_note(text, note, &err) >= 0 && strlen(note) > NOTE_MAX_LEN)
		__builtin_trap();
	for (const struct field *f = user_fields; f->name; f++)
		(void)!field_set(user_fields, &u, f->type == FIELD_DEVICES ? "devices.x" : f->name,
			text, &err);
	free(text);
	return 0;
}
