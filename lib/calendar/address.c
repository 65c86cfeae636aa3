/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/calendar/address.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"

struct prefix {
	uint8_t bytes[16];
	unsigned bits;
};

static const struct prefix closed4[] = {
	{ { 0 }, 8 },                 /* this network, RFC 791 */
	{ { 10 }, 8 },                /* private, RFC 1918 */
	{ { 100, 64 }, 10 },          /* shared by a provider's customers, RFC 6598 */
	{ { 127 }, 8 },               /* loopback, RFC 1122 */
	{ { 168, 63, 129, 16 }, 32 }, /* Azure's host, for its guests only */
	{ { 169, 254 }, 16 },         /* link-local, RFC 3927; metadata of clouds */
	{ { 172, 16 }, 12 },          /* private, RFC 1918 */
	{ { 192, 0, 0 }, 24 },        /* protocol assignments, RFC 6890 */
	{ { 192, 0, 2 }, 24 },        /* documentation, RFC 5737 */
	{ { 192, 88, 99 }, 24 },      /* 6to4 relays, RFC 7526 */
	{ { 192, 168 }, 16 },         /* private, RFC 1918 */
	{ { 198, 18 }, 15 },          /* benchmarks, RFC 2544 */
	{ { 198, 51, 100 }, 24 },     /* documentation, RFC 5737 */
	{ { 203, 0, 113 }, 24 },      /* documentation, RFC 5737 */
	{ { 224 }, 3 },               /* multicast, reserved, broadcast, RFC 1112 */
};

/* All public addresses are in here, RFC 4291 ... */
static const struct prefix open6 = { { 0x20 }, 3 };

/* ... but these are not public. */
static const struct prefix closed6[] = {
	{ { 0x20, 0x01 }, 23 },             /* protocol assignments, RFC 2928: Teredo, ORCHID */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation, RFC 3849 */
	{ { 0x20, 0x02 }, 16 },             /* 6to4: an IPv4 address, RFC 3056 */
	{ { 0x3f, 0xff }, 20 },             /* documentation, RFC 9637 */
	{ { 0x3f, 0xfe }, 16 },             /* the old 6bone, RFC 3701 */
};

static const struct prefix nat64 = { { 0x00, 0x64, 0xff, 0x9b }, 96 };

static bool is_in(const uint8_t *a, const struct prefix *p)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	if (memcmp(a, p->bytes, whole) != 0)
		return false;
	return !rest || (a[whole] ^ p->bytes[whole]) >> (8 - rest) == 0;
}

static bool is_in_any(const uint8_t *a, const struct prefix *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_in(a, &p[i]))
			return true;
	}
	return false;
}

bool address_is_public(const void *bytes, size_t n)
{
	const uint8_t *a = bytes;

	if (n == 16 && is_in(a, &nat64)) {
		a += 12;
		n = 4;
	}
	if (n == 4)
		return !is_in_any(a, closed4, ARRAY_SIZE(closed4));
	return n == 16 && is_in(a, &open6) && !is_in_any(a, closed6, ARRAY_SIZE(closed6));
}
