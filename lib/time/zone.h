/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.h - a time zone as a value: UTC to wall time and back. It is made from the bytes of a TZif file (RFC 8536). The TZ of
 * the process plays no part. */
#ifndef ZONE_H
#define ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/time/civil.h"

struct zone;

/* Read a zone from the bytes of a TZif file, version 1 to 4. Its footer, a POSIX TZ rule, holds after the last transition.
 * The zone keeps `name` for messages and output. It refuses hostile bytes (ERR_FAILED): every count has a bound. On success
 * the caller owns *ret. */
int zone_parse(const char *name, const void *bytes, size_t n, struct zone **ret,
	struct err *err) MUST_CHECK;

struct zone *zone_new_utc(void); /* needs no file; the caller owns it */
void zone_free(struct zone *z);
DEFINE_CLEANUP(struct zone, zone_free)

const char *zone_name(const struct zone *z);

/* Seconds east of UTC at an instant. */
int32_t zone_offset(const struct zone *z, int64_t at);
/* What people call the zone at an instant: "CET", "EDT", or "+05:45" where the zone has no such name. */
enum { ZONE_WORD_SIZE = 16 };
void zone_word(const struct zone *z, int64_t at, char ret[ZONE_WORD_SIZE]);
/* The wall time of an instant, held within the years 1 to 9999. */
void zone_to_local(const struct zone *z, int64_t at, struct civil *ret);

/* The first instant after `at` at which the offset changes. INT64_MAX if it never does. */
int64_t zone_next_transition(const struct zone *z, int64_t at);

/* Where zones come from by name; "" names the default zone. get() lends a zone for the life of the source. If there is no
 * zone of that name it returns NULL and fills *err (ERR_NOT_FOUND, with a guess). */
struct zones {
	const struct zone *(*get)(struct zones *self, const char *name, struct err *err);
};

/* Make a zone from its changes, which must ascend. Before the first change the offset is `offset`. The caller owns *ret.
 * ERR_FAILED if the changes do not ascend or an offset is beyond 26 hours. */
struct zone_change {
	int64_t at;     /* UTC seconds */
	int32_t offset; /* seconds east of UTC from then on */
};
int zone_from_changes(const char *name, int32_t offset, const struct zone_change *list, size_t n,
	struct zone **ret, struct err *err) MUST_CHECK;

enum zone_fit {
	ZONE_EXACT, /* that wall time exists once */
	ZONE_GAP,   /* it is skipped in spring */
	ZONE_FOLD,  /* it exists twice in autumn */
};

/* Wall time to UTC by RFC 5545 3.3.5. In a gap the offset before the gap counts: 02:30 becomes 03:30. In a fold the first of
 * the two instants counts. Fields outside their range carry over: 24:00 is midnight of the next day. If `ret_other` is not
 * NULL it gets the other reading: in a gap the gap's end, which is the first real instant, in a fold the second instant,
 * else the same instant. */
enum zone_fit zone_to_utc(
	const struct zone *z, const struct civil *c, int64_t *ret, int64_t *ret_other);

#endif
