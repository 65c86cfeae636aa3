/* zone.h - a time zone as a value: UTC to wall time and back. Built from the bytes of a TZif file
 * (RFC 8536); the process's TZ plays no part. */
#ifndef ZONE_H
#define ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/time/civil.h"

struct zone;

/* Read a zone from the bytes of a TZif file, version 1 to 4, with its POSIX TZ footer for the time
 * after the last transition. `name` is kept for messages and output. Hostile bytes are refused
 * (ERR_FAILED), every count is bounded. On success *ret is owned by the caller. */
int zone_parse(const char *name, const void *bytes, size_t n, struct zone **ret,
	struct err *err) MUST_CHECK;

struct zone *zone_new_utc(void); /* needs no file; owned by the caller */
void zone_free(struct zone *z);
DEFINE_CLEANUP(struct zone, zone_free)

const char *zone_name(const struct zone *z);

/* Seconds east of UTC at an instant. */
int32_t zone_offset(const struct zone *z, int64_t at);
/* Held within the years 1 to 9999. */
void zone_to_local(const struct zone *z, int64_t at, struct civil *ret);

/* The first instant after `at` at which the offset changes; INT64_MAX if none. */
int64_t zone_next_transition(const struct zone *z, int64_t at);

/* Where zones come from by name ("" for the default one). get() lends a zone for the life of the source; NULL with *err
 * filled (ERR_NOT_FOUND with did-you-mean) if there is none of that name. */
struct zones {
	const struct zone *(*get)(struct zones *self, const char *name, struct err *err);
};

/* A zone from its changes, ascending: before the first the offset is `offset`. *ret is owned by the caller. ERR_FAILED if
 * they do not ascend or an offset is beyond 26 hours. */
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

/* Wall time to UTC by RFC 5545 3.3.5: in a gap the offset before the gap counts (02:30 becomes 03:30),
 * in a fold the first of the two. Fields out of range carry over (24:00 is midnight of the next day).
 * If ret_other is given it receives the other reading: in a gap the end of the gap (its first real
 * instant), in a fold the second of the two, else the same instant. */
enum zone_fit zone_to_utc(
	const struct zone *z, const struct civil *c, int64_t *ret, int64_t *ret_other);

#endif
