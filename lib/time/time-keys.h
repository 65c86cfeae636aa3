/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time-keys.h - the types of keys that are about time. All but key_duration keep a text, as its grammar prints it. */
#ifndef TIME_KEYS_H
#define TIME_KEYS_H

#include "lib/base/key.h"

extern const struct key_type key_zone; /* an Olson name; whether it exists is for zonefile_load() */
extern const struct key_type key_lifetime; /* as when_lifetime() */
extern const struct key_type
	key_duration; /* as when_duration(), from min to max seconds, in an int64_t */
extern const struct key_type key_hours;    /* as hours_parse() */
extern const struct key_type key_holidays; /* as holidays_parse() */
extern const struct key_type key_day;      /* as special_parse() */
extern const struct key_type
	key_special; /* as specials_parse(), and each date a part: special.2026-12-24 */

#endif
