/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a TZif file: an error or a zone that answers. */
#include <stdint.h>

#include "lib/time/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const int64_t instants[] = { INT64_MIN, -62135596800, -1, 0, 1774747800, 1798675200,
		4102444800, 253402300799, INT64_MAX / 2, INT64_MAX - 1 };
	struct zone *z = NULL;
	struct err err;

	if (zone_parse("x", bytes, n, &z, &err) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(instants); i++) {
		int64_t at = instants[i], next = zone_next_transition(z, at), first, other;
		struct civil c;
		enum zone_fit fit;

		if (next <= at || (next != INT64_MAX && zone_offset(z, next) == zone_offset(z, at)))
			__builtin_trap();
		zone_to_local(z, at, &c);
		if (!civil_is_valid(&c))
			__builtin_trap();
		fit = zone_to_utc(z, &c, &first, &other);
		if (at < 0 || at > 4102444800)
			continue;
		/* That wall time exists, and `first` has it. */
		zone_to_local(z, first, &c);
		if (fit == ZONE_GAP || first > at || civil_seconds(&c) != at + zone_offset(z, at))
			__builtin_trap();
	}
	zone_free(z);
	return 0;
}
