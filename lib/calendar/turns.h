/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turns.h - whose turn it is to be asked, when there are many feeds on many hosts and several are asked at a time. Hosts that take long
 * hold up nobody but themselves. */
#ifndef TURNS_H
#define TURNS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/mem.h"

enum {
	TURNS_QUICK_MAX = 24, /* feeds that are asked at a time ... */
	TURNS_SLOW_MAX = 24,  /* ... and those besides that have taken long */
	TURNS_HOST_MAX = 10,  /* of one host */
};

struct turns;

/* Feeds and hosts have numbers: that of a feed is its place in `hosts`, where equal texts are one host. The first feed has waited
 * longest. The texts are not kept. */
struct turns *turns_new(const char *const hosts[], size_t n);
void turns_free(struct turns *t);
DEFINE_CLEANUP(struct turns, turns_free)

/* The next feed, which is then under way: that of the host which has the fewest under way; of these, the feed that has waited longest.
 * Returns false if there is none, or if one that is under way has to end first. */
bool turns_next(struct turns *t, size_t *ret_feed);
size_t turns_host(const struct turns *t, size_t feed);
bool turns_waits(
	const struct turns *t, size_t host); /* whether a feed of that host has not begun */

/* A feed that is under way takes long. From now on one feed of its host is asked at a time. */
void turns_slow(struct turns *t, size_t feed);
void turns_ended(struct turns *t, size_t feed);

#endif
