/* address.h - which addresses of the network anybody may be sent to. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether an IPv4 (n = 4) or IPv6 (n = 16) address, in network order, is a host of the public Internet. By the IANA
 * special-purpose registries (RFC 6890): not loopback, private, link-local, shared, multicast, reserved, for documentation or
 * benchmarks; and not an IPv6 form of an IPv4 address, other than by 64:ff9b::/96 (NAT64) to one that is public itself. */
bool address_is_public(const void *bytes, size_t n);

#endif
