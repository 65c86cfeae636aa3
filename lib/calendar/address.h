/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address.h - which network addresses a calendar may be fetched from. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether an IPv4 (n = 4) or IPv6 (n = 16) address, in network order, is a host of the public Internet. The IANA
 * special-purpose registries (RFC 6890) decide. Not public are loopback, private, link-local, shared, multicast and reserved
 * addresses, and those for documentation or benchmarks. An IPv6 form of an IPv4 address is not public either, but for
 * 64:ff9b::/96 (NAT64) with a public IPv4 address in it. */
bool address_is_public(const void *bytes, size_t n);

#endif
