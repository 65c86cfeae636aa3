/* Any bytes as a TZif file: an error or a zone that answers. */
#include <stdint.h>

#include "lib/pure/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const int64_t instants[] = { INT64_MIN, -1, 0, 1774747800, 4102444800,
		INT64_MAX / 2 };
	struct zone *z = NULL;
	struct err err;

	if (zone_parse("x", bytes, n, &z, &err) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(instants); i++) {
		struct civil c;
		int64_t at, other;

		zone_offset(z, instants[i]);
		zone_next_transition(z, instants[i]);
		if (instants[i] < -100000000000 || instants[i] > 100000000000)
			continue;
		zone_to_local(z, instants[i], &c);
		zone_to_utc(z, &c, &at, &other);
	}
	zone_free(z);
	return 0;
}
